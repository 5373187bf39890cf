import { describe, expect, it } from "vitest";
import { tokenFromFragment } from "./api/session";
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
	it("takes a token out of the address", () => {
		expect(tokenFromFragment("#token=abc")).toEqual({ token: "abc", rest: "" });
		expect(tokenFromFragment("#token=abc&to=/buyers/X")).toEqual({ token: "abc", rest: "#/buyers/X" });
		expect(tokenFromFragment("#/buyers/X")).toEqual({ token: null, rest: "#/buyers/X" });
	});
});
