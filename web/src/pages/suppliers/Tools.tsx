/* Beside the table: filters kept by name, the order, the columns, and the file. */
import { useState } from "preact/hooks";
import { Dialog } from "../../components/Dialog";
import { say } from "../../components/Done";
import { Check, Choice, TextField } from "../../components/Form";
import { query, setQuery } from "../../router";
import { ALWAYS, chosenColumns, COLUMNS, columnToggle } from "./columns";
import { queryText, savedRead, type Saved, savedWrite, sortOf, withoutFilters } from "./filters";
import { orders, m } from "./texts";

function SaveDialog({ save, close }: { save: (name: string) => void; close: () => void }) {
	const [name, setName] = useState("");
	return (
		<Dialog title={m.value.saveTitle} close={close}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					if (name.trim() !== "") save(name.trim());
				}}
			>
				<TextField id="saved-name" label={m.value.saveName} help={m.value.saveHelp} value={name} change={setName} required />
				<div class="dialog-foot">
					<button type="button" onClick={close}>
						{m.value.cancel}
					</button>
					<button type="submit" class="primary" disabled={name.trim() === ""}>
						{m.value.saveDo}
					</button>
				</div>
			</form>
		</Dialog>
	);
}

export function SavedFilters({ buyer }: { buyer: string }) {
	const [list, setList] = useState<Saved[]>(() => savedRead(buyer));
	const [saving, setSaving] = useState(false);
	const now = queryText(query.value);
	const at = list.find((one) => one.query === now);
	const keep = (next: Saved[]) => {
		savedWrite(buyer, next);
		setList(next);
	};
	const choose = (name: string) => {
		const found = list.find((one) => one.name === name);
		const fresh = Object.fromEntries(new URLSearchParams(found?.query ?? ""));
		setQuery({ ...withoutFilters(), sort: null, order: null, ...fresh }, true);
	};
	return (
		<div class="suppliers-saved">
			{list.length > 0 && (
				<Choice
					id="suppliers-saved"
					label={m.value.saved}
					value={at?.name ?? ""}
					options={list.map(({ name }) => [name, name])}
					any={m.value.savedNone}
					choose={choose}
				/>
			)}
			{at !== undefined && (
				<button
					type="button"
					class="plain"
					aria-label={m.value.forget(at.name)}
					onClick={() => {
						keep(list.filter((one) => one !== at));
						say(m.value.forgot(at.name));
					}}
				>
					{m.value.forgetShort}
				</button>
			)}
			{at === undefined && now !== "" && (
				<button type="button" onClick={() => setSaving(true)}>
					{m.value.save}
				</button>
			)}
			{saving && (
				<SaveDialog
					close={() => setSaving(false)}
					save={(name) => {
						keep([...list.filter((one) => one.name !== name), { name, query: now }]);
						setSaving(false);
						say(m.value.savedAs(name));
					}}
				/>
			)}
		</div>
	);
}

export function Order() {
	const { by, order } = sortOf(query.value);
	return (
		<Choice
			id="suppliers-order"
			label={orders.value.label}
			value={`${by} ${order}`}
			options={orders.value.all}
			choose={(value) => {
				const [sort = "tier", way = "asc"] = value.split(" ");
				setQuery({ sort, order: way, rows: null }, true);
			}}
		/>
	);
}

export function ColumnChoice() {
	return (
		<details
			class="suppliers-columns"
			onKeyDown={(event) => {
				if (event.key !== "Escape") return;
				event.currentTarget.open = false;
				event.currentTarget.querySelector("summary")?.focus();
			}}
			onFocusOut={(event) => {
				if (event.relatedTarget instanceof Node && !event.currentTarget.contains(event.relatedTarget))
					event.currentTarget.open = false;
			}}
		>
			<summary>{m.value.columns}</summary>
			<fieldset>
				<legend class="hidden">{m.value.columns}</legend>
				{COLUMNS.filter((key) => key !== ALWAYS).map((key) => (
					<Check
						key={key}
						id={`suppliers-column-${key}`}
						label={m.value.columnNames[key]}
						checked={chosenColumns.value.includes(key)}
						change={(on) => columnToggle(key, on)}
					/>
				))}
			</fieldset>
		</details>
	);
}
