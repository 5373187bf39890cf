/* What to look at first: counts, each of which opens its list. What is zero is said quietly, not hidden. */
import { useMemo } from "preact/hooks";
import { get, isAbort, orgPath } from "../../api/client";
import { chainOf } from "../../api/live";
import { useResource } from "../../api/resource";
import { me } from "../../api/session";
import type { Exposure } from "../../api/types";
import { f } from "../../i18n";
import { buyerHref, generalHref } from "../../router";
import { type Visit, visit } from "./visits";
import { m } from "./texts";

const WEEK = 7;

const addDays = (date: string, days: number): string =>
	new Date(Date.parse(`${date}T00:00:00Z`) + days * 86400000).toISOString().slice(0, 10);

interface Counted {
	week: number;
	lapsed: number;
	candidates: number | null; /* null: not for this reader */
}

interface Task {
	key: string;
	mark: string;
	label: string;
	help: string;
	n: number;
	unit: string;
	href: string;
}

const total = async (id: string, params: Record<string, string>, atLeast: number | null, stop: AbortSignal) =>
	(await get<{ total: number }>(orgPath(id, "/chain"), { ...params, limit: 1, revision_at_least: atLeast }, stop)).total;

async function candidates(stop: AbortSignal): Promise<number | null> {
	if (me.value?.role !== "admin" && me.value?.role !== "risk") return null;
	try {
		const found = await get<{ total?: number; total_at_least?: number }>("/v1/candidates", { limit: 1 }, stop);
		return found.total ?? found.total_at_least ?? null;
	} catch (error) {
		if (isAbort(error)) throw error;
		return null;
	}
}

function tasks(id: string, x: Exposure, since: string, counted: Counted | null): Task[] {
	const texts = m.value;
	const unit = texts.unit;
	const list = (params: Record<string, string>) => buyerHref(id, "suppliers", null, params);
	const to = addDays(x.on, WEEK);
	const out: Task[] = [
		{ key: "overdue", mark: "▲", label: texts.overdue, help: texts.overdueHelp, n: x.gap_timing.overdue, unit, href: list({ state: "gap", timing: "overdue", sort: "due" }) },
		{ key: "week", mark: "▲", label: texts.week, help: texts.weekHelp(f.value.day(to)), n: counted?.week ?? 0, unit, href: list({ state: "gap", due_from: x.on, due_to: to, sort: "due" }) },
		{ key: "lapsed", mark: "▲", label: texts.lapsed(f.value.day(since)), help: texts.lapsedHelp, n: counted?.lapsed ?? 0, unit, href: list({ lapsed_since: since }) },
		{ key: "expiring", mark: "◔", label: texts.expiring(f.value.count(x.horizon)), help: texts.expiringHelp, n: x.states.expiring, unit, href: list({ state: "expiring" }) },
		{ key: "undecided", mark: "?", label: texts.undecided, help: texts.undecidedHelp, n: x.states.undecided, unit, href: list({ state: "undecided" }) },
		{ key: "unconfirmed", mark: "?", label: texts.unconfirmed, help: texts.unconfirmedHelp, n: x.states.unconfirmed, unit, href: list({ state: "unconfirmed" }) },
		{ key: "at-risk", mark: "◔", label: texts.atRisk, help: texts.atRiskHelp, n: x.at_risk, unit, href: list({ at_risk: "true" }) },
		{ key: "clauses", mark: "▲", label: texts.clauses, help: texts.clausesHelp(f.value.count(x.clauses_undetermined)), n: x.clause_gaps, unit: texts.items, href: buyerHref(id, "gaps", null, { rows: "clause" }) },
	];
	if (counted !== null && counted.candidates !== null)
		out.push({ key: "candidates", mark: "?", label: texts.candidates, help: texts.candidatesHelp, n: counted.candidates, unit: texts.pairs, href: generalHref("import") });
	return out;
}

function TaskTile({ task }: { task: Task }) {
	return (
		<li class={task.n === 0 ? "today-task none" : "today-task"}>
			<a href={task.href}>
				<span class="today-label">
					<span aria-hidden="true">{task.mark} </span>
					{task.label}
				</span>
				<span class="today-count">
					<strong data-task={task.key}>{f.value.count(task.n)}</strong>
					{task.unit}
				</span>
			</a>
			<span class="help">{task.help}</span>
		</li>
	);
}

export function Todo({ id, figures }: { id: string; figures: Exposure }) {
	const before = useMemo<Visit | null>(
		() => visit(me.value?.name ?? "", id, { day: figures.on, gaps: figures.gaps }),
		[id, figures.on, figures.gaps],
	);
	const since = before?.day ?? addDays(figures.on, -WEEK);
	const counted = useResource<Counted>(
		async (stop, atLeast) => {
			const [week, lapsed, pairs] = await Promise.all([
				total(id, { state: "gap", due_from: figures.on, due_to: addDays(figures.on, WEEK) }, atLeast, stop),
				total(id, { lapsed_since: since }, atLeast, stop),
				candidates(stop),
			]);
			return { week, lapsed, candidates: pairs };
		},
		chainOf(id),
		[id, figures.on, since],
	);
	const n = f.value.count;
	return (
		<section class="panel" aria-labelledby="todo">
			<h2 id="todo">{m.value.todo}</h2>
			<p class="muted">
				{m.value.todoLead}
				{before !== null && <> {m.value.visit(f.value.day(before.day), n(before.gaps), n(figures.gaps))}</>}
			</p>
			<ul class="today-tasks">
				{tasks(id, figures, since, counted.data.value).map((task) => (
					<TaskTile key={task.key} task={task} />
				))}
			</ul>
		</section>
	);
}
