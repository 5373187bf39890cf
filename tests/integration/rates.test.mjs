// How much one caller may ask for: 429 with Retry-After, and nobody else notices.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, sleep } from "./daemon.mjs";

const P = fictional(1);
const S = fictional(2);
let d, buyer, other;

before(async () => {
	d = await Daemon.start({
		args: ["--rate-token", "20", "--rate-address", "100", "--failed-logins", "10", "--heavy-per-token", "1",
			"--streams-per-token", "2", "--uploads-per-token", "1"],
	});
	for (const id of [P, S]) await d.org(id);
	await d.link(P, S, { required_level: 3 });
	buyer = await d.as("procurer", P);
	other = await d.as("procurer", P);
});
after(() => d.stop());

const burst = (who, n, path = `/v1/orgs/${P}`) => Promise.all([...Array(n).keys()].map(() => who.get(path)));
const statuses = (answers) => {
	const n = {};
	for (const a of answers) n[a.status] = (n[a.status] ?? 0) + 1;
	return n;
};

describe("a bound token", () => {
	it("has so many requests a second, and is told when to come back", async () => {
		const answers = await burst(buyer, 60);
		const n = statuses(answers);
		assert.ok(n[200] >= 20 && n[200] <= 40, JSON.stringify(n));
		assert.equal(n[200] + n[429], 60);
		const refused = answers.find((a) => a.status === 429);
		problem(assert, refused, 429, "too-many-requests");
		assert.equal(refused.headers.get("retry-after"), "1");
		assert.equal(refused.headers.get("ratelimit-policy"), '"token";q=20;w=1');
		assert.match(refused.headers.get("ratelimit"), /^"token";r=0;t=\d+$/);
		assert.equal((await other.get(`/v1/orgs/${P}`)).status, 200, "another token is not touched");
		await sleep(1100);
		assert.equal((await buyer.get(`/v1/orgs/${P}`)).status, 200);
	});

	it("has so many event streams", async () => {
		await sleep(1100);
		const open = [];
		for (let i = 0; i < 2; i++) {
			const stop = new AbortController();
			const r = await buyer.fetch("GET", "/v1/events", { signal: stop.signal });
			assert.equal(r.status, 200);
			open.push(stop);
		}
		problem(assert, await buyer.get("/v1/events"), 429, "too-many-requests");
		assert.equal((await buyer.call("HEAD", "/v1/events")).status, 200);
		open[0].abort();
		for (let i = 0; ; i++) { // the place is given back
			const stop = new AbortController();
			const r = await buyer.fetch("GET", "/v1/events", { signal: stop.signal });
			stop.abort();
			if (r.status === 200) break;
			assert.ok(i < 40, "the stream that ended still counts");
			await sleep(150);
		}
		open[1].abort();
	});

	it("has so many heavy answers, of which are those of the past and files", async () => {
		let text = "procurer,supplier,supplier_name,note\n";
		for (let i = 0; i < 40000; i++) text += `${P},XX-LOCAL-${i},${i},${"n".repeat(300)}\n`;
		assert.equal((await d.import("kind=links&format=csv", text)).accepted, 40000);
		await sleep(1100);
		const { revision } = await d.get("/v1/status");
		const stop = new AbortController();
		const headers = { "Accept-Encoding": "identity" };
		const r = await buyer.fetch("GET", "/v1/exports/links", { headers, signal: stop.signal });
		assert.equal(r.status, 200);
		const past = `/v1/orgs/${P}?as_of=${revision}`;
		problem(assert, await buyer.get(past), 429, "too-many-requests");
		problem(assert, await buyer.get("/v1/changes?after=0&limit=1"), 429, "too-many-requests");
		assert.equal((await buyer.get(`/v1/orgs/${P}`)).status, 200);
		assert.equal((await other.get(past)).status, 200);
		stop.abort();
		await r.text().catch(() => {});
		let status;
		for (let i = 0; i < 40 && status !== 200; i++) {
			await sleep(150);
			status = (await buyer.get(past)).status;
		}
		assert.equal(status, 200, "the export that ended still counts");
		for (let i = 0; i < 3; i++) {
			assert.equal((await buyer.get("/v1/exports/orgs")).status, 200);
			assert.equal((await buyer.call("HEAD", "/v1/exports/orgs")).status, 200);
			await sleep(150);
		}
	});

	it("gives every place back", async () => {
		for (let i = 0; i < 30; i++) {
			const r = await buyer.get(`/v1/orgs/${P}/suppliers`);
			assert.equal(r.status, 200, `${i}: ${r.text}`);
			await sleep(60);
		}
	});
});

describe("an administrator's token", () => {
	it("is not limited unless it is asked for", async () => {
		assert.deepEqual(statuses(await burst(d, 300)), { 200: 300 });
	});
});

describe("wrong tokens", () => {
	it("run out, before anything is made of the next, and do not keep right ones out", async () => {
		const wrong = d.with("tw_wrong");
		await sleep(1100);
		const answers = [];
		for (let i = 0; i < 15; i++) answers.push(await wrong.get("/v1/status"));
		assert.deepEqual(statuses(answers), { 401: 10, 429: 5 });
		assert.equal(answers[14].headers.get("retry-after"), "6");
		assert.equal(answers[0].headers.get("www-authenticate").startsWith("Bearer"), true);
		assert.equal((await d.get("/v1/status")).status, 200);
		assert.equal((await buyer.get(`/v1/orgs/${P}`)).status, 200);
		problem(assert, await d.with(null).get("/v1/status"), 401, "unauthorized"); // nothing was tried
	});

	it("and none at all count for the address", async () => {
		await sleep(1100);
		const n = statuses(await burst(d.with(null), 250));
		assert.ok(n[401] >= 100 && n[429] > 0, JSON.stringify(n));
		assert.equal((await d.get("/healthz")).status, 200);
	});
});
