// How clients reach the daemon: TLS and its certificates, proxies, the Unix socket, and who they are taken for.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import tls from "node:tls";
import { Daemon, fictional, root, run, scratchDir, sleep } from "./daemon.mjs";

const cli = process.env.TIERWATCH ?? join(root, "build/tierwatch");
const A = fictional(1);
let dir; // certificates: ca, server, server2 (another key), client, stranger (of another CA)

const pem = (name) => join(dir, `${name}.crt`);
const key = (name) => join(dir, `${name}.key`);
const openssl = (...args) => execFileSync("openssl", args, { stdio: ["ignore", "pipe", "ignore"] }).toString();
const fingerprint = (name) =>
	openssl("x509", "-in", pem(name), "-noout", "-fingerprint", "-sha256").split("=")[1].trim();

function makeCert(name, ca, subject = name) {
	const sign = ca ? ["-CA", pem(ca), "-CAkey", key(ca)] : [];
	openssl(
		"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
		"-subj", `/CN=${subject}`, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
		"-addext", `basicConstraints=critical,CA:${ca ? "FALSE" : "TRUE"}`,
		...sign, "-keyout", key(name), "-out", pem(name),
	);
	chmodSync(key(name), 0o600);
}

before(() => {
	dir = scratchDir();
	makeCert("ca");
	makeCert("other");
	makeCert("server", "ca");
	makeCert("server2", "ca");
	makeCert("client", "ca");
	makeCert("client2", "ca");
	makeCert("stranger", "other");
});
after(() => rmSync(dir, { recursive: true }));

// One request over its own connection; { status, headers, text, serial of the server's certificate }.
function ask(url, { headers = {}, cert, ca = "ca", method = "GET", body, ...more } = {}) {
	const own = cert ? { cert: readFileSync(pem(cert)), key: readFileSync(key(cert)) } : {};
	const trust = url.startsWith("https:") ? { ca: readFileSync(pem(ca)), ...own } : {};
	return new Promise((done, fail) => {
		const r = (url.startsWith("https:") ? https : http).request(
			url,
			{ method, headers, agent: false, ...trust, ...more },
			(res) => {
				const serial = res.socket.getPeerCertificate?.().serialNumber;
				let text = "";
				res.on("data", (d) => (text += d));
				res.on("end", () => done({ status: res.statusCode, headers: res.headers, text, serial }));
				res.on("error", fail);
			},
		);
		r.on("error", fail);
		r.setTimeout(8000, () => r.destroy(new Error("no answer")));
		r.end(body);
	});
}
const bearer = (d) => ({ Authorization: `Bearer ${d.token}` });
const args = (...more) => ["--tls-cert", pem("server"), "--tls-key", key("server"), ...more];

// Sends bytes as they are; all that comes back until the server closes.
function raw(url, text, ms = 8000) {
	const { hostname, port } = new URL(url);
	return new Promise((done, fail) => {
		const s = net.connect(Number(port), hostname);
		let got = "";
		s.setTimeout(ms, () => s.destroy(new Error(`no answer but: ${got}`)));
		s.on("data", (x) => (got += x.toString("latin1")));
		s.on("error", (e) => (e.code === "ECONNRESET" || e.code === "EPIPE" ? done(got) : fail(e)));
		s.on("close", () => done(got));
		s.write(text);
	});
}

// A daemon that ends with the test, whatever comes.
async function start(t, options) {
	const d = await Daemon.start(options);
	t.after(() => d.stop());
	return d;
}

function tw(words, env = {}, more = {}) {
	return new Promise((done) => {
		const child = spawn(cli, words, { env: { PATH: process.env.PATH, HOME: dir, LC_ALL: "C", ...env }, stdio: ["ignore", "pipe", "pipe"], ...more });
		let out = "";
		let err = "";
		child.stdout.on("data", (x) => (out += x));
		child.stderr.on("data", (x) => (err += x));
		child.on("close", (code) => done({ code, out, err }));
	});
}

describe("TLS", () => {
	let d;
	const files = () => ["--tls-cert", join(dir, "live.crt"), "--tls-key", join(dir, "live.key")];
	const live = (name) => {
		copyFileSync(pem(name), join(dir, "live.crt"));
		copyFileSync(key(name), join(dir, "live.key"));
	};
	before(async () => {
		live("server");
		d = await Daemon.start({ args: [...files(), "--head-s", "1"] });
	});
	after(() => d.stop());

	const handshake = (options) =>
		new Promise((done) => {
			const s = tls.connect({ host: "127.0.0.1", port: Number(new URL(d.url).port), servername: "localhost", ca: readFileSync(pem("ca")), ...options });
			s.on("secureConnect", () => {
				done({ protocol: s.getProtocol(), cipher: s.getCipher().name, alpn: s.alpnProtocol });
				s.destroy();
			});
			s.on("error", (e) => done({ error: e.code }));
		});

	it("is what the start line says", () => assert.match(d.url, /^https:\/\/127\.0\.0\.1:\d+$/));

	it("answers, with HSTS and the other fields", async () => {
		const r = await ask(`${d.url}/v1/orgs`, { headers: bearer(d) });
		assert.equal(r.status, 200);
		assert.equal(r.headers["strict-transport-security"], "max-age=31536000");
		assert.equal(r.headers.server, undefined);
	});

	it("takes 1.2 and 1.3, nothing older", async () => {
		for (const v of ["TLSv1.2", "TLSv1.3"]) {
			const r = await handshake({ minVersion: v, maxVersion: v });
			assert.equal(r.protocol, v, JSON.stringify(r));
			assert.match(r.cipher, /GCM|POLY1305/);
		}
		for (const v of ["TLSv1", "TLSv1.1"]) {
			const r = await handshake({ minVersion: v, maxVersion: v, ciphers: "DEFAULT:@SECLEVEL=0" });
			assert.ok(r.error, v);
		}
	});

	it("takes forward-secret AEAD suites alone", async () => {
		for (const ciphers of ["ECDHE-ECDSA-AES128-SHA256", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-SHA"])
			assert.ok((await handshake({ maxVersion: "TLSv1.2", ciphers })).error, ciphers);
		assert.equal((await handshake({ maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-CHACHA20-POLY1305" })).cipher, "ECDHE-ECDSA-CHACHA20-POLY1305");
	});

	it("speaks http/1.1 by ALPN and refuses other protocols", async () => {
		assert.equal((await handshake({ ALPNProtocols: ["h2", "http/1.1"] })).alpn, "http/1.1");
		assert.ok((await handshake({ ALPNProtocols: ["h2"] })).error);
	});

	it("tells who forgot the s", async () => {
		const got = await raw(d.url, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		assert.match(got, /^HTTP\/1\.1 400 /);
		assert.match(got, /"detail":"this port speaks TLS: use https:\/\/","code":"tls-required"/);
	});

	it("closes a handshake that does not come on", async () => {
		const began = Date.now();
		assert.equal(await raw(d.url, Buffer.from([0x16, 0x03, 0x01])), "");
		assert.ok(Date.now() - began < 5000);
	});

	it("resumes sessions", async () => {
		const port = Number(new URL(d.url).port);
		const options = { host: "127.0.0.1", port, servername: "localhost", ca: readFileSync(pem("ca")), maxVersion: "TLSv1.2" };
		const once = (session) =>
			new Promise((done, fail) => {
				const s = tls.connect({ ...options, session });
				s.on("error", fail);
				s.on("secureConnect", () => {
					done({ reused: s.isSessionReused(), session: s.getSession() });
					s.destroy();
				});
			});
		const first = await once();
		assert.equal(first.reused, false);
		assert.equal((await once(first.session)).reused, true);
	});

	it("takes a new certificate on SIGHUP under load, dropping nothing", async () => {
		const agent = new https.Agent({ keepAlive: true, maxSockets: 8 });
		const before = await ask(`${d.url}/healthz`);
		let stop = false;
		let answers = 0;
		const load = [...Array(8)].map(async () => {
			while (!stop) {
				const r = await ask(`${d.url}/healthz`, { agent });
				assert.equal(r.status, 200);
				answers++;
			}
		});
		await sleep(200);
		live("server2");
		d.child.kill("SIGHUP");
		let now = before;
		for (let i = 0; i < 200 && now.serial === before.serial; i++) {
			await sleep(20);
			now = await ask(`${d.url}/healthz`);
		}
		assert.notEqual(now.serial, before.serial);
		const then = answers;
		await sleep(200);
		stop = true;
		await Promise.all(load);
		assert.ok(answers > then, "the old connections went on");
		agent.destroy();
	});

	it("keeps its certificate where the new one is bad, and says why", async () => {
		const { serial } = await ask(`${d.url}/healthz`);
		for (const [spoil, why] of [
			[() => writeFileSync(join(dir, "live.crt"), "no certificate"), /stays as it was/],
			[() => copyFileSync(pem("server"), join(dir, "live.crt")), /key values mismatch/],
			[() => chmodSync(join(dir, "live.key"), 0o644), /others may read/],
		]) {
			const from = d.log.length;
			spoil();
			d.child.kill("SIGHUP");
			for (let i = 0; i < 200 && !why.test(d.log.slice(from)); i++) await sleep(20);
			assert.match(d.log.slice(from), why);
			assert.equal((await ask(`${d.url}/healthz`)).serial, serial);
		}
	});
});

describe("settings of TLS", () => {
	it("that cannot be are refused with 2 and say why", async () => {
		const data = join(dir, "refused");
		chmodSync(key("client2"), 0o640);
		writeFileSync(join(dir, "bad-clients"), "x = sha1:00\n");
		for (const [more, why] of [
			[["--tls-cert", pem("server")], /belong together/],
			[["--tls-cert", pem("server"), "--tls-key", key("client2")], /others may read .*chmod 600/],
			[["--tls-cert", pem("server"), "--tls-key", key("client")], /mismatch/],
			[["--tls-cert", join(dir, "none"), "--tls-key", key("server")], /tls_cert: .*none/],
			[["--tls-cert", pem("server"), "--tls-key", "credential:tls.key"], /there is no credential:tls.key/],
			[args("--tls-client-auth", "sometimes"), /none, optional or required/],
			[args("--tls-client-auth", "optional"), /tls_client_ca/],
			[args("--tls-clients", join(dir, "bad-clients")), /needs tls_client_auth/],
			[args("--tls-clients", join(dir, "bad-clients"), "--tls-client-auth", "optional", "--tls-client-ca", pem("ca")), /bad-clients:1: .*fingerprint/],
			[["--trusted-proxies", "10.0.0.1/8"], /'10\.0\.0\.1\/8' is not a network/],
			[["--proxy-protocol"], /needs trusted_proxies/],
			[["--proxy-field", "via"], /proxy_field/],
			[["--socket", "/tmp/" + "x".repeat(120)], /at most 107 bytes/],
			[["--socket", join(dir, "s"), "--socket-mode", "999"], /socket_mode/],
			[["--socket", join(dir, "s"), "--socket-group", "no such"], /socket_group/],
			[["--socket-admin-uids", "root"], /socket_admin_uids/],
			[["--socket-admin-uids", "0, 65534"], /everybody who is not known/],
			[["--listen", "0.0.0.0:0"], /refusing to listen on 0\.0\.0\.0 without TLS/],
			[["--listen", "[::]:0"], /without TLS/],
			[["--listen", ":0"], /without TLS/],
		]) {
			const r = await run(["--data", data, "--listen", "127.0.0.1:0", ...more], { timeout: 8000, killSignal: "SIGKILL" });
			assert.equal(r.code, 2, `${more} ${r.err}`);
			assert.match(r.err, why);
		}
		chmodSync(key("client2"), 0o600);
	});

	it("take the key as a systemd credential", async (t) => {
		const creds = join(dir, "creds");
		mkdirSync(creds);
		copyFileSync(key("server"), join(creds, "tls.key"));
		chmodSync(join(creds, "tls.key"), 0o440);
		process.env.CREDENTIALS_DIRECTORY = creds;
		const d = await start(t, { args: ["--tls-cert", pem("server"), "--tls-key", "credential:tls.key"] });
		delete process.env.CREDENTIALS_DIRECTORY;
		assert.equal((await ask(`${d.url}/healthz`)).status, 200);
		await d.stop();
	});

	it("allow plain HTTP elsewhere where they say so", async (t) => {
		for (const more of [["--allow-plain"], args(), ["--trusted-proxies", "192.0.2.1"]]) {
			const d = await start(t, { args: ["--listen", "0.0.0.0:0", ...more] });
			const url = d.url.replace("0.0.0.0", "127.0.0.1");
			assert.equal((await ask(`${url}/healthz`)).status, 200);
			await d.stop();
		}
	});
});

describe("client certificates", () => {
	let d;
	let reader;
	const clients = () => join(dir, "clients");
	const strict = (more = []) => args("--tls-client-ca", pem("ca"), "--tls-client-auth", "optional", "--tls-clients", clients(), ...more);
	const call = (path, o) => ask(d.url + path, o);

	before(async () => {
		writeFileSync(clients(), `# who\nreader = sha256:${fingerprint("client")}\n`);
		d = await Daemon.start({ args: strict() });
		const r = await call("/v1/tokens", {
			method: "POST",
			headers: { ...bearer(d), "Content-Type": "application/json" },
			body: JSON.stringify({ name: "reader", role: "risk" }),
		});
		assert.equal(r.status, 201, r.text);
		reader = JSON.parse(r.text);
	});
	after(() => d.stop());

	it("stand for the token they are mapped to", async () => {
		assert.equal((await call("/v1/orgs", { cert: "client" })).status, 200);
		const r = await call("/v1/tokens", { cert: "client" });
		assert.equal(r.status, 403, "the role of that token, no more");
	});

	it("that nobody mapped, or nobody showed, are 401", async () => {
		assert.equal((await call("/v1/orgs", { cert: "client2" })).status, 401);
		assert.equal((await call("/v1/orgs")).status, 401);
	});

	it("of another signer end the handshake", async () => {
		await assert.rejects(call("/v1/orgs", { cert: "stranger" }));
	});

	it("do not help a wrong token", async () => {
		assert.equal((await call("/v1/orgs", { cert: "client", headers: { Authorization: "Bearer tw_wrong" } })).status, 401);
	});

	it("are not believed for what another site's page sends", async () => {
		const send = (headers) => call("/v1/orgs", { cert: "client", headers });
		for (const h of [{ "Sec-Fetch-Site": "cross-site" }, { "Sec-Fetch-Site": "same-site" }, { Origin: "https://evil.example" }, { Origin: "null" }])
			assert.equal((await send(h)).status, 401, JSON.stringify(h));
		for (const h of [{ "Sec-Fetch-Site": "same-origin" }, { "Sec-Fetch-Site": "none" }, { Origin: d.url }])
			assert.equal((await send(h)).status, 200, JSON.stringify(h));
	});

	it("are mapped anew on SIGHUP, and end with their token", async () => {
		writeFileSync(clients(), `reader = sha256:${fingerprint("client2").toLowerCase().replaceAll(":", "")}\n`);
		d.child.kill("SIGHUP");
		let r;
		for (let i = 0; i < 200 && r?.status !== 200; i++) {
			await sleep(20);
			r = await call("/v1/orgs", { cert: "client2" });
		}
		assert.equal(r.status, 200);
		assert.equal((await call("/v1/orgs", { cert: "client" })).status, 401);
		r = await call(`/v1/tokens/${reader.id}`, { method: "DELETE", headers: bearer(d) });
		assert.ok(r.status < 300, r.text);
		assert.equal((await call("/v1/orgs", { cert: "client2" })).status, 401);
	});

	it("are required where the setting says so", async (t) => {
		const e = await start(t, { args: args("--tls-client-ca", pem("ca"), "--tls-client-auth", "required") });
		assert.equal((await ask(`${e.url}/healthz`, { cert: "client" })).status, 200);
		await assert.rejects(ask(`${e.url}/healthz`));
		await e.stop();
	});
});

describe("proxies", () => {
	// The address that a request is counted for shows where one connection is allowed for each.
	const cap = ["--conns-per-address-max", "1"];
	const plain = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
	const v2 = (command, family, rest) => {
		const head = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, command, family, rest.length >> 8, rest.length & 255]);
		return Buffer.concat([head, Buffer.from(rest)]);
	};
	// Holds a connection open that sent text; ends it.
	const hold = (url, text) =>
		new Promise((done) => {
			const { hostname, port } = new URL(url);
			const s = net.connect(Number(port), hostname, () => s.write(text));
			s.on("error", () => {});
			s.on("data", () => done(s));
		});

	it("that are trusted begin with PROXY; what does not is closed", async (t) => {
		const d = await start(t, { args: ["--trusted-proxies", "127.0.0.0/8", "--proxy-protocol", ...cap] });
		const ok = /^HTTP\/1\.1 200 /;
		const go = (begin) => raw(d.url, Buffer.concat([Buffer.from(begin), Buffer.from(`${plain}\r\n`)]));
		assert.match(await go("PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n"), ok);
		assert.match(await go("PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n"), ok);
		assert.match(await go("PROXY UNKNOWN\r\n"), ok);
		assert.match(await go(v2(0x21, 0x11, [192, 0, 2, 7, 192, 0, 2, 1, 1, 2, 1, 187])), ok);
		assert.match(await go(v2(0x20, 0x00, [])), ok);
		assert.match(await go(v2(0x21, 0x11, [192, 0, 2, 7, 192, 0, 2, 1, 1, 2, 1, 187, 0x20, 0, 5, 1, 0, 0, 0, 0])), /Strict-Transport-Security/);
		for (const bad of ["", "PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\n", "PROXY TCP4 1.2.3 192.0.2.1 1 1\r\n", "PROXY TCP4 192.0.2.7 192.0.2.1 04711 443\r\n", v2(0x22, 0x11, Array(12).fill(1)), v2(0x21, 0x12, Array(12).fill(1)), v2(0x21, 0x11, Array(11).fill(1)), v2(0x21, 0x11, Array(14).fill(1))])
			assert.equal(await go(bad), "", String(bad));
		// The client is who the header says.
		const held = await hold(d.url, "PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
		assert.match(await go("PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n"), /^HTTP\/1\.1 429 /);
		assert.match(await go("PROXY TCP4 192.0.2.8 192.0.2.1 4711 443\r\n"), ok);
		held.destroy();
		// A field says nothing then: the client wrote it.
		assert.match(await raw(d.url, `PROXY TCP4 192.0.2.9 192.0.2.1 1 1\r\n${plain}Forwarded: for=;;"\r\n\r\n`), ok);
		await d.stop();
	});

	it("may pass TLS through behind PROXY", async (t) => {
		const d = await start(t, { args: args("--trusted-proxies", "127.0.0.1", "--proxy-protocol") });
		const { port } = new URL(d.url);
		const got = await new Promise((done, fail) => {
			const s = net.connect(Number(port), "127.0.0.1", () => {
				s.write("PROXY TCP4 192.0.2.7 192.0.2.1 4711 443\r\n");
				const t = tls.connect({ socket: s, servername: "localhost", ca: readFileSync(pem("ca")) }, () => t.write(`${plain}\r\n`));
				let text = "";
				t.on("data", (x) => (text += x));
				t.on("end", () => done(text));
				t.on("error", fail);
			});
		});
		assert.match(got, /^HTTP\/1\.1 200 /);
		await assert.rejects(ask(`${d.url}/healthz`));
		await d.stop();
	});

	it("that are trusted name the client in Forwarded", async (t) => {
		const d = await start(t, { args: ["--trusted-proxies", "127.0.0.1, 198.51.100.0/24", ...cap] });
		const go = (...fields) => raw(d.url, `${plain}${fields.map((f) => `Forwarded: ${f}\r\n`).join("")}\r\n`);
		const ok = /^HTTP\/1\.1 200 /;
		assert.match(await go(), ok);
		assert.doesNotMatch(await go("for=192.0.2.7"), /Strict-Transport/);
		assert.match(await go("for=192.0.2.7;proto=https"), /Strict-Transport/);
		assert.match(await go('for="[2001:db8::7]:4711";proto=https;by=_x'), /Strict-Transport/);
		for (const bad of ["for=", "for", 'for="', "for=192.0.2.7;for=192.0.2.8", 'for=1.2.3.4;x=", for="[2001:db8::1]"', Array(33).fill("for=_x").join(",")])
			assert.match(await go(bad), /^HTTP\/1\.1 400 /, bad);
		// A stream is held for 192.0.2.7, who may have one: behind another proxy of ours, and in two fields.
		const stream = `GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${d.token}\r\nForwarded: for=203.0.113.99, for=192.0.2.7\r\nForwarded: for=198.51.100.1\r\n\r\n`;
		const held = await hold(d.url, stream);
		assert.match(await go("for=192.0.2.7"), /^HTTP\/1\.1 429 /);
		assert.match(await go("for=203.0.113.99"), ok);
		assert.match(await go("for=192.0.2.7, for=192.0.2.8"), ok);
		held.destroy();
		await d.stop();
	});

	it("may use X-Forwarded-For where the setting says so", async (t) => {
		const d = await start(t, { args: ["--trusted-proxies", "127.0.0.1", "--proxy-field", "x-forwarded-for"] });
		const go = (fields) => raw(d.url, `${plain}${fields}\r\n`);
		assert.match(await go("X-Forwarded-For: 192.0.2.7, 2001:db8::1\r\nX-Forwarded-Proto: https\r\n"), /200 [^]*Strict-Transport/);
		assert.doesNotMatch(await go("Forwarded: for=192.0.2.7;proto=https\r\n"), /Strict-Transport/);
		assert.match(await go("X-Forwarded-For: nonsense\r\n"), /^HTTP\/1\.1 400 /);
		await d.stop();
	});

	it("that are not trusted are not believed", async (t) => {
		const d = await start(t, { args: ["--trusted-proxies", "192.0.2.1"] });
		const ok = /^HTTP\/1\.1 200 /;
		assert.match(await raw(d.url, `${plain}Forwarded: for="\r\n\r\n`), ok);
		assert.doesNotMatch(await raw(d.url, `${plain}Forwarded: proto=https;for=192.0.2.9\r\n\r\n`), /Strict-Transport/);
		assert.match(await raw(d.url, `PROXY TCP4 192.0.2.7 192.0.2.1 1 1\r\n${plain}\r\n`), /^HTTP\/1\.1 400 /);
		await d.stop();
	});
});

describe("the Unix socket", () => {
	const local = (path, url, options) => ask(`http://x${url}`, { socketPath: path, ...options });

	it("takes its own user for the administrator, without a token", async (t) => {
		const path = join(dir, "tw.sock");
		const d = await start(t, { args: ["--socket", path] });
		assert.equal(statSync(path).mode & 0o777, 0o600);
		assert.equal((await local(path, "/v1/orgs")).status, 200);
		const json = { "Content-Type": "application/json" };
		const r = await local(path, `/v1/orgs/${A}`, { method: "PUT", headers: json, body: '{"name":"one"}' });
		assert.equal(r.status, 201, r.text);
		assert.equal(JSON.parse(r.text).recorded_by.actor, `uid:${process.getuid()}`);
		assert.equal((await local(path, "/v1/orgs", { headers: { Authorization: "Bearer x" } })).status, 401);
		assert.equal((await ask(`${d.url}/v1/orgs`)).status, 401, "the port still asks for one");
		assert.equal(r.headers["strict-transport-security"], undefined);
		await d.stop();
		assert.ok(!existsSync(path));
	});

	it("takes only whom the setting names", async (t) => {
		const path = join(dir, "tw.sock");
		for (const [uids, status] of [["none", 401], ["4242", 401], [`4242, ${process.getuid()}`, 200]]) {
			const d = await start(t, { args: ["--socket", path, "--socket-mode", "0660", "--socket-admin-uids", uids] });
			assert.equal(statSync(path).mode & 0o777, 0o660);
			assert.equal((await local(path, "/v1/orgs")).status, status, uids);
			assert.equal((await local(path, "/v1/orgs", { headers: bearer(d) })).status, 200);
			await d.stop();
		}
	});

	it("replaces a socket that was left behind, and nothing else", async (t) => {
		const path = join(dir, "left.sock");
		const d = await start(t, { args: ["--socket", path] });
		const data = join(dir, "second");
		const again = (p) => run(["--data", data, "--listen", "127.0.0.1:0", "--socket", p], { timeout: 8000 });
		let r = await again(path);
		assert.equal(r.code, 2);
		assert.match(r.err, /another program serves/);
		await d.kill();
		assert.ok(existsSync(path));
		const e = await start(t, { args: ["--socket", path] });
		assert.equal((await local(path, "/v1/orgs")).status, 200);
		await e.stop();
		writeFileSync(path, "a file");
		r = await again(path);
		assert.equal(r.code, 2);
		symlinkSync("/nowhere", join(dir, "link.sock"));
		assert.equal((await again(join(dir, "link.sock"))).code, 2);
		assert.equal(readFileSync(path, "utf8"), "a file");
		rmSync(d.dir, { recursive: true });
	});

	it("stays plain beside TLS", async (t) => {
		const path = join(dir, "beside.sock");
		const d = await start(t, { args: args("--socket", path) });
		assert.equal((await local(path, "/v1/orgs")).status, 200);
		assert.equal((await ask(`${d.url}/v1/orgs`, { headers: bearer(d) })).status, 200);
		await d.stop();
	});
});

describe("the command line", () => {
	let d;
	const path = () => join(dir, "cli.sock");
	before(async () => {
		writeFileSync(join(dir, "cli-clients"), `cli = sha256:${fingerprint("client")}\n`);
		d = await Daemon.start({
			args: args("--socket", path(), "--tls-client-ca", pem("ca"), "--tls-client-auth", "optional", "--tls-clients", join(dir, "cli-clients")),
		});
		await tw(["--url", `unix:${path()}`, "org", "set", A, "name=one"]);
	});
	after(() => d.stop());

	it("comes over the Unix socket", async () => {
		for (const r of [await tw(["--url", `unix:${path()}`, "org", "list", "-o", "csv"]), await tw(["org", "list", "-o", "csv"], { TIERWATCH_URL: `unix:${path()}` })]) {
			assert.equal(r.code, 0, r.err);
			assert.match(r.out, new RegExp(`${A},`));
		}
		const none = await tw(["--url", "unix:/no/such.sock", "org", "list"]);
		assert.equal(none.code, 5);
		assert.match(none.err, /\/no\/such\.sock: No such file or directory/);
		assert.equal((await tw(["--url", "unix:relative", "org", "list"])).code, 2);
	});

	it("says what keeps it from the Unix socket", { skip: process.getuid() !== 0 && "only root can be another" }, async () => {
		const r = await tw(["--url", `unix:${path()}`, "org", "list"], { HOME: "/nonexistent" }, { uid: 65534 });
		assert.equal(r.code, 5);
		assert.match(r.err, /cli\.sock: Permission denied/);
		assert.match(r.err, /socket_mode and socket_group/);
	});

	it("shows clauses and targets as of a revision", async () => {
		const at = (...words) => tw(["--url", `unix:${path()}`, ...words]);
		const S = fictional(2);
		for (const words of [["org", "set", S, "name=two"], ["link", "set", A, S], ["target", "set", A, "--own-level", "3"], ["clause", "set", A, S, "2-1-2", "status=drafted"]]) {
			const r = await at(...words);
			assert.equal(r.code, 0, words + r.err);
		}
		const then = JSON.parse((await at("status", "-o", "json")).out).revision;
		assert.equal((await at("target", "set", A, "--own-level", "4")).code, 0);
		assert.equal((await at("clause", "set", A, S, "2-1-2", "status=agreed", "agreed_on=2027-04-01")).code, 0);
		for (const words of [["clause", "list", A, S], ["clause", "show", A, S], ["clause", "show", A, S, "2-1-2"]]) {
			const r = await at(...words, "--as-of", String(then));
			assert.equal(r.code, 0, r.err);
			assert.match(r.out, /drafted/);
			assert.match((await at(...words)).out, /agreed/);
		}
		const level = async (...more) => JSON.parse((await at("target", "show", A, "-o", "json", ...more)).out).own_level;
		assert.deepEqual([await level("--as-of", String(then)), await level()], [3, 4]);
	});

	it("shows a supplier its procurers without columns that are not for it", async () => {
		const at = (...words) => tw(["--url", `unix:${path()}`, ...words]);
		const S = fictional(3);
		for (const words of [["org", "set", S, "name=three"], ["link", "set", A, S, "planned_on=2028-02-01", "criticality=high"]]) assert.equal((await at(...words)).code, 0);
		const token = (await at("token", "create", "three", "--role", "supplier", "--org", S)).out.trim();
		const own = await tw(["--url", d.url, "--cacert", pem("ca"), "link", "list", S, "--procurers"], { TIERWATCH_TOKEN: token });
		assert.equal(own.code, 0, own.err);
		assert.match(own.out, /^PROCURER .*PLANNED ON +NAME\n.* 2028-02-01 /);
		assert.doesNotMatch(own.out, /CRITICALITY|DEPENDENCY|SPEND/);
		assert.match((await at("link", "list", S, "--procurers")).out, /CRITICALITY +DEPENDENCY +ANNUAL SPEND/);
		assert.equal((await at("link", "list", S, "--procurers", "-o", "csv")).out.split("\r\n")[0].includes("criticality"), true);
		assert.equal((await at("link", "list", A, "--procurers", "-o", "csv")).out.split("\r\n")[0].includes("criticality"), true);
	});

	it("lists tokens under headings of their own", async () => {
		const at = (...words) => tw(["--url", `unix:${path()}`, "--lang", "ja", ...words]);
		assert.equal((await at("token", "create", "gone", "--role", "risk")).code, 0);
		assert.match((await at("token", "revoke", "gone")).err, /失効させました: gone/);
		const list = await at("token", "list");
		assert.match(list.out, /番号 +名称 +役割 +対象組織 +状態/);
		assert.match(list.out, /gone .*失効済み/);
		assert.match((await at("token", "list", "-o", "csv")).out, /^id,name,.*\r\n[^]*,gone,risk,,revoked,/);
		assert.equal((await at("audit", "sign")).code, 0);
		const head = (await at("audit", "head")).out;
		for (const label of ["ハッシュ", "最初のリビジョン", "署名済みリビジョン", "署名済みハッシュ", "署名日時", "公開鍵", "署名 "])
			assert.match(head, new RegExp(`^ *${label}`, "m"), head);
		assert.match((await at("audit", "key")).out, /署名方式 +\S+\n公開鍵|公開鍵 +\S+\n署名方式/);
	});

	it("comes over TLS, with --cacert, and not without", async () => {
		const url = d.url.replace("127.0.0.1", "localhost");
		const words = ["--url", url, "org", "list", "-o", "csv"];
		const env = { TIERWATCH_TOKEN: d.token };
		const r = await tw(["--cacert", pem("ca"), ...words], env);
		assert.equal(r.code, 0, r.err);
		assert.match(r.out, new RegExp(`${A},`));
		assert.equal((await tw(words, { ...env, TIERWATCH_CACERT: pem("ca") })).code, 0);
		const unknown = await tw(words, env);
		assert.equal(unknown.code, 5);
		assert.match(unknown.err, /--cacert FILE \(TIERWATCH_CACERT\)/);
		assert.equal((await tw(["--cacert", pem("other"), ...words], env)).code, 5);
		const missing = await tw(["--cacert", join(dir, "none.pem"), ...words], env);
		assert.equal(missing.code, 2);
		assert.match(missing.err, /cannot read .*none\.pem: No such file/);
		writeFileSync(join(dir, "no.pem"), "no certificate");
		assert.equal((await tw(["--cacert", join(dir, "no.pem"), ...words], env)).code, 2);
	});

	it("tells http and https apart", async (t) => {
		const forgot = await tw(["--url", d.url.replace("https:", "http:"), "org", "list"]);
		assert.equal(forgot.code, 1);
		assert.match(forgot.err, /this port speaks TLS: use https:\/\//);
		assert.match((await tw(["--lang", "ja", "--url", d.url.replace("https:", "http:"), "org", "list"])).err, /TLS 専用です/);
		const e = await start(t, {});
		const surplus = await tw(["--url", e.url.replace("http:", "https:"), "org", "list"]);
		assert.equal(surplus.code, 5);
		assert.match(surplus.err, /the server may speak plain http/);
	});

	it("shows a certificate instead of a token", async (t) => {
		const made = await tw(["--url", `unix:${path()}`, "token", "create", "cli", "--role", "risk"]);
		assert.equal(made.code, 0, made.err);
		const words = ["--url", d.url, "--cacert", pem("ca"), "org", "list", "-o", "csv"];
		const r = await tw(["--cert", pem("client"), "--key", key("client"), ...words]);
		assert.equal(r.code, 0, r.err);
		assert.notEqual((await tw(words)).code, 0);
	});
});

describe("every answer", () => {
	let d;
	before(async () => (d = await Daemon.start()));
	after(() => d.stop());

	it("carries the fields that keep browsers from mischief", async () => {
		for (const [method, path, status] of [["GET", "/healthz", 200], ["GET", "/v1/orgs", 401], ["GET", "/", 200], ["GET", "/nowhere", 404], ["DELETE", "/v1/orgs", 401]]) {
			const r = await ask(d.url + path, { method });
			assert.equal(r.status, status);
			assert.equal(r.headers["x-content-type-options"], "nosniff");
			assert.equal(r.headers["x-frame-options"], "DENY");
			assert.equal(r.headers["referrer-policy"], "no-referrer");
			assert.equal(r.headers["cross-origin-resource-policy"], "same-origin");
			assert.equal(r.headers["cross-origin-opener-policy"], "same-origin");
			assert.match(r.headers["content-security-policy"], /^default-src 'none';.*frame-ancestors 'none'/);
			assert.equal(path === "/", "permissions-policy" in r.headers);
			assert.match(r.headers["cache-control"], path === "/" ? /no-cache/ : /no-store/);
			assert.equal(r.headers["strict-transport-security"], undefined);
			assert.equal(r.headers.server, undefined);
		}
	});
});
