/*
 * A record as a form edits it: each field is text while it is typed; what differs from the record becomes a merge
 * patch. What is empty is absent, never an empty value; an answer that is not given is not a no.
 */
import { ApiError } from "../api/client";

export type FieldKind = "text" | "long" | "date" | "int" | "number" | "answer" | "level" | "choice";

export interface FieldSpec {
	name: string;
	label: string;
	kind: FieldKind;
	/* Of a choice: values and their texts; of a text: what was used elsewhere. */
	options?: readonly (readonly [value: string, label: string])[];
	/* What no value is called in a choice. */
	any?: string;
	help?: string | undefined;
	max?: string;
}

export type Draft = Record<string, string>;

const textOf = (value: unknown): string => (value === null || value === undefined ? "" : String(value));

export const draftOf = (fields: readonly FieldSpec[], record: object): Draft =>
	Object.fromEntries(fields.map(({ name }) => [name, textOf((record as Record<string, unknown>)[name])]));

/* Full-width digits and grouping are what people paste. What is no number goes out as it is: the server says so. */
function numberOf(text: string): number | string {
	const plain = text.normalize("NFKC").replace(/[,\s円¥]/g, "");
	const n = Number(plain);
	return plain !== "" && Number.isFinite(n) ? n : text;
}

export function valueOf(kind: FieldKind, text: string): unknown {
	const trimmed = text.trim();
	if (trimmed === "") return null;
	switch (kind) {
		case "int":
		case "number":
		case "level":
			return numberOf(trimmed);
		case "answer":
			return trimmed === "true";
		default:
			return trimmed;
	}
}

/* A merge patch of what was changed. */
export function changesOf(fields: readonly FieldSpec[], record: object, draft: Draft): Record<string, unknown> {
	const before = draftOf(fields, record);
	return Object.fromEntries(
		fields
			.filter(({ name }) => (draft[name] ?? "").trim() !== before[name])
			.map(({ name, kind }) => [name, valueOf(kind, draft[name] ?? "")]),
	);
}

/* What the server says of a field, by its pointer; within: of an item of a list ("contacts/0"). */
export function errorOf(error: unknown, name: string, within?: string): string | undefined {
	if (!(error instanceof ApiError)) return undefined;
	const tail = within === undefined ? `/${name}` : `/${within}/${name}`;
	return error.errors.find(({ pointer = "" }) => pointer.endsWith(tail) || pointer.includes(`${tail}/`))?.detail;
}

/* Whether the refusal is told beside one of these fields already. */
export const toldBeside = (error: unknown, fields: readonly { name: string }[]): boolean =>
	error instanceof ApiError &&
	error.errors.length > 0 &&
	error.errors.every(({ pointer }) => fields.some(({ name }) => pointer?.split("/").includes(name)));
