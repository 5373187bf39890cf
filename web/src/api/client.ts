/*
 * Reads from the daemon: one function, one kind of error. A session that has ended is seen
 * here, so that no page has to think of it.
 */
import { headers, sessionEnded } from "./session";
import type { Page, Problem } from "./types";

export type Params = Record<string, string | number | boolean | null | undefined>;

export class ApiError extends Error {
	readonly status: number; /* 0: the daemon could not be reached */
	readonly code: string;
	readonly detail: string;

	constructor(status: number, problem: Problem) {
		super(problem.title ?? `HTTP ${status}`);
		this.status = status;
		this.code = problem.code ?? "";
		this.detail = problem.detail ?? "";
	}
}

export function isAbort(error: unknown): boolean {
	return error instanceof DOMException && error.name === "AbortError";
}

export function urlOf(path: string, params: Params = {}): string {
	const query = new URLSearchParams();
	for (const [key, value] of Object.entries(params))
		if (value !== null && value !== undefined && value !== "") query.set(key, String(value));
	const text = query.toString();
	return text === "" ? path : `${path}?${text}`;
}

export async function problemOf(response: Response): Promise<ApiError> {
	const problem: Problem = await response.json().catch(() => ({}));
	return new ApiError(response.status, problem);
}

/* An answer and the revision that it was computed from. */
export interface Revised<T> {
	data: T;
	revision: number;
}

export async function getRevised<T>(path: string, params?: Params, signal?: AbortSignal): Promise<Revised<T>> {
	let response: Response;
	try {
		response = await fetch(urlOf(path, params), {
			headers: { ...headers(), Accept: "application/json" },
			cache: "no-store",
			...(signal ? { signal } : {}),
		});
	} catch (error) {
		if (isAbort(error)) throw error;
		throw new ApiError(0, {});
	}
	if (response.status === 401) {
		sessionEnded();
		throw await problemOf(response);
	}
	if (!response.ok) throw await problemOf(response);
	return {
		data: (await response.json()) as T,
		revision: Number(response.headers.get("Tierwatch-Revision") ?? 0),
	};
}

export const get = async <T>(path: string, params?: Params, signal?: AbortSignal): Promise<T> =>
	(await getRevised<T>(path, params, signal)).data;

/* Follows the cursors of a list up to max items; complete tells whether that was all. */
export async function getAll<T>(
	path: string,
	params: Params,
	max: number,
	signal?: AbortSignal,
): Promise<{ items: T[]; complete: boolean }> {
	const items: T[] = [];
	let cursor: string | null = null;
	do {
		const page: Page<T> = await get(path, { ...params, limit: 1000, cursor }, signal);
		items.push(...page.items);
		cursor = page.next;
	} while (cursor !== null && items.length < max);
	return { items, complete: cursor === null };
}

export const orgPath = (id: string, rest = ""): string => `/v1/orgs/${encodeURIComponent(id)}${rest}`;
