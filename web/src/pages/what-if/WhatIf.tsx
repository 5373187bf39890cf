/* What the figures would be after changes. */
import { t } from "../../i18n";
import type { SectionProps } from "../frame";

export default function WhatIf({ frame }: SectionProps) {
	return (
		<>
			<h1>{t.value.nav.sections["what-if"]}</h1>
			<p class="muted">{frame.id}</p>
		</>
	);
}
