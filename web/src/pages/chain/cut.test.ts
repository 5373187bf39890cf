import { describe, expect, it } from "vitest";
import { cut, plain } from "./cut";
import { keyTo } from "./keys";

const measure = (text: string, size: number) => Array.from(text).length * size;

describe("names in a drawing", () => {
	it("stay whole where there is room, then lose the legal form, then the end", () => {
		expect(cut("株式会社桐野精機", 80, 10, measure)).toBe("株式会社桐野精機");
		expect(cut("株式会社桐野精機", 50, 10, measure)).toBe("㈱桐野精機");
		expect(cut("株式会社桐野精機", 40, 10, measure)).toBe("㈱桐野…");
		expect(cut("株式会社桐野精機", 5, 10, measure)).toBe("…");
	});
	it("are never cut within a character", () => {
		expect(cut("👩‍👩‍👧𠮷野家", 30, 10, (text) => [...new Intl.Segmenter("ja").segment(text)].length * 10)).toBe("👩‍👩‍👧𠮷…");
	});
	it("turn nothing around and break no line", () => {
		expect(plain("a\u202eb\n\tc\u2066d\u0000e")).toBe("ab cd e");
		expect(cut("x".repeat(100000), 50, 10, measure)).toBe("xxxx…");
	});
});

describe("the arrow keys", () => {
	const at = (key: string, x: number, y: number) => ({ key, x, y });
	const things = [at("a", 0, 0), at("b", 0, 50), at("c", 200, 0), at("d", 202, 60), at("e", 600, 55)];
	it("lead along and across columns", () => {
		expect(keyTo(things, "a", "ArrowDown")).toBe("b");
		expect(keyTo(things, "b", "ArrowDown")).toBeNull();
		expect(keyTo(things, "b", "ArrowRight")).toBe("d");
		expect(keyTo(things, "d", "ArrowRight")).toBe("e");
		expect(keyTo(things, "e", "ArrowLeft")).toBe("d");
		expect(keyTo(things, "d", "Home")).toBe("c");
		expect(keyTo(things, null, "ArrowDown")).toBe("a");
		expect(keyTo([], null, "ArrowDown")).toBeNull();
	});
});
