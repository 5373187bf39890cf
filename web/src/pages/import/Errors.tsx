/* The rows that were not accepted: the reason next to the row as it stands in the file. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { f } from "../../i18n";
import { csvLine, saveCsv } from "../../save";
import { Table } from "../../components/Table";
import type { Job, RowError } from "./job";
import { decode, READ_MOST, rowsAt } from "./rows";
import { m } from "./texts";

const CELLS_MOST = 12;

function Cells({ cells, at }: { cells: string[] | undefined; at: number }) {
	if (cells === undefined) return <span class="muted">{m.value.unreadable}</span>;
	/* The cell that is wrong is among those that are shown. */
	const from = at > CELLS_MOST ? at - Math.floor(CELLS_MOST / 2) : 0;
	return (
		<ol class="import-cells" start={from + 1}>
			{cells.slice(from, from + CELLS_MOST).map((cell, i) =>
				from + i + 1 === at ? (
					<li key={i} class="import-bad">
						<mark>
							<span class="hidden">{m.value.here} </span>
							{cell === "" ? "␣" : cell}
						</mark>
					</li>
				) : (
					<li key={i}>{cell}</li>
				),
			)}
		</ol>
	);
}

function save(job: Job, rows: Map<number, string[]>): void {
	saveCsv("errors.csv", [
		csvLine([m.value.line, m.value.column, m.value.field, m.value.reason, m.value.row]),
		...job.errors.map((error) =>
			csvLine([error.line, error.column, error.field, error.detail, ...(rows.get(error.line) ?? [])]),
		),
	]);
}

export function Errors({ job, file }: { job: Job; file: File }) {
	const rows = useSignal(new Map<number, string[]>());
	const readable = file.size <= READ_MOST && job.format !== "ndjson";
	useEffect(() => {
		if (!readable) return;
		let gone = false;
		void file
			.arrayBuffer()
			.then((bytes) => {
				if (!gone) rows.value = rowsAt(decode(bytes), new Set(job.errors.map((error) => error.line)));
			})
			.catch(() => undefined); /* then the reasons stand alone, and say so */
		return () => {
			gone = true;
		};
	}, [job]);
	return (
		<section class="import-errors" aria-labelledby="errors">
			<h3 id="errors">{m.value.errors}</h3>
			{job.rejected > job.errors.length && (
				<p class="muted">{m.value.errorsMore(f.value.count(job.errors.length), f.value.count(job.rejected))}</p>
			)}
			{!readable && file.size > READ_MOST && <p class="muted">{m.value.tooLarge}</p>}
			<p>
				<button type="button" onClick={() => save(job, rows.value)}>
					{m.value.errorsCsv}
				</button>
			</p>
			<Table<RowError & { n: number }>
				labelledBy="errors"
				rows={job.errors.map((error, n) => ({ ...error, n }))}
				rowKey={(error) => String(error.n)}
				columns={[
					{ key: "line", head: m.value.line, num: true, cell: (error) => f.value.count(error.line) },
					{ key: "reason", head: m.value.reason, names: true, css: "import-reason", cell: (error) => error.detail },
					{ key: "field", head: m.value.field, cell: (error) => <code>{error.field ?? ""}</code> },
					{
						key: "row",
						head: m.value.row,
						css: "import-row",
						cell: (error) => (readable ? <Cells cells={rows.value.get(error.line)} at={error.column} /> : "–"),
					},
				]}
			/>
		</section>
	);
}
