/* Taking in files: chosen or dropped, tried out at once, then imported; below, pairs that may be the same. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { get, isAbort } from "../../api/client";
import { me } from "../../api/session";
import type { Org, Page } from "../../api/types";
import { say } from "../../components/Done";
import { Check, Choice } from "../../components/Form";
import { ErrorNotice } from "../../components/Notice";
import { f, t } from "../../i18n";
import { useResource } from "../../api/resource";
import { Candidates } from "./Candidates";
import { Errors } from "./Errors";
import { type Job, type Options, run } from "./job";
import { Figures, Progress } from "./Result";
import { m } from "./texts";
import "./import.css";

function Drop({ take }: { take: (files: FileList | null) => void }) {
	const over = useSignal(false);
	const input = useRef<HTMLInputElement>(null);
	return (
		<div
			class={over.value ? "import-drop over" : "import-drop"}
			onDragOver={(event) => {
				event.preventDefault();
				over.value = true;
			}}
			onDragLeave={() => {
				over.value = false;
			}}
			onDrop={(event) => {
				event.preventDefault();
				over.value = false;
				take(event.dataTransfer?.files ?? null);
			}}
		>
			<p class="import-drop-words">{m.value.drop}</p>
			<p class="muted">{m.value.dropOr}</p>
			<label class="button primary" for="file">
				{m.value.choose}
			</label>
			<input
				id="file"
				ref={input}
				type="file"
				class="import-file"
				onChange={(event) => {
					take(event.currentTarget.files);
					event.currentTarget.value = "";
				}}
			/>
			<p class="muted small">{m.value.dropHelp}</p>
		</div>
	);
}

function OptionFields({ options, change }: { options: Options; change: (options: Options) => void }) {
	const buyers = useResource<Page<Org>>((stop) => get("/v1/orgs", { watched: true, limit: 200 }, stop));
	const own = me.value?.orgs ?? [];
	const listed = own.length > 0 ? own : (buyers.data.value?.items ?? []);
	return (
		<details class="panel import-options">
			<summary>{m.value.options}</summary>
			<div class="import-fields">
				<Choice
					id="kind"
					label={m.value.kind}
					value={options.kind}
					options={[["auto", m.value.auto] as const, ...Object.entries(m.value.kinds)]}
					choose={(kind) => change({ ...options, kind })}
				/>
				<Choice
					id="format"
					label={m.value.format}
					value={options.format}
					options={[["auto", m.value.auto] as const, ...Object.entries(m.value.formats)]}
					choose={(format) => change({ ...options, format })}
				/>
				<Choice
					id="procurer"
					label={m.value.procurer}
					value={options.procurer}
					any={m.value.procurerNone}
					options={listed.map((org) => [org.id, org.name ?? org.id] as const)}
					choose={(procurer) => change({ ...options, procurer })}
				/>
			</div>
			<Check
				id="ignore"
				label={m.value.ignoreUnknown}
				checked={options.ignore_unknown}
				change={(on) => change({ ...options, ignore_unknown: on })}
			/>
			<Check id="strict" label={m.value.strict} checked={options.strict} change={(on) => change({ ...options, strict: on })} />
		</details>
	);
}

function Failed({ job }: { job: Job }) {
	if (job.error === null) return null;
	return (
		<div class="notice bad" role="alert">
			<p>
				<strong>{m.value.failed}</strong> {job.error.detail || job.error.title}
				{job.error.line ? ` (${m.value.line} ${f.value.count(job.error.line)})` : ""}
				{job.error.code === "unknown-column" && <> {m.value.unknownColumns}</>}
			</p>
		</div>
	);
}

function Outcome(props: { job: Job; file: File; go: () => void; strict: boolean }) {
	const { job } = props;
	const n = f.value.count;
	const good = job.accepted;
	const title = job.dry_run ? m.value.tried : m.value.done;
	const may = job.dry_run && job.state === "done" && good > 0 && !(props.strict && job.rejected > 0);
	return (
		<section class="panel" aria-labelledby="outcome">
			<h2 id="outcome">{title}</h2>
			{job.state === "failed" && <Failed job={job} />}
			{job.rows > 0 && <Figures job={job} />}
			{job.dry_run && job.state === "done" && <p class="muted">{good > 0 ? m.value.trialNote : m.value.nothing}</p>}
			{may && (
				<p>
					<button type="button" class="primary" onClick={props.go}>
						{job.rejected > 0 ? m.value.importBut(n(good), n(job.rejected)) : m.value.import(n(good))}
					</button>
				</p>
			)}
			{job.errors.length > 0 && <Errors job={job} file={props.file} />}
		</section>
	);
}

const START: Options = { kind: "auto", format: "auto", procurer: "", ignore_unknown: false, strict: false };

export default function ImportPage() {
	const file = useSignal<File | null>(null);
	const options = useSignal<Options>({ ...START, procurer: me.value?.orgs.length === 1 ? (me.value.orgs[0]?.id ?? "") : "" });
	const job = useSignal<Job | null>(null);
	const under = useSignal<{ dryRun: boolean } | null>(null);
	const error = useSignal<unknown>(null);
	const stop = useRef<AbortController | null>(null);
	useEffect(() => () => stop.current?.abort(), []);
	document.title = `${t.value.nav.general.import} — ${t.value.product}`;

	const start = async (dryRun: boolean) => {
		const chosen = file.value;
		if (chosen === null) return;
		stop.current?.abort();
		const mine = new AbortController();
		stop.current = mine;
		under.value = { dryRun };
		job.value = null;
		error.value = null;
		try {
			const ended = await run(chosen, options.value, dryRun, (now) => (job.value = now), mine.signal);
			job.value = ended;
			if (!dryRun && ended.state === "done")
				say(m.value.imported(f.value.count(ended.accepted)), ended.commands === 1 ? ended.revision : null);
		} catch (failure) {
			if (isAbort(failure)) return;
			error.value = failure;
		}
		under.value = null;
	};
	const take = (files: FileList | null) => {
		const [first, second] = files ?? [];
		if (first === undefined) return;
		if (second !== undefined) say(m.value.one);
		file.value = first;
		void start(true);
	};
	const change = (next: Options) => {
		options.value = next;
		if (file.value !== null && under.value === null) void start(true);
	};
	const chosen = file.value;
	const ended = under.value === null ? job.value : null;
	return (
		<>
			<h1>{t.value.nav.general.import}</h1>
			<p class="muted">{m.value.lead}</p>
			<Drop take={take} />
			<OptionFields options={options.value} change={change} />
			{chosen !== null && (
				<p class="import-name">
					{m.value.file}: <strong>{chosen.name}</strong>{" "}
					<span class="muted">{m.value.size(f.value.count(chosen.size))}</span>{" "}
					<button type="button" disabled={under.value !== null} onClick={() => void start(true)}>
						{m.value.again}
					</button>
				</p>
			)}
			{error.value !== null && <ErrorNotice error={error.value} />}
			{under.value !== null && <Progress job={job.value} dryRun={under.value.dryRun} />}
			{ended !== null && chosen !== null && (
				<Outcome job={ended} file={chosen} strict={options.value.strict} go={() => void start(false)} />
			)}
			{me.value?.role === "admin" && <Candidates />}
		</>
	);
}
