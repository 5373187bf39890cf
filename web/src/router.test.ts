import { describe, expect, it } from "vitest";
import { buyerHref, routeOf } from "./router";

describe("addresses", () => {
	it("finds the page of a buyer", () => {
		expect(routeOf("")).toEqual({ page: "buyers" });
		expect(routeOf("#/")).toEqual({ page: "buyers" });
		expect(routeOf(buyerHref("JP-JCN-7000012050002~HQ"))).toEqual({
			page: "buyer",
			id: "JP-JCN-7000012050002~HQ",
		});
		expect(routeOf("#/buyers/%E0%A4%A")).toEqual({ page: "unknown" });
		expect(routeOf("#/nowhere")).toEqual({ page: "unknown" });
	});
});
