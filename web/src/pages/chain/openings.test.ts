import { describe, expect, it } from "vitest";
import { closed, isOpen, nextPage, oldest, opened, type Opening, openingOf, openingsIn, tokenOf, tokensIn } from "./openings";

const group = (tier: number, from = 0): Opening => ({ kind: "group", tier, state: "gap", from });

describe("what is open, in the address", () => {
	it("is read as it was written", () => {
		const all: Opening[] = [group(1), group(12, 40), { kind: "of", id: "JP-JCN-1~A.b_c-d", from: 0 }, { kind: "to", id: "XX-ANON-00ff", from: 20 }];
		for (const one of all) expect(openingOf(tokenOf(one))).toEqual(one);
		expect(openingsIn(new URLSearchParams(`open=${all.map(tokenOf).join("*")}`))).toEqual(all);
	});
	it("leaves out what it cannot be", () => {
		for (const text of ["", "1", "x-gap", "1-GAP", "of-", "of-a b", "of-<img>", `of-${"x".repeat(129)}`, "path-a", "1-gap-x"])
			expect(openingOf(text), text).toBeNull();
		expect(tokensIn(new URLSearchParams("open=1-gap*rubbish*1-gap*2-met"))).toEqual(["1-gap", "2-met"]);
	});
	it("takes what other pages name once", () => {
		const found = openingsIn(new URLSearchParams("open=of-A*1-gap&of=A&to=B&path=C&points=1"));
		expect(found.map(tokenOf)).toEqual(["path-C", "of-A", "1-gap", "to-B", "points"]);
	});
	it("opens at the end and closes all pages", () => {
		expect(opened(["1-gap"], [group(1, 20), group(2)])).toBe("1-gap*1-gap-20*2-gap");
		expect(closed(["1-gap", "2-gap", "1-gap-20"], group(1))).toEqual(["2-gap"]);
		expect(isOpen([group(1, 20)], group(1))).toBe(true);
		expect(nextPage(new Set([0, 20, 60]))).toBe(40);
	});
	it("gives up what was opened first", () => {
		expect(oldest(["1-gap", "1-gap-20", "2-gap"])).toEqual({ gone: group(1), left: "2-gap" });
		expect(oldest(["1-gap", "1-gap-20"])).toEqual({ gone: group(1), left: "1-gap-20" });
		expect(oldest(["1-gap"])).toBeNull();
	});
});
