/*
 * Pages are told apart by the fragment (#/buyers/ID), so that the daemon serves one file for all of
 * them. A new page is one line in the table.
 */
import { signal } from "@preact/signals";

export type Route = { page: "buyers" } | { page: "buyer"; id: string } | { page: "unknown" };

const table: [RegExp, (args: string[]) => Route][] = [
	[/^\/?$/, () => ({ page: "buyers" })],
	[/^\/buyers\/([^/]+)$/, ([id = ""]) => ({ page: "buyer", id: decodeURIComponent(id) })],
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

export const buyerHref = (id: string): string => `#/buyers/${encodeURIComponent(id)}`;

export const route = signal<Route>({ page: "buyers" });

export function routerStart(): void {
	const read = () => {
		route.value = routeOf(location.hash);
	};
	window.addEventListener("hashchange", read);
	read();
}
