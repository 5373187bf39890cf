import { describe, expect, it } from "vitest";
import { draftOf } from "../../components/record";
import { clauseChanges, clauseShape, clauseView } from "./clauses";
import { editChanges, listsOf, numbered } from "./edit";

const shape = clauseShape("2-1-4");
const record = {
	status: "agreed",
	agreed_on: "2028-01-05",
	duties: { procurer: "知らせる" },
	contacts: [{ side: "supplier", name: "窓口", lang: "en" }],
};
const open = () => {
	const view = clauseView(record);
	const lists = listsOf(shape, view);
	return {
		view,
		draft: draftOf(shape.fields, view),
		lists: Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, numbered(list)])),
	};
};

describe("a record that is edited", () => {
	it("changes nothing that was not touched", () => {
		const { view, draft, lists } = open();
		expect(editChanges(shape, view, draft, lists)).toEqual({});
	});
	it("keeps of an item what the form does not show", () => {
		const { view, draft, lists } = open();
		lists["contacts"] = [{ ...lists["contacts"]?.[0], phone: "03-0000-0000" }, { side: "procurer", name: "当社" }, {}];
		expect(editChanges(shape, view, draft, lists)).toEqual({
			contacts: [
				{ lang: "en", side: "supplier", name: "窓口", phone: "03-0000-0000" },
				{ side: "procurer", name: "当社" },
			],
		});
		lists["contacts"] = [];
		expect(editChanges(shape, view, draft, lists)).toEqual({ contacts: null });
	});
	it("writes the duties of both sides into one member", () => {
		const { view, draft, lists } = open();
		const changes = editChanges(shape, view, { ...draft, duties_supplier: "止める" }, lists);
		expect(clauseChanges(record, changes)).toEqual({ duties: { procurer: "知らせる", supplier: "止める" } });
		expect(clauseChanges(record, { duties_procurer: null })).toEqual({ duties: null });
	});
});
