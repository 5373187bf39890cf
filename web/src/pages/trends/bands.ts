/* The daily figures as bands that lie on each other. */
import type { Exposure, State } from "../../api/types";

/* From the ground up. Undecided and unconfirmed are one band: not known. */
export const BANDS = ["gap", "unknown", "expiring", "met", "not-asked"] as const;
export type Band = (typeof BANDS)[number];

export function bandOf(day: Exposure, band: Band): number {
	return band === "unknown" ? day.states.undecided + day.states.unconfirmed : day.states[band satisfies State];
}

export interface Strip {
	band: Band;
	/* Corner points "x,y x,y …" in the box 0..width, 0..height. */
	points: string;
}

const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86400000;

/* Where a day stands between the first and the last. */
export function xOf(days: readonly Exposure[], i: number, width: number): number {
	const first = dayNumber(days[0]?.on ?? "");
	const last = dayNumber(days.at(-1)?.on ?? "");
	return last === first ? 0 : ((dayNumber(days[i]?.on ?? "") - first) / (last - first)) * width;
}

export function strips(days: readonly Exposure[], width: number, height: number): Strip[] {
	const most = Math.max(1, ...days.map((day) => day.suppliers));
	const below = days.map(() => 0);
	const at = (i: number, count: number) => `${xOf(days, i, width).toFixed(1)},${(height - (count / most) * height).toFixed(1)}`;
	return BANDS.map((band) => {
		const lower = days.map((_, i) => at(i, below[i] ?? 0));
		days.forEach((day, i) => {
			below[i] = (below[i] ?? 0) + bandOf(day, band);
		});
		const upper = days.map((_, i) => at(i, below[i] ?? 0));
		return { band, points: [...upper, ...lower.reverse()].join(" ") };
	});
}

/* At most `rows` of them, evenly, always with the last. */
export function sampled<T>(items: readonly T[], rows: number): { items: T[]; step: number } {
	const step = Math.max(1, Math.ceil(items.length / rows));
	return { items: items.filter((_, i) => (items.length - 1 - i) % step === 0), step };
}

/* A round number at or above n, for the scale. */
export function ticks(most: number): number[] {
	const raw = Math.max(1, most) / 4;
	const ten = 10 ** Math.floor(Math.log10(raw));
	const step = Math.max(1, [1, 2, 5, 10].map((k) => k * ten).find((k) => k >= raw) ?? raw);
	return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}
