import { expect, test } from "vitest";
import { ownFirst } from "./Buyers";

test("one's own organisations come first, once, with what the list knows of them", () => {
	const own = [
		{ id: "C", name: "c" },
		{ id: "A", name: "a" },
	];
	const listed = [
		{ id: "A", name: "a", name_en: "Ay" },
		{ id: "A~1", name: "unit" },
	];
	expect(ownFirst(own, listed)).toEqual([own[0], listed[0], listed[1]]);
	expect(ownFirst([], listed)).toEqual(listed);
});
