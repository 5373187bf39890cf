/* What stands above the picture: the way to somebody, filters, and what to do with the whole. */
import { findInChain } from "../../api/find";
import type { Chokepoint, Dependency } from "../../api/types";
import { STATES, type State } from "../../api/types";
import { Supplier } from "../../components/Cells";
import { Check, Choice } from "../../components/Form";
import { Name } from "../../components/Name";
import { orgName } from "../../components/Path";
import { Picker } from "../../components/Picker";
import { StateLabel } from "../../components/State";
import { Table } from "../../components/Table";
import { f, t } from "../../i18n";
import { buyerHref, query, setQuery } from "../../router";
import { m } from "./texts";

export interface Filter {
	states: State[];
	from: number;
	to: number;
}

const tierIn = (text: string | null, otherwise: number): number => {
	const n = Number(text ?? Number.NaN);
	return Number.isInteger(n) && n >= 1 && n <= 24 ? n : otherwise;
};

export function filterOf(query: URLSearchParams, depth: number): Filter {
	const wanted = (query.get("state") ?? "").split(",");
	const from = Math.min(depth, tierIn(query.get("tier_from"), 1));
	return {
		states: STATES.filter((state) => wanted.includes(state)),
		from,
		to: Math.max(from, Math.min(depth, tierIn(query.get("tier_to"), depth))),
	};
}

export const noFilter = { state: null, tier_from: null, tier_to: null };

function StateFilter({ states }: { states: readonly State[] }) {
	const toggle = (state: State) => {
		const next = states.includes(state) ? states.filter((one) => one !== state) : [...states, state];
		setQuery({ state: next.join(",") }, true);
	};
	return (
		<div class="chain-states" role="group" aria-label={m.value.states}>
			<span class="chain-legend">{m.value.states}</span>
			{STATES.map((state) => (
				<button key={state} type="button" aria-pressed={states.includes(state)} onClick={() => toggle(state)}>
					<StateLabel state={state} />
				</button>
			))}
		</div>
	);
}

function Filters({ depth, filter }: { depth: number; filter: Filter }) {
	const tiers = Array.from({ length: depth }, (_, i) => [String(i + 1), t.value.tiers.nth(i + 1)] as const);
	const on = [filter.states.length > 0, filter.from > 1, filter.to < depth].filter(Boolean).length;
	const n = f.value.count;
	return (
		<details class="chain-filter">
			<summary>{on > 0 ? m.value.filterOn(n(on)) : m.value.filter}</summary>
			<div class="toolbar">
				<StateFilter states={filter.states} />
				<Choice id="chain-from" label={m.value.from} value={filter.from > 1 ? String(filter.from) : ""} any={m.value.all} options={tiers} choose={(value) => setQuery({ tier_from: value }, true)} />
				<Choice id="chain-to" label={m.value.to} value={filter.to < depth ? String(filter.to) : ""} any={m.value.all} options={tiers} choose={(value) => setQuery({ tier_to: value }, true)} />
				{on > 0 && (
					<button type="button" class="plain" onClick={() => setQuery(noFilter, true)}>
						{m.value.clear}
					</button>
				)}
			</div>
		</details>
	);
}

export function Tools({ buyer, depth, filter, narrow }: { buyer: string; depth: number; filter: Filter; narrow: boolean }) {
	const view = query.value.get("view") ?? (narrow ? "table" : "picture");
	return (
		<div class="no-print">
			<div class="toolbar chain-tools">
				<Picker id="chain-find" label={m.value.find} search={findInChain(buyer)} choose={({ id }) => setQuery({ path: id }, true)} />
				<Check id="chain-points" label={m.value.points} checked={query.value.get("points") === "1"} change={(on) => setQuery({ points: on ? 1 : null }, true)} />
				<div class="chain-view" role="group" aria-label={m.value.view}>
					{(["picture", "table"] as const).map((one) => (
						<button key={one} type="button" aria-pressed={view === one} onClick={() => setQuery({ view: one }, true)}>
							{m.value[one]}
						</button>
					))}
				</div>
			</div>
			<Filters depth={depth} filter={filter} />
		</div>
	);
}

/* How the buyer depends on somebody, in words. */
export function WayWords({ buyer, name, way }: { buyer: string; name: string; way: Dependency }) {
	const share = f.value.share;
	const product = way.links.map(({ dependency }) => share(dependency)).join(" × ");
	return (
		<section class="chain-way" aria-label={m.value.pathTitle(orgName(way.supplier))}>
			<div>
				<ol class="path">
					{way.path.map((id) => (
						<li key={id}>
							<Name text={id === buyer ? name : orgName(id)} />
						</li>
					))}
				</ol>
				<p>
					<strong>{m.value.pathLead(share(way.dependency))}</strong>
					{way.links.length > 1 && <span>（{m.value.pathProduct(product, share(way.dependency))}）</span>}{" "}
					<span class="muted small">{m.value.pathWhy}</span>
				</p>
			</div>
			<button type="button" class="no-print" onClick={() => setQuery({ path: null }, true)}>
				{m.value.pathEnd}
			</button>
		</section>
	);
}

export function PointList({ buyer, points, show }: { buyer: string; points: readonly Chokepoint[]; show: (id: string) => void }) {
	return (
		<section class="panel" aria-labelledby="chain-points-title">
			<h2 id="chain-points-title">{m.value.pointsTitle}</h2>
			<p class="muted">{m.value.pointsLead}</p>
			{points.length === 0 ? (
				<p>{m.value.pointsNone}</p>
			) : (
				<>
					<Table
						labelledBy="chain-points-title"
						rows={points}
						rowKey={({ supplier }) => supplier}
						columns={[
							{ key: "supplier", head: m.value.supplier, names: true, css: "who", cell: ({ supplier, name }) => <Supplier buyer={buyer} id={supplier} name={name} /> },
							{ key: "tier", head: m.value.tier, num: true, cell: ({ tier }) => f.value.count(tier) },
							{ key: "behind", head: m.value.behindHead, num: true, cell: ({ behind }) => f.value.count(behind) },
							{
								key: "show",
								head: m.value.picture,
								css: "no-print",
								cell: ({ supplier, name }) => (
									<button type="button" aria-label={`${orgName(supplier, name)}${t.value.comma}${m.value.show}`} onClick={() => show(supplier)}>
										{m.value.show}
									</button>
								),
							},
						]}
					/>
					<p class="small">
						<a href={buyerHref(buyer, "what-if")}>{m.value.pointsMore}</a>
					</p>
				</>
			)}
		</section>
	);
}
