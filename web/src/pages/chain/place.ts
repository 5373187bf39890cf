/*
 * Where things stand: a column for each tier, a row for each thing. Whoever has a place keeps it for as long as it is
 * drawn; what comes later takes rows that are free. So nothing moves when something else opens or an event comes.
 */
export interface Spot {
	tier: number;
	row: number;
}
export type Places = ReadonlyMap<string, Spot>;

/* Things that open together, and beside which one they would best stand. */
export interface Block {
	items: readonly { key: string; tier: number }[];
	beside: string | null;
	/* A way: all on one line, if each column has it free. */
	line?: boolean;
}

class Columns {
	private readonly taken = new Map<number, Set<number>>();

	take({ tier, row }: Spot): void {
		const rows = this.taken.get(tier) ?? new Set();
		rows.add(row);
		this.taken.set(tier, rows);
	}

	free(tier: number, from: number, n: number): boolean {
		const rows = this.taken.get(tier);
		for (let i = 0; i < n; i++) if (rows?.has(from + i)) return false;
		return true;
	}

	/* The first of n free rows in a run, from a row on. */
	run(tier: number, from: number, n: number): number {
		let row = from;
		while (!this.free(tier, row, n)) row++;
		return row;
	}
}

function byTier(items: Block["items"], placed: Places): Map<number, string[]> {
	const out = new Map<number, string[]>();
	for (const { key, tier } of items) {
		if (placed.has(key)) continue;
		const keys = out.get(tier);
		if (keys === undefined) out.set(tier, [key]);
		else keys.push(key);
	}
	return out;
}

export function place(before: Places, blocks: readonly Block[]): Places {
	const wanted = new Map(blocks.flatMap(({ items }) => items.map(({ key, tier }) => [key, tier] as const)));
	const out = new Map<string, Spot>();
	const columns = new Columns();
	for (const [key, spot] of before)
		if (wanted.get(key) === spot.tier) {
			out.set(key, spot);
			columns.take(spot);
		}
	for (const { items, beside, line } of blocks) {
		const news = byTier(items, out);
		const at = beside === null ? undefined : (out.get(beside) ?? before.get(beside));
		let from = at?.row ?? 0;
		if (line) while (![...news].every(([tier, keys]) => columns.free(tier, from, keys.length))) from++;
		for (const [tier, keys] of news) {
			const first = columns.run(tier, from, keys.length);
			keys.forEach((key, i) => {
				const spot = { tier, row: first + i };
				out.set(key, spot);
				columns.take(spot);
			});
		}
	}
	return out;
}

export const rowsOf = (places: Places): number => Math.max(0, ...[...places.values()].map(({ row }) => row + 1));
