/* What ends when. */
import { t } from "../../i18n";
import type { SectionProps } from "../frame";

export default function Renewals({ frame }: SectionProps) {
	return (
		<>
			<h1>{t.value.nav.sections["renewals"]}</h1>
			<p class="muted">{frame.id}</p>
		</>
	);
}
