/* What happened to a buyer's figures while its page was open, and what set it off. */
import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { liveListen } from "../../api/live";
import { nameWant } from "../../api/names";
import type { EventEnvelope } from "../../api/types";

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

const CHANGES_KEPT = 12;
const RECENT_KEPT = 500;

const numberAt = (value: unknown, key: string): number | null => {
	const found = (value as Record<string, unknown> | null | undefined)?.[key];
	return typeof found === "number" ? found : null;
};

/* The event named, or what it did to held levels: that says more than "a record was changed". */
export function causeOf(recent: readonly EventEnvelope[], eventId: unknown): Cause | null {
	const event = recent.find((one) => one.id === eventId);
	if (event === undefined) return null;
	const effects = recent.filter(
		(one) => one.revision === event.revision && /^supplier\.(lapsed|restored)$/.test(one.type),
	);
	const told = effects[0] ?? event;
	return { type: told.type, subject: told.subject, others: Math.max(0, effects.length - 1) };
}

export function useChanges(id: string) {
	const changes = useMemo(() => signal<Change[]>([]), [id]);
	useEffect(() => {
		const recent: EventEnvelope[] = [];
		return liveListen({
			event(envelope) {
				recent.push(envelope);
				if (recent.length > RECENT_KEPT) recent.shift();
				if (envelope.subject !== id || envelope.type !== "exposure.changed") return;
				const cause = causeOf(recent, envelope.data["cause"]);
				if (cause !== null) nameWant([cause.subject.split("/")[0] ?? ""]);
				const change = {
					id: envelope.id,
					at: envelope.at,
					before: numberAt(envelope.data["before"], "gaps"),
					after: numberAt(envelope.data["after"], "gaps"),
					cause,
				};
				changes.value = [change, ...changes.peek()].slice(0, CHANGES_KEPT);
			},
			resumed() {},
		});
	}, [id]);
	return changes;
}
