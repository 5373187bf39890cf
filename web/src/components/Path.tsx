/* The way from the buyer to a supplier, by names; the ends are known from where it stands. */
import { nameOf } from "../api/names";
import { t } from "../i18n";
import { Name } from "./Name";

const ANONYMOUS = "XX-ANON-";

export const isAnonymous = (id: string): boolean => id.startsWith(ANONYMOUS);

export function orgName(id: string, name?: string | null): string {
	if (isAnonymous(id)) return t.value.gaps.anonymous;
	return name || nameOf(id);
}

export function Path({ ids }: { ids: readonly string[] }) {
	if (ids.length <= 2) return <span class="muted">{t.value.gaps.direct}</span>;
	return (
		<ol class="path">
			{ids.slice(1).map((id) => (
				<li key={id} title={id}>
					<Name text={orgName(id)} />
				</li>
			))}
		</ol>
	);
}
