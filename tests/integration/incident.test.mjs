// Whom to tell where an organisation is breached, on a small world worked out by hand:
//
//	P -> S (Q1 yes, Q3 no; 2-1-4 agreed, in full)      Q -> S (nothing known, no clause)
//	R -> S (2-1-4 drafted)                             W -> S (2-1-4 waived)
//	E -> S (last day 2027-05-31)                      T -> P, U -> T: tiers 2 and 3
//	V -> Q (private: V's own first link)
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, TODAY } from "./daemon.mjs";

const [S, P, Q, R, W, E, T, U, V] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(fictional);
const path = `/v1/orgs/${S}/incident`;
const own = [{ role: "security", name: "見本太郎", email: "taro@example.jp", lang: "ja" }];
const both = [
	{ role: "CSIRT", name: "見本花子", phone: "03-0000-0000", side: "procurer" },
	{ role: "情報システム", email: "sec@example.jp", side: "supplier" },
];
const duties = { procurer: "初動の支援", supplier: "発覚から24時間以内の通知" };
const unknown = { confidential: null, continuity: null, system_access: null };
const nothing = { status: "missing", notify_within_hours: null, duties: null, contacts: [], agreed_on: null };
let d;

before(async () => {
	d = await Daemon.start();
	const names = { [S]: "供給", [Q]: "乙", [R]: "丙", [W]: "丁", [E]: "旧", [T]: "上", [U]: "頂", [V]: "外" };
	for (const [id, name] of Object.entries(names)) await d.org(id, { name });
	await d.org(P, { name: "甲", contacts: own });
	await d.link(P, S, { confidential: true, system_access: false });
	for (const p of [Q, R, W]) await d.link(p, S);
	await d.link(E, S, { end: "2027-05-31" });
	await d.link(T, P);
	await d.link(U, T);
	await d.link(V, Q, { disclosure: "private" });
	const clause = (p, fields) => d.must("PUT", `/v1/orgs/${p}/suppliers/${S}/clauses/2-1-4`, fields);
	await clause(P, { status: "agreed", agreed_on: "2027-04-01", notify_within_hours: 24, duties, contacts: both });
	await clause(R, { status: "drafted", notify_within_hours: 0, duties: { supplier: "通知" } });
	await clause(W, { status: "waived", reason: "情報を渡さない" });
	// Another clause says nothing of incidents.
	await d.must("PUT", `/v1/orgs/${Q}/suppliers/${S}/clauses/2-1-2`, { status: "agreed", agreed_on: "2027-01-01" });
});
after(() => d.stop());

const byTier = (x, y) => x.tier - y.tier || (x.procurer < y.procurer ? -1 : 1);

describe("incident", () => {
	it("is the whole answer, member for member", async () => {
		const { body, text, status } = await d.get(`${path}?depth=3`);
		assert.equal(status, 200, text);
		const want = {
			supplier: S,
			name: "供給",
			on: TODAY,
			depth: 3,
			procurers: 7,
			tiers: [
				{ tier: 1, procurers: 4 },
				{ tier: 2, procurers: 2 },
				{ tier: 3, procurers: 1 },
			],
			items: [
				{
					procurer: P,
					name: "甲",
					tier: 1,
					link: { confidential: true, continuity: null, system_access: false },
					clause: { status: "agreed", notify_within_hours: 24, duties, contacts: both, agreed_on: "2027-04-01" },
					contacts: own,
				},
				{ procurer: Q, name: "乙", tier: 1, link: unknown, clause: nothing, contacts: [] },
				{
					procurer: R,
					name: "丙",
					tier: 1,
					link: unknown,
					clause: { ...nothing, status: "drafted", notify_within_hours: 0, duties: { supplier: "通知" } },
					contacts: [],
				},
				{ procurer: W, name: "丁", tier: 1, link: unknown, clause: { ...nothing, status: "waived" }, contacts: [] },
				{ procurer: T, name: "上", tier: 2, link: null, clause: null, contacts: [] },
				{ procurer: V, name: "外", tier: 2, link: null, clause: null, contacts: [] },
				{ procurer: U, name: "頂", tier: 3, link: null, clause: null, contacts: [] },
			].sort(byTier),
			next: null,
		};
		assert.deepEqual(body, want);
		assert.equal(text, JSON.stringify(want), "the order of the members, too");
	});

	it("counts and orders as impact does, on any day", async () => {
		for (const q of ["", "?depth=1", "?depth=2&on=2027-05-31", "?on=2030-01-01"]) {
			const a = (await d.get(path + q)).body;
			const b = (await d.get(`/v1/orgs/${S}/impact${q}`)).body;
			for (const key of ["supplier", "on", "depth", "procurers"]) assert.deepEqual(a[key], b[key], key + q);
			assert.deepEqual(a.tiers, b.tiers.map(({ tier, procurers }) => ({ tier, procurers })));
			const who = (x) => x.items.map((i) => [i.procurer, i.tier]);
			assert.deepEqual(who(a), who(b));
		}
		const then = (await d.get(`${path}?on=2027-05-31&depth=1`)).body;
		assert.ok(then.items.some((x) => x.procurer === E && x.clause.status === "missing"));
	});

	it("is paged without loss; the counts span all pages", async () => {
		const all = (await d.get(path)).body.items;
		const seen = [];
		let next = "";
		do {
			const { body, headers } = await d.get(`${path}?limit=2${next}`);
			assert.equal(body.procurers, 7);
			assert.ok(body.items.length <= 2);
			assert.equal(headers.get("link") === null, body.next === null);
			seen.push(...body.items);
			next = body.next ? `&cursor=${body.next}` : null;
		} while (next);
		assert.deepEqual(seen, all);
		const { next: cursor } = (await d.get(`${path}?limit=2`)).body;
		problem(assert, await d.get(`/v1/orgs/${S}/impact?limit=2&cursor=${cursor}`), 400, "bad-cursor");
		problem(assert, await d.get(`/v1/orgs/${P}/incident?limit=2&cursor=${cursor}`), 400, "bad-cursor");
	});

	it("takes its own parameters alone, and is for those who may read", async () => {
		for (const q of ["depth=0", "depth=25", "on=2026-02-30", "limit=0", "limit=1001", "held_level=0"])
			problem(assert, await d.get(`${path}?${q}`), 400, "bad-query");
		problem(assert, await d.get(`${path}?cursor=abc`), 400, "bad-cursor");
		problem(assert, await d.get(`/v1/orgs/${fictional(99)}/incident`), 404, "not-found");
		assert.equal((await d.fetch("GET", path, { token: null })).status, 401);
	});

	it("of whom nobody buys is empty", async () => {
		const { body } = await d.get(`/v1/orgs/${U}/incident?depth=1`);
		assert.deepEqual(body, {
			supplier: U, name: "頂", on: TODAY, depth: 1, procurers: 0, tiers: [{ tier: 1, procurers: 0 }], items: [], next: null,
		});
	});

	it("follows what is taken back", async () => {
		await d.must("PUT", `/v1/orgs/${P}`, { name: "甲" });
		await d.must("DELETE", `/v1/orgs/${P}/suppliers/${S}/clauses/2-1-4`);
		const item = (await d.get(path)).body.items.find((x) => x.procurer === P);
		assert.deepEqual([item.clause, item.contacts], [nothing, []]);
	});
});
