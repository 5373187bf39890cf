// Tokens: made once, listed without their text, rotated, revoked at once; bound callers write what is theirs.
import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, sleep } from "./daemon.mjs";

const P = fictional(1);
const Q = fictional(2);
const S = fictional(3);
const T = fictional(4);
let d;

before(async () => {
	d = await Daemon.start();
	for (const id of [P, Q, S, T]) await d.org(id);
	await d.link(Q, T, { required_level: 3 });
});
after(() => d.stop());

const make = (body) => d.call("POST", "/v1/tokens", body);
const rotate = (id, body) => d.call("POST", `/v1/tokens/${id}/rotate`, body);

// An event stream, and whether it is open after so many ms.
async function listen(who) {
	const stop = new AbortController();
	const r = await who.fetch("GET", "/v1/events", { signal: stop.signal });
	assert.equal(r.status, 200);
	const end = r.text().then(() => "ended", () => "ended");
	return { state: (ms) => Promise.race([end, sleep(ms).then(() => "open")]), close: () => stop.abort() };
}

describe("a token", () => {
	it("has 256 bits, a prefix and a checksum, and is shown once", async () => {
		const r = await make({ name: "desk", role: "procurer", orgs: [P] });
		assert.equal(r.status, 201, r.text);
		assert.match(r.body.token, /^tw_[a-z2-7]{59}$/);
		assert.deepEqual(r.body.orgs, [P]);
		assert.equal(r.body.state, "active");
		const shown = await d.get(r.headers.get("location"));
		assert.equal(shown.body.token, undefined);
		assert.ok(!(await d.get("/v1/tokens")).text.includes(r.body.token));
	});

	it("is nowhere in the data directory but in the administrator's file", async () => {
		const { body } = await make({ name: "nowhere", role: "risk" });
		for (const name of readdirSync(d.dir)) {
			const path = join(d.dir, name);
			if (statSync(path).isFile()) {
				const bytes = readFileSync(path);
				assert.ok(!bytes.includes(body.token), name);
				if (name !== "admin.token") assert.ok(!bytes.includes(d.token), name);
			}
		}
	});

	it("needs what its role needs", async () => {
		for (const [body, code, pointer] of [
			[{ role: "risk" }, "required", "/name"],
			[{ name: "a@b", role: "risk" }, "bad-value", "/name"],
			[{ name: "a", role: "boss" }, "bad-value", "/role"],
			[{ name: "a", role: "procurer" }, "required", "/orgs"],
			[{ name: "a", role: "risk", orgs: [P] }, "role-takes-no-orgs", "/orgs"],
			[{ name: "a", role: "auditor", orgs: [P, Q] }, "role-takes-one-org", "/orgs"],
			[{ name: "a", role: "auditor" }, "role-takes-one-org", "/orgs"],
			[{ name: "a", role: "procurer", orgs: ["XX-LOCAL-NO"] }, "no-such-org", "/orgs/0"],
			[{ name: "a", role: "risk", expires_at: "2026-01-01" }, "out-of-range", "/expires_at"],
			[{ name: "a", role: "risk", expires_at: "soon" }, "bad-date", "/expires_at"],
			[{ name: "a", role: "risk", expires_at: "2099-01-01" }, "out-of-range", "/expires_at"],
			[{ name: "a", role: "risk", hash: "x" }, "unknown-field", "/hash"],
		]) {
			const r = await make(body);
			problem(assert, r, 422, code);
			assert.equal(r.body.errors[0].pointer, pointer);
		}
		problem(assert, await make({ name: "desk", role: "risk" }), 409, "token-name-taken");
		problem(assert, await make({ name: "admin", role: "risk" }), 409, "token-name-taken");
		assert.match((await make({ name: "b", role: "risk", orgs: [P] })).body.detail, /role risk takes no organisations/);
		assert.match((await make({ name: "b", role: "risk", expires_at: "2099-01-01" })).body.detail, /<= 20\d\d-\d\d-\d\d$/);
	});

	it("ends at once when it is revoked, and stays listed", async () => {
		const risk = await d.as("risk");
		assert.equal((await risk.get("/v1/status")).status, 200);
		assert.equal((await d.delete(`/v1/tokens/${risk.made.id}`)).status, 204);
		problem(assert, await risk.get("/v1/status"), 401, "unauthorized");
		const { body } = await d.get(`/v1/tokens/${risk.made.id}`);
		assert.equal(body.state, "revoked");
		assert.ok(body.last_used_at);
		problem(assert, await rotate(risk.made.id, {}), 409, "token-revoked");
	});

	it("is rotated: the old text ends at once, or when it is told to", async () => {
		const risk = await d.as("risk");
		const one = await rotate(risk.made.id, {});
		assert.equal(one.status, 200, one.text);
		problem(assert, await risk.get("/v1/status"), 401, "unauthorized");
		const second = d.with(one.body.token);
		assert.equal((await second.get("/v1/status")).status, 200);
		const two = await rotate(risk.made.id, { keep_old_hours: 1 });
		assert.equal((await second.get("/v1/status")).status, 200);
		assert.equal((await d.with(two.body.token).get("/v1/status")).status, 200);
		problem(assert, await rotate(risk.made.id, { keep_old_hours: 1000 }), 422, "out-of-range");
	});

	it("that is rotated closes the event streams of its old text, when that ends", async () => {
		const e = await Daemon.start();
		await e.org(P);
		for (const who of [await e.as("risk"), await e.as("procurer", P)]) {
			const turn = (body) => e.must("POST", `/v1/tokens/${who.made.id}/rotate`, body);
			const first = await listen(who);
			const kept = await turn({ keep_old_hours: 1 });
			const second = await listen(e.with(kept.body.token));
			await sleep(1500);
			assert.equal(await first.state(0), "open", "its time is not over");
			const last = await turn({});
			assert.equal(await first.state(1000), "ended", who.made.role);
			assert.equal(await second.state(1000), "ended", who.made.role);
			const third = await listen(e.with(last.body.token));
			assert.equal(await third.state(1500), "open");
			third.close();
		}
		await e.stop();
	});

	it("that is rotated keeps the streams of its old text for so many hours", async () => {
		const e = await Daemon.start();
		await e.org(P);
		const risk = await e.as("risk");
		const buyer = await e.as("procurer", P);
		let until;
		for (const who of [risk, buyer]) {
			const { body } = await e.must("POST", `/v1/tokens/${who.made.id}/rotate`, { keep_old_hours: 1 });
			until = Date.parse(body.old_until);
		}
		await e.stopOnly();
		await e.launch(`${new Date(until - 3000).toISOString().slice(0, 19)}Z`);
		for (const who of [risk, buyer]) who.url = e.url;
		const streams = [await listen(risk), await listen(buyer)];
		for (const s of streams) assert.equal(await s.state(0), "open");
		for (const s of streams) assert.equal(await s.state(6000), "ended");
		await e.stop();
	});

	it("that ends or gets another text cuts off the exports under way", async () => {
		const e = await Daemon.start();
		const note = "n".repeat(1000);
		let text = "id,name,note\n";
		for (let i = 0; i < 60000; i++) text += `XX-LOCAL-${i},${i},${note}\n`;
		assert.equal((await e.import("kind=orgs&format=csv", text)).accepted, 60000);
		const ways = [
			["DELETE", (id) => `/v1/tokens/${id}`],
			["POST", (id) => `/v1/tokens/${id}/rotate`],
		];
		for (const [method, path] of ways)
			for (const stream of ["/v1/exports/orgs?format=ndjson", "/v1/audit"]) {
				const who = await e.as("risk");
				const r = await who.fetch("GET", stream, { headers: { "Accept-Encoding": "identity" } });
				assert.equal(r.status, 200);
				await sleep(300); // it is not read: more is made than the connection holds
				await e.must(method, path(who.made.id), method === "POST" ? {} : undefined);
				await assert.rejects(r.text(), TypeError, `${method} ${stream}`);
			}
		await e.stop();
	});

	it("survives a restart, and expires by the clock", async () => {
		const e = await Daemon.start();
		await e.org(P);
		const short = await e.as("procurer", P);
		const r = await e.call("POST", "/v1/tokens", { name: "day", role: "risk", expires_at: "2027-06-02" });
		await e.stopOnly();
		await e.launch("2027-06-02T14:59:00Z");
		short.url = e.url;
		assert.equal((await short.get(`/v1/orgs/${P}`)).status, 200);
		assert.equal((await e.with(r.body.token).get("/v1/status")).status, 200);
		await e.stopOnly();
		await e.launch("2027-06-02T15:00:01Z");
		problem(assert, await e.with(r.body.token).get("/v1/status"), 401, "unauthorized");
		await e.stop();
	});

	it("of the administrator may be replaced in its file, which is closed to others", async () => {
		const e = await Daemon.start();
		const first = e.token;
		await e.stopOnly();
		const path = join(e.dir, "admin.token");
		writeFileSync(path, "another-long-enough-token\n");
		chmodSync(path, 0o644);
		await e.launch();
		assert.equal(statSync(path).mode & 0o777, 0o600);
		assert.match(e.log, /others could read/);
		assert.equal((await e.get("/v1/status")).status, 200);
		problem(assert, await e.with(first).get("/v1/status"), 401, "unauthorized");
		problem(assert, await e.delete("/v1/tokens/0"), 409, "admin-token");
		await e.stop();
	});
});

describe("a procurer", () => {
	let p;
	before(async () => {
		p = await d.as("procurer", P);
	});

	it("writes its own links, private unless it says otherwise", async () => {
		const r = await p.link(P, S, { required_level: 3 });
		assert.equal(r.body.disclosure, "private");
		assert.match(r.body.recorded_by.actor, new RegExp(`@${P}$`));
		assert.equal((await p.link(P, S, { required_level: 3, disclosure: "upstream" })).body.disclosure, "upstream");
		assert.equal((await p.patch(`/v1/orgs/${P}/suppliers/${S}`, { note: "x" })).body.disclosure, "upstream");
		assert.equal((await p.patch(`/v1/orgs/${P}/suppliers/${S}`, { disclosure: null })).body.disclosure, "private");
	});

	it("records what it knows of a supplier's suppliers for itself alone", async () => {
		await p.link(P, S, {});
		await p.org("XX-LOCAL-DEEP");
		const r = await p.link(S, "XX-LOCAL-DEEP", { required_level: 3 });
		assert.equal(r.body.disclosure, "private");
		assert.deepEqual(r.body.grants, [{ viewer: P, form: "named" }]);
		problem(assert, await p.put(`/v1/orgs/${S}/suppliers/XX-LOCAL-DEEP`, { disclosure: "upstream" }), 403, "forbidden");
		assert.equal((await p.put(`/v1/orgs/${S}/suppliers/XX-LOCAL-DEEP`, { required_level: 4 })).status, 200);
	});

	it("leaves others' links alone", async () => {
		const before = (await d.get("/v1/status")).body.revision;
		problem(assert, await p.put(`/v1/orgs/${Q}/suppliers/${T}`, { required_level: 5 }), 404, "not-found");
		problem(assert, await p.delete(`/v1/orgs/${Q}/suppliers/${T}`), 404, "not-found");
		problem(assert, await p.put(`/v1/orgs/${Q}/targets`, {}), 404, "not-found");
		problem(assert, await p.put(`/v1/orgs/${S}/targets`, {}), 403, "forbidden");
		problem(assert, await p.put(`/v1/orgs/${Q}`, { name: "taken over" }), 404, "not-found");
		problem(assert, await p.patch(`/v1/orgs/${S}`, { name: "taken over" }), 403, "forbidden");
		problem(assert, await p.delete(`/v1/orgs/${S}`), 403, "forbidden");
		assert.equal((await d.get("/v1/status")).body.revision, before);
	});

	it("records a certificate that it has seen of its supplier", async () => {
		const path = `/v1/orgs/${S}/certificates/seen`;
		const cert = { scheme: "scs", level: 3, issued: "2027-04-01", expires: "2028-03-31", evidence: "copy" };
		assert.equal((await p.put(path, cert)).status, 201);
		problem(assert, await p.put(`/v1/orgs/${T}/certificates/seen`, cert), 404, "not-found");
	});

	it("confirms a supplier's word, and leaves what others recorded as it is", async () => {
		const path = `/v1/orgs/${S}/certificates/theirs`;
		const cert = { scheme: "scs", level: 3, issued: "2027-04-01", expires: "2028-03-31" };
		await d.must("PUT", path, cert);
		assert.equal((await p.patch(path, { evidence: "copy" })).status, 200);
		problem(assert, await p.patch(path, { revoked_on: "2027-05-01" }), 403, "forbidden");
		problem(assert, await p.patch(path, { evidence: "registry" }), 403, "forbidden");
		problem(assert, await p.put(path, { ...cert, level: 4, evidence: "copy" }), 403, "forbidden");
		assert.equal((await p.put(path, { ...cert, evidence: "copy" })).status, 200);
		problem(assert, await p.delete(path), 403, "forbidden");
	});

	it("adds contacts that are missing, and no alias that would catch others' rows", async () => {
		await d.patch(`/v1/orgs/${S}`, { contacts: [{ role: "security", email: "own@example.com" }] });
		problem(assert, await p.patch(`/v1/orgs/${S}`, { contacts: [] }), 403, "forbidden");
		problem(assert, await p.patch(`/v1/orgs/${P}`, { aliases: ["JP-JCN-7000012050002"] }), 403, "forbidden");
		problem(assert, await p.put("/v1/orgs/XX-LOCAL-CATCH", { name: "x", aliases: ["JP-JCN-7000012050002"] }), 403, "forbidden");
	});

	it("removes what it recorded between others only until they have agreed something there", async () => {
		await p.link(P, S, {});
		await p.org("XX-LOCAL-DEEP2");
		await p.link(S, "XX-LOCAL-DEEP2", {});
		const own = await d.as("procurer", S);
		await own.must("PUT", `/v1/orgs/${S}/suppliers/XX-LOCAL-DEEP2/clauses/2-1-1`, { status: "drafted" });
		problem(assert, await p.delete(`/v1/orgs/${S}/suppliers/XX-LOCAL-DEEP2`), 403, "forbidden");
	});

	it("loses its sight of a link between others when its procurer speaks for itself", async () => {
		await p.org("XX-LOCAL-DEEP3");
		await p.link(S, "XX-LOCAL-DEEP3", { required_level: 3 });
		const own = await d.as("procurer", S);
		const r = await own.patch(`/v1/orgs/${S}/suppliers/XX-LOCAL-DEEP3`, { required_level: 4 });
		assert.equal(r.status, 200, r.text);
		assert.equal(r.body.grants, undefined);
		problem(assert, await p.get(`/v1/orgs/${S}/suppliers/XX-LOCAL-DEEP3`), 404, "not-found");
	});

	it("imports rows that it may write; the others are refused one by one", async () => {
		const job = await p.import("kind=links&format=csv", `procurer,supplier,required_level\n${P},${S},4\n${Q},${T},5\n`);
		assert.equal(job.state, "done");
		assert.equal(job.accepted, 1);
		assert.equal(job.rejected, 1);
		assert.equal(job.errors[0].line, 3);
		assert.equal(job.errors[0].code, "not-found");
		assert.equal((await d.get(`/v1/orgs/${Q}/suppliers/${T}`)).body.required_level, 3);
		const other = await d.as("procurer", Q);
		problem(assert, await other.get(`/v1/imports/${job.job}`), 404, "not-found");
	});

	it("imports its vendor list: who is there keeps its name, who is new gets one", async () => {
		const before = (await d.get(`/v1/orgs/${T}`)).body.name;
		const text = `procurer,supplier,supplier_name,required_level\n${P},${T},Other name,3\n${P},XX-LOCAL-NEW,New one,3\n`;
		const job = await p.import("kind=links&format=csv", text);
		assert.deepEqual([job.accepted, job.rejected], [2, 0], JSON.stringify(job.errors));
		assert.equal((await d.get(`/v1/orgs/${T}`)).body.name, before);
		assert.equal((await p.get("/v1/orgs/XX-LOCAL-NEW")).body.name, "New one");
		await p.delete(`/v1/orgs/${P}/suppliers/${T}`);
	});

	it("changes its own links in bulk, and nobody else's", async () => {
		const r = await p.call("POST", "/v1/bulk", { procurer: P, change: { note: "x" }, preview: false });
		assert.equal(r.status, 200, r.text);
		const other = await p.call("POST", "/v1/bulk", { procurer: Q, change: { note: "x" }, preview: false });
		problem(assert, other, 422, "no-such-org");
		problem(assert, await p.call("POST", "/v1/bulk", { procurer: S, change: { note: "x" } }), 403, "forbidden");
	});
});

describe("a supplier", () => {
	it("speaks for itself, and its word is its word", async () => {
		const s = await d.as("supplier", S);
		const path = `/v1/orgs/${S}/certificates/own`;
		const cert = { scheme: "scs", level: 4, issued: "2027-04-01", expires: "2028-03-31" };
		assert.equal((await s.put(path, cert)).body.evidence, "word");
		problem(assert, await s.put(path, { ...cert, evidence: "registry" }), 403, "forbidden");
		await d.patch(path, { evidence: "registry" });
		assert.equal((await s.patch(path, { expires: "2029-03-31" })).body.evidence, "word");
		assert.equal((await s.patch(`/v1/orgs/${S}`, { contacts: [{ role: "security", email: "a@example.com" }] })).status, 200);
		problem(assert, await s.patch(`/v1/orgs/${S}`, { name: "x" }), 403, "forbidden");
		problem(assert, await s.put(`/v1/orgs/${T}/certificates/own`, cert), 404, "not-found");
	});

	it("does not take back what was recorded of its certificate's end", async () => {
		const s = await d.as("supplier", S);
		const path = `/v1/orgs/${S}/certificates/registered`;
		const cert = { scheme: "scs", level: 4, issued: "2027-04-01", expires: "2030-03-31", evidence: "registry" };
		await d.must("PUT", path, { ...cert, revoked_on: "2027-05-01" });
		for (const change of [{ revoked_on: null }, { revoked_on: "2029-01-01" }, { status: "valid" }])
			problem(assert, await s.patch(path, change), 403, "forbidden");
		problem(assert, await s.put(path, { ...cert, evidence: undefined }), 403, "forbidden");
		problem(assert, await s.delete(path), 403, "forbidden");
		assert.equal((await s.patch(path, { scope_text: "all" })).body.status, "revoked");
	});

	it("names nobody through a file whose links are refused", async () => {
		const s = await d.as("supplier", S);
		const job = await s.import("kind=links&format=csv", `procurer,supplier,supplier_name\n${Q},XX-LOCAL-BRANDNEW,BN\n${S},XX-LOCAL-MINE,Mine\n`);
		assert.deepEqual([job.accepted, job.rejected], [1, 1], JSON.stringify(job));
		assert.equal((await d.get("/v1/orgs/XX-LOCAL-BRANDNEW")).status, 404);
		assert.equal((await d.get("/v1/orgs/XX-LOCAL-MINE")).body.name, "Mine");
	});

	it("enters its own suppliers, also ones that nobody knew, and says who sees them", async () => {
		const s = await d.as("supplier", S);
		const r = await s.link(S, "XX-LOCAL-SUB", {});
		assert.equal(r.body.disclosure, "private");
		assert.equal((await s.patch(`/v1/orgs/${S}/suppliers/XX-LOCAL-SUB`, { disclosure: "anonymous" })).status, 200);
	});

	it("says on a link to it when it will be there, and nothing else", async () => {
		const s = await d.as("supplier", S);
		await d.link(P, S, { required_level: 3 });
		const path = `/v1/orgs/${P}/suppliers/${S}`;
		assert.ok((await s.patch(path, { planned_on: "2027-12-01" })).status < 300);
		assert.equal((await d.get(path)).body.planned_on, "2027-12-01");
		problem(assert, await s.patch(path, { required_level: 0 }), 403, "forbidden");
		problem(assert, await s.delete(path), 403, "forbidden");
	});
});

describe("who only reads", () => {
	it("writes nothing", async () => {
		for (const c of [await d.as("risk"), await d.as("auditor", P)]) {
			problem(assert, await c.put(`/v1/orgs/${P}`, { name: "x" }), 403, "forbidden");
			problem(assert, await c.put(`/v1/orgs/${P}/suppliers/${S}`, {}), 403, "forbidden");
			problem(assert, await c.call("POST", "/v1/tokens", { name: "x", role: "admin" }), 403, "forbidden");
			problem(assert, await c.get("/v1/backup"), 403, "forbidden");
		}
	});
});
