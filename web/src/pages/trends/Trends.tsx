/* How the figures went. */
import { t } from "../../i18n";
import type { SectionProps } from "../frame";

export default function Trends({ frame }: SectionProps) {
	return (
		<>
			<h1>{t.value.nav.sections["trends"]}</h1>
			<p class="muted">{frame.id}</p>
		</>
	);
}
