/* Months as the server counts them, as columns of a chart, and a month as weeks. */
export interface Month {
	month: string; /* "2027-03" */
	levels: Record<string, number>;
	required: number;
	self_assessments: number;
	contract_ends: number;
	clause_reviews: number;
	exceptions: number;
	due: number;
}

export const SERIES = ["3", "4", "5", "low", "self", "contract"] as const;
export type Series = (typeof SERIES)[number];

export function countOf(month: Month, series: Series): number {
	const level = (k: number) => month.levels[String(k)] ?? 0;
	switch (series) {
		case "low":
			return level(1) + level(2);
		case "self":
			return month.self_assessments;
		case "contract":
			return month.contract_ends;
		default:
			return level(Number(series));
	}
}

export const endsOf = (month: Month): number => Object.values(month.levels).reduce((all, n) => all + n, 0);
export const heightOf = (month: Month): number => SERIES.reduce((all, series) => all + countOf(month, series), 0);

const dayOf = (date: string): Date => new Date(`${date}T00:00:00Z`);
const text = (at: Date): string => at.toISOString().slice(0, 10);

export function lastDay(month: string): string {
	const at = dayOf(`${month}-01`);
	at.setUTCMonth(at.getUTCMonth() + 1, 0);
	return text(at);
}

export function shiftMonth(month: string, by: number): string {
	const at = dayOf(`${month}-01`);
	at.setUTCMonth(at.getUTCMonth() + by);
	return text(at).slice(0, 7);
}

/* Weeks from Monday on; null: a day of another month. */
export function weeks(month: string): (string | null)[][] {
	const first = dayOf(`${month}-01`);
	const before = (first.getUTCDay() + 6) % 7;
	const n = Number(lastDay(month).slice(8));
	const cells: (string | null)[] = Array.from({ length: before }, () => null);
	for (let d = 1; d <= n; d++) cells.push(`${month}-${String(d).padStart(2, "0")}`);
	while (cells.length % 7 !== 0) cells.push(null);
	return Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(i * 7, i * 7 + 7));
}

/* Where today stands within its month: 0 to 1. */
export const partOfMonth = (today: string): number => (Number(today.slice(8)) - 0.5) / Number(lastDay(today.slice(0, 7)).slice(8));
