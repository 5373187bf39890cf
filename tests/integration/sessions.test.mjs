// Browsers that are logged in: cookies, their ends, and requests that another site's page makes in their name.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, sleep } from "./daemon.mjs";

const A = fictional(1);
const SECURE = /^__Host-tierwatch=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/;
const PLAIN = /^tierwatch=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/;
const setCookie = (r) => r.headers.getSetCookie()[0];
const pairOf = (r) => setCookie(r).split(";")[0];

// Without a token of its own.
const call = (d, method, path, { body, headers = {}, cookie } = {}) =>
	d.call(method, path, body, { ...headers, ...(cookie ? { Cookie: cookie } : {}) }, { token: null });
const logIn = (d, token = d.token, more = {}) => call(d, "POST", "/v1/login", { body: { token }, ...more });
const me = (d, cookie, headers) => call(d, "GET", "/v1/me", { cookie, headers });

async function makeToken(d, fields) {
	const r = await d.must("POST", "/v1/tokens", fields);
	return r.body;
}

describe("a session", () => {
	let d;
	before(async () => {
		d = await Daemon.start({ clock: null, args: ["--logins-per-minute", "1000"] });
		await d.org(A, { name: "甲社" });
	});
	after(() => d.stop());

	it("begins with a token and answers like /v1/me", async () => {
		const r = await logIn(d);
		assert.equal(r.status, 200, r.text);
		assert.match(setCookie(r), PLAIN);
		assert.equal(r.headers.get("cache-control"), "no-store");
		assert.equal(r.body.role, "admin");
		assert.equal(r.body.by, "token");
		assert.equal(r.body.session, true);
		const again = await me(d, pairOf(r));
		assert.equal(again.status, 200);
		assert.equal(again.body.expires_at, again.body.expires_at);
		const hours = (Date.parse(again.body.expires_at) - Date.now()) / 3600000;
		assert.ok(hours > 9.9 && hours <= 10, again.body.expires_at);
		assert.ok(!r.text.includes(d.token));
	});

	it("has the caller's role and organisations", async () => {
		const { token } = await makeToken(d, { name: "buyer", role: "procurer", orgs: [A] });
		const r = await logIn(d, token);
		assert.equal(r.body.role, "procurer");
		assert.deepEqual(r.body.orgs, [{ id: A, name: "甲社" }]);
		problem(assert, await call(d, "GET", "/v1/tokens", { cookie: pairOf(r) }), 403, "forbidden");
	});

	it("does not begin without a good token", async () => {
		for (const token of ["", "x", `${d.token}x`, d.token.slice(1), "A".repeat(160)]) {
			const r = await logIn(d, token);
			problem(assert, r, 401, "unauthorized");
			assert.deepEqual(r.headers.getSetCookie(), []);
		}
		for (const [body, status] of [[{}, 422], [{ token: 1 }, 422], [{ token: d.token, x: 1 }, 422], ["[", 400], [[], 422], [{ token: "A".repeat(5000) }, 422]])
			assert.equal((await call(d, "POST", "/v1/login", { body, headers: { "Content-Type": "application/json" } })).status, status, JSON.stringify(body).slice(0, 60));
	});

	it("is known by its cookie alone, and only in one piece", async () => {
		const cookie = pairOf(await logIn(d));
		const other = pairOf(await logIn(d));
		const id = cookie.split("=")[1];
		for (const bad of [`tierwatch=${id.slice(1)}`, `tierwatch=${id}x`, "tierwatch=", `tierwatch=${"A".repeat(43)}`])
			problem(assert, await me(d, bad), 401, "session-ended");
		for (const bad of [`Tierwatch=${id}`, `__Host-tierwatch=${id}`, `x=${id}`, `${cookie}; ${other}`])
			problem(assert, await me(d, bad), 401, "unauthorized");
		assert.equal((await me(d, `a=b; ${cookie} ; c=d`)).status, 200);
		const r = await d.call("GET", "/v1/me", undefined, { Cookie: cookie }, { token: "tw_wrong" });
		problem(assert, r, 401, "unauthorized");
	});

	it("ends at logout, at once, and the cookie is taken back", async () => {
		const cookie = pairOf(await logIn(d));
		assert.equal((await me(d, cookie)).status, 200);
		const out = await call(d, "POST", "/v1/logout", { cookie, headers: { "Tierwatch-Request": "1" } });
		assert.equal(out.status, 204);
		assert.match(setCookie(out), /^tierwatch=; .*Max-Age=0$/);
		const r = await me(d, cookie);
		problem(assert, r, 401, "session-ended");
		assert.match(setCookie(r), /Max-Age=0$/);
		assert.equal((await call(d, "POST", "/v1/logout")).status, 204);
	});

	it("is a new one after each login: an id brought along is never taken", async () => {
		const planted = `tierwatch=${"A".repeat(43)}`;
		const r = await logIn(d, d.token, { cookie: planted });
		assert.notEqual(pairOf(r), planted);
		assert.equal((await me(d, planted)).status, 401);
		const second = await logIn(d, d.token, { cookie: pairOf(r) });
		assert.equal((await me(d, pairOf(r))).status, 401, "the one before ended");
		assert.equal((await me(d, pairOf(second))).status, 200);
	});

	it("dies with its token: revoked, rotated, run out", async () => {
		const revoked = await makeToken(d, { name: "a", role: "risk" });
		const one = pairOf(await logIn(d, revoked.token));
		assert.equal((await me(d, one)).status, 200);
		await d.must("DELETE", `/v1/tokens/${revoked.id}`);
		problem(assert, await me(d, one), 401, "session-ended");

		const rotated = await makeToken(d, { name: "b", role: "risk" });
		const two = pairOf(await logIn(d, rotated.token));
		await d.must("POST", `/v1/tokens/${rotated.id}/rotate`, {});
		problem(assert, await me(d, two), 401, "session-ended");

		const soon = new Date(Date.now() + 1500).toISOString();
		const short = await makeToken(d, { name: "c", role: "risk", expires_at: soon });
		const r = await logIn(d, short.token);
		assert.ok(Math.abs(Date.parse(r.body.expires_at) - Date.parse(soon)) < 50, r.body.expires_at);
		await sleep(1600);
		problem(assert, await me(d, pairOf(r)), 401, "session-ended");
	});

	it("is one of at most 32 of a caller: then its oldest ends", async () => {
		const { token } = await makeToken(d, { name: "many", role: "risk" });
		const all = [];
		for (let i = 0; i < 33; i++) all.push(pairOf(await logIn(d, token)));
		assert.equal((await me(d, all[0])).status, 401);
		assert.equal((await me(d, all[1])).status, 200);
		assert.equal((await me(d, all[32])).status, 200);
	});

	it("reads, but a change has to come from our own pages", async () => {
		const cookie = pairOf(await logIn(d));
		const host = new URL(d.url).host;
		const put = (headers) => call(d, "PUT", `/v1/orgs/${A}`, { body: { name: "甲社" }, cookie, headers });
		for (const headers of [
			{},
			{ "Sec-Fetch-Site": "cross-site" },
			{ "Sec-Fetch-Site": "same-site" },
			{ "Sec-Fetch-Site": "none" },
			{ "Sec-Fetch-Site": "cross-site", Origin: `http://${host}` },
			{ Origin: "https://evil.example" },
			{ Origin: "null" },
			{ Origin: `https://${host}` },
			{ Origin: `http://${host}.evil.example` },
			{ "Tierwatch-Request": "0" },
		])
			problem(assert, await put(headers), 403, "cross-site");
		for (const headers of [{ "Sec-Fetch-Site": "same-origin" }, { Origin: `http://${host}` }, { "Tierwatch-Request": "1" }])
			assert.equal((await put(headers)).status, 200, JSON.stringify(headers));
		for (const [method, path] of [["DELETE", `/v1/orgs/${A}`], ["PATCH", `/v1/orgs/${A}`], ["POST", "/v1/bulk"], ["POST", "/v1/imports"], ["POST", "/v1/tokens"], ["POST", "/v1/logout"]])
			problem(assert, await call(d, method, path, { cookie, headers: { Origin: "https://evil.example" } }), 403, "cross-site");
		assert.equal((await me(d, cookie, { Origin: "https://evil.example" })).status, 200);
		assert.equal((await me(d, cookie, { Origin: "https://evil.example" })).headers.get("access-control-allow-origin"), null);
		assert.equal((await d.put(`/v1/orgs/${A}`, { name: "甲社" }, { Origin: "https://evil.example" })).status, 200, "a token is no cookie");
	});

	it("is not forced on a browser by another site", async () => {
		for (const headers of [{ "Sec-Fetch-Site": "cross-site" }, { Origin: "https://evil.example" }])
			problem(assert, await logIn(d, d.token, { headers }), 403, "cross-site");
		const r = await d.fetch("POST", "/v1/login", { token: null, body: `token=${d.token}`, headers: { "Content-Type": "text/plain" } });
		assert.equal(r.status, 415);
	});

	it("has a cookie for TLS alone where browsers come from afar", async () => {
		const host = await rawLogin(d, "tierwatch.example");
		assert.match(host, SECURE);
	});

	it("carries the event stream", async () => {
		const cookie = pairOf(await logIn(d));
		const stop = new AbortController();
		const r = await fetch(`${d.url}/v1/events`, { headers: { Cookie: cookie }, signal: stop.signal });
		assert.equal(r.status, 200);
		stop.abort();
	});
});

// fetch() does not let a test choose the Host.
async function rawLogin(d, host) {
	const { request } = await import("node:http");
	const { hostname, port } = new URL(d.url);
	const body = JSON.stringify({ token: d.token });
	return new Promise((done, fail) => {
		const rq = request({ hostname, port, method: "POST", path: "/v1/login", headers: { Host: host, "Content-Type": "application/json", "Content-Length": body.length } }, (rs) => {
			rs.resume();
			done(rs.headers["set-cookie"]?.[0]);
		});
		rq.on("error", fail);
		rq.end(body);
	});
}

describe("the ends of a session", () => {
	it("comes when it is not used; background requests are no use", async () => {
		const d = await Daemon.start({ clock: null, args: ["--session-idle-s", "2", "--logins-per-minute", "1000"] });
		const used = pairOf(await logIn(d));
		const idle = pairOf(await logIn(d));
		const watched = pairOf(await logIn(d));
		for (let i = 0; i < 6; i++) {
			await sleep(450);
			assert.equal((await me(d, used)).status, 200);
			await me(d, watched, { "Tierwatch-Background": "1" });
		}
		problem(assert, await me(d, idle), 401, "session-ended");
		problem(assert, await me(d, watched), 401, "session-ended");
		await d.stop();
	});

	it("comes after the longest time, however much it is used", async () => {
		const d = await Daemon.start({ clock: null, args: ["--session-absolute-s", "2"] });
		const cookie = pairOf(await logIn(d));
		const end = Date.now() + 2000;
		while (Date.now() < end - 300) {
			assert.equal((await me(d, cookie)).status, 200);
			await sleep(200);
		}
		await sleep(500);
		problem(assert, await me(d, cookie), 401, "session-ended");
		await d.stop();
	});

	it("comes with the daemon's", async () => {
		const d = await Daemon.start();
		const cookie = pairOf(await logIn(d));
		await d.stopOnly();
		await d.launch();
		problem(assert, await me(d, cookie), 401, "session-ended");
		await d.stop();
	});

	it("closes an event stream that is open", async () => {
		const d = await Daemon.start({ clock: null });
		const r = await logIn(d);
		const stream = await fetch(`${d.url}/v1/events`, { headers: { Cookie: pairOf(r) } });
		assert.equal(stream.status, 200);
		const ended = stream.text();
		await call(d, "POST", "/v1/logout", { cookie: pairOf(r), headers: { "Tierwatch-Request": "1" } });
		const how = await Promise.race([ended.then(() => "ended", () => "ended"), sleep(8000).then(() => "open")]);
		assert.equal(how, "ended");

		const { id, token } = await makeToken(d, { name: "watcher", role: "risk" });
		const other = await d.fetch("GET", "/v1/events", { token });
		const gone = other.text().then(() => "ended", () => "ended");
		await d.must("DELETE", `/v1/tokens/${id}`);
		assert.equal(await Promise.race([gone, sleep(8000).then(() => "open")]), "ended", "a token's stream");
		await d.stop();
	});
});

describe("the number of", () => {
	it("logins tried from one address is limited", async () => {
		const d = await Daemon.start({ clock: null, args: ["--logins-per-minute", "5"] });
		const seen = [];
		for (let i = 0; i < 8; i++) seen.push((await logIn(d, "wrong")).status);
		assert.deepEqual(seen, [401, 401, 401, 401, 401, 429, 429, 429]);
		const r = await logIn(d);
		problem(assert, r, 429, "too-many-requests");
		assert.ok(Number(r.headers.get("retry-after")) >= 1);
		assert.equal((await d.get("/v1/me")).status, 200, "tokens are no logins");
		await d.stop();
	});

	it("sessions is limited", async () => {
		const d = await Daemon.start({ clock: null, args: ["--sessions-max", "2"] });
		await logIn(d);
		await logIn(d);
		problem(assert, await logIn(d), 503, "busy");
		assert.match((await d.get("/metrics")).text, /^tierwatch_sessions 2$/m);
		await d.stop();
	});
});
