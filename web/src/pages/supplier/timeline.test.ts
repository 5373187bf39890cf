import { describe, expect, it } from "vitest";
import type { Certificate } from "../../api/types";
import { dateOf, dayOf, happenings, heldOn, rangeOf, steps, yearsOf } from "./timeline";

const cert = (fields: Partial<Certificate>): Certificate => ({
	org: "o",
	certificate: "c",
	scheme: "scs",
	level: 4,
	status: "valid",
	in_force: true,
	recorded_by: null,
	...fields,
});

const four = cert({
	issued: "2027-04-01",
	expires: "2030-03-31",
	suspensions: [{ from: "2028-01-01", to: "2028-01-31" }],
	revoked_on: "2029-06-01",
	self_assessments: ["2028-03-20"],
});
const three = cert({ certificate: "d", level: 3, issued: "2028-01-15", expires: "2029-01-14" });
const held = (date: string) => heldOn([four, three], dayOf(date));

describe("what is held on a day", () => {
	it("includes the first day and the last", () => {
		expect(heldOn([three], dayOf("2028-01-14"))).toBe(0);
		expect(heldOn([three], dayOf("2028-01-15"))).toBe(3);
		expect(heldOn([three], dayOf("2029-01-14"))).toBe(3);
		expect(heldOn([three], dayOf("2029-01-15"))).toBe(0);
	});
	it("falls with a suspension to what else holds, and ends with a revocation", () => {
		expect(held("2027-12-31")).toBe(4);
		expect(held("2028-01-01")).toBe(0);
		expect(held("2028-01-20")).toBe(3);
		expect(held("2028-02-01")).toBe(4);
		expect(held("2029-05-31")).toBe(4);
		expect(held("2029-06-01")).toBe(0);
	});
	it("counts no other scheme", () => {
		expect(heldOn([cert({ scheme: "iso27001", issued: "2027-01-01" })], dayOf("2028-01-01"))).toBe(0);
	});
});

it("tells what happened, with what is held after it", () => {
	expect(happenings([four, three]).map(({ day, what, held }) => [dateOf(day), what, held])).toEqual([
		["2027-04-01", "issued", 4],
		["2028-01-01", "suspended", 0],
		["2028-01-15", "issued", 3],
		["2028-02-01", "resumed", 4],
		["2028-03-20", "assessed", 4],
		["2029-01-14", "expires", 4],
		["2029-06-01", "revoked", 0],
	]);
});

it("draws steps that agree with every single day", () => {
	const range = { from: dayOf("2027-01-01"), to: dayOf("2030-12-31") };
	const found = steps([four, three], range);
	for (let day = range.from; day <= range.to; day++)
		expect(found.find(({ from, to }) => day >= from && day <= to)?.level, dateOf(day)).toBe(heldOn([four, three], day));
	expect(found.map(({ level }) => level)).toEqual([0, 4, 0, 3, 4, 0]);
});

it("draws a year around today at least", () => {
	const today = dayOf("2028-06-01");
	const range = rangeOf([], today);
	expect(range.from).toBeLessThanOrEqual(today - 365);
	expect(range.to).toBeGreaterThanOrEqual(today + 365);
	expect(yearsOf(range).map(({ year }) => year)).toEqual([2028, 2029]);
});
