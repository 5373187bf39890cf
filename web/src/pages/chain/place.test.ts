import { describe, expect, it } from "vitest";
import { type Block, place } from "./place";

const block = (tier: number, keys: string[], beside: string | null = null): Block => ({
	items: keys.map((key) => ({ key, tier })),
	beside,
});

describe("places", () => {
	it("keeps everybody's place when something else opens", () => {
		const first = block(1, ["a", "b", "c"]);
		const before = place(new Map(), [first, block(2, ["x", "y"], "b")]);
		expect(before.get("b")).toEqual({ tier: 1, row: 1 });
		expect(before.get("x")).toEqual({ tier: 2, row: 1 });
		const after = place(before, [first, block(2, ["x", "y"], "b"), block(2, ["p", "q", "r"], "a"), block(1, ["d"])]);
		for (const [key, spot] of before) expect(after.get(key), key).toEqual(spot);
		/* Row 0 alone is free above x: three in a run go below y. */
		expect(after.get("p")).toEqual({ tier: 2, row: 3 });
		expect(after.get("d")).toEqual({ tier: 1, row: 3 });
	});
	it("takes what has become free, and moves only who changed tier", () => {
		const before = place(new Map(), [block(1, ["a", "b"]), block(1, ["c"])]);
		const after = place(before, [block(1, ["c"]), block(1, ["e"]), block(2, ["b"])]);
		expect(after.get("c")).toEqual({ tier: 1, row: 2 });
		expect(after.get("e")).toEqual({ tier: 1, row: 0 });
		expect(after.get("b")).toEqual({ tier: 2, row: 0 });
		expect(after.has("a")).toBe(false);
	});
	it("lays a way on one line", () => {
		const before = place(new Map(), [block(2, ["a", "b"])]);
		const way: Block = { items: [{ key: "s", tier: 1 }, { key: "t", tier: 2 }, { key: "u", tier: 3 }], beside: null, line: true };
		const after = place(before, [block(2, ["a", "b"]), way]);
		expect(["s", "t", "u"].map((key) => after.get(key)?.row)).toEqual([2, 2, 2]);
	});
	it("never gives a place twice", () => {
		let places = place(new Map(), []);
		let blocks: Block[] = [];
		let seed = 7;
		const next = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
		for (let i = 0; i < 60; i++) {
			if (blocks.length > 6 && next(2) === 0) blocks = blocks.filter((_, k) => k !== next(blocks.length));
			blocks = [...blocks, block(1 + next(3), Array.from({ length: 1 + next(9) }, (_, k) => `${i}.${k}`), next(2) === 0 ? `${i - 1}.0` : null)];
			const before = places;
			places = place(before, blocks);
			expect(new Set([...places.values()].map(({ tier, row }) => `${tier}/${row}`)).size).toBe(places.size);
			for (const [key, spot] of places) if (before.has(key)) expect(spot).toEqual(before.get(key));
		}
	});
});
