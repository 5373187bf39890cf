/* The fields of a record, each with what the server said of it. */
import { t } from "../i18n";
import { Area, Choice, TextField } from "./Form";
import { type Draft, errorOf, type FieldSpec } from "./record";

interface FieldsProps {
	/* Before the ids of the fields: a form has them once. */
	prefix: string;
	fields: readonly FieldSpec[];
	draft: Draft;
	error?: unknown;
	/* Of an item of a list: where it is in the record. */
	within?: string;
	change: (name: string, value: string) => void;
}

function Field({ prefix, field, draft, error, within, change }: { field: FieldSpec } & Omit<FieldsProps, "fields">) {
	const { name, label, kind, help } = field;
	const common = { id: `${prefix}-${name}`, label, help, error: errorOf(error, name, within), value: draft[name] ?? "" };
	const set = (value: string) => change(name, value);
	const m = t.value.answers;
	switch (kind) {
		case "answer":
			return (
				<Choice
					{...common}
					options={[
						["true", m.yes],
						["false", m.no],
					]}
					any={field.any ?? m.unknown}
					choose={set}
				/>
			);
		case "level":
			return (
				<Choice
					{...common}
					options={field.options ?? [3, 4, 5, 1, 2].map((n) => [String(n), t.value.level(n)] as const)}
					any={field.any ?? ""}
					choose={set}
				/>
			);
		case "choice":
			return <Choice {...common} options={field.options ?? []} any={field.any} choose={set} />;
		case "long":
			return <Area {...common} change={set} />;
		default: {
			const list = kind === "text" && field.options ? `${common.id}-list` : undefined;
			return (
				<>
					<TextField
						{...common}
						type={kind === "date" ? "date" : "text"}
						{...(kind === "date" ? { max: field.max ?? "9999-12-31" } : {})}
						{...(list ? { list } : {})}
						change={set}
					/>
					{list && (
						<datalist id={list}>
							{field.options?.map(([value]) => (
								<option key={value} value={value} />
							))}
						</datalist>
					)}
				</>
			);
		}
	}
}

export function Fields({ fields, ...rest }: FieldsProps) {
	return (
		<div class="fields">
			{fields.map((field) => (
				<Field key={field.name} field={field} {...rest} />
			))}
		</div>
	);
}
