// Who looked: reads of what is not the reader's own are logged, and whom they concern can read that log.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, sleep } from "./daemon.mjs";

const [P, S, Q] = [1, 2, 3].map(fictional);

const looks = async (d, id, query = "", token) => {
	const r = await d.call("GET", `/v1/orgs/${id}/looks${query}`, undefined, {}, token ? { token } : {});
	assert.equal(r.status, 200, r.text);
	return r.body;
};
// Waits until there are n.
async function until(d, id, n, query = "", token) {
	for (let i = 0; ; i++) {
		const { items } = await looks(d, id, query, token);
		if (items.length >= n || i > 160) return items;
		await sleep(50);
	}
}

describe("looks of the operator", () => {
	let d;
	before(async () => {
		d = await Daemon.start();
		for (const id of [P, S, Q]) await d.org(id);
		await d.link(P, S, { required_level: 3 });
		await d.cert(S, "c", { level: 3, issued: "2027-05-01", expires: "2028-04-30" });
	});
	after(() => d.stop());

	it("are written before they are read, once an hour for each kind", async () => {
		const writes = await looks(d, S);
		assert.deepEqual(writes, { items: [], next: null }, "a write that answers like a GET is no look");
		for (let i = 0; i < 5; i++) await d.get(`/v1/orgs/${S}`);
		await d.get(`/v1/orgs/${S}/certificates`);
		await d.get(`/v1/orgs/${S}/certificates/c`);
		await d.get(`/v1/orgs/${P}/suppliers/${S}`);
		await d.get(`/v1/orgs/${S}/impact`);
		await d.get(`/v1/orgs/${P}/dependencies/${S}`);
		await d.get(`/v1/orgs/${P}/gaps`);
		problem(assert, await d.get(`/v1/orgs/${S}/certificates/none`), 404, "not-found");
		problem(assert, await d.get(`/v1/orgs/${Q}/history`), 404, "not-found");
		await (await d.fetch("GET", "/v1/exports/orgs")).arrayBuffer();
		const items = await until(d, S, 6);
		assert.deepEqual(items.map((i) => i.kind).sort(), ["certificates", "dependency", "export", "impact", "link", "org"]);
		for (const i of items)
			assert.deepEqual({ ...i, at: 0, kind: 0 }, { at: 0, kind: 0, operator: true, viewer: null, name: null, actor: "admin" });
		const kinds = (await looks(d, P)).items.map((i) => i.kind).sort();
		assert.deepEqual(kinds, ["dependency", "export", "gaps", "link"]);
		assert.deepEqual((await looks(d, Q)).items.map((i) => i.kind), ["export"], "what was not answered is no look");
	});

	it("are listed newest first, in pages, by days", async () => {
		const all = (await looks(d, S)).items;
		const at = all.map((i) => i.at);
		assert.deepEqual(at, [...at].sort().reverse());
		let got = [];
		for (let cursor = null; ; ) {
			const page = await looks(d, S, `?limit=2${cursor ? `&cursor=${cursor}` : ""}`);
			got = got.concat(page.items);
			assert.ok(page.items.length <= 2);
			if (!(cursor = page.next)) break;
		}
		assert.deepEqual(got, all);
		assert.deepEqual((await looks(d, S, "?to=2027-05-31")).items, []);
		assert.deepEqual((await looks(d, S, "?from=2027-06-01&to=2027-06-01")).items, all);
		problem(assert, await d.get(`/v1/orgs/${S}/looks?from=2027-06-02&to=2027-06-01`), 400, "bad-query");
		problem(assert, await d.get("/v1/orgs/XX-LOCAL-NONE/looks"), 404, "not-found");
	});

	it("survive a kill once they are written, and an end in order at once", async () => {
		const n = (await looks(d, Q)).items.length;
		await d.get(`/v1/orgs/${Q}`);
		await until(d, Q, n + 1);
		await d.kill();
		await d.launch();
		assert.equal((await looks(d, Q)).items.length, n + 1);
		await d.get(`/v1/orgs/${Q}/suppliers`);
		await d.stopOnly();
		await d.launch();
		assert.deepEqual((await looks(d, Q)).items.map((i) => i.kind).sort(), ["export", "org", "suppliers"]);
	});

	it("are logged again an hour later, and dropped when they are old", async () => {
		await d.stopOnly();
		await d.launch("2027-06-01T04:10:00Z");
		await d.get(`/v1/orgs/${Q}`);
		assert.equal((await until(d, Q, 4)).filter((i) => i.kind === "org").length, 2);
		await d.stopOnly();
		await d.launch("2027-06-12T04:10:00Z", ["--looks-keep-days", "10"]);
		for (let i = 0; i < 160 && (await looks(d, Q)).items.length; i++) await sleep(50);
		assert.deepEqual((await looks(d, Q)).items, []);
		assert.deepEqual((await looks(d, S)).items, []);
	});

	it("show in the metrics", async () => {
		await d.get(`/v1/orgs/${Q}`);
		await until(d, Q, 1);
		const { text } = await d.get("/metrics");
		assert.match(text, /^tierwatch_looks_written_total [1-9]/m);
		assert.match(text, /^tierwatch_looks_dropped_total 0$/m);
	});
});

describe("looks of bound callers", () => {
	let d;
	const t = {};
	const [U] = [4].map(fictional);
	const as = (who, path) => d.call("GET", path, undefined, {}, { token: t[who] });
	before(async () => {
		d = await Daemon.start();
		for (const id of [P, S, Q, U]) await d.org(id);
		await d.link(P, S, { required_level: 3 });
		await d.link(Q, S, { required_level: 3, disclosure: "private" });
		const make = async (name, role, ...orgs) => {
			t[name] = (await d.must("POST", "/v1/tokens", { name, role, orgs })).body.token;
		};
		await make("p", "procurer", P);
		await make("q", "procurer", Q);
		await make("colleague", "procurer", Q);
		await make("s", "supplier", S);
		await make("u", "supplier", U);
	});
	after(() => d.stop());

	it("tell the supplier which organisation looked, never who", async () => {
		assert.equal((await as("q", `/v1/orgs/${S}`)).status, 200);
		assert.equal((await as("q", `/v1/orgs/${S}/certificates`)).status, 200);
		assert.equal((await as("q", `/v1/orgs/${Q}/suppliers/${S}`)).status, 200); // its own link
		assert.equal((await as("q", `/v1/orgs/${Q}/gaps`)).status, 200); // its own chain
		assert.equal((await as("q", `/v1/orgs/${Q}`)).status, 200);
		assert.equal((await as("s", `/v1/orgs/${S}`)).status, 200); // itself
		assert.equal((await as("u", `/v1/orgs/${S}`)).status, 404); // may not know
		const items = await until(d, S, 2, "", t.s);
		assert.deepEqual(items.map((i) => i.kind).sort(), ["certificates", "org"]);
		for (const i of items)
			assert.deepEqual({ ...i, at: 0, kind: 0 }, { at: 0, kind: 0, operator: false, viewer: Q, name: Q, actor: null });
		assert.deepEqual((await looks(d, Q)).items, []);
		const all = (await looks(d, S)).items;
		assert.deepEqual([...new Set(all.map((i) => i.actor))], [`q@${Q}`], "the operator sees who");
	});

	it("are one's own to read", async () => {
		problem(assert, await as("u", `/v1/orgs/${S}/looks`), 404, "not-found");
		problem(assert, await as("q", `/v1/orgs/${S}/looks`), 403, "forbidden");
		assert.deepEqual((await looks(d, U, "", t.u)).items, []);
	});

	it("show a buyer that hides from its suppliers as an opaque id, another for each reader", async () => {
		await d.must("PATCH", `/v1/orgs/${Q}`, { shown_to_suppliers: false });
		const items = (await looks(d, S, "", t.s)).items;
		for (const i of items) {
			assert.match(i.viewer, /^XX-ANON-[a-z2-7]{20}$/);
			assert.equal(i.name, null);
			assert.equal(i.operator, false);
		}
		assert.equal(new Set(items.map((i) => i.viewer)).size, 1);
		assert.equal((await looks(d, S)).items[0].viewer, Q);
		await d.must("PATCH", `/v1/orgs/${Q}`, { shown_to_suppliers: null });
	});

	it("show its colleague an hour later, and exports to whom they hold", async () => {
		await d.stopOnly();
		await d.launch("2027-06-01T05:00:00Z");
		assert.equal((await as("colleague", `/v1/orgs/${S}`)).status, 200);
		await (await d.fetch("GET", "/v1/exports/links", { token: t.p })).arrayBuffer();
		const items = await until(d, S, 4, "", t.s);
		assert.deepEqual(items.map((i) => [i.kind, i.viewer]).slice(0, 2).sort(), [["export", P], ["org", Q]]);
		assert.equal(items.length, 4);
		assert.deepEqual((await looks(d, U, "", t.u)).items, [], "P does not buy from U");
		assert.equal((await looks(d, S)).items.find((i) => i.kind === "org").actor, `colleague@${Q}`);
		await d.kill();
		await d.launch("2027-06-01T05:10:00Z");
		assert.deepEqual((await looks(d, S, "", t.s)).items, items);
	});

	it("keep when tokens were used last over a restart", async () => {
		const used = async () =>
			Object.fromEntries((await d.get("/v1/tokens")).body.items.map((i) => [i.name, i.last_used_at]));
		assert.equal((await as("u", `/v1/orgs/${U}`)).status, 200);
		const before = await used();
		assert.ok(before.u);
		await d.stopOnly();
		await d.launch("2027-06-01T06:10:00Z");
		assert.equal((await used()).u, before.u);
	});
});
