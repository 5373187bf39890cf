/* What to do now: the figures that want a look, the next due dates, and how the chain stands. */
import { ErrorNotice, Loading } from "../../components/Notice";
import { t } from "../../i18n";
import { buyerHref, generalHref } from "../../router";
import { mayWrite, type SectionProps } from "../frame";
import { Changes } from "./Changes";
import { useChanges } from "./changes";
import { Next } from "./Next";
import { Summary } from "./Summary";
import { Tiers } from "./Tiers";
import { m } from "./texts";
import { Todo } from "./Todo";
import "./today.css";

/* What a buyer lacks before the figures say anything. */
function Missing({ id, suppliers, asked }: { id: string; suppliers: number; asked: boolean }) {
	if (suppliers > 0 && asked) return null;
	const nothing = suppliers === 0;
	return (
		<div class="notice">
			<p>{nothing ? m.value.noSuppliers : m.value.watch}</p>
			{mayWrite(id) && (
				<a class="button primary" href={nothing ? generalHref("import") : buyerHref(id, "targets")}>
					{nothing ? m.value.toImport : m.value.toTargets}
				</a>
			)}
		</div>
	);
}

export default function Today({ frame }: SectionProps) {
	const changes = useChanges(frame.id);
	const figures = frame.figures.data.value;
	const failed = frame.figures.error.value;
	return (
		<>
			<h1>{t.value.nav.sections.today}</h1>
			{failed !== null && <ErrorNotice error={failed} retry={frame.figures.refresh} />}
			{figures === null && failed === null && <Loading />}
			{figures !== null && (
				<>
					<Missing
						id={frame.id}
						suppliers={figures.suppliers}
						asked={figures.states["not-asked"] < figures.suppliers}
					/>
					<Todo id={frame.id} figures={figures} />
					<Next id={frame.id} />
					<Summary figures={figures} id={frame.id} />
					<Tiers figures={figures} />
					<Changes list={changes.value} />
				</>
			)}
		</>
	);
}
