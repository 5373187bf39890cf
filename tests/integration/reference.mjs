// The rules of a procurer's chain once more, plainly and slowly, for small worlds held in JavaScript:
// a second opinion on the daemon's figures that shares nothing with it but the rules' text.
// A world is { orgs: Map(id -> org), links: [link], certs: [cert], targets: Map(id -> targets),
// clauses: [clause] }, each in the fields of the API.

const MS = 86400000;
export const addDays = (d, n) => new Date(Date.parse(d) + n * MS).toISOString().slice(0, 10);
const daysBetween = (a, b) => Math.round((Date.parse(b) - Date.parse(a)) / MS);
const yearsBetween = (a, b) =>
	Number(b.slice(0, 4)) - Number(a.slice(0, 4)) - (b.slice(5) < a.slice(5) ? 1 : 0);
const cmp = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const within = (d, from, to) => (!from || from <= d) && (!to || d <= to);
const r9 = (x) => Number(x.toFixed(9));

// ---- certificates ----
const star = (c) => c.scheme === "scs" || c.scheme === "security-action";
export function validOn(c, d) {
	if (!within(d, c.issued, c.expires)) return false;
	const stops = [...(c.suspensions ?? [])];
	if (c.suspended_from) stops.push({ from: c.suspended_from, to: c.suspended_to });
	if (stops.some((s) => s.from <= d && (!s.to || d <= s.to))) return false;
	return !(c.revoked_on && d >= c.revoked_on);
}
function everValid(c, d) {
	const days = new Set([d, "1990-01-01"]);
	for (const x of [c.issued, c.expires, c.revoked_on, c.suspended_from, c.suspended_to])
		if (x) for (const n of [-1, 0, 1]) days.add(addDays(x, n));
	for (const s of c.suspensions ?? [])
		for (const x of [s.from, s.to]) if (x) for (const n of [-1, 0, 1]) days.add(addDays(x, n));
	return [...days].some((x) => x <= d && validOn(c, x));
}
export function counting(w, s) {
	const parent = w.orgs.get(s)?.parent;
	return w.certs.filter(
		(c) => star(c) && (c.org === s || (parent && c.org === parent && (c.scope ?? "entity") === "entity")),
	);
}
export function held(w, s, d) {
	return Math.max(0, ...counting(w, s).filter((c) => validOn(c, d)).map((c) => c.level));
}
export function atRisk(w, s, d) {
	if (held(w, s, d) !== 4) return false;
	return counting(w, s)
		.filter((c) => c.level === 4 && validOn(c, d))
		.every((c) => {
			const due = c.issued ? Math.min(2, yearsBetween(c.issued, d)) : 0;
			return (c.self_assessments ?? []).filter((x) => x <= d).length < due;
		});
}

// ---- links ----
const TREE = [
	{ when: { confidential: true }, level: 4 },
	{ when: { continuity: true }, level: 4 },
	{ when: { system_access: true }, level: 4 },
	{ when: {}, level: 3 },
];
const rulesOf = (t) => (t ? (t.rules ?? TREE) : []);
function matches(when, l) {
	return Object.entries(when).every(([k, v]) => {
		if (k === "annual_spend_min") return (l.annual_spend ?? 0) >= v;
		if (typeof v === "boolean") return (l[k] ?? false) === v;
		return l[k] === v;
	});
}
export const rulesLevel = (w, l) =>
	Math.max(0, ...rulesOf(w.targets.get(l.procurer)).filter((r) => matches(r.when ?? {}, l)).map((r) => r.level));
export const effective = (w, l) => l.required_level ?? rulesLevel(w, l);
const undecided = (w, l) =>
	w.targets.has(l.procurer) &&
	l.required_level === undefined &&
	!l.confidential && !l.continuity && !l.system_access &&
	[l.confidential, l.continuity, l.system_access].includes(undefined);
const active = (l, d) => within(d, l.start, l.end);
const DEFAULT = { high: 1, medium: 0.5, low: 0.1 };
const dep = (l) => l.dependency ?? DEFAULT[l.criticality] ?? 0.5;
const visible = (l, p, d) =>
	l.procurer === p ||
	(l.grants ?? []).some((g) => g.viewer === p && (!g.until || d <= g.until)) ||
	(l.disclosure ?? "upstream") !== "private";

// ---- the chain ----
export function chain(w, p, { on, depth, horizon = 90, heldLevel } = {}) {
	const t = w.targets.get(p);
	const links = w.links.filter((l) => active(l, on) && visible(l, p, on));
	const tier = new Map([[p, 0]]);
	for (let n = 1; n <= depth; n++)
		for (const l of links)
			if (tier.get(l.procurer) === n - 1 && !tier.has(l.supplier)) tier.set(l.supplier, n);
	// best[k]: the highest product over walks of exactly k links
	const best = [new Map([[p, 1]])];
	for (let k = 1; k <= depth; k++) {
		best.push(new Map());
		for (const l of links) {
			if (l.supplier === p || !best[k - 1].has(l.procurer)) continue;
			const x = best[k - 1].get(l.procurer) * dep(l);
			if (!best[k].has(l.supplier) || x > best[k].get(l.supplier)) best[k].set(l.supplier, x);
		}
	}
	const explain = (s) => {
		let k = 0;
		let top = -1;
		for (let i = 1; i <= depth; i++) if (best[i].has(s) && best[i].get(s) > top) [top, k] = [best[i].get(s), i];
		const path = [s];
		for (let at = s; k > 0; k--) {
			const want = best[k].get(at);
			const from = links
				.filter((l) => l.supplier === at && best[k - 1].has(l.procurer))
				.filter((l) => best[k - 1].get(l.procurer) * dep(l) === want)
				.map((l) => l.procurer)
				.sort(cmp);
			path.unshift((at = from[0]));
		}
		return { dependency: top, path };
	};
	const own = w.links.filter((l) => l.procurer === p);
	const out = { p, on, depth, horizon, targets: t, links, own, tier, all: [], asked: new Set() };
	for (const [s, n] of tier) {
		if (n === 0) continue;
		const asked = links.filter((l) => l.supplier === s && tier.has(l.procurer) && tier.get(l.procurer) <= depth - 1);
		for (const l of asked) out.asked.add(l);
		const level = (l) => effective(w, l);
		const hoped = t?.tiers?.[n] ?? 0;
		const required = Math.max(hoped, ...asked.map(level));
		const has = heldLevel !== undefined && heldLevel.org === s ? heldLevel.level : held(w, s, on);
		const misfit = asked.some((l) => level(l) > 0 && l.scope_fit === "no");
		const certs = counting(w, s);
		const item = { supplier: s, name: w.orgs.get(s).name, tier: n, required, held: has };
		Object.assign(item, explain(s));
		if (has < required || misfit) {
			item.state = "gap";
			const before = certs.filter((c) => everValid(c, on));
			if (has >= required) item.kind = "out-of-scope";
			else if (before.length === 0) item.kind = "never";
			else item.kind = before.some((c) => c.level >= required) ? "lapsed" : "below";
		} else if (asked.some((l) => undecided(w, l))) {
			item.state = "undecided";
		} else if (
			(required > 0 &&
				!certs.some(
					(c) =>
						c.level >= required && validOn(c, on) &&
						["registry", "copy"].includes(c.evidence) &&
						(c.org === s || (c.scope ?? "entity") === "entity") &&
						((c.scope ?? "entity") === "entity" || w.orgs.get(s).parent),
				)) ||
			asked.some((l) => ["partly", "unknown"].includes(l.scope_fit))
		) {
			item.state = "unconfirmed";
		} else if (held(w, s, addDays(on, horizon)) < required) {
			item.state = "expiring";
		} else {
			item.state = required > 0 ? "met" : "not-asked";
		}
		item.atRisk = atRisk(w, s, on);
		item.unknownBelow =
			!links.some((l) => l.procurer === s) &&
			!(w.orgs.get(s).subtier_attested_on && w.orgs.get(s).subtier_attested_on <= on);
		// the due date is P's own
		const dues = [];
		const mine = asked.find((l) => l.procurer === p);
		if (mine && level(mine) === required) {
			let due = mine.due;
			if (!due && mine.required_level === undefined)
				due = rulesOf(t)
					.filter((r) => matches(r.when ?? {}, mine) && r.level === required && r.due)
					.map((r) => r.due)
					.sort()[0];
			dues.push(due ?? t?.due);
		}
		if (t?.tiers && t.tiers[n] === required) dues.push(t.due);
		item.due = dues.filter(Boolean).sort()[0] ?? null;
		item.timing = item.due === null ? "undated" : item.due < on ? "overdue" : "due";
		item.planned = mine?.planned_on ?? null;
		out.all.push(item);
	}
	out.all.sort((a, b) => a.tier - b.tier || r9(b.dependency) - r9(a.dependency) || cmp(a.supplier, b.supplier));
	return out;
}

// ---- clauses of one link ----
export function clauseCounts(w, l, d) {
	const t = w.targets.get(l.procurer);
	const ownLevel = t?.own_level ?? 3;
	const any = (...v) => (v.includes(true) ? true : v.includes(undefined) ? undefined : false);
	const due = {};
	if (active(l, d)) {
		due["2-1-1"] = true;
		due["2-1-2"] = due["2-1-4"] = l.confidential;
		due["3-1-3"] = l.relation === "it-service" ? l.confidential : false;
		if (ownLevel >= 4) due["2-1-3"] = any(l.confidential, l.continuity, l.system_access);
	}
	if (ownLevel >= 4 && l.end && l.end < d) due["2-1-5"] = any(l.confidential, l.system_access);
	let undetermined = 0;
	const gaps = [];
	const old = (x) => !x || daysBetween(x, d) > 365;
	for (const [no, is] of Object.entries(due)) {
		if (is === undefined) undetermined++;
		if (!is) continue;
		const c = w.clauses.find((c) => c.procurer === l.procurer && c.supplier === l.supplier && c.no === no) ?? {};
		if (c.status === "waived") continue;
		if (
			c.status !== "agreed" ||
			(c.review_by && c.review_by < d) ||
			(no === "2-1-1" && old(c.reviewed_on)) ||
			(no === "2-1-3" && (old(c.checked_on) || c.result === "failed")) ||
			(no === "2-1-5" && !c.confirmed_on)
		)
			gaps.push(no);
	}
	return { gaps, undetermined };
}

// ---- answers ----
const STATES = ["gap", "undecided", "unconfirmed", "expiring", "met", "not-asked"];
const tally = (keys, values) => Object.fromEntries(keys.map((k) => [k, values.filter((v) => String(v) === k).length]));

export function exposure(w, p, q) {
	const c = chain(w, p, q);
	const gaps = c.all.filter((i) => i.state === "gap");
	const mine = c.own.filter((l) => active(l, q.on));
	const clauses = c.own.map((l) => clauseCounts(w, l, q.on));
	// m(A), multiplied from the gap towards A
	const gapIds = new Set(gaps.map((g) => g.supplier));
	let m = new Map([...gapIds].map((g) => [g, 1]));
	const most = new Map();
	for (let k = 1; k <= q.depth - 1; k++) {
		const next = new Map();
		for (const l of c.links) {
			if (l.procurer === p || l.supplier === p || !m.has(l.supplier)) continue;
			const x = m.get(l.supplier) * dep(l);
			if (!next.has(l.procurer) || x > next.get(l.procurer)) next.set(l.procurer, x);
		}
		for (const [a, x] of next) if (!(most.get(a) >= x)) most.set(a, x);
		m = next;
	}
	let sum = 0n;
	for (const l of mine) {
		const x = gapIds.has(l.supplier) ? 1 : (most.get(l.supplier) ?? 0);
		sum += BigInt(l.annual_spend ?? 0) * BigInt(Math.round(x * 1e12));
	}
	const E12 = 10n ** 12n;
	return {
		procurer: p,
		on: q.on,
		depth: q.depth,
		horizon: c.horizon,
		suppliers: c.all.length,
		gaps: gaps.length,
		expiring: c.all.filter((i) => i.state === "expiring").length,
		at_risk: c.all.filter((i) => i.atRisk).length,
		exceptions: mine.filter((l) => l.required_level !== undefined && l.required_level < rulesLevel(w, l)).length,
		clause_gaps: clauses.reduce((n, x) => n + x.gaps.length, 0),
		clauses_undetermined: clauses.reduce((n, x) => n + x.undetermined, 0),
		gap_kinds: tally(["never", "below", "lapsed", "out-of-scope"], gaps.map((g) => g.kind)),
		gap_timing: tally(["overdue", "due", "undated"], gaps.map((g) => g.timing)),
		states: tally(STATES, c.all.map((i) => i.state)),
		tiers: Array.from({ length: q.depth }, (_, i) => {
			const here = c.all.filter((x) => x.tier === i + 1);
			return {
				tier: i + 1,
				suppliers: here.length,
				gaps: here.filter((x) => x.state === "gap").length,
				unknown_below: here.filter((x) => x.unknownBelow).length,
				held: tally(["0", "1", "2", "3", "4", "5"], here.map((x) => x.held)),
				states: tally(STATES, here.map((x) => x.state)),
			};
		}),
		annual_spend: mine.reduce((n, l) => n + (l.annual_spend ?? 0), 0),
		spend_behind_gaps: Number((sum + E12 / 2n) / E12),
		spend_unknown: mine.filter((l) => l.annual_spend === undefined).length,
		dependency_defaulted: [...c.asked].filter((l) => l.dependency === undefined).length,
	};
}

export function gapItems(w, p, q) {
	return chain(w, p, q)
		.all.filter((i) => i.state === "gap")
		.map((i) => ({
			supplier: i.supplier,
			name: i.name,
			tier: i.tier,
			required: i.required,
			held: i.held,
			kind: i.kind,
			timing: i.timing,
			due: i.due,
			due_in_days: i.due === null ? null : daysBetween(q.on, i.due),
			planned_on: i.planned,
			dependency: r9(i.dependency),
			path: i.path,
		}));
}

export function dependency(w, p, s, q) {
	const i = chain(w, p, q).all.find((x) => x.supplier === s);
	if (!i) return null;
	return {
		procurer: p,
		supplier: s,
		tier: i.tier,
		dependency: r9(i.dependency),
		path: i.path,
		links: i.path.slice(1).map((to, n) => ({
			procurer: i.path[n],
			supplier: to,
			dependency: dep(w.links.find((l) => l.procurer === i.path[n] && l.supplier === to)),
		})),
	};
}

export function impact(w, s, q) {
	const heldLevel = q.held_level === undefined ? undefined : { org: s, level: q.held_level };
	const items = [];
	for (const p of w.orgs.keys()) {
		const i = p === s ? undefined : chain(w, p, { ...q, heldLevel }).all.find((x) => x.supplier === s);
		if (i) items.push({ procurer: p, name: w.orgs.get(p).name, tier: i.tier, required: i.required, gap: i.state === "gap" });
	}
	items.sort((a, b) => a.tier - b.tier || cmp(a.procurer, b.procurer));
	return {
		supplier: s,
		on: q.on,
		depth: q.depth,
		held: held(w, s, q.on),
		procurers: items.length,
		in_gap: items.filter((i) => i.gap).length,
		tiers: Array.from({ length: q.depth }, (_, i) => {
			const here = items.filter((x) => x.tier === i + 1);
			return { tier: i + 1, procurers: here.length, in_gap: here.filter((x) => x.gap).length };
		}),
		items,
		next: null,
	};
}
