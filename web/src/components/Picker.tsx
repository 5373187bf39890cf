/*
 * A field that finds an organisation by name, kana or id while one types: a combobox with a list (ARIA APG). What is
 * chosen is handed on; the field stays for the next one. Only the newest answer is shown.
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { isAbort } from "../api/client";
import { nameRemember } from "../api/names";
import { t } from "../i18n";
import { Name } from "./Name";
import { isAnonymous, orgName } from "./Path";

export interface Found {
	id: string;
	name: string | null;
	/* Beside the name. */
	note?: string;
}

interface Props {
	id: string;
	label: string;
	search: (q: string, stop: AbortSignal) => Promise<Found[]>;
	choose: (found: Found) => void;
	help?: string;
	/* What stands in the field at first. */
	value?: string;
}

const WAIT_MS = 150;
/* The types know it with a datalist only. */
const COMBOBOX: object = { role: "combobox" };

export function Picker({ id, label, search, choose, help, value }: Props) {
	const text = useSignal(value ?? "");
	const items = useSignal<Found[] | null>(null);
	const at = useSignal(-1);
	const stop = useRef<AbortController | null>(null);
	const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
	useEffect(
		() => () => {
			clearTimeout(timer.current);
			stop.current?.abort();
		},
		[],
	);
	useEffect(() => {
		if (value !== undefined) text.value = value;
	}, [value]);
	const close = () => {
		items.value = null;
		at.value = -1;
	};
	const ask = (q: string) => {
		text.value = q;
		clearTimeout(timer.current);
		stop.current?.abort();
		if (q.trim() === "") {
			close();
			return;
		}
		timer.current = setTimeout(() => {
			const mine = new AbortController();
			stop.current = mine;
			search(q, mine.signal)
				.then((found) => {
					items.value = found;
					at.value = found.length > 0 ? 0 : -1;
				})
				.catch((error) => {
					if (!isAbort(error)) items.value = [];
				});
		}, WAIT_MS);
	};
	const take = (found: Found) => {
		nameRemember(found.id, found.name);
		text.value = "";
		close();
		choose(found);
	};
	const key = (event: KeyboardEvent) => {
		const list = items.value;
		if (event.key === "Escape") close();
		if (list === null || list.length === 0) return;
		if (event.key === "ArrowDown") at.value = Math.min(at.value + 1, list.length - 1);
		else if (event.key === "ArrowUp") at.value = Math.max(at.value - 1, 0);
		else if (event.key === "Enter" && !event.isComposing) {
			const found = list[at.value];
			if (found !== undefined) take(found);
		} else return;
		event.preventDefault();
	};
	const open = items.value !== null;
	return (
		<div class="field picker">
			<label for={id}>{label}</label>
			<input
				id={id}
				type="search"
				{...COMBOBOX}
				autocomplete="off"
				aria-expanded={open}
				aria-controls={`${id}-list`}
				aria-autocomplete="list"
				aria-activedescendant={at.value >= 0 ? `${id}-${at.value}` : undefined}
				aria-describedby={help ? `${id}-help` : undefined}
				value={text.value}
				onInput={(event) => ask(event.currentTarget.value)}
				onKeyDown={key}
				onBlur={() => setTimeout(close, 150)}
			/>
			{help && (
				<p class="help" id={`${id}-help`}>
					{help}
				</p>
			)}
			<ul id={`${id}-list`} role="listbox" aria-label={label} class={open ? "picker-list" : "picker-list closed"}>
				{items.value?.map((found, i) => (
					<li
						key={found.id}
						id={`${id}-${i}`}
						role="option"
						aria-selected={i === at.value}
						onMouseDown={(event) => {
							event.preventDefault();
							take(found);
						}}
					>
						<Name text={orgName(found.id, found.name)} /> <code>{isAnonymous(found.id) ? found.id.slice(-6) : found.id}</code>
						{found.note && <span class="muted"> {found.note}</span>}
					</li>
				))}
			</ul>
			<p class="hidden" role="status">
				{open ? t.value.picker.found(items.value?.length ?? 0) : ""}
			</p>
			{open && items.value?.length === 0 && <p class="picker-none muted">{t.value.picker.none}</p>}
		</div>
	);
}
