/* The buyer's chain in six states, and what else wants a look. */
import { type Exposure, KINDS, STATES, TIMINGS } from "../../api/types";
import { StateBar } from "../../components/Bar";
import { StateSwatch } from "../../components/State";
import { f, t } from "../../i18n";
import { buyerHref } from "../../router";

function States({ figures, id }: { figures: Exposure; id: string }) {
	const m = t.value;
	return (
		<div class="overview">
			<p class="big">
				<span class="muted">{m.summary.suppliers}</span>{" "}
				<strong data-figure="suppliers">{f.value.count(figures.suppliers)}</strong>
				{m.summary.unit}
			</p>
			<StateBar states={figures.states} scale={figures.suppliers} tall />
			<dl class="states">
				{STATES.map((state) => (
					<div key={state} class={`tile tile-${state}`}>
						<dt>
							<StateSwatch state={state} />
							<a href={buyerHref(id, "suppliers", null, { state })}>{m.states[state]}</a>
						</dt>
						<dd>
							<strong data-figure={state}>{f.value.count(figures.states[state])}</strong>
							{m.summary.unit}
							<span class="help">{m.stateHelp[state]}</span>
						</dd>
					</div>
				))}
			</dl>
		</div>
	);
}

function Fact(props: { label: string; value: string; note?: string | null }) {
	return (
		<div>
			<dt>{props.label}</dt>
			<dd>
				<strong>{props.value}</strong>
				{props.note && <span class="help">{props.note}</span>}
			</dd>
		</div>
	);
}

function Split(props: { label: string; pairs: [string, number][] }) {
	return (
		<div class="split">
			<dt>{props.label}</dt>
			<dd>
				<ul>
					{props.pairs.map(([label, n]) => (
						<li key={label}>
							{label} <strong>{f.value.count(n)}</strong>
						</li>
					))}
				</ul>
			</dd>
		</div>
	);
}

function Facts({ figures }: { figures: Exposure }) {
	const m = t.value.summary;
	const n = f.value.count;
	const spendNotes = [
		m.spendOf(f.value.yen(figures.annual_spend)),
		figures.spend_unknown > 0 ? m.spendUnknown(n(figures.spend_unknown)) : "",
		figures.dependency_defaulted > 0 ? m.defaulted(n(figures.dependency_defaulted)) : "",
	].filter((note) => note !== "");
	return (
		<div class="attention">
			<h3>{m.attention}</h3>
			<dl class="facts-list">
				<Split label={m.kinds} pairs={KINDS.map((kind) => [t.value.kinds[kind], figures.gap_kinds[kind]])} />
				<Split
					label={m.timing}
					pairs={TIMINGS.map((timing) => [t.value.timings[timing], figures.gap_timing[timing]])}
				/>
				<Fact label={m.spend} value={f.value.yen(figures.spend_behind_gaps)} note={spendNotes.join(" · ")} />
				<Fact label={m.atRisk} value={n(figures.at_risk)} />
				<Fact label={m.exceptions} value={n(figures.exceptions)} />
				<Fact label={m.clauseGaps} value={n(figures.clause_gaps)} />
				<Fact label={m.undetermined} value={n(figures.clauses_undetermined)} />
			</dl>
		</div>
	);
}

export function Summary({ figures, id }: { figures: Exposure; id: string }) {
	return (
		<section class="panel summary" aria-labelledby="summary">
			<h2 id="summary">{t.value.summary.title}</h2>
			<div class="summary-grid">
				<States figures={figures} id={id} />
				<Facts figures={figures} />
			</div>
		</section>
	);
}
