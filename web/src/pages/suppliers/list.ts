/* Rows of a chain as the server orders them: as many as were asked for, read whole at each change. */
import { useRef } from "preact/hooks";
import { get, orgPath, type Params } from "../../api/client";
import { chainOf } from "../../api/live";
import { nameRemember, nameWant } from "../../api/names";
import { type Resource, useResource } from "../../api/resource";
import type { ChainItem, ChainPage } from "../../api/types";
import { chainUrl } from "./filters";

export const ROWS = 50;
export const ROWS_MOST = 2000;
const PAGE_MOST = 1000;

export const chainPath = (buyer: string): string => orgPath(buyer, "/chain");

/* Follows the cursors until so many rows are there; told tells how far it is. */
export async function readChain(
	buyer: string,
	params: Params,
	rows: number,
	stop: AbortSignal,
	told: (list: ChainPage) => void = () => {},
): Promise<ChainPage> {
	const items: ChainItem[] = [];
	let list: ChainPage;
	let cursor: string | null = null;
	const [path, named] = chainUrl(chainPath(buyer), params);
	do {
		const limit = Math.min(PAGE_MOST, rows - items.length);
		const page: ChainPage = await get(path, { ...named, limit, cursor }, stop);
		for (const row of page.items) items.push(row);
		list = { ...page, items };
		cursor = page.next;
		told(list);
	} while (cursor !== null && items.length < rows);
	return list;
}

function namesOf(items: readonly ChainItem[], paths: boolean): void {
	for (const row of items) nameRemember(row.supplier, row.name);
	if (paths) nameWant(items.flatMap((row) => row.path.slice(1, -1)));
}

export interface Listing {
	/* What is shown until the reading of what was asked for comes. */
	list: ChainPage | null;
	resource: Resource<ChainPage>;
	stale: boolean;
}

export function useListing(buyer: string, params: Params, rows: number, paths: boolean): Listing {
	const resource = useResource<ChainPage>(
		async (stop, atLeast) => {
			const list = await readChain(buyer, { ...params, revision_at_least: atLeast }, rows, stop);
			namesOf(list.items, paths);
			return list;
		},
		chainOf(buyer),
		[buyer, JSON.stringify(params), rows, paths],
	);
	const last = useRef<ChainPage | null>(null);
	const now = resource.data.value;
	if (now !== null) last.current = now;
	return { list: now ?? last.current, resource, stale: now === null };
}
