// Pairs that may be the same organisation: found, joined as if the kept identifier had been used from the start, refused
// for good, and taken back.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, TODAY } from "./daemon.mjs";
import { makeWorld, putWorld } from "./worlds.mjs";

let d;
before(async () => {
	d = await Daemon.start();
});
after(() => d.stop());

const P = fictional(1), S = fictional(2), T = fictional(3), TWIN = fictional(4);
const LOCAL = "XX-LOCAL-K100", OTHER = "XX-LOCAL-K200", CERT = "XX-LOCAL-K300";
const pairs = async (as = d) => (await as.get("/v1/candidates")).body.items;
const decide = (body, as = d) => as.call("POST", "/v1/candidates", body);

describe("candidate pairs", () => {
	before(async () => {
		await d.org(P, { name: "架空電機株式会社" });
		await d.org(S, { name: "株式会社 みほん精機", name_kana: "ミホンセイキ", address: "架空市1" });
		await d.org(TWIN, { name: "みほん精機（株）" }); // another registered number: never a pair with S
		await d.org(LOCAL, { name: "㈱みほん精機", name_kana: "みほんせいき" });
		await d.org(OTHER, { name: "髙橋硝子" });
		await d.org(T, { name: "高橋硝子株式会社" });
		await d.org(CERT, { name: "架空電機" });
		await d.org(`${S}~A`, { name: "みほん精機", kind: "site", parent: S });
		await d.cert(CERT, "c", { scheme: "scs", level: 3, issued: "2027-04-01", expires: "2028-03-31" });
		await d.link(P, LOCAL, { required_level: 3, due: "2027-09-30", supplier_code: "K100", confidential: true, note: "n" });
		await d.put(`/v1/orgs/${P}/suppliers/${LOCAL}/clauses/2-1-4`, { status: "agreed", agreed_on: "2027-04-01", notify_within_hours: 24, contacts: [{ role: "incident", name: "係", email: "a@example.jp", side: "supplier" }] });
		await d.link(LOCAL, T, { dependency: 0.5 });
		await d.targets(P);
	});

	it("are those with the same folded name where one has no registered number", async () => {
		const items = await pairs();
		const told = items.map((i) => [i.left.id, i.right.id, i.evidence.join("+"), i.keep, i.joinable, i.reason]);
		assert.deepEqual(told.sort(), [
			[LOCAL, S, "name+kana", "right", true, null],
			[LOCAL, TWIN, "name", "right", true, null],
			[OTHER, T, "name", "right", true, null],
			[CERT, P, "name", "right", false, "certificates"],
		].sort());
		assert.deepEqual(items.find((i) => i.right.id === S).left, { id: LOCAL, name: "㈱みほん精機", name_kana: "みほんせいき", address: null, stub: false, links: 2 });
		const first = (await d.get("/v1/candidates?limit=1")).body;
		assert.equal(first.total, 4);
		const seen = [];
		for (let next = ""; next !== null; ) {
			const page = (await d.get(`/v1/candidates?limit=1${next && `&cursor=${next}`}`)).body;
			seen.push(...page.items.map((i) => i.left.id + i.right.id));
			next = page.next;
		}
		assert.equal(new Set(seen).size, 4);
		assert.equal(seen.length, 4);
	});

	it("say why they cannot be joined, and what a join would move", async () => {
		problem(assert, await decide({ left: CERT, right: P, decision: "join", keep: "right" }), 409, "conflict");
		problem(assert, await decide({ left: S, right: TWIN, decision: "join", keep: "left" }), 422, "invalid");
		problem(assert, await decide({ left: S, right: LOCAL, decision: "merge" }), 422, "bad-value");
		problem(assert, await decide({ left: S, right: LOCAL, decision: "join" }), 422, "required");
		const r = await decide({ left: LOCAL, right: S, decision: "join", keep: "right", preview: true });
		assert.deepEqual([r.status, r.body.links, r.body.clauses, r.body.preview], [200, 2, 1, true]);
		assert.equal((await d.get(`/v1/orgs/${LOCAL}`)).body.id, LOCAL);
	});

	it("refused ones are not offered again, until that is taken back", async () => {
		const r = await decide({ left: OTHER, right: T, decision: "refuse" });
		assert.equal(r.status, 200, r.text);
		assert.ok(!(await pairs()).some((i) => i.left.id === OTHER));
		const again = await decide({ left: T, right: OTHER, decision: "refuse" });
		assert.equal(again.body.revision >= r.body.revision, true);
		assert.equal((await d.call("POST", `/v1/revisions/${r.body.revision}/undo`, { preview: false })).status, 200);
		assert.ok((await pairs()).some((i) => i.left.id === OTHER));
		await decide({ left: OTHER, right: T, decision: "refuse" });
	});

	it("joined, links and clauses stand under the kept one, whose alias the other is; taken back, all is as before", async () => {
		const before = {
			link: (await d.get(`/v1/orgs/${P}/suppliers/${LOCAL}`)).body,
			clause: (await d.get(`/v1/orgs/${P}/suppliers/${LOCAL}/clauses/2-1-4`)).body,
			exposure: (await d.get(`/v1/orgs/${P}/exposure`)).text,
		};
		const from = (await d.get("/v1/status")).body.revision;
		const joined = await decide({ left: LOCAL, right: S, decision: "join", keep: "right" });
		assert.equal(joined.status, 200, joined.text);
		assert.equal((await d.get(`/v1/orgs/${LOCAL}`)).body.id, S);
		assert.deepEqual((await d.get(`/v1/orgs/${S}`)).body.aliases, [LOCAL]);
		const link = (await d.get(`/v1/orgs/${P}/suppliers/${LOCAL}`)).body;
		const bare = ({ recorded_by: _r, supplier: _s, supplier_name: _n, ...rest }) => rest;
		assert.deepEqual(bare(link), bare(before.link));
		assert.equal(link.supplier, S);
		assert.deepEqual(bare((await d.get(`/v1/orgs/${P}/suppliers/${S}/clauses/2-1-4`)).body), bare(before.clause));
		assert.equal((await d.get(`/v1/orgs/${S}/suppliers/${T}`)).body.dependency, 0.5);
		assert.equal((await d.get(`/v1/orgs/${P}/exposure`)).text, before.exposure);
		assert.deepEqual((await pairs()).map((i) => i.left.id), [CERT]);
		const past = await d.get(`/v1/orgs/${LOCAL}?as_of=${joined.body.revision - 1}`);
		assert.equal(past.body.id, LOCAL, "then there were both");
		const types = new Set((await d.changes(`after=${from}`)).map((e) => e.type));
		assert.ok(types.has("link.changed") && types.has("org.changed"), [...types].join());
		const back = await d.call("POST", `/v1/revisions/${joined.body.revision}/undo`, { preview: false });
		assert.equal(back.status, 200, back.text);
		assert.equal((await d.get(`/v1/orgs/${LOCAL}`)).body.id, LOCAL);
		assert.deepEqual(bare((await d.get(`/v1/orgs/${P}/suppliers/${LOCAL}`)).body), bare(before.link));
	});

	it("where both deal with the same one, or with each other, stay apart", async () => {
		await d.link(P, S);
		assert.equal((await pairs()).find((i) => i.right.id === S).reason, "links");
		await d.delete(`/v1/orgs/${P}/suppliers/${S}`);
		await d.must("PUT", `/v1/orgs/${LOCAL}/drills/a`, { held_on: "2027-05-01" });
		assert.equal((await pairs()).find((i) => i.right.id === S).reason, "drills");
		await d.delete(`/v1/orgs/${LOCAL}/drills/a`);
		await d.link(S, LOCAL);
		assert.equal((await pairs()).find((i) => i.right.id === S).reason, "each-other");
		await d.delete(`/v1/orgs/${S}/suppliers/${LOCAL}`);
	});

	it("of a name that many own codes have are cut, and quickly", async () => {
		const rows = Array.from({ length: 30000 }, (_, i) => `XX-LOCAL-same.${i},同じ名前の会社`);
		await d.import("kind=orgs", `id,name\n${rows.join("\n")}\n`);
		const began = performance.now();
		const r = await d.get("/v1/candidates?limit=1");
		assert.equal(r.status, 200);
		assert.equal(r.body.complete, false);
		assert.ok(performance.now() - began < 10000, "far from the square of their number");
	});

	it("are an administrator's to decide, and a risk manager's to see", async () => {
		assert.equal((await (await d.as("risk")).get("/v1/candidates")).status, 200);
		problem(assert, await decide({ left: LOCAL, right: S, decision: "refuse" }, await d.as("procurer", P)), 403, "forbidden");
		problem(assert, await (await d.as("procurer", P)).get("/v1/candidates"), 403, "forbidden");
	});
});

describe("a join on random worlds", () => {
	it("gives the figures of a world in which there was one identifier from the start", async () => {
		const one = await Daemon.start(), two = await Daemon.start();
		try {
			let joined = 0;
			for (let k = 0; k < 24; k++) {
				const w = makeWorld(71000 + k, TODAY);
				// somebody without certificates, targets, units and grants is entered under an own code instead
				const taken = new Set([...w.certs.map((c) => c.org), ...w.targets.keys()]);
				for (const o of w.orgs.values()) if (o.parent) taken.add(o.parent);
				for (const l of w.links) for (const g of l.grants ?? []) taken.add(g.viewer);
				const id = [...w.orgs.keys()].find((o) => !taken.has(o) && !o.includes("~") && w.links.some((l) => l.procurer === o || l.supplier === o));
				if (!id) continue;
				await putWorld(one, w);
				const local = `XX-LOCAL-join.${k}`, swap = (x) => (x === id ? local : x);
				const apart = {
					...w,
					orgs: new Map([...w.orgs].map(([o, f]) => [swap(o), f])),
					links: w.links.map((l) => ({ ...l, procurer: swap(l.procurer), supplier: swap(l.supplier) })),
					clauses: w.clauses.map((c) => ({ ...c, procurer: swap(c.procurer), supplier: swap(c.supplier) })),
				};
				await putWorld(two, apart);
				const name = w.orgs.get(id).name;
				await two.org(id, { ...w.orgs.get(id), name });
				const r = await two.call("POST", "/v1/candidates", { left: local, right: id, decision: "join", keep: "right" });
				assert.equal(r.status, 200, r.text);
				joined++;
				for (const p of w.orgs.keys())
					for (const depth of [1, 4]) {
						const path = `/v1/orgs/${p}/exposure?depth=${depth}`;
						assert.deepEqual((await two.get(path)).body, (await one.get(path)).body, `${k} ${p}`);
						const gaps = `/v1/orgs/${p}/gaps?depth=${depth}&limit=1000`;
						assert.deepEqual((await two.get(gaps)).body.items, (await one.get(gaps)).body.items, `${k} ${p}`);
					}
			}
			assert.ok(joined > 5, `${joined} joins`);
			await two.stopOnly();
			const check = spawnSync(process.env.TIERWATCHD, ["--offline", "check", two.dir], { encoding: "utf8" });
			assert.equal(check.status, 0, check.stdout + check.stderr);
		} finally {
			await one.stop();
			await two.stop();
		}
	});
});
