/*
 * What was just done, said once at the foot of the window, with a way to take it back. It stays until it is closed,
 * taken back, or something else is done: nobody has to be quick.
 */
import { signal } from "@preact/signals";
import { send } from "../api/client";
import { t } from "../i18n";
import { ErrorNotice } from "./Notice";

interface Done {
	text: string;
	/* The revision of the command that undo takes back; null: it cannot be. */
	revision: number | null;
}

const done = signal<Done | null>(null);
const failed = signal<unknown>(null);
const busy = signal(false);

export function say(text: string, revision: number | null = null): void {
	failed.value = null;
	done.value = { text, revision };
}

async function undo(revision: number): Promise<void> {
	busy.value = true;
	try {
		await send("POST", `/v1/revisions/${revision}/undo`, { preview: false });
		say(t.value.done.undone);
	} catch (error) {
		failed.value = error;
	} finally {
		busy.value = false;
	}
}

export function DoneBar() {
	const what = done.value;
	return (
		<div class="done" role="status" aria-live="polite">
			{what !== null && (
				<div class="done-box">
					<p>{what.text}</p>
					{what.revision !== null && (
						<button type="button" disabled={busy.value} onClick={() => void undo(what.revision ?? 0)}>
							{t.value.done.undo}
						</button>
					)}
					<button
						type="button"
						onClick={() => {
							done.value = null;
							failed.value = null;
						}}
					>
						{t.value.close}
					</button>
					{failed.value !== null && <ErrorNotice error={failed.value} />}
				</div>
			)}
		</div>
	);
}
