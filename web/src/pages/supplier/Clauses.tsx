/* What was agreed in the contract: which clauses are due, which are wanting and why, and a form for each. */
import { useState } from "preact/hooks";
import { orgPath } from "../../api/client";
import type { Clause, ClauseNo } from "../../api/types";
import { say } from "../../components/Done";
import { Name } from "../../components/Name";
import { type Column, Table } from "../../components/Table";
import { f } from "../../i18n";
import { clauseChanges, clauseShape, clauseView } from "./clauses";
import { put } from "./edit";
import { EditDialog } from "./EditDialog";
import { m } from "./texts";
import { w } from "./words";

function Finding({ c }: { c: Clause }) {
	const s = w.value.clauseStates;
	const [mark, word] = c.undetermined ? ["?", s.undetermined] : c.gap ? ["▲", s.gap] : c.due ? ["●", s.fine] : ["–", s.notDue];
	return (
		<>
			<span class={c.gap ? "late" : c.due ? "" : "muted"}>
				<span aria-hidden="true">{mark} </span>
				{word}
			</span>
			{c.undetermined && <span class="help">{m.value.undeterminedHelp}</span>}
			{c.gap && c.reasons.map((reason) => <span class="help" key={reason}>{w.value.reasons[reason] ?? reason}</span>)}
			{c.late && <span class="help">{m.value.late}</span>}
		</>
	);
}

const DATES = ["agreed_on", "review_by", "reviewed_on", "checked_on", "confirmed_on"] as const;

function Agreement({ c }: { c: Clause }) {
	return (
		<>
			{w.value.clauseStatuses[c.status]}
			{typeof c["reason"] === "string" && (
				<span class="help">
					<Name text={c["reason"]} />
				</span>
			)}
			{DATES.filter((name) => typeof c[name] === "string").map((name) => (
				<span class="help" key={name}>
					{w.value.dates[name](f.value.day(String(c[name])))}
				</span>
			))}
			{typeof c["document"] === "string" && (
				<span class="help">
					<Name text={c["document"]} />
				</span>
			)}
		</>
	);
}

function ClauseDialog({ path, no, close }: { path: string; no: ClauseNo; close: () => void }) {
	return (
		<EditDialog
			title={m.value.clauseEdit(`${no} ${w.value.clauseNames[no]}`)}
			prefix="clause"
			path={path}
			shape={clauseShape(no)}
			view={clauseView}
			write={(record, changes, etag) => put(path, record, clauseChanges(record, changes), etag)}
			saved={(revision) => {
				close();
				say(m.value.clauseSaved(no), revision);
			}}
			close={close}
		/>
	);
}

interface ClausesProps {
	buyer: string;
	supplier: string;
	clauses: readonly Clause[];
	writes: boolean;
}

export function Clauses({ buyer, supplier, clauses, writes }: ClausesProps) {
	const [editing, setEditing] = useState<ClauseNo | null>(null);
	const columns: Column<Clause>[] = [
		{
			key: "no",
			head: m.value.clause,
			names: true,
			cell: (c) => (
				<>
					<span class="supplier-no">{c.no}</span> {w.value.clauseNames[c.no]}
				</>
			),
		},
		{ key: "finding", head: m.value.clauseState, cell: (c) => <Finding c={c} /> },
		{ key: "agreement", head: m.value.clauseStatus, cell: (c) => <Agreement c={c} /> },
	];
	if (writes)
		columns.push({
			key: "edit",
			head: m.value.actions,
			css: "supplier-actions-cell no-print",
			cell: (c) => (
				<button type="button" class="plain" aria-label={m.value.clauseEditShort(c.no)} onClick={() => setEditing(c.no)}>
					{m.value.edit}
				</button>
			),
		});
	return (
		<>
			<p class="muted">{m.value.clausesLead}</p>
			<Table<Clause> css="supplier-clauses" labelledBy="supplier-clauses" columns={columns} rows={clauses} rowKey={(c) => c.no} />
			{editing !== null && (
				<ClauseDialog
					path={orgPath(buyer, `/suppliers/${encodeURIComponent(supplier)}/clauses/${editing}`)}
					no={editing}
					close={() => setEditing(null)}
				/>
			)}
		</>
	);
}
