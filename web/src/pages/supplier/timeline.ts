/*
 * A supplier's ★ along time: which certificates held on a day, and what changed when. The same rules as the daemon's
 * (both days included; suspensions and a revocation end it for their time); the page draws them and tells them as a table.
 */
import type { Certificate, Level } from "../../api/types";

const DAY_MS = 86400000;
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

export interface Interval {
	from: number;
	to: number; /* included; Infinity where it is open */
}

const GIVES_STAR = ["scs", "security-action"];
export const givesStar = (c: Certificate): boolean => GIVES_STAR.includes(c.scheme) && (c.level ?? 0) > 0;

const interval = (from?: string | null, to?: string | null): Interval => ({
	from: from ? dayOf(from) : -Infinity,
	to: to ? dayOf(to) : Infinity,
});

export function suspensionsOf(c: Certificate): Interval[] {
	const past = (c.suspensions ?? []).map(({ from, to }) => interval(from, to));
	return c.suspended_from ? [...past, interval(c.suspended_from, c.suspended_to)] : past;
}

/* From its first day to its last, or the day before it was revoked. */
export function spanOf(c: Certificate): Interval {
	const { from, to } = interval(c.issued, c.expires);
	return { from, to: c.revoked_on ? Math.min(to, dayOf(c.revoked_on) - 1) : to };
}

const within = (day: number, { from, to }: Interval): boolean => day >= from && day <= to;

export const validOn = (c: Certificate, day: number): boolean =>
	within(day, spanOf(c)) && !suspensionsOf(c).some((one) => within(day, one));

export const heldOn = (certificates: readonly Certificate[], day: number): Level =>
	certificates.reduce<Level>(
		(most, c) => (givesStar(c) && validOn(c, day) && (c.level ?? 0) > most ? (c.level as Level) : most),
		0,
	);

export type What = "issued" | "expires" | "suspended" | "resumed" | "revoked" | "assessed";

export interface Happening {
	day: number;
	what: What;
	certificate: Certificate;
	/* What is held from then on. */
	held: Level;
}

function happeningsOf(c: Certificate): [number, What][] {
	const out: [number, What][] = [];
	const add = (date: string | null | undefined, what: What) => date && out.push([dayOf(date), what]);
	add(c.issued, "issued");
	for (const { from, to } of suspensionsOf(c)) {
		if (Number.isFinite(from)) out.push([from, "suspended"]);
		if (Number.isFinite(to)) out.push([to + 1, "resumed"]);
	}
	add(c.revoked_on, "revoked");
	/* What was revoked does not end a second time. */
	if (!c.revoked_on || (c.expires && c.expires < c.revoked_on)) add(c.expires, "expires");
	for (const date of c.self_assessments ?? []) add(date, "assessed");
	return out;
}

export function happenings(certificates: readonly Certificate[]): Happening[] {
	return certificates
		.flatMap((certificate) =>
			happeningsOf(certificate).map(([day, what]) => ({
				day,
				what,
				certificate,
				/* The last day is included: what is held changes on the next. */
				held: heldOn(certificates, what === "expires" ? day + 1 : day),
			})),
		)
		.sort((a, b) => a.day - b.day || a.what.localeCompare(b.what));
}

/* The days to draw: all that happened, a year around today at least, and no more than people look at. */
export function rangeOf(certificates: readonly Certificate[], today: number): Interval {
	const days = certificates.flatMap((c) => happeningsOf(c).map(([day]) => day));
	const from = Math.min(today - 365, ...days);
	const to = Math.max(today + 365, ...days);
	return { from: Math.max(from - 30, today - 3653), to: Math.min(to + 30, today + 2192) };
}

export interface Step {
	from: number;
	to: number;
	level: Level;
}

/* What is held from day to day within the range, equal days together. */
export function steps(certificates: readonly Certificate[], range: Interval): Step[] {
	const starts = new Set([range.from]);
	for (const c of certificates) {
		const { from, to } = spanOf(c);
		for (const { from: a, to: b } of [{ from, to }, ...suspensionsOf(c)])
			for (const day of [a, b + 1]) if (day > range.from && day <= range.to) starts.add(day);
	}
	const out: Step[] = [];
	const days = [...starts].sort((a, b) => a - b);
	days.forEach((from, i) => {
		const level = heldOn(certificates, from);
		const to = (days[i + 1] ?? range.to + 1) - 1;
		const last = out.at(-1);
		if (last?.level === level) last.to = to;
		else out.push({ from, to, level });
	});
	return out;
}

/* The first days of the years within. */
export function yearsOf(range: Interval): { year: number; day: number }[] {
	const first = Number(dateOf(range.from).slice(0, 4)) + 1;
	const last = Number(dateOf(range.to).slice(0, 4));
	return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => ({
		year: first + i,
		day: dayOf(`${first + i}-01-01`),
	}));
}
