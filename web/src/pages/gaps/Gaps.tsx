/* Where the gaps are: counts in cells. */
import { t } from "../../i18n";
import type { SectionProps } from "../frame";

export default function Gaps({ frame }: SectionProps) {
	return (
		<>
			<h1>{t.value.nav.sections["gaps"]}</h1>
			<p class="muted">{frame.id}</p>
		</>
	);
}
