/* What the picture is made of, and what of it can be chosen. */
import type { State } from "../../api/types";
import { MARK } from "../../components/State";
import type { Opening } from "./openings";

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

export const NAME_SIZE = 13.5;
export const SMALL_SIZE = 12;

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

export const swatch = (state: State, x: number, y: number, size: number): Shape[] => [
	rect(`seg seg-${state}`, { x, y, w: size, h: size }),
	text(`mark mark-${state}`, x + size / 2, y + size / 2 + 4.5, 12, MARK[state], { "text-anchor": "middle", "font-weight": 700 }),
];
