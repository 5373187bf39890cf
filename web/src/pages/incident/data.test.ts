import { describe, expect, it } from "vitest";
import { drillName, instantOf, localOf, nameOf } from "./data";

describe("incidents", () => {
	it("reads the field's clock as Tokyo's", () => {
		expect(new Date(instantOf("2028-04-03T09:30")).toISOString()).toBe("2028-04-03T00:30:00.000Z");
		expect(localOf(new Date("2028-04-03T00:30:00Z"))).toBe("2028-04-03T09:30");
	});
	it("names systems and information however they were written", () => {
		expect(nameOf("図面")).toBe("図面");
		expect(nameOf({ name: "EDI", means: "VPN", owner: "x" })).toBe("EDI / VPN");
	});
	it("finds a free name for a record", () => {
		expect(drillName("2028-04-03", [])).toBe("2028-04-03");
		expect(drillName("2028-04-03", ["2028-04-03", "2028-04-03-2"])).toBe("2028-04-03-3");
	});
});
