/* Targets as they are edited: what a rule says in one sentence, and what is sent to the server. */
import { f, t } from "../../i18n";
import { m } from "./texts";

export const YES_NO = ["confidential", "continuity", "system_access", "sole_source"] as const;
export const CONDITIONS = [...YES_NO, "criticality", "relation", "department", "annual_spend_min"] as const;
export type Condition = (typeof CONDITIONS)[number];
export type When = Partial<Record<Condition, boolean | string | number>>;

export interface Rule {
	when: When;
	level: number;
	due?: string | null;
}

export interface Targets {
	own_level?: number | null;
	rules?: Rule[];
	tiers?: Record<string, number>;
	due?: string | null;
	depth?: number | null;
	default_rules?: boolean;
}

/* METI's tree, as targets without rules have it. */
export const TREE: Rule[] = [
	{ when: { confidential: true }, level: 4 },
	{ when: { continuity: true }, level: 4 },
	{ when: { system_access: true }, level: 4 },
	{ when: {}, level: 3 },
];

export const isYesNo = (condition: Condition): boolean => (YES_NO as readonly string[]).includes(condition);

const VALUES: Partial<Record<Condition, readonly string[]>> = {
	criticality: ["high", "medium", "low"],
	relation: ["business", "it-service"],
};
export const valuesOf = (condition: Condition): readonly string[] | null =>
	isYesNo(condition) ? ["true", "false"] : (VALUES[condition] ?? null);

/* What a condition starts with. */
export const firstValue = (condition: Condition): boolean | string | number =>
	isYesNo(condition) ? true : condition === "annual_spend_min" ? 100000000 : (VALUES[condition]?.[0] ?? "");

export function valueFrom(condition: Condition, text: string): boolean | string | number {
	if (isYesNo(condition)) return text === "true";
	if (condition === "annual_spend_min") return Math.max(0, Math.round(Number(text) || 0));
	return text;
}

function part(condition: Condition, value: boolean | string | number): string {
	const parts = m.value.parts;
	switch (condition) {
		case "criticality":
		case "relation":
			return parts[condition](m.value.values[String(value) as keyof typeof m.value.values] ?? String(value));
		case "department":
			return parts.department(String(value));
		case "annual_spend_min":
			return parts.annual_spend_min(f.value.yen(Number(value)));
		default:
			return parts[condition][value === true ? 0 : 1] ?? "";
	}
}

export const conditionsOf = (when: When): Condition[] => CONDITIONS.filter((one) => when[one] !== undefined);

/* The rule as a person would say it. */
export function sentence(rule: Rule): string {
	const texts = m.value;
	const parts = conditionsOf(rule.when).map((one) => part(one, rule.when[one] ?? ""));
	const who = parts.length === 0 ? texts.all : texts.who(parts);
	const level = rule.level === 0 ? texts.asksNothing : texts.asks(t.value.level(rule.level));
	return texts.sentence(who, level, rule.due ? texts.by(f.value.day(rule.due)) : "");
}

/* What is sent: nothing that the reader did not set. */
export function bodyOf(targets: Targets): Record<string, unknown> {
	const out: Record<string, unknown> = {};
	if (targets.own_level) out["own_level"] = targets.own_level;
	if (targets.due) out["due"] = targets.due;
	if (targets.depth) out["depth"] = targets.depth;
	const tiers = Object.entries(targets.tiers ?? {}).filter(([, level]) => level > 0);
	if (tiers.length > 0) out["tiers"] = Object.fromEntries(tiers);
	if (!targets.default_rules)
		out["rules"] = (targets.rules ?? []).map(({ when, level, due }) => ({ when, level, ...(due ? { due } : {}) }));
	return out;
}

export const same = (a: Targets, b: Targets): boolean => JSON.stringify(bodyOf(a)) === JSON.stringify(bodyOf(b));
