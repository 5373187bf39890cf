/* The newest entries of the log, in words. Whole exports are the command line's work. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, get, isAbort, urlOf } from "../../api/client";
import { useResource } from "../../api/resource";
import { headers } from "../../api/session";
import { ErrorNotice } from "../../components/Notice";
import { Table } from "../../components/Table";
import { f } from "../../i18n";
import { m } from "./texts";

interface Op {
	op: "put" | "merge" | "delete";
	entity: string;
	org?: string;
	procurer?: string;
	supplier?: string;
	certificate?: string;
	no?: string;
}

interface Entry {
	revision: number;
	part?: number;
	at?: string;
	actor?: string;
	type?: string;
	ops?: Op[];
}

interface Head {
	revision: number;
	signed?: { revision: number; at: string } | null;
}

const STEP = 100;

async function entries(after: number, stop: AbortSignal): Promise<Entry[]> {
	const response = await fetch(urlOf("/v1/audit", { after, limit: STEP }), { headers: headers(), signal: stop });
	if (!response.ok) throw new ApiError(response.status, await response.json().catch(() => ({})));
	const lines = (await response.text()).split("\n").filter((line) => line !== "");
	/* A large entry takes several lines; the first says what it is. */
	return lines.map((line) => JSON.parse(line) as Entry).filter((entry) => entry.part === undefined || entry.part === 1);
}

const nameOf = (op: Op): string =>
	[op.org ?? [op.procurer, op.supplier].filter(Boolean).join(" → "), op.certificate, op.no].filter(Boolean).join(" ");

function What({ entry }: { entry: Entry }) {
	const first = entry.ops?.[0];
	if (first === undefined) return <>{m.value.types[(entry.type ?? "") as keyof typeof m.value.types] ?? entry.type}</>;
	const entity = m.value.entities[first.entity as keyof typeof m.value.entities] ?? first.entity;
	const more = (entry.ops?.length ?? 1) - 1;
	return (
		<>
			{entity} <code>{nameOf(first)}</code> {m.value.op[first.op]}
			{more > 0 && <span class="muted"> {m.value.ops(f.value.count(more))}</span>}
		</>
	);
}

export function Audit() {
	const status = useResource<{ revision: number; log_first: number }>((stop) => get("/v1/status", {}, stop));
	const head = useResource<Head>((stop) => get("/v1/audit/head", {}, stop));
	const rows = useSignal<Entry[]>([]);
	const from = useSignal<number | null>(null); /* entries after this revision are shown */
	const error = useSignal<unknown>(null);
	const newest = status.data.value?.revision ?? null;
	const first = status.data.value?.log_first ?? 1;
	const older = async (before: number, stop: AbortSignal) => {
		const after = Math.max(first - 1, before - STEP);
		try {
			const found = await entries(after, stop);
			const fresh = found.filter((entry) => entry.revision <= before).reverse();
			rows.value = [...rows.peek(), ...fresh];
			from.value = after;
			error.value = null;
		} catch (failure) {
			if (!isAbort(failure)) error.value = failure;
		}
	};
	useEffect(() => {
		if (newest === null || from.peek() !== null) return;
		const stop = new AbortController();
		void older(newest, stop.signal);
		return () => stop.abort();
	}, [newest]);
	const signed = head.data.value?.signed;
	return (
		<section class="panel" aria-labelledby="audit">
			<h2 id="audit">{m.value.audit}</h2>
			<p class="muted">{m.value.auditLead}</p>
			<p class="muted">
				{signed ? m.value.signed(f.value.instant(signed.at), f.value.count(signed.revision)) : m.value.notSigned}{" "}
				{m.value.auditVerify}
			</p>
			{error.value !== null && <ErrorNotice error={error.value} />}
			<Table
				labelledBy="audit"
				rows={rows.value}
				rowKey={(entry) => String(entry.revision)}
				columns={[
					{ key: "revision", head: m.value.revision, num: true, cell: (entry) => f.value.count(entry.revision) },
					{ key: "at", head: m.value.at, cell: (entry) => <span class="date">{entry.at ? f.value.instant(entry.at) : "–"}</span> },
					{ key: "actor", head: m.value.actor, cell: (entry) => entry.actor },
					{ key: "what", head: m.value.what, names: true, css: "settings-what", cell: (entry) => <What entry={entry} /> },
				]}
			/>
			{from.value !== null && from.value >= first && (
				<button type="button" onClick={() => void older(from.value ?? 0, new AbortController().signal)}>
					{m.value.older}
				</button>
			)}
		</section>
	);
}
