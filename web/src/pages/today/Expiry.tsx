/* The expiry wave: one table whose first row is drawn as columns, so that picture and figures agree. */
import type { Expiring, Exposure } from "../../api/types";
import { f, t } from "../../i18n";
import { monthsSpan } from "../../i18n/format";
import { type BuyerStore, EXPIRY_DAYS } from "./store";

export interface MonthCount {
	month: string;
	byHeld: Map<number, number>;
	total: number;
}

/* Counts per month and level held today; an item outside the months is none of ours. */
export function waveOf(items: readonly Expiring[], months: readonly string[]): MonthCount[] {
	const rows = new Map(months.map((month) => [month, { month, byHeld: new Map<number, number>(), total: 0 }]));
	for (const item of items) {
		const row = rows.get(item.expires_on.slice(0, 7));
		if (row === undefined) continue;
		row.byHeld.set(item.held, (row.byHeld.get(item.held) ?? 0) + 1);
		row.total++;
	}
	return [...rows.values()];
}

const addDays = (date: string, days: number): string => {
	const at = new Date(`${date}T00:00:00Z`);
	at.setUTCDate(at.getUTCDate() + days);
	return at.toISOString().slice(0, 10);
};

function Column({ row, levels, most }: { row: MonthCount; levels: number[]; most: number }) {
	let below = 0;
	return (
		<svg class="column" width="100%" height="120" aria-hidden="true" focusable="false">
			{levels.map((level) => {
				const height = ((row.byHeld.get(level) ?? 0) / most) * 100;
				below += height;
				return (
					<rect
						key={level}
						class={`wave wave-${level}`}
						x="15%"
						width="70%"
						y={`${100 - below}%`}
						height={`${height}%`}
					/>
				);
			})}
			<line class="ground" x1="0" x2="100%" y1="100%" y2="100%" />
		</svg>
	);
}

function MonthHead({ month, first }: { month: string; first: boolean }) {
	return (
		<th scope="col" class="month">
			{(first || month.endsWith("-01")) && <span class="year">{month.slice(0, 4)}</span>}
			{f.value.month(month)}
		</th>
	);
}

function Wave({ rows, levels }: { rows: MonthCount[]; levels: number[] }) {
	const m = t.value.expiry;
	const most = Math.max(1, ...rows.map((row) => row.total));
	return (
		<div class="scroll" tabIndex={0} role="region" aria-label={m.chart}>
			<table class="wave-table">
				<thead>
					<tr>
						<th scope="col">{m.month}</th>
						{rows.map((row, i) => (
							<MonthHead key={row.month} month={row.month} first={i === 0} />
						))}
					</tr>
				</thead>
				<tbody>
					<tr aria-hidden="true" class="columns">
						<td />
						{rows.map((row) => (
							<td key={row.month}>
								<Column row={row} levels={levels} most={most} />
							</td>
						))}
					</tr>
					{levels.map((level) => (
						<tr key={level}>
							<th scope="row">
								<svg class="swatch" width="12" height="12" aria-hidden="true" focusable="false">
									<rect class={`wave wave-${level}`} width="12" height="12" />
								</svg>
								{m.held(level)}
							</th>
							{rows.map((row) => (
								<td key={row.month} class="num">
									{f.value.count(row.byHeld.get(level) ?? 0)}
								</td>
							))}
						</tr>
					))}
					<tr class="total">
						<th scope="row">{m.total}</th>
						{rows.map((row) => (
							<td key={row.month} class="num">
								{f.value.count(row.total)}
							</td>
						))}
					</tr>
				</tbody>
			</table>
		</div>
	);
}

export function Expiry({ store, figures }: { store: BuyerStore; figures: Exposure }) {
	const items = store.expiring.value ?? [];
	const m = t.value.expiry;
	const rows = waveOf(items, monthsSpan(figures.on, EXPIRY_DAYS));
	const levels = [...new Set(items.map((item) => item.held as number))].sort((a, b) => a - b);
	return (
		<section class="panel" aria-labelledby="expiry">
			<h2 id="expiry">
				{m.title} <span class="count">{m.companies(f.value.count(items.length))}</span>
			</h2>
			<p class="muted">{m.lead(f.value.day(figures.on), f.value.day(addDays(figures.on, EXPIRY_DAYS)))}</p>
			{items.length === 0 ? <p>{m.none}</p> : <Wave rows={rows} levels={levels} />}
			{!store.expiringComplete.value && <p class="muted">{m.cut(f.value.count(items.length))}</p>}
		</section>
	);
}
