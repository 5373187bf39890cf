/* What the table shows, of all pages, as a CSV file; how far it is, and a way to stop. */
import { useEffect, useRef, useState } from "preact/hooks";
import { isAbort, type Params } from "../../api/client";
import type { ChainPage } from "../../api/types";
import { Dialog } from "../../components/Dialog";
import { say } from "../../components/Done";
import { ErrorNotice } from "../../components/Notice";
import { f } from "../../i18n";
import { csvLine, saveCsv } from "../../save";
import { csvHeads, csvRow } from "./columns";
import { readChain } from "./list";
import { m } from "./texts";

export const CSV_MOST = 100000;

function saveList(buyer: string, list: ChainPage): void {
	saveCsv(`suppliers-${buyer}-${list.on}.csv`, [csvLine(csvHeads()), ...list.items.map((row) => csvLine(csvRow(row)))]);
	const n = f.value.count(list.items.length);
	say(list.next === null ? m.value.csvDone(n) : m.value.csvCut(n));
}

function Making({ buyer, params, close }: { buyer: string; params: Params; close: () => void }) {
	const [at, setAt] = useState<[read: number, all: number]>([0, 0]);
	const [error, setError] = useState<unknown>(null);
	const started = useRef(false);
	useEffect(() => {
		if (started.current) return;
		started.current = true;
		const stop = new AbortController();
		readChain(buyer, params, CSV_MOST, stop.signal, (list) => setAt([list.items.length, Math.min(list.total, CSV_MOST)]))
			.then((list) => {
				saveList(buyer, list);
				close();
			})
			.catch((failure: unknown) => {
				if (!isAbort(failure)) setError(failure);
			});
		return () => stop.abort();
	}, []);
	return (
		<Dialog title={m.value.csvTitle} close={close}>
			{error === null ? (
				<>
					<progress class="suppliers-progress" aria-label={m.value.csvTitle} max={Math.max(1, at[1])} value={at[0]} />
					<p role="status">{m.value.csvBusy(f.value.count(at[0]), f.value.count(at[1]))}</p>
				</>
			) : (
				<ErrorNotice error={error} />
			)}
			<div class="dialog-foot">
				<button type="button" onClick={close}>
					{m.value.cancel}
				</button>
			</div>
		</Dialog>
	);
}

export function Download({ buyer, params }: { buyer: string; params: Params }) {
	const [making, setMaking] = useState(false);
	return (
		<>
			<button type="button" onClick={() => setMaking(true)}>
				{m.value.csv}
			</button>
			{making && <Making buyer={buyer} params={params} close={() => setMaking(false)} />}
		</>
	);
}
