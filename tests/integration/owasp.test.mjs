// OWASP API Security Top 10 (2023), one by one, each with real requests.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, sleep } from "./daemon.mjs";

const P = fictional(1); // buyer
const S = fictional(2); // its supplier
const Q = fictional(3); // another buyer
const T = fictional(4); // of whom P knows nothing
const NONE = fictional(5);
let d, buyer, supplier, other, risk;

before(async () => {
	d = await Daemon.start({ args: ["--failed-logins", "20"] });
	for (const id of [P, S, Q, T]) await d.org(id);
	await d.link(P, S, { required_level: 4, annual_spend: 5000, criticality: "high", dependency: 0.5 });
	await d.link(Q, T, { required_level: 3, note: "of Q alone" });
	buyer = await d.as("procurer", P);
	other = await d.as("procurer", Q);
	supplier = await d.as("supplier", S);
	risk = await d.as("risk");
});
after(() => d.stop());

describe("API1 broken object level authorization", () => {
	it("what is foreign answers as what is not there", async () => {
		for (const path of [(o) => `/v1/orgs/${o}`, (o) => `/v1/orgs/${o}/suppliers`, (o) => `/v1/orgs/${o}/exposure`,
			(o) => `/v1/orgs/${o}/certificates`, (o) => `/v1/orgs/${o}/targets`, (o) => `/v1/orgs/${o}/impact`]) {
			const foreign = await buyer.get(path(T));
			const missing = await buyer.get(path(NONE));
			problem(assert, foreign, 404, "not-found");
			assert.equal(foreign.text.replaceAll(T, "X"), missing.text.replaceAll(NONE, "X"));
		}
	});
	it("neither writes nor removes what is another's", async () => {
		for (const r of [
			await buyer.patch(`/v1/orgs/${Q}/suppliers/${T}`, { note: "mine now" }),
			await buyer.delete(`/v1/orgs/${Q}/suppliers/${T}`),
			await buyer.put(`/v1/orgs/${Q}/targets`, { own_level: 3 }),
			await buyer.put(`/v1/orgs/${Q}/suppliers/${T}/clauses/2-1-1`, { status: "drafted" }),
		]) problem(assert, r, 404, "not-found");
		assert.equal((await d.get(`/v1/orgs/${Q}/suppliers/${T}`)).body.note, "of Q alone");
	});
	it("another's job is not there", async () => {
		const r = await d.call("POST", "/v1/imports?kind=orgs", `id,name\n${S},S\n`, { "Content-Type": "text/csv" });
		problem(assert, await buyer.get(r.headers.get("location")), 404, "not-found");
		await d.job(r.headers.get("location"));
	});
	it("a cursor of one list opens no other", async () => {
		const { body } = await d.get("/v1/orgs?limit=1");
		assert.ok(body.next);
		problem(assert, await d.get(`/v1/orgs/${P}/suppliers?cursor=${encodeURIComponent(body.next)}`), 400, "bad-cursor");
	});
});

describe("API2 broken authentication", () => {
	it("takes the token in its header alone, whole and right", async () => {
		const token = d.token;
		const flipped = token.slice(0, -1) + (token.endsWith("a") ? "b" : "a");
		for (const h of [{}, { Authorization: token }, { Authorization: `Basic ${btoa(`admin:${token}`)}` },
			{ Authorization: `Bearer ${flipped}` }, { Authorization: `Bearer ${token.slice(0, -1)}` },
			{ Authorization: `Bearer ${token}x` }, { Authorization: "Bearer " }, { "X-Api-Key": token },
			{ Cookie: `token=${token}` }]) {
			const r = await d.call("GET", "/v1/status", undefined, h, { token: null });
			problem(assert, r, 401, "unauthorized");
		}
		problem(assert, await d.with(null).get(`/v1/status?access_token=${token}`), 401, "unauthorized");
	});
	it("tires of wrong ones, and says for how long", async () => {
		let last;
		for (let i = 0; i < 40; i++) last = await d.with(`tw_guess${i}`).get("/v1/status");
		problem(assert, last, 429, "too-many-requests");
		assert.ok(Number(last.headers.get("retry-after")) >= 1);
		assert.equal((await d.get("/v1/status")).status, 200, "right ones still come in");
	});
	it("a JWT that nobody signed is none", async () => {
		const part = (o) => Buffer.from(JSON.stringify(o)).toString("base64url");
		const jwt = `${part({ alg: "none" })}.${part({ sub: "admin", roles: ["admin"] })}.`;
		assert.ok([401, 429].includes((await d.with(jwt).get("/v1/status")).status));
	});
});

describe("API3 broken object property level authorization", () => {
	it("a supplier sees what is asked of it, not what it is worth", async () => {
		const r = await supplier.get(`/v1/orgs/${P}/suppliers/${S}`);
		assert.equal(r.status, 200, r.text);
		assert.equal(r.body.effective_level, 4);
		for (const name of ["annual_spend", "criticality", "dependency", "confidential", "reason", "clauses"])
			assert.ok(r.body[name] === undefined || r.body[name] === null, name);
	});
	it("writes only what is its own", async () => {
		problem(assert, await supplier.patch(`/v1/orgs/${P}/suppliers/${S}`, { required_level: 0 }), 403, "forbidden");
		const cert = { scheme: "scs", level: 4, issued: "2027-04-01", expires: "2030-03-31", evidence: "registry" };
		problem(assert, await supplier.put(`/v1/orgs/${S}/certificates/c`, cert), 403, "forbidden");
		const own = await supplier.put(`/v1/orgs/${S}/certificates/c`, { ...cert, evidence: undefined });
		assert.equal(own.status, 201, own.text);
		assert.equal(own.body.evidence, "word");
	});
	it("nobody sets a field that is not one", async () => {
		problem(assert, await d.patch(`/v1/orgs/${P}`, { role: "admin" }), 422, "unknown-field");
		const before = (await d.get(`/v1/orgs/${S}`)).body.held;
		await d.patch(`/v1/orgs/${S}`, { held: 5, note: "n" }); // read-only: ignored
		assert.equal((await d.get(`/v1/orgs/${S}`)).body.held, before);
	});
});

describe("API4 unrestricted resource consumption", () => {
	it("pages, depths, bodies and queries have ends", async () => {
		problem(assert, await d.get("/v1/orgs?limit=1001"), 400, "bad-query");
		problem(assert, await d.get(`/v1/orgs/${P}/gaps?depth=25`), 400, "bad-query");
		problem(assert, await d.put(`/v1/orgs/${P}`, { name: "n", note: "x".repeat(2 << 20) }), 413, "too-large");
		const deep = await d.call("PUT", `/v1/orgs/${P}`, `${"[".repeat(5000)}${"]".repeat(5000)}`, { "Content-Type": "application/json" });
		assert.ok([400, 422].includes(deep.status), deep.text);
		const wide = await d.put(`/v1/orgs/${P}`, Object.fromEntries([...Array(20000).keys()].map((i) => [`f${i}`, 1])));
		assert.ok([413, 422].includes(wide.status), wide.text);
		const long = await d.get(`/v1/orgs?q=${"x".repeat(7000)}`);
		assert.ok(long.status >= 400 && long.status < 500, long.text);
		assert.ok([414, 431, 400].includes((await d.get(`/v1/orgs?q=${"x".repeat(12000)}`)).status));
		assert.equal((await d.get("/v1/status", { "X-Long": "x".repeat(20000) })).status, 431);
	});
});

describe("API5 broken function level authorization", () => {
	it("an administrator's functions are an administrator's", async () => {
		for (const who of [buyer, supplier, risk])
			for (const [method, path, body] of [["GET", "/v1/backup"], ["GET", "/v1/tokens"], ["POST", "/v1/audit/head"],
				["POST", "/v1/tokens", { name: `x${Math.random()}`, role: "admin" }], ["DELETE", `/v1/orgs/${P}`], ["DELETE", "/v1/tokens/1"]])
				problem(assert, await who.call(method, path, body), 403, "forbidden");
	});
	it("another method is no way around", async () => {
		assert.equal((await buyer.call("GET", "/v1/tokens", undefined, { "X-HTTP-Method-Override": "POST" })).status, 403);
		for (const method of ["POST", "OPTIONS"]) {
			const r = await buyer.call(method, `/v1/orgs/${P}`);
			assert.ok([405, 403, 204].includes(r.status), `${method} ${r.status}`);
		}
		for (const path of [`/v1//tokens`, `/v1/./tokens`, `/v1/orgs/../tokens`, `/v1/tokens/`, `/V1/tokens`, `/v1/%74okens`])
			assert.ok([400, 403, 404].includes((await buyer.get(path)).status), path);
	});
});

describe("API6 unrestricted access to sensitive business flows", () => {
	it("nobody learns who is registered by asking for one number after the other", async () => {
		for (let i = 10; i < 60; i++) problem(assert, await buyer.get(`/v1/orgs/${fictional(i)}`), 404, "not-found");
		problem(assert, await buyer.get(`/v1/orgs/${T}`), 404, "not-found");
	});
	it("whoever looks at another's record is written down for it", async () => {
		await buyer.get(`/v1/orgs/${S}/certificates`);
		for (let i = 0; ; i++) {
			const r = await supplier.get(`/v1/orgs/${S}/looks`);
			assert.equal(r.status, 200, r.text);
			if (r.body.items.length) break;
			assert.ok(i < 100, "the look was not logged");
			await sleep(100);
		}
	});
});

describe("API7 server side request forgery", () => {
	it("takes no address from a request, wherever one is put", async () => {
		const seen = [];
		const { createServer } = await import("node:http");
		const trap = createServer((q, s) => (seen.push(q.url), s.end()));
		await new Promise((done) => trap.listen(0, "127.0.0.1", done));
		const url = `http://127.0.0.1:${trap.address().port}/x`;
		await d.patch(`/v1/orgs/${P}`, { note: url });
		await d.call("POST", `/v1/imports?kind=orgs&format=csv`, `id,name\n${url},${url}\n`, { "Content-Type": "text/csv" });
		await d.call("GET", "/v1/status", undefined, { "X-Forwarded-Host": url, Referer: url });
		await d.get(`/v1/login?return=${encodeURIComponent(url)}`).catch(() => {});
		await sleep(300);
		trap.close();
		assert.deepEqual(seen, []);
	});
});

describe("API8 security misconfiguration", () => {
	it("says as little of itself as it can, and nothing to other sites", async () => {
		for (const [path, token] of [["/v1/status", d.token], ["/", null], ["/nothing", null], ["/v1/status", null]]) {
			const r = await d.call("GET", path, undefined, { Origin: "https://evil.example" }, { token });
			assert.equal(r.headers.get("access-control-allow-origin"), null, path);
			assert.equal(r.headers.get("x-content-type-options"), "nosniff", path);
			assert.equal(r.headers.get("server"), null);
			assert.ok(!/\.c:\d+|mdb_|\/tmp\//.test(r.text), path);
		}
		assert.equal((await d.get("/v1/status")).headers.get("cache-control"), "no-store");
		assert.match((await d.with(null).get("/")).headers.get("content-security-policy"), /default-src 'none'|default-src 'self'/);
		assert.ok([400, 405, 501].includes((await d.call("PUT", "/healthz")).status));
	});
});

describe("API9 improper inventory management", () => {
	it("the description is of this server, and says of every route who may ask", async () => {
		const { paths, info } = (await d.with(null).get("/openapi.json")).body;
		assert.ok(info.version);
		for (const [path, o] of Object.entries(paths))
			for (const [method, op] of Object.entries(o))
				if (/^(get|put|post|patch|delete)$/.test(method) && path.startsWith("/v1/") && !/\/(login|logout)/.test(path))
					assert.match(op["x-access"] ?? "", /^[-*a-z]{5}$/, `${method} ${path}`);
		for (const path of ["/v0/orgs", "/v2/orgs", "/debug", "/.git/config", "/v1/admin", "/swagger.json"])
			assert.ok([401, 404].includes((await d.with(null).get(path)).status), path);
	});
});

describe("API10 unsafe consumption of APIs", () => {
	it("a register's file is judged row by row like anybody's input", async () => {
		const job = await d.import("kind=certificates", [
			"org,certificate,scheme,level,issued,expires",
			`${S},ok,scs,3,2027-04-01,2028-03-31`,
			`${S},bad,scs,9,2027-04-01,2028-03-31`,
			`${S},worse,scs,3,2027-13-01,2028-03-31`,
			`'; DROP TABLE orgs; --,x,scs,3,2027-04-01,2028-03-31`,
			`${S},${"x".repeat(5000)},scs,3,2027-04-01,2028-03-31`,
		].join("\n"));
		assert.equal(job.accepted, 1, JSON.stringify(job));
		assert.equal(job.rejected, 4);
	});
});
