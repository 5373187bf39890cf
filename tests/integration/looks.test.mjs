// Who looked: reads of what is not the reader's own are logged, and whom they concern can read that log.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, sleep } from "./daemon.mjs";

const [P, S, Q] = [1, 2, 3].map(fictional);
const FLUSH_MS = 5000;

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

	it("are written within the flush interval, once an hour for each kind", async () => {
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

	it("survive a kill after the flush interval, and an end in order at once", async () => {
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
