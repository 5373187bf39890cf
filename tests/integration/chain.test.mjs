// Questions about a chain, on a small world whose answers were worked out by hand from the terms:
//
//	P -> A (required 4, dependency 0.5, spend 1000)      A holds 4, until 2027-07-15
//	P -> B (Q1 yes: rule 4, spend unknown)               B holds 3 on a mere word
//	A -> C (required 3, dependency 0.8)                  C held 3 until 2027-05-01
//	B -> C (required 0, private)                         C -> A closes a cycle
//	C -> D (criticality low)                             D holds nothing; attested
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, TODAY } from "./daemon.mjs";

const [P, A, B, C, D, X] = [1, 2, 3, 4, 5, 6].map(fictional);
let d;

before(async () => {
	d = await Daemon.start();
	for (const [id, name] of [[P, "発注"], [A, "甲"], [B, "乙"], [C, "丙"], [D, "丁"], [X, "無関係"]])
		await d.org(id, { name });
	await d.must("PATCH", `/v1/orgs/${D}`, { subtier_attested_on: "2027-01-01" });
	await d.link(P, A, { required_level: 4, dependency: 0.5, annual_spend: 1000, due: "2027-07-01" });
	await d.link(P, B, { confidential: true, planned_on: "2027-10-01" });
	await d.link(A, C, { required_level: 3, dependency: 0.8 });
	await d.link(B, C, { required_level: 0, disclosure: "private" });
	await d.link(C, A);
	await d.link(C, D, { criticality: "low" });
	await d.cert(A, "a4", { level: 4, issued: "2027-04-01", expires: "2027-07-15", evidence: "registry" });
	await d.cert(B, "b3", { level: 3, issued: "2027-04-01", expires: "2028-03-31" });
	await d.cert(C, "c3", { level: 3, issued: "2027-03-01", expires: "2027-05-01", evidence: "copy" });
	await d.targets(P, { due: "2027-05-31", tiers: { 3: 3 } });
});
after(() => d.stop());

describe("exposure", () => {
	it("is the whole answer, member for member", async () => {
		const r = await d.get(`/v1/orgs/${P}/exposure?depth=3`);
		assert.equal(r.status, 200, r.text);
		const held = (o) => ({ 0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, ...o });
		const states = (o) => ({ gap: 0, undecided: 0, unconfirmed: 0, expiring: 0, met: 0, "not-asked": 0, ...o });
		const want = {
			procurer: P,
			on: TODAY,
			depth: 3,
			horizon: 90,
			suppliers: 4,
			gaps: 3,
			expiring: 1,
			at_risk: 0,
			exceptions: 0,
			clause_gaps: 4,
			clauses_undetermined: 2,
			gap_kinds: { never: 1, below: 1, lapsed: 1, "out-of-scope": 0 },
			gap_timing: { overdue: 2, due: 0, undated: 1 },
			states: states({ gap: 3, expiring: 1 }),
			tiers: [
				{ tier: 1, suppliers: 2, gaps: 1, unknown_below: 1, held: held({ 3: 1, 4: 1 }), states: states({ gap: 1, expiring: 1 }) },
				{ tier: 2, suppliers: 1, gaps: 1, unknown_below: 0, held: held({ 0: 1 }), states: states({ gap: 1 }) },
				{ tier: 3, suppliers: 1, gaps: 1, unknown_below: 0, held: held({ 0: 1 }), states: states({ gap: 1 }) },
			],
			annual_spend: 1000,
			spend_behind_gaps: 800,
			spend_unknown: 1,
			dependency_defaulted: 3,
		};
		assert.deepEqual(r.body, want);
		assert.equal(r.text, JSON.stringify(want), "the order of the members, too");
	});

	it("has exactly as many tiers as the depth", async () => {
		for (const depth of [1, 2, 24]) {
			const { body } = await d.get(`/v1/orgs/${P}/exposure?depth=${depth}`);
			assert.equal(body.tiers.length, depth);
			assert.equal(body.depth, depth);
		}
		const { body } = await d.get(`/v1/orgs/${P}/exposure`);
		assert.equal(body.depth, 4, "not given: the procurer's own, else 4");
		await d.targets(P, { due: "2027-05-31", tiers: { 3: 3 }, depth: 2 });
		assert.equal((await d.get(`/v1/orgs/${P}/exposure`)).body.depth, 2);
		await d.targets(P, { due: "2027-05-31", tiers: { 3: 3 } });
	});

	it("looks at any day", async () => {
		const past = (await d.get(`/v1/orgs/${P}/exposure?on=2027-04-30&depth=2`)).body;
		assert.equal(past.states.gap, 1);
		const future = (await d.get(`/v1/orgs/${P}/exposure?on=2027-07-16&depth=2`)).body;
		assert.equal(future.states.gap, 3);
		assert.equal(future.on, "2027-07-16");
	});

	it("refuses what it cannot mean, and names it", async () => {
		for (const [query, name] of [
			["on=2026-02-30", "on"],
			["on=2026-2-3", "on"],
			["depth=0", "depth"],
			["depth=25", "depth"],
			["depth=-1", "depth"],
			["depth=4x", "depth"],
			["depth=", "depth"],
			["horizon=-1", "horizon"],
			["horizon=3661", "horizon"],
			["horizon=99999999999999999999", "horizon"],
			["colour=red", "colour"],
			["depth=2&depth=3", "depth"],
			["%64epth=0", "depth"],
		]) {
			const r = await d.get(`/v1/orgs/${P}/exposure?${query}`);
			problem(assert, r, 400, "bad-query");
			assert.equal(r.body.errors[0].pointer, `/${name}`, query);
		}
		assert.equal((await d.get(`/v1/orgs/${P}/exposure?q=%ff`)).status, 400);
		problem(assert, await d.get(`/v1/orgs/${fictional(99)}/exposure`), 404, "not-found");
	});

	it("of an organisation without suppliers is all zero", async () => {
		const { body } = await d.get(`/v1/orgs/${X}/exposure`);
		assert.equal(body.suppliers, 0);
		assert.equal(body.tiers.length, 4);
	});
});

describe("gaps", () => {
	it("come by tier, with kind, timing and path", async () => {
		const { body, text } = await d.get(`/v1/orgs/${P}/gaps?depth=3`);
		assert.deepEqual(body.items, [
			{ supplier: B, name: "乙", tier: 1, required: 4, held: 3, kind: "below", timing: "overdue", due: "2027-05-31", due_in_days: -1, planned_on: "2027-10-01", dependency: 0.5, path: [P, B] },
			{ supplier: C, name: "丙", tier: 2, required: 3, held: 0, kind: "lapsed", timing: "undated", due: null, due_in_days: null, planned_on: null, dependency: 0.4, path: [P, A, C] },
			{ supplier: D, name: "丁", tier: 3, required: 3, held: 0, kind: "never", timing: "overdue", due: "2027-05-31", due_in_days: -1, planned_on: null, dependency: 0.04, path: [P, A, C, D] },
		]);
		assert.ok(text.indexOf('"supplier"') < text.indexOf('"name"'));
		assert.equal(body.next, null);
	});

	it("are filtered", async () => {
		const ids = async (q) => (await d.get(`/v1/orgs/${P}/gaps?depth=3&${q}`)).body.items.map((x) => x.supplier);
		assert.deepEqual(await ids("tier=2"), [C]);
		assert.deepEqual(await ids("kind=never"), [D]);
		assert.deepEqual(await ids("timing=overdue"), [B, D]);
		assert.deepEqual(await ids("timing=overdue&tier=1"), [B]);
		problem(assert, await d.get(`/v1/orgs/${P}/gaps?kind=worst`), 400, "bad-query");
	});

	it("are paged without loss, also over a change", async () => {
		const first = await d.get(`/v1/orgs/${P}/gaps?depth=3&limit=1`);
		assert.deepEqual(first.body.items.map((x) => x.supplier), [B]);
		const link = /<([^>]+)>; rel="next"/.exec(first.headers.get("link"))[1];
		await d.org(X, { name: `無関係 ${Date.now()}` });
		const second = await d.get(link);
		assert.deepEqual(second.body.items.map((x) => x.supplier), [C]);
		assert.ok(second.revision > first.revision, "a page is of its own revision");
		const third = await d.get(`/v1/orgs/${P}/gaps?depth=3&limit=1&cursor=${second.body.next}`);
		assert.deepEqual(third.body.items.map((x) => x.supplier), [D]);
		assert.equal(third.body.next, null);
		assert.equal(third.headers.get("link"), null);
	});

	it("refuse a cursor of another list and a changed one", async () => {
		const { body } = await d.get(`/v1/orgs/${P}/gaps?depth=3&limit=1`);
		const c = body.next;
		for (const path of [
			`/v1/orgs/${A}/gaps?depth=3&limit=1&cursor=${c}`,
			`/v1/orgs/${P}/gaps?depth=2&limit=1&cursor=${c}`,
			`/v1/orgs/${P}/gaps?depth=3&tier=1&limit=1&cursor=${c}`,
			`/v1/orgs/${P}/expiring?depth=3&limit=1&cursor=${c}`,
			`/v1/orgs/${P}/gaps?depth=3&limit=1&cursor=${c.slice(0, -2)}`,
			`/v1/orgs/${P}/gaps?depth=3&limit=1&cursor=A${c.slice(1)}x`,
			`/v1/orgs/${P}/gaps?depth=3&cursor=abc`,
		])
			problem(assert, await d.get(path), 400, "bad-cursor");
	});
});

describe("expiring", () => {
	it("names the last day", async () => {
		const { body } = await d.get(`/v1/orgs/${P}/expiring?depth=3`);
		assert.deepEqual(body.items.map((x) => [x.supplier, x.expires_on, x.required, x.held]), [[A, "2027-07-15", 4, 4]]);
		assert.deepEqual(body.items[0].path, [P, A]);
		assert.deepEqual((await d.get(`/v1/orgs/${P}/expiring?depth=3&horizon=10`)).body.items, []);
	});
});

describe("clause gaps", () => {
	it("are the procurer's own, by supplier and number", async () => {
		const { body } = await d.get(`/v1/orgs/${P}/clause-gaps`);
		assert.deepEqual(body.items.map((x) => [x.supplier, x.no]), [A, B].sort().flatMap((s) =>
			s === A ? [[A, "2-1-1"]] : [[B, "2-1-1"], [B, "2-1-2"], [B, "2-1-4"]]));
		assert.equal(body.items[0].status, "missing");
		const paged = [];
		let next = "";
		do {
			const page = (await d.get(`/v1/orgs/${P}/clause-gaps?limit=1${next}`)).body;
			paged.push(...page.items);
			next = page.next ? `&cursor=${page.next}` : null;
		} while (next);
		assert.deepEqual(paged, body.items);
		const one = (await d.get(`/v1/orgs/${P}/clause-gaps?no=2-1-2`)).body.items;
		assert.deepEqual(one.map((x) => x.supplier), [B]);
		assert.equal((await d.get(`/v1/orgs/${P}/clause-gaps?state=undetermined`)).body.items.length, 2);
	});
});

describe("impact", () => {
	it("counts those who would feel it", async () => {
		const { body, text } = await d.get(`/v1/orgs/${A}/impact?depth=2&held_level=0`);
		const want = {
			supplier: A,
			on: TODAY,
			depth: 2,
			held: 4,
			procurers: 3,
			in_gap: 1,
			tiers: [
				{ tier: 1, procurers: 2, in_gap: 1 },
				{ tier: 2, procurers: 1, in_gap: 0 },
			],
			items: [
				{ procurer: P, name: "発注", tier: 1, required: 4, gap: true },
				{ procurer: C, name: "丙", tier: 1, required: 0, gap: false },
				{ procurer: B, name: "乙", tier: 2, required: 0, gap: false },
			].sort((x, y) => x.tier - y.tier || (x.procurer < y.procurer ? -1 : 1)),
			next: null,
		};
		assert.deepEqual(body, want);
		assert.equal(text, JSON.stringify(want));
		const now = (await d.get(`/v1/orgs/${A}/impact?depth=2`)).body;
		assert.equal(now.in_gap, 0);
		problem(assert, await d.get(`/v1/orgs/${A}/impact?held_level=6`), 400, "bad-query");
	});

	it("is paged; the counts span all pages", async () => {
		const first = (await d.get(`/v1/orgs/${A}/impact?depth=2&limit=2`)).body;
		assert.equal(first.items.length, 2);
		assert.equal(first.procurers, 3);
		const second = (await d.get(`/v1/orgs/${A}/impact?depth=2&limit=2&cursor=${first.next}`)).body;
		assert.deepEqual(second.items.map((x) => x.procurer), [B]);
		assert.equal(second.procurers, 3);
		assert.equal(second.next, null);
	});
});

describe("dependencies", () => {
	it("explain the path", async () => {
		const { body, text } = await d.get(`/v1/orgs/${P}/dependencies/${D}`);
		const want = {
			procurer: P,
			supplier: D,
			tier: 3,
			dependency: 0.04,
			path: [P, A, C, D],
			links: [
				{ procurer: P, supplier: A, dependency: 0.5 },
				{ procurer: A, supplier: C, dependency: 0.8 },
				{ procurer: C, supplier: D, dependency: 0.1 },
			],
		};
		assert.deepEqual(body, want);
		assert.equal(text, JSON.stringify(want));
		problem(assert, await d.get(`/v1/orgs/${P}/dependencies/${X}`), 404, "not-found");
		problem(assert, await d.get(`/v1/orgs/${P}/dependencies/${D}?depth=2`), 404, "not-found");
		problem(assert, await d.get(`/v1/orgs/${P}/dependencies/${P}`), 404, "not-found");
	});
});

describe("history", () => {
	it("is kept for the watched", async () => {
		await d.event((e) => e.type === "exposure.changed" && e.subject === P);
		const { body } = await d.get(`/v1/orgs/${P}/history`);
		assert.equal(body.procurer, P);
		assert.equal(body.to, TODAY);
		assert.equal(body.items.at(-1).on, TODAY);
		problem(assert, await d.get(`/v1/orgs/${A}/history`), 404, "not-found");
		problem(assert, await d.get(`/v1/orgs/${P}/history?from=2027-06-02&to=2027-06-01`), 400, "bad-query");
	});
});
