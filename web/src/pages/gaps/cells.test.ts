import { describe, expect, it } from "vitest";
import { type Breakdown, figureOf, filledRows, shadeOf, sum } from "./cells";

describe("cells", () => {
	it("keeps what is unknown apart from gaps and from what they are of", () => {
		expect(figureOf("required", { suppliers: 10, gaps: 3, unknown: 2 })).toEqual({ n: 3, of: 10, unknown: 2 });
		expect(figureOf("clause", { due: 4, gaps: 1, undetermined: 5 })).toEqual({ n: 1, of: 4, unknown: 5 });
		expect(figureOf("kind", { suppliers: 7 })).toEqual({ n: 7, of: null, unknown: 0 });
		expect(sum([figureOf("clause", { due: 4, gaps: 1 }), figureOf("clause", { due: 2, gaps: 2 })])).toEqual({ n: 3, of: 6, unknown: 0 });
	});
	it("shades by the share, none where there is none", () => {
		expect(shadeOf({ n: 0, of: 10, unknown: 3 })).toBe(0);
		expect(shadeOf({ n: 1, of: 10, unknown: 0 })).toBe(1);
		expect(shadeOf({ n: 10, of: 10, unknown: 0 })).toBe(4);
		expect(shadeOf({ n: 3, of: null, unknown: 0 })).toBe(0);
	});
	it("leaves out rows with nothing in them, but not those with unknowns only", () => {
		const b = { rows: ["0", "3", "4"], cells: [[{}], [{ unknown: 1 }], [{ suppliers: 2 }]] } as unknown as Breakdown;
		expect(filledRows(b, "required")).toEqual([1, 2]);
	});
});
