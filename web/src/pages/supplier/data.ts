/* What the page reads of one supplier; each part by itself, since one may be allowed and another not. */
import { useEffect } from "preact/hooks";
import { ApiError, get, orgPath } from "../../api/client";
import { isAnonymous } from "../../components/Path";
import { chainOf, type Concerns, recordsOf } from "../../api/live";
import { nameRemember, nameWant } from "../../api/names";
import { type Resource, useResource } from "../../api/resource";
import type { Certificate, ChainOne, ChainPage, Clause, Dependency, Org, Page } from "../../api/types";

export type LinkRecord = Record<string, unknown>;

export interface SupplierData {
	one: Resource<ChainOne>;
	org: Resource<Org>;
	path: Resource<Dependency>;
	certificates: Resource<Certificate[]>;
	parents: Resource<Certificate[]>;
	/* null: the buyer has no link to it. */
	link: Resource<{ record: LinkRecord | null }>;
	clauses: Resource<Clause[]>;
	below: Resource<ChainPage>;
}

const either =
	(...all: Concerns[]): Concerns =>
	(event) =>
		all.some((one) => one(event));

export const isMissing = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

async function orNull<T>(read: Promise<T>): Promise<T | null> {
	try {
		return await read;
	} catch (error) {
		if (isMissing(error)) return null;
		throw error;
	}
}

/* These lists are whole. */
const items = async <T>(path: string, stop: AbortSignal, atLeast: number | null): Promise<T[]> =>
	(await get<Page<T>>(path, { revision_at_least: atLeast }, stop)).items;

export const BELOW = 10;

export function useSupplier(buyer: string, id: string): SupplierData {
	const chain = chainOf(buyer);
	const records = recordsOf(id);
	const link = orgPath(buyer, `/suppliers/${encodeURIComponent(id)}`);
	/* Of a hidden one there are no records to ask for. */
	const hidden = isAnonymous(id);
	const deps = [buyer, id];
	const one = useResource<ChainOne>(
		async (stop, atLeast) => {
			const found = await get<ChainOne>(
				orgPath(buyer, `/chain/${encodeURIComponent(id)}`),
				{ revision_at_least: atLeast },
				stop,
			);
			nameRemember(found.supplier, found.name);
			for (const { procurer, name } of found.asked_by) nameRemember(procurer, name);
			return found;
		},
		either(chain, records),
		deps,
	);
	const org = useResource<Org>((stop, atLeast) => get(orgPath(id), { revision_at_least: atLeast }, stop), records, deps);
	const linked = useResource<{ record: LinkRecord | null }>(
		async (stop, at) => ({
			record: hidden ? null : await orNull(get<LinkRecord>(link, { revision_at_least: at }, stop)),
		}),
		either(chain, records),
		deps,
	);
	const own = linked.data.value?.record?.["level_source"] !== undefined;
	const parent = org.data.value?.parent ?? null;
	return {
		one,
		org,
		path: useResource<Dependency>(
			async (stop, at) => {
				const found = await get<Dependency>(
					orgPath(buyer, `/dependencies/${encodeURIComponent(id)}`),
					{ revision_at_least: at },
					stop,
				);
				nameWant(found.path.slice(1));
				return found;
			},
			chain,
			deps,
		),
		certificates: useResource<Certificate[]>(async (stop, at) => (hidden ? [] : items(orgPath(id, "/certificates"), stop, at)), records, deps),
		/* A unit also holds what its entity holds as a whole. */
		parents: useResource<Certificate[]>(
			async (stop, at) => {
				if (parent === null) return [];
				const all = await orNull(items<Certificate>(orgPath(parent, "/certificates"), stop, at));
				return (all ?? []).filter(({ scope }) => scope === "entity");
			},
			parent === null ? () => false : recordsOf(parent),
			[...deps, parent],
		),
		link: linked,
		clauses: useResource<Clause[]>(
			async (stop, at) => (own ? items<Clause>(`${link}/clauses`, stop, at) : []),
			either(chain, records),
			[...deps, own],
		),
		below: useResource<ChainPage>(
			(stop, at) => get(orgPath(buyer, "/chain"), { of: id, limit: BELOW, revision_at_least: at }, stop),
			chain,
			deps,
		),
	};
}

/* The names of what the page only has ids of. */
export function useNames(ids: readonly string[]): void {
	useEffect(() => nameWant(ids), [ids.join()]);
}
