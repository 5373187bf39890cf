/* The way back from one supplier to the list that one came from, to the row that was left. */
import { buyerHref } from "./router";

const KEY = "tierwatch.list.";
/* Whoever goes on to elsewhere does not come back to a row. */
const SOON_MS = 1500;
let left: { id: string; at: number } | null = null;

export const listRemember = (buyer: string, hash: string): void => sessionStorage.setItem(KEY + buyer, hash);
export const listHref = (buyer: string): string => sessionStorage.getItem(KEY + buyer) ?? buyerHref(buyer, "suppliers");

export function supplierLeft(id: string): void {
	left = { id, at: performance.now() };
}

/* The supplier that was left just now; once. */
export function leftJustNow(): string | null {
	const found = left !== null && performance.now() - left.at < SOON_MS ? left.id : null;
	left = null;
	return found;
}
