/* Who is picked, and what can be done from there. */
import { get, orgPath } from "../../api/client";
import { chainOf } from "../../api/live";
import { type Resource, useResource } from "../../api/resource";
import type { ChainItem, ChainOne, ChainPage } from "../../api/types";
import { Due, Supplier } from "../../components/Cells";
import { StateLabel } from "../../components/State";
import { f, t } from "../../i18n";
import { buyerHref, supplierHref } from "../../router";
import type { PickedLinks } from "./model";
import { m } from "./texts";

export interface PickedNow extends PickedLinks {
	id: string;
	askedBy: number;
}

const LINKS_MOST = 200;
const REST_MS = 120;

const rest = (stop: AbortSignal): Promise<void> =>
	new Promise((done, failed) => {
		const timer = setTimeout(done, REST_MS);
		stop.addEventListener("abort", () => {
			clearTimeout(timer);
			failed(new DOMException("", "AbortError"));
		});
	});

/* All links of who is picked, once the eye rests on it. */
export function usePicked(buyer: string, id: string | null): Resource<PickedNow | null> {
	return useResource<PickedNow | null>(
		async (stop, atLeast) => {
			if (id === null) return null;
			await rest(stop);
			const params = { revision_at_least: atLeast };
			const one = await get<ChainOne>(orgPath(buyer, `/chain/${encodeURIComponent(id)}`), params, stop);
			const below =
				one.suppliers > 0 ? (await get<ChainPage>(orgPath(buyer, "/chain"), { ...params, of: id, limit: LINKS_MOST }, stop)).items : [];
			return {
				id,
				askedBy: one.asked_by_total,
				links: [
					...one.asked_by.map(({ procurer }) => ({ from: procurer, to: id })),
					...below.map(({ supplier }) => ({ from: id, to: supplier })),
				],
			};
		},
		chainOf(buyer),
		[buyer, id],
	);
}

interface BarProps {
	buyer: string;
	item: ChainItem;
	links: PickedNow | null;
	openOf: boolean | null;
	openTo: boolean;
	toggle: (kind: "of" | "to") => void;
	path: () => void;
}

export function PickedBar({ buyer, item, links, openOf, openTo, toggle, path }: BarProps) {
	const n = f.value.count;
	const id = item.supplier;
	return (
		<section class="chain-picked no-print" aria-label={m.value.picked}>
			<div class="chain-picked-who">
				<strong>
					<Supplier buyer={buyer} id={id} name={item.name} />
				</strong>
				<span>{t.value.tiers.nth(item.tier)}</span>
				<StateLabel state={item.state} />
				<span>{m.value.levels(t.value.level(item.required), t.value.level(item.held))}</span>
				<span>
					{m.value.dependency} {f.value.share(item.dependency)}
				</span>
				{item.due !== null && (
					<span>
						{m.value.due} <Due due={item.due} days={item.due_in_days} timing={item.timing} />
					</span>
				)}
				{item.unknown_below && (
					<span>
						<span aria-hidden="true">? </span>
						{m.value.unknownBelow}
					</span>
				)}
			</div>
			<div class="chain-picked-do">
				<button type="button" onClick={path}>
					{m.value.showPath}
				</button>
				{openOf !== null && (
					<button type="button" aria-pressed={openOf} onClick={() => toggle("of")}>
						{openOf ? m.value.shutOf : m.value.openOf(n(item.suppliers))}
					</button>
				)}
				<button type="button" aria-pressed={openTo} onClick={() => toggle("to")}>
					{openTo ? m.value.shutTo : m.value.openTo(links === null ? "…" : n(links.askedBy))}
				</button>
				<a href={buyerHref(buyer, "what-if", null, { lapse: id })}>{m.value.whatIf}</a>
				<a href={supplierHref(buyer, id)}>{m.value.page}</a>
			</div>
		</section>
	);
}
