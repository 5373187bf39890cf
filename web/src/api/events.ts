/*
 * The event stream, read with fetch because an EventSource tells no status and sends no header. It begins
 * after the revision that the page has read, resumes after the last event it saw, and waits longer
 * after each failure in a row. A stream that falls silent (the daemon sends something every few
 * seconds) counts as broken. A listener is told of every break, so that it can read its figures anew.
 */
import { signal } from "@preact/signals";
import { isAbort, urlOf } from "./client";
import { headers, sessionEnded } from "./session";
import type { EventEnvelope } from "./types";

export type StreamState = "connecting" | "open" | "waiting";

export interface StreamListener {
	event(envelope: EventEnvelope): void;
	/* Called when the stream is open again after a break: events may have been missed. */
	resumed(): void;
}

export interface SseMessage {
	id: string | null;
	event: string;
	data: string;
}

const WAIT_FIRST_MS = 1000;
const WAIT_MOST_MS = 30000;
const SILENCE_MOST_MS = 60000;

export const streamState = signal<StreamState>("connecting");

/* Cuts a server-sent event stream (WHATWG HTML, 9.2.6) into messages; text may end anywhere. */
export class SseParser {
	private rest = "";
	private id: string | null = null;
	private event = "";
	private data: string[] = [];

	push(text: string): SseMessage[] {
		const out: SseMessage[] = [];
		this.rest += text;
		/* A CR at the very end may be the first half of CRLF: it waits for the next piece. */
		const lines = this.rest.split(/\r\n|\n|\r(?!$)/);
		this.rest = lines.pop() ?? "";
		for (const line of lines) this.line(line, out);
		return out;
	}

	private line(line: string, out: SseMessage[]): void {
		if (line === "") {
			if (this.data.length > 0)
				out.push({ id: this.id, event: this.event || "message", data: this.data.join("\n") });
			this.event = "";
			this.data = [];
			return;
		}
		const colon = line.indexOf(":");
		if (colon === 0) return;
		const field = colon < 0 ? line : line.slice(0, colon);
		const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
		if (field === "data") this.data.push(value);
		else if (field === "event") this.event = value;
		else if (field === "id" && !value.includes("\0")) this.id = value;
	}
}

const pause = (ms: number, stop: AbortSignal): Promise<void> =>
	new Promise((done) => {
		const timer = setTimeout(done, ms);
		stop.addEventListener("abort", () => {
			clearTimeout(timer);
			done();
		});
	});

/* Where a stream begins: after an event, else after a revision, else now. */
interface Place {
	event: string | null;
	revision: number | null;
}

async function open(place: Place, stop: AbortSignal): Promise<Response> {
	const response = await fetch(urlOf("/v1/events", { after: place.event === null ? place.revision : null }), {
		headers: {
			...headers(),
			Accept: "text/event-stream",
			...(place.event === null ? {} : { "Last-Event-ID": place.event }),
		},
		cache: "no-store",
		signal: stop,
	});
	if (response.status === 401) sessionEnded();
	/* What we missed is compacted away: the next try begins at the present. */
	if (response.status === 410) Object.assign(place, { event: null, revision: null });
	if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
	return response;
}

/* Reads until the stream ends or falls silent. */
async function readOnce(place: Place, listener: StreamListener, opened: () => void, stop: AbortSignal): Promise<void> {
	const silence = new AbortController();
	const response = await open(place, AbortSignal.any([stop, silence.signal]));
	opened();
	const parser = new SseParser();
	const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
	for (;;) {
		const timer = setTimeout(() => silence.abort(), SILENCE_MOST_MS);
		const piece = await reader?.read().finally(() => clearTimeout(timer));
		if (piece === undefined || piece.done) return;
		for (const message of parser.push(piece.value)) {
			if (message.id !== null) place.event = message.id;
			const envelope = envelopeOf(message.data);
			if (envelope !== null) listener.event(envelope);
		}
	}
}

function envelopeOf(data: string): EventEnvelope | null {
	try {
		const value = JSON.parse(data) as EventEnvelope;
		return typeof value.type === "string" ? value : null;
	} catch {
		return null;
	}
}

/* Follows the events after a revision (null: from now on) until the returned function is called. */
export function eventsFollow(after: number | null, listener: StreamListener): () => void {
	const stop = new AbortController();
	const place: Place = { event: null, revision: after };
	let wait = WAIT_FIRST_MS;
	let broken = false;
	const opened = () => {
		streamState.value = "open";
		wait = WAIT_FIRST_MS;
		if (broken) listener.resumed();
		broken = false;
	};
	void (async () => {
		while (!stop.signal.aborted) {
			streamState.value = broken ? "waiting" : "connecting";
			try {
				await readOnce(place, listener, opened, stop.signal);
			} catch (error) {
				if (isAbort(error) && stop.signal.aborted) return;
			}
			if (stop.signal.aborted) return;
			broken = true;
			streamState.value = "waiting";
			await pause(wait, stop.signal);
			wait = Math.min(wait * 2, WAIT_MOST_MS);
		}
	})();
	return () => stop.abort();
}
