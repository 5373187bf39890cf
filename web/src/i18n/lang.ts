/* The language of the pages: the reader's choice, else the browser's, kept from visit to visit. */
import { signal } from "@preact/signals";

export type Lang = "ja" | "en";

const KEY = "tierwatch.lang";

export function langChoose(kept: string | null, wanted: readonly string[]): Lang {
	if (kept === "ja" || kept === "en") return kept;
	for (const tag of wanted) {
		const primary = tag.toLowerCase().split("-")[0];
		if (primary === "ja" || primary === "en") return primary;
	}
	return "en";
}

export const lang = signal<Lang>("ja");

export function langStart(): void {
	langShow(langChoose(localStorage.getItem(KEY), navigator.languages));
}

export function langSet(value: Lang): void {
	localStorage.setItem(KEY, value);
	langShow(value);
}

function langShow(value: Lang): void {
	lang.value = value;
	document.documentElement.lang = value;
}
