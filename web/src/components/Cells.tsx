/* What many tables show in a cell: a supplier, a due date with how long is left, levels. */
import { f, t } from "../i18n";
import { supplierHref } from "../router";
import { Name } from "./Name";
import { isAnonymous, orgName } from "./Path";
import type { Timing } from "../api/types";

/* A supplier's name with its id beneath; leads to its page. A hidden one keeps its opaque id. */
export function Supplier({ buyer, id, name }: { buyer: string; id: string; name: string | null }) {
	const text = orgName(id, name);
	return (
		<>
			<a href={supplierHref(buyer, id)}>
				<Name text={text} />
			</a>
			{text !== id && <code>{isAnonymous(id) ? id.slice(-6) : id}</code>}
		</>
	);
}

export function Due({ due, days, timing }: { due: string | null; days: number | null; timing: Timing | null }) {
	const m = t.value.gaps;
	if (due === null) return <span class="muted">{timing === null ? "–" : m.noDue}</span>;
	const n = f.value.count;
	const left = days === null ? "" : days < 0 ? m.late(n(-days)) : days === 0 ? m.today : m.left(n(days));
	return (
		<>
			<span class="date">{f.value.day(due)}</span>{" "}
			<span class={timing === "overdue" ? "left late" : "left muted"}>
				{timing === "overdue" && <span aria-hidden="true">▲ </span>}
				{left}
			</span>
		</>
	);
}

export function Day({ date }: { date: string | null | undefined }) {
	return date ? <span class="date">{f.value.day(date)}</span> : <span class="muted">–</span>;
}

/* Yes, no, or nobody has answered: the last one is a question, not a no. */
export function Answer({ value }: { value: boolean | null | undefined }) {
	const m = t.value.answers;
	if (value === null || value === undefined)
		return (
			<span class="unknown-answer">
				<span aria-hidden="true">? </span>
				{m.unknown}
			</span>
		);
	return <>{value ? m.yes : m.no}</>;
}
