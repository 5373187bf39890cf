import { describe, expect, it } from "vitest";
import { chainUrl, filtersOf, paramsOf, queryFor, queryText, savedFrom, sortOf, toggled } from "./filters";

const of = (text: string) => new URLSearchParams(text);

describe("the filters in the address", () => {
	it("become the server's", () => {
		const filters = filtersOf(of("state=gap,undecided&leak=unknown&tier=2&rows=100&sort=due&x=1"));
		expect(filters).toEqual({ state: "gap,undecided", leak: "unknown", tier: "2" });
		expect(paramsOf(filters)).toMatchObject({ state: "gap,undecided", confidential: "unknown", tier: "2" });
		expect(paramsOf(filters)["leak"]).toBeUndefined();
	});
	it("take the server's names of Q1 to Q3, and write ours", () => {
		expect(filtersOf(of("confidential=true"))).toEqual({ leak: "true" });
		expect(queryFor({ leak: "false" })).toEqual({ leak: "false", confidential: null, rows: null });
	});
	it("hold several states", () => {
		expect(toggled(undefined, "gap")).toBe("gap");
		expect(toggled("gap", "met")).toBe("gap,met");
		expect(toggled("gap,met", "gap")).toBe("met");
		expect(toggled("gap", "gap")).toBeNull();
	});
	it("sort dependency falling and all else rising at first", () => {
		expect(sortOf(of(""))).toEqual({ by: "tier", order: "asc" });
		expect(sortOf(of("sort=dependency"))).toEqual({ by: "dependency", order: "desc" });
		expect(sortOf(of("sort=due&order=desc"))).toEqual({ by: "due", order: "desc" });
	});
	it("ask for those without a department", () => {
		expect(chainUrl("/c", paramsOf({ department: "~none", owner: "A" }))).toEqual([
			"/c?department=",
			expect.objectContaining({ owner: "A" }),
		]);
		expect(chainUrl("/c", { owner: "A" })).toEqual(["/c", { owner: "A" }]);
	});
	it("are kept by name without the rows that were open", () => {
		expect(queryText(of("tier=1&state=gap&rows=150"))).toBe("state=gap&tier=1");
		expect(savedFrom('[{"name":"A","query":"tier=1"},{"name":3}]')).toEqual([{ name: "A", query: "tier=1" }]);
		expect(savedFrom("{")).toEqual([]);
	});
});
