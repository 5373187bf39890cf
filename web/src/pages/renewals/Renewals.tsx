/* What ends when: the wave by month, and one month day by day. */
import { get, orgPath } from "../../api/client";
import { chainOf } from "../../api/live";
import { useResource } from "../../api/resource";
import { Show } from "../../components/Show";
import { t } from "../../i18n";
import { query, setQuery } from "../../router";
import type { SectionProps } from "../frame";
import { Calendar } from "./Calendar";
import type { Month } from "./months";
import { m } from "./texts";
import { Chart, MonthTable } from "./Wave";
import "./renewals.css";

interface Renewals {
	on: string;
	from: string;
	to: string;
	suppliers: number;
	months: Month[];
}

export default function RenewalsPage({ frame }: SectionProps) {
	const { id } = frame;
	const wave = useResource<Renewals>(
		(stop, atLeast) => get(orgPath(id, "/renewals"), { revision_at_least: atLeast }, stop),
		chainOf(id),
		[id],
	);
	return (
		<>
			<h1>{t.value.nav.sections.renewals}</h1>
			<p class="muted">{m.value.lead}</p>
			<Show of={wave}>
				{(found) => {
					const asked = query.value.get("month");
					const month = found.months.some((one) => one.month === asked) ? (asked as string) : found.on.slice(0, 7);
					return (
						<>
							<section class="panel" aria-labelledby="wave">
								<h2 id="wave">{m.value.wave}</h2>
								<Chart months={found.months} today={found.on} />
								<MonthTable months={found.months} chosen={month} choose={(one) => setQuery({ month: one, day: null }, true)} />
							</section>
							<Calendar buyer={id} month={month} from={found.from} to={found.to} today={found.on} />
						</>
					);
				}}
			</Show>
		</>
	);
}
