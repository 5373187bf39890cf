/* The tiers of the chain: counts as a table, their shares as bars. */
import { type Exposure, STATES, type TierFigures } from "../../api/types";
import { StateBar } from "../../components/Bar";
import { StateLabel } from "../../components/State";
import { f, t } from "../../i18n";

const LEVELS = [5, 4, 3, 2, 1, 0] as const;

function Num({ n, label, strong }: { n: number; label: string; strong?: boolean }) {
	const text = f.value.count(n);
	return (
		<td role="cell" class={n === 0 ? "num zero" : "num"} data-label={label}>
			{strong ? <strong>{text}</strong> : text}
		</td>
	);
}

function TierRow({ row }: { row: TierFigures }) {
	const m = t.value;
	return (
		<tr role="row">
			<th role="rowheader" scope="row">
				{m.tiers.nth(row.tier)}
			</th>
			<Num n={row.suppliers} label={m.tiers.suppliers} strong />
			<td role="cell" class="bar-cell">
				<StateBar states={row.states} scale={row.suppliers} />
			</td>
			{STATES.map((state) => (
				<Num key={state} n={row.states[state]} label={m.states[state]} />
			))}
			<Num n={row.unknown_below} label={m.tiers.unknownBelow} />
		</tr>
	);
}

function StatesTable({ tiers }: { tiers: TierFigures[] }) {
	const m = t.value;
	return (
		<table role="table" class="tiers stack" aria-labelledby="tiers">
			<thead role="rowgroup">
				<tr role="row">
					<th role="columnheader" scope="col">
						{m.tiers.tier}
					</th>
					<th role="columnheader" scope="col" class="num">
						{m.tiers.suppliers}
					</th>
					<th role="columnheader" scope="col" class="bar-cell">
						{m.tiers.breakdown}
					</th>
					{STATES.map((state) => (
						<th key={state} role="columnheader" scope="col" class="num">
							<StateLabel state={state} />
						</th>
					))}
					<th role="columnheader" scope="col" class="num">
						{m.tiers.unknownBelow}
					</th>
				</tr>
			</thead>
			<tbody role="rowgroup">
				{tiers.map((row) => (
					<TierRow key={row.tier} row={row} />
				))}
			</tbody>
		</table>
	);
}

function HeldTable({ tiers }: { tiers: TierFigures[] }) {
	const m = t.value;
	return (
		<details>
			<summary>{m.tiers.heldTitle}</summary>
			<table class="held">
				<caption class="hidden">{m.tiers.heldTitle}</caption>
				<thead>
					<tr>
						<th scope="col">{m.tiers.tier}</th>
						{LEVELS.map((level) => (
							<th key={level} scope="col" class="num">
								{m.level(level)}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{tiers.map((row) => (
						<tr key={row.tier}>
							<th scope="row">{m.tiers.nth(row.tier)}</th>
							{LEVELS.map((level) => (
								<td key={level} class="num">
									{f.value.count(row.held[String(level)] ?? 0)}
								</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</details>
	);
}

export function Tiers({ figures }: { figures: Exposure }) {
	const m = t.value.tiers;
	return (
		<section class="panel" aria-labelledby="tiers">
			<h2 id="tiers">{m.title}</h2>
			<p class="muted">{m.lead}</p>
			<StatesTable tiers={figures.tiers} />
			<p class="muted small">{m.unknownBelowHelp}</p>
			<HeldTable tiers={figures.tiers} />
		</section>
	);
}
