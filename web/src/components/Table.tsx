/*
 * A table of rows as the server orders them. At 320 px each row becomes a card, its cells with their headings; roles
 * are written out because such a display takes them away. Sorting is the server's: a heading that can sort is a
 * button. Rows keep their key, so that focus and place survive a new reading.
 */
import type { ComponentChildren } from "preact";
import { t } from "../i18n";

export interface Column<R> {
	key: string;
	head: string;
	cell: (row: R) => ComponentChildren;
	/* Numbers stand to the right. */
	num?: boolean;
	css?: string;
	/* The server's name of the order that this heading chooses. */
	sort?: string;
	/* The cell that names the row. */
	names?: boolean;
}

export interface Sorting {
	by: string;
	order: "asc" | "desc";
	choose: (by: string, order: "asc" | "desc") => void;
}

export interface Selecting<R> {
	chosen: ReadonlySet<string>;
	toggle: (row: R) => void;
	all: (on: boolean) => void;
	label: (row: R) => string;
	/* Rows that cannot be chosen have no box; absent: all can. */
	can?: (row: R) => boolean;
}

function Head<R>({ column, sorting }: { column: Column<R>; sorting: Sorting | undefined }) {
	const css = `${column.num ? "num" : ""} ${column.css ?? ""}`.trim();
	if (column.sort === undefined || sorting === undefined)
		return (
			<th role="columnheader" scope="col" class={css}>
				{column.head}
			</th>
		);
	const on = sorting.by === column.sort;
	const flip = on && sorting.order === "asc" ? "desc" : "asc";
	return (
		<th
			role="columnheader"
			scope="col"
			class={css}
			aria-sort={on ? (sorting.order === "asc" ? "ascending" : "descending") : "none"}
		>
			<button type="button" class="sort" onClick={() => sorting.choose(column.sort ?? "", flip)}>
				{column.head}
				<span aria-hidden="true" class="sort-mark">
					{on ? (sorting.order === "asc" ? "▴" : "▾") : ""}
				</span>
			</button>
		</th>
	);
}

export interface TableProps<R> {
	columns: Column<R>[];
	rows: readonly R[];
	rowKey: (row: R) => string;
	/* The id of the heading that names the table, or a name. */
	labelledBy?: string;
	label?: string;
	sorting?: Sorting | undefined;
	selecting?: Selecting<R> | undefined;
	css?: string;
}

export function Table<R>({ columns, rows, rowKey, labelledBy, label, sorting, selecting, css }: TableProps<R>) {
	const choosable = selecting === undefined ? [] : rows.filter((row) => selecting.can?.(row) ?? true);
	const all = choosable.length > 0 && choosable.every((row) => selecting?.chosen.has(rowKey(row)));
	return (
		<table role="table" class={`list stack ${css ?? ""}`} aria-labelledby={labelledBy} aria-label={label}>
			<thead role="rowgroup">
				<tr role="row">
					{selecting && (
						<th role="columnheader" scope="col" class="check">
							<input
								type="checkbox"
								aria-label={t.value.table.all}
								checked={all}
								disabled={choosable.length === 0}
								onChange={(event) => selecting.all(event.currentTarget.checked)}
							/>
						</th>
					)}
					{columns.map((column) => (
						<Head key={column.key} column={column} sorting={sorting} />
					))}
				</tr>
			</thead>
			<tbody role="rowgroup">
				{rows.map((row) => {
					const key = rowKey(row);
					return (
						<tr role="row" key={key} class={selecting?.chosen.has(key) ? "chosen" : ""}>
							{selecting && (
								<td role="cell" class="check">
									{(selecting.can?.(row) ?? true) && (
										<input
											type="checkbox"
											aria-label={selecting.label(row)}
											checked={selecting.chosen.has(key)}
											onChange={() => selecting.toggle(row)}
										/>
									)}
								</td>
							)}
							{columns.map((column) => {
								const props = {
									class: `${column.num ? "num" : ""} ${column.css ?? ""}`.trim(),
									"data-label": column.head,
								};
								return column.names ? (
									<th role="rowheader" scope="row" key={column.key} {...props}>
										{column.cell(row)}
									</th>
								) : (
									<td role="cell" key={column.key} {...props}>
										{column.cell(row)}
									</td>
								);
							})}
						</tr>
					);
				})}
			</tbody>
		</table>
	);
}
