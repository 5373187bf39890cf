/* Where columns and rows lie: a table of counts at the top, suppliers below it. */
import { STATES, type Exposure, type State } from "../../api/types";
import type { Measure } from "./cut";
import type { Opening } from "./openings";
import type { Places } from "./place";
import type { Box } from "./shapes";

export const EDGE = 2;
export const LABELS = 134;
export const GAP = 60;
export const TAB = 30;
const NODE_W = { least: 148, most: 232 };
export const NODE_H = 40;
const ROW = 50;
const HEAD = 30;
const CELL = 28;
const CELL_ROW = 32;

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

export class Grid {
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

export const shownStates = (view: View): State[] => STATES.filter((state) => view.states.has(state));
