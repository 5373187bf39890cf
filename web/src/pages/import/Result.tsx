/* What a trial would do, or an import has done, in figures. */
import { f } from "../../i18n";
import type { Job } from "./job";
import { m } from "./texts";

export function Progress({ job, dryRun }: { job: Job | null; dryRun: boolean }) {
	const text =
		job === null
			? m.value.sending
			: job.state === "queued"
				? m.value.queued
				: dryRun
					? m.value.trying
					: m.value.running;
	const known = job !== null && job.bytes_total > 0;
	return (
		<div class="panel" role="status">
			<p>
				{text}
				{job?.seconds_left != null && job.seconds_left > 0 && (
					<span class="muted"> {m.value.left(f.value.count(job.seconds_left))}</span>
				)}
			</p>
			<progress aria-label={text} {...(known ? { max: job.bytes_total, value: job.bytes_done } : {})} />
			{job !== null && job.rows > 0 && (
				<p class="muted">
					{m.value.figures.rows} {f.value.count(job.rows)}
				</p>
			)}
		</div>
	);
}

export function Figures({ job }: { job: Job }) {
	const keys = ["rows", "created", "changed", "unchanged", "rejected", "stubs", "warnings"] as const;
	const name = <K extends string>(texts: Record<K, string>, key: string) => texts[key as K] ?? key;
	return (
		<>
			<p>{m.value.found(name(m.value.formats, job.format), name(m.value.kinds, job.kind))}</p>
			<dl class="import-figures">
				{keys
					.filter((key) => job[key] > 0 || key === "rows" || key === "rejected")
					.map((key) => (
						<div key={key} class={key === "rejected" && job.rejected > 0 ? "import-bad-figure" : ""}>
							<dt>
								{key === "rejected" && job.rejected > 0 && <span aria-hidden="true">▲ </span>}
								{m.value.figures[key]}
							</dt>
							<dd>
								<strong data-figure={key}>{f.value.count(job[key])}</strong>
								{m.value.rowsUnit}
							</dd>
						</div>
					))}
			</dl>
		</>
	);
}
