/*
 * The watched buyers, page by page. Who is bound to organisations finds these first, watched or not.
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, isAbort } from "../api/client";
import { nameRemember } from "../api/names";
import { me } from "../api/session";
import type { Org, Page } from "../api/types";
import { Name } from "../components/Name";
import { ErrorNotice, Loading } from "../components/Notice";
import { t } from "../i18n";
import { lang } from "../i18n/lang";
import { buyerHref } from "../router";

function Empty() {
	const m = t.value.buyers;
	return (
		<>
			<p>{m.empty}</p>
			{me.value?.role === "admin" && (
				<>
					<p class="muted">{m.emptyHow}</p>
					<pre>
						<code>tierwatch target set JP-JCN-… --meti</code>
					</pre>
				</>
			)}
		</>
	);
}

function Buyer({ org }: { org: Org }) {
	const latin = lang.value === "en" && org.name_en;
	return (
		<li>
			<a href={buyerHref(org.id)}>
				<span class="buyer-name">
					<Name text={(latin ? org.name_en : org.name) || org.id} />
				</span>
				{latin && org.name && (
					<span class="muted">
						<Name text={org.name} />
					</span>
				)}
				<code>{org.id}</code>
			</a>
		</li>
	);
}

/* The caller's own come first; what the list knows more of them (a name in English) is taken from it. */
export function ownFirst(own: readonly Org[], listed: readonly Org[]): Org[] {
	const isOwn = new Set(own.map((org) => org.id));
	return [
		...own.map((org) => listed.find((one) => one.id === org.id) ?? org),
		...listed.filter((org) => !isOwn.has(org.id)),
	];
}

export function BuyersPage() {
	const items = useSignal<Org[] | null>(null);
	const next = useSignal<string | null>(null);
	const error = useSignal<unknown>(null);
	const load = async (cursor: string | null, signal?: AbortSignal) => {
		try {
			const page = await get<Page<Org>>("/v1/orgs", { watched: true, limit: 100, cursor }, signal);
			for (const org of page.items) nameRemember(org.id, org.name);
			items.value = cursor === null ? page.items : [...(items.value ?? []), ...page.items];
			next.value = page.next;
			error.value = null;
		} catch (failure) {
			if (!isAbort(failure)) error.value = failure;
		}
	};
	useEffect(() => {
		const stop = new AbortController();
		void load(null, stop.signal);
		return () => stop.abort();
	}, []);
	const m = t.value.buyers;
	const own = me.value?.orgs ?? [];
	const title = own.length > 0 ? m.ownTitle : m.title;
	const shown = items.value === null ? null : ownFirst(own, items.value);
	document.title = `${title} — ${t.value.product}`;
	return (
		<>
			<h1>{title}</h1>
			<p class="muted">{own.length > 0 ? m.ownLead : m.lead}</p>
			{error.value !== null && <ErrorNotice error={error.value} retry={() => load(null)} />}
			{shown === null && error.value === null && <Loading />}
			{shown !== null && shown.length === 0 && <Empty />}
			{shown !== null && shown.length > 0 && (
				<ul class="buyers">
					{shown.map((org) => (
						<Buyer key={org.id} org={org} />
					))}
				</ul>
			)}
			{next.value !== null && (
				<button type="button" onClick={() => load(next.value)}>
					{m.more}
				</button>
			)}
		</>
	);
}
