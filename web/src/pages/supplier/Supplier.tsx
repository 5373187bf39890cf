/* One supplier as the buyer sees it. */
import { t } from "../../i18n";
import type { SectionProps } from "../frame";

export default function Supplier({ frame }: SectionProps) {
	return (
		<>
			<h1>{t.value.nav.sections["suppliers"]}</h1>
			<p class="muted">{frame.id}</p>
		</>
	);
}
