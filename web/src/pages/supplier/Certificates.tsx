/* The certificates of a supplier: seen by whom how, and a way to record what one has seen oneself. */
import { useRef, useState } from "preact/hooks";
import { orgPath, send } from "../../api/client";
import { me } from "../../api/session";
import type { Certificate } from "../../api/types";
import { Day } from "../../components/Cells";
import { say } from "../../components/Done";
import { Name } from "../../components/Name";
import { ErrorNotice } from "../../components/Notice";
import { type Column, Table } from "../../components/Table";
import { f, t } from "../../i18n";
import { certificateChanges, certificateShape, certificateView, freshKey, standingOf } from "./certificates";
import { patch } from "./edit";
import { EditDialog } from "./EditDialog";
import { givesStar } from "./timeline";
import { m } from "./texts";
import { w } from "./words";

const pathOf = (org: string, certificate: string): string => orgPath(org, `/certificates/${encodeURIComponent(certificate)}`);

function Evidence({ c }: { c: Certificate }) {
	const { evidences } = w.value;
	if (c.evidence === "registry" || c.evidence === "copy") return <>{evidences[c.evidence]}</>;
	return (
		<span class="unknown-answer">
			<span aria-hidden="true">? </span>
			{evidences.word}
		</span>
	);
}

function Status({ c, today }: { c: Certificate; today: string }) {
	const standing = standingOf(c, today);
	return (
		<span class={standing === "valid" ? "" : "supplier-ended"}>
			<span aria-hidden="true">{standing === "valid" ? "● " : standing === "suspended" || standing === "revoked" ? "▲ " : "– "}</span>
			{w.value.statuses[standing]}
		</span>
	);
}

const ownRecord = (c: Certificate): boolean => me.value?.role === "admin" || typeof c.recorded_by?.actor === "string";

/* One press for what is most often done: it was seen in the register, or as a copy. */
function Actions({ c, failed, edit }: { c: Certificate; failed: (error: unknown) => void; edit: () => void }) {
	const [busy, setBusy] = useState(false);
	const box = useRef<HTMLDivElement>(null);
	/* What others recorded one may confirm, but not take back to a mere word. */
	const own = ownRecord(c);
	const confirm = async (evidence: "registry" | "copy") => {
		/* The pressed button goes away with the question. */
		box.current?.querySelector<HTMLElement>("button:last-child")?.focus();
		setBusy(true);
		failed(null);
		try {
			const { revision } = await send("PATCH", pathOf(c.org, c.certificate), { evidence });
			say(m.value.confirmed(c.registration_no ?? c.certificate), own ? revision : null);
		} catch (error) {
			failed(error);
		} finally {
			setBusy(false);
		}
	};
	return (
		<div class="supplier-actions" ref={box}>
			{(c.evidence ?? "word") === "word" && givesStar(c) && (
				<>
					<button type="button" disabled={busy} onClick={() => void confirm("registry")}>
						{m.value.seenRegistry}
					</button>
					<button type="button" disabled={busy} onClick={() => void confirm("copy")}>
						{m.value.seenCopy}
					</button>
				</>
			)}
			<button type="button" class="plain" onClick={edit} aria-label={m.value.editTitle(c.registration_no ?? c.certificate)}>
				{m.value.edit}
			</button>
		</div>
	);
}

function columnsOf(today: string): Column<Certificate>[] {
	return [
		{
			key: "what",
			head: m.value.cert,
			names: true,
			cell: (c) => (
				<>
					{givesStar(c) ? `${t.value.level(c.level ?? 0)} ` : ""}
					{w.value.schemes[c.scheme] ?? c.scheme}
					{c.registration_no && <code>{c.registration_no}</code>}
				</>
			),
		},
		{ key: "status", head: m.value.status, cell: (c) => <Status c={c} today={today} /> },
		{ key: "from", head: m.value.from, cell: (c) => <Day date={c.issued} /> },
		{
			key: "until",
			head: m.value.until,
			cell: (c) => (c.expires ? <Day date={c.expires} /> : <span class="muted">{m.value.noEnd}</span>),
		},
		{
			key: "scope",
			head: m.value.scope,
			css: "supplier-scope",
			cell: (c) => (
				<>
					{c.scope ? w.value.scopes[c.scope] : <span class="muted">–</span>}
					{c.scope_text && (
						<span class="help">
							<Name text={c.scope_text} />
						</span>
					)}
				</>
			),
		},
		{
			key: "evidence",
			head: m.value.evidence,
			cell: (c) => (
				<>
					<Evidence c={c} />
					{c.recorded_by?.at && (
						<span class="help">
							{c.recorded_by.actor
								? m.value.recorded(c.recorded_by.actor, f.value.instant(c.recorded_by.at))
								: m.value.recordedBy(f.value.instant(c.recorded_by.at))}
						</span>
					)}
				</>
			),
		},
	];
}

function CertificateDialog({ org, of, all, close }: { org: string; of: Certificate | null; all: readonly Certificate[]; close: () => void }) {
	const fresh = of === null;
	const [key] = useState(() => of?.certificate ?? freshKey(all));
	return (
		<EditDialog
			title={fresh ? m.value.addTitle : m.value.editTitle(of.registration_no ?? of.certificate)}
			prefix="cert"
			path={fresh ? null : pathOf(org, key)}
			empty={{ scheme: "scs", scope: "entity", evidence: "word" }}
			shape={certificateShape(fresh)}
			view={fresh ? (record) => record : certificateView}
			write={(record, changes, etag) =>
				fresh
					? send("PUT", pathOf(org, key), { ...record, ...changes }, { ifMatch: null })
					: patch(pathOf(org, key), certificateChanges(changes), etag)
			}
			saved={(revision) => {
				close();
				say(m.value.certSaved, revision);
			}}
			close={close}
		>
			{!fresh && !ownRecord(of) && <p class="muted">{m.value.certOthers}</p>}
		</EditDialog>
	);
}

interface CertificatesProps {
	org: string;
	today: string;
	certificates: readonly Certificate[];
	writes: boolean;
}

export function Certificates({ org, today, certificates, writes }: CertificatesProps) {
	const [editing, setEditing] = useState<Certificate | "new" | null>(null);
	const [error, setError] = useState<unknown>(null);
	const columns = columnsOf(today);
	if (writes)
		columns.push({
			key: "actions",
			head: m.value.actions,
			css: "supplier-actions-cell no-print",
			cell: (c) => <Actions c={c} failed={setError} edit={() => setEditing(c)} />,
		});
	return (
		<>
			{certificates.length === 0 ? (
				<p>{m.value.certificatesNone}</p>
			) : (
				<Table<Certificate> labelledBy="supplier-certificates" columns={columns} rows={certificates} rowKey={(c) => c.certificate} />
			)}
			{error !== null && <ErrorNotice error={error} />}
			{writes && (
				<button type="button" class="supplier-add no-print" onClick={() => setEditing("new")}>
					{m.value.add}
				</button>
			)}
			{editing !== null && (
				<CertificateDialog org={org} of={editing === "new" ? null : editing} all={certificates} close={() => setEditing(null)} />
			)}
		</>
	);
}
