import { describe, expect, it } from "vitest";
import { type Action, changeOf, fieldsOf } from "./bulk";

const change = (action: Action, draft: Record<string, string>, clear = false) => changeOf(action, fieldsOf(action, {}), draft, clear);

describe("one change for many links", () => {
	it("says only what was typed", () => {
		expect(change("due", {})).toBeNull();
		expect(change("due", { due: "2028-03-31" })).toEqual({ change: { due: "2028-03-31" } });
		expect(change("due", { due: "2028-03-31" }, true)).toEqual({ change: { due: null } });
		expect(change("owner", { owner: " 佐々木 " })).toEqual({ change: { owner: "佐々木" } });
	});
	it("takes an answer back, gives one, or leaves it", () => {
		expect(change("questions", { confidential: "true", continuity: "null", system_access: "", decided_on: "2028-01-05" })).toEqual({
			change: { confidential: true, continuity: null, decided_on: "2028-01-05" },
		});
	});
	it("asks for a level, for none, or leaves it to the rules", () => {
		expect(change("level", { required_level: "4" })).toEqual({ change: { required_level: 4 } });
		expect(change("level", { required_level: "0" })).toEqual({ change: { required_level: 0 } });
		expect(change("level", { required_level: "null" })).toEqual({ change: { required_level: null } });
		expect(change("level", {}, true)).toBeNull();
	});
	it("writes into a clause", () => {
		expect(change("review", { reviewed_on: "2028-01-05" })).toEqual({
			clause: { no: "2-1-1", change: { reviewed_on: "2028-01-05" } },
		});
		expect(change("contact", { name: "情報セキュリティ室", email: "sec@example.jp" })).toEqual({
			clause: {
				no: "2-1-4",
				change: { contacts: [{ side: "procurer", name: "情報セキュリティ室", email: "sec@example.jp" }] },
				keep_other_sides: true,
			},
		});
	});
});
