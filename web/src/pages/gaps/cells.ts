/* Counts in cells as the server has them, and what a cell says. */
export const ROWS = ["required", "clause", "kind", "timing", "state"] as const;
export type Rows = (typeof ROWS)[number];
export const COLUMNS = ["tier", "department", "owner"] as const;
export type Columns = (typeof COLUMNS)[number];

export interface Column {
	kind: "tier" | "name" | "none" | "others" | "deeper";
	key: string | number | null;
}

export interface Cell {
	suppliers?: number;
	gaps?: number;
	unknown?: number;
	due?: number;
	undetermined?: number;
}

export interface Breakdown {
	procurer: string;
	on: string;
	depth: number;
	suppliers: number;
	rows: string[];
	columns: Column[];
	cells: Cell[][];
}

/* What a cell shows: a figure, what it is of (null: of nothing), and what is not known. */
export interface Figure {
	n: number;
	of: number | null;
	unknown: number;
}

export function figureOf(rows: Rows, cell: Cell): Figure {
	switch (rows) {
		case "required":
			return { n: cell.gaps ?? 0, of: cell.suppliers ?? 0, unknown: cell.unknown ?? 0 };
		case "clause":
			return { n: cell.gaps ?? 0, of: cell.due ?? 0, unknown: cell.undetermined ?? 0 };
		default:
			return { n: cell.suppliers ?? 0, of: null, unknown: 0 };
	}
}

export function sum(figures: readonly Figure[]): Figure {
	return figures.reduce(
		(all, one) => ({
			n: all.n + one.n,
			of: one.of === null ? null : (all.of ?? 0) + one.of,
			unknown: all.unknown + one.unknown,
		}),
		{ n: 0, of: null, unknown: 0 } as Figure,
	);
}

/* 0: none; 1 to 4 by the share. */
export function shadeOf({ n, of }: Figure): number {
	if (of === null || of === 0 || n === 0) return 0;
	return Math.min(4, 1 + Math.floor((n / of) * 4));
}

/* Rows in which there is nothing at all say nothing. */
export function filledRows(b: Breakdown, rows: Rows): number[] {
	return b.rows.flatMap((_, i) => {
		const all = sum((b.cells[i] ?? []).map((cell) => figureOf(rows, cell)));
		return all.n > 0 || (all.of ?? 0) > 0 || all.unknown > 0 ? [i] : [];
	});
}
