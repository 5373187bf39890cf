/* The gaps with the way that leads to each, in the server's order; narrowed by tier, kind and due date. */
import { type Exposure, type Gap, KINDS, type Kind, TIMINGS, type Timing } from "../../api/types";
import { Name } from "../../components/Name";
import { orgName, Path } from "../../components/Path";
import { f, t } from "../../i18n";
import type { BuyerStore } from "./store";

function Choice(props: {
	id: string;
	label: string;
	value: string;
	options: [string, string][];
	choose: (value: string) => void;
}) {
	return (
		<div class="field">
			<label for={props.id}>{props.label}</label>
			<select id={props.id} value={props.value} onChange={(event) => props.choose(event.currentTarget.value)}>
				<option value="">{t.value.gaps.all}</option>
				{props.options.map(([value, label]) => (
					<option key={value} value={value}>
						{label}
					</option>
				))}
			</select>
		</div>
	);
}

function Filters({ store, depth }: { store: BuyerStore; depth: number }) {
	const m = t.value;
	const { tier, kind, timing } = store.filter.value;
	return (
		<fieldset class="filters">
			<legend class="hidden">{m.gaps.filters}</legend>
			<Choice
				id="gap-tier"
				label={m.gaps.tier}
				value={tier === null ? "" : String(tier)}
				options={Array.from({ length: depth }, (_, i) => [String(i + 1), m.tiers.nth(i + 1)])}
				choose={(value) => store.setFilter({ tier: value === "" ? null : Number(value) })}
			/>
			<Choice
				id="gap-kind"
				label={m.gaps.kind}
				value={kind ?? ""}
				options={KINDS.map((value) => [value, m.kinds[value]])}
				choose={(value) => store.setFilter({ kind: (value || null) as Kind | null })}
			/>
			<Choice
				id="gap-timing"
				label={m.gaps.timing}
				value={timing ?? ""}
				options={TIMINGS.map((value) => [value, m.timings[value]])}
				choose={(value) => store.setFilter({ timing: (value || null) as Timing | null })}
			/>
		</fieldset>
	);
}

function Due({ gap }: { gap: Gap }) {
	const m = t.value.gaps;
	if (gap.due === null) return <span class="muted">{m.noDue}</span>;
	const days = gap.due_in_days;
	const left =
		days === null
			? ""
			: days < 0
				? m.late(f.value.count(-days))
				: days === 0
					? m.today
					: m.left(f.value.count(days));
	return (
		<>
			<span class="date">{f.value.day(gap.due)}</span>{" "}
			<span class={gap.timing === "overdue" ? "left late" : "left muted"}>
				{gap.timing === "overdue" && <span aria-hidden="true">▲ </span>}
				{left}
			</span>
		</>
	);
}

function Row({ gap }: { gap: Gap }) {
	const m = t.value;
	const name = orgName(gap.supplier, gap.name);
	return (
		<tr role="row">
			<td role="cell" class="num tier" data-label={m.gaps.tier}>
				{f.value.count(gap.tier)}
			</td>
			<th role="rowheader" scope="row" class="who">
				<Name text={name} />
				{name !== gap.supplier && <code>{gap.supplier}</code>}
			</th>
			<td role="cell" class="level" data-label={m.gaps.required}>
				{m.level(gap.required)}
			</td>
			<td role="cell" class="level" data-label={m.gaps.held}>
				{m.level(gap.held)}
			</td>
			<td role="cell" class="kind" data-label={m.gaps.kind}>
				{m.kinds[gap.kind]}
			</td>
			<td role="cell" class="due" data-label={m.gaps.due}>
				<Due gap={gap} />
			</td>
			<td role="cell" class="planned" data-label={m.gaps.planned}>
				{gap.planned_on === null ? <span class="muted">–</span> : f.value.day(gap.planned_on)}
			</td>
			<td role="cell" class="num" data-label={m.gaps.dependency}>
				{f.value.share(gap.dependency)}
			</td>
			<td role="cell" class="path-cell" data-label={m.gaps.path}>
				<Path ids={gap.path} />
			</td>
		</tr>
	);
}

function Table({ rows }: { rows: Gap[] }) {
	const m = t.value.gaps;
	const heads: [string, string][] = [
		[m.tier, "num"],
		[m.supplier, ""],
		[m.required, ""],
		[m.held, ""],
		[m.kind, ""],
		[m.due, ""],
		[m.planned, ""],
		[m.dependency, "num"],
		[m.path, ""],
	];
	return (
		<table role="table" class="gaps stack" aria-labelledby="gaps">
			<thead role="rowgroup">
				<tr role="row">
					{heads.map(([label, css]) => (
						<th key={label} role="columnheader" scope="col" class={css}>
							{label}
						</th>
					))}
				</tr>
			</thead>
			<tbody role="rowgroup">
				{rows.map((gap) => (
					<Row key={gap.supplier} gap={gap} />
				))}
			</tbody>
		</table>
	);
}

export function Gaps({ store, figures }: { store: BuyerStore; figures: Exposure }) {
	const m = t.value.gaps;
	const rows = store.gaps.value ?? [];
	const { tier, kind, timing } = store.filter.value;
	const whole = tier === null && kind === null && timing === null;
	const shown = f.value.count(rows.length);
	return (
		<section class="panel" aria-labelledby="gaps">
			<h2 id="gaps">{m.title}</h2>
			<p class="muted">{m.lead}</p>
			<Filters store={store} depth={figures.depth} />
			<p class="shown" role="status">
				{whole ? m.shownOf(shown, f.value.count(figures.gaps)) : m.shown(shown)}
			</p>
			{rows.length === 0 ? <p>{m.empty}</p> : <Table rows={rows} />}
			{store.next.value !== null && (
				<button type="button" onClick={() => void store.more()}>
					{m.more}
				</button>
			)}
		</section>
	);
}
