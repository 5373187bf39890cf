/* Finding organisations by what somebody types: in a chain, or all that one may know. */
import type { Found } from "../components/Picker";
import { t } from "../i18n";
import { get, orgPath } from "./client";
import type { ChainPage, Org, Page } from "./types";

const MOST = 8;

export const findInChain =
	(buyer: string) =>
	async (q: string, stop: AbortSignal): Promise<Found[]> => {
		const page = await get<ChainPage>(orgPath(buyer, "/chain"), { q, limit: MOST }, stop);
		return page.items.map((item) => ({ id: item.supplier, name: item.name, note: t.value.tiers.nth(item.tier) }));
	};

export async function findAny(q: string, stop: AbortSignal): Promise<Found[]> {
	const page = await get<Page<Org>>("/v1/orgs", { q, limit: MOST }, stop);
	return page.items.map((org) => ({ id: org.id, name: org.name }));
}
