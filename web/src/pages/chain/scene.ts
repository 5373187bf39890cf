/* The picture as shapes with places: what the page draws and what is saved are the same. */
import { STATES, type ChainItem, type Exposure, type State } from "../../api/types";
import { isAnonymous, orgName } from "../../components/Path";
import { MARK } from "../../components/State";
import { f, t } from "../../i18n";
import { cut, type Measure } from "./cut";
import { edgeShapes } from "./edges";
import type { Model, Rest } from "./model";
import { isOpen, type Opening } from "./openings";
import type { Places } from "./place";
import { m } from "./texts";

export interface Shape {
	tag: "rect" | "text" | "path";
	css: string;
	attrs: Readonly<Record<string, number | string>>;
	text?: string;
}

export interface Box {
	x: number;
	y: number;
	w: number;
	h: number;
}

/* What can be reached with the keyboard and chosen. */
export interface Thing extends Box {
	key: string;
	kind: "root" | "state" | "count" | "node" | "more";
	/* Its name, and more below it; the drawing cuts it short. */
	title: string;
	shapes: Shape[];
	dim: boolean;
	/* Whether it is open; null: it does not open. */
	open: boolean | null;
	openings: Opening[];
}

export interface Scene {
	width: number;
	height: number;
	back: Shape[];
	things: Thing[];
}

export const NAME_SIZE = 13.5;
export const SMALL_SIZE = 12;
const EDGE = 2;
const LABELS = 134;
const GAP = 60;
export const TAB = 30;
const NODE_W = { least: 148, most: 232 };
const NODE_H = 40;
const ROW = 50;
const HEAD = 30;
const CELL = 28;
const CELL_ROW = 32;

export const text = (css: string, x: number, y: number, size: number, content: string, more: Shape["attrs"] = {}): Shape => ({
	tag: "text",
	css,
	attrs: { x, y, "font-size": size, ...more },
	text: content,
});
export const rect = (css: string, { x, y, w, h }: Box, more: Shape["attrs"] = {}): Shape => ({
	tag: "rect",
	css,
	attrs: { x, y, width: w, height: h, rx: 3, ...more },
});

const swatch = (state: State, x: number, y: number, size: number): Shape[] => [
	rect(`seg seg-${state}`, { x, y, w: size, h: size }),
	text(`mark mark-${state}`, x + size / 2, y + size / 2 + 4.5, 12, MARK[state], { "text-anchor": "middle", "font-weight": 700 }),
];

export interface View {
	figures: Exposure;
	name: string;
	tiers: readonly number[];
	states: ReadonlySet<State>;
	openings: readonly Opening[];
	places: Places;
	picked: string | null;
	/* What there is room for; the picture may be wider. */
	room: number;
	measure: Measure;
}

class Grid {
	readonly w: number;
	readonly width: number;
	readonly rows: number;
	private readonly view: View;

	constructor(view: View) {
		const n = Math.max(1, view.tiers.length);
		const fair = (view.room - LABELS - 2 * EDGE - n * GAP - TAB) / n;
		this.view = view;
		this.w = Math.floor(Math.min(NODE_W.most, Math.max(NODE_W.least, fair)));
		this.width = LABELS + 2 * EDGE + n * (this.w + GAP) + TAB;
		this.rows = shownStates(view).length + 1;
	}

	x(tier: number): number {
		return EDGE + LABELS + GAP + this.view.tiers.indexOf(tier) * (this.w + GAP);
	}
	cell(tier: number, row: number): Box {
		return { x: this.x(tier), y: HEAD + row * CELL_ROW, w: this.w, h: CELL };
	}
	label(row: number): Box {
		return { x: EDGE, y: HEAD + row * CELL_ROW, w: LABELS, h: CELL };
	}
	get below(): number {
		return HEAD + this.rows * CELL_ROW + 22;
	}
	node(tier: number, row: number): Box {
		return { x: tier === 0 ? EDGE : this.x(tier), y: this.below + row * ROW, w: tier === 0 ? LABELS : this.w, h: NODE_H };
	}
}

const shownStates = (view: View): State[] => STATES.filter((state) => view.states.has(state));

function header(view: View, grid: Grid): Shape[] {
	const n = f.value.count;
	return view.figures.tiers.flatMap(({ tier, suppliers, unknown_below }) => {
		if (!view.tiers.includes(tier)) return [];
		const unknown = grid.cell(tier, grid.rows - 1);
		return [
			text("chain-head", grid.x(tier), 19, NAME_SIZE, t.value.tiers.nth(tier), { "font-weight": 600 }),
			text("chain-muted", grid.x(tier) + grid.w, 19, SMALL_SIZE, m.value.suppliersOf(n(suppliers)), { "text-anchor": "end" }),
			rect(unknown_below > 0 ? "chain-unknown" : "chain-empty", unknown),
			text("chain-question", unknown.x + 13, unknown.y + 19, SMALL_SIZE, unknown_below > 0 ? "?" : "", { "font-weight": 700 }),
			text(unknown_below > 0 ? "chain-question" : "chain-muted", unknown.x + unknown.w - 26, unknown.y + 19, NAME_SIZE, n(unknown_below), { "text-anchor": "end" }),
		];
	});
}

function stateThing(view: View, grid: Grid, state: State, row: number): Thing {
	const box = grid.label(row);
	const openings = view.figures.tiers
		.filter(({ tier, states }) => view.tiers.includes(tier) && states[state] > 0)
		.map(({ tier }) => ({ kind: "group" as const, tier, state, from: 0 }));
	const name = t.value.states[state];
	return {
		...box,
		key: `state ${state}`,
		kind: "state",
		title: `${m.value.wholeState(name)}\n${t.value.stateHelp[state]}`,
		shapes: [rect("chain-label", box), ...swatch(state, box.x + 4, box.y + 4, 20), text("chain-name", box.x + 31, box.y + 19, NAME_SIZE, name), text("chain-caret", box.x + box.w - 9, box.y + 19, SMALL_SIZE, "▸", { "text-anchor": "end" })],
		dim: false,
		open: openings.length === 0 ? null : openings.every((one) => isOpen(view.openings, one)),
		openings,
	};
}

function countThing(view: View, grid: Grid, tier: number, state: State, row: number, n: number): Thing {
	const box = grid.cell(tier, row);
	const opening: Opening = { kind: "group", tier, state, from: 0 };
	const open = isOpen(view.openings, opening);
	const number = f.value.count(n);
	return {
		...box,
		key: `count ${tier} ${state}`,
		kind: "count",
		title: m.value.count(t.value.tiers.nth(tier), t.value.states[state], number),
		shapes: [
			rect(open ? "chain-cell-open" : "chain-cell", box),
			...swatch(state, box.x + 4, box.y + 4, 20),
			text("chain-name", box.x + box.w - 26, box.y + 19, NAME_SIZE, number, { "text-anchor": "end", "font-weight": 600 }),
			text("chain-caret", box.x + box.w - 9, box.y + 19, SMALL_SIZE, open ? "▾" : "▸", { "text-anchor": "end" }),
		],
		dim: false,
		open,
		openings: [opening],
	};
}

function counts(view: View, grid: Grid, back: Shape[]): Thing[] {
	return shownStates(view).flatMap((state, row) => [
		stateThing(view, grid, state, row),
		...view.figures.tiers.flatMap(({ tier, states }) => {
			if (!view.tiers.includes(tier)) return [];
			if (states[state] > 0) return [countThing(view, grid, tier, state, row, states[state])];
			const { x, y, w } = grid.cell(tier, row);
			back.push(text("chain-muted", x + w - 26, y + 19, NAME_SIZE, "0", { "text-anchor": "end" }));
			return [];
		}),
	]);
}

const levelsOf = ({ required, held }: ChainItem): string => m.value.levels(t.value.level(required), t.value.level(held));
const shortLevels = ({ required, held }: ChainItem): string => m.value.shortLevels(t.value.level(required), t.value.level(held));

function labelOf(item: ChainItem, name: string, deepest: boolean, behind: number | undefined): string {
	const n = f.value.count;
	return [
		name,
		t.value.tiers.nth(item.tier),
		t.value.states[item.state],
		levelsOf(item),
		item.suppliers > 0 ? (deepest ? m.value.deeper : m.value.has)(n(item.suppliers)) : "",
		item.unknown_below ? m.value.unknownBelow : "",
		behind === undefined ? "" : m.value.behindLong(n(behind)),
	]
		.filter((part) => part !== "")
		.join(t.value.comma);
}

/* To the right of a supplier: how many it has itself, or that nobody knows. */
function tab(item: ChainItem, box: Box, open: boolean, deepest: boolean): Shape[] {
	const at = { x: box.x + box.w, y: box.y + 6, w: TAB, h: box.h - 12 };
	const middle = { "text-anchor": "middle" };
	if (item.unknown_below)
		return [rect("chain-unknown", at), text("chain-question", at.x + TAB / 2, at.y + 18.5, SMALL_SIZE, "?", { ...middle, "font-weight": 700 })];
	if (item.suppliers === 0) return [];
	const n = item.suppliers > 999 ? "…" : String(item.suppliers);
	return [
		rect(`chain-tab${deepest ? " chain-tab-deep" : open ? " chain-tab-open" : ""}`, at),
		text("chain-tab-text", at.x + TAB / 2, at.y + 18.5, 11, deepest ? n : `${n}${open ? "▾" : "▸"}`, middle),
	];
}

function badge(box: Box, behind: number | undefined, measure: Measure): Shape[] {
	if (behind === undefined) return [];
	const words = m.value.behind(f.value.count(behind));
	const w = Math.ceil(measure(words, 11, true)) + 10;
	const at = { x: box.x + box.w - w + 6, y: box.y + box.h - 7, w, h: 16 };
	return [
		rect("chain-badge", at, { rx: 8 }),
		text("chain-badge-text", at.x + w / 2, at.y + 12, 11, words, { "text-anchor": "middle", "font-weight": 600 }),
	];
}

export const isDeepest = (item: ChainItem, view: Pick<View, "figures">): boolean => item.tier >= view.figures.depth;

function nodeThing(view: View, model: Model, grid: Grid, item: ChainItem): Thing | null {
	const spot = view.places.get(item.supplier);
	if (spot === undefined) return null;
	const { measure } = view;
	const box = grid.node(spot.tier, spot.row);
	const opening: Opening = { kind: "of", id: item.supplier, from: 0 };
	const open = isOpen(view.openings, opening);
	const deepest = isDeepest(item, view);
	const behind = model.behind.get(item.supplier);
	const hidden = isAnonymous(item.supplier);
	const name = hidden ? `${orgName(item.supplier)} ${item.supplier.slice(-6)}` : orgName(item.supplier, item.name);
	const lit = model.way?.has(item.supplier) ?? false;
	const css = ["chain-box", hidden ? "chain-box-hidden" : "", lit ? "chain-box-lit" : "", view.picked === item.supplier ? "chain-box-picked" : ""];
	return {
		...box,
		key: item.supplier,
		kind: "node",
		title: `${labelOf(item, name, deepest, behind)}${hidden ? "" : `\n${item.supplier}`}`,
		shapes: [
			...tab(item, box, open, deepest),
			rect(css.filter(Boolean).join(" "), box),
			...swatch(item.state, box.x + 5, box.y + 8, 24),
			text(hidden ? "chain-name chain-halo" : "chain-name", box.x + 35, box.y + 17, NAME_SIZE, cut(name, box.w - 40, NAME_SIZE, measure)),
			text(hidden ? "chain-small chain-halo" : "chain-small", box.x + 35, box.y + 33, SMALL_SIZE, shortLevels(item)),
			...badge(box, behind, measure),
		],
		dim: model.way !== null && !lit,
		open: item.suppliers > 0 && !deepest ? open : null,
		openings: item.suppliers > 0 && !deepest ? [opening] : [],
	};
}

export function nameOfOpening(opening: Opening): string {
	switch (opening.kind) {
		case "group":
			return m.value.group(t.value.tiers.nth(opening.tier), t.value.states[opening.state]);
		case "of":
			return m.value.linksOf(orgName(opening.id));
		case "to":
			return m.value.buyersOf(orgName(opening.id));
		case "path":
			return m.value.pathTitle(orgName(opening.id));
		case "points":
			return m.value.pointsTitle;
	}
}

function moreThing(view: View, model: Model, grid: Grid, rest: Rest): Thing | null {
	const spot = view.places.get(rest.key);
	if (spot === undefined) return null;
	const { x, y, w } = grid.node(spot.tier, spot.row);
	const box = { x, y: y + 4, w, h: 30 };
	const n = f.value.count(rest.n);
	const state = rest.opening.kind === "group" ? rest.opening.state : null;
	return {
		...box,
		key: rest.key,
		kind: "more",
		title: m.value.moreOf(nameOfOpening(rest.opening), n),
		shapes: [
			rect("chain-more", box),
			...(state === null ? [] : swatch(state, box.x + 5, box.y + 5, 20)),
			text("chain-name", box.x + 35, box.y + 20, NAME_SIZE, m.value.moreNodes(n)),
			text("chain-caret", box.x + box.w - 9, box.y + 20, SMALL_SIZE, "▸", { "text-anchor": "end" }),
		],
		dim: model.way !== null,
		open: false,
		openings: [rest.opening],
	};
}

function root(view: View, model: Model, grid: Grid): Thing {
	const box = grid.node(0, 0);
	const lit = model.way !== null;
	return {
		...box,
		key: model.buyer,
		kind: "root",
		title: `${m.value.root}${t.value.comma}${view.name}\n${model.buyer}`,
		shapes: [
			rect("chain-root", box),
			text("chain-root-small", box.x + 9, box.y + 15, 11, m.value.root),
			text("chain-root-name", box.x + 9, box.y + 32, NAME_SIZE, cut(view.name, box.w - 16, NAME_SIZE, view.measure), { "font-weight": 600 }),
		],
		dim: lit && !model.way?.has(model.buyer),
		open: null,
		openings: [],
	};
}

/* A filter takes nobody from the lit way. */
export const passes = (view: Pick<View, "states" | "tiers">, model: Model, item: ChainItem): boolean =>
	view.tiers.includes(item.tier) && (view.states.has(item.state) || (model.way?.has(item.supplier) ?? false));

export function sceneOf(view: View, model: Model): Scene {
	const grid = new Grid(view);
	const back = header(view, grid);
	const label = grid.label(grid.rows - 1);
	back.push(
		rect("chain-unknown", { x: label.x + 4, y: label.y + 4, w: 20, h: 20 }),
		text("chain-question", label.x + 14, label.y + 18.5, SMALL_SIZE, "?", { "text-anchor": "middle", "font-weight": 700 }),
		text("chain-name", label.x + 31, label.y + 19, NAME_SIZE, m.value.unknownBelow),
		{ tag: "path", css: "chain-rule", attrs: { d: `M0 ${grid.below - 12}H${grid.width}` } },
	);
	const things = [...counts(view, grid, back), root(view, model, grid)];
	const nodes = [...model.items.values()].filter((item) => passes(view, model, item)).flatMap((item) => nodeThing(view, model, grid, item) ?? []);
	const rests = model.rests
		.filter(({ tier, opening }) => view.tiers.includes(tier) && (opening.kind !== "group" || view.states.has(opening.state)))
		.flatMap((rest) => moreThing(view, model, grid, rest) ?? []);
	things.push(...nodes, ...rests);
	const boxes = new Map(things.map((thing) => [thing.key, thing]));
	if (nodes.length === 0 && view.openings.length === 0)
		back.push(text("chain-muted", EDGE + LABELS + GAP / 2, grid.below + 25, NAME_SIZE, m.value.start));
	const height = Math.max(grid.below + NODE_H, ...things.map(({ y, h }) => y + h)) + 14;
	return { width: grid.width, height, back: [...back, ...edgeShapes(model, boxes, view.measure)], things };
}
