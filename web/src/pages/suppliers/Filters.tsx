/* What the table is narrowed to, and what it may be narrowed to. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { KINDS, TIMINGS } from "../../api/types";
import { Choice, TextField } from "../../components/Form";
import { linkTexts } from "../../components/linkFields";
import { nameOf } from "../../api/names";
import { isAnonymous, orgName } from "../../components/Path";
import { f, t } from "../../i18n";
import { query, setQuery } from "../../router";
import { FILTERS, type FilterName, type Filters, filtersOf, FURTHER, queryFor, UNSET, withoutFilters } from "./filters";
import { m } from "./texts";

const TYPING_MS = 250;

const set = (name: FilterName, value: string | null): void => setQuery(queryFor({ [name]: value || null }), true);

/* Typed text goes into the address when the fingers rest; what comes from elsewhere goes into the field. */
function Search({ value }: { value: string }) {
	const [text, setText] = useState(value);
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
	const sent = useRef(value);
	useEffect(() => {
		if (value !== sent.current) setText(value);
		sent.current = value;
	}, [value]);
	useEffect(() => () => clearTimeout(timer.current), []);
	const change = (next: string) => {
		setText(next);
		clearTimeout(timer.current);
		timer.current = setTimeout(() => {
			sent.current = next.trim();
			setQuery(queryFor({ q: next.trim() || null }));
		}, TYPING_MS);
	};
	return <TextField id="suppliers-q" label={m.value.search} type="search" value={text} change={change} />;
}

const answers = (): [string, string][] => [
	["true", m.value.yes],
	["false", m.value.no],
	["unknown", m.value.unknown],
];
const flags = (): [string, string][] => [
	["true", m.value.on],
	["false", m.value.off],
];
const places = (texts: readonly string[]): [string, string][] => [
	...texts.map((text): [string, string] => [text, text]),
	[UNSET, m.value.unset],
];

/* The value of a choice that the list does not have is shown too, not dropped. */
const including = (options: [string, string][], value: string | undefined): [string, string][] =>
	value === undefined || options.some(([one]) => one === value) ? options : [...options, [value, value]];

function optionsOf(name: FilterName, depth: number): [string, string][] {
	switch (name) {
		case "tier":
			return Array.from({ length: depth }, (_, i) => [String(i + 1), t.value.tiers.nth(i + 1)]);
		case "timing":
			return TIMINGS.map((one) => [one, t.value.timings[one]]);
		case "kind":
			return KINDS.map((one) => [one, t.value.kinds[one]]);
		case "leak":
		case "standstill":
		case "intrusion":
			return answers();
		case "unknown_below":
		case "at_risk":
		case "exception":
			return flags();
		case "relation":
			return Object.entries(linkTexts.value.relations);
		case "criticality":
			return Object.entries(linkTexts.value.criticalities);
		case "state":
			return Object.entries(t.value.states);
		default:
			return [];
	}
}

function One({ name, filters, options }: { name: FilterName; filters: Filters; options: [string, string][] }) {
	return (
		<Choice
			id={`suppliers-${name}`}
			label={m.value.names[name]}
			value={filters[name] ?? ""}
			options={including(options, filters[name])}
			any={m.value.all}
			choose={(value) => set(name, value)}
		/>
	);
}

function OneDay({ name, filters }: { name: FilterName; filters: Filters }) {
	return (
		<TextField
			id={`suppliers-${name}`}
			label={m.value.names[name]}
			type="date"
			max="9999-12-31"
			value={filters[name] ?? ""}
			change={(value) => set(name, value)}
		/>
	);
}

/* How a filter reads that is on. */
export function told(name: FilterName, value: string, depth: number): string {
	if (name === "of" || name === "to") return isAnonymous(value) ? orgName(value) : nameOf(value);
	if (value === UNSET) return m.value.unset;
	if (name === "required" || name === "held") return t.value.level(Number(value));
	if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return f.value.day(value);
	const options = optionsOf(name, depth);
	return value
		.split(options.length > 0 ? "," : /(?!)/)
		.map((one) => options.find(([key]) => key === one)?.[1] ?? one)
		.join(m.value.comma);
}

function Chips({ filters, depth }: { filters: Filters; depth: number }) {
	const on = FILTERS.filter((name) => filters[name] !== undefined);
	if (on.length === 0) return null;
	return (
		<div class="suppliers-chips no-print">
			<ul>
				{on.map((name) => {
					const text = `${m.value.names[name]}: ${told(name, filters[name] ?? "", depth)}`;
					return (
						<li key={name}>
							<button type="button" aria-label={m.value.remove(text)} onClick={() => set(name, null)}>
								<span class="suppliers-chip">{text}</span> <span aria-hidden="true">×</span>
							</button>
						</li>
					);
				})}
			</ul>
			<button type="button" class="plain" onClick={() => setQuery(withoutFilters(), true)}>
				{m.value.clear}
			</button>
		</div>
	);
}

/* On paper the filters are words: a list that was narrowed says so. */
export function Printed({ depth }: { depth: number }) {
	const filters = filtersOf(query.value);
	const on = FILTERS.filter((name) => filters[name] !== undefined);
	if (on.length === 0) return null;
	return (
		<p class="suppliers-printed">
			{m.value.filters}: {on.map((name) => `${m.value.names[name]} ${told(name, filters[name] ?? "", depth)}`).join(m.value.separator)}
		</p>
	);
}

export interface Known {
	departments: readonly string[];
	owners: readonly string[];
}

export function FilterBar({ depth, known, children }: { depth: number; known: Known; children?: ComponentChildren }) {
	const filters = filtersOf(query.value);
	const further = FURTHER.filter((name) => filters[name] !== undefined).length;
	return (
		<form role="search" aria-label={m.value.filters} onSubmit={(event) => event.preventDefault()} class="suppliers-filters no-print">
			<div class="toolbar">
				<Search value={filters.q ?? ""} />
				<One name="tier" filters={filters} options={optionsOf("tier", depth)} />
				<One name="timing" filters={filters} options={optionsOf("timing", depth)} />
				<One name="department" filters={filters} options={places(known.departments)} />
				<One name="owner" filters={filters} options={places(known.owners)} />
				{children}
			</div>
			<details class="suppliers-more">
				<summary>{further > 0 ? m.value.moreOn(f.value.count(further)) : m.value.more}</summary>
				<div class="toolbar">
					<One name="kind" filters={filters} options={optionsOf("kind", depth)} />
					<One name="leak" filters={filters} options={answers()} />
					<One name="standstill" filters={filters} options={answers()} />
					<One name="intrusion" filters={filters} options={answers()} />
					<OneDay name="due_from" filters={filters} />
					<OneDay name="due_to" filters={filters} />
					<OneDay name="lapsed_since" filters={filters} />
					<One name="unknown_below" filters={filters} options={flags()} />
					<One name="at_risk" filters={filters} options={flags()} />
					<One name="exception" filters={filters} options={flags()} />
				</div>
				<p class="help">{m.value.directOnly}</p>
			</details>
			<Chips filters={filters} depth={depth} />
		</form>
	);
}
