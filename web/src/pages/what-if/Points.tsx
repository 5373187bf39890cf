/* Single points of failure: through whom alone others are reached. */
import { useSignal } from "@preact/signals";
import { get, orgPath } from "../../api/client";
import { chainOf } from "../../api/live";
import { useResource } from "../../api/resource";
import type { Page } from "../../api/types";
import { Supplier } from "../../components/Cells";
import { orgName } from "../../components/Path";
import { Show } from "../../components/Show";
import { Table } from "../../components/Table";
import { f, t } from "../../i18n";
import { m } from "./texts";

interface Point {
	supplier: string;
	name: string | null;
	tier: number;
	behind: number;
}

const STEP = 10;

export function Points({ buyer, lapse }: { buyer: string; lapse: (point: Point) => void }) {
	const rows = useSignal(STEP);
	const points = useResource<Page<Point>>(
		(stop, atLeast) => get(orgPath(buyer, "/chokepoints"), { limit: rows.value, revision_at_least: atLeast }, stop),
		chainOf(buyer),
		[buyer, rows.value],
	);
	return (
		<section class="panel" aria-labelledby="points">
			<h2 id="points">{m.value.points}</h2>
			<p class="muted">{m.value.pointsLead}</p>
			<Show of={points}>
				{({ items, next }) =>
					items.length === 0 ? (
						<p>{m.value.pointsNone}</p>
					) : (
						<>
							<Table
								labelledBy="points"
								rows={items}
								rowKey={(point) => point.supplier}
								columns={[
									{ key: "supplier", head: m.value.supplier, names: true, css: "who", cell: (point) => <Supplier buyer={buyer} id={point.supplier} name={point.name} /> },
									{ key: "tier", head: t.value.gaps.tier, num: true, cell: (point) => f.value.count(point.tier) },
									{ key: "behind", head: m.value.behind, num: true, cell: (point) => f.value.count(point.behind) },
									{
										key: "try",
										head: "",
										css: "no-print",
										cell: (point) => (
											<button type="button" aria-label={m.value.tryOf(orgName(point.supplier, point.name))} onClick={() => lapse(point)}>
												{m.value.try}
											</button>
										),
									},
								]}
							/>
							{next !== null && rows.value < 1000 && (
								<button type="button" onClick={() => (rows.value = Math.min(1000, rows.value * 3))}>
									{m.value.more}
								</button>
							)}
						</>
					)
				}
			</Show>
		</section>
	);
}
