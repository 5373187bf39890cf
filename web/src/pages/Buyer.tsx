/* One buyer: its figures, its tiers, the expiry wave, its gaps. */
import { useEffect, useMemo } from "preact/hooks";
import { streamState } from "../api/events";
import { Name } from "../components/Name";
import { ErrorNotice, isForbidden, Loading } from "../components/Notice";
import { StatePatterns } from "../components/State";
import { f, t } from "../i18n";
import { lang } from "../i18n/lang";
import { type BuyerStore, buyerStore } from "./buyer/store";
import { Changes } from "./buyer/Changes";
import { Expiry } from "./buyer/Expiry";
import { Gaps } from "./buyer/Gaps";
import { Summary } from "./buyer/Summary";
import { Tiers } from "./buyer/Tiers";

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

function Title({ store }: { store: BuyerStore }) {
	const org = store.org.value;
	const figures = store.exposure.value;
	const latin = lang.value === "en" && org?.name_en;
	const name = (latin ? org.name_en : org?.name) || t.value.buyer.unnamed;
	if (org !== null) document.title = `${name} — ${t.value.product}`;
	return (
		<div class="title">
			<p class="crumb">
				<a href="#/">← {t.value.buyers.back}</a>
			</p>
			<h1>
				<Name text={org === null ? store.id : name} />
			</h1>
			<p class="facts">
				<code>{store.id}</code>
				{latin && org.name && (
					<span>
						<Name text={org.name} />
					</span>
				)}
				{figures !== null && (
					<>
						<span>{t.value.buyer.asOf(f.value.longDay(figures.on))}</span>
						<span>{t.value.buyer.depth(figures.depth)}</span>
						<span>{t.value.buyer.horizon(figures.horizon)}</span>
					</>
				)}
				{!isForbidden(store.error.value) && <Live />}
			</p>
		</div>
	);
}

export function BuyerPage({ id }: { id: string }) {
	const store = useMemo(() => buyerStore(id), [id]);
	useEffect(() => store.start(), [store]);
	const failed = store.error.value;
	const figures = store.exposure.value;
	return (
		<>
			<StatePatterns />
			<Title store={store} />
			{failed !== null && <ErrorNotice error={failed} retry={() => void store.refresh()} />}
			{figures === null && failed === null && <Loading />}
			{figures !== null && (
				<>
					<Summary figures={figures} />
					<Changes store={store} />
					<Tiers figures={figures} />
					<Expiry store={store} figures={figures} />
					<Gaps store={store} figures={figures} />
				</>
			)}
		</>
	);
}
