/*
 * The answers of the HTTP API that the pages read. Written by hand from the API's description;
 * a field that no page shows is left out.
 */
export const STATES = ["gap", "expiring", "undecided", "unconfirmed", "met", "not-asked"] as const;
export type State = (typeof STATES)[number];

export const KINDS = ["never", "below", "lapsed", "out-of-scope"] as const;
export type Kind = (typeof KINDS)[number];

export const TIMINGS = ["overdue", "due", "undated"] as const;
export type Timing = (typeof TIMINGS)[number];

export type Level = 0 | 1 | 2 | 3 | 4 | 5;

/* A list answer: next is the cursor of the following page. */
export interface Page<T> {
	items: T[];
	next: string | null;
}

export interface Org {
	id: string;
	name: string | null;
	name_kana?: string | null;
	name_en?: string | null;
	kind?: "entity" | "division" | "site";
	parent?: string;
	address?: string;
	closed_on?: string;
	close_cause?: string;
	successor?: string;
	aliases?: string[];
	contacts?: Contact[];
	subtier_attested_on?: string;
	note?: string;
	held?: Level;
	recorded_by?: RecordedBy | null;
}

export interface TierFigures {
	tier: number;
	suppliers: number;
	gaps: number;
	unknown_below: number;
	held: Record<string, number>;
	states: Record<State, number>;
}

export interface Exposure {
	procurer: string;
	on: string;
	depth: number;
	horizon: number;
	suppliers: number;
	gaps: number;
	expiring: number;
	at_risk: number;
	exceptions: number;
	clause_gaps: number;
	clauses_undetermined: number;
	gap_kinds: Record<Kind, number>;
	gap_timing: Record<Timing, number>;
	states: Record<State, number>;
	tiers: TierFigures[];
	annual_spend: number;
	spend_behind_gaps: number;
	spend_unknown: number;
	dependency_defaulted: number;
}

export interface Gap {
	supplier: string;
	name: string | null;
	tier: number;
	required: Level;
	held: Level;
	kind: Kind;
	timing: Timing;
	due: string | null;
	due_in_days: number | null;
	planned_on: string | null;
	dependency: number;
	path: string[];
}

/* What a chain's list tells of the buyer's own link. */
export interface ChainLink {
	required_level: Level | null;
	effective_level: Level;
	due: string | null;
	department: string | null;
	owner: string | null;
	relation: "business" | "it-service" | null;
	criticality: "high" | "medium" | "low" | null;
	confidential: boolean | null;
	continuity: boolean | null;
	system_access: boolean | null;
	sole_source: boolean | null;
	supplier_code: string | null;
	annual_spend: number | null;
	exception: boolean;
	start: string | null;
	end: string | null;
}

/* One supplier in a chain. */
export interface ChainItem {
	supplier: string;
	name: string | null;
	tier: number;
	state: State;
	required: Level;
	held: Level;
	held_until: string | null;
	kind: Kind | null;
	timing: Timing | null;
	due: string | null;
	due_in_days: number | null;
	planned_on: string | null;
	dependency: number;
	expires_on: string | null;
	at_risk: boolean;
	unknown_below: boolean;
	suppliers: number;
	path: string[];
	link: ChainLink | null;
}

/* A page of a chain's list: suppliers are all in reach, total those that pass the filters. */
export interface ChainPage extends Page<ChainItem> {
	procurer: string;
	on: string;
	depth: number;
	horizon: number;
	suppliers: number;
	total: number;
}

export interface AskedBy {
	procurer: string;
	name: string | null;
	tier: number;
	level: Level;
	own: boolean;
}

export interface ChainOne extends ChainItem {
	asked_by: AskedBy[];
	asked_by_total: number;
}

export interface Dependency {
	procurer: string;
	supplier: string;
	tier: number;
	dependency: number;
	path: string[];
	links: { procurer: string; supplier: string; dependency: number }[];
}

/* A single point of failure: behind are those whom only it leads to. */
export interface Chokepoint {
	supplier: string;
	name: string | null;
	tier: number;
	behind: number;
}

export interface RecordedBy {
	actor: string | null;
	at: string | null;
	revision: number;
}

export interface Contact {
	role?: string;
	name?: string;
	email?: string;
	phone?: string;
	lang?: "ja" | "en";
	side?: string;
}

export interface Certificate {
	org: string;
	certificate: string;
	scheme: string;
	level?: Level;
	registration_no?: string;
	issued?: string;
	expires?: string;
	status: "valid" | "suspended" | "revoked";
	suspended_from?: string;
	suspended_to?: string;
	revoked_on?: string;
	assessor?: string;
	scope?: "entity" | "unit";
	scope_text?: string;
	evidence?: "registry" | "copy" | "word";
	self_assessments?: string[];
	suspensions?: { from: string | null; to: string | null }[];
	in_force: boolean;
	recorded_by: RecordedBy | null;
}

export const CLAUSES = ["2-1-1", "2-1-2", "2-1-3", "2-1-4", "2-1-5", "3-1-3"] as const;
export type ClauseNo = (typeof CLAUSES)[number];

export interface Clause {
	no: ClauseNo;
	status: "missing" | "drafted" | "agreed" | "waived";
	due: boolean;
	gap: boolean;
	undetermined: boolean;
	late: boolean;
	reasons: string[];
	contacts?: Contact[];
	recorded_by: RecordedBy | null;
	[field: string]: unknown;
}

export interface Expiring {
	supplier: string;
	name: string | null;
	tier: number;
	required: Level;
	held: Level;
	expires_on: string;
}

/* A link as its supplier sees it; a buyer that does not show itself has a pseudonym and no name. */
export interface AskedLink {
	procurer: string;
	procurer_name: string | null;
	effective_level: Level;
	due?: string | null;
	planned_on?: string | null;
	held: Level;
	gap: boolean;
	active: boolean;
}

/* Before and after changes that were not made. */
export interface SimulatedItem {
	supplier: string;
	name: string | null;
	tier: number;
	change: "opened" | "closed" | "entered" | "left" | "other";
	before: SimulatedState | null;
	after: SimulatedState | null;
}
export interface SimulatedState {
	state: State;
	required: Level;
	held: Level;
	timing: Timing | null;
	due: string | null;
}
export interface Simulation {
	procurer: string;
	on: string;
	depth: number;
	horizon: number;
	before: Exposure;
	after: Exposure;
	opened: number;
	closed: number;
	entered: number;
	left: number;
	opened_undecided: number;
	items: SimulatedItem[];
	items_total: number;
	truncated: boolean;
}

/* The one envelope of events, whatever carries them. */
export interface EventEnvelope {
	id: string;
	type: string;
	revision: number;
	at: string;
	subject: string;
	data: Record<string, unknown>;
}

/* RFC 9457 */
export interface Problem {
	type?: string;
	title?: string;
	status?: number;
	detail?: string;
	code?: string;
	errors?: FieldError[];
}

export interface FieldError {
	pointer?: string;
	line?: number;
	column?: number;
	code: string;
	detail: string;
}
