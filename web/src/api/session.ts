/*
 * The token of this browser tab. It lies in sessionStorage, so that it ends with the tab, and may
 * arrive once in the address as #token=…, from where it is taken away at once.
 */
import { signal } from "@preact/signals";

const KEY = "tierwatch.token";

export const token = signal<string | null>(null);
/* Why the token page is shown again; null: it was never refused. */
export const tokenRefused = signal(false);

export function tokenFromFragment(hash: string): { token: string | null; rest: string } {
	const params = new URLSearchParams(hash.startsWith("#") ? hash.slice(1) : hash);
	const found = params.get("token");
	if (found === null) return { token: null, rest: hash };
	params.delete("token");
	const to = params.get("to");
	return { token: found.trim() || null, rest: to ? `#${to}` : "" };
}

export function sessionStart(): void {
	const taken = tokenFromFragment(location.hash);
	if (taken.token !== null) {
		history.replaceState(null, "", location.pathname + location.search + taken.rest);
		tokenSet(taken.token);
		return;
	}
	token.value = sessionStorage.getItem(KEY);
}

export function tokenSet(value: string): void {
	sessionStorage.setItem(KEY, value);
	tokenRefused.value = false;
	token.value = value;
}

export function tokenForget(refused: boolean): void {
	sessionStorage.removeItem(KEY);
	tokenRefused.value = refused;
	token.value = null;
}
