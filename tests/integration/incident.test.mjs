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
const unknown = { confidential: null, continuity: null, system_access: null, relation: null, department: null, owner: null };
const unshared = { status: "missing", reviewed_on: null, systems: null, assets: null };
const systems = [{ name: "受発注", means: "VPN", direction: "双方向" }];
const assets = [{ name: "図面", class: "秘", medium: "電子" }];
const nothing = { status: "missing", notify_within_hours: null, duties: null, contacts: [], agreed_on: null };
let d;

before(async () => {
	d = await Daemon.start();
	const names = { [S]: "供給", [Q]: "乙", [R]: "丙", [W]: "丁", [E]: "旧", [T]: "上", [U]: "頂", [V]: "外" };
	for (const [id, name] of Object.entries(names)) await d.org(id, { name });
	await d.org(P, { name: "甲", contacts: own });
	await d.org(S, {
		name: "供給",
		contacts: [
			{ role: "営業", email: "sales@example.jp" },
			{ role: "インシデント窓口", phone: "03-1111-1111" },
			{ role: "総務", email: "soumu@example.jp" },
			{ role: "CSIRT", email: "csirt@example.jp" },
		],
	});
	await d.link(P, S, { confidential: true, system_access: false, relation: "it-service", department: "購買部", owner: "見本" });
	for (const p of [Q, R, W]) await d.link(p, S);
	await d.link(E, S, { end: "2027-05-31" });
	await d.link(T, P);
	await d.link(U, T);
	await d.link(V, Q, { disclosure: "private" });
	const first = (p, fields) => d.must("PUT", `/v1/orgs/${p}/suppliers/${S}/clauses/2-1-1`, fields);
	await first(P, { status: "agreed", agreed_on: "2027-04-01", reviewed_on: "2027-05-01", systems, assets });
	await first(W, { status: "drafted", systems: [] });
	const clause = (p, fields) => d.must("PUT", `/v1/orgs/${p}/suppliers/${S}/clauses/2-1-4`, fields);
	await clause(P, { status: "agreed", agreed_on: "2027-04-01", notify_within_hours: 24, duties, contacts: both });
	await clause(R, { status: "drafted", notify_within_hours: 0, duties: { supplier: "通知" } });
	await clause(W, { status: "waived", reason: "情報を渡さない" });
	// Another clause says nothing of incidents.
	await d.must("PUT", `/v1/orgs/${Q}/suppliers/${S}/clauses/2-1-2`, { status: "agreed", agreed_on: "2027-01-01" });
});
after(() => d.stop());

const direct = (procurer, name, more = {}) => ({
	procurer, name, tier: 1, path: [procurer, S], link: unknown, shared: unshared, clause: nothing, notify_by: null, contacts: [], ...more,
});
const above = (procurer, name, path) => ({
	procurer, name, tier: path.length - 1, path, link: null, shared: null, clause: null, notify_by: null, contacts: [],
});
const byTier = (x, y) => x.tier - y.tier || (x.procurer < y.procurer ? -1 : 1);

describe("incident", () => {
	it("is the whole answer, member for member", async () => {
		const { body, text, status } = await d.get(`${path}?depth=3`);
		assert.equal(status, 200, text);
		const want = {
			supplier: S,
			name: "供給",
			contacts: [
				{ role: "インシデント窓口", phone: "03-1111-1111" },
				{ role: "CSIRT", email: "csirt@example.jp" },
				{ role: "営業", email: "sales@example.jp" },
				{ role: "総務", email: "soumu@example.jp" },
			],
			on: TODAY,
			at: null,
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
					path: [P, S],
					link: { confidential: true, continuity: null, system_access: false, relation: "it-service", department: "購買部", owner: "見本" },
					shared: { status: "agreed", reviewed_on: "2027-05-01", systems, assets },
					clause: { status: "agreed", notify_within_hours: 24, duties, contacts: both, agreed_on: "2027-04-01" },
					notify_by: null,
					contacts: own,
				},
				direct(Q, "乙"),
				direct(R, "丙", { clause: { ...nothing, status: "drafted", notify_within_hours: 0, duties: { supplier: "通知" } } }),
				direct(W, "丁", { shared: { ...unshared, status: "drafted", systems: [] }, clause: { ...nothing, status: "waived" } }),
				above(T, "上", [T, P, S]),
				above(V, "外", [V, Q, S]),
				above(U, "頂", [U, T, P, S]),
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
			supplier: U, name: "頂", contacts: [], on: TODAY, at: null, depth: 1, procurers: 0, tiers: [{ tier: 1, procurers: 0 }], items: [], next: null,
		});
	});

	it("in the order of duty begins with agreed hours, also page by page", async () => {
		const clause = `/v1/orgs/${E}/suppliers/${S}/clauses/2-1-4`;
		await d.must("PUT", clause, { status: "agreed", agreed_on: "2027-04-01", notify_within_hours: 3 });
		await d.must("PUT", `/v1/orgs/${Q}/suppliers/${S}/clauses/2-1-4`, { status: "agreed", agreed_on: "2027-04-01", notify_within_hours: 24 });
		const q = "on=2027-05-31&order=duty";
		const { body } = await d.get(`${path}?${q}`);
		const rest = (tier) => body.items.filter((x) => x.tier === tier).map((x) => x.procurer);
		// R's hours are drafted only, and W has waived: nothing is agreed with them.
		assert.deepEqual(rest(1), [E, ...[P, Q].sort(), ...[R, W].sort()]);
		assert.deepEqual(body.items.map((x) => x.tier), [1, 1, 1, 1, 1, 2, 2, 3]);
		const plain = (await d.get(`${path}?on=2027-05-31&order=tier`)).body;
		assert.deepEqual(plain, (await d.get(`${path}?on=2027-05-31`)).body);
		assert.deepEqual(body.items.toSorted(byTier), plain.items);
		for (const limit of [1, 2, 3, 5, 8]) {
			const seen = [];
			let next = "";
			do {
				const page = (await d.get(`${path}?${q}&limit=${limit}${next}`)).body;
				seen.push(...page.items);
				next = page.next ? `&cursor=${page.next}` : null;
			} while (next);
			assert.deepEqual(seen, body.items, `limit ${limit}`);
		}
		await d.must("DELETE", clause);
		await d.must("DELETE", `/v1/orgs/${Q}/suppliers/${S}/clauses/2-1-4`);
	});

	it("counts agreed hours from the moment that is given", async () => {
		const { body } = await d.get(`${path}?at=2027-06-01T23:30:00%2B09:00`);
		assert.equal(body.at, "2027-06-01T14:30:00.000Z");
		const by = Object.fromEntries(body.items.map((x) => [x.procurer, x.notify_by]));
		assert.deepEqual(by, { [P]: "2027-06-02T14:30:00.000Z", [Q]: null, [R]: null, [W]: null, [T]: null, [V]: null, [U]: null });
		for (const at of ["2027-06-01", "now", "9999-12-31T00:00:00Z", "2027-02-30T00:00:00Z"])
			problem(assert, await d.get(`${path}?at=${at}`), 400, "bad-query");
		problem(assert, await d.get(`${path}?order=asc`), 400, "bad-query");
	});

	it("shows the way as its procurer sees it, and nothing that the caller may not know", async () => {
		const [A, B, C, Z] = [21, 22, 23, 24].map(fictional);
		for (const [id, name] of Object.entries({ [A]: "買", [B]: "中", [C]: "奥", [Z]: "底" })) await d.org(id, { name });
		await d.org(Z, { name: "底", contacts: [{ role: "security", email: "z@example.jp" }] });
		await d.link(A, B);
		await d.link(B, C, { disclosure: "anonymous" });
		await d.link(C, Z);
		const inner = `/v1/orgs/${Z}/incident`;
		const all = (await d.get(inner)).body.items.find((x) => x.procurer === A);
		assert.deepEqual(all.path, [A, B, C, Z]);
		const asA = await d.as("procurer", A);
		const { body, text } = await asA.get(inner);
		assert.deepEqual(body.items.map((x) => x.procurer), [A]);
		const way = body.items[0].path;
		assert.equal(way.length, 4);
		assert.deepEqual([way[0], way[1], way[3]], [A, B, Z]);
		assert.match(way[2], /^XX-ANON-/);
		assert.ok(!text.includes(C) && !text.includes("奥"));
		assert.equal(body.contacts, null, "contacts are for those who buy from it");
		assert.equal((await (await d.as("procurer", C)).get(inner)).body.contacts.length, 1);
		// By a grant A sees a link that nobody else above sees.
		const [G] = [25].map(fictional);
		await d.org(G, { name: "許" });
		await d.link(B, G, { disclosure: "private", grants: [{ viewer: A, form: "named" }] });
		const granted = (await d.get(`/v1/orgs/${G}/incident`)).body.items;
		assert.deepEqual(granted.map((x) => x.path), [[B, G], [A, B, G]]);
	});

	it("follows what is taken back", async () => {
		await d.must("PUT", `/v1/orgs/${P}`, { name: "甲" });
		await d.must("DELETE", `/v1/orgs/${P}/suppliers/${S}/clauses/2-1-4`);
		const item = (await d.get(path)).body.items.find((x) => x.procurer === P);
		assert.deepEqual([item.clause, item.contacts], [nothing, []]);
	});
});
