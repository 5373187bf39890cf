/* Who it is, how it stands for this buyer, and what to do about it. */
import type { ComponentChildren } from "preact";
import type { ChainOne, Org } from "../../api/types";
import { listHref } from "../../back";
import { Due } from "../../components/Cells";
import { Name } from "../../components/Name";
import { isAnonymous, orgName } from "../../components/Path";
import { StateLabel } from "../../components/State";
import { f, t } from "../../i18n";
import { lang } from "../../i18n/lang";
import { buyerHref } from "../../router";
import { m } from "./texts";
import { w } from "./words";

export function Title({ buyer, id, org, one }: { buyer: string; id: string; org: Org | null; one: ChainOne | null }) {
	const latin = lang.value === "en" ? org?.name_en : null;
	const name = orgName(id, latin || org?.name || one?.name);
	return (
		<>
			<p class="crumb">
				<a href={listHref(buyer)}>
					<span aria-hidden="true">‹ </span>
					{m.value.back}
				</a>
			</p>
			<h1 class="supplier-name">
				<Name text={name} />
			</h1>
			<p class="facts">
				{org?.name_kana && <span><Name text={org.name_kana} /></span>}
				<code>{id}</code>
				{org?.kind && org.kind !== "entity" && <span>{w.value.kinds[org.kind]}</span>}
				{org?.parent && (
					<span>
						{m.value.parent}: <Name text={orgName(org.parent)} />
					</span>
				)}
				{org?.closed_on && <span class="late">▲ {m.value.closed(f.value.day(org.closed_on))}</span>}
			</p>
			{isAnonymous(id) && <p class="notice">{m.value.hidden}</p>}
		</>
	);
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
	return (
		<div>
			<dt>{label}</dt>
			<dd>{children}</dd>
		</div>
	);
}

export function Standing({ one }: { one: ChainOne }) {
	const help = t.value.stateHelp[one.state];
	return (
		<dl class="supplier-facts">
			<Fact label={m.value.state}>
				<StateLabel state={one.state} />
				{one.kind !== null && <span class="supplier-kind">{t.value.kinds[one.kind]}</span>}
				<span class="help">{help}</span>
			</Fact>
			<Fact label={m.value.level}>
				<strong>
					{t.value.level(one.required)} / {t.value.level(one.held)}
				</strong>
				{one.held_until !== null && <span class="help">{m.value.heldUntil(f.value.day(one.held_until))}</span>}
				{one.at_risk && <span class="help">◔ {m.value.atRisk}</span>}
			</Fact>
			<Fact label={m.value.due}>
				{one.due === null && one.timing === null ? (
					<span class="muted">–</span>
				) : (
					<Due due={one.due} days={one.due_in_days} timing={one.timing} />
				)}
				{one.planned_on !== null && (
					<span class="help">
						{m.value.planned} {f.value.day(one.planned_on)}
					</span>
				)}
			</Fact>
			<Fact label={m.value.tier}>{t.value.tiers.nth(one.tier)}</Fact>
			<Fact label={m.value.dependency}>{f.value.share(one.dependency)}</Fact>
			<Fact label={m.value.below}>
				{one.unknown_below ? (
					<span class="unknown-answer">
						<span aria-hidden="true">? </span>
						{m.value.belowUnknown}
					</span>
				) : (
					m.value.belowN(f.value.count(one.suppliers))
				)}
			</Fact>
		</dl>
	);
}

export interface Openers {
	link: () => void;
	certificates: () => void;
}

/* One thing to do where the buyer can do something; asking the supplier comes with requests. */
export function Next({ one, open }: { one: ChainOne; open: Openers | null }) {
	if (open === null) return null;
	if (one.state === "undecided" && one.link !== null)
		return (
			<div class="supplier-next">
				<p>
					<strong>{m.value.next}</strong> {m.value.nextUndecided}
				</p>
				<button type="button" class="primary" onClick={open.link}>
					{m.value.answer}
				</button>
			</div>
		);
	if (one.state === "unconfirmed")
		return (
			<div class="supplier-next">
				<p>
					<strong>{m.value.next}</strong> {m.value.nextUnconfirmed}
				</p>
				<button type="button" class="primary" onClick={open.certificates}>
					{m.value.confirm}
				</button>
			</div>
		);
	return null;
}

/* The other pages that are about this supplier. */
export function Ways({ buyer, id, inChain }: { buyer: string; id: string; inChain: boolean }) {
	return (
		<p class="supplier-ways no-print">
			{inChain && <a href={buyerHref(buyer, "chain", null, { path: id })}>{m.value.showChain}</a>}
			{!isAnonymous(id) && (
				<>
					<a href={buyerHref(buyer, "what-if", null, { lapse: id })}>{m.value.whatIf}</a>
					<a href={buyerHref(buyer, "incident", id)}>{m.value.incident}</a>
				</>
			)}
		</p>
	);
}

