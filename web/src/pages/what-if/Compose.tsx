/* Composing what is supposed: one change after the other. */
import { type Signal, useSignal } from "@preact/signals";
import { findAny, findInChain } from "../../api/find";
import { Choice } from "../../components/Form";
import { Name } from "../../components/Name";
import { orgName } from "../../components/Path";
import { Picker } from "../../components/Picker";
import { t } from "../../i18n";
import { type Change, type Kind, KINDS, same, words } from "./changes";
import { m } from "./texts";

const LEVELS = [0, 1, 2, 3, 4, 5] as const;

function LevelChoice({ id, value, choose, from = 0 }: { id: string; value: number; choose: (level: number) => void; from?: number }) {
	return (
		<Choice
			id={id}
			label={m.value.level}
			value={String(value)}
			options={LEVELS.filter((level) => level >= from).map((level) => [String(level), t.value.level(level)] as const)}
			choose={(text) => choose(Number(text))}
		/>
	);
}

export function Compose({ buyer, changes, depth }: { buyer: string; changes: Signal<Change[]>; depth: number }) {
	const kind = useSignal<Kind>("lapse");
	const level = useSignal(3);
	const tier = useSignal(2);
	const procurer = useSignal<string>(buyer);
	const now = kind.value;
	const add = (change: Change) => {
		if (!changes.value.some((one) => same(one, change))) changes.value = [...changes.value, change];
	};
	const picked = (org: string) => {
		if (now === "lapse") add({ kind: now, org });
		else if (now === "held") add({ kind: now, org, level: level.value });
		else if (now === "drop") add({ kind: now, procurer: procurer.value, supplier: org });
		else if (now === "add" || now === "level") add({ kind: now, procurer: buyer, supplier: org, level: level.value });
	};
	return (
		<section class="panel no-print" aria-labelledby="compose">
			<h2 id="compose">{m.value.compose}</h2>
			<div class="whatif-fields">
				<Choice
					id="kind"
					label={m.value.kind}
					value={now}
					options={KINDS.map((one) => [one, m.value.kinds[one]] as const)}
					choose={(value) => {
						kind.value = value as Kind;
						procurer.value = buyer;
					}}
				/>
				{now === "tier" && (
					<Choice
						id="tier"
						label={m.value.tier}
						value={String(tier.value)}
						options={Array.from({ length: Math.max(1, depth - 1) }, (_, i) => [String(i + 2), t.value.tiers.nth(i + 2)] as const)}
						choose={(value) => (tier.value = Number(value))}
					/>
				)}
				{(now === "held" || now === "add" || now === "level" || now === "tier") && (
					<LevelChoice id="level" value={level.value} choose={(value) => (level.value = value)} />
				)}
				{now === "drop" && (
					<Picker
						id="procurer"
						label={`${m.value.buyerSide}: ${procurer.value === buyer ? m.value.ownSide : orgName(procurer.value)}`}
						search={findInChain(buyer)}
						choose={(found) => (procurer.value = found.id)}
					/>
				)}
				{now === "tier" ? (
					<button type="button" onClick={() => add({ kind: "tier", tier: tier.value, level: level.value })}>
						{m.value.add}
					</button>
				) : (
					<Picker
						id="org"
						label={now === "drop" ? m.value.supplierSide : m.value.org}
						search={now === "add" ? findAny : findInChain(buyer)}
						choose={(found) => picked(found.id)}
					/>
				)}
			</div>
			{changes.value.length > 0 && (
				<ul class="whatif-changes">
					{changes.value.map((change, i) => (
						<li key={JSON.stringify(change)}>
							<Name text={words(change)} />
							<button
								type="button"
								class="plain"
								aria-label={m.value.remove(words(change))}
								onClick={() => (changes.value = changes.value.filter((_, k) => k !== i))}
							>
								×
							</button>
						</li>
					))}
					<li class="whatif-clear">
						<button type="button" class="plain" onClick={() => (changes.value = [])}>
							{m.value.clear}
						</button>
					</li>
				</ul>
			)}
		</section>
	);
}
