// The daemon under measurement: started on a store of its own, asked through bench_http.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { DAY, now, sleep, start, stop } from "./tools.mjs";

const exec = promisify(execFile);

export const CLOCK = `${DAY}T01:00:00Z`;

export class Tierwatch {
	constructor(dir, store) {
		this.bin = (name) => resolve(dir, name);
		this.store = store;
	}
	start(clock = CLOCK, ...options) {
		const t0 = now();
		return new Promise((ok, failed) => {
			let text = "", ready = false;
			const child = start(this.bin("tierwatchd"), ["--data", this.store, "--listen", "127.0.0.1:0", "--clock", clock, ...options], { stdio: ["ignore", "ignore", "pipe"] });
			child.stderr.setEncoding("utf8").on("data", (part) => {
				text += part;
				const m = /listening on (http:\S+)/.exec(text);
				if (!m || ready) return;
				ready = true;
				this.child = child;
				this.looks = setInterval(() => this.look(), 100);
				this.startMs = now() - t0;
				this.url = m[1];
				this.token = readFileSync(join(this.store, "admin.token"), "utf8").trim();
				ok();
			});
			child.ended.then((code) => failed(new Error(`tierwatchd ended (${code}): ${text}`)));
		});
	}
	async stop() {
		const child = this.child;
		if (!child) return;
		this.child = undefined;
		clearInterval(this.looks);
		await stop(child);
	}
	// Memory of its own, beside the store's map and the program's file, in MB.
	memory() {
		const text = readFileSync(`/proc/${this.child.pid}/smaps_rollup`, "utf8");
		return Number(/^Anonymous:\s+(\d+) kB/m.exec(text)[1]) / 1024;
	}
	// Seconds of processor time used: says more than the clock on a busy machine.
	processorTime() {
		const f = readFileSync(`/proc/${this.child.pid}/stat`, "utf8").split(") ")[1].split(" ");
		return (Number(f[11]) + Number(f[12])) / 100;
	}
	// Largest memory() seen while this object's processes ran, looked at ten times a second.
	look() {
		try {
			this.peak = Math.max(this.peak ?? 0, this.memory());
		} catch {
			// between two processes
		}
	}
	async http(...args) {
		const all = [new URL(this.url).port, join(this.store, "admin.token"), ...args].map(String);
		return JSON.parse((await exec(this.bin("tests/bench/bench_http"), all, { maxBuffer: 1 << 26 })).stdout);
	}
	async get(path) {
		const r = await fetch(this.url + path, { headers: { Authorization: `Bearer ${this.token}` } });
		if (!r.ok) throw new Error(`${path}: ${r.status}`);
		return r.json();
	}
	// Until the watched buyers' figures are those of the newest revision; false where that takes too long.
	async settled(seconds) {
		for (const end = now() + seconds * 1000; now() < end; await sleep(50)) {
			const s = await this.get("/v1/status");
			if (s.figured_revision >= s.revision) return true;
		}
		return false;
	}
	async import(file, kind) {
		const env = { ...process.env, TIERWATCH_URL: this.url, TIERWATCH_TOKEN: this.token };
		const t0 = now();
		const r = await exec(this.bin("tierwatch"), ["import", file, "--kind", kind, "--timeout", "0"], { env });
		if (!/ 0 rejected/.test(r.stderr)) throw new Error(`import of ${kind}: ${r.stderr}`);
		return (now() - t0) / 1000;
	}
	// The bulk load into a new store, without a daemon; undefined where this build has none.
	async offline(data, store) {
		if (!/^ +load /m.test((await exec(this.bin("tierwatch"), ["--help"])).stdout)) return undefined;
		const files = ["orgs", "certificates", "links"].map((kind) => join(data, `${kind}.csv`));
		const t0 = now();
		await exec(this.bin("tierwatch"), ["load", "--strict", store, ...files], { maxBuffer: 1 << 26 });
		return (now() - t0) / 1000;
	}
}
