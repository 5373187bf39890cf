/* Whom to tell when a supplier was breached. */
import { t } from "../../i18n";
import type { SectionProps } from "../frame";

export default function Incident({ frame }: SectionProps) {
	return (
		<>
			<h1>{t.value.nav.sections["incident"]}</h1>
			<p class="muted">{frame.id}</p>
		</>
	);
}
