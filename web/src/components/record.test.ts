import { describe, expect, it } from "vitest";
import { ApiError } from "../api/client";
import { changesOf, draftOf, errorOf, type FieldSpec, toldBeside, valueOf } from "./record";

const FIELDS: FieldSpec[] = [
	{ name: "due", label: "", kind: "date" },
	{ name: "confidential", label: "", kind: "answer" },
	{ name: "annual_spend", label: "", kind: "int" },
	{ name: "owner", label: "", kind: "text" },
];

describe("a record in a form", () => {
	it("changes only what was changed", () => {
		const record = { due: "2028-03-31", confidential: false, owner: "購買" };
		const draft = draftOf(FIELDS, record);
		expect(changesOf(FIELDS, record, draft)).toEqual({});
		expect(changesOf(FIELDS, record, { ...draft, due: "", confidential: "true", owner: " 購買 " })).toEqual({
			due: null,
			confidential: true,
		});
	});
	it("keeps a question apart from a no", () => {
		expect(valueOf("answer", "")).toBeNull();
		expect(valueOf("answer", "false")).toBe(false);
	});
	it("reads numbers as people write them, and hands on what is none", () => {
		expect(valueOf("int", "１２,０００円")).toBe(12000);
		expect(valueOf("int", "たくさん")).toBe("たくさん");
		expect(valueOf("level", "0")).toBe(0);
	});
	it("finds what the server says of a field", () => {
		const error = new ApiError(422, { errors: [{ pointer: "/change/due", code: "bad-date", detail: "no such day" }] });
		expect(errorOf(error, "due")).toBe("no such day");
		expect(errorOf(error, "owner")).toBeUndefined();
		expect(toldBeside(error, FIELDS)).toBe(true);
		expect(toldBeside(error, [{ name: "owner" }])).toBe(false);
	});
});
