import { describe, expect, it } from "vitest";
import type { ChainItem, State } from "../../api/types";
import { modelOf } from "./model";
import type { Opening } from "./openings";
import type { Reading } from "./readings";

const item = (supplier: string, tier: number, path: string[], state: State = "gap"): ChainItem => ({
	supplier,
	name: supplier,
	tier,
	state,
	required: 3,
	held: 0,
	held_until: null,
	kind: null,
	timing: null,
	due: null,
	due_in_days: null,
	planned_on: null,
	dependency: 0.5,
	expires_on: null,
	at_risk: false,
	unknown_below: false,
	suppliers: 0,
	path,
	link: null,
});
const reading = (opening: Opening, items: ChainItem[], more: Partial<Reading> = {}): Reading => ({
	opening,
	items,
	way: [],
	total: items.length,
	links: [],
	...more,
});

const A = item("A", 1, ["P", "A"]);
const B = item("B", 1, ["P", "B"]);
const C = item("C", 2, ["P", "A", "C"]);
const group: Opening = { kind: "group", tier: 1, state: "gap", from: 0 };

describe("what is drawn", () => {
	it("draws everybody once, with the line that explains it", () => {
		const model = modelOf("P", 3, [reading(group, [A, B]), reading({ kind: "of", id: "A", from: 0 }, [C, B], { way: [A], links: [{ from: "A", to: "C" }, { from: "A", to: "B" }] })], null);
		expect([...model.items.keys()]).toEqual(["A", "B", "C"]);
		expect(model.edges.map(({ from, to }) => `${from}${to}`).sort()).toEqual(["AB", "AC", "PA", "PB"]);
		expect(model.blocks.flatMap(({ items }) => items.map(({ key }) => key))).toEqual(["A", "B", "C"]);
	});
	it("draws no line from whom it does not draw", () => {
		expect(modelOf("P", 3, [reading({ ...group, tier: 2 }, [C])], null).edges).toEqual([]);
	});
	it("counts who is not drawn yet, and nobody twice", () => {
		const rest = (readings: Reading[]) => modelOf("P", 3, readings, null).rests.map(({ n, tier, opening }) => [n, tier, opening.from]);
		expect(rest([reading(group, [A], { total: 3 })])).toEqual([[2, 1, 20]]);
		/* B came in another way, and A is no gap any more: of three gaps two are not drawn. */
		expect(rest([reading(group, [{ ...A, state: "met" }], { total: 3 }), reading({ kind: "to", id: "C", from: 0 }, [B])])).toEqual([[2, 1, 20]]);
		expect(rest([reading(group, [A], { total: 30 }), reading({ ...group, from: 40 }, [B], { total: 30 })])).toEqual([[28, 1, 20]]);
		expect(rest([reading({ kind: "of", id: "A", from: 0 }, [C], { way: [A], total: 5 })])).toEqual([[4, 2, 20]]);
		expect(rest([reading(group, [A, B])])).toEqual([]);
	});
	it("lights the way, and the links of who is picked", () => {
		const dependency = { procurer: "P", supplier: "C", tier: 2, dependency: 0.25, path: ["P", "A", "C"], links: [] };
		const links = [{ from: "P", to: "A", dependency: 0.5 }, { from: "A", to: "C", dependency: 0.5 }];
		const model = modelOf("P", 3, [reading({ kind: "path", id: "C" }, [A, C], { links, dependency }), reading(group, [A, B])], { links: [{ from: "B", to: "C" }, { from: "X", to: "C" }] });
		expect([...(model.way ?? [])]).toEqual(["P", "A", "C"]);
		expect(model.edges.filter(({ lit }) => lit).map(({ to, dependency: share }) => [to, share])).toEqual([["A", 0.5], ["C", 0.5]]);
		expect(model.edges.filter(({ picked }) => picked).map(({ from, to }) => from + to)).toEqual(["BC"]);
	});
});
