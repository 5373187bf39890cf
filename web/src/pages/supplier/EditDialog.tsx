/* A record in a dialog: its fields, its lists, and what the server said of them. */
import type { ComponentChildren } from "preact";
import { Dialog } from "../../components/Dialog";
import { Fields } from "../../components/Fields";
import { ErrorNotice, isForbidden, Loading } from "../../components/Notice";
import { type Draft, toldBeside } from "../../components/record";
import { f } from "../../i18n";
import { type EditOptions, type ListSpec, useEdit } from "./edit";
import { m } from "./texts";

interface ItemsProps {
	prefix: string;
	spec: ListSpec;
	items: Draft[];
	error: unknown;
	change: (items: Draft[]) => void;
}

function Items({ prefix, spec, items, error, change }: ItemsProps) {
	const { name, label, fields } = spec;
	return (
		<fieldset class="supplier-items">
			<legend>{label}</legend>
			{items.map((item, i) => (
				<div class="supplier-item" key={item["#"] ?? `new-${i}`} role="group" aria-label={`${label} ${f.value.count(i + 1)}`}>
					<Fields
						prefix={`${prefix}-${name}-${i}`}
						fields={fields}
						draft={item}
						error={error}
						within={`${name}/${i}`}
						change={(field, value) => change(items.map((one, k) => (k === i ? { ...one, [field]: value } : one)))}
					/>
					<button
						type="button"
						class="plain"
						aria-label={m.value.removeItem(label, f.value.count(i + 1))}
						onClick={(event) => {
							event.currentTarget.closest("fieldset")?.querySelector<HTMLElement>(":scope > button")?.focus();
							change(items.filter((_, k) => k !== i));
						}}
					>
						{m.value.remove}
					</button>
				</div>
			))}
			<button type="button" onClick={() => change([...items, {}])}>
				{m.value.addItem(label)}
			</button>
		</fieldset>
	);
}

interface EditProps extends EditOptions {
	title: string;
	prefix: string;
	close: () => void;
	/* Between the heading and the fields. */
	children?: ComponentChildren;
	/* Fields under headings; else all in one. */
	groups?: readonly { title: string; names: readonly string[] }[] | undefined;
}

function Groups({ groups, shape, ...rest }: Pick<EditProps, "groups" | "shape"> & Omit<Parameters<typeof Fields>[0], "fields">) {
	if (groups === undefined) return <Fields fields={shape.fields} {...rest} />;
	return (
		<>
			{groups.map(({ title, names }) => (
				<fieldset class="supplier-group" key={title}>
					<legend>{title}</legend>
					<Fields fields={shape.fields.filter(({ name }) => names.includes(name))} {...rest} />
				</fieldset>
			))}
		</>
	);
}

export function EditDialog({ title, prefix, close, children, groups, ...options }: EditProps) {
	const edit = useEdit(options);
	const known = [...options.shape.fields, ...options.shape.lists];
	return (
		<Dialog title={title} close={close} wide>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					void edit.save();
				}}
			>
				{children}
				{edit.base === null && edit.error === null && <Loading />}
				{edit.base !== null && (
					<>
						<Groups
							groups={groups}
							shape={options.shape}
							prefix={prefix}
							draft={edit.draft}
							error={edit.error}
							change={(name, value) => edit.setDraft({ ...edit.draft, [name]: value })}
						/>
						{options.shape.lists.map((spec) => (
							<Items
								key={spec.name}
								prefix={prefix}
								spec={spec}
								items={edit.lists[spec.name] ?? []}
								error={edit.error}
								change={(items) => edit.setLists({ ...edit.lists, [spec.name]: items })}
							/>
						))}
					</>
				)}
				{edit.conflict && (
					<p class="notice bad" role="alert">
						{m.value.conflict}
					</p>
				)}
				{edit.nothing && <p role="status">{m.value.unchanged}</p>}
				{edit.base !== null && isForbidden(edit.error) ? (
					<p class="notice bad" role="alert">
						{m.value.refused}
					</p>
				) : (
					edit.error !== null && !toldBeside(edit.error, known) && <ErrorNotice error={edit.error} />
				)}
				<div class="dialog-foot">
					<button type="button" onClick={close}>
						{m.value.cancel}
					</button>
					<button type="submit" class="primary" disabled={edit.busy || edit.base === null}>
						{m.value.save}
					</button>
				</div>
			</form>
		</Dialog>
	);
}
