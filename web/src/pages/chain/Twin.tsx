/* The same as the picture, as tables: the counts that open, and who is open with what leads to them. */
import { useEffect } from "preact/hooks";
import { nameWant } from "../../api/names";
import { STATES, type ChainItem, type Exposure } from "../../api/types";
import { Supplier } from "../../components/Cells";
import { Name } from "../../components/Name";
import { isAnonymous, orgName } from "../../components/Path";
import { StateLabel } from "../../components/State";
import { type Column, Table } from "../../components/Table";
import { f, t } from "../../i18n";
import type { View } from "./grid";
import type { Edge, Model } from "./model";
import { isOpen, type Opening } from "./openings";
import { isDeepest, nameOfOpening, passes } from "./scene";
import { m } from "./texts";

type Toggle = (opening: Opening, open: boolean) => void;
type Seen = Pick<View, "figures" | "tiers" | "states" | "openings" | "name">;

function Counts({ view, toggle }: { view: Seen; toggle: Toggle }) {
	const n = f.value.count;
	const tiers = view.figures.tiers.filter(({ tier }) => view.tiers.includes(tier));
	const states = STATES.filter((state) => view.states.has(state));
	const columns: Column<Exposure["tiers"][number]>[] = [
		{ key: "tier", head: m.value.tier, names: true, cell: ({ tier }) => t.value.tiers.nth(tier) },
		...states.map((state) => ({
			key: state,
			head: t.value.states[state],
			num: true,
			cell: ({ tier, states: found }: Exposure["tiers"][number]) => {
				const opening: Opening = { kind: "group", tier, state, from: 0 };
				const open = isOpen(view.openings, opening);
				if (found[state] === 0) return <span class="zero">0</span>;
				return (
					<button
						type="button"
						class="chain-count"
						aria-expanded={open}
						aria-label={m.value.count(t.value.tiers.nth(tier), t.value.states[state], n(found[state]))}
						onClick={() => toggle(opening, open)}
					>
						{n(found[state])} <span aria-hidden="true">{open ? "▾" : "▸"}</span>
					</button>
				);
			},
		})),
		{ key: "unknown", head: m.value.unknownBelow, num: true, cell: ({ unknown_below }) => (unknown_below > 0 ? `? ${n(unknown_below)}` : "0") },
	];
	return <Table columns={columns} rows={tiers} rowKey={({ tier }) => String(tier)} label={m.value.counts} css="chain-counts" />;
}

function Before({ item, model, edges }: { item: ChainItem; model: Model; edges: ReadonlyMap<string, Edge[]> }) {
	const own = edges.get(item.supplier) ?? [];
	const parent = item.path.at(-2) ?? model.buyer;
	const ids = own.some(({ from }) => from === parent) ? own.map(({ from }) => from) : [parent, ...own.map(({ from }) => from)];
	return (
		<ul class="chain-from">
			{ids.map((id) => {
				const edge = own.find(({ from }) => from === id);
				const share = edge?.dependency ?? null;
				return (
					<li key={id}>
						{id === model.buyer ? m.value.root : <Name text={orgName(id, model.items.get(id)?.name ?? null)} />}
						{share !== null && <strong> ({f.value.share(share)})</strong>}
					</li>
				);
			})}
		</ul>
	);
}

function Below({ item, view, toggle }: { item: ChainItem; view: Seen; toggle: Toggle }) {
	const n = f.value.count;
	if (item.unknown_below)
		return (
			<span class="unknown-answer">
				<span aria-hidden="true">? </span>
				{m.value.unknownBelow}
			</span>
		);
	if (item.suppliers === 0) return <span class="muted">{m.value.attested}</span>;
	if (isDeepest(item, view)) return <>{m.value.deeper(n(item.suppliers))}</>;
	const opening: Opening = { kind: "of", id: item.supplier, from: 0 };
	const open = isOpen(view.openings, opening);
	return (
		<button
			type="button"
			class="chain-count"
			aria-expanded={open}
			aria-label={`${nameOfOpening(opening)}${t.value.comma}${m.value.has(n(item.suppliers))}`}
			onClick={() => toggle(opening, open)}
		>
			{m.value.suppliersOf(n(item.suppliers))} <span aria-hidden="true">{open ? "▾" : "▸"}</span>
		</button>
	);
}

function columnsOf(view: Seen, model: Model, toggle: Toggle): Column<ChainItem>[] {
	const edges = new Map<string, Edge[]>();
	for (const edge of model.edges) edges.set(edge.to, [...(edges.get(edge.to) ?? []), edge]);
	const columns: Column<ChainItem>[] = [
		{ key: "tier", head: m.value.tier, num: true, cell: (item) => f.value.count(item.tier) },
		{ key: "supplier", head: m.value.supplier, names: true, css: "who", cell: (item) => <Supplier buyer={model.buyer} id={item.supplier} name={item.name} /> },
		{ key: "state", head: m.value.state, cell: (item) => <StateLabel state={item.state} /> },
		{ key: "required", head: m.value.required, cell: (item) => t.value.level(item.required) },
		{ key: "held", head: m.value.held, cell: (item) => t.value.level(item.held) },
		{ key: "from", head: m.value.linked, cell: (item) => <Before item={item} model={model} edges={edges} /> },
		{ key: "dependency", head: m.value.dependency, num: true, cell: (item) => f.value.share(item.dependency) },
		{ key: "below", head: m.value.below, cell: (item) => <Below item={item} view={view} toggle={toggle} /> },
	];
	if (model.behind.size === 0) return columns;
	return [
		...columns,
		{
			key: "behind",
			head: m.value.behindHead,
			num: true,
			cell: (item) => {
				const behind = model.behind.get(item.supplier);
				return behind === undefined ? "" : `◆ ${f.value.count(behind)}`;
			},
		},
	];
}

/* Names of those whom the picture does not draw. */
function useNames(rows: readonly ChainItem[], model: Model): void {
	const ids = rows.flatMap(({ path }) => path.at(-2) ?? []).filter((id) => id !== model.buyer && !model.items.has(id) && !isAnonymous(id));
	useEffect(() => nameWant([...new Set(ids)]), [ids.join()]);
}

export function Twin({ view, model, toggle }: { view: Seen; model: Model; toggle: Toggle }) {
	const n = f.value.count;
	const rows = [...model.items.values()].filter((item) => passes(view, model, item)).sort((a, b) => a.tier - b.tier);
	useNames(rows, model);
	return (
		<>
			<Counts view={view} toggle={toggle} />
			{rows.length === 0 ? (
				<p class="muted">{m.value.none}</p>
			) : (
				<>
					<h2 id="chain-open">{m.value.drawn(n(rows.length))}</h2>
					<Table labelledBy="chain-open" columns={columnsOf(view, model, toggle)} rows={rows} rowKey={({ supplier }) => supplier} css="chain-table" />
				</>
			)}
			{model.rests.length > 0 && (
				<ul class="chain-rests no-print">
					{model.rests.map((rest) => (
						<li key={rest.key}>
							<button type="button" onClick={() => toggle(rest.opening, false)}>
								{nameOfOpening(rest.opening)}
								{t.value.comma}
								{m.value.moreNodes(n(rest.n))}
							</button>
						</li>
					))}
				</ul>
			)}
		</>
	);
}
