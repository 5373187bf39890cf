/* What happened while the page was open, newest first. */
import { orgName } from "../../components/Path";
import { f, t } from "../../i18n";
import type { BuyerStore, Change } from "./store";

function words(change: Change): string {
	const m = t.value.live;
	const { before, after } = change;
	if (before === null || after === null) return m.recomputed;
	return m.gaps(f.value.count(before), f.value.count(after));
}

function cause(change: Change): string | null {
	if (change.cause === null) return null;
	const m = t.value.live;
	const name = orgName(change.cause.subject);
	return m.cause(change.cause.type === "lapsed" ? m.lapsed(name) : m.restored(name));
}

export function Changes({ store }: { store: BuyerStore }) {
	const list = store.changes.value;
	return (
		<section class="changes" aria-labelledby="changes">
			<h2 id="changes">{t.value.live.title}</h2>
			<div aria-live="polite">
				{list.length === 0 ? (
					<p class="muted">{t.value.live.none}</p>
				) : (
					<ol>
						{list.map((change) => (
							<li key={change.id}>
								<time dateTime={change.at}>{f.value.clock(change.at)}</time>
								<strong>{words(change)}</strong>
								{cause(change) !== null && <span class="muted">{cause(change)}</span>}
							</li>
						))}
					</ol>
				)}
			</div>
		</section>
	);
}
