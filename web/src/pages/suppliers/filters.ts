/*
 * What the table is narrowed to: it stands in the address, so that it can be kept, sent on and stepped back from.
 * Other pages link here with these names; the server's own names of Q1 to Q3 are taken as well.
 */
import type { Params } from "../../api/client";
import type { Query } from "../../router";

export const FILTERS = [
	"state",
	"timing",
	"kind",
	"tier",
	"q",
	"department",
	"owner",
	"leak",
	"standstill",
	"intrusion",
	"due_from",
	"due_to",
	"lapsed_since",
	"unknown_below",
	"at_risk",
	"exception",
	"required",
	"held",
	"relation",
	"criticality",
	"of",
	"to",
] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filters = Partial<Record<FilterName, string>>;

/* Asked for behind "more". */
export const FURTHER: readonly FilterName[] = [
	"kind",
	"leak",
	"standstill",
	"intrusion",
	"due_from",
	"due_to",
	"lapsed_since",
	"unknown_below",
	"at_risk",
	"exception",
];

const SERVER: Partial<Record<FilterName, string>> = {
	leak: "confidential",
	standstill: "continuity",
	intrusion: "system_access",
};

/* In the address: those without a department, or an owner. To the server that is an empty text. */
export const UNSET = "~none";

export function filtersOf(query: URLSearchParams): Filters {
	const out: Filters = {};
	for (const name of FILTERS) {
		const value = query.get(name) ?? query.get(SERVER[name] ?? name);
		if (value) out[name] = value;
	}
	return out;
}

/* What the address has to change for another filter: rows begin anew, and the server's names give way to ours. */
export function queryFor(changes: Record<string, string | null>): Query {
	const out: Query = { ...changes, rows: null };
	for (const name of Object.keys(changes)) {
		const other = SERVER[name as FilterName];
		if (other !== undefined) out[other] = null;
	}
	return out;
}

export const withoutFilters = (): Query =>
	queryFor(Object.fromEntries(FILTERS.map((name) => [name, null])) as Record<string, null>);

export function paramsOf(filters: Filters): Params {
	return Object.fromEntries(FILTERS.map((name) => [SERVER[name] ?? name, filters[name]]));
}

/* Where to ask: what has to be empty stands in the path, since empty parameters mean nothing elsewhere. */
export function chainUrl(path: string, params: Params): [path: string, params: Params] {
	const empty = Object.entries(params).filter(([, value]) => value === UNSET);
	if (empty.length === 0) return [path, params];
	const rest = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== UNSET));
	return [`${path}?${empty.map(([name]) => `${name}=`).join("&")}`, rest];
}

export function sortOf(query: URLSearchParams): { by: string; order: "asc" | "desc" } {
	const by = query.get("sort") ?? "tier";
	const natural = by === "dependency" ? "desc" : "asc";
	const order = query.get("order");
	return { by, order: order === "asc" || order === "desc" ? order : natural };
}

/* One of the values of a list in or out. */
export function toggled(list: string | undefined, value: string): string | null {
	const values = (list ?? "").split(",").filter((one) => one !== "");
	const next = values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
	return next.length === 0 ? null : next.join(",");
}

/* ---- kept by name, for one buyer ---- */

export interface Saved {
	name: string;
	query: string;
}

const keyOf = (buyer: string): string => `tierwatch.filters.${buyer}`;

export function savedFrom(text: string | null): Saved[] {
	try {
		const list: unknown = JSON.parse(text ?? "[]");
		if (!Array.isArray(list)) return [];
		return list.filter((one): one is Saved => typeof one?.name === "string" && typeof one?.query === "string");
	} catch {
		return [];
	}
}

export const savedRead = (buyer: string): Saved[] => savedFrom(localStorage.getItem(keyOf(buyer)));

export function savedWrite(buyer: string, list: readonly Saved[]): void {
	localStorage.setItem(keyOf(buyer), JSON.stringify(list));
}

/* The part of an address that is worth keeping. */
export function queryText(query: URLSearchParams): string {
	const kept = new URLSearchParams(query);
	kept.delete("rows");
	kept.sort();
	return kept.toString();
}
