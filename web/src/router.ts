/*
 * Pages are told apart by the fragment (#/buyers/ID/suppliers?state=gap), so that the daemon serves one file
 * for all of them. What a list is narrowed to stands behind the question mark: it can be kept, sent on and
 * stepped back from. A new page is one line in a table.
 */
import { computed, signal } from "@preact/signals";

/* Of one buyer. A page "evidence" has its place here once there is a pack to show. */
export const SECTIONS = [
	"today",
	"suppliers",
	"chain",
	"gaps",
	"renewals",
	"what-if",
	"targets",
	"trends",
	"incident",
] as const;
export type Section = (typeof SECTIONS)[number];

/* What belongs to no buyer. */
export const GENERAL = ["import", "settings"] as const;
export type General = (typeof GENERAL)[number];

export type Route =
	| { page: "buyers" }
	/* item: the organisation that the page is about, beside the buyer */
	| { page: "buyer"; id: string; section: Section; item: string | null }
	| { page: "general"; section: General }
	| { page: "unknown" };

const isSection = (text: string): text is Section => (SECTIONS as readonly string[]).includes(text);
const isGeneral = (text: string): text is General => (GENERAL as readonly string[]).includes(text);

const table: [RegExp, (args: string[]) => Route][] = [
	[/^\/?$/, () => ({ page: "buyers" })],
	[/^\/buyers\/([^/]+)$/, ([id = ""]) => ({ page: "buyer", id: decodeURIComponent(id), section: "today", item: null })],
	[
		/^\/buyers\/([^/]+)\/([a-z-]+)(?:\/([^/]+))?$/,
		([id = "", section = "", item]) =>
			isSection(section)
				? { page: "buyer", id: decodeURIComponent(id), section, item: item ? decodeURIComponent(item) : null }
				: { page: "unknown" },
	],
	[
		/^\/([a-z]+)$/,
		([section = ""]) => (isGeneral(section) ? { page: "general", section } : { page: "unknown" }),
	],
];

export function routeOf(hash: string): Route {
	const path = hash.replace(/^#/, "").split("?")[0] ?? "";
	for (const [pattern, make] of table) {
		const match = pattern.exec(path);
		if (match === null) continue;
		try {
			return make(match.slice(1));
		} catch {
			return { page: "unknown" }; /* a broken percent escape */
		}
	}
	return { page: "unknown" };
}

export const queryOf = (hash: string): URLSearchParams => new URLSearchParams(hash.split("?")[1] ?? "");

export type Query = Record<string, string | number | boolean | null | undefined>;

function withQuery(path: string, query: Query): string {
	const params = new URLSearchParams();
	for (const [key, value] of Object.entries(query))
		if (value !== null && value !== undefined && value !== "") params.set(key, String(value));
	const text = params.toString();
	return text === "" ? path : `${path}?${text}`;
}

/* The address of a buyer's page. */
export function buyerHref(id: string, section: Section = "today", item: string | null = null, query: Query = {}): string {
	const base = `#/buyers/${encodeURIComponent(id)}`;
	const page = section === "today" && item === null ? base : `${base}/${section}`;
	return withQuery(item === null ? page : `${page}/${encodeURIComponent(item)}`, query);
}
/* One supplier as the buyer sees it. */
export const supplierHref = (buyer: string, supplier: string): string => buyerHref(buyer, "suppliers", supplier);
export const generalHref = (section: General, query: Query = {}): string => withQuery(`#/${section}`, query);

const hash = signal("");
/* Another page when this changes; the query apart. */
const path = computed(() => hash.value.split("?")[0] ?? "");
export const route = computed<Route>(() => routeOf(path.value));
export const query = computed(() => queryOf(hash.value));

/* Changes what stands behind the question mark; null takes a name away. Typing replaces the entry of the
 * history, a choice makes a new one (push). */
export function setQuery(changes: Query, push = false): void {
	const now = Object.fromEntries(query.peek());
	const next = withQuery(path.peek() || "#/", { ...now, ...changes });
	if (next === hash.peek()) return;
	history[push ? "pushState" : "replaceState"](null, "", next);
	hash.value = next;
}

export function go(href: string): void {
	location.hash = href;
}

export function routerStart(): void {
	const read = () => {
		hash.value = location.hash;
	};
	window.addEventListener("hashchange", read);
	window.addEventListener("popstate", read);
	read();
}
