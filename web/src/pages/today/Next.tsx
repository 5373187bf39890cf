/* The gaps whose day comes next, the most overdue first. */
import { get, orgPath } from "../../api/client";
import { chainOf } from "../../api/live";
import { useResource } from "../../api/resource";
import type { ChainItem, Page } from "../../api/types";
import { Day, Due, Supplier } from "../../components/Cells";
import { Name } from "../../components/Name";
import { Show } from "../../components/Show";
import { Table } from "../../components/Table";
import { t } from "../../i18n";
import { buyerHref } from "../../router";
import { m } from "./texts";

const ROWS = 8;

function Owner({ of }: { of: (string | null | undefined)[] }) {
	const text = of.filter(Boolean).join(" · ");
	return text === "" ? <span class="muted">–</span> : <Name text={text} />;
}

export function Next({ id }: { id: string }) {
	const gaps = useResource<Page<ChainItem>>(
		(stop, atLeast) =>
			get(orgPath(id, "/chain"), { state: "gap", timing: "overdue,due", sort: "due", limit: ROWS, revision_at_least: atLeast }, stop),
		chainOf(id),
		[id],
	);
	const level = t.value.level;
	return (
		<section class="panel" aria-labelledby="next">
			<h2 id="next">{m.value.next}</h2>
			<Show of={gaps}>
				{({ items }) =>
					items.length === 0 ? (
						<p>{m.value.nextNone}</p>
					) : (
						<>
							<Table
								labelledBy="next"
								rows={items}
								rowKey={(gap) => gap.supplier}
								columns={[
									{ key: "due", head: m.value.due, css: "due", cell: (gap) => <Due due={gap.due} days={gap.due_in_days} timing={gap.timing} /> },
									{ key: "supplier", head: m.value.supplier, names: true, css: "who", cell: (gap) => <Supplier buyer={id} id={gap.supplier} name={gap.name} /> },
									{ key: "level", head: m.value.level, cell: (gap) => `${level(gap.required)} / ${level(gap.held)}` },
									{ key: "kind", head: m.value.kind, cell: (gap) => (gap.kind === null ? "–" : t.value.kinds[gap.kind]) },
									{ key: "planned", head: m.value.planned, cell: (gap) => <Day date={gap.planned_on} /> },
									{ key: "owner", head: m.value.owner, cell: (gap) => <Owner of={[gap.link?.department, gap.link?.owner]} /> },
								]}
							/>
							<p>
								<a href={buyerHref(id, "suppliers", null, { state: "gap", sort: "due" })}>{m.value.all}</a>
							</p>
						</>
					)
				}
			</Show>
		</section>
	);
}
