/*
 * What the page of one buyer shows, and how it stays true: a change of the buyer's exposure reads the
 * figures anew behind the scenes, as many gap rows as were open, and swaps them in when all have come.
 */
import { batch, signal } from "@preact/signals";
import { ApiError, get, getAll, getRevised, isAbort, orgPath } from "../../api/client";
import { eventsFollow } from "../../api/events";
import { nameOf, nameRemember, nameWant } from "../../api/names";
import type { EventEnvelope, Expiring, Exposure, Gap, Kind, Org, Page, Timing } from "../../api/types";

export interface GapFilter {
	tier: number | null;
	kind: Kind | null;
	timing: Timing | null;
}

/* What set a change off: an event, or the lapses and restorations that came with it. */
export interface Cause {
	type: string;
	subject: string;
	others: number;
}

export interface Change {
	id: string;
	at: string;
	before: number | null;
	after: number | null;
	cause: Cause | null;
}

export const EXPIRY_DAYS = 365;
const ROWS = 50;
const ROWS_MOST = 1000;
const EXPIRING_MOST = 20000;
const CHANGES_KEPT = 12;
const RECENT_KEPT = 500;

const numberAt = (value: unknown, key: string): number | null => {
	const found = (value as Record<string, unknown> | null | undefined)?.[key];
	return typeof found === "number" ? found : null;
};

export type BuyerStore = ReturnType<typeof buyerStore>;

export function buyerStore(id: string) {
	const org = signal<Org | null>(null);
	const exposure = signal<Exposure | null>(null);
	const expiring = signal<Expiring[] | null>(null);
	const expiringComplete = signal(true);
	const gaps = signal<Gap[] | null>(null);
	const next = signal<string | null>(null);
	const filter = signal<GapFilter>({ tier: null, kind: null, timing: null });
	const error = signal<unknown>(null);
	const changes = signal<Change[]>([]);
	const recent: EventEnvelope[] = []; /* to tell a cause in words */

	let reading: AbortController | null = null;
	let again = false;
	let revision: number | null = null;

	const gapPage = (cursor: string | null, limit: number, stop?: AbortSignal) =>
		get<Page<Gap>>(
			orgPath(id, "/gaps"),
			{ ...filter.value, limit, cursor, revision_at_least: revision },
			stop,
		);

	const namesOf = (rows: Gap[]): void => {
		for (const row of rows) nameRemember(row.supplier, row.name);
		nameWant(rows.flatMap((row) => row.path.slice(1, -1)));
	};

	async function readAll(stop: AbortSignal): Promise<void> {
		const rows = Math.min(Math.max(gaps.value?.length ?? 0, ROWS), ROWS_MOST);
		const at = { revision_at_least: revision };
		const [who, figures, list, wave] = await Promise.all([
			get<Org>(orgPath(id), at, stop),
			getRevised<Exposure>(orgPath(id, "/exposure"), at, stop),
			gapPage(null, rows, stop),
			getAll<Expiring>(orgPath(id, "/expiring"), { horizon: EXPIRY_DAYS, ...at }, EXPIRING_MOST, stop),
		]);
		namesOf(list.items);
		nameRemember(id, who.name);
		revision = Math.max(revision ?? 0, figures.revision);
		batch(() => {
			org.value = who;
			exposure.value = figures.data;
			gaps.value = list.items;
			next.value = list.next;
			expiring.value = wave.items;
			expiringComplete.value = wave.complete;
			error.value = null;
		});
	}

	/* At most one reading at a time; what changes meanwhile is read once more at its end. */
	async function refresh(): Promise<void> {
		if (reading !== null) {
			again = true;
			return;
		}
		const mine = new AbortController();
		reading = mine;
		try {
			do {
				again = false;
				await readAll(mine.signal);
			} while (again);
		} catch (failure) {
			if (!isAbort(failure)) error.value = failure;
		} finally {
			if (reading === mine) reading = null;
		}
	}

	let filtering: AbortController | null = null;
	async function readGaps(cursor: string | null): Promise<void> {
		filtering?.abort();
		filtering = new AbortController();
		try {
			const page = await gapPage(cursor, ROWS, filtering.signal);
			namesOf(page.items);
			batch(() => {
				gaps.value = cursor === null ? page.items : [...(gaps.value ?? []), ...page.items];
				next.value = page.next;
				error.value = null;
			});
		} catch (failure) {
			if (!isAbort(failure)) error.value = failure;
		}
	}

	/* The event named, or what it did to held levels: that says more than "a record was changed". */
	function causeOf(eventId: unknown): Cause | null {
		const event = recent.find((one) => one.id === eventId);
		if (event === undefined) return null;
		const effects = recent.filter(
			(one) => one.revision === event.revision && /^supplier\.(lapsed|restored)$/.test(one.type),
		);
		const told = effects[0] ?? event;
		return { type: told.type, subject: told.subject, others: Math.max(0, effects.length - 1) };
	}

	function note(envelope: EventEnvelope): void {
		const cause = causeOf(envelope.data["cause"]);
		if (cause !== null) nameWant([cause.subject.split("/")[0] ?? ""]);
		const change = {
			id: envelope.id,
			at: envelope.at,
			before: numberAt(envelope.data["before"], "gaps"),
			after: numberAt(envelope.data["after"], "gaps"),
			cause,
		};
		changes.value = [change, ...changes.value].slice(0, CHANGES_KEPT);
	}

	function event(envelope: EventEnvelope): void {
		recent.push(envelope);
		if (recent.length > RECENT_KEPT) recent.shift();
		if (envelope.subject !== id) return;
		if (envelope.type === "exposure.changed") note(envelope);
		else if (envelope.type !== "targets.changed" && envelope.type !== "org.changed") return;
		revision = Math.max(revision ?? 0, envelope.revision);
		void refresh();
	}

	return {
		id,
		org,
		exposure,
		expiring,
		expiringComplete,
		gaps,
		next,
		filter,
		error,
		changes,
		name: () => org.value?.name || nameOf(id),
		refresh,
		more: () => readGaps(next.value),
		setFilter(change: Partial<GapFilter>): void {
			filter.value = { ...filter.value, ...change };
			void readGaps(null);
		},
		/* Reads the first time and follows the events until the returned function is called. */
		start(): () => void {
			let unfollow = () => {};
			let stopped = false;
			const shown = () => {
				if (document.visibilityState === "visible") void refresh();
			};
			document.addEventListener("visibilitychange", shown);
			void refresh().then(() => {
				/* What one may not see does not change by an event. */
				if (error.value instanceof ApiError && error.value.status === 403) return;
				if (!stopped) unfollow = eventsFollow(revision, { event, resumed: () => void refresh() });
			});
			return () => {
				stopped = true;
				document.removeEventListener("visibilitychange", shown);
				unfollow();
				reading?.abort();
				filtering?.abort();
			};
		},
	};
}
