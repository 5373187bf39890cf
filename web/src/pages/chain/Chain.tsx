/* The chain as a picture. */
import { t } from "../../i18n";
import type { SectionProps } from "../frame";

export default function Chain({ frame }: SectionProps) {
	return (
		<>
			<h1>{t.value.nav.sections["chain"]}</h1>
			<p class="muted">{frame.id}</p>
		</>
	);
}
