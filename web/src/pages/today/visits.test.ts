import { describe, expect, it } from "vitest";
import { visitNote } from "./visits";

describe("visits", () => {
	it("tells the last day before today on which somebody came", () => {
		const first = visitNote(null, { day: "2028-04-03", gaps: 5 });
		expect(first.before).toBeNull();
		const second = visitNote(first, { day: "2028-04-10", gaps: 8 });
		expect(second.before).toEqual({ day: "2028-04-03", gaps: 5 });
		const again = visitNote(second, { day: "2028-04-10", gaps: 9 });
		expect(again.before).toEqual({ day: "2028-04-03", gaps: 5 });
		expect(visitNote(again, { day: "2028-04-11", gaps: 9 }).before).toEqual({ day: "2028-04-10", gaps: 9 });
	});
});
