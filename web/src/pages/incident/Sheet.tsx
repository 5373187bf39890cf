/* Whom to tell: on the screen and on paper. */
import { MARK } from "../../components/State";
import { Name } from "../../components/Name";
import { orgName } from "../../components/Path";
import { Table } from "../../components/Table";
import { f } from "../../i18n";
import { type Affected, type Contact, type Incident, nameOf } from "./data";
import { m } from "./texts";

const sideOf = (side: string | undefined): string =>
	side === "procurer" ? m.value.ours : side === "supplier" ? m.value.theirs : m.value.both;

export function ContactList({ contacts, sides }: { contacts: readonly Contact[]; sides?: boolean }) {
	if (contacts.length === 0) return <p class="muted incident-contact">{m.value.noContacts}</p>;
	return (
		<ul class="incident-contacts">
			{contacts.map((contact, i) => (
				<li key={i}>
					{sides && <span class="incident-side">{sideOf(contact.side)}</span>}
					<Name text={[contact.role, contact.name].filter(Boolean).join(" ")} />
					{contact.email && (
						<>
							{" "}
							<a href={`mailto:${encodeURIComponent(contact.email).replace("%40", "@")}`}>{contact.email}</a>
						</>
					)}
					{contact.phone && (
						<>
							{" "}
							<a href={`tel:${contact.phone.replace(/[^0-9+]/g, "")}`}>{contact.phone}</a>
						</>
					)}
				</li>
			))}
		</ul>
	);
}

function Hours({ row }: { row: Affected }) {
	const hours = row.clause?.notify_within_hours ?? null;
	const agreed = row.clause?.status === "agreed" && hours !== null;
	if (!agreed)
		return (
			<>
				<span aria-hidden="true">? </span>
				{m.value.notAgreed}
				{row.clause !== null && <span class="help">{m.value.status[row.clause.status]}</span>}
			</>
		);
	const past = row.notify_by !== null && Date.parse(row.notify_by) < Date.now();
	return (
		<>
			<strong>{m.value.within(f.value.count(hours))}</strong>
			{row.notify_by !== null && (
				<span class={past ? "help late" : "help"}>
					{past && "▲ "}
					{m.value.by(f.value.instant(row.notify_by))}
					{past && ` ${m.value.late}`}
				</span>
			)}
		</>
	);
}

function Things({ label, things }: { label: string; things: readonly (string | Record<string, unknown>)[] | null | undefined }) {
	return (
		<div>
			<dt>{label}</dt>
			<dd>
				{things === null || things === undefined ? (
					<span class="muted">? {m.value.neverRecorded}</span>
				) : things.length === 0 ? (
					m.value.recordedNone
				) : (
					things.map((thing, i) => (
						<span key={i} class="incident-thing">
							{nameOf(thing)}
						</span>
					))
				)}
			</dd>
		</div>
	);
}

function Shared({ row }: { row: Affected }) {
	if (row.link === null) return <span class="muted">–</span>;
	const answers = (["confidential", "continuity", "system_access"] as const).map((key) => {
		const value = row.link?.[key];
		return value === true ? `● ${m.value.q[key]}` : value === null || value === undefined ? `${MARK.undecided} ${m.value.q[key]}` : "";
	});
	return (
		<dl class="incident-shared">
			<Things label={m.value.assets} things={row.shared?.assets} />
			<Things label={m.value.systems} things={row.shared?.systems} />
			<div>
				<dt>{m.value.questions}</dt>
				<dd>{answers.filter((text) => text !== "").join(" · ") || "–"}</dd>
			</div>
		</dl>
	);
}

function Way({ path }: { path: string[] | null }) {
	if (path === null || path.length <= 2) return null;
	return (
		<span class="help">
			{path.map((id, i) => (
				<span key={`${i}${id}`}>
					{i > 0 && " → "}
					<Name text={orgName(id)} />
				</span>
			))}
		</span>
	);
}

export function Sheet({ found }: { found: Incident }) {
	const n = f.value.count;
	return (
		<>
			<h3>{m.value.contactsOf}</h3>
			{found.contacts === null ? <p class="muted">{m.value.notTold}</p> : <ContactList contacts={found.contacts} />}
			<h3 id="affected">{found.procurers === 0 ? m.value.affectedNone : m.value.affected(n(found.procurers))}</h3>
			{found.items.length > 0 && (
				<Table<Affected & { n: number }>
					labelledBy="affected"
					css="incident-table"
					rows={found.items.map((row, i) => ({ ...row, n: i + 1 }))}
					rowKey={(row) => row.procurer}
					columns={[
						{ key: "n", head: m.value.order, num: true, cell: (row) => n(row.n) },
						{
							key: "procurer",
							head: m.value.procurer,
							names: true,
							css: "who",
							cell: (row) => (
								<>
									<Name text={orgName(row.procurer, row.name)} />
									<code>{row.procurer}</code>
									<Way path={row.path} />
								</>
							),
						},
						{ key: "tier", head: m.value.tier, num: true, cell: (row) => n(row.tier) },
						{ key: "hours", head: m.value.hours, cell: (row) => <Hours row={row} /> },
						{
							key: "contacts",
							head: m.value.contacts,
							cell: (row) => (
								<>
									{row.clause !== null && row.clause.contacts.length > 0 && <ContactList contacts={row.clause.contacts} sides />}
									<ContactList contacts={row.contacts.map((contact) => ({ ...contact, side: "procurer" }))} sides />
								</>
							),
						},
						{ key: "shared", head: m.value.shared, cell: (row) => <Shared row={row} /> },
					]}
				/>
			)}
			<p class="muted small">{m.value.sheet}</p>
		</>
	);
}
