import { describe, expect, it } from "vitest";
import { waveOf } from "./Expiry";

const item = (expires_on: string, held: 3 | 4) => ({
	supplier: "JP-JCN-9999000000001",
	name: null,
	tier: 1,
	required: held,
	held,
	expires_on,
});

describe("expiry wave", () => {
	it("counts by month and level", () => {
		const rows = waveOf([item("2027-01-31", 3), item("2027-01-01", 4), item("2027-02-01", 3)], ["2027-01", "2027-02"]);
		expect(rows.map((row) => row.total)).toEqual([2, 1]);
		expect(rows[0]?.byHeld.get(4)).toBe(1);
	});
	it("leaves out what lies outside the months", () => {
		expect(waveOf([item("2026-12-31", 3)], ["2027-01"])[0]?.total).toBe(0);
	});
});
