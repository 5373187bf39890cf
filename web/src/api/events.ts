/*
 * The event stream, read with fetch because an EventSource cannot send the bearer token. It resumes
 * after the last event it saw and waits longer after each failure in a row. A listener is told of
 * every gap in the stream, so that it can read its figures anew.
 */
import { signal } from "@preact/signals";
import { headers, isAbort } from "./client";
import { tokenForget } from "./session";
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

/* Reads until the stream ends; returns the id of the last event. */
async function readOnce(
	last: string | null,
	listener: StreamListener,
	opened: () => void,
	stop: AbortSignal,
	seen: (id: string) => void,
): Promise<void> {
	const response = await fetch("/v1/events", {
		headers: {
			...headers(),
			Accept: "text/event-stream",
			...(last === null ? {} : { "Last-Event-ID": last }),
		},
		cache: "no-store",
		signal: stop,
	});
	if (response.status === 401) {
		tokenForget(true);
		return;
	}
	/* 410: what we missed is compacted away; the next try begins at the present. */
	if (response.status === 410) seen("");
	if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
	opened();
	const parser = new SseParser();
	const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return;
		for (const message of parser.push(value)) {
			if (message.id !== null) seen(message.id);
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

/* Runs until the returned function is called. */
export function eventsFollow(listener: StreamListener): () => void {
	const stop = new AbortController();
	void (async () => {
		let last: string | null = null;
		let wait = WAIT_FIRST_MS;
		let broken = false;
		while (!stop.signal.aborted) {
			streamState.value = broken ? "waiting" : "connecting";
			try {
				await readOnce(
					last,
					listener,
					() => {
						streamState.value = "open";
						wait = WAIT_FIRST_MS;
						if (broken) listener.resumed();
						broken = false;
					},
					stop.signal,
					(id) => {
						last = id === "" ? null : id;
					},
				);
			} catch (error) {
				if (isAbort(error)) return;
			}
			broken = true;
			if (stop.signal.aborted) return;
			streamState.value = "waiting";
			await pause(wait, stop.signal);
			wait = Math.min(wait * 2, WAIT_MOST_MS);
		}
	})();
	return () => stop.abort();
}
