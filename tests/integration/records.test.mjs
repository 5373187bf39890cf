// Organisations, links, certificates, clauses and targets: what is written reads back, what is wrong is
// refused with its code, and the laws of ETags, merge patches and idempotent writes hold.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, TODAY } from "./daemon.mjs";

let d;
before(async () => {
	d = await Daemon.start();
});
after(() => d.stop());

const A = fictional(1);
const B = fictional(2);
const C = fictional(3);

describe("organisations", () => {
	it("are created once, then replaced", async () => {
		const fields = {
			name: "架空精密工業株式会社",
			name_kana: "カクウセイミツコウギョウ",
			name_en: "Kaku Precision Co., Ltd.",
			country: "JP",
			aliases: ["XI-LEI-529900T8BM49AURSDO55"],
			contacts: [{ role: "security", name: "見本太郎", email: "taro@example.jp", lang: "ja" }],
			subtier_attested_on: "2027-04-01",
			address: "東京都千代田区",
			note: "=1+1",
		};
		const made = await d.put(`/v1/orgs/${A}`, fields);
		assert.equal(made.status, 201, made.text);
		assert.equal(made.headers.get("location"), `/v1/orgs/${A}`);
		assert.deepEqual(made.body.warnings, []);
		const got = await d.get(`/v1/orgs/${A}`);
		assert.equal(got.status, 200);
		for (const [k, v] of Object.entries(fields)) assert.deepEqual(got.body[k], v, k);
		assert.equal(got.body.id, A);
		assert.equal(got.body.kind, "entity");
		assert.equal(got.body.stub, false);
		assert.equal(got.body.held, 0);
		assert.equal(got.body.held_until, null);
		assert.equal(got.body.suppliers, 0);
		assert.equal(got.body.procurers, 0);
		assert.equal(got.body.recorded_by.actor, "admin");
		assert.equal(got.body.warnings, undefined);
		assert.equal(got.etag, made.etag, "a write answers like GET");
		const again = await d.put(`/v1/orgs/${A}`, fields);
		assert.equal(again.status, 200);
		assert.equal(again.revision, made.revision, "nothing changed, so nothing is logged");
		const less = await d.put(`/v1/orgs/${A}`, { name: "別名" });
		assert.equal(less.status, 200);
		assert.equal(less.body.note, undefined);
		assert.equal(less.body.aliases, undefined);
	});

	it("take back what GET gives", async () => {
		const got = await d.get(`/v1/orgs/${A}`);
		const put = await d.put(`/v1/orgs/${A}`, got.body);
		assert.equal(put.status, 200, put.text);
		assert.equal(put.etag, got.etag);
	});

	it("are patched: null removes, what is not named stays", async () => {
		await d.put(`/v1/orgs/${A}`, { name: "一", note: "n", address: "a" });
		const r = await d.patch(`/v1/orgs/${A}`, { note: null, name: "二" });
		assert.equal(r.status, 200, r.text);
		assert.equal(r.body.name, "二");
		assert.equal("note" in r.body, false);
		assert.equal(r.body.address, "a");
		problem(assert, await d.patch(`/v1/orgs/${fictional(900)}`, { note: "x" }), 404, "not-found");
	});

	it("refuse what does not fit", async () => {
		const bad = async (id, body, status, code) => {
			const r = await d.put(`/v1/orgs/${id}`, body);
			problem(assert, r, status, code);
			return r;
		};
		await bad("JP-JCN-7000012050003", { name: "x" }, 422, "check-digit");
		await bad("nonsense!", { name: "x" }, 422, "bad-id");
		await bad(B, {}, 422, "required");
		const r = await bad(B, { name: "x", colour: "red" }, 422, "unknown-field");
		assert.equal(r.body.errors[0].pointer, "/colour");
		await bad(B, { name: 7 }, 422, "wrong-type");
		await bad(B, { name: "x", kind: "planet" }, 422, "bad-value");
		await bad(B, { name: "x", subtier_attested_on: "2026-02-30" }, 422, "bad-date");
		await bad(B, { name: "x", id: C }, 422, "bad-value");
		await bad(B, { name: "x", kind: "site", parent: A }, 422, "bad-parent");
		await bad(B, [], 422, "wrong-type");
		problem(assert, await d.get(`/v1/orgs/${B}`), 404, "not-found");
	});

	it("answer by their aliases", async () => {
		await d.org(A, { aliases: ["GB-COH-01234567"] });
		const r = await d.get("/v1/orgs/GB-COH-01234567");
		assert.equal(r.body.id, A);
		await d.org(B);
		problem(assert, await d.put(`/v1/orgs/${B}`, { name: "b", aliases: ["GB-COH-01234567"] }), 409, "id-taken");
		problem(assert, await d.put("/v1/orgs/GB-COH-01234567", { name: "x" }), 409, "id-taken");
	});

	it("have units whose id is theirs with a code", async () => {
		const unit = `${A}~OSAKA`;
		const r = await d.put(`/v1/orgs/${unit}`, { name: "大阪工場", kind: "site", parent: A });
		assert.equal(r.status, 201, r.text);
		problem(assert, await d.delete(`/v1/orgs/${A}`), 409, "has-links");
		assert.equal((await d.delete(`/v1/orgs/${unit}`)).status, 204);
		problem(assert, await d.get(`/v1/orgs/${unit}`), 404, "not-found");
	});

	it("are deleted with their links only on demand", async () => {
		const x = fictional(50);
		await d.org(x);
		await d.link(A, x);
		problem(assert, await d.delete(`/v1/orgs/${x}`), 409, "has-links");
		assert.equal((await d.delete(`/v1/orgs/${x}?cascade=true`)).status, 204);
		problem(assert, await d.get(`/v1/orgs/${A}/suppliers/${x}`), 404, "not-found");
		problem(assert, await d.delete(`/v1/orgs/${x}`), 404, "not-found");
	});
});

describe("links", () => {
	before(async () => {
		await d.org(A);
		await d.org(B);
	});

	it("carry their contract data and what follows from it", async () => {
		const fields = {
			required_level: 4,
			due: "2027-12-31",
			relation: "it-service",
			criticality: "high",
			confidential: true,
			continuity: false,
			dependency: 0.1234,
			annual_spend: 120000000,
			disclosure: "private",
			grants: [{ viewer: B, form: "named", until: "2028-03-31" }],
			scope_fit: "partly",
			supplier_code: "V-001",
			planned_on: "2027-09-30",
			start: "2026-04-01",
		};
		const r = await d.put(`/v1/orgs/${A}/suppliers/${B}`, fields);
		assert.equal(r.status, 201, r.text);
		for (const [k, v] of Object.entries(fields)) assert.deepEqual(r.body[k], v, k);
		assert.equal(r.body.effective_level, 4);
		assert.deepEqual(r.body.level_source, { kind: "explicit" });
		assert.equal(r.body.held, 0);
		assert.equal(r.body.gap, true);
		assert.equal(r.body.clauses["2-1-1"].status, "missing");
		assert.equal(r.body.clauses["2-1-1"].due, true);
		assert.equal((await d.get(`/v1/orgs/${A}`)).body.suppliers, 1);
		assert.equal((await d.get(`/v1/orgs/${B}`)).body.procurers, 1);
		const back = await d.put(`/v1/orgs/${A}/suppliers/${B}`, r.body);
		assert.equal(back.status, 200, back.text);
		assert.equal(back.etag, r.etag);
	});

	it("refuse what does not fit", async () => {
		const bad = async (p, s, body, status, code) =>
			problem(assert, await d.put(`/v1/orgs/${p}/suppliers/${s}`, body), status, code);
		await bad(A, A, {}, 422, "self-link");
		await bad(A, fictional(901), {}, 422, "no-such-org");
		await bad(fictional(901), A, {}, 422, "no-such-org");
		await bad(A, B, { required_level: 6 }, 422, "out-of-range");
		await bad(A, B, { required_level: "4" }, 422, "wrong-type");
		await bad(A, B, { dependency: 1.0001 }, 422, "out-of-range");
		await bad(A, B, { dependency: 0.12345 }, 422, "bad-value");
		await bad(A, B, { due: "2026-02-30" }, 422, "bad-date");
		await bad(A, B, { start: "2027-02-01", end: "2027-01-31" }, 422, "bad-period");
		problem(assert, await d.get(`/v1/orgs/${B}/suppliers/${A}`), 404, "not-found");
		problem(assert, await d.patch(`/v1/orgs/${B}/suppliers/${A}`, {}), 404, "not-found");
		problem(assert, await d.delete(`/v1/orgs/${B}/suppliers/${A}`), 404, "not-found");
	});

	it("keep a supplier code for one supplier", async () => {
		await d.org(C);
		await d.link(A, B, { supplier_code: "V-9" });
		problem(assert, await d.put(`/v1/orgs/${A}/suppliers/${C}`, { supplier_code: "V-9" }), 409, "supplier-code-taken");
	});

	it("take their level from the rules of the targets", async () => {
		await d.targets(A, {});
		const asked = async (fields) => (await d.put(`/v1/orgs/${A}/suppliers/${B}`, fields)).body;
		let r = await asked({ confidential: true });
		assert.equal(r.effective_level, 4);
		assert.deepEqual(r.level_source, { kind: "rule", rule: 0 });
		r = await asked({ confidential: false, continuity: false, system_access: false });
		assert.equal(r.effective_level, 3);
		assert.deepEqual(r.level_source, { kind: "rule", rule: 3 });
		r = await asked({ confidential: false });
		assert.equal(r.undecided, true);
		r = await asked({ required_level: 0 });
		assert.equal(r.exception, true);
		assert.equal(r.gap, false);
		assert.equal(r.warnings.length, 1);
		assert.ok(r.warnings[0].code && r.warnings[0].detail);
		await d.must("DELETE", `/v1/orgs/${A}/targets`);
		r = await asked({});
		assert.equal(r.effective_level, 0);
		assert.deepEqual(r.level_source, { kind: "none" });
	});
});

describe("certificates", () => {
	it("give the level that holds today", async () => {
		await d.org(C);
		const r = await d.cert(C, "star4", {
			level: 4,
			issued: "2027-04-01",
			expires: "2030-03-31",
			registration_no: "4-000001",
			evidence: "registry",
			self_assessments: ["2027-04-01"],
		});
		assert.equal(r.status, 201);
		assert.equal(r.body.status, "valid");
		assert.equal(r.body.in_force, true);
		assert.equal(r.body.scope, "entity");
		assert.deepEqual(r.body.suspensions, []);
		const org = (await d.get(`/v1/orgs/${C}`)).body;
		assert.equal(org.held, 4);
		assert.equal(org.held_until, "2030-03-31");
	});

	it("are suspended, ended and revoked by their status", async () => {
		const path = `/v1/orgs/${C}/certificates/star4`;
		let r = await d.patch(path, { status: "suspended" });
		assert.equal(r.status, 200, r.text);
		assert.equal(r.body.suspended_from, TODAY);
		assert.equal(r.body.status, "suspended");
		assert.equal((await d.get(`/v1/orgs/${C}`)).body.held, 0);
		r = await d.patch(path, { status: "valid" });
		assert.equal(r.body.status, "valid");
		assert.equal((await d.get(`/v1/orgs/${C}`)).body.held, 4);
		r = await d.patch(path, { status: "revoked" });
		assert.equal(r.body.revoked_on, TODAY);
		assert.equal((await d.get(`/v1/orgs/${C}`)).body.held, 0);
	});

	it("warn where something is odd", async () => {
		let r = await d.cert(C, "early", { level: 3, issued: "2026-12-01" });
		assert.deepEqual(r.body.warnings.map((w) => w.code).sort(), ["before-scheme-start", "no-expiry"]);
		r = await d.cert(C, "sa", { scheme: "security-action", level: 1 });
		assert.deepEqual(r.body.warnings, []);
	});

	it("refuse what does not fit", async () => {
		const put = (body) => d.put(`/v1/orgs/${C}/certificates/x`, body);
		problem(assert, await put({ scheme: "scs", level: 6 }), 422, "out-of-range");
		problem(assert, await put({ scheme: "scs", level: 2 }), 422, "bad-level");
		problem(assert, await put({ scheme: "scs", level: 3, issued: "2027-02-01", expires: "2027-01-01" }), 422, "bad-period");
		problem(assert, await d.put(`/v1/orgs/${fictional(902)}/certificates/x`, { scheme: "scs", level: 3 }), 404, "not-found");
		problem(assert, await d.get(`/v1/orgs/${C}/certificates/x`), 404, "not-found");
	});

	it("are listed", async () => {
		const { body } = await d.get(`/v1/orgs/${C}/certificates`);
		assert.deepEqual(body.items.map((x) => x.certificate), ["early", "sa", "star4"]);
		assert.equal(body.next, null);
		assert.equal((await d.delete(`/v1/orgs/${C}/certificates/sa`)).status, 204);
	});
});

describe("clauses", () => {
	const path = `/v1/orgs/${A}/suppliers/${B}/clauses/2-1-2`;
	before(async () => {
		await d.org(A);
		await d.org(B);
		await d.link(A, B, { confidential: true, start: "2027-01-01" });
	});

	it("read as missing before they are written", async () => {
		const r = await d.get(path);
		assert.equal(r.status, 200);
		assert.equal(r.body.status, "missing");
		assert.equal(r.body.due, true);
		assert.equal(r.body.gap, true);
		assert.equal((await d.delete(path)).status, 204);
		problem(assert, await d.get(`/v1/orgs/${A}/suppliers/${B}/clauses/9-9-9`), 404, "not-found");
		problem(assert, await d.get(`/v1/orgs/${B}/suppliers/${A}/clauses/2-1-2`), 404, "not-found");
	});

	it("are agreed with a date, waived with a reason", async () => {
		problem(assert, await d.put(path, { status: "agreed" }), 422, "needs-agreed-on");
		problem(assert, await d.put(path, { status: "waived" }), 422, "needs-reason");
		let r = await d.put(path, {
			status: "agreed",
			agreed_on: "2027-02-01",
			defines_confidential: true,
			documents: [{ reference: "契約書 第3条", title: "基本契約" }],
		});
		assert.equal(r.status, 201, r.text);
		assert.equal(r.body.gap, false);
		assert.equal(r.body.late, true);
		assert.deepEqual(r.body.documents, [{ reference: "契約書 第3条", title: "基本契約" }]);
		r = await d.put(path, { status: "waived", reason: "対象外" });
		assert.equal(r.status, 200);
		assert.equal(r.body.agreed_on, undefined);
		const back = await d.put(path, r.body);
		assert.equal(back.status, 200, back.text);
		assert.equal((await d.get(`/v1/orgs/${A}/suppliers/${B}/clauses`)).body.items.length, 6);
		assert.equal((await d.delete(path)).status, 204);
		assert.equal((await d.get(path)).body.status, "missing");
	});

	it("keep contacts apart and give them back", async () => {
		const p = `/v1/orgs/${A}/suppliers/${B}/clauses/2-1-4`;
		const contacts = [
			{ role: "incident", name: "見本", email: "a@example.jp", side: "procurer" },
			{ role: "incident", phone: "03-0000-0000", side: "supplier" },
		];
		const r = await d.put(p, { status: "drafted", contacts, duties: { supplier: "通知" } });
		assert.equal(r.status, 201, r.text);
		assert.deepEqual((await d.get(p)).body.contacts, contacts);
		const log = JSON.stringify(await d.changes());
		assert.equal(log.includes("03-0000-0000"), false, "contacts are not in the log's events");
	});
});

describe("targets", () => {
	it("read back, with the default rules where none are written", async () => {
		await d.org(A);
		problem(assert, await d.get(`/v1/orgs/${A}/targets`), 404, "not-found");
		let r = await d.put(`/v1/orgs/${A}/targets`, { due: "2028-03-31", tiers: { 2: 3 } });
		assert.equal(r.status, 201, r.text);
		assert.equal(r.body.default_rules, true);
		assert.equal(r.body.rules.length, 4);
		assert.deepEqual(r.body.tiers, { 2: 3 });
		assert.equal(r.body.own_level, 3);
		assert.equal(r.body.depth, 4);
		const rules = [
			{ when: { department: "製造", annual_spend_min: 1000000 }, level: 4, due: "2027-12-31" },
			{ when: {}, level: 3 },
		];
		r = await d.put(`/v1/orgs/${A}/targets`, { rules, own_level: 4, depth: 3 });
		assert.equal(r.status, 200);
		assert.deepEqual(r.body.rules, rules);
		assert.equal(r.body.default_rules, false);
		const back = await d.put(`/v1/orgs/${A}/targets`, r.body);
		assert.equal(back.status, 200, back.text);
		assert.equal(back.etag, r.etag);
		r = await d.put(`/v1/orgs/${A}/targets`, { rules: [] });
		assert.deepEqual(r.body.rules, []);
		assert.equal(r.body.default_rules, false);
	});

	it("refuse what does not fit", async () => {
		const put = (body) => d.put(`/v1/orgs/${A}/targets`, body);
		for (const tiers of [{ 1: 3 }, { 25: 3 }, { x: 3 }, { 2: 6 }])
			assert.equal((await put({ tiers })).status, 422, JSON.stringify(tiers));
		assert.equal((await put({ depth: 0 })).status, 422);
		assert.equal((await put({ depth: 25 })).status, 422);
		assert.equal((await put({ rules: [{ when: { colour: "red" }, level: 3 }] })).status, 422);
		assert.equal((await put({ rules: [{ when: {}, level: 6 }] })).status, 422);
		problem(assert, await d.put(`/v1/orgs/${fictional(903)}/targets`, {}), 404, "not-found");
	});
});

describe("entity tags", () => {
	const path = `/v1/orgs/${A}`;

	it("let one of two writers win", async () => {
		const { etag } = await d.org(A, { note: "0" });
		const tries = await Promise.all(
			[...Array(16).keys()].map((i) => d.patch(path, { note: `n${i}` }, { "If-Match": etag })),
		);
		assert.equal(tries.filter((r) => r.status === 200).length, 1);
		assert.equal(tries.filter((r) => r.status === 412).length, 15);
		problem(assert, await d.delete(path, { "If-Match": etag }), 412, "precondition-failed");
	});

	it("compare the stored part alone in If-Match", async () => {
		const { etag } = await d.get(path);
		const other = etag.replace(/\..*"/, '.0"');
		assert.equal((await d.patch(path, { note: "x" }, { "If-Match": `"1.2", ${other}` })).status, 200);
		problem(assert, await d.patch(path, { note: "y" }, { "If-Match": `W/${etag}` }), 412, "precondition-failed");
		assert.equal((await d.patch(path, { note: "z" }, { "If-Match": "*" })).status, 200);
		problem(assert, await d.put(`/v1/orgs/${fictional(904)}`, { name: "x" }, { "If-Match": "*" }), 412, "precondition-failed");
		problem(assert, await d.put(`/v1/orgs/${fictional(904)}`, { name: "x" }, { "If-Match": '"1.2"' }), 412, "precondition-failed");
		problem(assert, await d.get(`/v1/orgs/${fictional(904)}`), 404, "not-found");
	});

	it("create only, with If-None-Match: *", async () => {
		const x = fictional(60);
		const tries = await Promise.all(
			[...Array(8).keys()].map((i) => d.put(`/v1/orgs/${x}`, { name: `n${i}` }, { "If-None-Match": "*" })),
		);
		assert.deepEqual(tries.map((r) => r.status).sort(), [201, ...Array(7).fill(412)]);
	});

	it("spare a read that knows the answer", async () => {
		const { etag } = await d.get(path);
		const r = await d.get(path, { "If-None-Match": etag });
		assert.equal(r.status, 304);
		assert.equal(r.text, "");
		assert.equal(r.etag, etag);
		assert.equal((await d.get(path, { "If-None-Match": `"x", W/${etag}` })).status, 304);
		const packed = etag.replace(/(-gzip)?"$/, '-gzip"'); // the tag of the compressed form
		const same = await d.get(path, { "If-None-Match": packed });
		assert.equal(same.status, 304);
		assert.equal(same.etag, packed);
		assert.equal((await d.get(path, { "If-None-Match": '"1.2"' })).status, 200);
	});

	it("show every write at once, however often they were read", async () => {
		const x = fictional(61);
		await d.org(x);
		for (let i = 0; i < 30; i++) {
			const text = `n${i}`;
			await d.must("PATCH", `/v1/orgs/${x}`, { note: text });
			const seen = await Promise.all([...Array(4)].map(() => d.get(`/v1/orgs/${x}`)));
			assert.deepEqual(seen.map((r) => r.body.note), Array(4).fill(text));
			await d.link(A, x);
			assert.equal((await d.get(`/v1/orgs/${x}`)).body.procurers, 1);
			await d.must("DELETE", `/v1/orgs/${A}/suppliers/${x}`);
			assert.equal((await d.get(`/v1/orgs/${x}`)).body.procurers, 0);
		}
	});

	it("change with what is derived", async () => {
		await d.org(B);
		const before = await d.get(path);
		await d.link(A, B, { note: `${Date.now()}` });
		await d.must("DELETE", `/v1/orgs/${A}/suppliers/${B}`);
		await d.link(A, B);
		await d.org(C);
		await d.link(A, C);
		const after = await d.get(path);
		assert.notEqual(after.etag, before.etag);
		assert.equal(after.etag.split(".")[0], before.etag.split(".")[0], "the record was not stored again");
		assert.equal((await d.patch(path, { note: "w" }, { "If-Match": before.etag })).status, 200);
	});
});

describe("merge patch", () => {
	it("follows RFC 7396 for what the record can hold", async () => {
		const x = fictional(70);
		const path = `/v1/orgs/${x}`;
		await d.org(x, { name: "a", note: "b", address: "c", aliases: ["XX-LOCAL-P1"] });
		const merge = (target, patch) => {
			const out = { ...target };
			for (const [k, v] of Object.entries(patch))
				if (v === null) delete out[k];
				else out[k] = v;
			return out;
		};
		let want = { name: "a", note: "b", address: "c", aliases: ["XX-LOCAL-P1"] };
		for (const patch of [
			{ note: null },
			{ note: "d", aliases: ["XX-LOCAL-P2", "XX-LOCAL-P3"] },
			{},
			{ aliases: null, address: "e" },
			{ note: null },
		]) {
			want = merge(want, patch);
			const r = await d.patch(path, patch);
			assert.equal(r.status, 200, r.text);
			for (const k of ["name", "note", "address", "aliases"]) assert.deepEqual(r.body[k], want[k], k);
		}
		const twice = await d.patch(path, { note: "once" });
		assert.equal((await d.patch(path, { note: "once" })).revision, twice.revision);
		problem(assert, await d.patch(path, { name: null }), 422, "required");
		problem(assert, await d.patch(path, "x", { "Content-Type": "application/merge-patch+json" }), 400, "bad-json");
	});
});
