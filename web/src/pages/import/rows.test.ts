import { describe, expect, it } from "vitest";
import { decode, delimiterOf, rowsAt } from "./rows";

describe("rows of the reader's file", () => {
	it("finds rows by the line on which they begin, line breaks in cells counted", () => {
		const text = 'a,b\r\n1,"x\r\ny ""z"""\r\n2,w\r\n';
		const rows = rowsAt(text, new Set([2, 4]));
		expect(rows.get(2)).toEqual(["1", 'x\r\ny "z"']);
		expect(rows.get(4)).toEqual(["2", "w"]);
	});
	it("takes a last row without a line break, and lone carriage returns", () => {
		expect(rowsAt("a\rb\rc", new Set([3])).get(3)).toEqual(["c"]);
	});
	it("knows tabs and semicolons", () => {
		expect(delimiterOf("a\tb\tc\n1,2")).toBe("\t");
		expect(delimiterOf("a;b\n")).toBe(";");
		expect(delimiterOf("発注者")).toBe(",");
	});
	it("reads CP932", () => {
		expect(decode(new Uint8Array([0x8e, 0xe6, 0x88, 0xf8, 0x90, 0xe6]).buffer)).toBe("取引先");
		expect(decode(new TextEncoder().encode("取引先").buffer)).toBe("取引先");
	});
});
