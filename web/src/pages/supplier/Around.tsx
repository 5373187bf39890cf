/* Its own suppliers, as far as the buyer sees them, and whom to write to. */
import type { ChainItem, ChainPage, Contact, Org } from "../../api/types";
import { Due, Supplier } from "../../components/Cells";
import { Name } from "../../components/Name";
import { StateLabel } from "../../components/State";
import { type Column, Table } from "../../components/Table";
import { f, t } from "../../i18n";
import { buyerHref } from "../../router";
import { m } from "./texts";

export function Below({ buyer, id, list, org, unknown }: { buyer: string; id: string; list: ChainPage; org: Org | null; unknown: boolean }) {
	const columns: Column<ChainItem>[] = [
		{ key: "who", head: m.value.name, names: true, cell: (row) => <Supplier buyer={buyer} id={row.supplier} name={row.name} /> },
		{ key: "state", head: m.value.state, cell: (row) => <StateLabel state={row.state} /> },
		{ key: "level", head: m.value.level, cell: (row) => `${t.value.level(row.required)} / ${t.value.level(row.held)}` },
		{ key: "due", head: m.value.due, cell: (row) => <Due due={row.due} days={row.due_in_days} timing={row.timing} /> },
		{ key: "dependency", head: m.value.dependency, num: true, cell: (row) => f.value.share(row.dependency) },
	];
	const attested = org?.subtier_attested_on;
	return (
		<>
			{attested && <p class="muted">{m.value.suppliersAttested(f.value.day(attested))}</p>}
			{list.total === 0 ? (
				unknown ? (
					<p class="unknown-answer">
						<span aria-hidden="true">? </span>
						{m.value.suppliersUnknown}
					</p>
				) : (
					<p>{m.value.suppliersNone}</p>
				)
			) : (
				<>
					<p class="muted">{m.value.suppliersLead}</p>
					<Table<ChainItem> labelledBy="supplier-below" columns={columns} rows={list.items} rowKey={(row) => row.supplier} />
					{list.total > list.items.length && (
						<p>
							<a href={buyerHref(buyer, "suppliers", null, { of: id })}>{m.value.suppliersAll(f.value.count(list.total))}</a>
						</p>
					)}
				</>
			)}
		</>
	);
}

export function Contacts({ contacts }: { contacts: readonly Contact[] }) {
	if (contacts.length === 0) return <p class="muted">{m.value.contactsNone}</p>;
	return (
		<ul class="supplier-contacts">
			{contacts.map((contact, i) => (
				<li key={i}>
					{contact.role && <span class="muted">{contact.role} </span>}
					{contact.name && (
						<strong>
							<Name text={contact.name} />
						</strong>
					)}{" "}
					{contact.email && <a href={`mailto:${encodeURIComponent(contact.email).replace("%40", "@")}`}>{contact.email}</a>}{" "}
					{contact.phone && <a href={`tel:${contact.phone.replace(/[^\d+]/g, "")}`}>{contact.phone}</a>}
					{contact.lang && <span class="muted"> ({m.value.contactLang[contact.lang]})</span>}
				</li>
			))}
		</ul>
	);
}
