/* What is supposed: as the reader sees it, and as the server is asked. */
import { orgName } from "../../components/Path";
import { t } from "../../i18n";
import { m } from "./texts";

export const KINDS = ["lapse", "held", "drop", "add", "level", "tier"] as const;
export type Kind = (typeof KINDS)[number];

export type Change =
	| { kind: "lapse"; org: string }
	| { kind: "held"; org: string; level: number }
	| { kind: "drop"; procurer: string; supplier: string }
	| { kind: "add"; procurer: string; supplier: string; level: number }
	| { kind: "level"; procurer: string; supplier: string; level: number }
	| { kind: "tier"; tier: number; level: number };

export function words(change: Change): string {
	const texts = m.value.changes;
	const level = t.value.level;
	switch (change.kind) {
		case "lapse":
			return texts.lapse(orgName(change.org));
		case "held":
			return texts.held(orgName(change.org), level(change.level));
		case "drop":
			return texts.drop(orgName(change.procurer), orgName(change.supplier));
		case "add":
			return texts.add(orgName(change.procurer), orgName(change.supplier), level(change.level));
		case "level":
			return texts.level(orgName(change.supplier), level(change.level));
		case "tier":
			return texts.tier(t.value.tiers.nth(change.tier), level(change.level));
	}
}

export interface TargetsNow {
	tiers?: Record<string, number>;
	[name: string]: unknown;
}

/* Targets are written whole: levels of tiers join what is there now. */
export function bodyOf(changes: readonly Change[], targets: TargetsNow): object[] {
	let tiers: Record<string, number> | null = null;
	const out: object[] = changes.flatMap((change): object[] => {
		switch (change.kind) {
			case "lapse":
				return [{ op: "set-held", org: change.org, held_level: 0 }];
			case "held":
				return [{ op: "set-held", org: change.org, held_level: change.level }];
			case "drop":
				return [{ op: "drop-link", procurer: change.procurer, supplier: change.supplier }];
			case "add":
				return [{ op: "add-link", procurer: change.procurer, supplier: change.supplier, required_level: change.level }];
			case "level":
				return [{ op: "set-link", procurer: change.procurer, supplier: change.supplier, required_level: change.level }];
			case "tier":
				tiers = { ...(tiers ?? targets.tiers), [change.tier]: change.level };
				return [];
		}
	});
	if (tiers !== null) {
		const { default_rules, rules, ...rest } = targets;
		out.push({ op: "set-targets", targets: { ...rest, ...(default_rules ? {} : { rules }), tiers } });
	}
	return out;
}

export const same = (a: Change, b: Change): boolean => JSON.stringify(a) === JSON.stringify(b);
