/*
 * Something read from the daemon that stays true: read again behind the scenes when an event concerns it, and
 * swapped in whole. What is shown stays while it is read; a failure stays until a reading succeeds.
 */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { ApiError, isAbort } from "./client";
import { type Concerns, liveListen, never, seenRevision } from "./live";

/* Events come in bursts: one reading for each burst, and never more often than this. */
const SETTLE_MS = 80;
const BETWEEN_MS = 400;

export interface Resource<T> {
	data: ReadonlySignal<T | null>;
	error: ReadonlySignal<unknown>;
	reading: ReadonlySignal<boolean>;
	refresh(): void;
}

/* Reads with the revision that the answer must have seen; null: any. */
export type Load<T> = (signal: AbortSignal, atLeast: number | null) => Promise<T>;

export function resource<T>(load: Load<T>, concerns: Concerns): Resource<T> & { start(): () => void } {
	const data = signal<T | null>(null);
	const error = signal<unknown>(null);
	const reading = signal(false);
	let stop: AbortController | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let lastAt = 0;
	let wanted: number | null = null;
	let again = false;

	async function read(): Promise<void> {
		if (stop !== null) {
			again = true;
			return;
		}
		const mine = new AbortController();
		stop = mine;
		reading.value = true;
		try {
			const found = await load(mine.signal, wanted);
			if (!mine.signal.aborted)
				batch(() => {
					data.value = found;
					error.value = null;
				});
		} catch (failure) {
			if (!isAbort(failure) && !mine.signal.aborted) error.value = failure;
		} finally {
			if (stop === mine) {
				stop = null;
				lastAt = performance.now();
				reading.value = false;
				if (again) soon();
				again = false;
			}
		}
	}

	function soon(): void {
		if (timer !== undefined) return;
		const wait = Math.max(SETTLE_MS, lastAt + BETWEEN_MS - performance.now());
		timer = setTimeout(() => {
			timer = undefined;
			void read();
		}, wait);
	}

	/* What one may not see does not change by an event. */
	const final = () => error.peek() instanceof ApiError && (error.peek() as ApiError).status === 403;

	return {
		data,
		error,
		reading,
		refresh: () => void read(),
		start() {
			const shown = () => {
				if (document.visibilityState === "visible" && !final()) soon();
			};
			const unlisten = liveListen({
				event(envelope) {
					if (final() || !concerns(envelope)) return;
					wanted = Math.max(wanted ?? 0, envelope.revision);
					soon();
				},
				resumed: soon,
			});
			document.addEventListener("visibilitychange", shown);
			void read();
			return () => {
				unlisten();
				document.removeEventListener("visibilitychange", shown);
				clearTimeout(timer);
				stop?.abort();
				stop = null;
			};
		},
	};
}

/* For a component: read anew when one of deps changes. What was shown for the old ones stays until then, if keep. */
export function useResource<T>(load: Load<T>, concerns: Concerns = never, deps: unknown[] = []): Resource<T> {
	const made = useMemo(() => resource(load, concerns), deps);
	useEffect(() => made.start(), [made]);
	return made;
}

export { seenRevision };
