/* A supplier's ★ along time as a drawing, and the same as a table. */
import type { Certificate } from "../../api/types";
import { type Column, Table } from "../../components/Table";
import { f, t } from "../../i18n";
import { dateOf, dayOf, givesStar, type Happening, happenings, type Interval, rangeOf, spanOf, steps, suspensionsOf, yearsOf } from "./timeline";
import { m } from "./texts";
import { w } from "./words";

const ROW = 40;
const TOP = 18;

interface Scale {
	/* Per cent of the width. */
	at: (day: number) => number;
	clip: (span: Interval) => { x: string; width: string } | null;
}

function scaleOf(range: Interval): Scale {
	const at = (day: number) => (100 * (day - range.from)) / (range.to + 1 - range.from);
	return {
		at,
		clip({ from, to }) {
			const a = Math.max(from, range.from);
			const b = Math.min(to, range.to);
			return a > b ? null : { x: `${at(a)}%`, width: `${Math.max(at(b + 1) - at(a), 0.15)}%` };
		},
	};
}

function Held({ certificates, range, scale }: { certificates: readonly Certificate[]; range: Interval; scale: Scale }) {
	return (
		<>
			{steps(certificates, range).map(({ from, to, level }) => {
				const box = scale.clip({ from, to });
				if (box === null) return null;
				return (
					<g key={from}>
						<rect class={`supplier-tl-held supplier-tl-${level}`} {...box} y={TOP + 16} height="16" />
						{scale.at(to) - scale.at(from) > 6 && (
							<text class={`supplier-tl-on supplier-tl-on-${level}`} x={`${(scale.at(from) + scale.at(to)) / 2}%`} y={TOP + 28.5} text-anchor="middle">
								{t.value.level(level)}
							</text>
						)}
					</g>
				);
			})}
		</>
	);
}

function Bar({ c, y, scale }: { c: Certificate; y: number; scale: Scale }) {
	const whole = scale.clip(spanOf(c));
	return (
		<g>
			{whole !== null && <rect class={`supplier-tl-bar ${givesStar(c) ? `supplier-tl-${c.level}` : "supplier-tl-other"}`} {...whole} y={y + 18} height="10" />}
			{suspensionsOf(c).map((one) => {
				const box = scale.clip({ from: Math.max(one.from, spanOf(c).from), to: Math.min(one.to, spanOf(c).to) });
				return box && <rect key={one.from} class="supplier-tl-hole" {...box} y={y + 16} height="14" />;
			})}
			{(c.self_assessments ?? []).map((date) => (
				<text key={date} class="supplier-tl-mark" x={`${scale.at(dayOf(date))}%`} y={y + 27.5} text-anchor="middle">
					◆
				</text>
			))}
			{c.revoked_on && (
				<text class="supplier-tl-mark supplier-tl-revoked" x={`${scale.at(dayOf(c.revoked_on))}%`} y={y + 28} text-anchor="middle">
					✕
				</text>
			)}
		</g>
	);
}

const nameOf = (c: Certificate, parent: boolean): string =>
	[
		c.level && givesStar(c) ? t.value.level(c.level) : (w.value.schemes[c.scheme] ?? c.scheme),
		c.registration_no ?? c.certificate,
		parent ? `(${m.value.parentCert})` : "",
	].join(" ");

/* As much as a telephone shows; the table has it whole. */
const short = (name: string): string => (name.length <= 24 ? name : `${name.slice(0, 23)}…`);

interface TimelineProps {
	name: string;
	today: string;
	own: readonly Certificate[];
	parents: readonly Certificate[];
}

function Drawing({ name, today, own, parents }: TimelineProps) {
	const all = [...own, ...parents];
	const now = dayOf(today);
	const range = rangeOf(all, now);
	const scale = scaleOf(range);
	const height = TOP + ROW * (all.length + 1) + 6;
	return (
		<svg class="supplier-timeline" width="100%" height={height} role="img" aria-label={m.value.timelineLabel(name)}>
			{yearsOf(range).map(({ year, day }) => (
				<g key={year}>
					<line class="supplier-tl-year" x1={`${scale.at(day)}%`} x2={`${scale.at(day)}%`} y1={TOP - 4} y2={height} />
					<text class="supplier-tl-year-text" x={`${scale.at(day)}%`} y="11" text-anchor="middle">
						{year}
					</text>
				</g>
			))}
			<text class="supplier-tl-text supplier-tl-strong" x="0" y={TOP + 11}>
				{m.value.timelineHeldRow}
			</text>
			<Held certificates={all} range={range} scale={scale} />
			{all.map((c, i) => (
				<g key={`${c.org}/${c.certificate}`}>
					<text class="supplier-tl-text" x="0" y={TOP + ROW * (i + 1) + 12}>
						{short(nameOf(c, i >= own.length))}
					</text>
					<Bar c={c} y={TOP + ROW * (i + 1)} scale={scale} />
				</g>
			))}
			<line class="supplier-tl-today" x1={`${scale.at(now)}%`} x2={`${scale.at(now)}%`} y1={TOP} y2={height} />
			<text class="supplier-tl-text supplier-tl-today-text" x={`${scale.at(now)}%`} dx="4" y={height - 2}>
				{m.value.today}
			</text>
		</svg>
	);
}

function Twin({ own, parents }: TimelineProps) {
	const columns: Column<Happening>[] = [
		{ key: "day", head: m.value.timelineDay, names: true, cell: ({ day }) => f.value.day(dateOf(day)) },
		{ key: "what", head: m.value.timelineWhat, cell: ({ what }) => w.value.events[what] },
		{ key: "cert", head: m.value.cert, cell: ({ certificate }) => nameOf(certificate, parents.includes(certificate)) },
		{ key: "held", head: m.value.timelineHeld, cell: ({ held }) => t.value.level(held) },
	];
	return (
		<details>
			<summary>{m.value.timelineTable}</summary>
			<Table<Happening>
				label={m.value.timeline}
				columns={columns}
				rows={happenings([...own, ...parents])}
				rowKey={({ day, what, certificate }) => `${day} ${what} ${certificate.org} ${certificate.certificate}`}
			/>
		</details>
	);
}

export function Timeline(props: TimelineProps) {
	if (props.own.length + props.parents.length === 0) return null;
	const { bar, suspended, assessed, revoked } = w.value.legend;
	return (
		<>
			<Drawing {...props} />
			<p class="supplier-tl-legend muted" aria-hidden="true">
				<span>
					<svg width="22" height="10">
						<rect class="supplier-tl-bar supplier-tl-4" width="22" height="10" />
					</svg>{" "}
					{bar}
				</span>
				<span>
					<svg width="22" height="12">
						<rect class="supplier-tl-hole" x="0.5" y="0.5" width="21" height="11" />
					</svg>{" "}
					{suspended}
				</span>
				<span>{assessed}</span>
				<span>{revoked}</span>
			</p>
			<Twin {...props} />
		</>
	);
}
