/* The links that were chosen, and what can be done with them. */
import { useState } from "preact/hooks";
import { isAbort, type Params } from "../../api/client";
import type { ChainItem } from "../../api/types";
import { ErrorNotice } from "../../components/Notice";
import { f } from "../../i18n";
import { BulkDialog } from "./Bulk";
import type { Known } from "./Filters";
import { readChain } from "./list";
import { m } from "./texts";

/* A body of ids has to fit into what the server takes. */
const CHOSEN_MOST = 20000;

export interface Chosen {
	ids: ReadonlySet<string>;
	set: (ids: ReadonlySet<string>) => void;
}

/* Only the buyer's own links can be changed: those to direct suppliers. */
export const canChoose = (row: ChainItem): boolean => row.link !== null;

interface SelectionProps {
	buyer: string;
	params: Params;
	rows: readonly ChainItem[];
	chosen: Chosen;
	known: Known;
}

export function Selection({ buyer, params, rows, chosen, known }: SelectionProps) {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const [cut, setCut] = useState(false);
	const [changing, setChanging] = useState(false);
	const all = async () => {
		setBusy(true);
		setError(null);
		try {
			/* An own supplier is in tier 1; another tier asked for has none. */
			const tier = params["tier"] ?? 1;
			const list = await readChain(buyer, { ...params, tier, sort: "id" }, CHOSEN_MOST, new AbortController().signal);
			setCut(list.next !== null);
			if (list.next === null) chosen.set(new Set(list.items.filter(canChoose).map((row) => row.supplier)));
		} catch (failure) {
			if (!isAbort(failure)) setError(failure);
		} finally {
			setBusy(false);
		}
	};
	const n = chosen.ids.size;
	const shown = rows.filter((row) => chosen.ids.has(row.supplier)).length;
	return (
		<div class={`suppliers-selection no-print ${n > 0 ? "on" : ""}`}>
			<p role="status">
				{n === 0 ? m.value.selectHint : m.value.selected(f.value.count(n))}
				{n > shown && <span class="muted">{m.value.elsewhere(f.value.count(n - shown))}</span>}
				{cut && <span class="field-error">{m.value.selectTooMany(f.value.count(CHOSEN_MOST))}</span>}
			</p>
			<button type="button" class="plain" disabled={busy} onClick={() => void all()}>
				{busy ? m.value.selecting : m.value.selectMatching}
			</button>
			{n > 0 && (
				<>
					<button type="button" class="plain" onClick={() => chosen.set(new Set())}>
						{m.value.selectNone}
					</button>
					<button type="button" class="primary" onClick={() => setChanging(true)}>
						{m.value.change}
					</button>
				</>
			)}
			{error !== null && <ErrorNotice error={error} />}
			{changing && (
				<BulkDialog
					buyer={buyer}
					suppliers={[...chosen.ids]}
					known={known}
					close={() => setChanging(false)}
					done={() => setChanging(false)}
				/>
			)}
		</div>
	);
}
