/*
 * A state is a symbol and a word; colour only helps. Unknown states are grey and hatched, so that
 * they are read neither as good nor as bad.
 */
import type { State } from "../api/types";
import { t } from "../i18n";

export const MARK: Record<State, string> = {
	gap: "▲",
	expiring: "◔",
	undecided: "?",
	unconfirmed: "?",
	met: "●",
	"not-asked": "–",
};

/* The patterns that bars fill the unknown states with; once per page. */
export function StatePatterns() {
	return (
		<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false">
			<defs>
				<pattern id="hatch-undecided" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
					<rect class="hatch-ground" width="6" height="6" />
					<rect class="hatch-line" width="2" height="6" />
				</pattern>
				<pattern id="hatch-unconfirmed" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
					<rect class="hatch-ground" width="6" height="6" />
					<rect class="hatch-line" width="1" height="6" />
				</pattern>
			</defs>
		</svg>
	);
}

export function StateSwatch({ state }: { state: State }) {
	return (
		<svg class="swatch" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
			<rect class={`seg seg-${state}`} x="0.5" y="0.5" width="19" height="19" rx="3" />
			<text class={`mark mark-${state}`} x="10" y="14" text-anchor="middle">
				{MARK[state]}
			</text>
		</svg>
	);
}

export function StateLabel({ state }: { state: State }) {
	return (
		<span class="state" title={t.value.stateHelp[state]}>
			<StateSwatch state={state} />
			{t.value.states[state]}
		</span>
	);
}
