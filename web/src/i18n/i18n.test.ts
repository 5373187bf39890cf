import { describe, expect, it } from "vitest";
import { en } from "./en";
import { ja } from "./ja";
import { langChoose } from "./lang";

type Tree = { [key: string]: unknown };

function leaves(tree: Tree, at = ""): [string, unknown][] {
	return Object.entries(tree).flatMap(([key, value]) =>
		typeof value === "object" && value !== null ? leaves(value as Tree, `${at}${key}.`) : [[`${at}${key}`, value]],
	);
}

describe("language", () => {
	it("keeps the reader's choice before the browser's", () => {
		expect(langChoose("en", ["ja-JP"])).toBe("en");
		expect(langChoose(null, ["fr-FR", "ja", "en"])).toBe("ja");
		expect(langChoose("xx", ["de"])).toBe("en");
	});
	it("has the same texts in both languages", () => {
		expect(leaves(en).map(([key]) => key)).toEqual(leaves(ja).map(([key]) => key));
	});
	it("has no text of scores or ranks", () => {
		for (const [key, value] of [...leaves(ja), ...leaves(en)])
			expect(String(value), key).not.toMatch(/スコア|点数|ランキング|ワースト|\bscore|league|worst/i);
	});
});
