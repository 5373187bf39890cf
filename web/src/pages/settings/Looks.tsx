/* Who read the records of an organisation. */
import { get, orgPath } from "../../api/client";
import { useResource } from "../../api/resource";
import type { Page } from "../../api/types";
import { Name } from "../../components/Name";
import { Show } from "../../components/Show";
import { Table } from "../../components/Table";
import { f } from "../../i18n";
import { m } from "./texts";

interface Look {
	at: string;
	kind: string;
	operator: boolean;
	viewer: string | null;
	name: string | null;
}

const nameOf = (look: Look): string =>
	look.operator ? m.value.operator : (look.name ?? m.value.hiddenViewer);

export function Looks({ org }: { org: { id: string; name: string } }) {
	const looks = useResource<Page<Look>>((stop) => get(orgPath(org.id, "/looks"), { limit: 50 }, stop), undefined, [org.id]);
	const label = `looks-${org.id}`;
	return (
		<section class="panel" aria-labelledby={label}>
			<h2 id={label}>
				{m.value.looks} – <Name text={org.name} />
			</h2>
			<p class="muted">{m.value.looksLead}</p>
			<Show of={looks}>
				{({ items }) =>
					items.length === 0 ? (
						<p>{m.value.looksNone}</p>
					) : (
						<Table
							labelledBy={label}
							rows={items.map((look, i) => ({ ...look, i }))}
							rowKey={(look) => String(look.i)}
							columns={[
								{ key: "at", head: m.value.at, cell: (look) => <span class="date">{f.value.instant(look.at)}</span> },
								{ key: "viewer", head: m.value.viewer, names: true, cell: (look) => <Name text={nameOf(look)} /> },
								{ key: "kind", head: m.value.what, cell: (look) => look.kind },
							]}
						/>
					)
				}
			</Show>
		</section>
	);
}
