import { expect, test } from "vitest";
import type { AskedLink } from "../api/types";
import { byDue } from "./Asked";

test("the earliest day comes first, then what has none, then what nothing is asked of; ended links are left out", () => {
	const link = (procurer: string, effective_level: 0 | 3, due: string | null, active = true): AskedLink => ({
		procurer,
		supplier: "s",
		procurer_name: null,
		effective_level,
		...(due === null ? {} : { due }),
		held: 0,
		gap: effective_level > 0,
		active,
	});
	const links = [
		link("a", 0, null),
		link("b", 3, null),
		link("c", 3, "2028-05-01"),
		link("d", 3, "2028-04-01"),
		link("e", 3, "2027-04-01", false),
		link("f", 3, null),
	];
	expect(byDue(links).map((one) => one.procurer)).toEqual(["d", "c", "b", "f", "a"]);
});
