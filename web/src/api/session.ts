/*
 * Who is logged in. The session lies in a cookie that no script can read; the page knows only whose it is. A
 * token is handed to the server once and kept nowhere. It may arrive in the address as #token=…, from where it
 * is taken away at once; #login=… is how the server says that a company login did not work.
 */
import { signal } from "@preact/signals";
import { lang } from "../i18n/lang";

export interface Me {
	name: string;
	role: "admin" | "risk" | "procurer" | "supplier" | "auditor";
	orgs: { id: string; name: string }[];
	by: "token" | "company";
}

/* Why the login page is shown: one text for each. */
export type Notice = "refused" | "ended" | "tooMany" | "unreachable" | "noRole" | "failed" | "providerAway";

export const me = signal<Me | null>(null);
/* False until the server has said whether there is a session. */
export const known = signal(false);
export const notice = signal<Notice | null>(null);
/* Counts logins: what was shown to somebody else is built anew. */
export const login = signal(0);
/* Whether one can log in with a company account. */
export const company = signal(false);

/* Requests while nobody touched the page for this long do not keep the session alive. */
const BACKGROUND_MS = 60000;
let touchedAt = 0;

export interface Fragment {
	token: string | null;
	failed: string | null;
	rest: string;
}

export function readFragment(hash: string): Fragment {
	const params = new URLSearchParams(hash.startsWith("#") ? hash.slice(1) : hash);
	const token = params.get("token");
	const failed = params.get("login");
	if (token === null && failed === null) return { token: null, failed: null, rest: hash };
	const to = params.get("to");
	return { token: token?.trim() || null, failed, rest: to ? `#${to}` : "" };
}

export function noticeOf(code: string): Notice {
	if (code === "no-role") return "noRole";
	if (code === "provider-away") return "providerAway";
	return "failed";
}

/* Where the company login is, and the way back to what is shown now. */
export const companyHref = (at: { pathname: string; search: string; hash: string }): string =>
	`/v1/login?return=${encodeURIComponent(at.pathname + at.search + at.hash)}`;

/* What every request of the page says of itself. */
export function headers(now = performance.now()): Record<string, string> {
	return {
		"Accept-Language": lang.value,
		"Tierwatch-Request": "1",
		...(now - touchedAt > BACKGROUND_MS ? { "Tierwatch-Background": "1" } : {}),
	};
}

const post = (path: string, body?: unknown): Promise<Response> =>
	fetch(path, {
		method: "POST",
		headers: { ...headers(), ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});

function loggedIn(who: Me): void {
	notice.value = null;
	login.value++;
	me.value = who;
}

/* A login that did not work leaves whoever is logged in where they are: their session goes on. */
function notLoggedIn(why: Notice): void {
	notice.value = why;
}

function loggedOut(why: Notice | null): void {
	notice.value = why;
	me.value = null;
}

export async function logIn(token: string): Promise<void> {
	try {
		const response = await post("/v1/login", { token });
		if (response.ok) loggedIn((await response.json()) as Me);
		else if (response.status === 429) notLoggedIn("tooMany");
		else notLoggedIn(response.status >= 500 ? "unreachable" : "refused");
	} catch {
		notLoggedIn("unreachable");
	}
}

export async function logOut(): Promise<void> {
	const done = await post("/v1/logout").catch(() => null);
	if (done?.ok) loggedOut(null);
	else notice.value = "unreachable";
}

/* The server knows us no more. */
export const sessionEnded = (): void => loggedOut("ended");

async function ask(): Promise<void> {
	try {
		const methods = await (await fetch("/v1/login/methods", { headers: headers() })).json();
		company.value = methods.company === true;
		if (methods.session !== true) return;
		const response = await fetch("/v1/me", { headers: headers() });
		if (response.ok) loggedIn((await response.json()) as Me);
	} catch {
		loggedOut("unreachable");
	}
}

/* Takes a token or a failed login out of the address before anything else happens. */
function fragmentTake(): Fragment {
	const found = readFragment(location.hash);
	if (found.rest !== location.hash) history.replaceState(null, "", location.pathname + location.search + found.rest);
	return found;
}

async function fragmentUse(found: Fragment): Promise<void> {
	if (found.token !== null) await logIn(found.token);
	else if (found.failed !== null && me.value === null) notice.value = noticeOf(found.failed);
}

/* Comes before the router's own listener, which then sees an address without the token. */
export async function sessionStart(): Promise<void> {
	const touch = () => {
		touchedAt = performance.now();
	};
	for (const type of ["pointerdown", "keydown", "wheel"]) window.addEventListener(type, touch, { passive: true });
	sessionStorage.removeItem("tierwatch.token"); /* earlier versions kept it there */
	const first = fragmentTake();
	let last = ask().then(() => fragmentUse(first));
	window.addEventListener("hashchange", () => {
		const found = fragmentTake();
		if (me.value !== null) notice.value = null; /* said on the page that was left */
		if (found.token === null && found.failed === null) return;
		known.value = false;
		last = last.then(() => fragmentUse(found)).then(() => void (known.value = true));
	});
	await last;
	known.value = true;
}
