import { describe, expect, it } from "vitest";
import type { Exposure } from "../../api/types";
import { sampled, strips, ticks } from "./bands";

const day = (on: string, gap: number, undecided: number, unconfirmed: number, met: number) =>
	({
		on,
		suppliers: gap + undecided + unconfirmed + met,
		states: { gap, undecided, unconfirmed, expiring: 0, met, "not-asked": 0 },
	}) as Exposure;

describe("trends", () => {
	it("lays the bands on each other up to all suppliers", () => {
		const [gap, unknown] = strips([day("2028-01-01", 2, 1, 1, 4), day("2028-01-03", 4, 0, 0, 4)], 100, 80);
		expect(gap?.points).toBe("0.0,60.0 100.0,40.0 100.0,80.0 0.0,80.0");
		expect(unknown?.points).toBe("0.0,40.0 100.0,40.0 100.0,40.0 0.0,60.0");
	});
	it("keeps the last day when it leaves days out", () => {
		expect(sampled([1, 2, 3, 4, 5, 6, 7], 3)).toEqual({ items: [1, 4, 7], step: 3 });
		expect(sampled([1, 2], 30).items).toEqual([1, 2]);
	});
	it("chooses round steps", () => {
		expect(ticks(2821)).toEqual([0, 1000, 2000]);
		expect(ticks(3)).toEqual([0, 1, 2, 3]);
	});
});
