/* What to look at today: the figures of a chain, its tiers, the expiry wave, its gaps. */
import { useEffect, useMemo } from "preact/hooks";
import { ErrorNotice, Loading } from "../../components/Notice";
import { t } from "../../i18n";
import type { SectionProps } from "../frame";
import { buyerStore } from "./store";
import { Changes } from "./Changes";
import { Expiry } from "./Expiry";
import { Gaps } from "./Gaps";
import { Summary } from "./Summary";
import { Tiers } from "./Tiers";

export default function Today({ frame: { id } }: SectionProps) {
	const store = useMemo(() => buyerStore(id), [id]);
	useEffect(() => store.start(), [store]);
	const failed = store.error.value;
	const figures = store.exposure.value;
	return (
		<>
			<h1>{t.value.nav.sections.today}</h1>
			{failed !== null && <ErrorNotice error={failed} retry={() => void store.refresh()} />}
			{figures === null && failed === null && <Loading />}
			{figures !== null && (
				<>
					<Summary figures={figures} />
					<Changes store={store} />
					<Tiers figures={figures} />
					<Expiry store={store} figures={figures} />
					<Gaps store={store} figures={figures} />
				</>
			)}
		</>
	);
}
