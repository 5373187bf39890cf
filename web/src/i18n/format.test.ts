import { describe, expect, it } from "vitest";
import * as format from "./format";

describe("dates", () => {
	it("shows days as each language writes them", () => {
		expect(format.day("ja", "2027-03-31")).toBe("2027/03/31");
		expect(format.day("en", "2027-03-31")).toBe("31 Mar 2027");
		expect(format.longDay("ja", "2028-02-29")).toBe("2028年2月29日(火)");
	});
	it("counts months across the end of a year", () => {
		expect(format.monthsFrom("2027-11-30", 3)).toEqual(["2027-11", "2027-12", "2028-01"]);
	});
	it("spans every month that a period touches", () => {
		expect(format.monthsSpan("2026-11-22", 365)).toHaveLength(13);
		expect(format.monthsSpan("2026-11-01", 29)).toEqual(["2026-11"]);
		expect(format.monthsSpan("2026-11-30", 1)).toEqual(["2026-11", "2026-12"]);
	});
	it("shows an instant by the clock in Tokyo", () => {
		expect(format.clock("ja", "2026-11-22T15:00:05Z")).toBe("00:00:05");
	});
});

describe("money", () => {
	it("groups yen by ten thousand in Japanese", () => {
		expect(format.yen("ja", 0)).toBe("0円");
		expect(format.yen("ja", 9999)).toBe("9,999円");
		expect(format.yen("ja", 1234567890)).toBe("12億3,457万円");
		expect(format.yen("ja", 200000000)).toBe("2億円");
		expect(format.yen("ja", 3_0000_0000_0000)).toBe("3兆円");
	});
	it("writes yen out in English", () => {
		expect(format.yen("en", 1234567890)).toBe("¥1,234,567,890");
	});
});

describe("shares", () => {
	it("never shows something as nothing", () => {
		expect(format.share("en", 0)).toBe("0%");
		expect(format.share("en", 0.0000001)).toBe("<0.1%");
		expect(format.share("en", 0.125)).toBe("12.5%");
	});
});
