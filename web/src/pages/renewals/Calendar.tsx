/* One month as a calendar, and its items as a list. */
import { getAll, orgPath, urlOf } from "../../api/client";
import { chainOf } from "../../api/live";
import { useResource } from "../../api/resource";
import { Supplier } from "../../components/Cells";
import { Choice } from "../../components/Form";
import { Show } from "../../components/Show";
import { Table } from "../../components/Table";
import { f, t } from "../../i18n";
import { query, setQuery } from "../../router";
import { lastDay, shiftMonth, weeks } from "./months";
import { m } from "./texts";

const MOST = 5000;
const ROWS = 60;
const MARKS: Record<string, string> = {
	"level-ends": "◔",
	"self-assessment": "✎",
	"contract-end": "■",
	"clause-review": "§",
	"exception-ends": "◇",
	"gap-due": "▲",
};

interface Item {
	day: string;
	kind: string;
	supplier: string;
	name: string | null;
	tier: number | null;
	level: number | null;
	required: number | null;
	clause: string | null;
	below: boolean | null;
}

function note(item: Item): string {
	const level = t.value.level;
	return [
		item.clause === null ? "" : m.value.clause(item.clause),
		item.level === null ? "" : m.value.held(level(item.level)),
		item.required === null || item.required === 0 ? "" : m.value.asked(level(item.required)),
		item.below ? m.value.below : "",
	]
		.filter((part) => part !== "")
		.join(" · ");
}

function countsOf(items: readonly Item[]): [string, number][] {
	const counts = new Map<string, number>();
	for (const item of items) counts.set(item.kind, (counts.get(item.kind) ?? 0) + 1);
	return [...counts];
}

function DayCell({ day, items, today, chosen }: { day: string | null; items: Item[]; today: string; chosen: boolean }) {
	if (day === null) return <td class="renewals-out" />;
	const n = Number(day.slice(8));
	const css = `renewals-day${day === today ? " today" : ""}${chosen ? " chosen" : ""}`;
	return (
		<td class={css}>
			<span class="renewals-date">{n}</span>
			{items.length > 0 && (
				<button type="button" aria-pressed={chosen} onClick={() => setQuery({ day: chosen ? null : day }, true)}>
					<span class="hidden">{f.value.longDay(day)} </span>
					{countsOf(items).map(([kind, count]) => (
						<span key={kind} title={m.value.kinds[kind]}>
							<span aria-hidden="true">{MARKS[kind]}</span> <span class="hidden">{m.value.kinds[kind]} </span>
							{f.value.count(count)}
						</span>
					))}
				</button>
			)}
		</td>
	);
}

function Grid({ month, items, today, day }: { month: string; items: Item[]; today: string; day: string | null }) {
	return (
		<table class="renewals-grid" aria-label={m.value.calendar(month.replace("-", "/"))}>
			<thead>
				<tr>
					{m.value.weekdays.map((name) => (
						<th key={name} scope="col">
							{name}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{weeks(month).map((week) => (
					<tr key={week.find((one) => one !== null)}>
						{week.map((one, i) => (
							<DayCell
								key={one ?? i}
								day={one}
								items={one === null ? [] : items.filter((item) => item.day === one)}
								today={today}
								chosen={one !== null && one === day}
							/>
						))}
					</tr>
				))}
			</tbody>
		</table>
	);
}

function List({ buyer, items }: { buyer: string; items: Item[] }) {
	return (
		<>
			{items.length > ROWS && <p class="muted">{m.value.cut(f.value.count(ROWS))}</p>}
			<Table<Item & { key: string }>
				label={m.value.what}
				rows={items.slice(0, ROWS).map((item) => ({ ...item, key: `${item.day}${item.kind}${item.clause}${item.supplier}` }))}
				rowKey={(item) => item.key}
				columns={[
					{ key: "day", head: m.value.day, cell: (item) => <span class="date">{f.value.day(item.day)}</span> },
					{
						key: "what",
						head: m.value.what,
						cell: (item) => (
							<>
								<span aria-hidden="true">{MARKS[item.kind]} </span>
								{m.value.kinds[item.kind] ?? item.kind}
							</>
						),
					},
					{ key: "supplier", head: m.value.supplier, names: true, css: "who", cell: (item) => <Supplier buyer={buyer} id={item.supplier} name={item.name} /> },
					{ key: "tier", head: m.value.tier, num: true, cell: (item) => item.tier ?? "–" },
					{ key: "note", head: m.value.note, cell: note },
				]}
			/>
		</>
	);
}

interface Props {
	buyer: string;
	month: string;
	from: string;
	to: string;
	today: string;
}

export function Calendar({ buyer, month, from, to, today }: Props) {
	const kind = query.value.get("kind") ?? "";
	const day = query.value.get("day");
	const found = useResource(
		(stop) => getAll<Item>(orgPath(buyer, "/calendar"), { from: `${month}-01`, to: lastDay(month), kind }, MOST, stop),
		chainOf(buyer),
		[buyer, month, kind],
	);
	const ics = urlOf(orgPath(buyer, "/calendar"), { from, to, kind, format: "ics" });
	const open = (other: string) => setQuery({ month: other, day: null }, true);
	return (
		<section class="panel" aria-labelledby="calendar">
			<h2 id="calendar">{m.value.calendar(month.replace("-", "/"))}</h2>
			<div class="toolbar no-print">
				<button type="button" disabled={month <= from.slice(0, 7)} onClick={() => open(shiftMonth(month, -1))}>
					{m.value.previous}
				</button>
				<button type="button" disabled={month >= to.slice(0, 7)} onClick={() => open(shiftMonth(month, 1))}>
					{m.value.next}
				</button>
				<Choice
					id="kind"
					label={m.value.kind}
					value={kind}
					any={m.value.allKinds}
					options={Object.entries(m.value.kinds)}
					choose={(value) => setQuery({ kind: value, day: null }, true)}
				/>
				<a class="button" href={ics} download={`tierwatch-${from}.ics`} title={m.value.icsHelp}>
					{m.value.ics}
				</a>
			</div>
			<Show of={found}>
				{({ items }) => {
					const shown = day === null ? items : items.filter((item) => item.day === day);
					return items.length === 0 ? (
						<p>{m.value.noneIn}</p>
					) : (
						<>
							<Grid month={month} items={items} today={today} day={day} />
							<p class="shown" role="status">
								{m.value.items(f.value.count(shown.length))}{" "}
								{day !== null && (
									<button type="button" class="plain" onClick={() => setQuery({ day: null }, true)}>
										{m.value.allDays}
									</button>
								)}
							</p>
							<List buyer={buyer} items={shown} />
						</>
					);
				}}
			</Show>
		</section>
	);
}
