/* Who changed what when, read when it is asked for. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { orgPath } from "../../api/client";
import { chainOf, recordsOf } from "../../api/live";
import { useResource } from "../../api/resource";
import { me } from "../../api/session";
import type { Certificate, Clause } from "../../api/types";
import { linkTexts } from "../../components/linkFields";
import { Name } from "../../components/Name";
import { Show } from "../../components/Show";
import { f, t } from "../../i18n";
import { type Changed, type Entry, histories, type Source, type Subject } from "./history";
import { m } from "./texts";
import { w } from "./words";

function label(subject: Subject, field: string): string {
	const names: Record<Subject, Record<string, string>> = {
		link: linkTexts.value.fields,
		clause: { ...w.value.clauseFields, ...w.value.lists },
		certificate: w.value.certFields,
		org: w.value.orgFields,
	};
	return names[subject][field] ?? field;
}

/* Words for what a record has as a code. */
function word(subject: Subject, field: string, value: string): string {
	const l = linkTexts.value;
	const words: Record<string, Record<string, string>> = {
		relation: l.relations,
		criticality: l.criticalities,
		scope_fit: l.fits,
		disclosure: l.disclosures,
		evidence: w.value.evidences,
		scope: w.value.scopes,
		scheme: w.value.schemes,
		method: w.value.methods,
		result: w.value.results,
		status: subject === "clause" ? w.value.clauseStatuses : w.value.statuses,
	};
	return words[field]?.[value] ?? value;
}

function Value({ subject, field, value }: { subject: Subject; field: string; value: unknown }) {
	if (value === null || value === undefined) return <span class="muted">{m.value.notSet}</span>;
	if (typeof value === "boolean") return <>{value ? t.value.answers.yes : t.value.answers.no}</>;
	if (typeof value === "number")
		return <>{field === "required_level" || field === "level" ? t.value.level(value) : f.value.count(value)}</>;
	if (typeof value !== "string") return <span class="muted">{m.value.historyMany}</span>;
	if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return <>{f.value.day(value)}</>;
	return <Name text={word(subject, field, value)} />;
}

function Change({ subject, field, changed }: { subject: Subject; field: string; changed: Changed }) {
	const name = label(subject, field);
	if ("changed" in changed)
		return (
			<li>
				{name}: <span class="muted">{m.value.historyMany}</span>
			</li>
		);
	const { before, after } = changed;
	return (
		<li>
			{name}:{" "}
			{before !== null && before !== undefined && (
				<>
					<Value subject={subject} field={field} value={before} /> <span class="hidden">{m.value.historyTo}</span>
					<span aria-hidden="true">→</span>{" "}
				</>
			)}
			<Value subject={subject} field={field} value={after} />
		</li>
	);
}

function Item({ entry }: { entry: Entry }) {
	const changes = Object.entries(entry.changed ?? {});
	return (
		<li class="supplier-version">
			<p>
				<span class="supplier-version-at">{entry.at === null ? m.value.historyUnknown : f.value.instant(entry.at)}</span>{" "}
				<strong>{entry.name}</strong> {entry.change === "created" ? m.value.historyCreated : m.value.historyUpdated}
				{entry.actor !== null && (
					<span class="muted">
						{" "}
						{m.value.historyBy(entry.actor)}
					</span>
				)}
			</p>
			{changes.length > 0 && (
				<ul>
					{changes.map(([field, changed]) => (
						<Change key={field} subject={entry.subject} field={field} changed={changed} />
					))}
				</ul>
			)}
		</li>
	);
}

function Entries({ buyer, id, sources }: { buyer: string; id: string; sources: readonly Source[] }): ComponentChildren {
	const told = useResource(
		(stop, atLeast) => histories(sources, stop, atLeast),
		(event) => chainOf(buyer)(event) || recordsOf(id)(event),
		[buyer, id, sources.map(({ path }) => path).join()],
	);
	return (
		<Show of={told}>
			{({ entries, cut }) => (
				<>
					{entries.length === 0 && <p class="muted">{m.value.historyNone}</p>}
					<ol class="supplier-history">
						{entries.map((entry) => (
							<Item key={`${entry.revision} ${entry.name}`} entry={entry} />
						))}
					</ol>
					{cut && <p class="muted">{m.value.historyCut}</p>}
				</>
			)}
		</Show>
	);
}

interface HistoryProps {
	buyer: string;
	id: string;
	linked: boolean;
	clauses: readonly Clause[];
	certificates: readonly Certificate[];
}

export function History({ buyer, id, linked, clauses, certificates }: HistoryProps) {
	const [open, setOpen] = useState(false);
	const link = orgPath(buyer, `/suppliers/${encodeURIComponent(id)}`);
	/* The supplier's own records are told to those who run the server only. */
	const all = me.value?.role === "admin" || me.value?.role === "risk";
	const sources: Source[] = [
		...(linked ? [{ subject: "link", name: m.value.link, path: link } as const] : []),
		...clauses
			.filter(({ recorded_by }) => recorded_by !== null)
			.map(({ no }) => ({ subject: "clause", name: `${m.value.clause} ${no}`, path: `${link}/clauses/${no}` }) as const),
		...(all ? [{ subject: "org", name: m.value.historyOrg, path: orgPath(id) } as const] : []),
		...(all ? certificates : []).map(
			({ certificate, registration_no }) =>
				({
					subject: "certificate",
					name: `${m.value.cert} ${registration_no ?? certificate}`,
					path: orgPath(id, `/certificates/${encodeURIComponent(certificate)}`),
				}) as const,
		),
	];
	if (sources.length === 0) return null;
	return (
		<section class="panel" aria-labelledby="supplier-history">
			<h2 id="supplier-history">{m.value.history}</h2>
			<details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
				<summary>{m.value.historyShow}</summary>
				{open && <Entries buyer={buyer} id={id} sources={sources} />}
			</details>
		</section>
	);
}
