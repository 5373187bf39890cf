/* Why it is in the chain and how much hangs on it: the path, link by link, and who asks it for what. */
import type { ChainOne, Dependency } from "../../api/types";
import { Supplier } from "../../components/Cells";
import { Name } from "../../components/Name";
import { orgName } from "../../components/Path";
import { type Column, Table } from "../../components/Table";
import { f, t } from "../../i18n";
import { supplierHref } from "../../router";
import { useNames } from "./data";
import { m } from "./texts";

function Step({ buyer, id, last }: { buyer: string; id: string; last: boolean }) {
	const name = <Name text={orgName(id)} />;
	return id === buyer || last ? <strong>{name}</strong> : <a href={supplierHref(buyer, id)}>{name}</a>;
}

export function Way({ buyer, path }: { buyer: string; path: Dependency }) {
	useNames(path.path);
	return (
		<>
			<p class="muted">
				{m.value.whyLead(f.value.share(path.dependency))} {m.value.whyOther}
			</p>
			<ol class="supplier-path">
				<li>
					<Step buyer={buyer} id={path.path[0] ?? buyer} last={false} />
				</li>
				{path.links.map(({ supplier, dependency }, i) => (
					<li key={supplier}>
						<span class="supplier-arrow">
							<span class="hidden">{m.value.linkDependency} </span>
							<span>{f.value.share(dependency)}</span>
							<span aria-hidden="true">→</span>
						</span>
						<Step buyer={buyer} id={supplier} last={i === path.links.length - 1} />
					</li>
				))}
			</ol>
		</>
	);
}

type Asked = ChainOne["asked_by"][number];

export function AskedBy({ buyer, one }: { buyer: string; one: ChainOne }) {
	const columns: Column<Asked>[] = [
		{
			key: "who",
			head: m.value.who,
			names: true,
			cell: ({ procurer, name, own }) =>
				own || procurer === buyer ? (
					<>
						<Name text={orgName(procurer, name)} /> <span class="muted">({m.value.own})</span>
					</>
				) : (
					<Supplier buyer={buyer} id={procurer} name={name} />
				),
		},
		{ key: "tier", head: m.value.tier, num: true, cell: ({ tier }) => f.value.count(tier) },
		{ key: "level", head: m.value.asks, cell: ({ level }) => t.value.level(level) },
	];
	return (
		<>
			<h3 id="supplier-asked">{m.value.asked}</h3>
			{one.asked_by.length === 0 ? (
				<p>{m.value.askedNone}</p>
			) : (
				<>
					<p class="muted">{m.value.askedLead}</p>
					<Table<Asked> css="supplier-asked" labelledBy="supplier-asked" columns={columns} rows={one.asked_by} rowKey={(row) => row.procurer} />
					{one.asked_by_total > one.asked_by.length && (
						<p class="muted">{m.value.askedCut(f.value.count(one.asked_by.length), f.value.count(one.asked_by_total))}</p>
					)}
				</>
			)}
		</>
	);
}
