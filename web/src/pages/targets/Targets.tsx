/*
 * What is asked of suppliers: the rules editor. A draft is kept beside what the server has, so that an event never
 * takes away what somebody is typing; saving compares the record's state (If-Match).
 */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, getTagged, orgPath, send } from "../../api/client";
import { useResource } from "../../api/resource";
import { say } from "../../components/Done";
import { Choice, TextField } from "../../components/Form";
import { ErrorNotice, Loading } from "../../components/Notice";
import { t } from "../../i18n";
import { mayWrite, type SectionProps } from "../frame";
import { Preview } from "./Preview";
import { RuleCard, RuleLine } from "./RuleCard";
import { bodyOf, same, type Targets, TREE } from "./rules";
import { m } from "./texts";
import "./targets.css";

interface Kept {
	targets: Targets | null; /* null: none are set */
	etag: string | null;
}

async function read(id: string, stop: AbortSignal): Promise<Kept> {
	try {
		const { data, etag } = await getTagged<Targets>(orgPath(id, "/targets"), stop);
		return { targets: data, etag };
	} catch (error) {
		if (error instanceof ApiError && error.status === 404) return { targets: null, etag: null };
		throw error;
	}
}

type Errors = (pointer: string) => string | undefined;
const errorsOf =
	(error: unknown): Errors =>
	(pointer) =>
		error instanceof ApiError ? error.errors.find((one) => one.pointer === pointer)?.detail : undefined;

const LEVELS = [0, 3, 4, 5] as const;

function General({ draft, errors }: { draft: Signal<Targets>; errors: Errors }) {
	const set = (change: Partial<Targets>) => {
		draft.value = { ...draft.value, ...change };
	};
	const { own_level, due, depth } = draft.value;
	return (
		<section class="panel" aria-labelledby="general">
			<h2 id="general">{m.value.general}</h2>
			<div class="targets-fields">
				<Choice
					id="own-level"
					label={m.value.ownLevel}
					help={m.value.ownLevelHelp}
					value={String(own_level ?? 3)}
					options={[3, 4, 5].map((level) => [String(level), t.value.level(level)] as const)}
					choose={(value) => set({ own_level: Number(value) })}
					error={errors("/own_level")}
				/>
				<TextField
					id="due"
					type="date"
					label={m.value.due}
					help={m.value.dueHelp}
					value={due ?? ""}
					change={(value) => set({ due: value || null })}
					error={errors("/due")}
				/>
				<Choice
					id="depth"
					label={m.value.depth}
					help={m.value.depthHelp}
					value={String(depth ?? "")}
					any={m.value.depthDefault}
					options={Array.from({ length: 24 }, (_, i) => [String(i + 1), m.value.nTiers(i + 1)] as const)}
					choose={(value) => set({ depth: value === "" ? null : Number(value) })}
					error={errors("/depth")}
				/>
			</div>
		</section>
	);
}

function Rules({ draft, errors }: { draft: Signal<Targets>; errors: Errors }) {
	const rules = draft.value.rules ?? [];
	const added = useSignal(false);
	const set = (next: Targets["rules"]) => {
		draft.value = { ...draft.value, rules: next ?? [], default_rules: false };
	};
	return (
		<section class="panel" aria-labelledby="rules">
			<h2 id="rules">{m.value.rules}</h2>
			{draft.value.default_rules && <p class="muted">{m.value.defaultRules}</p>}
			{rules.length === 0 && <p>{m.value.rulesNone}</p>}
			<ol class="targets-rules">
				{rules.map((rule, n) => (
					<RuleCard
						key={n}
						rule={rule}
						n={n}
						change={(next) => set(rules.map((one, i) => (i === n ? next : one)))}
						remove={() => set(rules.filter((_, i) => i !== n))}
						errors={errors}
						open={added.value && n === rules.length - 1}
					/>
				))}
			</ol>
			<button
				type="button"
				onClick={() => {
					added.value = true;
					set([...rules, { when: {}, level: 3 }]);
				}}
			>
				{m.value.addRule}
			</button>
		</section>
	);
}

function Tiers({ draft, depth, errors }: { draft: Signal<Targets>; depth: number; errors: Errors }) {
	const tiers = draft.value.tiers ?? {};
	const last = Math.max(depth, draft.value.depth ?? 0, ...Object.keys(tiers).map(Number), 2);
	return (
		<section class="panel" aria-labelledby="tiers">
			<h2 id="tiers">{m.value.tiers}</h2>
			<p class="muted">{m.value.tiersHelp}</p>
			<div class="targets-fields">
				{Array.from({ length: last - 1 }, (_, i) => i + 2).map((tier) => (
					<Choice
						key={tier}
						id={`tier-${tier}`}
						label={m.value.tierLevel(tier)}
						value={String(tiers[tier] ?? 0)}
						options={LEVELS.map(
							(level) => [String(level), level === 0 ? m.value.notAsked : t.value.level(level)] as const,
						)}
						choose={(value) => {
							draft.value = { ...draft.value, tiers: { ...tiers, [tier]: Number(value) } };
						}}
						error={errors(`/tiers/${tier}`)}
					/>
				))}
			</div>
		</section>
	);
}

function Foot(props: { changed: boolean; busy: boolean; save: () => void; discard: () => void }) {
	return (
		<div class="targets-foot no-print">
			<span role="status" class="muted">
				{props.changed ? m.value.unsaved : ""}
			</span>
			<button type="button" disabled={!props.changed || props.busy} onClick={props.discard}>
				{m.value.discard}
			</button>
			<button type="button" class="primary" disabled={!props.changed || props.busy} onClick={props.save}>
				{m.value.save}
			</button>
		</div>
	);
}

/* A draft outlives its page, until it is saved or discarded: a look at another page or an ended session takes nothing. */
const draftKey = (buyer: string): string => `tierwatch.targets.${buyer}`;

function draftKept(buyer: string): Targets | null {
	try {
		return JSON.parse(sessionStorage.getItem(draftKey(buyer)) ?? "null") as Targets | null;
	} catch {
		return null;
	}
}

function Editor({ buyer, kept, depth, reload }: { buyer: string; kept: Kept; depth: number; reload: () => void }) {
	const base = useSignal<Kept>(kept);
	const draft = useSignal<Targets>(draftKept(buyer) ?? kept.targets ?? { rules: TREE, own_level: 3, default_rules: true });
	const error = useSignal<unknown>(null);
	const busy = useSignal(false);
	const changed = base.value.targets === null || !same(base.value.targets, draft.value);
	const elsewhere = kept.etag !== base.value.etag;
	useEffect(() => {
		if (changed) sessionStorage.setItem(draftKey(buyer), JSON.stringify(draft.value));
		else sessionStorage.removeItem(draftKey(buyer));
	}, [changed, draft.value]);
	/* Nothing typed: what came from elsewhere is taken over; else it is said. */
	useEffect(() => {
		if (!elsewhere || changed || kept.targets === null) return;
		base.value = kept;
		draft.value = kept.targets;
	}, [kept.etag]);
	const save = async () => {
		busy.value = true;
		try {
			const { revision } = await send("PUT", orgPath(buyer, "/targets"), bodyOf(draft.value), {
				ifMatch: base.value.etag,
			});
			base.value = await read(buyer, new AbortController().signal);
			if (base.value.targets !== null) draft.value = base.value.targets;
			error.value = null;
			say(m.value.saved, revision);
			reload();
		} catch (failure) {
			error.value = failure;
		} finally {
			busy.value = false;
		}
	};
	const discard = () => {
		error.value = null;
		base.value = kept;
		draft.value = kept.targets ?? { rules: TREE, own_level: 3, default_rules: true };
	};
	const lost = error.value instanceof ApiError && error.value.status === 412;
	const errors = errorsOf(error.value);
	return (
		<div class="targets-grid">
			<div>
				{elsewhere && changed && (
					<div class="notice" role="status">
						<p>{m.value.changedElsewhere}</p>
						<button type="button" onClick={discard}>
							{m.value.reload}
						</button>
					</div>
				)}
				<General draft={draft} errors={errors} />
				<Rules draft={draft} errors={errors} />
				<Tiers draft={draft} depth={depth} errors={errors} />
			</div>
			<div class="targets-side">
				<Preview buyer={buyer} draft={draft} changed={changed} />
				{error.value !== null && (lost ? <p class="notice bad" role="alert">{m.value.conflict}</p> : <ErrorNotice error={error.value} />)}
				<Foot changed={changed} busy={busy.value} save={() => void save()} discard={discard} />
			</div>
		</div>
	);
}

function Reader({ targets }: { targets: Targets }) {
	return (
		<section class="panel" aria-labelledby="rules">
			<h2 id="rules">{m.value.rules}</h2>
			<p class="muted">{m.value.readOnly}</p>
			<ol class="targets-rules">
				{(targets.rules ?? []).map((rule, n) => (
					<RuleLine key={n} rule={rule} n={n} />
				))}
			</ol>
			<dl class="facts-list">
				{Object.entries(targets.tiers ?? {}).map(([tier, level]) => (
					<div key={tier}>
						<dt>{m.value.tierLevel(Number(tier))}</dt>
						<dd>{t.value.level(level)}</dd>
					</div>
				))}
			</dl>
		</section>
	);
}

function Nothing({ begin, write }: { begin: () => void; write: boolean }) {
	return (
		<section class="panel">
			<p>
				<strong>{m.value.none}</strong>
			</p>
			{write && (
				<>
					<p class="muted">{m.value.noneHow}</p>
					<button type="button" class="primary" onClick={begin}>
						{m.value.begin}
					</button>
				</>
			)}
		</section>
	);
}

export default function TargetsPage({ frame }: SectionProps) {
	const kept = useResource(
		(stop) => read(frame.id, stop),
		(event) => event.subject === frame.id && event.type === "targets.changed",
		[frame.id],
	);
	const begun = useSignal(false);
	const data = kept.data.value;
	const write = mayWrite(frame.id);
	const depth = frame.figures.data.value?.depth ?? 4;
	return (
		<>
			<h1>{t.value.nav.sections.targets}</h1>
			<p class="muted">{m.value.lead}</p>
			{kept.error.value !== null && <ErrorNotice error={kept.error.value} retry={kept.refresh} />}
			{data === null && kept.error.value === null && <Loading />}
			{data !== null && data.targets === null && !begun.value && (
				<Nothing write={write} begin={() => (begun.value = true)} />
			)}
			{data !== null && !write && data.targets !== null && <Reader targets={data.targets} />}
			{data !== null && write && (data.targets !== null || begun.value) && (
				<Editor buyer={frame.id} kept={data} depth={depth} reload={kept.refresh} />
			)}
		</>
	);
}
