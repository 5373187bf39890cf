import { describe, expect, it } from "vitest";
import { bodyOf } from "./changes";

describe("what is supposed", () => {
	it("asks for a lapse as a level of none", () => {
		expect(bodyOf([{ kind: "lapse", org: "A" }], {})).toEqual([{ op: "set-held", org: "A", held_level: 0 }]);
	});
	it("joins levels of tiers to the targets of now, in one change", () => {
		const now = { own_level: 4, rules: [{ when: {}, level: 3 }], tiers: { "2": 3 }, default_rules: false };
		expect(bodyOf([{ kind: "tier", tier: 3, level: 3 }, { kind: "tier", tier: 2, level: 4 }], now)).toEqual([
			{ op: "set-targets", targets: { own_level: 4, rules: [{ when: {}, level: 3 }], tiers: { "2": 4, "3": 3 } } },
		]);
	});
	it("leaves rules out where they are the official ones", () => {
		const now = { rules: [{ when: {}, level: 3 }], default_rules: true };
		expect(bodyOf([{ kind: "tier", tier: 2, level: 3 }], now)).toEqual([{ op: "set-targets", targets: { tiers: { "2": 3 } } }]);
	});
});
