/* The first page of a supplier: who asks which level of its own organisations, and by when. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { getAll, isAbort, orgPath } from "../api/client";
import { type Me, me } from "../api/session";
import type { AskedLink } from "../api/types";
import { Name } from "../components/Name";
import { ErrorNotice, Loading } from "../components/Notice";
import { f, t } from "../i18n";

const MOST = 5000;

/* What is asked comes first, the earliest day before later ones and none; the server's order beside that. */
export function byDue(links: readonly AskedLink[]): AskedLink[] {
	const key = (link: AskedLink) => (link.effective_level === 0 ? "~" : (link.due ?? "9999"));
	return links
		.filter((link) => link.active)
		.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function State({ link }: { link: AskedLink }) {
	const m = t.value.asked;
	const misfit = link.held >= link.effective_level;
	const [mark, text] = link.gap
		? ["▲", misfit ? m.outOfScope : m.gap]
		: link.effective_level > 0
			? ["●", m.met]
			: ["–", m.none];
	return (
		<span class={link.gap ? "late" : ""}>
			<span aria-hidden="true">{mark} </span>
			{text}
		</span>
	);
}

function Row({ link }: { link: AskedLink }) {
	const m = t.value.asked;
	const day = (date: string | null | undefined, none: string) =>
		date ? f.value.day(date) : <span class="muted">{none}</span>;
	return (
		<tr role="row">
			<th role="rowheader" scope="row" class="who">
				<Name text={link.procurer_name ?? m.anonymous} />
				<code>{link.procurer}</code>
			</th>
			<td role="cell" data-label={m.level}>
				{t.value.level(link.effective_level)}
			</td>
			<td role="cell" data-label={m.due}>
				{day(link.due, link.effective_level > 0 ? m.noDue : "–")}
			</td>
			<td role="cell" data-label={m.held}>
				{t.value.level(link.held)}
			</td>
			<td role="cell" data-label={m.state}>
				<State link={link} />
			</td>
			<td role="cell" data-label={m.planned}>
				{day(link.planned_on, "–")}
			</td>
		</tr>
	);
}

function Table({ links, label }: { links: AskedLink[]; label: string }) {
	const m = t.value.asked;
	return (
		<table role="table" class="gaps stack" aria-labelledby={label}>
			<thead role="rowgroup">
				<tr role="row">
					{[m.buyer, m.level, m.due, m.held, m.state, m.planned].map((text) => (
						<th key={text} role="columnheader" scope="col">
							{text}
						</th>
					))}
				</tr>
			</thead>
			<tbody role="rowgroup">
				{links.map((link) => (
					<Row key={link.procurer} link={link} />
				))}
			</tbody>
		</table>
	);
}

function Own({ org }: { org: Me["orgs"][number] }) {
	const found = useSignal<{ items: AskedLink[]; complete: boolean } | null>(null);
	const error = useSignal<unknown>(null);
	const load = async (stop?: AbortSignal) => {
		try {
			const all = await getAll<AskedLink>(orgPath(org.id, "/procurers"), {}, MOST, stop);
			found.value = { items: byDue(all.items), complete: all.complete };
			error.value = null;
		} catch (failure) {
			if (!isAbort(failure)) error.value = failure;
		}
	};
	useEffect(() => {
		const stop = new AbortController();
		void load(stop.signal);
		return () => stop.abort();
	}, [org.id]);
	const m = t.value.asked;
	const label = `own-${org.id}`;
	return (
		<section class="panel" aria-labelledby={label}>
			<h2 id={label}>
				<Name text={org.name} />
			</h2>
			<p class="muted">
				<code>{org.id}</code>
			</p>
			{error.value !== null && <ErrorNotice error={error.value} retry={() => void load()} />}
			{found.value === null && error.value === null && <Loading />}
			{found.value?.items.length === 0 && <p>{m.empty}</p>}
			{found.value !== null && found.value.items.length > 0 && <Table links={found.value.items} label={label} />}
			{found.value?.complete === false && <p class="muted">{m.cut(f.value.count(MOST))}</p>}
		</section>
	);
}

export function AskedPage() {
	const m = t.value.asked;
	document.title = `${m.title} — ${t.value.product}`;
	return (
		<>
			<h1>{m.title}</h1>
			<p class="muted">{m.lead}</p>
			{me.value?.orgs.map((org) => (
				<Own key={org.id} org={org} />
			))}
		</>
	);
}
