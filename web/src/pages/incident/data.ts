/* What the server tells of an incident, and of drills. */
export interface Contact {
	role?: string;
	name?: string;
	email?: string;
	phone?: string;
	side?: string;
}

export interface Affected {
	procurer: string;
	name: string | null;
	tier: number;
	path: string[] | null;
	link: { confidential: boolean | null; continuity: boolean | null; system_access: boolean | null } | null;
	shared: { status: string; systems: Record<string, string>[] | null; assets: (string | Record<string, string>)[] | null } | null;
	clause: {
		status: string;
		notify_within_hours: number | null;
		duties: Record<string, string> | null;
		contacts: Contact[];
	} | null;
	notify_by: string | null;
	contacts: Contact[];
}

export interface Incident {
	supplier: string;
	name: string | null;
	contacts: Contact[] | null;
	procurers: number;
	items: Affected[];
	next: string | null;
}

export interface Drill {
	drill: string;
	held_on: string;
	kind: "drill" | "incident";
	supplier?: string | null;
	led_by?: string | null;
	contacts_tried?: number | null;
	contacts_reached?: number | null;
	first_notice_minutes?: number | null;
	findings?: string | null;
	follow_up?: string | null;
	follow_up_due?: string | null;
}

/* The clock of a field (in Tokyo) as an instant, and back. */
export const instantOf = (local: string): string => `${local}:00+09:00`;
export const localOf = (at: Date): string => new Date(at.getTime() + 9 * 3600000).toISOString().slice(0, 16);

/* A thing that was written as a text, or as an object with a name. */
export const nameOf = (thing: string | Record<string, unknown>): string =>
	typeof thing === "string"
		? thing
		: [thing["name"], thing["means"], thing["direction"]].filter((part) => typeof part === "string" && part !== "").join(" / ");

/* A name for a record that does not stand yet. */
export const drillName = (day: string, taken: readonly string[]): string => {
	for (let n = 1; ; n++) {
		const name = n === 1 ? day : `${day}-${n}`;
		if (!taken.includes(name)) return name;
	}
};
