/* Where the gaps are: counts in cells, never companies as rows or columns. A cell opens its list. */
import { get, orgPath } from "../../api/client";
import { chainOf } from "../../api/live";
import { useResource } from "../../api/resource";
import type { Kind, State, Timing } from "../../api/types";
import { Choice } from "../../components/Form";
import { Show } from "../../components/Show";
import { MARK } from "../../components/State";
import { f, t } from "../../i18n";
import { buyerHref, type Query, query, setQuery } from "../../router";
import { csvLine, saveCsv } from "../../save";
import type { SectionProps } from "../frame";
import { type Breakdown, type Column, COLUMNS, type Columns, type Figure, figureOf, filledRows, ROWS, type Rows, shadeOf, sum } from "./cells";
import { ClauseList } from "./ClauseList";
import { m } from "./texts";
import "./gaps.css";

const chosen = <T extends string>(all: readonly T[], name: string, other: T): T =>
	all.find((one) => one === query.value.get(name)) ?? other;

function rowName(rows: Rows, key: string): string {
	switch (rows) {
		case "required":
			return t.value.level(Number(key));
		case "kind":
			return t.value.kinds[key as Kind];
		case "timing":
			return t.value.timings[key as Timing];
		case "state":
			return `${MARK[key as State]} ${t.value.states[key as State]}`;
		case "clause":
			return `${key} ${m.value.clauseNames[key] ?? ""}`;
	}
}

function columnName(column: Column): string {
	switch (column.kind) {
		case "tier":
			return t.value.tiers.nth(Number(column.key));
		case "name":
			return String(column.key);
		default:
			return m.value[column.kind];
	}
}

/* The filters of the supplier list that a column stands for; null: no list tells them apart. */
function columnQuery(column: Column, columns: Columns): Query | null {
	switch (column.kind) {
		case "tier":
			return { tier: column.key as number };
		case "name":
			return { [columns]: column.key };
		default:
			return null;
	}
}

function rowQuery(rows: Rows, key: string): Query {
	switch (rows) {
		case "required":
			return { required: key, state: "gap" };
		case "kind":
			return { state: "gap", kind: key };
		case "timing":
			return { state: "gap", timing: key };
		default:
			return { state: key };
	}
}

function hrefOf(id: string, rows: Rows, columns: Columns, key: string, column: Column): string | null {
	const by = columnQuery(column, columns);
	if (rows === "clause") {
		if (column.kind === "tier") return buyerHref(id, "gaps", null, { rows, columns, no: key });
		return column.kind === "name" ? buyerHref(id, "gaps", null, { rows, columns, no: key, by: column.key }) : null;
	}
	return by === null ? null : buyerHref(id, "suppliers", null, { ...rowQuery(rows, key), ...by });
}

function CellText({ figure }: { figure: Figure }) {
	const n = f.value.count;
	return (
		<>
			<strong>{n(figure.n)}</strong>
			{figure.of !== null && <span class="gaps-of"> / {n(figure.of)}</span>}
			{figure.unknown > 0 && (
				<span class="gaps-unknown">
					<span aria-hidden="true">? </span>
					{m.value.unknown(n(figure.unknown))}
				</span>
			)}
		</>
	);
}

function HeatCell({ figure, href, label }: { figure: Figure; href: string | null; label: string }) {
	const quiet = figure.n === 0 && figure.unknown === 0;
	return (
		<td class={`num gaps-cell gaps-shade-${shadeOf(figure)}${quiet ? " zero" : ""}`}>
			{href !== null && figure.n > 0 ? (
				<a href={href}>
					<span class="hidden">{label}: </span>
					<CellText figure={figure} />
				</a>
			) : (
				<CellText figure={figure} />
			)}
		</td>
	);
}

function Heat({ id, b, rows, columns }: { id: string; b: Breakdown; rows: Rows; columns: Columns }) {
	const shown = filledRows(b, rows);
	const figures = b.cells.map((line) => line.map((cell) => figureOf(rows, cell)));
	if (shown.length === 0 || b.columns.length === 0) return <p>{m.value.empty}</p>;
	return (
		<div class="scroll" role="group" aria-labelledby="map" tabIndex={0}>
			<table class="gaps-map" aria-labelledby="map">
				<thead>
					<tr>
						<th scope="col">{m.value.rowKinds[rows]}</th>
						{b.columns.map((column) => (
							<th key={`${column.kind}${column.key}`} scope="col" class="num">
								{columnName(column)}
							</th>
						))}
						<th scope="col" class="num">
							{m.value.total}
						</th>
					</tr>
				</thead>
				<tbody>
					{shown.map((i) => {
						const key = b.rows[i] ?? "";
						const line = figures[i] ?? [];
						return (
							<tr key={key}>
								<th scope="row">{rowName(rows, key)}</th>
								{b.columns.map((column, k) => (
									<HeatCell
										key={`${column.kind}${column.key}`}
										figure={line[k] ?? { n: 0, of: null, unknown: 0 }}
										href={hrefOf(id, rows, columns, key, column)}
										label={m.value.open(rowName(rows, key), columnName(column))}
									/>
								))}
								<td class="num gaps-total">
									<CellText figure={sum(line)} />
								</td>
							</tr>
						);
					})}
				</tbody>
				<tfoot>
					<tr>
						<th scope="row">{m.value.total}</th>
						{b.columns.map((column, k) => (
							<td key={`${column.kind}${column.key}`} class="num gaps-total">
								<CellText figure={sum(figures.map((line) => line[k] ?? { n: 0, of: null, unknown: 0 }))} />
							</td>
						))}
						<td class="num gaps-total">
							<CellText figure={sum(figures.flat())} />
						</td>
					</tr>
				</tfoot>
			</table>
		</div>
	);
}

function save(b: Breakdown, rows: Rows): void {
	saveCsv(`gaps-${rows}-${b.on}.csv`, [
		csvLine([m.value.rowKinds[rows], ...b.columns.map(columnName)]),
		...b.rows.map((key, i) =>
			csvLine([rowName(rows, key), ...(b.cells[i] ?? []).map((cell) => {
				const { n, of, unknown } = figureOf(rows, cell);
				return of === null ? n : `${n} / ${of}${unknown > 0 ? ` (? ${unknown})` : ""}`;
			})]),
		),
	]);
}

export default function GapsPage({ frame }: SectionProps) {
	const { id } = frame;
	const rows = chosen(ROWS, "rows", "required");
	const columns = chosen(COLUMNS, "columns", rows === "clause" ? "department" : "tier");
	const no = query.value.get("no");
	const by = query.value.get("by");
	const found = useResource<Breakdown>(
		(stop, atLeast) => get(orgPath(id, "/breakdown"), { rows, columns, revision_at_least: atLeast }, stop),
		chainOf(id),
		[id, rows, columns],
	);
	const measure = rows === "required" ? m.value.gapsOf : rows === "clause" ? m.value.clauseOf : m.value.suppliers;
	return (
		<>
			<h1>{t.value.nav.sections.gaps}</h1>
			<p class="muted">{m.value.lead}</p>
			<section class="panel" aria-labelledby="map">
				<h2 id="map">
					{m.value.rowKinds[rows]} × {m.value.columnKinds[columns]} <span class="count">{measure}</span>
				</h2>
				<div class="toolbar no-print">
					<Choice
						id="rows"
						label={m.value.rows}
						value={rows}
						options={ROWS.map((one) => [one, m.value.rowKinds[one]] as const)}
						choose={(value) => setQuery({ rows: value, columns: null, no: null, by: null }, true)}
					/>
					<Choice
						id="columns"
						label={m.value.columns}
						value={columns}
						options={COLUMNS.map((one) => [one, m.value.columnKinds[one]] as const)}
						choose={(value) => setQuery({ rows, columns: value, no: null, by: null }, true)}
					/>
					<button type="button" onClick={() => found.data.value && save(found.data.value, rows)}>
						{m.value.csv}
					</button>
				</div>
				<Show of={found}>{(b) => <Heat id={id} b={b} rows={rows} columns={columns} />}</Show>
				{(rows === "required" || rows === "clause") && (
					<p class="muted small">
						{m.value.shade} {m.value.unknownHelp}
					</p>
				)}
			</section>
			{rows === "clause" && no !== null && (
				<ClauseList
					buyer={id}
					no={no}
					by={by !== null && columns !== "tier" ? { name: columns, value: by } : null}
					label={by ?? m.value.total}
					close={() => setQuery({ no: null, by: null }, true)}
				/>
			)}
		</>
	);
}
