// What every part of the benchmark uses: one temporary directory, processes that end with this one,
// a client that speaks with a command line tool, figures.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const DAY = "2027-10-01"; // the day that gen_graph's certificates are made for
export const work = mkdtempSync(join(tmpdir(), "tierwatch-bench-"));
chmodSync(work, 0o711); // PostgreSQL runs under another name where this is root

export const say = (text) => console.error(`==> ${new Date().toISOString().slice(11, 19)} ${text}`);
export const sleep = (ms) => new Promise((ok) => setTimeout(ok, ms));
export const now = () => Number(process.hrtime.bigint()) / 1e6;
export const run = (program, ...args) => execFileSync(program, args.map(String), { encoding: "utf8", maxBuffer: 1 << 28 });
export const lines = (file) => readFileSync(file, "utf8").trim().split("\n");

export function installed(program) {
	try {
		execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}

// ---- processes ----

const alive = new Map(); // of ours that run: the signal that ends each at once

export function start(program, args, options = {}, signal = "SIGKILL") {
	const child = spawn(program, args.map(String), { stdio: ["ignore", "ignore", "ignore"], ...options });
	alive.set(child, signal);
	child.ended = new Promise((ok) => child.once("close", (code) => (alive.delete(child), ok(code))));
	child.once("error", () => alive.delete(child));
	return child;
}

export async function stop(child, signal = "SIGTERM") {
	child.kill(signal);
	await child.ended;
}

process.once("exit", () => {
	for (const [child, signal] of alive) child.kill(signal);
	// what has just been told to end may still write a file
	rmSync(work, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});
// on, not once: a second signal must not cut the clean-up short
for (const s of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(s, () => process.exit(1));

// A database's own command line tool, kept open: statements in, rows out, and the time between.
export class Shell {
	constructor(program, args, { echo, ...options }) {
		this.echo = echo;
		this.out = this.err = "";
		this.child = start(program, args, { stdio: ["pipe", "pipe", "pipe"], ...options });
		this.child.stdout.setEncoding("utf8").on("data", (part) => ((this.out += part), this.check()));
		this.child.stderr.setEncoding("utf8").on("data", (part) => (this.err += part));
		this.child.ended.then(() => this.wait?.failed(new Error(`${program} ended: ${this.err}`)));
		this.count = 0;
	}
	check() {
		const at = this.out.indexOf(this.mark ?? "\0");
		if (at < 0) return;
		const text = this.out.slice(0, at).trim(), ms = now() - this.t0, { ok, failed } = this.wait;
		this.out = this.mark = this.wait = undefined;
		this.out = "";
		if (this.err.trim()) failed(new Error(this.err));
		else ok({ ms, rows: text ? text.split("\n").map((l) => l.split("|")) : [] });
	}
	ask(sql) {
		this.mark = `=end ${++this.count}=`;
		this.t0 = now();
		this.child.stdin.write(`${sql}\n${this.echo} ${this.mark}\n`);
		return new Promise((ok, failed) => (this.wait = { ok, failed }));
	}
	async close() {
		this.child.stdin.end();
		await this.child.ended;
	}
}

// ---- figures ----

export function summary(ms) {
	const v = [...ms].sort((a, b) => a - b);
	return { n: v.length, p50: v[v.length >> 1], p99: v[Math.floor((v.length * 99) / 100)], max: v.at(-1) };
}
export const median = (v) => summary(v).p50;
export function show(v) {
	if (v === undefined || v === null || Number.isNaN(v)) return "–";
	return v >= 1000 ? Math.round(v).toLocaleString("en-US") : v >= 100 ? v.toFixed(0) : v >= 10 ? v.toFixed(1) : v >= 0.1 ? v.toFixed(2) : v.toFixed(3);
}
export const tail = (s) => `p99 ${show(s.p99)}, max ${show(s.max)}`;
