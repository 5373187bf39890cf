/* The wave: one column a month, and the same as a table. */
import { f } from "../../i18n";
import { countOf, endsOf, heightOf, type Month, partOfMonth, SERIES, type Series } from "./months";
import { m } from "./texts";

const WIDTH = 960;
const HEIGHT = 190;
const LEFT = 48;

function Legend({ shown }: { shown: readonly Series[] }) {
	return (
		<ul class="renewals-legend">
			{shown.map((series) => (
				<li key={series}>
					<svg width="18" height="18" aria-hidden="true" focusable="false">
						<rect class={`renewals-${series}`} x="0.5" y="0.5" width="17" height="17" rx="2" />
					</svg>
					{m.value.series[series]}
				</li>
			))}
		</ul>
	);
}

function Patterns() {
	return (
		<defs>
			<pattern id="renewals-self" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
				<rect class="renewals-self-ground" width="6" height="6" />
				<rect class="renewals-self-line" width="2.5" height="6" />
			</pattern>
		</defs>
	);
}

function Column({ month, x, width, most, shown }: { month: Month; x: number; width: number; most: number; shown: readonly Series[] }) {
	let top = HEIGHT;
	return (
		<g>
			{shown.map((series) => {
				const height = (countOf(month, series) / most) * HEIGHT;
				top -= height;
				return height > 0 && <rect key={series} class={`renewals-${series}`} x={x + width * 0.14} width={width * 0.72} y={top} height={height} />;
			})}
			{heightOf(month) > 0 && (
				<text class="renewals-count" x={x + width / 2} y={top - 4} text-anchor="middle">
					{f.value.count(heightOf(month))}
				</text>
			)}
		</g>
	);
}

export function Chart({ months, today }: { months: Month[]; today: string }) {
	const shown = SERIES.filter((series) => months.some((month) => countOf(month, series) > 0));
	const most = Math.max(1, ...months.map(heightOf)) * 1.08;
	const width = WIDTH / months.length;
	const at = months.findIndex((month) => month.month === today.slice(0, 7));
	const x = (at + partOfMonth(today)) * width;
	return (
		<>
			<svg
				class="renewals-chart"
				viewBox={`0 0 ${LEFT + WIDTH + 4} ${HEIGHT + 62}`}
				role="img"
				aria-label={m.value.chart(months[0]?.month ?? "", months.at(-1)?.month ?? "")}
			>
				<Patterns />
				<g transform={`translate(${LEFT} 20)`}>
					<line class="renewals-ground" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
					{months.map((month, i) => (
						<Column key={month.month} month={month} x={i * width} width={width} most={most} shown={shown} />
					))}
					{months.map((month, i) => (
						<text key={month.month} class="renewals-axis" x={(i + 0.5) * width} y={HEIGHT + 18} text-anchor="middle">
							{f.value.month(month.month)}
							{(i === 0 || month.month.endsWith("-01")) && (
								<tspan x={(i + 0.5) * width} dy="16">
									{month.month.slice(0, 4)}
								</tspan>
							)}
						</text>
					))}
					{at >= 0 && (
						<g>
							<line class="renewals-today" x1={x} x2={x} y1="-6" y2={HEIGHT} />
							<text class="renewals-axis" x={x + 4} y="-6">
								{m.value.today}
							</text>
						</g>
					)}
				</g>
			</svg>
			<Legend shown={shown} />
		</>
	);
}

export function MonthTable({ months, chosen, choose }: { months: Month[]; chosen: string; choose: (month: string) => void }) {
	const columns: [string, (month: Month) => number][] = [
		[m.value.columns.ends, endsOf],
		[m.value.columns.required, (month) => month.required],
		[m.value.columns.self, (month) => month.self_assessments],
		[m.value.columns.contract, (month) => month.contract_ends],
		[m.value.columns.review, (month) => month.clause_reviews],
		[m.value.columns.exceptions, (month) => month.exceptions],
		[m.value.columns.due, (month) => month.due],
	];
	return (
		<table role="table" class="list stack renewals-months" aria-labelledby="wave">
			<thead role="rowgroup">
				<tr role="row">
					<th role="columnheader" scope="col">
						{m.value.month}
					</th>
					{columns.map(([head]) => (
						<th key={head} role="columnheader" scope="col" class="num">
							{head}
						</th>
					))}
				</tr>
			</thead>
			<tbody role="rowgroup">
				{months.map((month) => (
					<tr role="row" key={month.month} class={month.month === chosen ? "chosen" : ""}>
						<th role="rowheader" scope="row">
							<button
								type="button"
								class="plain"
								aria-label={m.value.openMonth(month.month.replace("-", "/"))}
								aria-current={month.month === chosen ? "true" : undefined}
								onClick={() => choose(month.month)}
							>
								{month.month.replace("-", "/")}
							</button>
						</th>
						{columns.map(([head, of]) => (
							<td key={head} role="cell" class={of(month) === 0 ? "num zero" : "num"} data-label={head}>
								{f.value.count(of(month))}
							</td>
						))}
					</tr>
				))}
			</tbody>
		</table>
	);
}
