/*
 * One event stream for all that is shown. What reads from the daemon registers which events concern it (resource.ts);
 * a break of the stream concerns everybody. Begins with a login and ends with it.
 */
import { effect, signal } from "@preact/signals";
import { eventsFollow, type StreamListener } from "./events";
import { login, me } from "./session";
import type { EventEnvelope } from "./types";

const listeners = new Set<StreamListener>();
/* The newest revision that an event told of. */
export const seenRevision = signal(0);

export function liveListen(listener: StreamListener): () => void {
	listeners.add(listener);
	return () => void listeners.delete(listener);
}

function event(envelope: EventEnvelope): void {
	seenRevision.value = Math.max(seenRevision.peek(), envelope.revision);
	for (const one of [...listeners]) one.event(envelope);
}

function resumed(): void {
	for (const one of [...listeners]) one.resumed();
}

export function liveStart(): void {
	effect(() => {
		void login.value;
		seenRevision.value = 0;
		if (me.value === null) return;
		return eventsFollow(null, { event, resumed });
	});
}

/* ---- which events concern what ---- */

export type Concerns = (event: EventEnvelope) => boolean;

/* The figures and lists of a buyer's chain: its own records, its figures where it is watched, and held levels. */
export const chainOf =
	(id: string): Concerns =>
	(event) =>
		event.subject === id ||
		event.subject.startsWith(`${id}/`) ||
		event.type === "supplier.lapsed" ||
		event.type === "supplier.restored";

/* The records of an organisation: itself, its links and certificates. */
export const recordsOf =
	(id: string): Concerns =>
	(event) =>
		event.subject === id || event.subject.startsWith(`${id}/`) || event.subject.endsWith(`/${id}`);

export const never: Concerns = () => false;
