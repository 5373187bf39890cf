/*
 * A record while it is edited: read with its tag, written with If-Match. Where somebody else was first, what was typed
 * stays, on top of the newest state. Lists of a record (contacts, documents) are edited whole.
 */
import { useEffect, useState } from "preact/hooks";
import { ApiError, getTagged, isAbort, send } from "../../api/client";
import { changesOf, type Draft, draftOf, type FieldSpec, valueOf } from "../../components/record";

export interface ListSpec {
	name: string;
	label: string;
	fields: FieldSpec[];
}

export type Lists = Record<string, Draft[]>;
type Rec = Record<string, unknown>;

export interface Shape {
	fields: readonly FieldSpec[];
	lists: readonly ListSpec[];
}

const itemsOf = (record: Rec, name: string): Rec[] => (Array.isArray(record[name]) ? (record[name] as Rec[]) : []);

export const listsOf = (shape: Shape, record: Rec): Lists =>
	Object.fromEntries(
		shape.lists.map(({ name, fields }) => [name, itemsOf(record, name).map((item) => draftOf(fields, item))]),
	);

/* An item keeps what the form does not show; a row that was left empty is none. */
function itemsFrom(spec: ListSpec, before: Rec[], drafts: readonly Draft[]): Rec[] {
	return drafts.flatMap((draft) => {
		const told = spec.fields
			.map(({ name, kind }) => [name, valueOf(kind, draft[name] ?? "")] as const)
			.filter(([, value]) => value !== null);
		const source = draft["#"] === undefined ? {} : (before[Number(draft["#"])] ?? {});
		const kept = Object.entries(source).filter(([name]) => !spec.fields.some((field) => field.name === name));
		return told.length === 0 ? [] : [Object.fromEntries([...kept, ...told])];
	});
}

/* What was changed, as a merge patch. */
export function editChanges(shape: Shape, record: Rec, draft: Draft, lists: Lists): Rec {
	const out: Rec = changesOf(shape.fields, record, draft);
	for (const spec of shape.lists) {
		const before = itemsOf(record, spec.name);
		const after = itemsFrom(spec, before, lists[spec.name] ?? []);
		const shown = itemsFrom(spec, before, numbered(before.map((item) => draftOf(spec.fields, item))));
		if (JSON.stringify(after) !== JSON.stringify(shown)) out[spec.name] = after.length > 0 ? after : null;
	}
	return out;
}

/* Each row remembers which item it was. */
export const numbered = (drafts: Draft[]): Draft[] => drafts.map((draft, i) => ({ ...draft, "#": String(i) }));

export interface EditOptions {
	/* null: there is no record yet. */
	path: string | null;
	empty?: Rec;
	shape: Shape;
	/* How the record looks to the form, where the two differ. */
	view?: (record: Rec) => Rec;
	write: (record: Rec, changes: Rec, etag: string | null) => Promise<{ revision: number }>;
	saved: (revision: number) => void;
}

interface Base {
	record: Rec;
	etag: string | null;
}

export function useEdit({ path, empty = {}, shape, view = (record) => record, write, saved }: EditOptions) {
	const [base, setBase] = useState<Base | null>(path === null ? { record: empty, etag: null } : null);
	const [draft, setDraft] = useState<Draft>(path === null ? draftOf(shape.fields, empty) : {});
	const [lists, setLists] = useState<Lists>(path === null ? listsOf(shape, empty) : {});
	const [error, setError] = useState<unknown>(null);
	const [conflict, setConflict] = useState(false);
	const [nothing, setNothing] = useState(false);
	const [busy, setBusy] = useState(false);

	/* keep: what was typed so far, put on top. */
	const load = async (stop?: AbortSignal, keep: { fields: Draft; lists: Lists } = { fields: {}, lists: {} }) => {
		if (path === null) return;
		const { data, etag } = await getTagged<Rec>(path, stop);
		const record = view(data);
		const fresh = listsOf(shape, record);
		setBase({ record: data, etag });
		setDraft({ ...draftOf(shape.fields, record), ...keep.fields });
		setLists({ ...Object.fromEntries(Object.entries(fresh).map(([name, list]) => [name, numbered(list)])), ...keep.lists });
	};

	useEffect(() => {
		const stop = new AbortController();
		load(stop.signal).catch((failure: unknown) => {
			if (!isAbort(failure)) setError(failure);
		});
		return () => stop.abort();
	}, []);

	const typed = (changes: Rec) => ({
		fields: Object.fromEntries(Object.entries(draft).filter(([name]) => name in changes)),
		lists: Object.fromEntries(Object.entries(lists).filter(([name]) => name in changes)),
	});

	const save = async () => {
		if (base === null) return;
		const changes = editChanges(shape, view(base.record), draft, lists);
		setNothing(Object.keys(changes).length === 0);
		if (Object.keys(changes).length === 0) return;
		setBusy(true);
		setError(null);
		setConflict(false);
		try {
			const { revision } = await write(base.record, changes, base.etag);
			saved(revision);
		} catch (failure) {
			if (failure instanceof ApiError && failure.status === 412) {
				setConflict(true);
				await load(undefined, typed(changes)).catch(setError);
			} else setError(failure);
		} finally {
			setBusy(false);
		}
	};

	return { base, draft, lists, error, conflict, nothing, busy, save, setDraft, setLists };
}

export const patch = (path: string, changes: Rec, etag: string | null) => send<Rec>("PATCH", path, changes, { ifMatch: etag });

/* For records that are only replaced: what was read with the changes in it. */
export function put(path: string, record: Rec, changes: Rec, etag: string | null) {
	const body = Object.fromEntries(Object.entries({ ...record, ...changes }).filter(([, value]) => value !== null));
	return send<Rec>("PUT", path, body, { ifMatch: etag });
}
