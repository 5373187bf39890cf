/*
 * Reads from the daemon: one function, one kind of error. A session that has ended is seen
 * here, so that no page has to think of it.
 */
import { headers, sessionEnded } from "./session";
import type { FieldError, Page, Problem } from "./types";

export type Params = Record<string, string | number | boolean | null | undefined>;

export class ApiError extends Error {
	readonly status: number; /* 0: the daemon could not be reached */
	readonly code: string;
	readonly detail: string;
	/* Of a body that was refused: where and why. */
	readonly errors: readonly FieldError[];

	constructor(status: number, problem: Problem) {
		super(problem.title ?? `HTTP ${status}`);
		this.status = status;
		this.code = problem.code ?? "";
		this.detail = problem.detail ?? "";
		this.errors = problem.errors ?? [];
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
	return text === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${text}`;
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

async function ask(url: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
	let response: Response;
	try {
		response = await fetch(url, {
			...init,
			headers: { ...headers(), Accept: "application/json", ...(init.headers as Record<string, string>) },
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
	return response;
}

const revisionOf = (response: Response): number => Number(response.headers.get("Tierwatch-Revision") ?? 0);

export async function getRevised<T>(path: string, params?: Params, signal?: AbortSignal): Promise<Revised<T>> {
	const response = await ask(urlOf(path, params), {}, signal);
	return { data: (await response.json()) as T, revision: revisionOf(response) };
}

export const get = async <T>(path: string, params?: Params, signal?: AbortSignal): Promise<T> =>
	(await getRevised<T>(path, params, signal)).data;

/* A write, or a question with a body. ifMatch: the ETag of what was read. An answer without a body is null. */
export async function send<T>(
	method: "POST" | "PUT" | "PATCH" | "DELETE",
	path: string,
	body?: unknown,
	options: { params?: Params; ifMatch?: string | null; signal?: AbortSignal } = {},
): Promise<Revised<T>> {
	const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
	const response = await ask(
		urlOf(path, options.params),
		{
			method,
			headers: {
				...(body === undefined ? {} : { "Content-Type": type }),
				...(options.ifMatch ? { "If-Match": options.ifMatch } : {}),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		},
		options.signal,
	);
	const text = await response.text();
	return { data: (text === "" ? null : JSON.parse(text)) as T, revision: revisionOf(response) };
}

/* A record and the ETag that says which state of it was read. */
export async function getTagged<T>(path: string, signal?: AbortSignal): Promise<{ data: T; etag: string | null }> {
	const response = await ask(path, {}, signal);
	return { data: (await response.json()) as T, etag: response.headers.get("ETag") };
}

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
