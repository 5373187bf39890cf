// A real daemon on a directory of its own, for the tests: started on a free port, ended with the test.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const program = process.env.TIERWATCHD ?? join(root, "build/tierwatchd");
export const CLOCK = "2027-06-01T03:00:00Z"; // noon in Tokyo
export const TODAY = "2027-06-01";

export function scratchDir() {
	return mkdtempSync(join(tmpdir(), "tierwatch-test-"));
}

// Runs the program to its end.
export function run(args, options = {}) {
	return new Promise((done) => {
		const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
		let out = "";
		let err = "";
		child.stdout.on("data", (d) => (out += d));
		child.stderr.on("data", (d) => (err += d));
		child.on("close", (code, signal) => done({ code, signal, out, err }));
	});
}

export class Daemon {
	constructor(dir, owned) {
		this.dir = dir;
		this.owned = owned;
		this.log = "";
	}

	static async start({ dir, clock = CLOCK, args = [] } = {}) {
		const d = new Daemon(dir ?? scratchDir(), !dir);
		await d.launch(clock, args);
		return d;
	}

	async launch(clock = CLOCK, args = []) {
		const clockArgs = clock ? ["--clock", clock] : [];
		this.child = spawn(
			program,
			["--data", this.dir, "--listen", "127.0.0.1:0", ...clockArgs, ...args],
			{ stdio: ["ignore", "ignore", "pipe"] },
		);
		this.ended = new Promise((done) => {
			this.child.on("close", (code, signal) => done({ code, signal }));
			this.child.on("error", (e) => done({ code: -1, signal: e.message }));
		});
		this.url = await new Promise((done, fail) => {
			this.child.stderr.on("data", (text) => {
				this.log += text;
				const m = /listening on (https?:\/\/\S+:\d+)$/m.exec(this.log.slice(this.from ?? 0));
				if (m) done(m[1]);
			});
			this.ended.then((e) => fail(new Error(`the daemon ended (${e.code}): ${this.log}`)));
		});
		this.from = this.log.length;
		this.token = readFileSync(join(this.dir, "admin.token"), "utf8").trim();
	}

	// Ends it and removes the directory if it is the test's own.
	async stop() {
		if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGTERM");
		const end = await this.ended;
		if (this.owned) rmSync(this.dir, { recursive: true, force: true });
		return end;
	}

	// Ends it in order and keeps the directory, to be launched again.
	async stopOnly() {
		this.child.kill("SIGTERM");
		return this.ended;
	}

	async kill() {
		this.child.kill("SIGKILL");
		return this.ended;
	}

	async fetch(method, path, { body, headers = {}, token = this.token, signal } = {}) {
		const h = { ...headers };
		if (token) h.Authorization = `Bearer ${token}`;
		if (body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array)) {
			body = JSON.stringify(body);
			h["Content-Type"] ??= method === "PATCH" ? "application/merge-patch+json" : "application/json";
		}
		return fetch(this.url + path, { method, headers: h, body, signal, redirect: "error" });
	}

	// { status, headers, body (JSON where it is), text, etag, revision }
	async call(method, path, body, headers = {}, more = {}) {
		const r = await this.fetch(method, path, { body, headers, ...more });
		const text = await r.text();
		const type = r.headers.get("content-type") ?? "";
		return {
			status: r.status,
			headers: r.headers,
			text,
			body: /json/.test(type) && !/ndjson/.test(type) && text ? JSON.parse(text) : undefined,
			etag: r.headers.get("etag"),
			revision: Number(r.headers.get("tierwatch-revision")),
		};
	}

	get(path, headers) {
		return this.call("GET", path, undefined, headers);
	}
	put(path, body, headers) {
		return this.call("PUT", path, body, headers);
	}
	patch(path, body, headers) {
		return this.call("PATCH", path, body, headers);
	}
	delete(path, headers) {
		return this.call("DELETE", path, undefined, headers);
	}

	// Writes that must work.
	async must(method, path, body) {
		const r = await this.call(method, path, body);
		if (r.status >= 300) throw new Error(`${method} ${path}: ${r.status} ${r.text}`);
		return r;
	}
	org(id, fields = {}) {
		return this.must("PUT", `/v1/orgs/${id}`, { name: id, ...fields });
	}
	link(p, s, fields = {}) {
		return this.must("PUT", `/v1/orgs/${p}/suppliers/${s}`, fields);
	}
	cert(org, name, fields) {
		return this.must("PUT", `/v1/orgs/${org}/certificates/${name}`, { scheme: "scs", ...fields });
	}
	targets(org, fields = {}) {
		return this.must("PUT", `/v1/orgs/${org}/targets`, fields);
	}

	// Makes a token and answers somebody who calls with it.
	async as(role, ...orgs) {
		this.made = (this.made ?? 0) + 1;
		const r = await this.must("POST", "/v1/tokens", { name: `${role}-${this.made}`, role, orgs });
		return this.with(r.body.token, r.body);
	}
	// The same daemon through the eyes of whoever has this token.
	with(token, made) {
		const d = Object.create(this);
		d.token = token;
		d.made = made;
		return d;
	}

	// Imports a text and waits for the job.
	async import(query, text) {
		const r = await this.call("POST", `/v1/imports?${query}`, text, { "Content-Type": "text/csv" });
		if (r.status !== 202) throw new Error(`import: ${r.status} ${r.text}`);
		return this.job(r.headers.get("location"));
	}
	async job(path) {
		for (;;) {
			const { body } = await this.get(path);
			if (body.state === "done" || body.state === "failed") return body;
			await sleep(20);
		}
	}

	async changes(query = "after=0") {
		const r = await this.get(`/v1/changes?${query}`);
		if (r.status !== 200) throw new Error(`changes: ${r.status} ${r.text}`);
		return r.text
			.split("\n")
			.filter((line) => line)
			.map((line) => JSON.parse(line));
	}

	// Waits until an event fits; events that follow a write may be a revision behind it.
	async event(fits, after = 0) {
		const until = Date.now() + 10000;
		for (;;) {
			const found = (await this.changes(`after=${after}`)).find(fits);
			if (found) return found;
			if (Date.now() > until) throw new Error("the event did not come");
			await sleep(30);
		}
	}
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// A corporate number that no company has: base digits from 9999, right check digit.
export function fictional(n) {
	const base = `9999${String(n).padStart(8, "0")}`;
	let sum = 0;
	for (let i = 1; i <= 12; i++) sum += Number(base[12 - i]) * (i % 2 ? 1 : 2);
	return `JP-JCN-${9 - (sum % 9)}${base}`;
}

// A problem answer with its code.
export function problem(assert, r, status, code) {
	assert.equal(r.status, status, r.text);
	assert.match(r.headers.get("content-type"), /^application\/problem\+json/);
	assert.equal(r.body.status, status);
	assert.equal(r.body.code, code, r.text);
	for (const name of ["type", "title", "detail"]) assert.ok(r.body[name], name);
}
