// How records became what they are: the chain of versions against a list of the writes that made it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem } from "./daemon.mjs";

const P = fictional(1);
const S = fictional(2);
let d;

before(async () => {
	d = await Daemon.start();
	for (const o of [P, S]) await d.org(o);
});
after(() => d.stop());

const DERIVED = ["recorded_by", "warnings", "effective_level", "level_source", "held", "held_until", "gap", "clauses", "undecided",
	"exception", "active", "procurer", "supplier", "procurers", "suppliers", "org", "certificate", "in_force", "status", "due_",
	"undetermined", "late", "reasons", "no", "id", "default_rules", "suspensions"];
const stored = (body, keep = []) =>
	Object.fromEntries(Object.entries(body).filter(([k]) => !DERIVED.includes(k) || keep.includes(k)));
function diff(was, is) {
	const out = {};
	for (const k of new Set([...Object.keys(was ?? {}), ...Object.keys(is)]))
		if (JSON.stringify(was?.[k]) !== JSON.stringify(is[k])) out[k] = { before: was?.[k] ?? null, after: is[k] ?? null };
	return out;
}

// Does the writes, noting what a GET showed before and behind each; then the chain must tell the same, newest first.
async function told(path, writes, { keep = [], hidden = [] } = {}) {
	const expect = [];
	const read = async () => {
		const r = await d.get(path);
		return r.status === 200 ? stored(r.body, keep) : null;
	};
	let was = await read();
	for (const [method, body] of writes) {
		const r = await d.must(method, path, body);
		const is = await read();
		const changed = diff(was, is);
		if (!Object.keys(changed).length) continue;
		for (const f of hidden) if (changed[f]) changed[f] = { changed: true };
		expect.unshift({ revision: r.revision, at: null, actor: "admin", change: was ? "updated" : "created", changed });
		was = is;
	}
	const r = await d.get(`${path}/versions?limit=200`);
	assert.equal(r.status, 200, r.text);
	assert.equal(r.body.complete, true);
	assert.equal(r.body.next, null);
	for (const i of r.body.items) {
		assert.match(i.at, /^2027-06-01T/);
		i.at = null;
		// fields that say no more than their absence are not shown as new
		for (const [k, v] of Object.entries(i.changed)) if (v.before === null && v.after === null && !v.changed) delete i.changed[k];
	}
	// GET shows defaults of what is not stored; a creation lists only what is
	for (const e of expect.filter((x) => x.change === "created"))
		for (const k of Object.keys(e.changed))
			if (!(k in (r.body.items.at(-1)?.changed ?? {}))) {
				assert.ok(["kind", "stub", "disclosure", "scope", "evidence", "own_level", "depth", "rules", "tiers"].includes(k), k);
				delete e.changed[k];
			}
	assert.deepEqual(r.body.items, expect);
	// page by page the same
	const paged = [];
	for (let next = `${path}/versions?limit=2`; next; ) {
		const p = (await d.get(next)).body;
		assert.ok(p.items.length <= 2);
		assert.equal(p.complete, p.next ? null : true);
		paged.push(...p.items.map((i) => i.revision));
		next = p.next && `${path}/versions?limit=2&cursor=${encodeURIComponent(p.next)}`;
	}
	assert.deepEqual(paged, expect.map((e) => e.revision));
	return r.body.items;
}

describe("versions", () => {
	it("of a link", async () => {
		await told(`/v1/orgs/${P}/suppliers/${S}`, [
			["PUT", { required_level: 3, due: "2028-01-01", annual_spend: 5, dependency: 0.25 }],
			["PATCH", { due: "2028-02-01", confidential: true }],
			["PATCH", { due: "2028-02-01" }],
			["PATCH", { confidential: null, disclosure: "private", grants: [{ viewer: S, form: "named" }] }],
			["PATCH", { disclosure: "upstream", grants: null, criticality: "high" }],
			["PUT", { note: "x" }],
		]);
	});

	it("of an organisation, without its contacts", async () => {
		const X = fictional(3);
		const contacts = [{ role: "r", name: "見本", email: "secret@example.test", lang: "ja" }];
		const items = await told(`/v1/orgs/${X}`, [
			["PUT", { name: "一" }],
			["PATCH", { name: "二", aliases: ["XX-LOCAL-1"], contacts }],
			["PATCH", { contacts: null, subtier_attested_on: "2027-05-01" }],
		], { hidden: ["contacts"] });
		assert.ok(!JSON.stringify(items).includes("secret"));
	});

	it("of a certificate, a clause and targets", async () => {
		await told(`/v1/orgs/${S}/certificates/c`, [
			["PUT", { scheme: "scs", level: 3, issued: "2027-04-01", expires: "2028-03-31" }],
			["PATCH", { evidence: "registry", self_assessments: ["2027-05-01"] }],
			["PATCH", { expires: "2028-04-30", scope: "unit" }],
		]);
		const clause = `/v1/orgs/${P}/suppliers/${S}/clauses/2-1-1`;
		assert.deepEqual((await d.get(`${clause}/versions`)).body, { items: [], next: null, complete: true });
		const written = [
			["PUT", { status: "drafted", systems: [{ name: "s" }] }],
			["PUT", { status: "agreed", agreed_on: "2027-05-01" }],
		];
		for (const [m, b] of written) await d.must(m, clause, b);
		const items = (await d.get(`${clause}/versions`)).body.items;
		assert.deepEqual(items.map((i) => i.changed), [
			{ status: { before: "drafted", after: "agreed" }, agreed_on: { before: null, after: "2027-05-01" },
				systems: { before: [{ name: "s" }], after: null } },
			{ status: { before: null, after: "drafted" }, systems: { before: null, after: [{ name: "s" }] } },
		]);
		const t = `/v1/orgs/${P}/targets`;
		for (const b of [{ own_level: 4 }, { own_level: 3, tiers: { 2: 3 } }, { depth: 6, rules: [] }]) await d.must("PUT", t, b);
		assert.deepEqual((await d.get(`${t}/versions`)).body.items.map((i) => i.changed), [
			{ rules: { before: null, after: [] }, tiers: { before: { 2: 3 }, after: null }, depth: { before: 4, after: 6 } },
			{ own_level: { before: 4, after: 3 }, tiers: { before: null, after: { 2: 3 } } },
			{ own_level: { before: null, after: 4 } },
		]);
	});

	it("of what was removed and made again begin there, and an undo is one more", async () => {
		const X = fictional(4);
		await d.org(X);
		const l = `/v1/orgs/${P}/suppliers/${X}`;
		await d.must("PUT", l, { note: "1" });
		await d.must("DELETE", l);
		problem(assert, await d.get(`${l}/versions`), 404, "not-found");
		const made = (await d.must("PUT", l, { note: "2" })).revision;
		const n = (await d.must("PATCH", l, { note: "3" })).revision;
		const u = (await d.must("POST", `/v1/revisions/${n}/undo`, { preview: false })).body.revision;
		const v = (await d.get(`${l}/versions`)).body;
		assert.deepEqual(v.items.map((i) => [i.revision, i.change, i.changed]), [
			[u, "updated", { note: { before: "3", after: "2" } }],
			[n, "updated", { note: { before: "2", after: "3" } }],
			[made, "created", { note: { before: null, after: "2" } }],
		]);
	});

	it("are the own side's to read, and name whom the caller may know", async () => {
		const p = await d.as("procurer", P);
		const l = `/v1/orgs/${P}/suppliers/${S}`;
		const own = (await p.must("PATCH", l, { note: "own" })).revision;
		const [first, second] = (await p.get(`${l}/versions`)).body.items;
		assert.equal(first.revision, own);
		assert.match(first.actor, /^procurer/);
		assert.equal(second.actor, null);
		assert.ok(second.at);
		assert.ok((await d.get(`${l}/versions`)).body.items.every((i) => i.actor));
		problem(assert, await (await d.as("supplier", S)).get(`${l}/versions`), 403, "forbidden");
		assert.equal((await (await d.as("auditor", P)).get(`${l}/versions`)).status, 200);
		problem(assert, await p.get(`/v1/orgs/${S}/versions`), 403, "forbidden");
		problem(assert, await d.get(`${l}/versions?cursor=x`), 400, "bad-cursor");
		problem(assert, await d.get(`${l}/versions?limit=201`), 400, "bad-query");
		problem(assert, await d.get(`/v1/orgs/${P}/suppliers/${S}/clauses/9/versions`), 404, "not-found");
		problem(assert, await d.get(`/v1/orgs/${P}/certificates/none/versions`), 404, "not-found");
	});
});
