import { describe, expect, test } from "vitest";
import { companyHref, noticeOf, readFragment } from "./session";

describe("the fragment of the address", () => {
	test("hands over a token, and where to go", () => {
		expect(readFragment("#token=tw_x&to=/buyers/A")).toEqual({ token: "tw_x", failed: null, rest: "#/buyers/A" });
		expect(readFragment("#token=%20tw_x")).toEqual({ token: "tw_x", failed: null, rest: "" });
		expect(readFragment("#token=")).toEqual({ token: null, failed: null, rest: "" });
	});
	test("says that a company login did not work", () => {
		expect(readFragment("#login=no-role")).toEqual({ token: null, failed: "no-role", rest: "" });
		expect(noticeOf("no-role")).toBe("noRole");
		expect(noticeOf("provider-away")).toBe("providerAway");
		expect(noticeOf("<script>")).toBe("failed");
	});
	test("is a page otherwise", () => {
		expect(readFragment("#/buyers/A")).toEqual({ token: null, failed: null, rest: "#/buyers/A" });
		expect(readFragment("")).toEqual({ token: null, failed: null, rest: "" });
	});
});

test("the company login leads back to what is shown", () => {
	expect(companyHref({ pathname: "/", search: "", hash: "#/buyers/JP-1" })).toBe("/v1/login?return=%2F%23%2Fbuyers%2FJP-1");
});
