/*
 * When the reader last came, by day, and how many gaps there were: kept in the browser, so that "new since your last
 * visit" has a meaning for a person, not for an account.
 */
export interface Visit {
	day: string;
	gaps: number;
}

interface Kept extends Visit {
	before: Visit | null;
}

const KEY = "tierwatch.visits";
const BUYERS_MOST = 50;

/* Notes today's visit in what was kept and tells the one before it; several visits of a day are one. */
export function visitNote(kept: Kept | null, today: Visit): Kept {
	if (kept === null) return { ...today, before: null };
	if (kept.day === today.day) return { ...today, before: kept.before };
	return { ...today, before: { day: kept.day, gaps: kept.gaps } };
}

function read(): Record<string, Kept> {
	try {
		return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, Kept>;
	} catch {
		return {};
	}
}

export function visit(who: string, buyer: string, today: Visit): Visit | null {
	const all = read();
	const key = `${who} ${buyer}`;
	const noted = visitNote(all[key] ?? null, today);
	const others = Object.entries(all).filter(([name]) => name !== key);
	localStorage.setItem(KEY, JSON.stringify(Object.fromEntries([[key, noted], ...others.slice(0, BUYERS_MOST - 1)])));
	return noted.before;
}
