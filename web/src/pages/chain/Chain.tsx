/*
 * The chain as a picture: tiers from left to right, counts that open into suppliers, and the links between those that
 * are open. All that is open stands in the address.
 */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { STATES, type Exposure } from "../../api/types";
import { ErrorNotice } from "../../components/Notice";
import { orgName } from "../../components/Path";
import { Show } from "../../components/Show";
import { f, t } from "../../i18n";
import { lang } from "../../i18n/lang";
import { generalHref, query, setQuery } from "../../router";
import type { SectionProps } from "../frame";
import { Above } from "./Above";
import { canvasMeasure } from "./cut";
import type { View } from "./grid";
import { unit, useLimit, useNarrow, useOpenings, useWidth } from "./hooks";
import { type Model, modelOf } from "./model";
import { isOpen, type Opening } from "./openings";
import { PickedBar, type PickedNow, usePicked } from "./Picked";
import { Picture, reveal } from "./Picture";
import { place, type Places } from "./place";
import { useReadings } from "./readings";
import { isDeepest, type Scene, sceneOf } from "./scene";
import type { Thing } from "./shapes";
import { m } from "./texts";
import { type Filter, filterOf, PointList, Tools, WayWords } from "./Tools";
import { Twin } from "./Twin";
import "./chain.css";

const elementOf = (key: string): SVGGElement | null =>
	[...document.querySelectorAll<SVGGElement>(".chain-svg [data-key]")].find((one) => one.dataset["key"] === key) ?? null;

/* The tiers that are shown: those of the filter, and whatever the lit way leads through. */
function tiersOf(filter: Filter, model: Model): number[] {
	const onWay = [...(model.way ?? [])].flatMap((id) => model.items.get(id)?.tier ?? []);
	const from = Math.min(filter.from, ...onWay);
	return Array.from({ length: Math.max(filter.to, ...onWay) - from + 1 }, (_, i) => from + i);
}

/* What an address names is picked, until the reader picks somebody else. */
function usePick() {
	const picked = useSignal<string | null>(null);
	const named = query.value.get("path") ?? query.value.get("of") ?? query.value.get("to");
	useEffect(() => {
		if (named !== null) picked.value = named;
	}, [named]);
	return picked;
}

interface DrawingProps {
	scene: Scene;
	view: View;
	model: Model;
	links: PickedNow | null;
	fit: boolean;
	act: (thing: Thing) => void;
	pick: (id: string | null) => void;
	toggle: (opening: Opening, open: boolean) => void;
}

function Drawing({ scene, view, model, links, fit, act, pick, toggle }: DrawingProps) {
	const { openings, picked } = view;
	const item = picked === null ? undefined : model.items.get(picked);
	const label = m.value.chart(view.name);
	const scrolls = scene.width > view.room + 1 && !fit;
	const openOf = (kind: "of" | "to", id: string): Opening => ({ kind, id, from: 0 });
	const escape = () => {
		if (model.way !== null) setQuery({ path: null }, true);
		else pick(null);
	};
	return (
		<>
			<div class="chain-frame" {...(scrolls ? { tabIndex: 0, role: "region", "aria-label": label } : {})}>
				<Picture scene={scene} label={label} fit={fit} unit={unit()} picked={picked} act={act} pick={pick} escape={escape} />
			</div>
			<p class="muted small no-print" id="chain-keys">
				{m.value.keys}
			</p>
			{item !== undefined && (
				<PickedBar
					buyer={model.buyer}
					item={item}
					links={links?.id === item.supplier ? links : null}
					openOf={item.suppliers > 0 && !isDeepest(item, view) ? isOpen(openings, openOf("of", item.supplier)) : null}
					openTo={isOpen(openings, openOf("to", item.supplier))}
					toggle={(kind) => toggle(openOf(kind, item.supplier), isOpen(openings, openOf(kind, item.supplier)))}
					path={() => setQuery({ path: item.supplier }, true)}
				/>
			)}
		</>
	);
}

function Body({ buyer, figures, name }: { buyer: string; figures: Exposure; name: string }) {
	const places = useRef<Places>(new Map());
	const { openings, open, shut, toggle } = useOpenings(() => (places.current = new Map()));
	const readings = useReadings(buyer, openings);
	const picked = usePick();
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
	const view: View = {
		figures,
		name,
		tiers: tiersOf(filter, model),
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
	const failed = readings.failed.value;
	const scene = useMemo(
		() => (asTable || width === 0 ? null : sceneOf(view, model)),
		[model, figures, asTable, width, query.value, lang.value, name, t.value, f.value],
	);
	const act = (thing: Thing) => {
		gone.value = [];
		const [first] = thing.openings;
		if (first === undefined) return;
		if (thing.kind !== "state") toggle(first, thing.open === true);
		else if (thing.open) shut(thing.openings);
		else open(thing.openings);
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
	const table = () => <Twin view={view} model={model} toggle={toggle} />;
	return (
		<>
			<section class="panel chain" aria-labelledby="chain">
				<Tools buyer={buyer} depth={figures.depth} filter={filter} narrow={narrow} />
				{failed !== null && <ErrorNotice error={failed.error.value} retry={failed.refresh} />}
				{way !== null && <WayWords buyer={buyer} name={name} way={way} />}
				<Above
					buyer={buyer}
					view={view}
					model={model}
					scene={scene}
					gone={gone.value}
					fit={fit}
					wide={scene !== null && scene.width > view.room + 1}
					collapse={collapse}
				/>
				<div ref={watch} class="chain-measure" />
				{scene !== null && (
					<Drawing scene={scene} view={view} model={model} links={links} fit={fit.value} act={act} pick={(id) => (picked.value = id)} toggle={toggle} />
				)}
				{asTable ? (
					table()
				) : (
					<details class="chain-twin" open={twin.value} onToggle={(event) => (twin.value = event.currentTarget.open)}>
						<summary>{m.value.details}</summary>
						{twin.value && table()}
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
