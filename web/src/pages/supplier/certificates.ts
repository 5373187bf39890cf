/* How a form asks for a certificate, and how one stands today. */
import type { Certificate } from "../../api/types";
import type { FieldKind, FieldSpec } from "../../components/record";
import type { Shape } from "./edit";
import { m } from "./texts";
import { w } from "./words";

type FieldName = keyof typeof w.value.certFields;
type Rec = Record<string, unknown>;

const FIRST: readonly FieldName[] = ["scheme", "level", "registration_no", "issued", "expires", "evidence", "scope", "scope_text", "assessor"];
const LATER: readonly FieldName[] = ["catalog", "suspended_from", "suspended_to", "revoked_on", "self_assessments"];

const pairs = (of: Record<string, string>): [string, string][] => Object.entries(of);

function field(name: FieldName): FieldSpec {
	const base = { name, label: w.value.certFields[name] };
	const kind = (kindOf: FieldKind): FieldSpec => ({ ...base, kind: kindOf });
	switch (name) {
		case "scheme":
			return { ...base, kind: "text", options: pairs(w.value.schemes) };
		case "level":
			return { ...base, kind: "level", any: m.value.notSet };
		case "scope":
			return { ...base, kind: "choice", options: pairs(w.value.scopes) };
		case "evidence":
			return { ...base, kind: "choice", options: pairs(w.value.evidences) };
		case "issued":
		case "expires":
		case "suspended_from":
		case "suspended_to":
		case "revoked_on":
			return kind("date");
		case "self_assessments":
			return kind("long");
		default:
			return kind("text");
	}
}

export const certificateShape = (fresh: boolean): Shape => ({
	fields: [...FIRST, ...(fresh ? [] : LATER)].map(field),
	lists: [],
});

/* Days one a line in the form. */
export const certificateView = (record: Rec): Rec => ({
	...record,
	self_assessments: ((record["self_assessments"] as string[] | undefined) ?? []).join("\n"),
});

export function certificateChanges(changes: Rec): Rec {
	const days = changes["self_assessments"];
	if (days === undefined) return changes;
	return {
		...changes,
		self_assessments: String(days ?? "")
			.split(/[\s,、]+/)
			.filter((day) => day !== ""),
	};
}

export type Standing = keyof typeof w.value.statuses;

export function standingOf(c: Certificate, today: string): Standing {
	if (c.status !== "valid") return c.status;
	if (c.in_force) return "valid";
	return c.issued && c.issued > today ? "future" : "ended";
}

/* A name for a record that is new, not one of those that are there. */
export function freshKey(certificates: readonly Certificate[]): string {
	const taken = new Set(certificates.map((c) => c.certificate));
	for (let n = 1; ; n++) if (!taken.has(`scs-${n}`)) return `scs-${n}`;
}
