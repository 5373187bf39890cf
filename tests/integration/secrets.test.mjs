// Secrets stay where they belong: not in the log, errors, metrics, exports, backups or core files; and what a stranger
// sends cannot write log lines of its own.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, scratchDir } from "./daemon.mjs";

const P = fictional(1);
const WRONG = "tw_markerwrongtokenmarkerwrongtokenmarkerwrongtoken";
let d, dir;

before(async () => {
	dir = scratchDir();
	writeFileSync(join(dir, "admin.token"), "marker-admin-token-0123456789abcdef\n", { mode: 0o600 });
	d = await Daemon.start({ dir, args: ["--log-level", "debug"] });
	d.owned = true;
	await d.org(P);
});
after(() => d.stop());

const raw = (text) => new Promise((done) => {
	const c = connect(Number(new URL(d.url).port), "127.0.0.1", () => c.end(text));
	let got = "";
	c.on("data", (t) => (got += t));
	c.on("error", () => {});
	c.on("close", () => done(got));
});

describe("secrets", () => {
	it("are in no answer, log line, export or backup", async () => {
		const texts = [];
		const ask = async (...a) => texts.push((await d.call(...a)).text);
		for (const path of ["/v1/status", "/metrics", "/v1/exports/orgs?format=ndjson", "/v1/changes?after=0", "/v1/audit", "/v1/tokens", "/v1/nothing"])
			await ask("GET", path);
		const made = await d.must("POST", "/v1/tokens", { name: "marker", role: "risk" });
		await ask("GET", `/v1/tokens/${made.body.id}`);
		await ask("POST", "/v1/tokens", { name: "marker", role: "risk" });
		await ask("PATCH", `/v1/orgs/${P}`, '{"name":');
		texts.push((await d.with(WRONG).get("/v1/status")).text, (await d.with(made.body.token.slice(0, -1)).get("/v1/me")).text);
		texts.push(await raw(`GET /v1/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${WRONG}\r\nBad header\r\n\r\n`));
		const copy = Buffer.from(await (await d.fetch("GET", "/v1/backup")).arrayBuffer());
		const secret = readFileSync(join(dir, "secret.key"), "utf8").trim();
		for (const hidden of [d.token, WRONG, made.body.token, secret]) {
			for (const text of texts) assert.ok(!text.includes(hidden), text.slice(0, 300));
			assert.ok(!d.log.includes(hidden), "the log");
			assert.ok(!copy.includes(hidden), "the backup");
		}
		assert.ok(!copy.includes(Buffer.from(secret, "hex")));
	});

	it("are not on the command line, and a crash leaves no core file", () => {
		const pid = d.child.pid;
		assert.ok(!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(d.token));
		assert.match(readFileSync(`/proc/${pid}/limits`, "utf8"), /^Max core file size +0 +0 /m);
	});
});

describe("the log", () => {
	it("has one line for each event, whatever a stranger sends", async () => {
		const evil = "x\n time=2027-01-01T00:00:00Z level=error mod=auth msg=\"forged\"\r\u001b[31mred\u009b31m";
		await d.get(`/v1/orgs/${encodeURIComponent(evil)}`);
		await d.put(`/v1/orgs/${encodeURIComponent("XX-LOCAL-" + evil)}`, { name: evil });
		await d.put(`/v1/orgs/${P}`, { name: evil.replaceAll("\n", " ") });
		await d.call("POST", "/v1/tokens", { name: evil, role: "risk" });
		await raw(`GET /\x1b[31m HTTP/1.1\r\nHost: x\r\n\r\n`);
		await raw(`GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: a\x1b[31mb\r\n\r\n`);
		await d.call("POST", `/v1/imports?kind=orgs`, `id,name\n"${evil}",n\n`, { "Content-Type": "text/csv" });
		const rest = d.log.replace(/\n/g, "");
		for (let i = 0; i < rest.length; i++) {
			const c = rest.charCodeAt(i);
			assert.ok(c >= 0x20 && c !== 0x7f && !(c >= 0x80 && c < 0xa0), `a control byte 0x${c.toString(16)} in the log`);
		}
		for (const line of d.log.split("\n").filter(Boolean))
			assert.match(line, /^(time=\S+ level=(error|warn|info|debug) mod=\S+ msg=".*"|tierwatchd .*)$/);
		assert.ok(!/^.?time=2027-01-01/m.test(d.log));
	});
});
