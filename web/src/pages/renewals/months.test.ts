import { describe, expect, it } from "vitest";
import { countOf, heightOf, lastDay, type Month, shiftMonth, weeks } from "./months";

const month: Month = { month: "2027-03", levels: { "1": 1, "2": 2, "3": 30, "4": 4, "5": 0 }, required: 20, self_assessments: 5, contract_ends: 6, clause_reviews: 7, exceptions: 8, due: 9 };

describe("months", () => {
	it("counts what the columns are made of", () => {
		expect(countOf(month, "low")).toBe(3);
		expect(countOf(month, "4")).toBe(4);
		expect(heightOf(month)).toBe(1 + 2 + 30 + 4 + 5 + 6);
	});
	it("knows the ends of months", () => {
		expect(lastDay("2028-02")).toBe("2028-02-29");
		expect(shiftMonth("2027-12", 1)).toBe("2028-01");
		expect(shiftMonth("2027-01", -1)).toBe("2026-12");
	});
	it("lays a month out in weeks from Monday on", () => {
		const w = weeks("2027-03"); /* begins on a Monday */
		expect(w).toHaveLength(5);
		expect(w[0]?.[0]).toBe("2027-03-01");
		expect(w[4]?.[2]).toBe("2027-03-31");
		expect(w[4]?.[3]).toBeNull();
		expect(weeks("2027-02")[0]?.[0]).toBe("2027-02-01");
		expect(weeks("2027-08")[0]?.slice(5)).toEqual([null, "2027-08-01"]);
	});
});
