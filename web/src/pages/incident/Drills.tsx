/* Drills and incidents as they were recorded, and recording one. */
import { useSignal } from "@preact/signals";
import { ApiError, get, orgPath, send } from "../../api/client";
import { recordsOf } from "../../api/live";
import { type Resource, useResource } from "../../api/resource";
import { Day } from "../../components/Cells";
import { Dialog } from "../../components/Dialog";
import { say } from "../../components/Done";
import { Choice, TextField } from "../../components/Form";
import { Name } from "../../components/Name";
import { ErrorNotice } from "../../components/Notice";
import { orgName } from "../../components/Path";
import { Show } from "../../components/Show";
import { Table } from "../../components/Table";
import { f } from "../../i18n";
import { mayWrite } from "../frame";
import { type Drill, drillName } from "./data";
import { m } from "./texts";

interface Draft {
	held_on: string;
	kind: string;
	led_by: string;
	participants: string;
	contacts_tried: string;
	contacts_reached: string;
	first_notice_minutes: string;
	findings: string;
	follow_up: string;
	follow_up_due: string;
}

const NUMBERS = ["contacts_tried", "contacts_reached", "first_notice_minutes"] as const;
const TEXTS = ["led_by", "findings", "follow_up", "follow_up_due"] as const;

/* What was left empty is left out. */
function bodyOf(draft: Draft, about: { supplier: string | null; affected: number | null; revision: number }): Record<string, unknown> {
	const out: Record<string, unknown> = { held_on: draft.held_on, kind: draft.kind };
	for (const name of TEXTS) if (draft[name].trim() !== "") out[name] = draft[name].trim();
	for (const name of NUMBERS) if (draft[name] !== "") out[name] = Number(draft[name]);
	const people = draft.participants.split(/[\n,、]+/).map((one) => one.trim()).filter((one) => one !== "");
	if (people.length > 0) out["participants"] = people;
	if (about.supplier !== null) out["supplier"] = about.supplier;
	if (about.affected !== null) out["affected"] = about.affected;
	if (about.revision > 0) out["seen_revision"] = about.revision;
	return out;
}

interface About {
	buyer: string;
	today: string;
	supplier: string | null;
	affected: number | null;
	revision: number;
}

function Record({ about, taken, done, close }: { about: About; taken: string[]; done: () => void; close: () => void }) {
	const draft = useSignal<Draft>({
		held_on: about.today,
		kind: "drill",
		led_by: "",
		participants: "",
		contacts_tried: "",
		contacts_reached: "",
		first_notice_minutes: "",
		findings: "",
		follow_up: "",
		follow_up_due: "",
	});
	const error = useSignal<unknown>(null);
	const set = (name: keyof Draft) => (value: string) => {
		draft.value = { ...draft.value, [name]: value };
	};
	const at = (name: string) =>
		error.value instanceof ApiError ? error.value.errors.find((one) => one.pointer?.startsWith(`/${name}`))?.detail : undefined;
	const field = (name: keyof Draft, label: string, type: "text" | "date" | "number" = "text") => (
		<TextField id={`drill-${name}`} label={label} type={type} min="0" value={draft.value[name]} change={set(name)} error={at(name)} />
	);
	const long = (name: keyof Draft, label: string) => (
		<div class="field incident-long">
			<label for={`drill-${name}`}>{label}</label>
			<textarea id={`drill-${name}`} value={draft.value[name]} onInput={(event) => set(name)(event.currentTarget.value)} />
		</div>
	);
	const save = async () => {
		try {
			const name = drillName(draft.value.held_on, taken);
			const { revision } = await send("PUT", orgPath(about.buyer, `/drills/${encodeURIComponent(name)}`), bodyOf(draft.value, about));
			say(m.value.saved, revision);
			done();
		} catch (failure) {
			error.value = failure;
		}
	};
	return (
		<Dialog title={m.value.recording} close={close} wide>
			<form
				class="incident-form"
				onSubmit={(event) => {
					event.preventDefault();
					void save();
				}}
			>
				{field("held_on", m.value.heldOn, "date")}
				<Choice id="drill-kind" label={m.value.kind} value={draft.value.kind} options={Object.entries(m.value.kinds)} choose={set("kind")} />
				{field("led_by", m.value.ledBy)}
				{field("contacts_tried", m.value.tried, "number")}
				{field("contacts_reached", m.value.reached, "number")}
				{field("first_notice_minutes", m.value.minutes, "number")}
				{long("participants", m.value.participants)}
				{long("findings", m.value.findings)}
				{long("follow_up", m.value.followUp)}
				{field("follow_up_due", m.value.followUpDue, "date")}
				{error.value !== null && <ErrorNotice error={error.value} />}
				<div class="dialog-foot incident-long">
					<button type="button" onClick={close}>
						{m.value.cancel}
					</button>
					<button type="submit" class="primary">
						{m.value.save}
					</button>
				</div>
			</form>
		</Dialog>
	);
}

function List({ drills }: { drills: Resource<{ items: Drill[] }> }) {
	return (
		<Show of={drills}>
			{({ items }) =>
				items.length === 0 ? (
					<p>{m.value.drillsNone}</p>
				) : (
					<Table<Drill>
						labelledBy="drills"
						rows={items}
						rowKey={(drill) => drill.drill}
						columns={[
							{ key: "on", head: m.value.heldOn, names: true, cell: (drill) => <Day date={drill.held_on} /> },
							{ key: "kind", head: m.value.kind, cell: (drill) => m.value.kinds[drill.kind] },
							{ key: "supplier", head: m.value.supplier, cell: (drill) => (drill.supplier ? <Name text={orgName(drill.supplier)} /> : "–") },
							{ key: "led", head: m.value.ledBy, cell: (drill) => drill.led_by ?? "–" },
							{
								key: "result",
								head: m.value.result,
								cell: (drill) =>
									drill.contacts_tried == null ? "–" : m.value.ofTried(f.value.count(drill.contacts_reached ?? 0), f.value.count(drill.contacts_tried)),
							},
							{ key: "findings", head: m.value.findings, cell: (drill) => drill.findings ?? "–" },
							{ key: "follow", head: m.value.followUp, cell: (drill) => drill.follow_up ?? "–" },
							{ key: "due", head: m.value.followUpDue, cell: (drill) => <Day date={drill.follow_up_due} /> },
						]}
					/>
				)
			}
		</Show>
	);
}

export function Drills({ about }: { about: About }) {
	const drills = useResource<{ items: Drill[] }>(
		(stop, atLeast) => get(orgPath(about.buyer, "/drills"), { limit: 100, revision_at_least: atLeast }, stop),
		recordsOf(about.buyer),
		[about.buyer],
	);
	const open = useSignal(false);
	const failed = drills.error.value;
	if (failed instanceof ApiError && (failed.status === 403 || failed.status === 404)) return null; /* not for this reader */
	return (
		<section class="panel no-print" aria-labelledby="drills">
			<h2 id="drills">{m.value.drills}</h2>
			<p class="muted">{m.value.drillsLead}</p>
			{mayWrite(about.buyer) && (
				<p>
					<button type="button" onClick={() => (open.value = true)}>
						{m.value.record}
					</button>
				</p>
			)}
			<List drills={drills} />
			{open.value && (
				<Record
					about={about}
					taken={drills.data.value?.items.map((drill) => drill.drill) ?? []}
					close={() => (open.value = false)}
					done={() => {
						open.value = false;
						drills.refresh();
					}}
				/>
			)}
		</section>
	);
}
