/* One change for the links that were chosen: say what, see what it would do, do it, be able to take it back. */
import { useState } from "preact/hooks";
import { ApiError } from "../../api/client";
import { Dialog } from "../../components/Dialog";
import { say } from "../../components/Done";
import { Fields } from "../../components/Fields";
import { Check, Choice } from "../../components/Form";
import { ErrorNotice } from "../../components/Notice";
import { Name } from "../../components/Name";
import { orgName } from "../../components/Path";
import { type Draft, toldBeside } from "../../components/record";
import { f } from "../../i18n";
import { type Action, ACTIONS, type BulkAnswer, type BulkChange, bulkSend, changedOf, changeOf, CLEARABLE, fieldsOf, undoable } from "./bulk";
import type { Known } from "./Filters";
import { m } from "./texts";

interface Checked {
	change: BulkChange;
	answer: BulkAnswer;
}

function Preview({ answer }: { answer: BulkAnswer }) {
	const b = m.value.bulk;
	const n = (count: number) => b.companies(f.value.count(count));
	const sample = (answer.sample ?? []).slice(0, 8);
	return (
		<section class="bulk-preview" aria-labelledby="bulk-preview" role="status">
			<h3 id="bulk-preview">{b.previewTitle}</h3>
			<dl class="facts-list">
				<div>
					<dt>{b.matched}</dt>
					<dd>{n(answer.matched)}</dd>
				</div>
				<div>
					<dt>{b.changed}</dt>
					<dd>
						<strong>{n(changedOf(answer))}</strong>
					</dd>
				</div>
				<div>
					<dt>{b.unchangedN}</dt>
					<dd>{n(answer.unchanged)}</dd>
				</div>
			</dl>
			{sample.length > 0 && (
				<>
					<p class="muted">{b.sample}</p>
					<ul class="bulk-sample">
						{sample.map(({ supplier, name }) => (
							<li key={supplier}>
								<Name text={orgName(supplier, name)} />
							</li>
						))}
						{answer.matched > sample.length && <li class="muted">{b.others(f.value.count(answer.matched - sample.length))}</li>}
					</ul>
				</>
			)}
			<p class="muted">{changedOf(answer) === 0 ? b.nothing : b.notYet}</p>
		</section>
	);
}

/* Another number than was checked, or a link changed in between. */
const isConflict = (error: unknown): boolean => error instanceof ApiError && error.status === 409;

function useBulk(buyer: string, suppliers: readonly string[], done: (action: Action, answer: BulkAnswer) => void) {
	const [checked, setChecked] = useState<Checked | null>(null);
	const [error, setError] = useState<unknown>(null);
	const [busy, setBusy] = useState(false);
	const run = async (work: () => Promise<void>) => {
		setBusy(true);
		setError(null);
		try {
			await work();
		} catch (failure) {
			setChecked(null);
			setError(failure);
		} finally {
			setBusy(false);
		}
	};
	return {
		checked,
		error,
		busy,
		edit: () => setChecked(null),
		check: (change: BulkChange) =>
			run(async () => {
				const { data } = await bulkSend(buyer, suppliers, change, true);
				setChecked({ change, answer: data });
			}),
		apply: (action: Action) =>
			run(async () => {
				if (checked === null) return;
				const { data, revision } = await bulkSend(buyer, suppliers, checked.change, false, checked.answer.matched);
				done(action, { ...data, revision: data.revision ?? revision });
			}),
	};
}

interface BulkProps {
	buyer: string;
	suppliers: readonly string[];
	known: Known;
	close: () => void;
	done: () => void;
}

export function BulkDialog({ buyer, suppliers, known, close, done }: BulkProps) {
	const b = m.value.bulk;
	const [action, setAction] = useState<Action>("due");
	const [draft, setDraft] = useState<Draft>({});
	const [clear, setClear] = useState(false);
	const [empty, setEmpty] = useState(false);
	const bulk = useBulk(buyer, suppliers, (what, answer) => {
		say(b.done(f.value.count(changedOf(answer)), b.actions[what]), changedOf(answer) > 0 && undoable(what) ? (answer.revision ?? null) : null);
		done();
	});
	const fields = fieldsOf(action, { department: known.departments, owner: known.owners });
	const edited = () => {
		setEmpty(false);
		bulk.edit();
	};
	const submit = () => {
		const change = changeOf(action, fields, draft, clear);
		setEmpty(change === null);
		if (change !== null) void (bulk.checked === null ? bulk.check(change) : bulk.apply(action));
	};
	const clearable = CLEARABLE.includes(action);
	return (
		<Dialog title={b.title(f.value.count(suppliers.length))} close={close}>
			<form
				class="bulk"
				onSubmit={(event) => {
					event.preventDefault();
					submit();
				}}
			>
				<Choice
					id="bulk-action"
					label={b.what}
					value={action}
					options={ACTIONS.map((one) => [one, b.actions[one]])}
					choose={(value) => {
						setAction(value as Action);
						setDraft({});
						setClear(false);
						edited();
					}}
				/>
				{action === "exception" && <p class="help">{b.exceptionHelp}</p>}
				{action === "contact" && <p class="help">{b.contactHelp}</p>}
				{!(clear && clearable) && (
					<Fields
						prefix="bulk"
						fields={fields}
						draft={draft}
						error={bulk.error}
						change={(name, value) => {
							setDraft({ ...draft, [name]: value });
							edited();
						}}
					/>
				)}
				{clearable && (
					<Check
						id="bulk-clear"
						label={b.clear}
						checked={clear}
						change={(on) => {
							setClear(on);
							edited();
						}}
					/>
				)}
				{empty && (
					<p class="field-error" role="alert">
						<span aria-hidden="true">▲ </span>
						{b.empty}
					</p>
				)}
				{isConflict(bulk.error) ? (
					<p class="notice bad" role="alert">
						{b.conflict}
					</p>
				) : (
					bulk.error !== null && !toldBeside(bulk.error, fields) && <ErrorNotice error={bulk.error} />
				)}
				{bulk.checked !== null && <Preview answer={bulk.checked.answer} />}
				<div class="dialog-foot">
					<button type="button" onClick={close}>
						{m.value.cancel}
					</button>
					{bulk.checked === null ? (
						<button type="submit" class="primary" disabled={bulk.busy}>
							{b.preview}
						</button>
					) : (
						<button type="submit" class="primary" disabled={bulk.busy || changedOf(bulk.checked.answer) === 0}>
							{b.apply(f.value.count(changedOf(bulk.checked.answer)))}
						</button>
					)}
				</div>
			</form>
		</Dialog>
	);
}
