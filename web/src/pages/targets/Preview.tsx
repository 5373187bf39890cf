/* What the figures would be with the targets as they stand in the form: asked of the server, nothing is written. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { isAbort, send } from "../../api/client";
import { seenRevision } from "../../api/live";
import { type Simulation, STATES } from "../../api/types";
import { ErrorNotice } from "../../components/Notice";
import { StateLabel } from "../../components/State";
import { f, t } from "../../i18n";
import { bodyOf, type Targets } from "./rules";
import { m } from "./texts";

const WAIT_MS = 350; /* while somebody types */

function words(found: Simulation): string {
	const n = f.value.count;
	const texts = m.value;
	const opened = found.opened === 0 ? texts.openedNone : texts.opened(n(found.opened));
	const unknown = found.opened > 0 && found.opened_undecided > 0 ? texts.ofThese(n(found.opened_undecided)) : "";
	const closed = found.closed === 0 ? texts.closedNone : texts.closed(n(found.closed));
	return `${opened}${unknown}${t.value.comma}${closed}`;
}

const signed = (n: number): string => (n > 0 ? `+${f.value.count(n)}` : n < 0 ? `−${f.value.count(-n)}` : "±0");

function Compare({ found }: { found: Simulation }) {
	return (
		<table class="targets-compare">
			<thead>
				<tr>
					<th scope="col">{m.value.state}</th>
					<th scope="col" class="num">
						{m.value.before}
					</th>
					<th scope="col" class="num">
						{m.value.after}
					</th>
					<th scope="col" class="num">
						{m.value.change}
					</th>
				</tr>
			</thead>
			<tbody>
				{STATES.map((state) => {
					const before = found.before.states[state];
					const after = found.after.states[state];
					return (
						<tr key={state}>
							<th scope="row">
								<StateLabel state={state} />
							</th>
							<td class="num">{f.value.count(before)}</td>
							<td class="num">
								<strong>{f.value.count(after)}</strong>
							</td>
							<td class={after === before ? "num zero" : "num"}>{signed(after - before)}</td>
						</tr>
					);
				})}
			</tbody>
		</table>
	);
}

export function Preview({ buyer, draft, changed }: { buyer: string; draft: Signal<Targets>; changed: boolean }) {
	const found = useSignal<Simulation | null>(null);
	const error = useSignal<unknown>(null);
	const waiting = useSignal(false);
	const body = JSON.stringify(bodyOf(draft.value));
	const revision = seenRevision.value;
	useEffect(() => {
		if (!changed) {
			found.value = null;
			error.value = null;
			return;
		}
		const stop = new AbortController();
		waiting.value = true;
		const timer = setTimeout(() => {
			const changes = [{ op: "set-targets", targets: JSON.parse(body) as unknown }];
			send<Simulation>("POST", "/v1/simulations", { procurer: buyer, changes, limit: 1 }, { signal: stop.signal })
				.then(({ data }) => {
					found.value = data;
					error.value = null;
					waiting.value = false;
				})
				.catch((failure) => {
					if (isAbort(failure)) return;
					error.value = failure;
					waiting.value = false;
				});
		}, WAIT_MS);
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [body, changed, revision]);
	return (
		<section class="panel targets-preview" aria-labelledby="preview">
			<h2 id="preview">{m.value.preview}</h2>
			<div role="status" aria-live="polite" aria-busy={waiting.value}>
				{!changed && <p class="muted">{m.value.previewNone}</p>}
				{changed && found.value === null && error.value === null && <p class="muted">{m.value.previewWait}</p>}
				{changed && found.value !== null && error.value === null && (
					<p class="targets-words">{words(found.value)}</p>
				)}
			</div>
			{changed && error.value !== null && (
				<>
					<p>{m.value.previewBad}</p>
					<ErrorNotice error={error.value} />
				</>
			)}
			{changed && found.value !== null && error.value === null && (
				<>
					<Compare found={found.value} />
					<p class="muted small">{m.value.nothingWritten}</p>
				</>
			)}
		</section>
	);
}
