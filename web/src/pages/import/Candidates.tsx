/* Pairs that may be the same organisation: a person says so, or that they are not. */
import { useSignal } from "@preact/signals";
import { get, send } from "../../api/client";
import { useResource } from "../../api/resource";
import { Dialog } from "../../components/Dialog";
import { say } from "../../components/Done";
import { ErrorNotice } from "../../components/Notice";
import { Name } from "../../components/Name";
import { Show } from "../../components/Show";
import { f } from "../../i18n";
import { m } from "./texts";

interface Side {
	id: string;
	name: string | null;
	name_kana?: string | null;
	address?: string | null;
	stub: boolean;
	links: number;
}

interface Pair {
	left: Side;
	right: Side;
	evidence: ("name" | "kana")[];
	keep: "left" | "right";
	joinable: boolean;
	reason: string | null;
}

interface Pairs {
	items: Pair[];
	next: string | null;
	total?: number;
}

type Decision = { decision: "join"; keep: "left" | "right" } | { decision: "refuse" };

function SideBox({ side, kept }: { side: Side; kept: boolean }) {
	return (
		<div class={kept ? "import-side kept" : "import-side"}>
			<p>
				<strong>
					<Name text={side.name ?? side.id} />
				</strong>{" "}
				{kept && <span class="import-kept">{m.value.keep}</span>}
				{side.stub && <span class="muted small"> {m.value.stub}</span>}
			</p>
			<p>
				<code>{side.id}</code>
			</p>
			<p class="muted small">
				{[side.name_kana, side.address, m.value.links(f.value.count(side.links))].filter(Boolean).join(" · ")}
			</p>
		</div>
	);
}

function Sure({ pair, done, close }: { pair: Pair; done: () => void; close: () => void }) {
	const error = useSignal<unknown>(null);
	const kept = pair[pair.keep];
	const gone = pair.keep === "left" ? pair.right : pair.left;
	const join = () =>
		decide(pair, { decision: "join", keep: pair.keep })
			.then((revision) => {
				say(m.value.joined(kept.name ?? kept.id), revision);
				done();
			})
			.catch((failure) => {
				error.value = failure;
			});
	return (
		<Dialog title={m.value.join} close={close}>
			<p>{m.value.joinAsk(gone.name ?? gone.id, kept.name ?? kept.id)}</p>
			{error.value !== null && <ErrorNotice error={error.value} />}
			<div class="dialog-foot">
				<button type="button" onClick={close}>
					{m.value.cancel}
				</button>
				<button type="button" class="primary" onClick={() => void join()}>
					{m.value.join}
				</button>
			</div>
		</Dialog>
	);
}

async function decide(pair: Pair, decision: Decision): Promise<number> {
	const { revision } = await send("POST", "/v1/candidates", { left: pair.left.id, right: pair.right.id, ...decision });
	return revision;
}

function PairRow({ pair, changed }: { pair: Pair; changed: () => void }) {
	const asking = useSignal(false);
	const error = useSignal<unknown>(null);
	const refuse = () =>
		decide(pair, { decision: "refuse" })
			.then((revision) => {
				say(m.value.refused, revision);
				changed();
			})
			.catch((failure) => {
				error.value = failure;
			});
	return (
		<li class="import-pair">
			<SideBox side={pair.left} kept={pair.keep === "left"} />
			<SideBox side={pair.right} kept={pair.keep === "right"} />
			<div class="import-decide">
				<p class="muted small">{pair.evidence.map((one) => m.value.evidence[one]).join(" · ")}</p>
				{pair.joinable ? (
					<button type="button" onClick={() => (asking.value = true)}>
						{m.value.join}
					</button>
				) : (
					<p class="small">{m.value.cannot(m.value.reasons[pair.reason ?? ""] ?? pair.reason ?? "")}</p>
				)}
				<button type="button" onClick={() => void refuse()}>
					{m.value.refuse}
				</button>
			</div>
			{error.value !== null && <ErrorNotice error={error.value} />}
			{asking.value && (
				<Sure
					pair={pair}
					close={() => (asking.value = false)}
					done={() => {
						asking.value = false;
						changed();
					}}
				/>
			)}
		</li>
	);
}

export function Candidates() {
	const pairs = useResource<Pairs>(
		(stop, atLeast) => get("/v1/candidates", { limit: 50, revision_at_least: atLeast }, stop),
		(event) => event.type === "org.changed" || event.type === "import.finished",
	);
	return (
		<section class="panel" aria-labelledby="candidates">
			<h2 id="candidates">{m.value.candidates}</h2>
			<p class="muted">{m.value.candidatesLead}</p>
			<Show of={pairs}>
				{({ items, total }) =>
					items.length === 0 ? (
						<p>{m.value.candidatesNone}</p>
					) : (
						<>
							{total !== undefined && <p class="muted">{m.value.candidatesTotal(f.value.count(total))}</p>}
							<ul class="import-pairs">
								{items.map((pair) => (
									<PairRow key={`${pair.left.id} ${pair.right.id}`} pair={pair} changed={pairs.refresh} />
								))}
							</ul>
						</>
					)
				}
			</Show>
		</section>
	);
}
