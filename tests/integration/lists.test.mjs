// Lists: order, pages, filters, search; and what every answer carries.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem } from "./daemon.mjs";

let d;
const N = 23;
const ids = [...Array(N).keys()].map((i) => fictional(100 + i));
const hub = fictional(1);

before(async () => {
	d = await Daemon.start();
	const kana = ["アサヒ", "ミナト", "サクラ"];
	const rows = ids.map((id, i) => `${id},${kana[i % 3]}製作所${i}株式会社,${kana[i % 3]}`);
	await d.import("kind=orgs", ["id,name,name_kana", ...rows, `${hub},架空ハブ,ハブ`].join("\n"));
	await d.import("kind=links", ["procurer,supplier", ...ids.map((s) => `${hub},${s}`)].join("\n"));
	await d.cert(ids[3], "c", { level: 3, issued: "2027-04-01", expires: "2028-03-31" });
	await d.targets(hub);
	await d.targets(ids[5]);
});
after(() => d.stop());

async function all(path) {
	const items = [];
	let pages = 0;
	for (let next = path; next; pages++) {
		const r = await d.get(next);
		assert.equal(r.status, 200, r.text);
		items.push(...r.body.items);
		const link = r.headers.get("link");
		next = link ? /<([^>]+)>; rel="next"/.exec(link)[1] : null;
		assert.equal(r.body.next === null, next === null);
	}
	return { items, pages };
}

describe("organisations", () => {
	it("come in id order, whatever the page", async () => {
		const want = [...ids, hub].sort();
		for (const limit of [1, 7, 24, 1000]) {
			const { items, pages } = await all(`/v1/orgs?limit=${limit}`);
			assert.deepEqual(items.map((x) => x.id), want);
			assert.equal(pages, Math.ceil(want.length / limit));
		}
	});

	it("are found by name in any script, kana and id", async () => {
		const found = async (q) => (await d.get(`/v1/orgs?q=${encodeURIComponent(q)}`)).body.items.map((x) => x.id);
		assert.deepEqual(await found(ids[4]), [ids[4]]);
		assert.ok((await found("アサヒ製作所0")).includes(ids[0]));
		assert.ok((await found("㈱アサヒ製作所0")).includes(ids[0]));
		assert.ok((await found("あさひ")).includes(ids[3]));
		assert.ok((await found("製作所4")).includes(ids[4]));
		assert.deepEqual(await found("そんな会社はない"), []);
		assert.deepEqual(await found("アサヒ' OR 1=1"), []);
	});

	it("are searched in pages without loss", async () => {
		const { items } = await all(`/v1/orgs?q=${encodeURIComponent("製作所")}&limit=5`);
		assert.deepEqual(items.map((x) => x.id).sort(), [...ids].sort());
	});

	it("are filtered by what they hold and whether they are watched", async () => {
		assert.deepEqual((await d.get("/v1/orgs?held=3")).body.items.map((x) => x.id), [ids[3]]);
		assert.equal((await all("/v1/orgs?held=0&limit=4")).items.length, N);
		const watched = [hub, ids[5]].sort();
		assert.deepEqual((await all("/v1/orgs?watched=true&limit=1")).items.map((x) => x.id), watched);
		const q = encodeURIComponent("製作所");
		assert.deepEqual((await d.get(`/v1/orgs?q=${q}&held=3`)).body.items.map((x) => x.id), [ids[3]]);
	});

	it("refuse a limit out of range", async () => {
		for (const limit of ["0", "1001", "-5", "ten", "1e2", "5.0", ""])
			problem(assert, await d.get(`/v1/orgs?limit=${limit}`), 400, "bad-query");
		assert.equal((await d.get("/v1/orgs")).body.items.length, 24);
	});
});

describe("direct links", () => {
	it("come in id order of the other end", async () => {
		for (const limit of [1, 5, 100]) {
			const { items } = await all(`/v1/orgs/${hub}/suppliers?limit=${limit}`);
			assert.deepEqual(items.map((x) => x.supplier), [...ids].sort());
		}
		const up = (await d.get(`/v1/orgs/${ids[0]}/procurers`)).body.items;
		assert.deepEqual(up.map((x) => [x.procurer, x.procurer_name]), [[hub, "架空ハブ"]]);
		assert.equal(up[0].active, true);
		problem(assert, await d.get(`/v1/orgs/${fictional(99)}/suppliers`), 404, "not-found");
	});
});

describe("every answer", () => {
	it("carries the revision", async () => {
		for (const path of ["/v1/orgs", "/healthz", "/openapi.json", "/v1/none", "/"]) {
			const r = await d.get(path);
			assert.ok(r.revision > 0, path);
		}
	});

	it("may be asked to be of a revision at least", async () => {
		const { revision } = await d.org(ids[0], { note: "x" });
		assert.equal((await d.get(`/v1/orgs/${ids[0]}?revision_at_least=${revision}`)).status, 200);
		const began = Date.now();
		const waits = d.get(`/v1/orgs/${ids[0]}?revision_at_least=${revision + 1}`);
		await d.org(ids[1], { note: "y" });
		const r = await waits;
		assert.equal(r.status, 200);
		assert.ok(r.revision > revision);
		assert.ok(Date.now() - began < 2500);
		const never = await d.get("/v1/orgs?revision_at_least=999999999");
		problem(assert, never, 503, "behind");
		assert.ok(never.headers.get("retry-after"));
	});

	it("speaks the language that was asked for", async () => {
		const ja = await d.get("/v1/orgs/none", { "Accept-Language": "ja,en;q=0.5" });
		assert.match(ja.body.detail, /見つかりません/);
		assert.equal(ja.body.code, "not-found");
		const en = await d.get("/v1/orgs/none", { "Accept-Language": "en-GB, ja;q=0.9" });
		assert.match(en.body.detail, /there is no/);
	});

	it("knows who asks, and says which methods a path takes", async () => {
		const no = await d.call("GET", "/v1/orgs", undefined, {}, { token: null });
		problem(assert, no, 401, "unauthorized");
		assert.match(no.headers.get("www-authenticate"), /^Bearer/);
		problem(assert, await d.call("GET", "/v1/orgs", undefined, {}, { token: "tw_wrong" }), 401, "unauthorized");
		problem(assert, await d.call("GET", "/metrics", undefined, {}, { token: null }), 401, "unauthorized");
		for (const path of ["/healthz", "/readyz", "/openapi.json", "/"])
			assert.equal((await d.call("GET", path, undefined, {}, { token: null })).status, 200, path);
		const r = await d.call("POST", "/v1/orgs", {});
		problem(assert, r, 405, "method-not-allowed");
		assert.equal(r.headers.get("allow"), "GET, HEAD");
		assert.equal((await d.call("PATCH", `/v1/orgs/${hub}/targets`, {})).headers.get("allow"), "GET, HEAD, PUT, DELETE");
		problem(assert, await d.get("/v1/orgs/"), 404, "not-found");
		problem(assert, await d.get("/v1/nothing"), 404, "not-found");
		const head = await d.call("HEAD", `/v1/orgs/${hub}`);
		assert.equal(head.status, 200);
		assert.equal(head.text, "");
		assert.ok(head.etag);
		for (const path of ["/v1/events", "/v1/changes", "/v1/backup", "/v1/exports/orgs", "/metrics", "/"])
			assert.equal((await d.call("HEAD", path)).status, 200, path);
	});

	it("is counted", async () => {
		const { text } = await d.get("/metrics");
		assert.match(text, /^tierwatch_orgs 24$/m);
		assert.match(text, /^tierwatch_http_answers_total\{class="2xx"\} [1-9]/m);
		const { body } = await d.get("/v1/status");
		assert.equal(body.orgs, 24);
		assert.equal(body.links, N);
		assert.equal(body.watched, 2);
	});
});
