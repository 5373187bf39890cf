/* A bar of states on a common scale; the figures stand beside it as text, so it is hidden from readers. */
import { STATES, type State } from "../api/types";
import { MARK } from "./State";

interface Segment {
	state: State;
	at: number;
	width: number;
}

const MARK_FROM = 7; /* per cent of the width from which a segment has room for its symbol */

export function segmentsOf(states: Record<State, number>, scale: number): Segment[] {
	const out: Segment[] = [];
	let at = 0;
	for (const state of STATES) {
		const width = scale > 0 ? (states[state] / scale) * 100 : 0;
		if (width > 0) out.push({ state, at, width });
		at += width;
	}
	return out;
}

export function StateBar(props: { states: Record<State, number>; scale: number; tall?: boolean }) {
	const segments = segmentsOf(props.states, props.scale);
	return (
		<svg class={props.tall ? "bar tall" : "bar"} width="100%" aria-hidden="true" focusable="false">
			{segments.map(({ state, at, width }) => (
				<g key={state}>
					<rect class={`seg seg-${state}`} x={`${at}%`} y="0" width={`${width}%`} height="100%" />
					{width >= MARK_FROM && (
						<text class={`mark mark-${state}`} x={`${at + width / 2}%`} y="50%" dy="0.36em" text-anchor="middle">
							{MARK[state]}
						</text>
					)}
				</g>
			))}
		</svg>
	);
}
