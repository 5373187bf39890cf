/*
 * The chain as a picture: tiers from left to right, counts that open into suppliers, and the links between those that
 * are open. All that is open stands in the address.
 */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { STATES, type Exposure } from "../../api/types";
import { Show } from "../../components/Show";
import { say } from "../../components/Done";
import { ErrorNotice } from "../../components/Notice";
import { orgName } from "../../components/Path";
import { f, t } from "../../i18n";
import { lang } from "../../i18n/lang";
import { generalHref, query, setQuery } from "../../router";
import type { SectionProps } from "../frame";
import { canvasMeasure } from "./cut";
import { type Model, modelOf } from "./model";
import { closed, isOpen, NODES_MOST, oldest, opened, type Opening, openingsIn, tokensIn } from "./openings";
import { PickedBar, usePicked } from "./Picked";
import { Picture, reveal } from "./Picture";
import { place, type Places } from "./place";
import { keysOf, type Readings, useReadings } from "./readings";
import { savePng, saveSvg } from "./save";
import { isDeepest, nameOfOpening, passes, type Scene, sceneOf, type Thing, type View } from "./scene";
import { m } from "./texts";
import { filterOf, noFilter, PointList, Tools, WayWords } from "./Tools";
import { Twin } from "./Twin";
import "./chain.css";

const NARROW = "(max-width: 40rem)";

/* Pixels to a unit of the drawing: it grows with the text that the reader wants. */
const unit = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 15 || 1;

function useWidth(): [(element: HTMLElement | null) => void, number] {
	const width = useSignal(0);
	const seen = useMemo(() => new ResizeObserver(([entry]) => (width.value = Math.floor(entry?.contentRect.width ?? 0))), []);
	useEffect(() => () => seen.disconnect(), []);
	const watch = useMemo(
		() => (element: HTMLElement | null) => {
			seen.disconnect();
			if (element !== null) seen.observe(element);
		},
		[],
	);
	return [watch, width.value];
}

function useNarrow(): boolean {
	const list = useMemo(() => matchMedia(NARROW), []);
	const narrow = useSignal(list.matches);
	useEffect(() => {
		const changed = () => (narrow.value = list.matches);
		list.addEventListener("change", changed);
		return () => list.removeEventListener("change", changed);
	}, []);
	return narrow.value;
}

/* What is open, and opening and closing it. Closing lets the rest move up; nothing else moves anything. */
function useOpenings(again: () => void) {
	const openings = openingsIn(query.value);
	const shut = (opening: Opening) => {
		again();
		const linked = opening.kind === "of" || opening.kind === "to" ? { [opening.kind]: null } : {};
		const same = linked[opening.kind] === null && query.peek().get(opening.kind) === (opening as { id: string }).id;
		setQuery({ open: closed(tokensIn(query.peek()), opening), ...(same ? linked : {}) }, true);
	};
	const open = (more: readonly Opening[]) => setQuery({ open: opened(tokensIn(query.peek()), more) }, true);
	const toggle = (opening: Opening, isIt: boolean) => (isIt ? shut(opening) : open([opening]));
	return { openings, open, shut, toggle };
}

/* Too many: what was opened first gives way, and that is said. */
function useLimit(model: Model, readings: Readings, openings: readonly Opening[], gone: Signal<string[]>): void {
	const settled = readings.followed.value === keysOf(openings) && !readings.waiting.value;
	useEffect(() => {
		const first = settled && model.items.size > NODES_MOST ? oldest(tokensIn(query.peek())) : null;
		if (first === null) return;
		gone.value = [...gone.value, nameOfOpening(first.gone)];
		setQuery({ open: first.left });
	}, [model, settled]);
}

const elementOf = (key: string): SVGGElement | null =>
	[...document.querySelectorAll<SVGGElement>(".chain-svg [data-key]")].find((one) => one.dataset["key"] === key) ?? null;

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

function Body({ buyer, figures, name }: { buyer: string; figures: Exposure; name: string }) {
	const places = useRef<Places>(new Map());
	const { openings, open, shut, toggle } = useOpenings(() => (places.current = new Map()));
	const readings = useReadings(buyer, openings);
	const picked = useSignal<string | null>(null);
	const named = query.value.get("path") ?? query.value.get("of") ?? query.value.get("to");
	useEffect(() => {
		if (named !== null) picked.value = named;
	}, [named]);
	const links = usePicked(buyer, picked.value).data.value;
	const gone = useSignal<string[]>([]);
	const fit = useSignal(false);
	const twin = useSignal(false);
	const [watch, width] = useWidth();
	const narrow = useNarrow();
	const measure = useMemo(canvasMeasure, [lang.value]);
	const have = readings.have.value;
	const model = useMemo(() => modelOf(buyer, figures.depth, have, links), [buyer, figures.depth, have, links]);
	useLimit(model, readings, openings, gone);
	places.current = useMemo(() => place(places.current, [{ items: [{ key: buyer, tier: 0 }], beside: null }, ...model.blocks]), [model]);
	const filter = filterOf(query.value, figures.depth);
	const onWay = [...(model.way ?? [])].flatMap((id) => model.items.get(id)?.tier ?? []);
	const from = Math.min(filter.from, ...onWay);
	const to = Math.max(filter.to, ...onWay);
	const view: View = {
		figures,
		name,
		tiers: Array.from({ length: to - from + 1 }, (_, i) => from + i),
		states: new Set(filter.states.length > 0 ? filter.states : STATES),
		openings,
		places: places.current,
		picked: picked.value,
		room: width / unit(),
		measure,
	};
	const asTable = (query.value.get("view") ?? (narrow ? "table" : "picture")) === "table";
	const way = have.find(({ dependency }) => dependency !== undefined)?.dependency ?? null;
	const points = have.find((reading) => reading.points !== undefined)?.points ?? null;
	const item = picked.value === null ? undefined : model.items.get(picked.value);
	const out = [...model.items.values()].filter((one) => !passes(view, model, one)).length;
	const failed = readings.failed.value;
	const scene = useMemo(
		() => (asTable ? null : sceneOf(view, model)),
		[model, figures, asTable, width, picked.value, query.value, lang.value, name, t.value, f.value],
	);
	const act = (thing: Thing) => {
		gone.value = [];
		const [first] = thing.openings;
		if (first === undefined) return;
		if (thing.kind === "state") return thing.open ? thing.openings.forEach(shut) : open(thing.openings);
		toggle(first, thing.open === true);
	};
	const escape = () => {
		if (model.way !== null) setQuery({ path: null }, true);
		else picked.value = null;
	};
	const collapse = () => {
		places.current = new Map();
		gone.value = [];
		setQuery({ open: null, of: null, to: null, path: null, points: null }, true);
	};
	const show = (id: string) => {
		picked.value = id;
		elementOf(id)?.focus();
		elementOf(id)?.scrollIntoView({ block: "center", inline: "center" });
	};
	useEffect(() => {
		const end = way === null ? null : elementOf(way.supplier);
		if (end !== null) reveal(end);
	}, [way?.supplier]);
	const wide = scene !== null && scene.width > view.room + 1;
	return (
		<>
			<section class="panel chain" aria-labelledby="chain">
				<Tools buyer={buyer} depth={figures.depth} filter={filter} narrow={narrow} />
				{failed !== null && <ErrorNotice error={failed.error.value} retry={failed.refresh} />}
				{way !== null && <WayWords buyer={buyer} name={name} way={way} />}
				<div class="chain-above no-print">
					<p class="shown" role="status">
						{model.items.size > 0 && m.value.drawn(f.value.count(model.items.size))}{" "}
						{gone.value.length > 0 && m.value.evicted(gone.value, f.value.count(NODES_MOST))}
						{out > 0 && (
							<>
								{" "}
								{m.value.filtered(f.value.count(out))}{" "}
								<button type="button" class="plain" onClick={() => setQuery(noFilter, true)}>
									{m.value.clear}
								</button>
							</>
						)}
					</p>
					{openings.length > 0 && (
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
				<div ref={watch} class="chain-measure" />
				{scene !== null && width > 0 && (
					<>
						<div class="chain-frame" {...(wide && !fit.value ? { tabIndex: 0, role: "region", "aria-label": m.value.chart(name) } : {})}>
							<Picture scene={scene} label={m.value.chart(name)} fit={fit.value} act={act} pick={(key) => (picked.value = key)} escape={escape} />
						</div>
						<p class="muted small no-print" id="chain-keys">
							{m.value.keys}
						</p>
						{item !== undefined && (
							<PickedBar
								buyer={buyer}
								item={item}
								links={links?.id === item.supplier ? links : null}
								openOf={item.suppliers > 0 && !isDeepest(item, view) ? isOpen(openings, { kind: "of", id: item.supplier, from: 0 }) : null}
								openTo={isOpen(openings, { kind: "to", id: item.supplier, from: 0 })}
								toggle={(kind) => {
									const opening: Opening = { kind, id: item.supplier, from: 0 };
									toggle(opening, isOpen(openings, opening));
								}}
								path={() => setQuery({ path: item.supplier }, true)}
							/>
						)}
					</>
				)}
				{asTable ? (
					<Twin view={view} model={model} toggle={toggle} />
				) : (
					<details class="chain-twin" open={twin.value} onToggle={(event) => (twin.value = event.currentTarget.open)}>
						<summary>{m.value.details}</summary>
						{twin.value && <Twin view={view} model={model} toggle={toggle} />}
					</details>
				)}
			</section>
			{points !== null && <PointList buyer={buyer} points={points} show={show} />}
		</>
	);
}

export default function ChainPage({ frame }: SectionProps) {
	const org = frame.org.data.value;
	const name = (lang.value === "en" && org?.name_en) || orgName(frame.id, org?.name);
	return (
		<>
			<h1 id="chain">{t.value.nav.sections.chain}</h1>
			<p class="muted no-print">{m.value.lead}</p>
			<Show of={frame.figures}>
				{(figures) =>
					figures.suppliers === 0 ? (
						<section class="panel">
							<p>{m.value.empty}</p>
							<a class="button" href={generalHref("import")}>
								{m.value.toImport}
							</a>
						</section>
					) : (
						<Body buyer={frame.id} figures={figures} name={name} />
					)
				}
			</Show>
		</>
	);
}
