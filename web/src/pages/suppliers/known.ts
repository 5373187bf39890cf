/* The departments and owners to choose from: those of the buyer's links, or at least of the rows seen so far. */
import { useState } from "preact/hooks";
import { get, orgPath } from "../../api/client";
import { useResource } from "../../api/resource";
import { chainOf } from "../../api/live";
import type { ChainPage } from "../../api/types";
import type { Known } from "./Filters";
import { type Filters, UNSET } from "./filters";

interface Breakdown {
	columns: { kind: string; key: string | null }[];
}

const MOST = 500;

const keysOf = ({ columns }: Breakdown): string[] =>
	columns.filter(({ kind }) => kind === "name").flatMap(({ key }) => key ?? []);

const useKeys = (buyer: string, columns: "department" | "owner") =>
	useResource<string[]>(
		async (stop) => keysOf(await get<Breakdown>(orgPath(buyer, "/breakdown"), { rows: "state", columns }, stop)),
		chainOf(buyer),
		[buyer],
	);

const sorted = (texts: Iterable<string>): string[] => [...new Set(texts)].sort((a, b) => a.localeCompare(b, "ja")).slice(0, MOST);

export function useKnown(buyer: string, filters: Filters): [Known, (list: ChainPage) => void] {
	const departments = useKeys(buyer, "department").data.value;
	const owners = useKeys(buyer, "owner").data.value;
	const [seen, setSeen] = useState<Known>({ departments: [], owners: [] });
	const learn = (list: ChainPage) => {
		const next = {
			departments: sorted([...seen.departments, ...list.items.flatMap(({ link }) => link?.department ?? [])]),
			owners: sorted([...seen.owners, ...list.items.flatMap(({ link }) => link?.owner ?? [])]),
		};
		if (next.departments.length !== seen.departments.length || next.owners.length !== seen.owners.length) setSeen(next);
	};
	return [
		{
			departments: sorted([...(departments ?? []), ...seen.departments, ...(filters.department && filters.department !== UNSET ? [filters.department] : [])]),
			owners: sorted([...(owners ?? []), ...seen.owners, ...(filters.owner && filters.owner !== UNSET ? [filters.owner] : [])]),
		},
		learn,
	];
}
