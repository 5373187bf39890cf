/* The picture as shapes with places: what the page draws and what is saved are the same. */
import type { ChainItem } from "../../api/types";
import { isAnonymous, orgName } from "../../components/Path";
import { f, t } from "../../i18n";
import { countThings } from "./counts";
import { cut, type Measure } from "./cut";
import { edgeShapes } from "./edges";
import { EDGE, GAP, Grid, LABELS, NODE_H, TAB, type View } from "./grid";
import type { Model, Rest } from "./model";
import { isOpen, type Opening } from "./openings";
import { type Box, NAME_SIZE, rect, type Shape, SMALL_SIZE, swatch, text, type Thing } from "./shapes";
import { m } from "./texts";

export interface Scene {
	width: number;
	height: number;
	back: Shape[];
	things: Thing[];
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
	const css = ["chain-box", hidden ? "chain-box-hidden" : "", lit ? "chain-box-lit" : ""];
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
	const back: Shape[] = [{ tag: "path", css: "chain-rule", attrs: { d: `M0 ${grid.below - 12}H${grid.width}` } }];
	const things = [...countThings(view, grid, back), root(view, model, grid)];
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
