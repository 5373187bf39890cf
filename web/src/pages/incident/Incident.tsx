/* A supplier was breached: whom to tell, what, and by when; the sheet prints. */
import { useSignal } from "@preact/signals";
import { getRevised, orgPath } from "../../api/client";
import { findInChain } from "../../api/find";
import { chainOf } from "../../api/live";
import { nameWant } from "../../api/names";
import { useResource } from "../../api/resource";
import { Name } from "../../components/Name";
import { orgName } from "../../components/Path";
import { Picker } from "../../components/Picker";
import { Show } from "../../components/Show";
import { t } from "../../i18n";
import { buyerHref, go, query, setQuery } from "../../router";
import type { SectionProps } from "../frame";
import { type Incident, instantOf, localOf } from "./data";
import { Drills } from "./Drills";
import { Sheet } from "./Sheet";
import { m } from "./texts";
import "./incident.css";

const STEP = 100;

function Affected({ buyer, supplier, today }: { buyer: string; supplier: string; today: string }) {
	const rows = useSignal(STEP);
	const at = query.value.get("at") ?? localOf(new Date());
	const valid = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(at);
	const found = useResource(
		async (stop, atLeast) => {
			const answer = await getRevised<Incident>(
				orgPath(supplier, "/incident"),
				{ order: "duty", limit: rows.value, at: valid ? instantOf(at) : null, revision_at_least: atLeast },
				stop,
			);
			nameWant(answer.data.items.flatMap((row) => row.path ?? []));
			return answer;
		},
		chainOf(buyer),
		[buyer, supplier, at, rows.value],
	);
	const answer = found.data.value;
	return (
		<>
			<section class="panel" aria-labelledby="sheet">
				<h2 id="sheet">
					<Name text={orgName(supplier, answer?.data.name)} />
				</h2>
				<p>
					<code>{supplier}</code>
				</p>
				<div class="toolbar">
					<div class="field">
						<label for="at">{m.value.at}</label>
						<input id="at" type="datetime-local" value={at} onInput={(event) => setQuery({ at: event.currentTarget.value })} />
					</div>
					<button type="button" class="no-print" onClick={() => window.print()}>
						{m.value.print}
					</button>
				</div>
				<Show of={found}>{({ data }) => <Sheet found={data} />}</Show>
				{answer !== null && answer.data.next !== null && rows.value < 1000 && (
					<button type="button" class="no-print" onClick={() => (rows.value = Math.min(1000, rows.value * 3))}>
						{m.value.more}
					</button>
				)}
			</section>
			<Drills
				about={{ buyer, today, supplier, affected: answer?.data.procurers ?? null, revision: answer?.revision ?? 0 }}
			/>
		</>
	);
}

export default function IncidentPage({ frame, item }: SectionProps) {
	const today = frame.figures.data.value?.on ?? localOf(new Date()).slice(0, 10);
	return (
		<>
			<h1>{t.value.nav.sections.incident}</h1>
			<p class="muted no-print">{m.value.lead}</p>
			<section class="panel no-print incident-choose">
				<Picker
					id="org"
					label={m.value.org}
					search={findInChain(frame.id)}
					choose={(found) => go(buyerHref(frame.id, "incident", found.id))}
				/>
			</section>
			{item === null ? (
				<>
					<p class="muted">{m.value.none}</p>
					<Drills about={{ buyer: frame.id, today, supplier: null, affected: null, revision: 0 }} />
				</>
			) : (
				<Affected buyer={frame.id} supplier={item} today={today} />
			)}
		</>
	);
}
