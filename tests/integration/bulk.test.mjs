// One change for many links: the filter chooses, a preview writes nothing, the change is one command.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem } from "./daemon.mjs";

const P = fictional(1);
const OTHER = fictional(2);
const S = Array.from({ length: 30 }, (_, i) => fictional(100 + i)).sort();
const BUYING = S.slice(0, 25);
let d;

before(async () => {
	d = await Daemon.start();
	await d.org(P);
	await d.org(OTHER);
	for (const s of S) await d.org(s, { name: `架空${s.slice(-4)}` });
	for (const s of S) await d.link(P, s, { department: BUYING.includes(s) ? "購買部" : "情報システム部" });
	await d.link(OTHER, S[0], { department: "購買部" });
});
after(() => d.stop());

const bulk = (body) => d.call("POST", "/v1/bulk", { procurer: P, ...body });
const link = async (s, p = P) => (await d.get(`/v1/orgs/${p}/suppliers/${s}`)).body;
const revision = async () => (await d.get("/v1/status")).body.revision;
const matched = async (filter) => {
	const r = await bulk({ filter, change: { note: "x" } });
	assert.equal(r.status, 200, r.text);
	return r.body.matched;
};
// The figures of the day may follow a write; a count of link events tells what a command did.
const linkEvents = async (from) => (await d.changes(`after=${from}`)).filter((e) => e.type === "link.changed");

describe("a preview", () => {
	it("counts, shows the first links, and writes nothing", async () => {
		const before = await revision();
		const r = await bulk({ filter: { department: "購買部" }, change: { required_level: 3, due: "2028-03-31" } });
		assert.equal(r.status, 200, r.text);
		const { sample, ...rest } = r.body;
		assert.deepEqual(rest, { preview: true, matched: 25, changed: 25, unchanged: 0, revision: before });
		assert.deepEqual(
			sample,
			BUYING.slice(0, 20).map((s) => ({ procurer: P, supplier: s, name: `架空${s.slice(-4)}` })),
		);
		assert.equal(await revision(), before);
		assert.equal((await link(S[0])).required_level, undefined);
	});

	it("is refused as the change would be", async () => {
		await d.patch(`/v1/orgs/${P}/suppliers/${S[3]}`, { start: "2027-05-01" });
		for (const preview of [true, false]) {
			const r = await bulk({ change: { end: "2027-04-01" }, preview });
			assert.equal(r.status, 422, r.text);
			assert.match(r.body.errors[0].pointer, /^\/change\//);
		}
		assert.equal((await link(S[0])).end, undefined, "all or nothing");
		assert.equal((await link(S[29])).end, undefined);
		await d.patch(`/v1/orgs/${P}/suppliers/${S[3]}`, { start: null });
	});
});

describe("a change", () => {
	it("is one revision for all links", async () => {
		const change = { required_level: 3, due: "2028-03-31", confidential: true };
		const filter = { department: "購買部" };
		const from = await revision();
		const r = await bulk({ filter, change, preview: false, expect_matched: 25 });
		assert.equal(r.status, 200, r.text);
		assert.deepEqual(r.body, { preview: false, matched: 25, changed: 25, unchanged: 0, revision: from + 1 });
		assert.equal(r.revision, from + 1);
		const events = await linkEvents(from);
		assert.equal(events.length, 25);
		assert.deepEqual([...new Set(events.map((e) => e.revision))], [from + 1]);
		for (const s of [S[0], S[24]]) {
			const l = await link(s);
			assert.equal(l.required_level, 3);
			assert.equal(l.due, "2028-03-31");
			assert.equal(l.department, "購買部");
		}
		assert.equal((await link(S[25])).required_level, undefined);
		assert.equal((await link(S[0], OTHER)).required_level, undefined, "another procurer's link");
		const again = await bulk({ filter, change, preview: false });
		assert.equal(again.status, 200);
		assert.equal(again.body.changed, 0);
		assert.equal(again.body.unchanged, 25);
		assert.deepEqual(await linkEvents(from + 1), []);
	});

	it("counts apart what is so already, and null removes", async () => {
		const half = await bulk({ change: { required_level: 3 } });
		assert.deepEqual([half.body.matched, half.body.changed, half.body.unchanged], [30, 5, 25]);
		const r = await bulk({ filter: { suppliers: [S[0]] }, change: { due: null }, preview: false });
		assert.equal(r.body.changed, 1, r.text);
		assert.equal((await link(S[0])).due, undefined);
	});

	it("finds nothing without harm", async () => {
		const before = await revision();
		const r = await bulk({ filter: { department: "ない部" }, change: { note: "x" }, preview: false });
		assert.equal(r.status, 200, r.text);
		assert.deepEqual([r.body.matched, r.body.changed, r.body.unchanged], [0, 0, 0]);
		assert.equal(await revision(), before);
	});

	it("is 409 where another number matches", async () => {
		const before = await revision();
		const r = await bulk({ change: { note: "x" }, preview: false, expect_matched: 29 });
		problem(assert, r, 409, "conflict");
		assert.equal(await revision(), before);
	});
});

describe("the filter", () => {
	it("takes fields, and null for what is not there", async () => {
		const l = (s, body) => d.must("PATCH", `/v1/orgs/${P}/suppliers/${s}`, body);
		await l(S[26], { owner: "見本太郎", relation: "it-service", criticality: "high", confidential: false });
		await l(S[27], { continuity: true, system_access: false, required_level: 0 });
		assert.equal(await matched({}), 30);
		assert.equal(await matched({ owner: "見本太郎" }), 1);
		assert.equal(await matched({ owner: null }), 29);
		assert.equal(await matched({ relation: "it-service" }), 1);
		assert.equal(await matched({ criticality: "high", department: "購買部" }), 0);
		assert.equal(await matched({ confidential: true }), 25);
		assert.equal(await matched({ confidential: false }), 1);
		assert.equal(await matched({ confidential: null }), 4);
		assert.equal(await matched({ continuity: true }), 1);
		assert.equal(await matched({ system_access: false }), 1);
		assert.equal(await matched({ required_level: 3 }), 25);
		assert.equal(await matched({ required_level: 0 }), 1);
		assert.equal(await matched({ required_level: null }), 4);
		assert.equal(await matched({ suppliers: [S[0], S[0], S[29], OTHER] }), 2);
		assert.equal(await matched({ suppliers: [] }), 0);
	});

	it("takes a state of the direct supplier, today", async () => {
		await d.cert(S[1], "c", { level: 3, issued: "2026-12-01", expires: "2029-01-01", evidence: "registry" });
		const gap = await matched({ state: "gap" });
		const items = (await d.get(`/v1/orgs/${P}/gaps?depth=1&limit=100`)).body.items;
		assert.equal(gap, items.length);
		assert.ok(gap > 0);
		assert.equal(await matched({ state: "gap", suppliers: [S[1]] }), 0);
		const states = (await d.get(`/v1/orgs/${P}/exposure?depth=1`)).body.states;
		for (const [state, n] of Object.entries(states)) assert.equal(await matched({ state }), n, state);
	});

	it("leaves out ended links unless asked", async () => {
		await d.must("PATCH", `/v1/orgs/${P}/suppliers/${S[28]}`, { end: "2027-01-31" });
		assert.equal(await matched({}), 29);
		assert.equal(await matched({ active: true }), 29);
		assert.equal(await matched({ active: false }), 1);
		assert.equal(await matched({ active: null }), 30);
	});
});

describe("a body that is wrong", () => {
	const refused = async (body, code, pointer, status = 422) => {
		const r = await d.call("POST", "/v1/bulk", body);
		problem(assert, r, status, code);
		assert.equal(r.body.errors[0].pointer, pointer);
	};
	const change = { note: "x" };

	it("is refused with the place", async () => {
		const before = await revision();
		await refused({ procurer: P, change, x: 1 }, "unknown-field", "/x");
		await refused({ procurer: P, change, filter: { x: 1 } }, "unknown-field", "/filter/x");
		await refused({ procurer: P, change, filter: { note: "a" } }, "unknown-field", "/filter/note");
		await refused({ procurer: P, change: { x: 1 } }, "unknown-field", "/change/x");
		for (const name of ["supplier_code", "grants", "held", "spend_year"])
			await refused({ procurer: P, change: { [name]: "1" } }, "unknown-field", `/change/${name}`);
		await refused({ procurer: P, change: { required_level: 6 } }, "out-of-range", "/change/required_level");
		await refused({ procurer: P, change: { due: "2027-02-30" } }, "bad-date", "/change/due");
		await refused({ procurer: P, change, filter: { state: "bad" } }, "bad-value", "/filter/state");
		await refused({ procurer: P, change, filter: { confidential: 1 } }, "wrong-type", "/filter/confidential");
		await refused({ procurer: P, change, filter: { suppliers: [P, 1] } }, "wrong-type", "/filter/suppliers/1");
		await refused(
			{ procurer: P, change, filter: { suppliers: [fictional(77)] } },
			"no-such-org",
			"/filter/suppliers/0",
		);
		await refused({ procurer: P, change, filter: { active: "yes" } }, "wrong-type", "/filter/active");
		await refused({ procurer: P, change, filter: [] }, "wrong-type", "/filter");
		await refused({ procurer: P, change: 1 }, "wrong-type", "/change");
		await refused({ procurer: P, change: {} }, "required", "/change");
		await refused({ procurer: P }, "required", "/change");
		await refused({ change }, "required", "/procurer");
		await refused({ procurer: fictional(77), change }, "no-such-org", "/procurer");
		await refused({ procurer: P, change, preview: "no" }, "wrong-type", "/preview");
		await refused({ procurer: P, change, expect_matched: -1 }, "out-of-range", "/expect_matched");
		problem(assert, await d.call("POST", "/v1/bulk", []), 422, "wrong-type");
		problem(assert, await d.call("POST", "/v1/bulk", "{", { "Content-Type": "application/json" }), 400, "bad-json");
		problem(assert, await d.get("/v1/bulk"), 405, "method-not-allowed");
		assert.equal(await revision(), before);
	});
});
