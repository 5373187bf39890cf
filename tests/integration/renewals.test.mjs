// What ends or falls due in a chain: GET /v1/orgs/{id}/renewals and /calendar. Random worlds day by day against the reference; one chain by
// hand; pages; the iCalendar file read by a parser of its own; hidden suppliers; bad input.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, TODAY } from "./daemon.mjs";
import * as ref from "./reference.mjs";
import { makeWorld, putWorld, rng } from "./worlds.mjs";

const WORLDS = Number(process.env.TIERWATCH_WORLDS ?? 5);
const KINDS = ["level-ends", "self-assessment", "contract-end", "clause-review", "exception-ends", "gap-due"];
const NOT_CLAUSES = KINDS.filter((k) => k !== "clause-review").join(",");
const cmp = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
let d;

before(async () => {
	d = await Daemon.start();
});
after(() => d.stop());

async function pages(as, path, limit) {
	const items = [];
	let first;
	for (let next = ""; next !== null; ) {
		const r = await as.get(`${path}${path.includes("?") ? "&" : "?"}limit=${limit}${next && `&cursor=${next}`}`);
		assert.equal(r.status, 200, r.text);
		first ??= r.body;
		assert.ok(r.body.items.length === limit || r.body.next === null);
		items.push(...r.body.items);
		next = r.body.next;
	}
	assert.equal(items.length, first.total);
	return { items, first };
}

// Everything but clauses, day by day.
function expected(w, p, q, from, to) {
	const c = ref.chain(w, p, q);
	const out = [];
	const add = (i, day, kind, more = {}) => {
		if (day && day >= from && day <= to)
			out.push({ day, kind, supplier: i.supplier, name: w.orgs.get(i.supplier).name, tier: i.tier, level: null, required: null, clause: null, below: null, ...more });
	};
	for (const i of c.all) {
		let fell = i.held === 0;
		let risk = ref.atRisk(w, i.supplier, ref.addDays(q.on, -1));
		for (let day = q.on; day <= ref.addDays(to, 1); day = ref.addDays(day, 1)) {
			const level = ref.held(w, i.supplier, day);
			if (!fell && level < i.held) {
				fell = true;
				add(i, ref.addDays(day, -1), "level-ends", { level: i.held, required: i.required, below: level < i.required });
			}
			const now = ref.atRisk(w, i.supplier, day);
			if (now && !risk) add(i, day, "self-assessment", { level: 4, required: i.required });
			risk = now;
		}
		if (i.state === "gap") add(i, i.due, "gap-due", { level: i.held, required: i.required });
		const own = c.links.find((l) => l.procurer === p && l.supplier === i.supplier);
		if (!own) continue;
		add(i, own.end, "contract-end");
		if (own.required_level !== undefined && own.required_level < ref.rulesLevel(w, own)) add(i, own.until, "exception-ends");
	}
	return out.sort((a, b) => cmp(a.day, b.day) || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || cmp(a.supplier, b.supplier));
}

function byMonth(items, months) {
	return months.map(({ month }) => {
		const here = items.filter((i) => i.day.startsWith(month));
		const of = (kind) => here.filter((i) => i.kind === kind);
		return {
			month,
			levels: Object.fromEntries([1, 2, 3, 4, 5].map((k) => [k, of("level-ends").filter((i) => i.level === k).length])),
			required: here.filter((i) => i.below).length,
			self_assessments: of("self-assessment").length,
			contract_ends: of("contract-end").length,
			clause_reviews: of("clause-review").length,
			exceptions: of("exception-ends").length,
			due: of("gap-due").length,
		};
	});
}

describe("random worlds", () => {
	for (let n = 1; n <= WORLDS; n++)
		it(`renew what the reference finds (${n})`, async () => {
			const r = rng(n * 15485863);
			const w = makeWorld(5200 + n, TODAY);
			await putWorld(d, w);
			for (const p of w.orgs.keys()) {
				const on = ref.addDays(TODAY, r.int(200) - 100);
				const from = ref.addDays(on, r.int(60) - 30);
				const to = ref.addDays(from, 200 + r.int(300));
				const q = { on, depth: 1 + r.int(5) };
				const at = `depth=${q.depth}&on=${on}&from=${from}&to=${to}`;
				const { items } = await pages(d, `/v1/orgs/${p}/calendar?${at}&kind=${NOT_CLAUSES}`, 1 + r.int(3));
				assert.deepEqual(items, expected(w, p, q, from, to));
				const all = await pages(d, `/v1/orgs/${p}/calendar?${at}`, 1000);
				const { body } = await d.get(`/v1/orgs/${p}/renewals?${at}`);
				assert.equal(body.months[0].month, from.slice(0, 7));
				assert.equal(body.months.at(-1).month, to.slice(0, 7));
				assert.deepEqual(body.months, byMonth(all.items, body.months));
				assert.equal(body.suppliers, ref.chain(w, p, q).all.length);
			}
		});
});

// P buys from A, B, C and once bought from O; A buys from X, which it does not name.
const [P, A, B, C, O, X] = [1, 2, 3, 4, 5, 6].map((n) => fictional(882000 + n));
const at = `/v1/orgs/${P}/calendar`;
describe("one chain", () => {
	before(async () => {
		const names = [[P, "甲社"], [A, "A; B, C\\D 株式会社\n二行目"], [B, "ベータ".repeat(20)], [C, "C"], [O, "O"], [X, "秘密の会社"]];
		for (const [id, name] of names) await d.put(`/v1/orgs/${id}`, { name });
		await d.put(`/v1/orgs/${P}/targets`, { own_level: 4, due: "2027-09-30", tiers: { 2: 3 } });
		const q = { confidential: false, continuity: false, system_access: false };
		await d.put(`/v1/orgs/${P}/suppliers/${A}`, { ...q, confidential: true, end: "2028-03-31" });
		await d.put(`/v1/orgs/${P}/suppliers/${B}`, { ...q, continuity: true, required_level: 3, reason: "x", until: "2027-07-31" });
		await d.put(`/v1/orgs/${P}/suppliers/${C}`, { ...q });
		await d.put(`/v1/orgs/${P}/suppliers/${O}`, { ...q, confidential: true, end: "2027-01-31" });
		await d.put(`/v1/orgs/${A}/suppliers/${X}`, { disclosure: "anonymous" });
		await d.put(`/v1/orgs/${A}/certificates/a`, { scheme: "scs", level: 4, issued: "2026-08-10", expires: "2029-08-09", evidence: "registry" });
		await d.put(`/v1/orgs/${B}/certificates/a`, { scheme: "scs", level: 3, issued: "2026-07-11", expires: "2027-07-10", evidence: "registry" });
		await d.put(`/v1/orgs/${X}/certificates/a`, { scheme: "scs", level: 3, issued: "2026-07-11", expires: "2027-07-10", evidence: "registry" });
		const clause = (s, no, body) => d.put(`/v1/orgs/${P}/suppliers/${s}/clauses/${no}`, { status: "agreed", agreed_on: "2026-01-01", ...body });
		await clause(A, "2-1-1", { reviewed_on: "2026-10-02" });
		await clause(A, "2-1-2", { review_by: "2028-06-01" }); // after the end
		await clause(A, "2-1-3", { checked_on: "2026-10-02", review_by: "2027-08-15", result: "ok" });
		await clause(A, "2-1-4", { status: "waived", reason: "x", review_by: "2027-08-15" });
		await clause(B, "2-1-2", { review_by: "2027-08-15" }); // not due
		await clause(O, "2-1-5", { review_by: "2027-08-15" });
		await clause(O, "2-1-1", { review_by: "2027-08-15" }); // not due any more
	});

	it("is in order of day, kind, clause and id", async () => {
		const { body } = await d.get(at);
		assert.deepEqual([body.procurer, body.on, body.from, body.to, body.suppliers, body.next], [P, TODAY, "2027-06-01", "2028-12-31", 4, null]);
		assert.deepEqual(body.items.map((i) => [i.day, i.kind, i.supplier, i.clause, i.tier, i.below]), [
			...[B, X].sort(cmp).map((s) => ["2027-07-10", "level-ends", s, null, s === B ? 1 : 2, true]),
			["2027-07-31", "exception-ends", B, null, 1, null],
			["2027-08-10", "self-assessment", A, null, 1, null],
			["2027-08-15", "clause-review", A, "2-1-3", 1, null],
			["2027-08-15", "clause-review", O, "2-1-5", null, null],
			["2027-09-30", "gap-due", C, null, 1, null],
			["2027-10-02", "clause-review", A, "2-1-1", 1, null],
			["2028-03-31", "contract-end", A, null, 1, null],
		]);
	});
	it("is taken as it was known, and a renewal moves the end", async () => {
		const { revision, body } = await d.get(at);
		await d.put(`/v1/orgs/${B}/certificates/b`, { scheme: "scs", level: 3, issued: "2027-07-01", expires: "2028-06-30", evidence: "registry" });
		const ends = async (more) => (await d.get(`${at}?kind=level-ends${more}`)).body.items.find((i) => i.supplier === B);
		assert.equal((await ends("")).day, "2028-06-30");
		assert.equal((await ends(`&as_of=${revision}`)).day, "2027-07-10");
		assert.deepEqual((await d.get(`${at}?as_of=${revision}`)).body, body);
		await d.delete(`/v1/orgs/${B}/certificates/b`);
	});
	it("has months without anything, and 60 at most", async () => {
		const { body } = await d.get(`/v1/orgs/${P}/renewals`);
		assert.equal(body.months.length, 19);
		assert.deepEqual(body.months[0], {
			month: "2027-06", levels: { 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 }, required: 0, self_assessments: 0, contract_ends: 0, clause_reviews: 0, exceptions: 0, due: 0,
		});
		assert.deepEqual([body.months[1].levels[3], body.months[1].required, body.months[2].clause_reviews], [2, 2, 2]);
		const far = await d.get(`/v1/orgs/${P}/renewals?from=2027-06-30&to=2032-05-01`);
		assert.equal(far.body.months.length, 60);
		problem(assert, await d.get(`/v1/orgs/${P}/renewals?from=2027-06-30&to=2032-06-01`), 400, "bad-query");
		assert.equal((await d.get(`/v1/orgs/${P}/renewals?on=9999-12-31`)).body.months.length, 1);
		assert.equal((await d.get(`/v1/orgs/${P}/renewals?on=0001-01-01`)).body.months[0].month, "0001-01");
	});
	it("refuses what it does not know", async () => {
		for (const q of ["from=2027-07-01&to=2027-06-30", "to=2027-05-31", "from=x", "kind=ends", "kind=level-ends,", "format=csv", "limit=0", "horizon=9"])
			assert.equal((await d.get(`${at}?${q}`)).status, 400, q);
		problem(assert, await d.get(`${at}?cursor=abc`), 400, "bad-cursor");
		const { next } = (await d.get(`${at}?limit=1`)).body;
		problem(assert, await d.get(`${at}?limit=1&kind=gap-due&cursor=${next}`), 400, "bad-cursor");
		problem(assert, await d.get(`/v1/orgs/${P}/renewals?kind=gap-due`), 400, "bad-query");
		problem(assert, await d.get(`/v1/orgs/${fictional(99)}/calendar`), 404, "not-found");
	});
	it("hides whom the procurer may not know, in order and in the file", async () => {
		const own = await d.as("procurer", P);
		const { items } = await pages(own, at, 1);
		assert.equal(items.length, 9);
		const hidden = items.find((i) => i.tier === 2);
		assert.match(hidden.supplier, /^XX-ANON-/);
		assert.equal(hidden.name, null);
		assert.deepEqual(items.slice(0, 2).map((i) => i.supplier), [B, hidden.supplier].sort(cmp));
		const file = (await own.get(`${at}?format=ics`)).text;
		assert.ok(file.includes(hidden.supplier) && !file.includes(X) && !file.replaceAll("\r\n ", "").includes("秘密"));
		assert.deepEqual((await own.get(`/v1/orgs/${P}/renewals`)).body, (await d.get(`/v1/orgs/${P}/renewals`)).body);
		problem(assert, await (await d.as("supplier", A)).get(at), 403, "forbidden");
	});
});

// Whoever was bought from and still owes 2-1-5 is known, though it stands deeper in the chain without a name.
describe("links that are over", () => {
	it("show by their true ids, and in the order of these", async () => {
		const [Q, T, ...old] = [0, 1, 2, 3, 4].map((n) => fictional(884000 + n));
		for (const id of [Q, T, ...old]) await d.put(`/v1/orgs/${id}`, { name: `n${id}` });
		await d.put(`/v1/orgs/${Q}/targets`, { own_level: 4 });
		await d.put(`/v1/orgs/${Q}/suppliers/${T}`, {});
		for (const id of old) {
			await d.put(`/v1/orgs/${Q}/suppliers/${id}`, { confidential: true, end: "2027-01-31" });
			await d.put(`/v1/orgs/${Q}/suppliers/${id}/clauses/2-1-5`, { status: "agreed", agreed_on: "2026-01-01", review_by: "2027-08-15" });
		}
		const least = [...old].sort(cmp)[0]; // a pseudonym would come last
		await d.put(`/v1/orgs/${T}/suppliers/${least}`, { disclosure: "anonymous" });
		await d.put(`/v1/orgs/${least}/certificates/a`, { scheme: "scs", level: 3, issued: "2026-07-11", expires: "2027-07-10", evidence: "registry" });
		const own = await d.as("procurer", Q);
		const { items } = await pages(own, `/v1/orgs/${Q}/calendar`, 1);
		assert.deepEqual(items.filter((i) => i.kind === "clause-review").map((i) => [i.supplier, i.tier]), [...old].sort(cmp).map((id) => [id, null]));
		const [ends] = items.filter((i) => i.kind === "level-ends");
		assert.match(ends.supplier, /^XX-ANON-/);
	});
});

// RFC 5545, as far as a calendar reads it.
function parse(text) {
	assert.ok(text.endsWith("\r\n"));
	for (const line of text.slice(0, -2).split("\r\n")) {
		assert.ok(Buffer.byteLength(line) <= 75, line);
		assert.ok(!line.includes("\n") && !line.includes("\ufffd"), line);
	}
	const lines = text.replaceAll("\r\n ", "").trimEnd().split("\r\n");
	assert.deepEqual([lines[0], lines[1], lines.at(-1)], ["BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR"]);
	const events = [];
	for (const line of lines) {
		const [, name, value] = /^([A-Z-]+)(?:;[^:]*)?:(.*)$/.exec(line);
		if (line === "BEGIN:VEVENT") events.push({});
		else if (events.length) events.at(-1)[name] = value.replace(/\\(.)/g, (_, c) => (c === "n" ? "\n" : c));
	}
	return events;
}

describe("the iCalendar file", () => {
	it("has an event of a day for each item, with texts escaped and lines folded", async () => {
		const r = await d.get(`${at}?limit=1`, { accept: "text/calendar, */*;q=0.1", "accept-language": "en" });
		assert.equal(r.status, 200);
		assert.equal(r.headers.get("content-type"), "text/calendar; charset=utf-8");
		assert.match(r.headers.get("content-disposition"), /^attachment; filename="renewals-JP-JCN-\d+\.ics"$/);
		assert.match(r.headers.get("vary"), /Accept, Accept-Language/);
		const events = parse(r.text);
		const { items } = (await d.get(at)).body;
		assert.deepEqual(events.map((e) => [e.DTSTART, e.CATEGORIES]), items.map((i) => [i.day.replaceAll("-", ""), i.kind]));
		assert.equal(new Set(events.map((e) => e.UID)).size, items.length);
		const [risk] = events.filter((e) => e.CATEGORIES === "self-assessment");
		assert.equal(risk.SUMMARY, "Yearly ★4 self-assessment due: A; B, C\\D 株式会社\n二行目");
		assert.equal(risk.DTEND, "20270811");
		const end = events.find((e) => e.CATEGORIES === "level-ends" && e.SUMMARY.includes("ベータ"));
		assert.equal(end.SUMMARY, `★3 ends: ${"ベータ".repeat(20)}`);
		assert.match(end.DESCRIPTION, /Held: ★3\nRequired: ★3\nWith no renewal/);
	});
	it("speaks Japanese, and keeps its UIDs from one file to the next", async () => {
		const events = parse((await d.get(`${at}?format=ics`, { "accept-language": "ja" })).text);
		assert.ok(events.some((e) => e.SUMMARY === "C：★3取得の期限"));
		assert.ok(events.some((e) => e.SUMMARY === "O：契約条項の見直し期限（2-1-5）"));
		const again = parse((await d.get(`${at}?format=ics&kind=contract-end`, { "accept-language": "en" })).text);
		assert.equal(again.length, 1);
		assert.equal(again[0].UID, events.find((e) => e.CATEGORIES === "contract-end").UID);
		await d.patch(`/v1/orgs/${P}/suppliers/${A}`, { end: "2028-04-30" });
		const [moved] = parse((await d.get(`${at}?format=ics&kind=contract-end`)).text);
		assert.deepEqual([moved.UID, moved.DTSTART], [again[0].UID, "20280430"]);
	});
	it("is not made of more than 5,000", async () => {
		const Q = fictional(883000);
		const orgs = ["id,name", `${Q},many`];
		const links = ["procurer,supplier,end"];
		for (let i = 0; i < 5001; i++) {
			orgs.push(`XX-LOCAL-m${i},m`);
			links.push(`${Q},XX-LOCAL-m${i},2027-12-31`);
		}
		for (const [kind, rows] of [["orgs", orgs], ["links", links]]) {
			const job = await d.import(`format=csv&kind=${kind}`, rows.join("\n"));
			assert.equal(job.state, "done", JSON.stringify(job));
		}
		problem(assert, await d.get(`/v1/orgs/${Q}/calendar?format=ics`), 413, "too-large");
		assert.equal(parse((await d.get(`/v1/orgs/${Q}/calendar?format=ics&to=2027-12-30`)).text).length, 0);
		const { items } = await pages(d, `/v1/orgs/${Q}/calendar`, 1000);
		assert.equal(items.length, 5001);
		assert.deepEqual(items.map((i) => i.supplier), items.map((i) => i.supplier).sort(cmp));
		assert.equal((await d.get(`/v1/orgs/${Q}/renewals`)).body.months[6].contract_ends, 5001);
	});
});
