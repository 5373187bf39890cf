/* Above the picture: how much is open, what was closed or hidden, and what can be done with the whole. */
import type { Signal } from "@preact/signals";
import { say } from "../../components/Done";
import { f, t } from "../../i18n";
import { lang } from "../../i18n/lang";
import { setQuery } from "../../router";
import type { View } from "./grid";
import { type Model } from "./model";
import { NODES_MOST } from "./openings";
import { savePng, saveSvg } from "./save";
import { passes, type Scene } from "./scene";
import { m } from "./texts";
import { noFilter } from "./Tools";

interface SaveProps {
	scene: Scene;
	view: View;
	buyer: string;
}

function Saving({ scene, view, buyer }: SaveProps) {
	const file = (ending: string) => `chain-${buyer}-${view.figures.on}.${ending}`;
	const words = () => ({
		title: m.value.chart(view.name),
		desc: [t.value.product, buyer, t.value.buyer.asOf(f.value.longDay(view.figures.on)), t.value.buyer.depth(view.figures.depth)].join("  "),
		lang: lang.value,
		family: getComputedStyle(document.body).fontFamily,
	});
	const png = () =>
		savePng(file("png"), scene, words()).then(
			() => say(m.value.saved(file("png"))),
			() => say(m.value.pngFailed),
		);
	const svg = () => {
		saveSvg(file("svg"), scene, words());
		say(m.value.saved(file("svg")));
	};
	return (
		<>
			<button type="button" onClick={svg}>
				{m.value.saveSvg}
			</button>
			<button type="button" onClick={() => void png()}>
				{m.value.savePng}
			</button>
		</>
	);
}

interface AboveProps {
	buyer: string;
	view: View;
	model: Model;
	/* null: it is shown as a table. */
	scene: Scene | null;
	gone: readonly string[];
	fit: Signal<boolean>;
	wide: boolean;
	collapse: () => void;
}

export function Above({ buyer, view, model, scene, gone, fit, wide, collapse }: AboveProps) {
	const n = f.value.count;
	const out = [...model.items.values()].filter((one) => !passes(view, model, one)).length;
	return (
		<div class="chain-above no-print">
			<p class="shown" role="status">
				{model.items.size > 0 && m.value.drawn(n(model.items.size))} {gone.length > 0 && m.value.evicted([...gone], n(NODES_MOST))}
				{out > 0 && (
					<>
						{" "}
						{m.value.filtered(n(out))}{" "}
						<button type="button" class="plain" onClick={() => setQuery(noFilter, true)}>
							{m.value.clear}
						</button>
					</>
				)}
			</p>
			{view.openings.length > 0 && (
				<button type="button" onClick={collapse}>
					{m.value.collapse}
				</button>
			)}
			{wide && (
				<button type="button" aria-pressed={fit.value} onClick={() => (fit.value = !fit.value)}>
					{m.value.fit}
				</button>
			)}
			{scene !== null && <Saving scene={scene} view={view} buyer={buyer} />}
		</div>
	);
}
