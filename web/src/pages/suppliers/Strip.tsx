/* How many are in which state; a state pressed is a filter. */
import { type Exposure, STATES } from "../../api/types";
import { StateSwatch } from "../../components/State";
import { f, t } from "../../i18n";
import { query, setQuery } from "../../router";
import { filtersOf, queryFor, toggled } from "./filters";
import { m } from "./texts";

export function Strip({ figures }: { figures: Exposure }) {
	const filters = filtersOf(query.value);
	const tier = figures.tiers.find((one) => String(one.tier) === filters.tier);
	const states = tier?.states ?? figures.states;
	const on = (filters.state ?? "").split(",");
	const all = f.value.count(tier?.suppliers ?? figures.suppliers);
	return (
		<div class="suppliers-strip" role="group" aria-label={m.value.strip}>
			<span class="suppliers-all">
				{tier === undefined ? m.value.stripOf(all) : m.value.stripOfTier(t.value.tiers.nth(tier.tier), all)}
			</span>
			{STATES.map((state) => (
				<button
					key={state}
					type="button"
					aria-pressed={on.includes(state)}
					title={t.value.stateHelp[state]}
					onClick={() => setQuery(queryFor({ state: toggled(filters.state, state) }), true)}
				>
					<StateSwatch state={state} />
					<span>{t.value.states[state]}</span>
					<strong>{f.value.count(states[state])}</strong>
				</button>
			))}
		</div>
	);
}
