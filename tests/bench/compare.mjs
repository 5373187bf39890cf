// The same questions to plain arrays, to the library, through HTTP, to PostgreSQL and to SQLite. Every answer
// is held against that of the plain arrays before its time counts: one that differs ends the run.
import { join } from "node:path";
import { lines, median, now, run, say, show, summary, tail } from "./tools.mjs";

export const QUESTIONS = [
	{ key: "exposure_med", what: "exposure", list: "buyers-med", name: "exposure, median buyer" },
	{ key: "exposure_hub", what: "exposure", list: "buyers-hub", name: "exposure, hub" },
	{ key: "impact_med", what: "impact", list: "suppliers-med", name: "impact, median supplier" },
	{ key: "impact_hub", what: "impact", list: "suppliers-hub", name: "impact, hub" },
];
export const numberOf = (id) => Number(id.slice(-8)); // base digits: 9999, then the index
const PATHS = { exposure: "/v1/orgs/%/exposure?depth=4", impact: "/v1/orgs/%/impact?depth=4" };

const four = (fn) => [1, 2, 3, 4].map(fn);
function ofJson(what, r) {
	const tiers = r.tiers.map((t) => (what === "exposure" ? t.suppliers : t.procurers));
	return what === "exposure" ? { tiers, gaps: r.tiers.map((t) => t.gaps) } : { tiers };
}
function ofRows(what, rows) {
	const cell = (tier, i) => Number(rows.find((r) => Number(r[0]) === tier)?.[i] ?? 0);
	const tiers = four((t) => cell(t, 1));
	return what === "exposure" ? { tiers, gaps: four((t) => cell(t, 2)) } : { tiers };
}
function same(who, q, id, a, b) {
	const x = JSON.stringify(a), y = JSON.stringify(b);
	if (x !== y) throw new Error(`${who} answers otherwise to ${q.what} of ${id}: ${x}, plain arrays ${y}`);
}

export class Comparison {
	constructor(report, list) {
		Object.assign(this, { report, list, truth: {}, times: {} });
	}
	args() {
		return QUESTIONS.map((q) => `${q.what}:${this.list(q.list)}`);
	}
	keep(who, q, answers) {
		this.times[q.key] ??= {};
		this.times[q.key][who] = new Map(answers.map((a) => [a.id, a.ms]));
		const s = summary(answers.map((a) => a.ms));
		this.report.raw[`${who}_${q.key}`] = { ...s, ids: answers.map((a) => a.id), each: answers.map((a) => a.ms) };
		return s;
	}
	plain(program, data) {
		const r = JSON.parse(run(program, data, ...this.args()));
		this.report.raw.plain_load_s = r.load_s;
		for (const q of QUESTIONS) {
			const answers = r[`${q.what}:${this.list(q.list)}`];
			this.truth[q.key] = new Map(answers.map(({ id, ms, ...a }) => [id, a]));
			this.keep("plain", q, answers);
		}
		return r.load_s;
	}
	// What the library answers from a store, all of it held against the arrays.
	ask(who, program, data, store) {
		const parts = run(program, data, store, ...this.args()).split("\n").filter((l) => l.startsWith("{"));
		const r = Object.assign({}, ...parts.map((l) => JSON.parse(l)));
		return QUESTIONS.map((q) => {
			const answers = r[`${q.what}:${this.list(q.list)}`];
			for (const { id, ms, ...a } of answers) same(who, q, id, a, this.truth[q.key].get(id));
			return [q, answers];
		});
	}
	library(program, data, store) {
		for (const [q, answers] of this.ask("the library", program, data, store)) {
			const s = this.keep("library", q, answers), ratio = s.p50 / this.p50("plain", q);
			const reach = median([...this.truth[q.key].values()].map((a) => a.tiers.reduce((x, y) => x + y)));
			this.report.row(q.what === "exposure" ? 1 : "", `library: ${q.name}, against plain arrays`, ratio, "×", {
				atMost: q.what === "exposure" ? 1.5 : undefined,
				more: `${show(s.p50)} ms, ${tail(s)}; plain arrays ${show(this.p50("plain", q))} ms; reaches ${show(reach)}`,
			});
		}
	}
	async http(daemon) {
		for (const q of QUESTIONS) {
			const ids = lines(this.list(q.list));
			const r = await daemon.http("get", PATHS[q.what], this.list(q.list));
			// after the timing: a list that was answered once may be kept
			for (const id of ids.slice(0, 50)) same("the daemon", q, id, ofJson(q.what, await daemon.get(PATHS[q.what].replace("%", id))), this.truth[q.key].get(id));
			const s = this.keep("http", q, r.each.map((ms, i) => ({ id: ids[i], ms })));
			this.report.row("", `HTTP: ${q.name}`, s.p50, "ms", { more: `${tail(s)}; ${r.bytes} bytes` });
		}
	}
	// All forms are given the first few; the faster goes on, as long as the time given lasts.
	async engine(e, limits) {
		for (const q of QUESTIONS) {
			const forms = Object.entries(e.forms[q.what]), ids = lines(this.list(q.list)).slice(0, limits[q.key.endsWith("hub") ? "hubs" : "medians"]);
			const end = now() + limits.seconds * 1000;
			const one = async (form, id) => {
				const r = await e.ask(form(numberOf(id)));
				same(e.name, q, id, ofRows(q.what, r.rows), this.truth[q.key].get(id));
				return { id, ms: r.ms };
			};
			const tried = forms.map(([name, form]) => ({ name, form, answers: [] })), first = ids.slice(0, limits.tried);
			for (const id of first) for (const f of tried) f.answers.push(await one(f.form, id));
			for (const f of tried) f.p50 = median(f.answers.map((a) => a.ms));
			tried.sort((a, b) => a.p50 - b.p50);
			const answers = tried[0].answers;
			for (const id of ids.slice(first.length)) {
				if (now() > end) break;
				answers.push(await one(tried[0].form, id));
			}
			this.against(e, q, this.keep(e.name, q, answers), tried);
		}
	}
	p50(who, q, ids) {
		const times = this.times[q.key][who];
		return median(ids ? ids.map((id) => times.get(id)) : [...times.values()]);
	}
	against(e, q, s, forms) {
		const ids = [...this.times[q.key][e.name].keys()], ours = this.p50("http", q, ids), size = this.report.raw.size;
		const goal = q.what === "exposure" ? { M: 100, L: 150 }[size] : { M: 100 }[size];
		this.report.row(q.what === "exposure" ? 2 : 3, `HTTP: ${q.name}, against ${e.name}`, s.p50 / ours, "×", {
			atLeast: goal,
			more: `${show(s.p50)} ms, ${tail(s)}, n ${s.n}, ${forms[0].name} (${forms.slice(1).map((f) => `${f.name} ${show(f.p50)} to ${show(forms[0].answers.length && median(forms[0].answers.slice(0, f.answers.length).map((a) => a.ms)))}`).join(", ")} ms for the first ${forms[1].answers.length}); ours ${show(ours)} ms for the same`,
		});
		say(`${e.name}: ${q.name} ${show(s.p50)} ms, ours ${show(ours)}`);
	}
}

// One organisation with its counts of links, and the first page of its suppliers.
export async function points(report, daemon, engines, ids, orgs) {
	for (const e of engines) {
		for (const id of ids) {
			const org = await daemon.get(`/v1/orgs/${id}`), page = await daemon.get(`/v1/orgs/${id}/suppliers`);
			const theirs = await e.counts(numberOf(id)), rows = await e.page(numberOf(id));
			const a = [org.id, org.name, org.suppliers, org.procurers].join(), b = [theirs[0], theirs[1], theirs[3], theirs[4]].join();
			if (a !== b) throw new Error(`${e.name} tells of ${id} ${b}, the daemon ${a}`);
			const x = page.items.map((i) => i.supplier).slice(0, 50).join(), y = rows.map((r) => r[0]).join();
			if (x !== y) throw new Error(`${e.name}'s suppliers of ${id} differ: ${y}, the daemon ${x}`);
		}
		const one = await e.pointReads(orgs, 1, 2), list = await e.pages(orgs, 1, 2);
		report.raw[`${e.name}_point`] = { one, list };
		report.row("", `${e.name}: one organisation, one client`, one.ms, "ms", { more: `mean; suppliers page ${show(list.ms)} ms` });
	}
}
export const upsertFile = (data) => join(data, "upserts.csv");
