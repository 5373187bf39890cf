/* The clause gaps behind a cell. */
import { getAll, orgPath } from "../../api/client";
import { chainOf } from "../../api/live";
import { useResource } from "../../api/resource";
import type { ChainItem } from "../../api/types";
import { Day, Supplier } from "../../components/Cells";
import { Show } from "../../components/Show";
import { Table } from "../../components/Table";
import { f } from "../../i18n";
import { m } from "./texts";

const MOST = 2000;

interface ClauseGap {
	supplier: string;
	name: string | null;
	no: string;
	status: string;
	reasons: string[];
	late: boolean;
	agreed_on: string | null;
	review_by: string | null;
}

interface Props {
	buyer: string;
	no: string;
	/* A filter of the procurer's own links, or null: all. */
	by: { name: "department" | "owner"; value: string } | null;
	label: string;
	close: () => void;
}

async function read({ buyer, no, by }: Props, stop: AbortSignal): Promise<{ items: ClauseGap[]; complete: boolean }> {
	const gaps = await getAll<ClauseGap>(orgPath(buyer, "/clause-gaps"), { no }, MOST, stop);
	if (by === null) return gaps;
	const theirs = await getAll<ChainItem>(orgPath(buyer, "/chain"), { tier: 1, [by.name]: by.value }, 20000, stop);
	const wanted = new Set(theirs.items.map((item) => item.supplier));
	return { ...gaps, items: gaps.items.filter((gap) => wanted.has(gap.supplier)) };
}

export function ClauseList(props: Props) {
	const { buyer, no, by, label } = props;
	const list = useResource((stop) => read(props, stop), chainOf(buyer), [buyer, no, by?.name, by?.value]);
	return (
		<section class="panel" aria-labelledby="clause-list">
			<h2 id="clause-list">{m.value.list(`${no} ${m.value.clauseNames[no] ?? ""}`, label)}</h2>
			<p>
				<button type="button" onClick={props.close}>
					{m.value.close}
				</button>
			</p>
			<Show of={list}>
				{({ items, complete }) =>
					items.length === 0 ? (
						<p>{m.value.listNone}</p>
					) : (
						<>
							{!complete && <p class="muted">{m.value.cut(f.value.count(MOST))}</p>}
							<Table
								labelledBy="clause-list"
								rows={items}
								rowKey={(gap) => gap.supplier}
								columns={[
									{ key: "supplier", head: m.value.supplier, names: true, css: "who", cell: (gap) => <Supplier buyer={buyer} id={gap.supplier} name={gap.name} /> },
									{ key: "status", head: m.value.status, cell: (gap) => m.value.statuses[gap.status] ?? gap.status },
									{ key: "reasons", head: m.value.reasons, cell: (gap) => [...gap.reasons.map((one) => m.value.why[one] ?? one), ...(gap.late ? [m.value.late] : [])].join(" · ") },
									{ key: "agreed", head: m.value.agreed, cell: (gap) => <Day date={gap.agreed_on} /> },
									{ key: "review", head: m.value.review, cell: (gap) => <Day date={gap.review_by} /> },
								]}
							/>
						</>
					)
				}
			</Show>
		</section>
	);
}
