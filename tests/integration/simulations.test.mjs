// What if: on random worlds the answer is what the brute-force reference says of a world in which the changes were made,
// and nothing is written.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, TODAY } from "./daemon.mjs";
import * as ref from "./reference.mjs";
import { makeWorld, putWorld, rng } from "./worlds.mjs";

const WORLDS = Number(process.env.TIERWATCH_WORLDS ?? 8);
let d;

before(async () => {
	d = await Daemon.start();
});
after(() => d.stop());

const star = (c) => (c.scheme === "scs" || c.scheme === "security-action" ? c.level : 0);
const copy = (w) => ({
	orgs: new Map(structuredClone([...w.orgs])),
	links: structuredClone(w.links),
	certs: structuredClone(w.certs),
	targets: new Map(structuredClone([...w.targets])),
	clauses: structuredClone(w.clauses),
});

// The same change on the world, written apart from the server; false: the server has to refuse it.
const make = {
	"set-held"(w, { org, held_level }, on) {
		for (const c of w.certs)
			if (c.org === org && star(c) > held_level && ref.validOn(c, on)) c.revoked_on = on;
		const held = ref.held(w, org, on);
		const level = typeof held === "number" ? held : held.level;
		if (level > held_level) return false;
		if (level < held_level)
			w.certs.push({
				org, certificate: `made${w.certs.length}`, scheme: held_level >= 3 ? "scs" : "security-action", level: held_level,
				issued: on, scope: "entity", evidence: "registry",
			});
		return true;
	},
	"drop-link"(w, { procurer, supplier }) {
		const at = w.links.findIndex((l) => l.procurer === procurer && l.supplier === supplier);
		if (at < 0) return false;
		w.links.splice(at, 1);
		w.clauses = w.clauses.filter((c) => c.procurer !== procurer || c.supplier !== supplier);
		return true;
	},
	"add-link"(w, { op: _, ...link }) {
		if (link.procurer === link.supplier) return false;
		const at = w.links.findIndex((l) => l.procurer === link.procurer && l.supplier === link.supplier);
		if (at >= 0) w.links.splice(at, 1, link);
		else w.links.push(link);
		return true;
	},
	"set-link"(w, { op: _, procurer, supplier, ...fields }) {
		const link = w.links.find((l) => l.procurer === procurer && l.supplier === supplier);
		if (!link) return false;
		Object.assign(link, fields);
		return true;
	},
	"set-targets"(w, { org, targets }) {
		if (targets === null) w.targets.delete(org);
		else w.targets.set(org, targets);
		return true;
	},
};

function randomChange(r, w, p) {
	const ids = [...w.orgs.keys()];
	const link = w.links.length ? r.of(w.links) : { procurer: r.of(ids), supplier: r.of(ids) };
	const some = { procurer: link.procurer, supplier: link.supplier };
	return r.of([
		() => ({ op: "set-held", org: r.of(ids), held_level: r.int(6) }),
		() => ({ op: "drop-link", ...(r.chance(0.8) ? some : { procurer: r.of(ids), supplier: r.of(ids) }) }),
		() => ({ op: "add-link", procurer: r.of([p, r.of(ids)]), supplier: r.of(ids), required_level: r.int(6), dependency: 0.25, disclosure: "upstream" }),
		() => ({ op: "set-link", ...some, required_level: r.int(6), due: TODAY, confidential: true, annual_spend: r.int(1e6) }),
		() => ({ op: "set-targets", org: p, targets: r.of([null, { rules: [{ when: { confidential: true }, level: 4 }], tiers: { 2: 3 } }, { own_level: 4 }]) }),
	])();
}

const revision = async () => (await d.get("/v1/status")).body.revision;
// Days, looks and figures are written by the server itself: the log holds no op of ours if links, certificates stand.
const records = async () => {
	const out = [];
	for (const kind of ["orgs", "links", "certificates", "clauses"]) out.push((await d.get(`/v1/exports/${kind}?format=ndjson`)).text);
	return out.join("");
};

// The lists of both sides, from the reference: who is in gap.
const gapsOf = (w, p, q) => new Set(ref.gapItems(w, p, q).map((g) => g.supplier));

describe("a simulation on random worlds", () => {
	for (let k = 0; k < WORLDS; k++)
		it(`world ${k}: both sides are the reference's, and nothing is written`, async () => {
			const w = makeWorld(31000 + k, TODAY);
			await putWorld(d, w);
			const r = rng(k + 7);
			const kept = await records();
			for (let i = 0; i < 25; i++) {
				const p = r.of([...w.orgs.keys()]);
				const on = r.chance(0.7) ? TODAY : ref.addDays(TODAY, r.int(400) - 200);
				const q = { on, depth: 1 + r.int(5), horizon: r.of([90, 0, 400]) };
				const changes = Array.from({ length: 1 + r.int(3) }, () => randomChange(r, w, p));
				const made = copy(w);
				const bad = changes.findIndex((c) => !make[c.op](made, c, on));
				const got = await d.call("POST", "/v1/simulations", { procurer: p, ...q, changes, limit: 1000 });
				const what = `${JSON.stringify({ p, q, changes })}\n${got.text.slice(0, 600)}`;
				if (bad >= 0) {
					assert.equal(got.status, 422, what);
					assert.ok(got.body.errors[0].pointer.startsWith(`/changes/${bad}`), what);
					continue;
				}
				assert.equal(got.status, 200, what);
				const { before, after: then, items, ...rest } = got.body;
				const served = await d.get(`/v1/orgs/${p}/exposure?on=${on}&depth=${q.depth}&horizon=${q.horizon}`);
				assert.deepEqual(before, served.body, what);
				assert.deepEqual(then, ref.exposure(made, p, q), what);
				const was = gapsOf(w, p, q), is = gapsOf(made, p, q);
				const reached = (world) => new Set(ref.chain(world, p, q).tier.keys());
				const old = reached(w), now = reached(made);
				assert.equal(rest.opened, [...is].filter((s) => !was.has(s)).length, what);
				assert.equal(rest.closed, [...was].filter((s) => !is.has(s) && now.has(s)).length, what);
				assert.equal(rest.entered, [...now].filter((s) => !old.has(s)).length, what);
				assert.equal(rest.left, [...old].filter((s) => !now.has(s)).length, what);
				assert.equal(items.length, rest.items_total, what);
				for (const item of items) {
					if (item.before) assert.equal(item.before.state === "gap", was.has(item.supplier), what);
					if (item.after) assert.equal(item.after.state === "gap", is.has(item.supplier), what);
					assert.notDeepEqual(item.before && { ...item.before, tier: 0 }, item.after, what);
				}
			}
			assert.equal(await records(), kept);
		});
});

describe("a simulation", () => {
	const P = fictional(1), A = fictional(2), B = fictional(3), C = fictional(4), OTHER = fictional(5), SECRET = fictional(6), FAR = fictional(7);
	const ask = (changes, more = {}, as = d) => as.call("POST", "/v1/simulations", { procurer: P, changes, ...more });

	before(async () => {
		for (const id of [P, A, B, C, OTHER, SECRET, FAR]) await d.org(id, { name: `架空 ${id.slice(-3)}` });
		await d.targets(P, { own_level: 3 });
		await d.link(P, A, { confidential: true, continuity: false, system_access: false });
		await d.link(P, B, { confidential: false, continuity: false });
		await d.link(A, C);
		await d.link(A, SECRET, { disclosure: "anonymous", required_level: 3 });
		await d.link(OTHER, FAR);
		await d.cert(A, "a4", { scheme: "scs", level: 4, issued: "2027-04-01", expires: "2030-03-31", evidence: "registry" });
		await d.cert(B, "b3", { scheme: "scs", level: 3, issued: "2027-04-01", expires: "2028-03-31", evidence: "registry" });
	});

	it("tells what a rule would open, and where the tree is not answered", async () => {
		const r = await ask([{ op: "set-targets", targets: { rules: [{ when: {}, level: 4 }] } }]);
		assert.equal(r.status, 200, r.text);
		assert.equal(r.body.before.gaps, 1, "the hidden one");
		assert.equal(r.body.opened, 1);
		assert.equal(r.body.opened_undecided, 1);
		assert.deepEqual(r.body.items.map((i) => [i.supplier, i.change, i.before.state, i.after.state, i.after.required]), [[B, "opened", "undecided", "gap", 4]]);
	});

	it("leaves no trace: not in the log, the events, or the figures", async () => {
		const from = await revision();
		const before = (await d.get(`/v1/orgs/${P}/exposure`)).text;
		for (let i = 0; i < 5; i++) assert.equal((await ask([{ op: "set-held", org: A, held_level: 0 }])).body.after.gaps, 2);
		assert.equal((await d.get(`/v1/orgs/${P}/exposure`)).text, before);
		assert.deepEqual((await d.changes(`after=${from}`)).filter((e) => e.type !== "exposure.changed"), []);
	});

	it("goes on beside writes", async () => {
		const writes = Array.from({ length: 20 }, (_, i) => d.patch(`/v1/orgs/${P}/suppliers/${B}`, { note: `n${i}` }));
		const asked = Array.from({ length: 20 }, () => ask([{ op: "drop-link", procurer: P, supplier: A }]));
		for (const r of await Promise.all(asked)) {
			assert.equal(r.status, 200, r.text);
			assert.equal(r.body.after.suppliers, 1);
			assert.equal(r.body.left, 3);
		}
		await Promise.all(writes);
	});

	it("takes a few changes of targets only: each writes all links anew", async () => {
		const r = await ask(Array.from({ length: 4 }, () => ({ op: "set-targets", targets: null })));
		problem(assert, r, 422, "out-of-range");
		assert.equal(r.body.errors[0].pointer, "/changes/3");
	});

	it("says where a change cannot be taken", async () => {
		const cases = [
			[[], "/changes", "bad-value"],
			[[{ op: "lapse", org: A }], "/changes/0/op", "bad-value"],
			[[{ org: A }], "/changes/0/op", "required"],
			[["x"], "/changes/0", "wrong-type"],
			[[{ op: "set-held", org: A }], "/changes/0/held_level", "required"],
			[[{ op: "set-held", org: A, held_level: 6 }], "/changes/0/held_level", "out-of-range"],
			[[{ op: "set-held", org: A, held_level: 3, x: 1 }], "/changes/0/x", "unknown-field"],
			[[{ op: "set-held", org: fictional(99), held_level: 3 }], "/changes/0/org", "no-such-org"],
			[[{ op: "set-held", org: A, held_level: 0 }, { op: "drop-link", procurer: P, supplier: FAR }], "/changes/1", "invalid"],
			[[{ op: "set-link", procurer: P, supplier: A, required_level: 9 }], "/changes/0/required_level", "out-of-range"],
			[[{ op: "add-link", procurer: P, supplier: C, start: "2028-01-01", end: "2027-01-01" }], null, "bad-period"],
			[[{ op: "set-targets", targets: { rules: [{ when: { x: 1 }, level: 3 }] } }], null, "unknown-field"],
		];
		for (const [changes, pointer, code] of cases) {
			const r = await ask(changes);
			problem(assert, r, 422, code === "invalid" ? "invalid" : code);
			if (pointer) assert.equal(r.body.errors[0].pointer, pointer, r.text);
			else assert.match(r.body.errors[0].pointer, /^\/changes\/0/);
		}
		problem(assert, await ask([{ op: "set-held", org: A, held_level: 0 }], { depth: 25 }), 422, "out-of-range");
		problem(assert, await ask([{ op: "set-held", org: A, held_level: 0 }], { on: "2027-02-30" }), 422, "bad-date");
		problem(assert, await ask(Array.from({ length: 1001 }, () => ({ op: "set-held", org: A, held_level: 0 }))), 413, "too-large");
		problem(assert, await d.call("POST", "/v1/simulations", "{", { "Content-Type": "application/json" }), 400, "bad-json");
		problem(assert, await d.get("/v1/simulations"), 405, "method-not-allowed");
	});

	it("a procurer asks for its own chain and changes what it knows; what is hidden stays so", async () => {
		const p = await d.as("procurer", P);
		const own = await ask([{ op: "set-held", org: A, held_level: 0 }], { limit: 1000 }, p);
		assert.equal(own.status, 200, own.text);
		assert.equal(own.body.opened, 1);
		const gaps = (await p.get(`/v1/orgs/${P}/gaps`)).body.items;
		const hidden = gaps.find((g) => g.supplier.startsWith("XX-ANON-")).supplier;
		const held = await ask([{ op: "set-held", org: hidden, held_level: 3 }], {}, p);
		assert.deepEqual(held.body.items.map((i) => [i.supplier, i.name, i.change]), [[hidden, null, "closed"]]);
		// a link of its own to it would show the name: not by a simulation
		problem(assert, await ask([{ op: "add-link", procurer: P, supplier: hidden }], {}, p), 422, "no-such-org");
		// whom it may not know of is as if there were none
		const unknown = await ask([{ op: "set-held", org: FAR, held_level: 3 }], {}, p);
		const none = await ask([{ op: "set-held", org: fictional(98), held_level: 3 }], {}, p);
		assert.equal(unknown.text.replaceAll(FAR, "ID"), none.text.replaceAll(fictional(98), "ID"));
		problem(assert, await ask([{ op: "set-held", org: SECRET, held_level: 3 }], {}, p), 422, "no-such-org");
		// others' records are not for it to change, but what it sees may be dropped
		problem(assert, await ask([{ op: "set-link", procurer: A, supplier: C, required_level: 4 }], {}, p), 403, "forbidden");
		problem(assert, await ask([{ op: "set-targets", org: A, targets: null }], {}, p), 403, "forbidden");
		assert.equal((await ask([{ op: "drop-link", procurer: A, supplier: C }], {}, p)).body.left, 1);
		// whom its customers buy from is no question to ask by dropping links
		await d.link(OTHER, P);
		await d.link(OTHER, B);
		const there = await ask([{ op: "drop-link", procurer: OTHER, supplier: B }], {}, p);
		const notThere = await ask([{ op: "drop-link", procurer: OTHER, supplier: A }], {}, p);
		assert.equal(there.status, 422, there.text);
		assert.equal(there.text.replaceAll(B, "ID"), notThere.text.replaceAll(A, "ID"));
		problem(assert, await ask([{ op: "add-link", procurer: P, supplier: OTHER }], {}, p), 422, "no-such-org");
		problem(assert, await ask([{ op: "set-held", org: OTHER, held_level: 3 }], {}, p), 422, "no-such-org");
		problem(assert, await p.call("POST", "/v1/simulations", { procurer: A, changes: [{ op: "set-held", org: A, held_level: 0 }] }), 403, "forbidden");
		problem(assert, await ask([{ op: "set-held", org: A, held_level: 0 }], {}, await d.as("supplier", A)), 403, "forbidden");
	});
});
