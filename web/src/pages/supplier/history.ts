/* How the records about a supplier became what they are: of several records, newest first. */
import { ApiError, get } from "../../api/client";
import type { Page } from "../../api/types";

export interface Version {
	revision: number;
	/* null where the log does not tell any more, or may not. */
	at: string | null;
	actor: string | null;
	change: "created" | "updated";
	changed: Record<string, Changed> | null;
}

export type Changed = { before: unknown; after: unknown } | { changed: true };

export type Subject = "link" | "org" | "certificate" | "clause";

/* A record whose versions are asked for. */
export interface Source {
	subject: Subject;
	name: string;
	path: string;
}

export interface Entry extends Version {
	subject: Subject;
	name: string;
}

interface VersionPage extends Page<Version> {
	complete: boolean | null;
}

const MOST = 50;

export interface Told {
	entries: Entry[];
	/* Some of what was before is not told. */
	cut: boolean;
}

/* Records that this caller may not look into have no history here. */
async function versions(source: Source, stop: AbortSignal, atLeast: number | null): Promise<Told> {
	try {
		const page = await get<VersionPage>(`${source.path}/versions`, { limit: MOST, revision_at_least: atLeast }, stop);
		return {
			entries: page.items.map((version) => ({ ...version, subject: source.subject, name: source.name })),
			cut: page.next !== null || page.complete === false,
		};
	} catch (error) {
		if (error instanceof ApiError && [403, 404].includes(error.status)) return { entries: [], cut: false };
		throw error;
	}
}

export async function histories(sources: readonly Source[], stop: AbortSignal, atLeast: number | null): Promise<Told> {
	const all = await Promise.all(sources.map((source) => versions(source, stop, atLeast)));
	return {
		entries: all.flatMap(({ entries }) => entries).sort((a, b) => b.revision - a.revision || a.name.localeCompare(b.name)),
		cut: all.some(({ cut }) => cut),
	};
}
