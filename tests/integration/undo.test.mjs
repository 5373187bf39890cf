// A revision is taken back by a new command: records as before, conflicts told, roles kept.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, root } from "./daemon.mjs";

const P = fictional(1);
const Q = fictional(2);
const S = Array.from({ length: 12 }, (_, i) => fictional(100 + i)).sort();
let d;

before(async () => {
	d = await Daemon.start();
	for (const o of [P, Q]) await d.org(o);
	for (const s of S) await d.org(s, { name: `架空${s.slice(-4)}` });
	for (const s of S) await d.link(P, s, { department: "購買部", due: "2028-01-31" });
	await d.targets(P, { own_level: 3 });
});
after(() => d.stop());

const revision = async () => (await d.get("/v1/status")).body.revision;
const undo = (n, body = { preview: false }, who = d) => who.call("POST", `/v1/revisions/${n}/undo`, body);
const bulk = (body) => d.call("POST", "/v1/bulk", { procurer: P, preview: false, ...body });

// All records, without what says when and by whom they were written.
async function records() {
	const all = {};
	for (const kind of ["orgs", "links", "certificates", "clauses", "contacts"]) {
		const r = await d.get(`/v1/exports/${kind}?format=ndjson`);
		assert.equal(r.status, 200, r.text);
		all[kind] = r.text;
	}
	for (const o of [P, Q]) {
		const t = (await d.get(`/v1/orgs/${o}/targets`)).body;
		delete t.recorded_by;
		all[o] = JSON.stringify(t);
	}
	return all;
}
// The revision of the newest command of ops.
async function wrote(fn) {
	const r = await fn();
	assert.ok(r.status < 300, r.text);
	return r.revision;
}

async function takesBack(fn, expect = {}) {
	const was = await records();
	const n = await wrote(fn);
	const is = await records();
	assert.notDeepEqual(is, was, "it changed something");
	const look = await undo(n, {});
	assert.equal(look.status, 200, look.text);
	assert.equal(look.body.preview, true);
	assert.equal(look.body.revision, undefined);
	assert.equal(look.body.revision_undone, n);
	assert.deepEqual(await records(), is, "a preview writes nothing");
	const r = await undo(n);
	assert.equal(r.status, 200, r.text);
	const { preview, revision: at, ...counts } = r.body;
	assert.equal(preview, false);
	assert.ok(at > n);
	assert.equal(r.revision, at);
	const { preview: _, ...looked } = look.body;
	assert.deepEqual(counts, looked, "the preview tells what happens");
	for (const [k, v] of Object.entries(expect)) assert.equal(counts[k], v, k);
	assert.deepEqual(await records(), was, "as before");
	const again = await undo(at);
	assert.equal(again.status, 200, again.text);
	assert.deepEqual(await records(), is, "the undo of the undo");
	const back = await undo(again.body.revision);
	assert.equal(back.status, 200, back.text);
	assert.deepEqual(await records(), was);
	return r.body;
}

describe("undo", () => {
	it("takes a bulk change back", async () => {
		await d.must("PUT", `/v1/orgs/${P}/suppliers/${S[1]}/clauses/2-1-1`, { status: "drafted", note: "n" });
		const r = await takesBack(
			() => bulk({
				change: { required_level: 4, due: null, disclosure: "anonymous" },
				clause: { no: "2-1-1", change: { reviewed_on: "2027-06-01", status: "drafted" } },
			}),
			{ records: 24, restored: 13, deleted: 11, recreated: 0, conflicts_total: 0, actor: "admin" },
		);
		assert.match(r.at, /^2027-06-01T/);
	});

	it("takes single writes back", async () => {
		const l = `/v1/orgs/${P}/suppliers/${S[0]}`;
		await takesBack(() => d.patch(l, { note: "x", grants: [{ viewer: Q, form: "named" }] }), { restored: 1 });
		await takesBack(() => d.put(`${l}/clauses/2-1-2`, { status: "agreed", agreed_on: "2027-05-01" }), { deleted: 1 });
		await takesBack(() => d.put(`/v1/orgs/${P}/targets`, { own_level: 4, rules: [], tiers: { 2: 3 }, due: "2028-01-01" }));
		await takesBack(() => d.patch(`/v1/orgs/${S[0]}`, { name: "新名称", aliases: ["XX-LOCAL-a"], note: "x" }));
		await takesBack(() => d.put(`/v1/orgs/${S[1]}~a`, { name: "部", kind: "site" }), { deleted: 1 });
		await takesBack(() => d.delete(l), { recreated: 1 });
		await takesBack(() => d.link(Q, P, { required_level: 3, supplier_code: "7" }), { deleted: 1 });
		await takesBack(() => d.cert(S[0], "c", { level: 3, issued: "2027-04-01", expires: "2028-03-31" }), { deleted: 1 });
	});

	it("takes the dates of a certificate back as they stood", async () => {
		await d.cert(S[2], "c", { level: 3, issued: "2027-04-01", expires: "2028-03-31", suspended_from: "2027-05-01", evidence: "registry" });
		const c = `/v1/orgs/${S[2]}/certificates/c`;
		await takesBack(() => d.patch(c, { status: "valid" }));
		await takesBack(() => d.patch(c, { suspended_from: "2027-05-20", suspended_to: null }));
		await takesBack(() => d.patch(c, { status: "revoked" }));
		await takesBack(() => d.delete(c), { recreated: 1 });
		await d.patch(c, { status: "valid" });
		await takesBack(() => d.patch(c, { suspended_from: "2027-06-01", suspended_to: null }));
	});

	it("brings a removed organisation back with all that went with it", async () => {
		const X = fictional(50);
		await d.org(X, { name: "消える会社", aliases: ["XX-LOCAL-x"] });
		await d.put(`/v1/orgs/${X}~u`, { name: "工場", kind: "site" });
		await d.link(P, X, { supplier_code: "50", confidential: true });
		await d.link(X, S[5], {});
		await d.link(P, `${X}~u`, {});
		await d.patch(`/v1/orgs/${P}/suppliers/${S[4]}`, { disclosure: "private", grants: [{ viewer: X, form: "named" }] });
		await d.must("PUT", `/v1/orgs/${P}/suppliers/${X}/clauses/2-1-1`, { status: "drafted" });
		await d.cert(X, "c", { level: 3, issued: "2027-04-01", expires: "2028-03-31" });
		await d.targets(X, { own_level: 3 });
		await takesBack(() => d.delete(`/v1/orgs/${X}?cascade=true`), { recreated: 8, restored: 1 });
		assert.equal((await d.get(`/v1/orgs/${X}`)).body.held, 3);
	});

	it("takes an import back, with those whom only its rows named", async () => {
		const csv = (rows) => ["procurer,supplier,required_level,department", ...rows].join("\n");
		const rows = [`${P},${S[0]},4,情報`, `${P},${fictional(60)},3,情報`, `${fictional(61)},${fictional(62)},3,`];
		const send = async () => {
			const r = await d.call("POST", "/v1/imports?kind=links", csv(rows), { "Content-Type": "text/csv" });
			const job = await d.job(r.headers.get("location"));
			assert.equal(job.accepted, 3, JSON.stringify(job));
			return { status: 200, revision: job.revision };
		};
		// the job's own record is a command too: find the one of ops
		const find = async () => {
			const from = await revision();
			await send();
			const e = (await d.changes(`after=${from}`)).find((x) => x.type === "link.changed");
			return { status: 200, revision: e.revision };
		};
		await takesBack(find, { records: 6, restored: 1, deleted: 5, orgs_kept: 0 });
	});

	it("says what was changed since, and writes nothing then", async () => {
		const n = (await bulk({ change: { owner: "係" } })).body.revision;
		const m = (await d.patch(`/v1/orgs/${P}/suppliers/${S[3]}`, { note: "since" })).revision;
		const was = await records();
		const look = await undo(n, {});
		assert.equal(look.status, 200);
		assert.equal(look.body.conflicts_total, 1);
		const conflict = { entity: "link", procurer: P, supplier: S[3], reason: "changed", revision: m };
		assert.deepEqual(look.body.conflicts, [conflict]);
		const r = await undo(n);
		problem(assert, r, 409, "changed-since");
		assert.deepEqual(r.body.conflicts, [conflict]);
		assert.equal(r.body.conflicts_total, 1);
		assert.deepEqual(await records(), was);
		assert.equal((await undo(m)).status, 200);
		problem(assert, await undo(n), 409, "changed-since");
		const gone = (await d.patch(`/v1/orgs/${P}/suppliers/${S[6]}`, { note: "x" })).revision;
		await d.delete(`/v1/orgs/${P}/suppliers/${S[6]}`);
		const removed = await undo(gone);
		problem(assert, removed, 409, "changed-since");
		assert.equal(removed.body.conflicts[0].reason, "removed");
		await d.link(P, S[6], { department: "購買部", due: "2028-01-31" });
		problem(assert, await undo(gone), 409, "changed-since");
		const many = (await bulk({ change: { owner: "一" } })).body.revision;
		await bulk({ change: { owner: "二" } });
		const full = await undo(many);
		assert.equal(full.body.conflicts_total, (await bulk({ preview: true, change: { owner: "x" } })).body.matched);
	});

	it("does not take away what others hang on", async () => {
		const X = fictional(70);
		const made = (await d.org(X)).revision;
		const linked = (await d.link(Q, X, {})).revision;
		const r = await undo(made);
		problem(assert, r, 409, "changed-since");
		assert.deepEqual(r.body.conflicts, [{ entity: "link", procurer: Q, supplier: X, reason: "in-use", revision: linked }]);
		const clause = (await d.put(`/v1/orgs/${Q}/suppliers/${X}/clauses/2-1-1`, { status: "drafted" })).revision;
		const l = await undo(linked);
		problem(assert, l, 409, "changed-since");
		assert.deepEqual(l.body.conflicts, [
			{ entity: "clause", procurer: Q, supplier: X, no: "2-1-1", reason: "in-use", revision: clause },
		]);
		assert.equal((await undo(clause)).status, 200);
		assert.equal((await undo(linked)).status, 200);
		assert.equal((await undo(made)).status, 200);
		assert.equal((await d.get(`/v1/orgs/${X}`)).status, 404);
	});

	it("leaves contacts as they are", async () => {
		const contact = (name) => [{ role: "窓口", name, email: "a@example.test", lang: "ja" }];
		await d.patch(`/v1/orgs/${S[8]}`, { contacts: contact("一") });
		const n = (await d.patch(`/v1/orgs/${S[8]}`, { contacts: contact("二"), note: "x" })).revision;
		const r = await undo(n);
		assert.equal(r.status, 200, r.text);
		assert.equal(r.body.contacts_kept, 1);
		const o = (await d.get(`/v1/orgs/${S[8]}`)).body;
		assert.deepEqual(o.contacts, contact("二"));
		assert.equal(o.note, undefined);
		const only = (await d.patch(`/v1/orgs/${S[8]}`, { contacts: contact("三") })).revision;
		problem(assert, await undo(only), 422, "not-undoable");
		const m = (await d.patch(`/v1/orgs/${S[8]}`, { note: "y" })).revision;
		await d.must("DELETE", `/v1/orgs/${S[8]}/contacts`);
		problem(assert, await undo(m), 409, "changed-since");
	});

	it("refuses what it cannot take back", async () => {
		const token = (await d.must("POST", "/v1/tokens", { name: "t", role: "risk" })).revision;
		problem(assert, await undo(token), 422, "not-undoable");
		for (const n of [0, 999999999, "x", "-1", "1".repeat(40)]) problem(assert, await undo(n), 404, "not-found");
		const n = (await d.patch(`/v1/orgs/${S[9]}`, { note: "z" })).revision;
		problem(assert, await undo(n, { preview: 1 }), 422, "wrong-type");
		problem(assert, await undo(n, { x: 1 }), 422, "unknown-field");
		problem(assert, await undo(n, []), 422, "wrong-type");
		assert.equal((await undo(n)).status, 200);
		problem(assert, await undo(n), 409, "changed-since");
		assert.equal((await d.call("POST", `/v1/revisions/${n}/undo`)).status, 200, "no body is a preview");
	});
});

describe("the client", () => {
	const cli = process.env.TIERWATCH ?? join(root, "build/tierwatch");
	const tw = (...args) =>
		new Promise((done) => {
			const env = { ...process.env, TIERWATCH_URL: d.url, TIERWATCH_TOKEN: d.token, LC_ALL: "C.UTF-8" };
			execFile(cli, args, { env }, (e, out, err) => done({ code: e?.code ?? 0, out, err }));
		});

	it("looks first, takes back with --yes, and lists what stands in the way", async () => {
		const l = `/v1/orgs/${P}/suppliers/${S[11]}`;
		const n = (await d.patch(l, { note: "client" })).revision;
		const look = await tw("undo", String(n));
		assert.equal(look.code, 0, look.err);
		assert.match(look.out, /RESTORED\s+1\n/);
		assert.match(look.err, /--yes/);
		assert.equal((await d.get(l)).body.note, "client");
		const done = await tw("undo", String(n), "--yes", "-o", "json");
		assert.equal(done.code, 0, done.err);
		assert.equal(JSON.parse(done.out).revision, n + 1);
		assert.equal((await d.get(l)).body.note, undefined);
		const again = await tw("undo", String(n), "--yes", "--lang", "ja");
		assert.equal(again.code, 1);
		assert.match(again.err, /取り消せません/);
		assert.match(again.out, new RegExp(`changed.*${n + 1}|${S[11]}`));
		assert.equal((await tw("undo", "99999999")).code, 4);
	});

	it("shows versions", async () => {
		const l = `/v1/orgs/${P}/suppliers/${S[11]}`;
		await d.patch(l, { owner: "係" });
		const r = await tw("link", "versions", P, S[11]);
		assert.equal(r.code, 0, r.err);
		assert.match(r.out, /REVISION\s+AT\s+ACTOR\s+CHANGE\s+CHANGED/);
		assert.match(r.out, /updated\s+owner=\{after=係\}/);
		const all = (await d.get(`${l}/versions?limit=200`)).body.items.length;
		const lines = (await tw("link", "versions", P, S[11], "--all", "-o", "ndjson")).out.trim().split("\n");
		assert.equal(lines.length, all);
		for (const args of [["org", "versions", P], ["target", "versions", P], ["clause", "versions", P, S[1], "2-1-1"]])
			assert.equal((await tw(...args)).code, 0, args.join(" "));
		assert.equal((await tw("cert", "versions", P, "none")).code, 4);
	});
});

describe("roles", () => {
	it("let a procurer take its own back, and nothing else", async () => {
		const p = await d.as("procurer", P);
		const q = await d.as("procurer", Q);
		const l = `/v1/orgs/${P}/suppliers/${S[0]}`;
		const admin = (await d.patch(l, { note: "admin" })).revision;
		problem(assert, await undo(admin, {}, p), 404, "not-found");
		const own = (await p.patch(l, { note: "own" })).revision;
		problem(assert, await undo(own, {}, q), 404, "not-found");
		problem(assert, await undo(own, {}, await d.as("risk")), 403, "forbidden");
		problem(assert, await undo(own, {}, await d.as("auditor", P)), 403, "forbidden");
		const look = await undo(own, {}, p);
		assert.equal(look.status, 200, look.text);
		assert.match(look.body.actor, /^procurer-/);
		const again = await d.as("procurer", P);
		assert.equal((await undo(own, { preview: false }, again)).status, 200, "another account of it");
		assert.equal((await d.get(l)).body.note, "admin");
		const many = await p.call("POST", "/v1/bulk", { procurer: P, change: { owner: "p" }, preview: false });
		const before = await records();
		assert.equal((await undo(many.body.revision, { preview: false }, p)).status, 200);
		assert.notDeepEqual(await records(), before);
		const removed = (await p.delete(l)).revision;
		assert.equal((await undo(removed, { preview: false }, p)).status, 200);
		assert.equal((await d.get(l)).body.disclosure, "upstream", "as it was, not private");
	});

	it("keep an organisation that a procurer made", async () => {
		const p = await d.as("procurer", P);
		const X = fictional(80);
		const made = (await p.put(`/v1/orgs/${X}`, { name: "新しい会社" })).revision;
		problem(assert, await undo(made, {}, p), 403, "forbidden");
		const link = (await p.put(`/v1/orgs/${P}/suppliers/${X}`, {})).revision;
		assert.equal((await undo(link, { preview: false }, p)).status, 200);
		const csv = `procurer,supplier\n${P},${fictional(81)}\n`;
		const from = await revision();
		const job = await p.call("POST", "/v1/imports?kind=links", csv, { "Content-Type": "text/csv" });
		await p.job(job.headers.get("location"));
		const n = (await d.changes(`after=${from}`)).find((x) => x.type === "link.changed").revision;
		const r = await undo(n, { preview: false }, p);
		assert.equal(r.status, 200, r.text);
		assert.deepEqual([r.body.deleted, r.body.orgs_kept], [1, 1]);
		assert.equal((await d.get(`/v1/orgs/${fictional(81)}`)).body.stub, true);
	});

	it("let a supplier take its plan and its word back", async () => {
		const s = await d.as("supplier", S[10]);
		const l = `/v1/orgs/${P}/suppliers/${S[10]}`;
		const plan = (await s.patch(l, { planned_on: "2027-12-01" })).revision;
		assert.equal((await d.get(l)).body.planned_on, "2027-12-01");
		const r = await undo(plan, { preview: false }, s);
		assert.equal(r.status, 200, r.text);
		assert.equal((await d.get(l)).body.planned_on, undefined);
		assert.equal((await d.get(l)).body.disclosure, "upstream");
		const c = `/v1/orgs/${S[10]}/certificates/own`;
		const word = (await s.put(c, { scheme: "scs", level: 3, issued: "2027-04-01", expires: "2028-03-31" })).revision;
		assert.equal((await undo(word, { preview: false }, s)).status, 200);
		assert.equal((await d.get(c)).status, 404);
		const admin = (await d.cert(S[10], "own", { level: 3, issued: "2027-04-01", expires: "2028-03-31", evidence: "registry" })).revision;
		problem(assert, await undo(admin, {}, s), 404, "not-found");
		const over = (await s.patch(c, { assessor: "x" })).revision;
		assert.equal((await d.get(c)).body.evidence, "word");
		problem(assert, await undo(over, { preview: false }, s), 403, "forbidden");
		assert.equal((await undo(over)).status, 200);
		assert.equal((await d.get(c)).body.evidence, "registry");
	});
});
