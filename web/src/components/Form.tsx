/* Fields with their labels, and what stands beside a field that was refused. */
import type { ComponentChildren } from "preact";

interface Labelled {
	id: string;
	label: string;
	help?: string | undefined;
	error?: string | undefined;
}

const describedBy = ({ id, help, error }: Labelled): string | undefined =>
	[error ? `${id}-error` : "", help ? `${id}-help` : ""].filter(Boolean).join(" ") || undefined;

function Around({ field, children }: { field: Labelled; children: ComponentChildren }) {
	return (
		<div class="field">
			<label for={field.id}>{field.label}</label>
			{children}
			{field.help && (
				<p class="help" id={`${field.id}-help`}>
					{field.help}
				</p>
			)}
			{field.error && (
				<p class="field-error" id={`${field.id}-error`}>
					<span aria-hidden="true">▲ </span>
					{field.error}
				</p>
			)}
		</div>
	);
}

/* One of several; value "" with the label `any` stands for none chosen. */
export function Choice(
	props: Labelled & {
		value: string;
		options: readonly (readonly [value: string, label: string])[];
		any?: string | undefined;
		choose: (value: string) => void;
	},
) {
	return (
		<Around field={props}>
			<select
				id={props.id}
				value={props.value}
				aria-describedby={describedBy(props)}
				aria-invalid={props.error ? true : undefined}
				onChange={(event) => props.choose(event.currentTarget.value)}
			>
				{props.any !== undefined && <option value="">{props.any}</option>}
				{props.options.map(([value, label]) => (
					<option key={value} value={value}>
						{label}
					</option>
				))}
			</select>
		</Around>
	);
}

export function TextField(
	props: Labelled & {
		value: string;
		type?: "text" | "search" | "date" | "number" | "email";
		change: (value: string) => void;
		list?: string;
		min?: string;
		max?: string;
		placeholder?: string;
		required?: boolean;
	},
) {
	return (
		<Around field={props}>
			<input
				id={props.id}
				type={props.type ?? "text"}
				value={props.value}
				list={props.list}
				min={props.min}
				max={props.max}
				placeholder={props.placeholder}
				required={props.required}
				aria-describedby={describedBy(props)}
				aria-invalid={props.error ? true : undefined}
				onInput={(event) => props.change(event.currentTarget.value)}
			/>
		</Around>
	);
}

/* Text of several lines. */
export function Area(props: Labelled & { value: string; change: (value: string) => void }) {
	return (
		<Around field={props}>
			<textarea
				id={props.id}
				value={props.value}
				aria-describedby={describedBy(props)}
				aria-invalid={props.error ? true : undefined}
				onInput={(event) => props.change(event.currentTarget.value)}
			/>
		</Around>
	);
}

export function Check(props: { id: string; label: string; checked: boolean; change: (on: boolean) => void }) {
	return (
		<div class="check-field">
			<input
				id={props.id}
				type="checkbox"
				checked={props.checked}
				onChange={(event) => props.change(event.currentTarget.checked)}
			/>
			<label for={props.id}>{props.label}</label>
		</div>
	);
}
