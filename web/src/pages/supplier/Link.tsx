/* The buyer's link to the supplier: all that is written down of it, and the form that changes it. */
import type { ComponentChildren } from "preact";
import { orgPath } from "../../api/client";
import { Answer, Day } from "../../components/Cells";
import { say } from "../../components/Done";
import { linkField, type LinkField, linkTexts } from "../../components/linkFields";
import { Name } from "../../components/Name";
import { f, t } from "../../i18n";
import type { LinkRecord } from "./data";
import { patch } from "./edit";
import { EditDialog } from "./EditDialog";
import { m } from "./texts";

const GROUPS: Record<keyof typeof m.value.groups, readonly LinkField[]> = {
	questions: ["confidential", "continuity", "system_access", "decided_on", "decided_by"],
	asked: ["required_level", "due", "planned_on", "scope_fit", "reason", "until"],
	business: ["relation", "criticality", "sole_source", "dependency", "annual_spend", "start", "end"],
	place: ["department", "owner", "supplier_code", "disclosure", "source", "confirmed_on", "note"],
};
type Group = keyof typeof GROUPS;
const ORDER: readonly Group[] = ["questions", "asked", "business", "place"];

const known = <K extends string>(of: Record<K, string>, value: unknown): string | undefined =>
	(of as Record<string, string>)[String(value)];

function text(name: LinkField, value: unknown): ComponentChildren {
	const l = linkTexts.value;
	switch (name) {
		case "confidential":
		case "continuity":
		case "system_access":
		case "sole_source":
			return <Answer value={value as boolean | undefined} />;
		case "required_level":
			return value === undefined ? l.byRules : value === 0 ? l.askNothing : t.value.level(Number(value));
		default:
			break;
	}
	if (value === undefined || value === null) return <span class="muted">–</span>;
	switch (name) {
		case "due":
		case "until":
		case "decided_on":
		case "planned_on":
		case "confirmed_on":
		case "start":
		case "end":
			return <Day date={String(value)} />;
		case "annual_spend":
			return f.value.yen(Number(value));
		case "dependency":
			return f.value.share(Number(value));
		case "relation":
			return known(l.relations, value) ?? String(value);
		case "criticality":
			return known(l.criticalities, value) ?? String(value);
		case "scope_fit":
			return known(l.fits, value) ?? String(value);
		case "disclosure":
			return known(l.disclosures, value) ?? String(value);
		default:
			return <Name text={String(value)} />;
	}
}

/* Where the level comes from; an exception is never hidden. */
function Source({ record }: { record: LinkRecord }) {
	const level = t.value.level(Number(record["effective_level"] ?? 0));
	const source = record["level_source"] as { kind?: string; rule?: number } | undefined;
	const from =
		source?.kind === "explicit"
			? m.value.explicit(level)
			: source?.kind === "rule"
				? m.value.byRule(f.value.count((source.rule ?? 0) + 1), level)
				: m.value.byNothing;
	return (
		<>
			<p class="muted">{from}</p>
			{record["active"] === false && <p class="notice">{m.value.inactive}</p>}
			{record["exception"] === true && (
				<div class="notice supplier-exception">
					<p>
						<span aria-hidden="true">▲ </span>
						<strong>{m.value.exceptionNow(level)}</strong>{" "}
						{record["until"] ? m.value.exceptionUntil(f.value.day(String(record["until"]))) : m.value.exceptionNoUntil}{" "}
						{record["reason"] ? <Name text={String(record["reason"])} /> : m.value.exceptionNoReason}
					</p>
				</div>
			)}
			{record["scope_fit"] === "no" && (
				<p class="notice">
					<span aria-hidden="true">▲ </span>
					{m.value.scopeGap}
				</p>
			)}
		</>
	);
}

function Recorded({ record }: { record: LinkRecord }) {
	const by = record["recorded_by"] as { actor?: string | null; at?: string | null } | null | undefined;
	if (!by?.at) return null;
	const at = f.value.instant(by.at);
	return <p class="muted small">{by.actor ? m.value.recorded(by.actor, at) : m.value.recordedBy(at)}</p>;
}

export function Link({ record }: { record: LinkRecord }) {
	return (
		<>
			<Source record={record} />
			<div class="supplier-link">
				{ORDER.map((group) => (
					<section key={group} aria-labelledby={`supplier-${group}`}>
						<h3 id={`supplier-${group}`}>{m.value.groups[group]}</h3>
						<dl class="facts-list">
							{GROUPS[group].map((name) => (
								<div key={name}>
									<dt>{linkTexts.value.fields[name]}</dt>
									<dd>{text(name, record[name])}</dd>
								</div>
							))}
						</dl>
					</section>
				))}
			</div>
			<Recorded record={record} />
		</>
	);
}

export function LinkDialog({ buyer, supplier, close }: { buyer: string; supplier: string; close: () => void }) {
	const path = orgPath(buyer, `/suppliers/${encodeURIComponent(supplier)}`);
	return (
		<EditDialog
			title={m.value.linkEdit}
			prefix="link"
			path={path}
			shape={{ fields: ORDER.flatMap((group) => GROUPS[group].map((name) => linkField(name))), lists: [] }}
			groups={ORDER.map((group) => ({ title: m.value.groups[group], names: GROUPS[group] }))}
			write={(_record, changes, etag) => patch(path, changes, etag)}
			saved={(revision) => {
				close();
				say(m.value.linkSaved, revision);
			}}
			close={close}
		/>
	);
}
