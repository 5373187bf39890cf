/* The suppliers of a chain as a table: filtered, ordered and paged by the server, which is asked for what is shown. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Params } from "../../api/client";
import { nameWant } from "../../api/names";
import type { ChainPage, ChainItem } from "../../api/types";
import { leftJustNow, listRemember } from "../../back";
import { isAnonymous, orgName } from "../../components/Path";
import { ErrorNotice, Loading } from "../../components/Notice";
import { Table } from "../../components/Table";
import { f, t } from "../../i18n";
import { buyerHref, generalHref, query, setQuery, supplierHref } from "../../router";
import { mayWrite, type SectionProps } from "../frame";
import { chosenColumns, columnsRead, tableColumns } from "./columns";
import { Download } from "./Download";
import { FilterBar, type Known, Printed } from "./Filters";
import { filtersOf, paramsOf, sortOf } from "./filters";
import { ROWS, ROWS_MOST, useListing } from "./list";
import { canChoose, type Chosen, Selection } from "./Selection";
import { Strip } from "./Strip";
import { ColumnChoice, Order, SavedFilters } from "./Tools";
import { useKnown } from "./known";
import { m } from "./texts";
import "./suppliers.css";

const rowsOf = (now: URLSearchParams): number => {
	const n = Number(now.get("rows") ?? ROWS);
	return Number.isInteger(n) && n >= ROWS ? Math.min(n, ROWS_MOST) : ROWS;
};

function Empty({ list, filtered }: { list: ChainPage; filtered: boolean }) {
	if (filtered && list.suppliers > 0)
		return (
			<p>
				{m.value.empty} <span class="muted">{m.value.emptyHow}</span>
			</p>
		);
	return (
		<p>
			{m.value.emptyAll} <a href={generalHref("import")}>{m.value.toImport}</a>
		</p>
	);
}

function More({ list, rows }: { list: ChainPage; rows: number }) {
	if (list.next === null) return null;
	const n = f.value.count;
	if (rows >= ROWS_MOST) return <p class="muted">{m.value.tooMany(n(ROWS_MOST))}</p>;
	return (
		<button type="button" class="suppliers-next no-print" onClick={() => setQuery({ rows: rows + ROWS })}>
			{m.value.next(n(Math.min(ROWS, list.total - list.items.length)))}
		</button>
	);
}

function Rows({ buyer, list, chosen }: { buyer: string; list: ChainPage; chosen: Chosen | null }) {
	const columns = useMemo(() => tableColumns(buyer), [buyer, chosenColumns.value, m.value]);
	const { by, order } = sortOf(query.value);
	const toggle = (row: ChainItem) => {
		const next = new Set(chosen?.ids);
		if (!next.delete(row.supplier)) next.add(row.supplier);
		chosen?.set(next);
	};
	const all = (on: boolean) => {
		const next = new Set(chosen?.ids);
		for (const row of list.items.filter(canChoose)) on ? next.add(row.supplier) : next.delete(row.supplier);
		chosen?.set(next);
	};
	return (
		<Table<ChainItem>
			css="suppliers-table"
			labelledBy="suppliers"
			columns={columns}
			rows={list.items}
			rowKey={(row) => row.supplier}
			sorting={{ by, order, choose: (sort, way) => setQuery({ sort, order: way, rows: null }, true) }}
			selecting={
				chosen === null
					? undefined
					: {
							chosen: chosen.ids,
							toggle,
							all,
							can: canChoose,
							label: (row) => m.value.select(orgName(row.supplier, row.name)),
						}
			}
		/>
	);
}

/* A selection is of what was seen: another filter begins another one. */
function useChosen(key: string): Chosen {
	const [ids, set] = useState<ReadonlySet<string>>(new Set());
	const at = useRef(key);
	useEffect(() => {
		if (at.current !== key) set(new Set());
		at.current = key;
	}, [key]);
	return { ids, set };
}

function Count({ list }: { list: ChainPage }) {
	const n = f.value.count;
	return (
		<p class="shown" role="status">
			{list.next === null ? m.value.shownAll(n(list.total)) : m.value.shown(n(list.items.length), n(list.total))}
		</p>
	);
}

/* Whoever comes back from a supplier goes on where they were. */
function focusLeft(buyer: string): void {
	const id = leftJustNow();
	if (id === null) return;
	const href = supplierHref(buyer, id);
	const link = [...document.querySelectorAll<HTMLAnchorElement>(".suppliers-table tbody a")].find(
		(one) => one.getAttribute("href") === href,
	);
	link?.scrollIntoView({ block: "center", behavior: "instant" });
	link?.focus();
}

interface BodyProps {
	buyer: string;
	params: Params;
	rows: number;
	filtered: boolean;
	known: Known;
	seen: (list: ChainPage) => void;
}

function Body({ buyer, params, rows, filtered, known, seen }: BodyProps) {
	const { list, resource, stale } = useListing(buyer, params, rows, chosenColumns.value.includes("path"));
	const { sort: _sort, order: _order, ...narrowed } = params;
	const chosen = useChosen(JSON.stringify(narrowed));
	const writes = mayWrite(buyer);
	useEffect(() => {
		if (list === null) return;
		seen(list);
		focusLeft(buyer);
	}, [list]);
	useEffect(() => listRemember(buyer, buyerHref(buyer, "suppliers", null, Object.fromEntries(query.value))), [query.value]);
	const failed = resource.error.value;
	return (
		<>
			{failed !== null && <ErrorNotice error={failed} retry={resource.refresh} />}
			{list === null && failed === null && <Loading />}
			{list !== null && (
				<div aria-busy={stale} class={stale ? "suppliers-stale" : ""}>
					<div class="suppliers-above">
						<Count list={list} />
						<Order />
						<ColumnChoice />
						{list.total > 0 && <Download buyer={buyer} params={params} />}
					</div>
					{writes && list.total > 0 && (
						<Selection buyer={buyer} params={params} rows={list.items} chosen={chosen} known={known} />
					)}
					{list.items.length === 0 ? (
						<Empty list={list} filtered={filtered} />
					) : (
						<Rows buyer={buyer} list={list} chosen={writes ? chosen : null} />
					)}
					<More list={list} rows={rows} />
				</div>
			)}
		</>
	);
}

export default function Suppliers({ frame }: SectionProps) {
	useEffect(columnsRead, []);
	const filters = filtersOf(query.value);
	const { by, order } = sortOf(query.value);
	const params = { ...paramsOf(filters), sort: by, order };
	const figures = frame.figures.data.value;
	const [known, seen] = useKnown(frame.id, filters);
	const named = [filters.of, filters.to].filter((id): id is string => id !== undefined && !isAnonymous(id));
	useEffect(() => nameWant(named), [named.join()]);
	return (
		<>
			<h1 id="suppliers">{t.value.nav.sections.suppliers}</h1>
			{figures !== null && <Strip figures={figures} />}
			<section class="panel suppliers" aria-labelledby="suppliers">
				<FilterBar depth={figures?.depth ?? 4} known={known}>
					<SavedFilters buyer={frame.id} />
				</FilterBar>
				<Printed depth={figures?.depth ?? 4} />
				<Body
					buyer={frame.id}
					params={params}
					rows={rowsOf(query.value)}
					filtered={Object.keys(filters).length > 0}
					known={known}
					seen={seen}
				/>
			</section>
		</>
	);
}
