/* Numbers, dates and levels as people read them. Dates are calendar dates in Tokyo already. */
import type { Lang } from "./lang";

const locale: Record<Lang, string> = { ja: "ja-JP", en: "en-GB" };

export function count(lang: Lang, n: number): string {
	return new Intl.NumberFormat(locale[lang]).format(n);
}

function parts(date: string): Date {
	return new Date(`${date}T00:00:00Z`);
}

/* 令和9年3月31日 */
export const eraDay = (date: string): string =>
	new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { dateStyle: "long", timeZone: "UTC" }).format(parts(date));

/* 2027/03/31 — 31 Mar 2027 */
export function day(lang: Lang, date: string, wareki = false): string {
	if (lang === "ja") return wareki ? eraDay(date) : date.replaceAll("-", "/");
	return new Intl.DateTimeFormat(locale.en, {
		day: "numeric",
		month: "short",
		year: "numeric",
		timeZone: "UTC",
	}).format(parts(date));
}

/* 2027年3月31日(水) — Wed, 31 March 2027 */
export function longDay(lang: Lang, date: string, wareki = false): string {
	if (lang === "ja") {
		const weekday = new Intl.DateTimeFormat("ja-JP", { weekday: "short", timeZone: "UTC" });
		if (wareki) return `${eraDay(date)}(${weekday.format(parts(date))})`;
		const [y, m, d] = date.split("-").map(Number);
		return `${y}年${m}月${d}日(${weekday.format(parts(date))})`;
	}
	return new Intl.DateTimeFormat(locale.en, { dateStyle: "full", timeZone: "UTC" }).format(parts(date));
}

/* "2027-03" → 3月 — Mar */
export function month(lang: Lang, yearMonth: string): string {
	return new Intl.DateTimeFormat(locale[lang], { month: "short", timeZone: "UTC" }).format(
		parts(`${yearMonth}-01`),
	);
}

/* The n months from that of the date on, as "YYYY-MM". */
export function monthsFrom(date: string, n: number): string[] {
	const year = Number(date.slice(0, 4));
	const first = Number(date.slice(5, 7)) - 1;
	return Array.from({ length: n }, (_, i) => {
		const y = year + Math.floor((first + i) / 12);
		return `${String(y).padStart(4, "0")}-${String(((first + i) % 12) + 1).padStart(2, "0")}`;
	});
}

/* Months that the days from date to date + days touch. */
export function monthsSpan(date: string, days: number): string[] {
	const end = parts(date);
	end.setUTCDate(end.getUTCDate() + days);
	const months =
		(end.getUTCFullYear() - Number(date.slice(0, 4))) * 12 + end.getUTCMonth() + 2 - Number(date.slice(5, 7));
	return monthsFrom(date, months);
}

/* Yen in the groups of ten thousand that Japanese readers count in: 12億3,456万円. English: ¥1,234,560,000. */
export function yen(lang: Lang, amount: number, manOku = true): string {
	if (lang === "en") return `¥${count(lang, amount)}`;
	if (!manOku || Math.abs(amount) < 10000) return `${count(lang, amount)}円`;
	const man = Math.round(Math.abs(amount) / 10000);
	const units: [number, string][] = [
		[100_000_000, "兆"],
		[10_000, "億"],
		[1, "万"],
	];
	let rest = man;
	let text = "";
	for (const [size, unit] of units) {
		const n = Math.floor(rest / size);
		rest %= size;
		if (n > 0) text += `${count(lang, n)}${unit}`;
	}
	return `${amount < 0 ? "−" : ""}${text}円`;
}

/* 0.125 → 12.5%; never shown as 0 % where it is more than nothing. */
export function share(lang: Lang, value: number): string {
	if (value > 0 && value < 0.0005) return "<0.1%";
	return new Intl.NumberFormat(locale[lang], { style: "percent", maximumFractionDigits: 1 }).format(value);
}

/* Day and clock time in Tokyo of an instant. */
export function instant(lang: Lang, at: string, wareki = false): string {
	const tokyo = new Date(Date.parse(at) + 9 * 3600000).toISOString();
	return `${day(lang, tokyo.slice(0, 10), wareki)} ${tokyo.slice(11, 16)}`;
}

/* The clock time in Tokyo of an instant. */
export function clock(lang: Lang, instant: string): string {
	return new Intl.DateTimeFormat(locale[lang], {
		hour: "2-digit",
		minute: "2-digit",
		second: "2-digit",
		hour12: false,
		timeZone: "Asia/Tokyo",
	}).format(new Date(instant));
}
