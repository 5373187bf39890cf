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

describe("the filter of a chain", () => {
	it("takes several states, timings, due dates and a name, as the chain says", async () => {
		const one = (await d.get(`/v1/orgs/${P}/chain?depth=1&tier=1&limit=1000`)).body.items;
		const of = (f) => one.filter(f).length;
		for (const state of [["gap"], ["gap", "undecided"], ["met", "not-asked", "unconfirmed"], "gap"])
			assert.equal(await matched({ state }), of((i) => [state].flat().includes(i.state)), String(state));
		for (const timing of ["overdue", "due", ["due", "undated"], ["undated"]])
			assert.equal(await matched({ timing }), of((i) => [timing].flat().includes(i.timing)), String(timing));
		const dated = one.filter((i) => i.due);
		assert.ok(dated.length > 5);
		assert.equal(await matched({ due_from: "2028-03-31", due_to: "2028-03-31" }), of((i) => i.due === "2028-03-31"));
		assert.equal(await matched({ due_from: "2028-04-01" }), of((i) => i.due && i.due > "2028-03-31"));
		assert.equal(await matched({ due_to: "2028-03-30" }), of((i) => i.due && i.due < "2028-03-31"));
		assert.equal(await matched({ state: ["gap"], depth: 4 }), of((i) => i.state === "gap"));
		const name = `架空${S[7].slice(-4)}`;
		const found = S.filter((s) => s.includes(S[7].slice(-4)) || `架空${s.slice(-4)}` === name).length;
		assert.equal(await matched({ q: name, active: null }), found);
		assert.equal(await matched({ q: S[7] }), 1);
		assert.equal(await matched({ q: "ない会社" }), 0);
		assert.equal(await matched({ q: "" }), await matched({}));
	});
});

describe("a clause of each link", () => {
	const clause = async (s, no) => (await d.get(`/v1/orgs/${P}/suppliers/${s}/clauses/${no}`)).body;
	const filter = { department: "購買部" };

	it("is merged into what is there, in the same command", async () => {
		await d.must("PUT", `/v1/orgs/${P}/suppliers/${S[0]}/clauses/2-1-1`, { status: "drafted", note: "残す" });
		const from = await revision();
		const change = { status: "agreed", agreed_on: "2027-05-01", reviewed_on: "2027-06-01", reviewed_by: "見本" };
		const body = { filter, change: { owner: "係" }, clause: { no: "2-1-1", change } };
		const look = await bulk(body);
		assert.deepEqual(
			[look.body.matched, look.body.changed, look.body.clauses_changed, look.body.unchanged],
			[25, 25, 25, 0],
			look.text,
		);
		assert.equal(await revision(), from);
		const r = await bulk({ ...body, preview: false });
		assert.equal(r.status, 200, r.text);
		assert.deepEqual(r.body, {
			preview: false, matched: 25, changed: 25, clauses_changed: 25, unchanged: 0, revision: from + 1,
		});
		for (const s of [S[0], S[24]]) {
			const c = await clause(s, "2-1-1");
			assert.equal(c.status, "agreed");
			assert.equal(c.reviewed_by, "見本");
			assert.equal(c.recorded_by.revision, from + 1);
			assert.equal((await link(s)).recorded_by.revision, from + 1);
		}
		assert.equal((await clause(S[0], "2-1-1")).note, "残す");
		assert.equal((await clause(S[25], "2-1-1")).status, "missing");
		const alone = await bulk({ filter, clause: { no: "2-1-1", change: { review_by: "2028-05-01" } }, preview: false });
		assert.deepEqual([alone.body.changed, alone.body.clauses_changed, alone.body.unchanged], [0, 25, 0]);
		const again = await bulk({ filter, clause: { no: "2-1-1", change: { review_by: "2028-05-01" } }, preview: false });
		assert.deepEqual([again.body.clauses_changed, again.body.unchanged, again.body.revision], [0, 25, alone.body.revision]);
		const cleared = await bulk({ filter, clause: { no: "2-1-1", change: { review_by: null } }, preview: false });
		assert.equal(cleared.body.clauses_changed, 25);
		assert.equal((await clause(S[3], "2-1-1")).review_by, undefined);
	});

	it("sets the own side's contacts, and takes them away", async () => {
		const contacts = [{ side: "procurer", role: "窓口", name: "見本", email: "m@example.test", lang: "ja" }];
		const r = await bulk({ filter, clause: { no: "2-1-4", change: { contacts, notify_within_hours: 24 } }, preview: false });
		assert.equal(r.body.clauses_changed, 25, r.text);
		for (const s of BUYING) assert.deepEqual((await clause(s, "2-1-4")).contacts, contacts);
		const again = await bulk({ filter, clause: { no: "2-1-4", change: { contacts } } });
		assert.equal(again.body.clauses_changed, 0);
		const off = await bulk({ filter, clause: { no: "2-1-4", change: { contacts: null } }, preview: false });
		assert.equal(off.body.clauses_changed, 25);
		assert.equal((await clause(S[2], "2-1-4")).contacts, undefined);
		assert.equal((await clause(S[2], "2-1-4")).notify_within_hours, 24);
	});

	it("leaves the other side's contacts, if so asked", async () => {
		const theirs = [{ side: "supplier", role: "CSIRT", phone: "03-0000-0000" }];
		const old = { side: "procurer", name: "前任" };
		const at = `/v1/orgs/${P}/suppliers/${S[4]}/clauses/2-1-4`;
		await d.must("PUT", at, { status: "drafted", contacts: [old, ...theirs] });
		const contacts = [{ side: "procurer", name: "見本", email: "m@example.test" }];
		const keep = { filter, clause: { no: "2-1-4", change: { contacts }, keep_other_sides: true } };
		const r = await bulk({ ...keep, preview: false });
		assert.equal(r.body.clauses_changed, 25, r.text);
		assert.deepEqual((await clause(S[4], "2-1-4")).contacts, [...contacts, ...theirs]);
		assert.deepEqual((await clause(S[2], "2-1-4")).contacts, contacts);
		assert.equal((await bulk(keep)).body.clauses_changed, 0, "twice is once");
		const many = Array.from({ length: 32 }, (_, i) => ({ side: "procurer", name: `見本${i}` }));
		const over = await bulk({ filter, clause: { no: "2-1-4", change: { contacts: many }, keep_other_sides: true } });
		problem(assert, over, 422, "too-long");
		assert.equal(over.body.errors[0].pointer, "/clause/change/contacts");
		problem(assert, await bulk({ clause: { no: "2-1-4", change: { contacts }, keep_other_sides: 1 } }), 422, "wrong-type");
		await bulk({ filter, clause: { no: "2-1-4", change: { contacts } }, preview: false });
		assert.deepEqual((await clause(S[4], "2-1-4")).contacts, contacts, "else all are replaced");
	});

	it("is refused with the place", async () => {
		const before = await revision();
		const refused = async (clause, code, pointer) => {
			const r = await bulk({ clause });
			problem(assert, r, 422, code);
			assert.equal(r.body.errors[0].pointer, pointer);
		};
		await refused({ no: "2-1-2", change: { status: "agreed" } }, "needs-agreed-on", "/clause/change/agreed_on");
		await refused({ no: "2-1-2", change: { status: "good" } }, "bad-value", "/clause/change/status");
		await refused({ no: "2-1-2", change: { gap: true } }, "unknown-field", "/clause/change/gap");
		await refused({ no: "9-9-9", change: { note: "x" } }, "bad-value", "/clause/no");
		await refused({ no: 1, change: { note: "x" } }, "wrong-type", "/clause/no");
		await refused({ change: { note: "x" } }, "required", "/clause/no");
		await refused({ no: "2-1-2" }, "required", "/clause/change");
		await refused({ no: "2-1-2", change: {} }, "required", "/clause/change");
		await refused({ no: "2-1-2", change: { note: "x" }, x: 1 }, "unknown-field", "/clause/x");
		await refused([], "wrong-type", "/clause");
		assert.equal(await revision(), before);
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
		await refused({ procurer: P, change, filter: { state: ["gap", "bad"] } }, "bad-value", "/filter/state/1");
		await refused({ procurer: P, change, filter: { state: [] } }, "bad-value", "/filter/state");
		await refused({ procurer: P, change, filter: { timing: "late" } }, "bad-value", "/filter/timing");
		await refused({ procurer: P, change, filter: { due_from: "2027-13-01" } }, "bad-date", "/filter/due_from");
		await refused({ procurer: P, change, filter: { depth: 25 } }, "out-of-range", "/filter/depth");
		await refused({ procurer: P, change, filter: { q: 1 } }, "wrong-type", "/filter/q");
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
