/* One rule: what it says, and the fields behind it. */
import { Choice, TextField } from "../../components/Form";
import { Name } from "../../components/Name";
import { t } from "../../i18n";
import {
	CONDITIONS,
	type Condition,
	conditionsOf,
	firstValue,
	type Rule,
	sentence,
	valueFrom,
	valuesOf,
	type When,
} from "./rules";
import { m } from "./texts";

interface Props {
	rule: Rule;
	n: number;
	change: (rule: Rule) => void;
	remove: () => void;
	errors: (pointer: string) => string | undefined;
	/* Its fields are shown from the start. */
	open: boolean;
}

const LEVELS = [0, 3, 4, 5, 1, 2] as const;

function ConditionRow(props: {
	id: string;
	condition: Condition;
	value: boolean | string | number;
	change: (value: boolean | string | number) => void;
	remove: () => void;
	error: string | undefined;
}) {
	const { condition, value } = props;
	const label = m.value.conditions[condition];
	const values = valuesOf(condition);
	const set = (text: string) => props.change(valueFrom(condition, text));
	return (
		<div class="targets-condition">
			{values !== null ? (
				<Choice
					id={props.id}
					label={label}
					value={String(value)}
					options={values.map((one) => [one, m.value.values[one as keyof typeof m.value.values]] as const)}
					choose={set}
					error={props.error}
				/>
			) : (
				<TextField
					id={props.id}
					label={label}
					type={condition === "annual_spend_min" ? "number" : "text"}
					min="0"
					value={String(value)}
					change={set}
					error={props.error}
				/>
			)}
			<button type="button" class="plain" aria-label={m.value.removeCondition(label)} onClick={props.remove}>
				{m.value.remove}
			</button>
		</div>
	);
}

function without(when: When, condition: Condition): When {
	const next = { ...when };
	delete next[condition];
	return next;
}

function Conditions({ rule, n, change, errors }: Props) {
	const used = conditionsOf(rule.when);
	const free = CONDITIONS.filter((one) => !used.includes(one));
	return (
		<fieldset class="targets-when">
			<legend>{m.value.when}</legend>
			{used.length === 0 && <p class="muted">{m.value.always}</p>}
			{used.map((condition) => (
				<ConditionRow
					key={condition}
					id={`rule-${n}-${condition}`}
					condition={condition}
					value={rule.when[condition] ?? ""}
					change={(value) => change({ ...rule, when: { ...rule.when, [condition]: value } })}
					remove={() => change({ ...rule, when: without(rule.when, condition) })}
					error={errors(`/rules/${n}/when/${condition}`)}
				/>
			))}
			<Choice
				id={`rule-${n}-add`}
				label={m.value.addCondition}
				value=""
				any="–"
				options={free.map((one) => [one, m.value.conditions[one]] as const)}
				choose={(value) => {
					if (value !== "")
						change({ ...rule, when: { ...rule.when, [value]: firstValue(value as Condition) } });
				}}
			/>
		</fieldset>
	);
}

export function RuleCard(props: Props) {
	const { rule, n, change, errors } = props;
	return (
		<li class="targets-rule">
			<details open={props.open}>
				<summary>
					<span class="muted">{m.value.rule(n + 1)}</span> <strong><Name text={sentence(rule)} /></strong>
				</summary>
				<div class="targets-fields">
					<Conditions {...props} />
					<Choice
						id={`rule-${n}-level`}
						label={m.value.level}
						value={String(rule.level)}
						options={LEVELS.map((level) => [String(level), level === 0 ? m.value.notAsked : t.value.level(level)] as const)}
						choose={(value) => change({ ...rule, level: Number(value) })}
						error={errors(`/rules/${n}/level`)}
					/>
					<TextField
						id={`rule-${n}-due`}
						label={m.value.ruleDue}
						type="date"
						value={rule.due ?? ""}
						change={(value) => change({ ...rule, due: value || null })}
						error={errors(`/rules/${n}/due`)}
					/>
				</div>
			</details>
			<button type="button" class="plain" aria-label={m.value.removeRule(n + 1)} onClick={props.remove}>
				{m.value.remove}
			</button>
		</li>
	);
}

/* Used by the page where rules are only read. */
export function RuleLine({ rule, n }: { rule: Rule; n: number }) {
	return (
		<li class="targets-rule">
			<span class="muted">{m.value.rule(n + 1)}</span> <Name text={sentence(rule)} />
		</li>
	);
}

