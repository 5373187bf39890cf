/* The texts of one page or part in both languages, beside the page; the Japanese ones come first and give the type. */
import { computed, type ReadonlySignal } from "@preact/signals";
import { lang } from "./lang";

export const texts = <T>(ja: T, en: NoInfer<T>): ReadonlySignal<T> => computed(() => (lang.value === "ja" ? ja : en));
