/* t.value are the texts of the chosen language; f.value formats numbers and dates for it. */
import { computed } from "@preact/signals";
import { en } from "./en";
import * as format from "./format";
import { ja, type Messages } from "./ja";
import { lang } from "./lang";

export const t = computed<Messages>(() => (lang.value === "ja" ? ja : en));

export const f = computed(() => {
	const l = lang.value;
	return {
		count: (n: number) => format.count(l, n),
		day: (date: string) => format.day(l, date),
		longDay: (date: string) => format.longDay(l, date),
		month: (yearMonth: string) => format.month(l, yearMonth),
		yen: (amount: number) => format.yen(l, amount),
		share: (value: number) => format.share(l, value),
		clock: (instant: string) => format.clock(l, instant),
	};
});
