/* The frame around the pages of one buyer: whose they are, as of when, and the way from one to the other. */
import type { ComponentType } from "preact";
import { streamState } from "../api/events";
import { lazy } from "../components/Lazy";
import { Name } from "../components/Name";
import { isForbidden } from "../components/Notice";
import { StatePatterns } from "../components/State";
import { f, t } from "../i18n";
import { lang } from "../i18n/lang";
import { buyerHref, SECTIONS, type Section } from "../router";
import { type Frame, FrameProvider, type SectionProps, useMakeFrame } from "./frame";
import Today from "./today/Today";

/* One file each, loaded when it is first shown. */
const PAGES: Record<Section, ComponentType<SectionProps>> = {
	today: Today,
	suppliers: lazy(() => import("./suppliers/Suppliers")),
	chain: lazy(() => import("./chain/Chain")),
	gaps: lazy(() => import("./gaps/Gaps")),
	renewals: lazy(() => import("./renewals/Renewals")),
	"what-if": lazy(() => import("./what-if/WhatIf")),
	targets: lazy(() => import("./targets/Targets")),
	trends: lazy(() => import("./trends/Trends")),
	incident: lazy(() => import("./incident/Incident")),
};
const SupplierPage = lazy(() => import("./supplier/Supplier"));

function Live() {
	const state = streamState.value;
	return (
		<span class={`live live-${state}`} role="status">
			<span aria-hidden="true" class="live-dot">
				{state === "open" ? "●" : "○"}
			</span>
			{t.value.live[state]}
		</span>
	);
}

function Title({ frame }: { frame: Frame }) {
	const org = frame.org.data.value;
	const figures = frame.figures.data.value;
	const latin = lang.value === "en" && org?.name_en;
	const name = (latin ? org.name_en : org?.name) || t.value.buyer.unnamed;
	return (
		<div class="buyer-head">
			<p class="buyer-title">
				<a href="#/" class="crumb">
					{t.value.nav.buyers}
				</a>
				<span aria-hidden="true" class="muted">
					›
				</span>
				<strong>
					<Name text={org === null ? frame.id : name} />
				</strong>
			</p>
			<p class="facts">
				<code>{frame.id}</code>
				{figures !== null && (
					<>
						<span>{t.value.buyer.asOf(f.value.longDay(figures.on))}</span>
						<span>{t.value.buyer.depth(figures.depth)}</span>
					</>
				)}
				{!isForbidden(frame.figures.error.value) && <Live />}
			</p>
		</div>
	);
}

function Sections({ id, at }: { id: string; at: Section }) {
	return (
		<nav class="sections" aria-label={t.value.nav.label}>
			<ul>
				{SECTIONS.map((section) => (
					<li key={section}>
						<a href={buyerHref(id, section)} aria-current={section === at ? "page" : undefined}>
							{t.value.nav.sections[section]}
						</a>
					</li>
				))}
			</ul>
		</nav>
	);
}

export function BuyerPage({ id, section, item }: { id: string; section: Section; item: string | null }) {
	const frame = useMakeFrame(id);
	const Page = section === "suppliers" && item !== null ? SupplierPage : PAGES[section];
	const name = frame.org.data.value?.name ?? id;
	document.title = `${t.value.nav.sections[section]} — ${name} — ${t.value.product}`;
	return (
		<FrameProvider value={frame}>
			<StatePatterns />
			<Title frame={frame} />
			<Sections id={id} at={section} />
			<Page key={`${section}/${item ?? ""}`} frame={frame} item={item} />
		</FrameProvider>
	);
}
