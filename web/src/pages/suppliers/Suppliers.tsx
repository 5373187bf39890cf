/* The suppliers of a chain as a table. */
import { t } from "../../i18n";
import type { SectionProps } from "../frame";

export default function Suppliers({ frame }: SectionProps) {
	return (
		<>
			<h1>{t.value.nav.sections["suppliers"]}</h1>
			<p class="muted">{frame.id}</p>
		</>
	);
}
