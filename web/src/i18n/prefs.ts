/* How the reader wants dates, money and colours; kept in the browser. */
import { effect, signal } from "@preact/signals";

const KEY = "tierwatch.prefs";

export interface Prefs {
	/* Years of Japanese eras, on Japanese pages. */
	wareki: boolean;
	/* Yen in groups of 万 and 億, on Japanese pages; else in full. */
	manOku: boolean;
	theme: "auto" | "light" | "dark";
}

const STANDARD: Prefs = { wareki: false, manOku: true, theme: "auto" };

export function prefsFrom(text: string | null): Prefs {
	try {
		const kept = JSON.parse(text ?? "{}") as Partial<Prefs>;
		return {
			wareki: kept.wareki === true,
			manOku: kept.manOku !== false,
			theme: kept.theme === "light" || kept.theme === "dark" ? kept.theme : "auto",
		};
	} catch {
		return STANDARD;
	}
}

export const prefs = signal<Prefs>(STANDARD);

export function prefsStart(): void {
	prefs.value = prefsFrom(localStorage.getItem(KEY));
	effect(() => {
		document.documentElement.dataset["theme"] = prefs.value.theme;
		localStorage.setItem(KEY, JSON.stringify(prefs.value));
	});
}
