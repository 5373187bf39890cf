/* What the page of the chain holds: how wide it is, what is open, and what gives way. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { query, setQuery } from "../../router";
import type { Model } from "./model";
import { closed, NODES_MOST, oldest, opened, type Opening, openingsIn, tokensIn } from "./openings";
import { keysOf, type Readings } from "./readings";
import { nameOfOpening } from "./scene";

const NARROW = "(max-width: 40rem)";

/* Pixels to a unit of the drawing: it grows with the text that the reader wants. */
export const unit = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 15 || 1;

export function useWidth(): [(element: HTMLElement | null) => void, number] {
	const width = useSignal(0);
	const seen = useMemo(() => new ResizeObserver(([entry]) => (width.value = Math.floor(entry?.contentRect.width ?? 0))), []);
	useEffect(() => () => seen.disconnect(), []);
	const watch = useMemo(
		() => (element: HTMLElement | null) => {
			seen.disconnect();
			if (element !== null) seen.observe(element);
		},
		[],
	);
	return [watch, width.value];
}

export function useNarrow(): boolean {
	const list = useMemo(() => matchMedia(NARROW), []);
	const narrow = useSignal(list.matches);
	useEffect(() => {
		const changed = () => (narrow.value = list.matches);
		list.addEventListener("change", changed);
		return () => list.removeEventListener("change", changed);
	}, []);
	return narrow.value;
}

/* What is open, and opening and closing it. Closing lets the rest move up; nothing else moves anything. */
export function useOpenings(again: () => void) {
	const openings = openingsIn(query.value);
	const shut = (gone: readonly Opening[]) => {
		again();
		const now = query.peek();
		const linked = gone.flatMap((one) => (one.kind === "of" || one.kind === "to" ? (now.get(one.kind) === one.id ? [[one.kind, null]] : []) : []));
		setQuery({ open: gone.reduce((tokens, one) => closed(tokens, one), tokensIn(now)).join("*"), ...Object.fromEntries(linked) }, true);
	};
	const open = (more: readonly Opening[]) => setQuery({ open: opened(tokensIn(query.peek()), more) }, true);
	const toggle = (opening: Opening, isIt: boolean) => (isIt ? shut([opening]) : open([opening]));
	return { openings, open, shut, toggle };
}

/* Too many: what was opened first gives way, and that is said. */
export function useLimit(model: Model, readings: Readings, openings: readonly Opening[], gone: Signal<string[]>): void {
	const settled = readings.followed.value === keysOf(openings) && !readings.waiting.value;
	useEffect(() => {
		const first = settled && model.items.size > NODES_MOST ? oldest(tokensIn(query.peek())) : null;
		if (first === null) return;
		gone.value = [...gone.value, nameOfOpening(first.gone)];
		setQuery({ open: first.left });
	}, [model, settled]);
}
