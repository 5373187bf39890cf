/* What happened while the page was open, newest first. */
import { orgName } from "../../components/Path";
import { f, t } from "../../i18n";
import type { Change } from "./changes";

function words(change: Change): string {
	const m = t.value.live;
	const { before, after } = change;
	if (before === null || after === null) return m.recomputed;
	return m.gaps(f.value.count(before), f.value.count(after));
}

/* Subjects are an organisation, or a record of one after a slash. */
function cause({ cause }: Change): string | null {
	if (cause === null) return null;
	const m = t.value.live;
	const name = orgName(cause.subject.split("/")[0] ?? "");
	const what = m.causes[cause.type as keyof typeof m.causes] ?? m.otherCause;
	return m.cause(what(name)) + (cause.others > 0 ? m.others(f.value.count(cause.others)) : "");
}

export function Changes({ list }: { list: readonly Change[] }) {
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
