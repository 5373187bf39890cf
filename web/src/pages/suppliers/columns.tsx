/* The columns of the table, and what each is in a CSV file. Which are shown is the reader's choice. */
import type { ComponentChildren } from "preact";
import { signal } from "@preact/signals";
import type { ChainItem } from "../../api/types";
import { Answer, Day, Due, Supplier } from "../../components/Cells";
import { linkTexts } from "../../components/linkFields";
import { Name } from "../../components/Name";
import { orgName, Path } from "../../components/Path";
import { StateLabel } from "../../components/State";
import type { Column } from "../../components/Table";
import { f, t } from "../../i18n";
import { m } from "./texts";

type Row = ChainItem;
type Cell = string | number | boolean | null;
export type ColumnKey = keyof typeof m.value.columnNames;

const KEY = "tierwatch.suppliers.columns";
export const ALWAYS: ColumnKey = "supplier";
const STANDARD: readonly ColumnKey[] = ["tier", "state", "level", "due", "place", "leak", "standstill", "intrusion", "dependency"];

/* The columns in their order; each with its cells in the table and in the file. */
interface Spec {
	cell: (row: Row, buyer: string) => ComponentChildren;
	heads: () => string[];
	csv: (row: Row) => Cell[];
	num?: boolean;
	css?: string;
	sort?: string;
}

const none = () => <span class="muted">–</span>;
const fields = () => linkTexts.value.fields;

function State({ row }: { row: Row }) {
	return (
		<>
			<StateLabel state={row.state} />
			<span class="suppliers-second">
				{row.kind !== null && t.value.kinds[row.kind]}
				{row.state === "expiring" && row.expires_on !== null && f.value.day(row.expires_on)}
				{row.link?.exception && <span class="suppliers-mark">{m.value.exception}</span>}
			</span>
		</>
	);
}

function DueCell({ row }: { row: Row }) {
	return (
		<>
			{row.due === null && row.timing === null ? none() : <Due due={row.due} days={row.due_in_days} timing={row.timing} />}
			{row.planned_on !== null && <span class="suppliers-second">{m.value.planned(f.value.day(row.planned_on))}</span>}
		</>
	);
}

function Place({ row }: { row: Row }) {
	if (row.link === null || (row.link.department === null && row.link.owner === null)) return none();
	return (
		<>
			<Name text={row.link.department ?? "–"} />
			{row.link.owner !== null && (
				<span class="suppliers-second">
					<Name text={row.link.owner} />
				</span>
			)}
		</>
	);
}

const answer = (name: "confidential" | "continuity" | "system_access"): Spec => ({
	cell: ({ link }) => (link === null ? none() : <Answer value={link[name]} />),
	heads: () => [fields()[name]],
	csv: ({ link }) => {
		const value = link?.[name];
		return [link === null ? "" : value === null || value === undefined ? m.value.unknown : value ? m.value.yes : m.value.no];
	},
	css: "suppliers-answer",
});

const SPECS: Record<ColumnKey, Spec> = {
	supplier: {
		cell: (row, buyer) => <Supplier buyer={buyer} id={row.supplier} name={row.name} />,
		heads: () => [m.value.columnNames.supplier, t.value.buyers.id],
		csv: (row) => [orgName(row.supplier, row.name ?? "–"), row.supplier],
		css: "suppliers-who",
		sort: "name",
	},
	tier: {
		cell: (row) => f.value.count(row.tier),
		heads: () => [m.value.columnNames.tier],
		csv: (row) => [row.tier],
		num: true,
		sort: "tier",
	},
	state: {
		cell: (row) => <State row={row} />,
		heads: () => [m.value.names.state, m.value.names.kind, m.value.exception],
		csv: (row) => [
			t.value.states[row.state],
			row.kind === null ? "" : t.value.kinds[row.kind],
			row.link?.exception ? m.value.yes : "",
		],
		css: "suppliers-state",
	},
	level: {
		cell: (row) => (
			<span class="suppliers-level">
				{t.value.level(row.required)} / {t.value.level(row.held)}
			</span>
		),
		heads: () => [m.value.names.required, m.value.names.held],
		csv: (row) => [row.required, row.held],
		css: "suppliers-level",
	},
	due: {
		cell: (row) => <DueCell row={row} />,
		heads: () => [m.value.columnNames.due, m.value.names.timing, fields().planned_on],
		csv: (row) => [row.due, row.timing === null ? "" : t.value.timings[row.timing], row.planned_on],
		css: "suppliers-due",
		sort: "due",
	},
	place: {
		cell: (row) => <Place row={row} />,
		heads: () => [fields().department, fields().owner],
		csv: (row) => [row.link?.department ?? "", row.link?.owner ?? ""],
		css: "suppliers-place",
	},
	leak: answer("confidential"),
	standstill: answer("continuity"),
	intrusion: answer("system_access"),
	dependency: {
		cell: (row) => f.value.share(row.dependency),
		heads: () => [m.value.columnNames.dependency],
		csv: (row) => [row.dependency],
		num: true,
		sort: "dependency",
	},
	until: {
		cell: (row) => <Day date={row.held_until} />,
		heads: () => [m.value.columnNames.until],
		csv: (row) => [row.held_until],
	},
	below: {
		cell: (row) =>
			row.unknown_below ? (
				<span class="unknown-answer">
					<span aria-hidden="true">? </span>
					{m.value.belowNone}
				</span>
			) : (
				m.value.belowN(f.value.count(row.suppliers))
			),
		heads: () => [m.value.columnNames.below],
		csv: (row) => [row.unknown_below ? m.value.belowNone : row.suppliers],
		num: true,
	},
	path: {
		cell: (row) => <Path ids={row.path} />,
		heads: () => [m.value.columnNames.path],
		csv: (row) => [row.path.join(" > ")],
		css: "path-cell",
	},
	code: {
		cell: (row) => (row.link?.supplier_code ? <code>{row.link.supplier_code}</code> : none()),
		heads: () => [m.value.columnNames.code],
		csv: (row) => [row.link?.supplier_code ?? ""],
	},
	criticality: {
		cell: (row) => (row.link?.criticality ? linkTexts.value.criticalities[row.link.criticality] : none()),
		heads: () => [m.value.columnNames.criticality],
		csv: (row) => [row.link?.criticality ? linkTexts.value.criticalities[row.link.criticality] : ""],
	},
	spend: {
		cell: (row) => (row.link?.annual_spend != null ? f.value.yen(row.link.annual_spend) : none()),
		heads: () => [fields().annual_spend],
		csv: (row) => [row.link?.annual_spend ?? null],
		num: true,
	},
};

export const COLUMNS = Object.keys(SPECS) as ColumnKey[];

export function chosenFrom(text: string | null): readonly ColumnKey[] {
	try {
		const list: unknown = JSON.parse(text ?? "null");
		if (Array.isArray(list)) return COLUMNS.filter((key) => key !== ALWAYS && list.includes(key));
	} catch {
		/* as at first */
	}
	return STANDARD;
}

export const chosenColumns = signal<readonly ColumnKey[]>(STANDARD);
export const columnsRead = (): void => void (chosenColumns.value = chosenFrom(localStorage.getItem(KEY)));

export function columnToggle(key: ColumnKey, on: boolean): void {
	chosenColumns.value = COLUMNS.filter((one) => one !== ALWAYS && (one === key ? on : chosenColumns.peek().includes(one)));
	localStorage.setItem(KEY, JSON.stringify(chosenColumns.peek()));
}

const shownKeys = (): ColumnKey[] => [ALWAYS, ...chosenColumns.value];

export const tableColumns = (buyer: string): Column<Row>[] =>
	shownKeys().map((key) => {
		const { cell, num, css, sort } = SPECS[key];
		return {
			key,
			head: m.value.columnNames[key],
			cell: (row) => cell(row, buyer),
			...(num ? { num } : {}),
			...(css ? { css } : {}),
			...(sort ? { sort } : {}),
			names: key === ALWAYS,
		};
	});

export const csvHeads = (): string[] => shownKeys().flatMap((key) => SPECS[key].heads());
export const csvRow = (row: Row): Cell[] => shownKeys().flatMap((key) => SPECS[key].csv(row));
