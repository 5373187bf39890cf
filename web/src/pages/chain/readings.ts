/*
 * What each opening shows, read on its own and kept true. Who was there at first stays, whatever becomes of its state:
 * it changes in place. Who comes anew is counted, and shown where all were shown.
 */
import { useEffect, useMemo } from "preact/hooks";
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { ApiError, get, orgPath, type Params } from "../../api/client";
import { chainOf } from "../../api/live";
import { nameRemember } from "../../api/names";
import { type Resource, resource } from "../../api/resource";
import type { ChainItem, ChainOne, ChainPage, Chokepoint, Dependency, Page } from "../../api/types";
import { type Opening, PAGE, tokenOf } from "./openings";

export interface Reading {
	opening: Opening;
	/* Of the opening itself, in their order; and the way to them, drawn so that nobody hangs in the air. */
	items: ChainItem[];
	way: ChainItem[];
	/* How many fit the opening, on all pages. */
	total: number;
	links: { from: string; to: string; dependency?: number }[];
	dependency?: Dependency;
	points?: Chokepoint[];
}

const chainOne = (buyer: string, id: string): string => orgPath(buyer, `/chain/${encodeURIComponent(id)}`);

interface Asked {
	buyer: string;
	stop: AbortSignal;
	atLeast: number | null;
}

/* One after the other as the daemon has them; who is not in the chain any more is left out. */
async function each({ buyer, stop, atLeast }: Asked, ids: readonly string[]): Promise<ChainItem[]> {
	const found = await Promise.all(
		ids.map((id) =>
			get<ChainOne>(chainOne(buyer, id), { revision_at_least: atLeast }, stop).catch((error: unknown) => {
				if (error instanceof ApiError && error.status === 404) return null;
				throw error;
			}),
		),
	);
	return found.filter((item) => item !== null);
}

/* Reads a page of a list again and again, and keeps whom it showed first. */
function pageOf(params: Params, from: number) {
	let kept: string[] | null = null;
	let whole = false;
	return async (asked: Asked): Promise<{ items: ChainItem[]; total: number }> => {
		const { buyer, stop, atLeast } = asked;
		const list = await get<ChainPage>(
			orgPath(buyer, "/chain"),
			{ ...params, sort: "tier", limit: from + PAGE, revision_at_least: atLeast },
			stop,
		);
		const there = new Map(list.items.map((item) => [item.supplier, item]));
		if (kept === null) kept = list.items.slice(from).map(({ supplier }) => supplier);
		else if (whole) kept.push(...[...there.keys()].slice(from).filter((id) => !kept?.includes(id)));
		whole = list.next === null;
		for (const item of await each(asked, kept.filter((id) => !there.has(id)))) there.set(item.supplier, item);
		kept = kept.filter((id) => there.has(id));
		return { items: kept.flatMap((id) => there.get(id) ?? []), total: list.total };
	};
}

function groupOf(opening: Opening & { kind: "group" }) {
	const page = pageOf({ tier: opening.tier, state: opening.state }, opening.from);
	return async (asked: Asked): Promise<Reading> => ({ opening, ...(await page(asked)), way: [], links: [] });
}

function linksOf(opening: Opening & { kind: "of" | "to" }) {
	const { id, kind } = opening;
	const page = pageOf({ [kind]: id }, opening.from);
	return async (asked: Asked): Promise<Reading> => {
		const self = id === asked.buyer ? [] : [await get<ChainOne>(chainOne(asked.buyer, id), { revision_at_least: asked.atLeast }, asked.stop)];
		const [found, way] = await Promise.all([page(asked), each(asked, self[0]?.path.slice(1, -1) ?? [])]);
		const links = found.items.map(({ supplier }) => (kind === "of" ? { from: id, to: supplier } : { from: supplier, to: id }));
		/* The buyer itself buys from it too: it is no item of its own chain. */
		if (kind === "to" && self[0]?.link != null) links.push({ from: asked.buyer, to: id });
		return { opening, ...found, way: [...way, ...self], links };
	};
}

const pathOf = (opening: Opening & { kind: "path" }) => async (asked: Asked): Promise<Reading> => {
	const { buyer, stop, atLeast } = asked;
	const dependency = await get<Dependency>(
		orgPath(buyer, `/dependencies/${encodeURIComponent(opening.id)}`),
		{ revision_at_least: atLeast },
		stop,
	);
	const items = await each(asked, dependency.path.slice(1));
	const links = dependency.links.map(({ procurer: from, supplier: to, dependency: share }) => ({ from, to, dependency: share }));
	return { opening, items, way: [], total: items.length, links, dependency };
};

const pointsOf = (opening: Opening & { kind: "points" }) => async (asked: Asked): Promise<Reading> => {
	const { buyer, stop, atLeast } = asked;
	const list = await get<Page<Chokepoint>>(orgPath(buyer, "/chokepoints"), { limit: PAGE, revision_at_least: atLeast }, stop);
	const items = await each(asked, list.items.map(({ supplier }) => supplier));
	return { opening, items, way: [], total: items.length, links: [], points: list.items };
};

function loadOf(opening: Opening): (asked: Asked) => Promise<Reading> {
	switch (opening.kind) {
		case "group":
			return groupOf(opening);
		case "of":
		case "to":
			return linksOf(opening);
		case "path":
			return pathOf(opening);
		case "points":
			return pointsOf(opening);
	}
}

export interface Readings {
	/* The openings that are followed, by their tokens; behind the address by a moment. */
	followed: ReadonlySignal<string>;
	/* Whether one has neither come nor failed. */
	waiting: ReadonlySignal<boolean>;
	/* Those that have come, in the order of the openings. */
	have: ReadonlySignal<Reading[]>;
	/* The first that failed. */
	failed: ReadonlySignal<Resource<Reading> | null>;
	follow: (openings: readonly Opening[]) => void;
	end: () => void;
}

export const keysOf = (openings: readonly Opening[]): string => openings.map(tokenOf).join("*");

function readings(buyer: string): Readings {
	const open = new Map<string, { resource: Resource<Reading>; stop: () => void }>();
	const all = signal<Resource<Reading>[]>([]);
	const followed = signal("");
	const begin = (opening: Opening) => {
		const load = loadOf(opening);
		const made = resource<Reading>(async (stop, atLeast) => {
			const reading = await load({ buyer, stop, atLeast });
			for (const { supplier, name } of [...reading.items, ...reading.way]) nameRemember(supplier, name);
			return reading;
		}, chainOf(buyer));
		return { resource: made, stop: made.start() };
	};
	return {
		followed,
		waiting: computed(() => all.value.some(({ data, error }) => data.value === null && error.value === null)),
		have: computed(() => all.value.flatMap(({ data }) => data.value ?? [])),
		failed: computed(() => all.value.find(({ error }) => error.value !== null) ?? null),
		follow(openings) {
			const wanted = new Map(openings.map((opening) => [tokenOf(opening), opening]));
			for (const [token, { stop }] of [...open])
				if (!wanted.has(token)) {
					stop();
					open.delete(token);
				}
			for (const [token, opening] of wanted) if (!open.has(token)) open.set(token, begin(opening));
			batch(() => {
				all.value = [...wanted.keys()].flatMap((token) => open.get(token)?.resource ?? []);
				followed.value = keysOf(openings);
			});
		},
		end() {
			for (const { stop } of open.values()) stop();
			open.clear();
		},
	};
}

export function useReadings(buyer: string, openings: readonly Opening[]): Readings {
	const made = useMemo(() => readings(buyer), [buyer]);
	useEffect(() => made.follow(openings), [made, keysOf(openings)]);
	useEffect(() => () => made.end(), [made]);
	return made;
}
