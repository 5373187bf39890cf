/* t.value are the texts of the chosen language; f.value formats numbers and dates for it. */
import { computed } from "@preact/signals";
import { en } from "./en";
import * as format from "./format";
import { ja, type Messages } from "./ja";
import { lang } from "./lang";
import { prefs } from "./prefs";

export const t = computed<Messages>(() => (lang.value === "ja" ? ja : en));

export const f = computed(() => {
	const l = lang.value;
	const { wareki, manOku } = prefs.value;
	return {
		count: (n: number) => format.count(l, n),
		day: (date: string) => format.day(l, date, wareki),
		longDay: (date: string) => format.longDay(l, date, wareki),
		month: (yearMonth: string) => format.month(l, yearMonth),
		yen: (amount: number) => format.yen(l, amount, manOku),
		share: (value: number) => format.share(l, value),
		instant: (at: string) => format.instant(l, at, wareki),
		clock: (instant: string) => format.clock(l, instant),
	};
});
