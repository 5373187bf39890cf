/* What is asked of suppliers: rules and levels. */
import { t } from "../../i18n";
import type { SectionProps } from "../frame";

export default function Targets({ frame }: SectionProps) {
	return (
		<>
			<h1>{t.value.nav.sections["targets"]}</h1>
			<p class="muted">{frame.id}</p>
		</>
	);
}
