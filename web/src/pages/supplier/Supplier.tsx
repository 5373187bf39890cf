/* One supplier as the buyer sees it. Each part shows what may be seen of it, and says nothing of the rest. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Org } from "../../api/types";
import { supplierLeft } from "../../back";
import { ErrorNotice, Loading } from "../../components/Notice";
import { isAnonymous, orgName } from "../../components/Path";
import { Show } from "../../components/Show";
import { t } from "../../i18n";
import { mayWrite, type SectionProps } from "../frame";
import { Below, Contacts } from "./Around";
import { Certificates } from "./Certificates";
import { Clauses } from "./Clauses";
import { isMissing, type SupplierData, useNames, useSupplier } from "./data";
import { Next, Standing, Title, Ways } from "./Head";
import { History } from "./History";
import { Link, LinkDialog } from "./Link";
import { Timeline } from "./Timeline";
import { m } from "./texts";
import { AskedBy, Way } from "./Why";
import "./supplier.css";

function Panel({ id, title, action, children }: { id: string; title: string; action?: ComponentChildren; children: ComponentChildren }) {
	return (
		<section class="panel" aria-labelledby={id}>
			<div class="supplier-panel-head">
				<h2 id={id}>{title}</h2>
				{action}
			</div>
			{children}
		</section>
	);
}

function Why({ buyer, data }: { buyer: string; data: SupplierData }) {
	const one = data.one.data.value;
	const path = data.path.data.value;
	if (one === null) return null;
	return (
		<Panel id="supplier-why" title={m.value.why}>
			<div class="supplier-why">
				<div>{path !== null && <Way buyer={buyer} path={path} />}</div>
				<div>
					<AskedBy buyer={buyer} one={one} />
				</div>
			</div>
		</Panel>
	);
}

/* What is 404 to this caller is not there for this page either. */
function Stars({ id, today, data, writes }: { id: string; today: string; data: SupplierData; writes: boolean }) {
	if (isAnonymous(id) || isMissing(data.certificates.error.value)) return null;
	const name = orgName(id, data.org.data.value?.name);
	return (
		<Panel id="supplier-certificates" title={m.value.certificates}>
			<Show of={data.certificates}>
				{(own) => (
					<>
						<Timeline name={name} today={today} own={own} parents={data.parents.data.value ?? []} />
						<Certificates org={id} today={today} certificates={own} writes={writes} />
					</>
				)}
			</Show>
		</Panel>
	);
}

function Contract({ buyer, id, data, writes, edit }: { buyer: string; id: string; data: SupplierData; writes: boolean; edit: () => void }) {
	const found = data.link.data.value;
	if (found === null) return <Show of={data.link}>{() => null}</Show>;
	/* Of another's link, or of none, there is nothing to tell here. */
	if (found.record === null || found.record["level_source"] === undefined)
		return data.one.data.value === null ? null : <p class="muted supplier-not-own">{m.value.notOwn}</p>;
	return (
		<>
			<Panel
				id="supplier-link"
				title={m.value.link}
				action={
					writes && (
						<button type="button" class="no-print" onClick={edit}>
							{m.value.edit}
						</button>
					)
				}
			>
				<Link record={found.record} />
			</Panel>
			<Panel id="supplier-clauses" title={m.value.clauses}>
				<Show of={data.clauses}>{(clauses) => <Clauses buyer={buyer} supplier={id} clauses={clauses} writes={writes} />}</Show>
			</Panel>
		</>
	);
}

function Others({ buyer, id, data }: { buyer: string; id: string; data: SupplierData }) {
	const org: Org | null = data.org.data.value;
	const one = data.one.data.value;
	return (
		<>
			{one !== null && (
				<Panel id="supplier-below" title={m.value.suppliers}>
					<Show of={data.below}>
						{(list) => <Below buyer={buyer} id={id} list={list} org={org} unknown={one.unknown_below} />}
					</Show>
				</Panel>
			)}
			{org?.contacts !== undefined && (
				<Panel id="supplier-contacts" title={m.value.contacts}>
					<Contacts contacts={org.contacts} />
				</Panel>
			)}
		</>
	);
}

export default function SupplierPage({ frame, item }: SectionProps) {
	const id = item ?? "";
	const data = useSupplier(frame.id, id);
	const [editing, setEditing] = useState(false);
	const one = data.one.data.value;
	const org = data.org.data.value;
	const failed = data.one.error.value;
	const missing = isMissing(failed);
	const writes = mayWrite(frame.id) && !isAnonymous(id);
	useNames(org?.parent ? [org.parent] : []);
	const today = frame.figures.data.value?.on ?? new Date(Date.now() + 9 * 3600000).toISOString().slice(0, 10);
	useEffect(() => () => supplierLeft(id), [id]);
	useEffect(() => {
		document.title = `${orgName(id, org?.name ?? one?.name)} — ${frame.org.data.value?.name ?? frame.id} — ${t.value.product}`;
	});
	if (missing && isMissing(data.org.error.value)) return <ErrorNotice error={failed} />;
	return (
		<>
			<Title buyer={frame.id} id={id} org={org} one={one} />
			{one === null && failed === null && <Loading />}
			{missing && org !== null && <p class="notice">{m.value.notInChain}</p>}
			{failed !== null && !missing && <ErrorNotice error={failed} retry={data.one.refresh} />}
			{one !== null && <Standing one={one} />}
			{one !== null && (
				<Next
					one={one}
					open={
						writes
							? {
									link: () => setEditing(true),
									certificates: () => document.getElementById("supplier-certificates")?.scrollIntoView(),
								}
							: null
					}
				/>
			)}
			<Ways buyer={frame.id} id={id} inChain={one !== null} />
			<Why buyer={frame.id} data={data} />
			<Stars id={id} today={today} data={data} writes={writes} />
			<Contract buyer={frame.id} id={id} data={data} writes={writes} edit={() => setEditing(true)} />
			<Others buyer={frame.id} id={id} data={data} />
			<History
				buyer={frame.id}
				id={id}
				linked={data.link.data.value?.record?.["level_source"] !== undefined}
				clauses={data.clauses.data.value ?? []}
				certificates={data.certificates.data.value ?? []}
			/>
			{editing && <LinkDialog buyer={frame.id} supplier={id} close={() => setEditing(false)} />}
		</>
	);
}
