/* The suppliers that are drawn, and the links between them: from what the openings read. */
import type { ChainItem } from "../../api/types";
import { isPaged, nextPage, type Opening, pageAt, type Paged, tokenOf } from "./openings";
import type { Block } from "./place";
import type { Reading } from "./readings";

export interface Edge {
	from: string;
	to: string;
	/* On the way that the path shows; of who is picked. */
	lit: boolean;
	picked: boolean;
	/* Only its explanation leads over it. */
	explains: boolean;
	dependency: number | null;
}

/* More of an opening than is drawn. */
export interface Rest {
	key: string;
	tier: number;
	n: number;
	/* The page that shows them. */
	opening: Paged;
}

export interface Model {
	buyer: string;
	items: Map<string, ChainItem>;
	edges: Edge[];
	rests: Rest[];
	/* On the lit way, the buyer too; null: no way is lit. */
	way: ReadonlySet<string> | null;
	behind: Map<string, number>;
	blocks: Block[];
}

export interface PickedLinks {
	links: { from: string; to: string }[];
}

const edgeKey = (from: string, to: string): string => `${from} ${to}`;

function itemsOf(readings: readonly Reading[]): Map<string, ChainItem> {
	const out = new Map<string, ChainItem>();
	for (const { way, items } of readings)
		for (const item of [...way, ...items]) if (!out.has(item.supplier)) out.set(item.supplier, item);
	return out;
}

function edgesOf(buyer: string, items: Map<string, ChainItem>, readings: readonly Reading[], picked: PickedLinks | null): Edge[] {
	const out = new Map<string, Edge>();
	const there = (id: string) => id === buyer || items.has(id);
	const edge = (from: string, to: string): Edge | null => {
		if (!there(from) || !there(to)) return null;
		const known = out.get(edgeKey(from, to));
		if (known !== undefined) return known;
		const made: Edge = { from, to, lit: false, picked: false, explains: false, dependency: null };
		out.set(edgeKey(from, to), made);
		return made;
	};
	for (const { path, supplier } of items.values()) {
		const made = edge(path.at(-2) ?? buyer, supplier);
		if (made !== null) made.explains = true;
	}
	for (const { links, opening } of readings)
		for (const { from, to, dependency } of links) {
			const made = edge(from, to);
			if (made === null || opening.kind !== "path") continue;
			made.lit = true;
			made.dependency = dependency ?? null;
		}
	for (const { from, to } of picked?.links ?? []) {
		const made = edge(from, to);
		if (made !== null) made.picked = true;
	}
	return [...out.values()];
}

/* The pages that are open of each opening that has pages. */
function pagesOf(readings: readonly Reading[]): { page: Paged; readings: Reading[] }[] {
	const out = new Map<string, { page: Paged; readings: Reading[] }>();
	for (const reading of readings) {
		if (!isPaged(reading.opening)) continue;
		const page = pageAt(reading.opening, 0);
		const known = out.get(tokenOf(page)) ?? { page, readings: [] };
		known.readings.push(reading);
		out.set(tokenOf(page), known);
	}
	return [...out.values()];
}

const restKey = (page: Paged): string => `more ${tokenOf(page)}`;

/* The column in which what an opening shows mostly stands. */
function tierOf(page: Paged, items: Map<string, ChainItem>, depth: number): number {
	if (page.kind === "group") return page.tier;
	const own = items.get(page.id)?.tier ?? 0;
	return page.kind === "of" ? Math.min(depth, own + 1) : Math.max(1, own - 1);
}

/* How many more there are than the pages show. Of a group, whoever is drawn elsewhere is not more. */
function restsOf(items: Map<string, ChainItem>, readings: readonly Reading[], depth: number): Rest[] {
	return pagesOf(readings).flatMap(({ page, readings: pages }) => {
		const drawn =
			page.kind === "group"
				? [...items.values()].filter((item) => item.tier === page.tier && item.state === page.state).length
				: pages.reduce((sum, one) => sum + one.items.length, 0);
		const n = Math.max(...pages.map(({ total }) => total)) - drawn;
		const froms = new Set(pages.map(({ opening }) => (isPaged(opening) ? opening.from : 0)));
		const next = pageAt(page, nextPage(froms));
		return n <= 0 ? [] : [{ key: restKey(next), tier: tierOf(page, items, depth), n, opening: next }];
	});
}

/* Where a page stands: where what stood for it was, or beside whom it is about. */
function besideOf(opening: Opening): string | null {
	if (!isPaged(opening)) return null;
	if (opening.from > 0) return restKey(opening);
	return opening.kind === "group" ? null : opening.id;
}

function blocksOf(readings: readonly Reading[], rests: readonly Rest[], items: Map<string, ChainItem>): Block[] {
	const seen = new Set<string>();
	const fresh = (list: readonly ChainItem[]) =>
		list.flatMap(({ supplier: key }) => {
			const item = items.get(key);
			if (item === undefined || seen.has(key)) return [];
			seen.add(key);
			return [{ key, tier: item.tier }];
		});
	const last = new Map(pagesOf(readings).map(({ page, readings: pages }) => [pages.at(-1), tokenOf(page)]));
	return readings.flatMap((reading) => {
		const { opening, way, items: own } = reading;
		const token = last.get(reading);
		const rest = rests.filter((one) => tokenOf(pageAt(one.opening, 0)) === token).map(({ key, tier }) => ({ key, tier }));
		return [
			{ items: fresh(way), beside: null, line: true },
			{ items: [...fresh(own), ...rest], beside: besideOf(opening), line: opening.kind === "path" },
		];
	});
}

export function modelOf(buyer: string, depth: number, readings: readonly Reading[], picked: PickedLinks | null): Model {
	const items = itemsOf(readings);
	const rests = restsOf(items, readings, depth);
	const path = readings.find(({ opening }) => opening.kind === "path");
	const points = readings.find(({ opening }) => opening.kind === "points")?.points ?? [];
	return {
		buyer,
		items,
		edges: edgesOf(buyer, items, readings, picked),
		rests,
		way: path?.dependency ? new Set(path.dependency.path) : null,
		behind: new Map(points.map(({ supplier, behind }) => [supplier, behind])),
		blocks: blocksOf(readings, rests, items),
	};
}
