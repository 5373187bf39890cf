/*
 * What of a chain is opened: it stands in the address, the oldest first, so that a picture can be kept and sent on.
 * Groups open in pages, and each page is an opening of its own: what was there before keeps its place.
 */
import { STATES, type State } from "../../api/types";

export const PAGE = 20;
/* About as many suppliers can be drawn at a time and still be told apart. */
export const NODES_MOST = 200;

export type Opening =
	| { kind: "group"; tier: number; state: State; from: number }
	/* Whom the organisation buys from, and who buys from it. */
	| { kind: "of" | "to"; id: string; from: number }
	/* The way to it, lit. */
	| { kind: "path"; id: string }
	/* Through whom alone others are reached. */
	| { kind: "points" };

/* As it stands in the address; the list is joined with a star, which no id has. */
export function tokenOf(opening: Opening): string {
	switch (opening.kind) {
		case "group":
			return `${opening.tier}-${opening.state}${opening.from > 0 ? `-${opening.from}` : ""}`;
		case "of":
		case "to":
			return `${opening.kind}${opening.from > 0 ? opening.from : ""}-${opening.id}`;
		case "path":
			return `path-${opening.id}`;
		case "points":
			return "points";
	}
}

const GROUP = new RegExp(`^(\\d{1,2})-(${STATES.join("|")})(?:-(\\d{1,3}))?$`);
const LINKS = /^(of|to)(\d{1,3})?-([A-Za-z0-9._~-]{1,128})$/;
const fromOf = (text: string | undefined): number => Math.floor(Number(text ?? 0) / PAGE) * PAGE;

export function openingOf(token: string): Opening | null {
	const group = GROUP.exec(token);
	if (group !== null) return { kind: "group", tier: Number(group[1]), state: group[2] as State, from: fromOf(group[3]) };
	const links = LINKS.exec(token);
	if (links !== null) return { kind: links[1] as "of" | "to", id: links[3] ?? "", from: fromOf(links[2]) };
	return null;
}

/* Openings that have pages, and the page behind one. */
export type Paged = Extract<Opening, { from: number }>;
export const isPaged = (opening: Opening): opening is Paged => "from" in opening;
export const pageAt = (opening: Paged, from: number): Paged => ({ ...opening, from });
/* The first page that is not open, given where those that are begin. */
export function nextPage(froms: ReadonlySet<number>): number {
	let from = 0;
	while (froms.has(from)) from += PAGE;
	return from;
}

export const tokensIn = (query: URLSearchParams): string[] => [
	...new Set((query.get("open") ?? "").split("*").filter((token) => openingOf(token) !== null)),
];

/* All that the address opens: the path first, then the list, then what a link from another page names. */
export function openingsIn(query: URLSearchParams): Opening[] {
	const out: Opening[] = [];
	const path = query.get("path");
	if (path) out.push({ kind: "path", id: path });
	for (const token of tokensIn(query)) {
		const opening = openingOf(token);
		if (opening !== null) out.push(opening);
	}
	for (const kind of ["to", "of"] as const) {
		const id = query.get(kind);
		if (id) out.push({ kind, id, from: 0 });
	}
	if (query.get("points") === "1") out.push({ kind: "points" });
	const seen = new Set<string>();
	return out.filter((opening) => {
		const token = tokenOf(opening);
		return !seen.has(token) && seen.add(token);
	});
}

/* Pages of the same. */
const sameGroup = (a: Opening, b: Opening): boolean =>
	isPaged(a) && isPaged(b) && tokenOf(pageAt(a, 0)) === tokenOf(pageAt(b, 0));

export const isOpen = (openings: readonly Opening[], wanted: Opening): boolean =>
	openings.some((one) => sameGroup(one, wanted));

/* The list for the address with one more opening, or with all pages of one taken away. */
export function opened(tokens: readonly string[], more: readonly Opening[]): string {
	return [...new Set([...tokens, ...more.map(tokenOf)])].join("*");
}

export function closed(tokens: readonly string[], gone: Opening): string[] {
	return tokens.filter((token) => {
		const opening = openingOf(token);
		return opening !== null && !sameGroup(opening, gone);
	});
}

/* What gives way where too much is drawn: what was opened first, with all its pages; of the newest one only a page. */
export function oldest(tokens: readonly string[]): { gone: Opening; left: string } | null {
	const first = openingOf(tokens[0] ?? "");
	const last = openingOf(tokens.at(-1) ?? "");
	if (first === null || last === null || tokens.length < 2) return null;
	return { gone: first, left: (sameGroup(first, last) ? tokens.slice(1) : closed(tokens, first)).join("*") };
}
