/* The fields of each clause, and how a clause looks to a form. */
import type { ClauseNo } from "../../api/types";
import type { FieldKind, FieldSpec } from "../../components/record";
import type { ListSpec, Shape } from "./edit";
import { m } from "./texts";
import { w } from "./words";

type FieldName = keyof typeof w.value.clauseFields;

const KINDS: Partial<Record<FieldName, FieldKind>> = {
	reason: "text",
	agreed_on: "date",
	review_by: "date",
	reviewed_on: "date",
	checked_on: "date",
	confirmed_on: "date",
	defines_confidential: "answer",
	limits_use: "answer",
	return_or_disposal: "answer",
	notify_within_hours: "int",
	duties_procurer: "long",
	duties_supplier: "long",
	note: "long",
};

const OWN: Record<ClauseNo, readonly FieldName[]> = {
	"2-1-1": ["reviewed_on", "reviewed_by"],
	"2-1-2": ["defines_confidential", "limits_use", "return_or_disposal"],
	"2-1-3": ["checked_on", "checked_by", "method", "result"],
	"2-1-4": ["notify_within_hours", "duties_procurer", "duties_supplier"],
	"2-1-5": ["confirmed_on"],
	"3-1-3": [],
};

const LISTS: Record<ClauseNo, readonly (keyof typeof w.value.lists)[]> = {
	"2-1-1": ["systems", "assets", "documents"],
	"2-1-2": ["documents"],
	"2-1-3": ["documents"],
	"2-1-4": ["contacts", "documents"],
	"2-1-5": ["checklist", "documents"],
	"3-1-3": ["documents"],
};

const pairs = (of: Record<string, string>): [string, string][] => Object.entries(of);

function field(name: FieldName): FieldSpec {
	const base = { name, label: w.value.clauseFields[name] };
	switch (name) {
		case "status":
			return { ...base, kind: "choice", options: pairs(w.value.clauseStatuses) };
		case "method":
			return { ...base, kind: "choice", options: pairs(w.value.methods), any: m.value.notSet };
		case "result":
			return { ...base, kind: "choice", options: pairs(w.value.results), any: m.value.notSet };
		default:
			return { ...base, kind: KINDS[name] ?? "text" };
	}
}

function list(name: keyof typeof w.value.lists): ListSpec {
	const p = w.value.parts;
	const text = (key: string, label: string, kind: FieldKind = "text"): FieldSpec => ({ name: key, label, kind });
	const choice = (key: string, label: string, options: Record<string, string>): FieldSpec => ({
		name: key,
		label,
		kind: "choice",
		options: pairs(options),
		any: m.value.notSet,
	});
	const FIELDS: Record<typeof name, FieldSpec[]> = {
		documents: [text("reference", p.reference), text("title", p.title), text("signed_on", p.signed_on, "date"), text("sha256", p.sha256)],
		systems: [
			text("name", p.name),
			text("owner", p.owner),
			text("means", p.means),
			text("direction", p.direction),
			text("reviewed_on", p.reviewed_on, "date"),
		],
		assets: [text("name", p.name), text("class", p.class), text("medium", p.medium), text("place", p.place), text("keeper", p.keeper)],
		contacts: [
			choice("side", p.side, w.value.sides),
			text("role", p.role),
			text("name", p.person),
			text("email", p.email),
			text("phone", p.phone),
		],
		checklist: [text("item", p.item), choice("kind", p.kind, w.value.checklistKinds), text("done_on", p.done_on, "date"), text("note", p.note)],
	};
	return { name, label: w.value.lists[name], fields: FIELDS[name] };
}

export const clauseShape = (no: ClauseNo): Shape => ({
	fields: (["status", "agreed_on", "review_by", "reason", "document", ...OWN[no], "note"] as const).map((name) => field(name as FieldName)),
	lists: LISTS[no].map(list),
});

type Rec = Record<string, unknown>;

/* The two duties are fields of their own in the form. */
export function clauseView(record: Rec): Rec {
	const duties = (record["duties"] ?? {}) as Rec;
	return { ...record, duties_procurer: duties["procurer"], duties_supplier: duties["supplier"] };
}

export function clauseChanges(record: Rec, changes: Rec): Rec {
	const { duties_procurer, duties_supplier, ...rest } = changes;
	if (duties_procurer === undefined && duties_supplier === undefined) return rest;
	const duties = { ...((record["duties"] ?? {}) as Rec) };
	if (duties_procurer !== undefined) duties["procurer"] = duties_procurer;
	if (duties_supplier !== undefined) duties["supplier"] = duties_supplier;
	const told = Object.fromEntries(Object.entries(duties).filter(([, value]) => value !== null));
	return { ...rest, duties: Object.keys(told).length > 0 ? told : null };
}
