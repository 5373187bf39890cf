/* How the figures of a chain went: what was recorded each day, with what it was of. */
import { get, orgPath } from "../../api/client";
import { chainOf } from "../../api/live";
import { useResource } from "../../api/resource";
import type { Exposure } from "../../api/types";
import { Choice } from "../../components/Form";
import { Show } from "../../components/Show";
import { MARK } from "../../components/State";
import { f, t } from "../../i18n";
import { buyerHref, query, setQuery } from "../../router";
import { csvLine, saveCsv } from "../../save";
import type { SectionProps } from "../frame";
import { type Band, BANDS, bandOf, sampled, strips, ticks, xOf } from "./bands";
import { m } from "./texts";
import "./trends.css";

const WIDTH = 900;
const HEIGHT = 260;
const LEFT = 56;
const FOOT = 26;
const TABLE_ROWS = 30;
const MARKS: Record<Band, string> = { ...MARK, unknown: "?" };

const bandName = (band: Band): string => (band === "unknown" ? m.value.unknown : t.value.states[band]);

function Legend() {
	return (
		<ul class="trends-legend">
			{BANDS.map((band) => (
				<li key={band}>
					<svg class="swatch" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
						<rect class={`trends-${band}`} x="0.5" y="0.5" width="19" height="19" rx="3" />
						<text class={`trends-mark-${band}`} x="10" y="14" text-anchor="middle">
							{MARKS[band]}
						</text>
					</svg>
					{bandName(band)}
				</li>
			))}
		</ul>
	);
}

/* The first day of each month, thinned until the names have room. */
function monthMarks(days: readonly Exposure[]): { x: number; name: string }[] {
	const firsts = days.flatMap((day, i) => (i > 0 && day.on.slice(0, 7) !== days[i - 1]?.on.slice(0, 7) ? [i] : []));
	const step = Math.ceil(firsts.length / 12) || 1;
	return firsts
		.filter((_, n) => n % step === 0)
		.map((i) => ({ x: xOf(days, i, WIDTH), name: f.value.month(days[i]?.on.slice(0, 7) ?? "") }));
}

function Chart({ days }: { days: Exposure[] }) {
	const most = Math.max(1, ...days.map((day) => day.suppliers));
	const from = f.value.day(days[0]?.on ?? "");
	const to = f.value.day(days.at(-1)?.on ?? "");
	return (
		<svg
			class="trends-chart"
			viewBox={`0 0 ${LEFT + WIDTH + 8} ${HEIGHT + FOOT + 8}`}
			role="img"
			aria-label={m.value.chart(from, to)}
		>
			<g transform={`translate(${LEFT} 8)`}>
				{strips(days, WIDTH, HEIGHT).map(({ band, points }) => (
					<polygon key={band} class={`trends-${band}`} points={points} />
				))}
				{ticks(most).map((n) => {
					const y = HEIGHT - (n / most) * HEIGHT;
					return (
						<g key={n}>
							<line class="trends-grid" x1="0" x2={WIDTH} y1={y} y2={y} />
							<text class="trends-axis" x="-8" y={y} dy="0.35em" text-anchor="end">
								{f.value.count(n)}
							</text>
						</g>
					);
				})}
				{monthMarks(days).map(({ x, name }) => (
					<g key={x}>
						<line class="trends-month" x1={x} x2={x} y1="0" y2={HEIGHT + 5} />
						<text class="trends-axis" x={x} y={HEIGHT + 20} text-anchor="middle">
							{name}
						</text>
					</g>
				))}
			</g>
		</svg>
	);
}

const signed = (n: number, show: (n: number) => string): string =>
	n > 0 ? `+${show(n)}` : n < 0 ? `−${show(-n)}` : "±0";

interface Line {
	key: string;
	name: string;
	of: (day: Exposure) => number;
	/* Beside the latest: what it is of. */
	base: (day: Exposure) => string;
	show?: (n: number) => string;
}

function lines(): Line[] {
	const n = f.value.count;
	const all = (day: Exposure) => m.value.of(n(day.suppliers));
	return [
		...BANDS.map((band) => ({ key: band, name: bandName(band), of: (day: Exposure) => bandOf(day, band), base: all })),
		{ key: "suppliers", name: m.value.suppliers, of: (day) => day.suppliers, base: () => "" },
		{ key: "clauses", name: m.value.clauseGaps, of: (day) => day.clause_gaps, base: () => "" },
		{ key: "undetermined", name: m.value.undetermined, of: (day) => day.clauses_undetermined, base: () => "" },
		{ key: "exceptions", name: m.value.exceptions, of: (day) => day.exceptions, base: () => "" },
		{
			key: "spend",
			name: m.value.spend,
			of: (day) => day.spend_behind_gaps,
			base: (day) => m.value.ofSpend(f.value.yen(day.annual_spend)),
			show: f.value.yen,
		},
	];
}

function Compare({ days }: { days: Exposure[] }) {
	const first = days[0];
	const last = days.at(-1);
	if (first === undefined || last === undefined) return null;
	const span = (Date.parse(last.on) - Date.parse(first.on)) / 86400000;
	const heads = [
		m.value.figure,
		`${m.value.then}（${f.value.day(first.on)}）`,
		`${m.value.now}（${f.value.day(last.on)}）`,
		m.value.change(f.value.count(span)),
	];
	return (
		<table role="table" class="list stack trends-compare" aria-labelledby="states">
			<thead role="rowgroup">
				<tr role="row">
					{heads.map((head, i) => (
						<th key={head} role="columnheader" scope="col" class={i > 0 ? "num" : ""}>
							{head}
						</th>
					))}
				</tr>
			</thead>
			<tbody role="rowgroup">
				{lines().map(({ key, name, of, base, show = f.value.count }) => (
					<tr role="row" key={key}>
						<th role="rowheader" scope="row">
							{name}
						</th>
						<td role="cell" class="num" data-label={heads[1]}>
							{show(of(first))} <span class="muted small">{base(first)}</span>
						</td>
						<td role="cell" class="num" data-label={heads[2]}>
							<strong>{show(of(last))}</strong> <span class="muted small">{base(last)}</span>
						</td>
						<td role="cell" class="num" data-label={heads[3]}>
							{signed(of(last) - of(first), show)}
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

function Days({ days }: { days: Exposure[] }) {
	const { items, step } = sampled(days, TABLE_ROWS);
	const columns = lines();
	return (
		<details>
			<summary>{m.value.table}</summary>
			{step > 1 && <p class="muted">{m.value.every(step)}</p>}
			<div class="scroll" role="region" aria-label={m.value.table} tabIndex={0}>
				<table class="trends-days" aria-label={m.value.table}>
					<thead>
						<tr>
							<th scope="col">{m.value.day}</th>
							{columns.map(({ key, name }) => (
								<th key={key} scope="col" class="num">
									{name}
								</th>
							))}
						</tr>
					</thead>
					<tbody>
						{[...items].reverse().map((day) => (
							<tr key={day.on}>
								<th scope="row">{f.value.day(day.on)}</th>
								{columns.map(({ key, of, show = f.value.count }) => (
									<td key={key} class="num">
										{show(of(day))}
									</td>
								))}
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</details>
	);
}

function save(days: readonly Exposure[]): void {
	const columns = lines();
	saveCsv(`trends-${days.at(-1)?.on ?? ""}.csv`, [
		csvLine([m.value.day, ...columns.map(({ name }) => name)]),
		...days.map((day) => csvLine([day.on, ...columns.map(({ of }) => of(day))])),
	]);
}

const startOf = (today: string, days: number): string =>
	new Date(Date.parse(`${today}T00:00:00Z`) - days * 86400000).toISOString().slice(0, 10);

export default function TrendsPage({ frame }: SectionProps) {
	const range = Number(query.value.get("days") ?? 365);
	const today = frame.figures.data.value?.on ?? null;
	const history = useResource<{ items: Exposure[] }>(
		async (stop, atLeast) =>
			today === null
				? { items: [] }
				: get(orgPath(frame.id, "/history"), { from: startOf(today, range), to: today, revision_at_least: atLeast }, stop),
		chainOf(frame.id),
		[frame.id, range, today],
	);
	return (
		<>
			<h1>{t.value.nav.sections.trends}</h1>
			<p class="muted">{m.value.lead}</p>
			{today !== null && (
				<Show of={history}>
					{({ items: days }) =>
						days.length === 0 ? (
							<section class="panel">
								<p>{m.value.none}</p>
								<a class="button" href={buyerHref(frame.id, "targets")}>
									{m.value.toTargets}
								</a>
							</section>
						) : (
							<section class="panel" aria-labelledby="states">
								<h2 id="states">{m.value.states}</h2>
								<div class="toolbar no-print">
									<Choice
										id="range"
										label={m.value.range}
										value={String(range)}
										options={Object.entries(m.value.ranges)}
										choose={(value) => setQuery({ days: value }, true)}
									/>
									<button type="button" onClick={() => save(days)}>
										{m.value.csv}
									</button>
								</div>
								{days.length < 2 ? <p>{m.value.short}</p> : <Chart days={days} />}
								<Legend />
								<Compare days={days} />
								<Days days={days} />
							</section>
						)
					}
				</Show>
			)}
		</>
	);
}
