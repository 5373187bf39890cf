/* The table of counts at the top of the picture: each opens into its suppliers. */
import type { State } from "../../api/types";
import { f, t } from "../../i18n";
import { type Grid, shownStates, type View } from "./grid";
import { isOpen, type Opening } from "./openings";
import { NAME_SIZE, rect, type Shape, SMALL_SIZE, swatch, text, type Thing } from "./shapes";
import { m } from "./texts";

/* The label of the last row: it does not open. */
function unknownLabel(grid: Grid): Shape[] {
	const { x, y } = grid.label(grid.rows - 1);
	return [
		rect("chain-unknown", { x: x + 4, y: y + 4, w: 20, h: 20 }),
		text("chain-question", x + 14, y + 18.5, SMALL_SIZE, "?", { "text-anchor": "middle", "font-weight": 700 }),
		text("chain-name", x + 31, y + 19, NAME_SIZE, m.value.unknownBelow),
	];
}

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

/* Adds to back what cannot be chosen. */
export function countThings(view: View, grid: Grid, back: Shape[]): Thing[] {
	back.push(...header(view, grid), ...unknownLabel(grid));
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
