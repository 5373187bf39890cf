/*
 * Names of organisations by id, asked for once and at most a few at a time. A path in a gap list
 * names its organisations by id only; an id that the caller may not know stays as it is.
 */
import { effect, signal } from "@preact/signals";
import { get, orgPath } from "./client";
import { login } from "./session";
import type { Org } from "./types";

const AT_ONCE = 6;
const KEPT_MOST = 5000;

const known = new Map<string, string | null>();
const queue: string[] = [];
let running = 0;
/* Counts up whenever a name arrives: what shows names reads it. */
const arrived = signal(0);

/* Another login may know other names. */
effect(() => {
	void login.value;
	known.clear();
	queue.length = 0;
});

function work(): void {
	while (running < AT_ONCE) {
		const id = queue.shift();
		if (id === undefined) return;
		running++;
		get<Org>(orgPath(id))
			.then((org) => known.set(id, org.name))
			.catch(() => undefined)
			.finally(() => {
				running--;
				arrived.value++;
				work();
			});
	}
}

export function nameRemember(id: string, name: string | null): void {
	if (known.size < KEPT_MOST) known.set(id, name);
}

export function nameWant(ids: readonly string[]): void {
	for (const id of ids) {
		if (known.has(id) || known.size >= KEPT_MOST) continue;
		known.set(id, null);
		queue.push(id);
	}
	work();
}

/* The name, or the id where no name is known (yet). */
export function nameOf(id: string): string {
	void arrived.value;
	return known.get(id) || id;
}
