/*
 * The answers of the HTTP API that the pages read, under the names that they use. What each has is in schema.ts,
 * which script/api-types makes from the daemon's own description.
 */
import type { components } from "./schema";

type S = components["schemas"];
/* One of a list's rows. */
type Item<L extends { items: unknown[] }> = L["items"][number];
type Told<T> = Exclude<T, null | undefined>;

export type Org = S["Org"];
export type Exposure = S["Exposure"];
export type TierFigures = Exposure["tiers"][number];
export type Gap = Item<S["GapList"]>;
export type Expiring = Item<S["ExpiringList"]>;
/* A page of a chain's list: suppliers are all in reach, total those that pass the filters. */
export type ChainPage = S["ChainList"];
/* One supplier in a chain. */
export type ChainItem = Item<ChainPage>;
/* What a chain's list tells of the buyer's own link. */
export type ChainLink = Told<ChainItem["link"]>;
export type ChainOne = S["ChainSupplier"];
export type AskedBy = ChainOne["asked_by"][number];
export type Dependency = S["Dependency"];
/* A single point of failure: behind are those whom only it leads to. */
export type Chokepoint = Item<S["ChokepointList"]>;
export type RecordedBy = Told<Org["recorded_by"]>;
export type Contact = Told<Org["contacts"]>[number];
export type Certificate = S["Certificate"];
export type Clause = S["Clause"] & { no: ClauseNo };
/* A link as its supplier sees it; a buyer that does not show itself has a pseudonym and no name. */
export type AskedLink = S["Link"] & Required<Pick<S["Link"], "procurer_name" | "effective_level" | "gap">>;
/* Before and after changes that were not made. */
export type Simulation = S["Simulation"];
export type SimulatedItem = Item<Simulation>;
export type SimulatedState = Told<SimulatedItem["after"]>;
/* RFC 9457 */
export type Problem = Partial<S["Problem"]>;
export type FieldError = Told<Problem["errors"]>[number];
/* The one envelope of events, whatever carries them. */
export type EventEnvelope = Omit<S["Event"], "type"> & { type: string; data: Record<string, unknown> };

export type State = ChainItem["state"];
export const STATES = ["gap", "expiring", "undecided", "unconfirmed", "met", "not-asked"] as const satisfies readonly State[];

export type Kind = Told<ChainItem["kind"]>;
export const KINDS = ["never", "below", "lapsed", "out-of-scope"] as const satisfies readonly Kind[];

export type Timing = Told<ChainItem["timing"]>;
export const TIMINGS = ["overdue", "due", "undated"] as const satisfies readonly Timing[];

export const CLAUSES = ["2-1-1", "2-1-2", "2-1-3", "2-1-4", "2-1-5", "3-1-3"] as const;
export type ClauseNo = (typeof CLAUSES)[number];

export type Level = ChainItem["required"];

/* A list answer: next is the cursor of the following page. */
export interface Page<T> {
	items: T[];
	next: string | null;
}
