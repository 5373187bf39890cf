/* One change for many links: what is typed, and the body that it makes. */
import { send } from "../../api/client";
import { linkField, type LinkField, QUESTIONS } from "../../components/linkFields";
import { type Draft, type FieldSpec, valueOf } from "../../components/record";
import { m } from "./texts";

export const ACTIONS = ["due", "level", "exception", "questions", "department", "owner", "planned", "review", "contact"] as const;
export type Action = (typeof ACTIONS)[number];

const LINK: Partial<Record<Action, readonly LinkField[]>> = {
	level: ["required_level"],
	exception: ["required_level", "until", "reason"],
	due: ["due"],
	questions: [...QUESTIONS, "decided_on", "decided_by"],
	department: ["department"],
	owner: ["owner"],
	planned: ["planned_on"],
};

/* Of these an empty field may mean that what is recorded goes; of the others it means nothing. */
export const CLEARABLE: readonly Action[] = ["due", "department", "owner", "planned"];
export const NOT_ANSWERED = "null";

export function fieldsOf(action: Action, known: Partial<Record<LinkField, readonly string[]>>): FieldSpec[] {
	const b = m.value.bulk;
	if (action === "review")
		return [
			{ name: "reviewed_on", label: b.reviewedOn, kind: "date" },
			{ name: "reviewed_by", label: b.reviewedBy, kind: "text" },
		];
	if (action === "contact")
		return [
			{ name: "role", label: b.contactRole, kind: "text" },
			{ name: "name", label: b.contactName, kind: "text" },
			{ name: "email", label: b.contactEmail, kind: "text" },
			{ name: "phone", label: b.contactPhone, kind: "text" },
		];
	return (LINK[action] ?? []).map((name) => {
		const field = linkField(name, known);
		if (action === "questions" && field.kind === "answer")
			return {
				...field,
				kind: "choice",
				any: b.unchanged,
				options: [["true", b.yes], ["false", b.no], [NOT_ANSWERED, b.unanswered]],
			};
		/* No level chosen: nothing to do; back to the rules is a choice of its own. */
		if (name === "required_level")
			return {
				...field,
				help: undefined,
				any: "",
				options: action === "level" ? [...(field.options ?? []), [NOT_ANSWERED, field.any ?? ""]] : field.options ?? [],
			};
		return action === "exception" ? { ...field, help: undefined } : field;
	});
}

export interface BulkChange {
	change?: Record<string, unknown>;
	clause?: { no: string; change: Record<string, unknown>; keep_other_sides?: boolean };
}

/* null: nothing was typed. */
export function changeOf(action: Action, fields: readonly FieldSpec[], draft: Draft, clear: boolean): BulkChange | null {
	const told: Record<string, unknown> = {};
	for (const { name, kind } of fields) {
		const text = draft[name] ?? "";
		const answer = QUESTIONS.some((one) => one === name);
		if (text === NOT_ANSWERED && (answer || name === "required_level")) told[name] = null;
		else if (clear && CLEARABLE.includes(action)) told[name] = null;
		else if (text.trim() !== "") told[name] = valueOf(answer ? "answer" : kind, text);
	}
	if (Object.keys(told).length === 0) return null;
	if (action === "review") return { clause: { no: "2-1-1", change: told } };
	if (action === "contact") return { clause: { no: "2-1-4", change: { contacts: [{ side: "procurer", ...told }] }, keep_other_sides: true } };
	return { change: told };
}

export interface BulkAnswer {
	preview: boolean;
	matched: number;
	/* Links whose own record changes; clauses are counted apart, and what stays the same is neither. */
	changed: number;
	unchanged: number;
	sample?: { supplier: string; name: string | null }[];
	revision?: number;
}

/* Contacts that were replaced are erased for good: no undo brings them back. */
export const undoable = (action: Action): boolean => action !== "contact";

/* Of which something changes. */
export const changedOf = ({ matched, unchanged }: BulkAnswer): number => matched - unchanged;

export const bulkSend = (procurer: string, suppliers: readonly string[], change: BulkChange, preview: boolean, expect?: number) =>
	send<BulkAnswer>("POST", "/v1/bulk", {
		procurer,
		filter: { suppliers },
		...change,
		preview,
		...(expect === undefined ? {} : { expect_matched: expect }),
	});
