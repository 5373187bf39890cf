// What a hostile or unlucky client sends: each has a defined answer, and the daemon goes on.
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, sleep } from "./daemon.mjs";

const A = fictional(1);
let d;
before(async () => {
	d = await Daemon.start({ args: ["--head-s", "1", "--body-grace-s", "1"] });
	await d.org(A);
});
after(async () => {
	assert.equal((await d.get("/healthz")).status, 200, "it still serves");
	await d.stop();
});

const put = (body, headers = { "Content-Type": "application/json" }) =>
	d.call("PUT", `/v1/orgs/${A}`, body, headers);

// Sends bytes as they are and reads until the server closes; the answer's first line and the rest.
function raw(text, { end = false, ms = 8000 } = {}) {
	const { hostname, port } = new URL(d.url);
	return new Promise((done, fail) => {
		const s = net.connect(Number(port), hostname);
		let got = "";
		const began = Date.now();
		s.setTimeout(ms, () => s.destroy(new Error("the server did not answer")));
		s.on("data", (x) => (got += x));
		s.on("error", (e) => (e.code === "ECONNRESET" || e.code === "EPIPE" ? done({ got, ms: Date.now() - began }) : fail(e)));
		s.on("close", () => done({ got, status: Number(got.split(" ")[1]), ms: Date.now() - began }));
		s.write(text);
		if (end) s.end();
	});
}
const head = (extra) =>
	`PUT /v1/orgs/${A} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${d.token}\r\nContent-Type: application/json\r\n${extra}\r\n`;

describe("a body", () => {
	it("that is no JSON is 400", async () => {
		for (const text of ["", "{", '{"name":"x"', '{"name":"x"} {}', "{'name':'x'}", "nul", '{"name":NaN}', "\ufeff{}"])
			problem(assert, await put(text), 400, "bad-json");
	});

	it("of invalid UTF-8 is 400", async () => {
		const bytes = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
		const r = await put(bytes);
		assert.equal(r.status, 400, r.text);
		for (const text of ['{"name":"\\ud800"}', '{"name":"\\u0000"}']) assert.equal((await put(text)).status, 400, text);
	});

	it("nested deeply is 400", async () => {
		for (const n of [100, 3000, 100000])
			problem(assert, await put(`{"name":"x","note":${"[".repeat(n)}${"]".repeat(n)}}`), 400, "bad-json");
	});

	it("with a key twice is 400", async () => {
		problem(assert, await put('{"name":"a","name":"b"}'), 400, "bad-json");
	});

	it("with a huge number is refused, never rounded", async () => {
		const link = `/v1/orgs/${A}/suppliers/${fictional(2)}`;
		await d.org(fictional(2));
		const send = (n) => d.call("PUT", link, `{"annual_spend":${n}}`, { "Content-Type": "application/json" });
		for (const n of ["9223372036854775808", "1e400", "-1e400", "99999999999999999999999999"])
			assert.ok([400, 422].includes((await send(n)).status), n);
		for (const n of ["1000000000000000001", "-1", "1.5", "1e3"]) assert.equal((await send(n)).status, 422, n);
		assert.equal((await send("1000000000000000000")).status, 201);
	});

	it("of another type is 415", async () => {
		for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=shift_jis", "application/merge-patch+json"])
			problem(assert, await put('{"name":"x"}', { "Content-Type": type }), 415, "unsupported-media-type");
		for (const type of ["application/json", "Application/JSON; Charset=UTF-8"])
			assert.equal((await put('{"name":"x"}', { "Content-Type": type })).status, 200, type);
	});

	it("beyond the limit is 413, before it is sent", async () => {
		problem(assert, await put(`{"name":"${"x".repeat(2 << 20)}"}`), 413, "too-large");
		const r = await raw(head("Content-Length: 2147483648\r\n"));
		assert.equal(r.status, 413, r.got);
		assert.match(r.got, /"code":"too-large"/);
		const import2g = await raw(
			`POST /v1/imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${d.token}\r\nContent-Length: 2147483648\r\n\r\n`,
		);
		assert.equal(import2g.status, 413, import2g.got);
	});

	it("of a stranger is not read at all", async () => {
		const r = await raw(`PUT /v1/orgs/${A} HTTP/1.1\r\nHost: x\r\nContent-Length: 2147483648\r\n\r\n`);
		assert.equal(r.status, 401, r.got);
	});

	it("cut short changes nothing", async () => {
		const before = await d.get(`/v1/orgs/${A}`);
		const r = await raw(`${head("Content-Length: 100\r\n")}{"name":"cut"}`, { end: true });
		assert.ok(r.got === "" || [400, 408].includes(r.status), r.got);
		assert.equal((await d.get(`/v1/orgs/${A}`)).etag, before.etag);
	});
});

describe("a client", () => {
	it("that is slow with its head is closed", async () => {
		const r = await raw("GET /healthz HT");
		assert.ok(r.ms < 5000);
		assert.ok(r.got === "" || r.status === 408, r.got);
	});

	it("that is slow with its body is closed", async () => {
		const r = await raw(`${head("Content-Length: 20\r\n")}{"name"`);
		assert.ok(r.ms < 5000);
		assert.ok(r.got === "" || r.status === 408, r.got);
	});

	it("that speaks nonsense is 400", async () => {
		for (const text of [
			"\x16\x03\x01\x02\x00\r\n\r\n",
			"GET / HTTP/1.1\r\n\r\n",
			"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
			"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
		]) {
			const r = await raw(text);
			assert.equal(r.status, 400, JSON.stringify(text) + r.got);
			assert.match(r.got, /application\/problem\+json/);
		}
	});

	it("that hangs up does not stop its write", async () => {
		const { hostname, port } = new URL(d.url);
		const body = '{"name":"gone"}';
		await new Promise((done) => {
			const s = net.connect(Number(port), hostname, () => {
				s.write(`${head(`Content-Length: ${body.length}\r\n`)}${body}`, () => {
					s.destroy();
					done();
				});
			});
		});
		for (let i = 0; i < 100; i++) {
			if ((await d.get(`/v1/orgs/${A}`)).body.name === "gone") return;
			await sleep(20);
		}
		assert.fail("the write did not come");
	});
});

describe("many at once", () => {
	it("are all answered", async () => {
		const n = 64;
		const r = await Promise.all(
			[...Array(n).keys()].map((i) => d.put(`/v1/orgs/${fictional(1000 + i)}`, { name: `n${i}` })),
		);
		assert.ok(r.every((x) => x.status === 201));
		assert.equal(new Set(r.map((x) => x.body.recorded_by.revision)).size, n, "each has its own revision");
		const reads = await Promise.all([...Array(200)].map(() => d.get(`/v1/orgs/${A}/exposure`)));
		assert.ok(reads.every((x) => x.status === 200));
	});
});
