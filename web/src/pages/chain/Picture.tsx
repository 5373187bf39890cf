/* The drawing: one thing in it has the keyboard at a time, and the arrow keys lead on to the next. */
import { h, type VNode } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { keyTo } from "./keys";
import type { Scene } from "./scene";
import type { Shape, Thing } from "./shapes";
import { m } from "./texts";

const draw = ({ tag, css, attrs, text }: Shape, i: number) => h(tag, { key: i, class: css, ...attrs }, text);

interface PictureProps {
	scene: Scene;
	label: string;
	/* As wide as there is room; else so many pixels for a unit of the drawing. */
	fit: boolean;
	unit: number;
	picked: string | null;
	act: (thing: Thing) => void;
	pick: (key: string | null) => void;
	escape: () => void;
}

/* Into view, and not behind the bar of who is picked. */
export function reveal(element: Element): void {
	element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
	const bar = document.querySelector(".chain-picked")?.getBoundingClientRect();
	const box = element.getBoundingClientRect();
	const foot = bar !== undefined && bar.height > 0 ? bar.top : innerHeight;
	if (box.bottom > foot - 8 && box.top > 0) scrollBy({ top: box.bottom - foot + 16, behavior: "instant" });
}

interface OneProps {
	thing: Thing;
	at: boolean;
	picked: boolean;
	act: (thing: Thing) => void;
	focused: (thing: Thing) => void;
}

function One({ thing, at, picked, act, focused }: OneProps) {
	const click = (event: MouseEvent) => {
		const onTab = event.target instanceof Element && event.target.getAttribute("class")?.startsWith("chain-tab");
		if (thing.kind !== "node" || onTab) act(thing);
	};
	return (
		<g
			role="button"
			tabIndex={at ? 0 : -1}
			data-key={thing.key}
			class={`chain-thing chain-thing-${thing.kind}${thing.dim ? " chain-dim" : ""}${picked ? " chain-thing-picked" : ""}`}
			aria-expanded={thing.open ?? undefined}
			onClick={click}
			onFocus={() => focused(thing)}
		>
			<title>{thing.title}</title>
			<g aria-hidden="true">{thing.shapes.map(draw)}</g>
			<rect class="chain-ring" x={thing.x - 2.5} y={thing.y - 2.5} width={thing.w + 5} height={thing.h + 5} rx="5" />
		</g>
	);
}

/* The keyboard's place stays while its thing is there; else what has come nearest to where it was. */
function nearest(things: readonly Thing[], was: Thing | null): Thing | null {
	if (was === null) return null;
	const far = ({ x, y }: Thing) => Math.abs(x - was.x) * 4 + Math.abs(y - was.y);
	return things.reduce<Thing | null>((best, thing) => (best === null || far(thing) < far(best) ? thing : best), null);
}

export function Picture({ scene, label, fit, unit, picked, act, pick, escape }: PictureProps) {
	const box = useRef<SVGSVGElement>(null);
	const last = useRef<Thing | null>(null);
	const held = useRef(false);
	const [at, setAt] = useState<string | null>(null);
	const { things } = scene;
	const here = things.find(({ key }) => key === at);
	if (here !== undefined) last.current = here;
	const focusOn = (key: string | null) => {
		const element = [...(box.current?.querySelectorAll<SVGGElement>("[data-key]") ?? [])].find((one) => one.dataset["key"] === key);
		if (element === undefined) return;
		element.focus({ preventScroll: true });
		reveal(element);
	};
	useLayoutEffect(() => {
		if (here !== undefined || at === null || !held.current) return;
		const next = nearest(things, last.current);
		if (next !== null) focusOn(next.key);
	}, [things, at]);
	useEffect(() => {
		const leave = () => setTimeout(() => (held.current = box.current?.contains(document.activeElement) ?? false));
		document.addEventListener("focusin", leave);
		return () => document.removeEventListener("focusin", leave);
	}, []);
	const focused = (thing: Thing) => {
		held.current = true;
		setAt(thing.key);
		if (thing.kind === "node") pick(thing.key);
	};
	const press = (event: KeyboardEvent) => {
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if (event.key === "Escape") escape();
		else if (event.key === "Enter" || event.key === " ") {
			if (here !== undefined) act(here);
		} else {
			const next = keyTo(things, at, event.key);
			if (next === null) return;
			focusOn(next);
		}
		event.preventDefault();
	};
	const first = here?.key ?? things[0]?.key;
	/* A thing that is the same as before is not looked at again: one key press would redraw two hundred. */
	const now = useRef({ act, focused });
	now.current = { act, focused };
	const drawn = useRef(new Map<string, { thing: Thing; at: boolean; picked: boolean; node: VNode }>());
	const one = (thing: Thing): VNode => {
		const isAt = thing.key === first;
		const isPicked = thing.key === picked;
		const known = drawn.current.get(thing.key);
		if (known !== undefined && known.thing === thing && known.at === isAt && known.picked === isPicked) return known.node;
		const node = <One key={thing.key} thing={thing} at={isAt} picked={isPicked} act={(it) => now.current.act(it)} focused={(it) => now.current.focused(it)} />;
		drawn.current.set(thing.key, { thing, at: isAt, picked: isPicked, node });
		return node;
	};
	const nodes = things.map(one);
	if (drawn.current.size > 2 * things.length) drawn.current.clear();
	const back = useMemo(() => <g aria-hidden="true">{scene.back.map(draw)}</g>, [scene]);
	const size = fit ? { width: "100%" } : { width: scene.width * unit, height: scene.height * unit };
	return (
		<svg
			ref={box}
			class={fit ? "chain-svg chain-fit" : "chain-svg"}
			viewBox={`0 0 ${scene.width} ${scene.height}`}
			{...size}
			role="group"
			aria-label={label}
			aria-describedby="chain-keys"
			onKeyDown={press}
		>
			{back}
			{nodes}
			<desc>{m.value.keys}</desc>
		</svg>
	);
}
