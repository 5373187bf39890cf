import { describe, expect, it } from "vitest";
import { buyerHref, queryOf, routeOf } from "./router";

describe("addresses", () => {
	it("finds the page of a buyer", () => {
		expect(routeOf("")).toEqual({ page: "buyers" });
		expect(routeOf("#/")).toEqual({ page: "buyers" });
		expect(routeOf(buyerHref("JP-JCN-7000012050002~HQ"))).toEqual({
			page: "buyer",
			id: "JP-JCN-7000012050002~HQ",
			section: "today",
			item: null,
		});
		expect(routeOf(buyerHref("A", "chain", "B~1", { tier: 2, state: null }))).toEqual({
			page: "buyer",
			id: "A",
			section: "chain",
			item: "B~1",
		});
		expect(queryOf(buyerHref("A", "chain", "B~1", { tier: 2, state: null })).toString()).toBe("tier=2");
		expect(routeOf("#/buyers/A/nowhere")).toEqual({ page: "unknown" });
		expect(routeOf("#/import")).toEqual({ page: "general", section: "import" });
		expect(routeOf("#/buyers/%E0%A4%A")).toEqual({ page: "unknown" });
		expect(routeOf("#/nowhere")).toEqual({ page: "unknown" });
	});
});
