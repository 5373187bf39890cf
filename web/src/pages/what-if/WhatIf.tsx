/* What the figures would be after changes that nobody makes. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, get, isAbort, orgPath, send } from "../../api/client";
import { seenRevision } from "../../api/live";
import { nameRemember, nameWant } from "../../api/names";
import { useResource } from "../../api/resource";
import type { Simulation } from "../../api/types";
import { Choice, TextField } from "../../components/Form";
import { ErrorNotice } from "../../components/Notice";
import { t } from "../../i18n";
import { query, setQuery } from "../../router";
import type { SectionProps } from "../frame";
import { bodyOf, type Change, type TargetsNow } from "./changes";
import { Compose } from "./Compose";
import { Points } from "./Points";
import { Result } from "./Result";
import { m } from "./texts";
import "./what-if.css";

async function targetsOf(id: string, stop: AbortSignal): Promise<TargetsNow> {
	try {
		const { recorded_by: _r, org: _o, ...targets } = await get<TargetsNow>(orgPath(id, "/targets"), {}, stop);
		return targets;
	} catch (error) {
		if (error instanceof ApiError && error.status === 404) return { rules: [] };
		throw error;
	}
}

function first(): Change[] {
	const lapse = query.peek().get("lapse");
	if (lapse === null) return [];
	nameWant([lapse]);
	return [{ kind: "lapse", org: lapse }];
}

export default function WhatIfPage({ frame }: SectionProps) {
	const { id } = frame;
	const changes = useSignal<Change[]>(first());
	const found = useSignal<Simulation | null>(null);
	const error = useSignal<unknown>(null);
	const busy = useSignal(false);
	const result = useRef<HTMLElement>(null);
	const depth = query.value.get("depth") ?? "";
	const on = query.value.get("on") ?? "";
	const targets = useResource<TargetsNow>((stop) => targetsOf(id, stop), (event) => event.type === "targets.changed" && event.subject === id, [id]);
	const figures = frame.figures.data.value;
	const body = targets.data.value === null ? null : JSON.stringify(bodyOf(changes.value, targets.data.value));
	const revision = seenRevision.value;
	useEffect(() => {
		if (changes.value.length === 0 || body === null) {
			found.value = null;
			error.value = null;
			return;
		}
		const stop = new AbortController();
		busy.value = true;
		const asked = {
			procurer: id,
			changes: JSON.parse(body) as unknown,
			limit: 200,
			...(depth === "" ? {} : { depth: Number(depth) }),
			...(on === "" ? {} : { on }),
		};
		send<Simulation>("POST", "/v1/simulations", asked, { signal: stop.signal })
			.then(({ data }) => {
				found.value = data;
				error.value = null;
				busy.value = false;
			})
			.catch((failure) => {
				if (isAbort(failure)) return;
				error.value = failure;
				busy.value = false;
			});
		return () => stop.abort();
	}, [body, depth, on, revision]);
	if (figures !== null) nameRemember(id, frame.org.data.value?.name ?? null);
	return (
		<>
			<h1>{t.value.nav.sections["what-if"]}</h1>
			<p class="muted">{m.value.lead}</p>
			<Compose buyer={id} changes={changes} depth={figures?.depth ?? 4} />
			<section class="panel" aria-labelledby="result" aria-busy={busy.value} ref={result}>
				<h2 id="result">{m.value.result}</h2>
				<div class="toolbar no-print">
					<TextField id="on" type="date" label={m.value.on} value={on} change={(value) => setQuery({ on: value })} />
					<Choice
						id="depth"
						label={m.value.depth}
						value={depth}
						any={figures === null ? "–" : t.value.buyer.depth(figures.depth)}
						options={Array.from({ length: 24 }, (_, i) => [String(i + 1), t.value.buyer.depth(i + 1)] as const)}
						choose={(value) => setQuery({ depth: value }, true)}
					/>
				</div>
				{changes.value.length === 0 && <p class="muted">{m.value.none}</p>}
				{changes.value.length > 0 && found.value === null && error.value === null && <p class="muted">{m.value.computing}</p>}
				{error.value !== null && (
					<>
						<p>{m.value.bad}</p>
						<ErrorNotice error={error.value} />
					</>
				)}
				{changes.value.length > 0 && error.value === null && found.value !== null && <Result buyer={id} found={found.value} />}
			</section>
			<Points
				buyer={id}
				lapse={(point) => {
					nameRemember(point.supplier, point.name);
					changes.value = [{ kind: "lapse", org: point.supplier }];
					result.current?.scrollIntoView({ block: "start" });
				}}
			/>
		</>
	);
}
