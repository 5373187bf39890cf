/* Lines from buyer to supplier: over the gap between columns, or in a bow where they lead back or aside. */
import type { ChainItem } from "../../api/types";
import { f } from "../../i18n";
import type { Measure } from "./cut";
import { TAB } from "./grid";
import type { Edge, Model } from "./model";
import { type Box, rect, type Shape, text } from "./shapes";

type Boxes = ReadonlyMap<string, Box>;

const hasTab = (item: ChainItem | undefined): boolean => item !== undefined && (item.suppliers > 0 || item.unknown_below);

interface Line {
	d: string;
	/* The end, and where a label has room. */
	end: [number, number];
	middle: [number, number];
	back: boolean;
}

function lineOf(from: Box, to: Box, tab: boolean, toTab: boolean): Line {
	const x1 = from.x + from.w + (tab ? TAB : 0);
	const y1 = from.y + from.h / 2;
	const y2 = to.y + to.h / 2;
	if (to.x > from.x) {
		const x2 = to.x - 1;
		const bend = Math.max(16, Math.min(60, (x2 - x1) / 2));
		return {
			d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 5} ${y2}`,
			end: [x2, y2],
			middle: [(x1 + x2) / 2, (y1 + y2) / 2],
			back: false,
		};
	}
	/* Into the right side, so that no line crosses who stands between. */
	const x2 = to.x + to.w + (toTab ? TAB : 0) + 1;
	const out = Math.max(x1, x2) + 24;
	return {
		d: `M${x1} ${y1}C${out} ${y1} ${out} ${y2} ${x2 + 5} ${y2}`,
		end: [x2, y2],
		middle: [out - 8, (y1 + y2) / 2],
		back: true,
	};
}

function shapesOf(edge: Edge, line: Line, measure: Measure): Shape[] {
	const css = edge.lit ? "lit" : edge.picked ? "picked" : "plain";
	const [x, y] = line.end;
	const way = line.back ? 6 : -6;
	const out: Shape[] = [
		{ tag: "path", css: `chain-edge chain-edge-${css}`, attrs: { d: line.d } },
		{ tag: "path", css: `chain-arrow chain-arrow-${css}`, attrs: { d: `M${x} ${y}l${way} -3.5v7z` } },
	];
	if (edge.lit && edge.dependency !== null) {
		const words = f.value.share(edge.dependency);
		const w = Math.ceil(measure(words, 11, true)) + 5;
		const [mx, my] = line.middle;
		out.push(
			rect("chain-share", { x: mx - w / 2, y: my - 8.5, w, h: 17 }, { rx: 8.5 }),
			text("chain-share-text", mx, my + 4, 11, words, { "text-anchor": "middle", "font-weight": 600 }),
		);
	}
	return out;
}

/* Whose way here is not drawn: it comes from further left. */
function loose(model: Model, boxes: Boxes): Shape[] {
	const reached = new Set(model.edges.filter(({ from }) => boxes.has(from)).map(({ to }) => to));
	return [...model.items.keys()].flatMap((id) => {
		const box = boxes.get(id);
		if (box === undefined || reached.has(id)) return [];
		return [{ tag: "path" as const, css: "chain-edge chain-edge-loose", attrs: { d: `M${box.x - 16} ${box.y + box.h / 2}h15` } }];
	});
}

export function edgeShapes(model: Model, boxes: Boxes, measure: Measure): Shape[] {
	const rank = ({ lit, picked }: Edge) => (lit ? 2 : picked ? 1 : 0);
	const shapes = [...model.edges]
		.sort((a, b) => rank(a) - rank(b))
		.flatMap((edge) => {
			const from = boxes.get(edge.from);
			const to = boxes.get(edge.to);
			if (from === undefined || to === undefined) return [];
			const line = lineOf(from, to, hasTab(model.items.get(edge.from)), hasTab(model.items.get(edge.to)));
			return shapesOf(edge, line, measure).map((shape) =>
				model.way !== null && !edge.lit ? { ...shape, css: `${shape.css} chain-dim` } : shape,
			);
		});
	return [...loose(model, boxes), ...shapes];
}
