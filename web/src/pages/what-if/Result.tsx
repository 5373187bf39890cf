/* Before and after, side by side. */
import { type Exposure, type SimulatedItem, type SimulatedState, type Simulation, STATES } from "../../api/types";
import { StateBar } from "../../components/Bar";
import { Supplier } from "../../components/Cells";
import { StateLabel } from "../../components/State";
import { Table } from "../../components/Table";
import { f, t } from "../../i18n";
import { m } from "./texts";

const signed = (n: number, show: (n: number) => string): string =>
	n > 0 ? `+${show(n)}` : n < 0 ? `−${show(-n)}` : "±0";

function Row(props: { head: preact.ComponentChildren; before: number; after: number; show?: (n: number) => string }) {
	const { before, after, show = f.value.count } = props;
	return (
		<tr>
			<th scope="row">{props.head}</th>
			<td class="num">{show(before)}</td>
			<td class="num">
				<strong>{show(after)}</strong>
			</td>
			<td class={after === before ? "num zero" : "num whatif-changed"}>{signed(after - before, show)}</td>
		</tr>
	);
}

function Heads() {
	return (
		<thead>
			<tr>
				<th scope="col">{m.value.figure}</th>
				{[m.value.before, m.value.after, m.value.change].map((head) => (
					<th key={head} scope="col" class="num">
						{head}
					</th>
				))}
			</tr>
		</thead>
	);
}

function Bars({ found }: { found: Simulation }) {
	const scale = Math.max(found.before.suppliers, found.after.suppliers);
	const bar = (label: string, x: Exposure) => (
		<div class="whatif-bar">
			<span>{label}</span>
			<StateBar states={x.states} scale={scale} tall />
		</div>
	);
	return (
		<div class="whatif-bars">
			{bar(m.value.before, found.before)}
			{bar(m.value.after, found.after)}
		</div>
	);
}

function Figures({ found: { before, after } }: { found: Simulation }) {
	return (
		<div class="whatif-tables">
			<table aria-label={m.value.result}>
				<Heads />
				<tbody>
					{STATES.map((state) => (
						<Row key={state} head={<StateLabel state={state} />} before={before.states[state]} after={after.states[state]} />
					))}
					<Row head={m.value.suppliers} before={before.suppliers} after={after.suppliers} />
					<Row head={m.value.spend} before={before.spend_behind_gaps} after={after.spend_behind_gaps} show={f.value.yen} />
				</tbody>
			</table>
			<table aria-label={m.value.byTier}>
				<Heads />
				<tbody>
					{after.tiers.map((tier, i) => (
						<Row key={tier.tier} head={t.value.tiers.nth(tier.tier)} before={before.tiers[i]?.gaps ?? 0} after={tier.gaps} />
					))}
				</tbody>
			</table>
		</div>
	);
}

function Side({ side }: { side: SimulatedState | null }) {
	if (side === null) return <span class="muted">{m.value.absent}</span>;
	return (
		<span class="whatif-side">
			<StateLabel state={side.state} />
			<span class="muted small">
				{t.value.level(side.required)} / {t.value.level(side.held)}
			</span>
		</span>
	);
}

function Items({ buyer, found }: { buyer: string; found: Simulation }) {
	if (found.items_total === 0) return null;
	const n = f.value.count;
	return (
		<>
			<h3 id="items">
				{m.value.items} <span class="count">{n(found.items_total)}</span>
			</h3>
			{found.truncated && <p class="muted">{m.value.itemsOf(n(found.items.length), n(found.items_total))}</p>}
			<Table<SimulatedItem>
				labelledBy="items"
				rows={found.items}
				rowKey={(item) => item.supplier}
				columns={[
					{ key: "tier", head: t.value.gaps.tier, num: true, cell: (item) => n(item.tier) },
					{ key: "supplier", head: m.value.supplier, names: true, css: "who", cell: (item) => <Supplier buyer={buyer} id={item.supplier} name={item.name} /> },
					{ key: "how", head: m.value.how, cell: (item) => m.value.hows[item.change] },
					{ key: "from", head: m.value.from, cell: (item) => <Side side={item.before} /> },
					{ key: "to", head: m.value.to, cell: (item) => <Side side={item.after} /> },
				]}
			/>
		</>
	);
}

export function Result({ buyer, found }: { buyer: string; found: Simulation }) {
	const n = f.value.count;
	const moved = found.entered > 0 || found.left > 0;
	return (
		<>
			<p class="whatif-words" role="status">
				{found.items_total === 0 ? m.value.same : m.value.words(n(found.opened), n(found.closed))}
				{moved && ` ${m.value.moved(n(found.entered), n(found.left))}`}
			</p>
			<Bars found={found} />
			<Figures found={found} />
			<p class="muted">{m.value.written}</p>
			<Items buyer={buyer} found={found} />
		</>
	);
}
