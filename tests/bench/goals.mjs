// What the goals ask beside the questions: loads, lapses, a wave of them, single writes, point reads against
// nginx, pages beside heavy answers, start, memory, loops.
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { Tierwatch } from "./tierwatch.mjs";
import { installed, lines, median, now, say, show, sleep, start, stop, summary, tail, work } from "./tools.mjs";

const exec = promisify(execFile);
const CLIENTS = 64;
const MIDNIGHT = Date.parse("2027-10-01T15:00:00Z"); // in Tokyo

// ---- loading ----

export async function imports(report, t, data) {
	const s = {}, before = t.processorTime();
	for (const kind of ["orgs", "certificates", "links"]) s[kind] = await t.import(join(data, `${kind}.csv`), kind);
	const total = s.orgs + s.certificates + s.links, parts = Object.entries(s).map(([k, v]) => `${k} ${show(v)}`).join(", ");
	report.raw.import_s = total;
	report.row(4, "import of the three files over HTTP", report.raw.links / total, "links/s", { atLeast: 1e6, more: `${show(total)} s: ${parts}; processor time ${show(t.processorTime() - before)} s` });
}

// The store that it made must answer like the imported one before its time counts.
export async function offline(report, t, data, check) {
	const store = join(work, "offline"), s = await t.offline(data, store);
	if (s === undefined) return report.leftOut("This build has no offline load.");
	check(store);
	rmSync(store, { recursive: true });
	report.raw.offline_s = s;
	report.row(4, "offline load of the three files", report.raw.links / s, "links/s", { atLeast: 1e6, more: `${show(s)} s` });
}

export function loadAgainst(report, e, seconds) {
	report.raw[`${e.name}_load_s`] = seconds;
	const ours = Object.entries({ "import over HTTP": report.raw.import_s, "offline load": report.raw.offline_s }).filter(([, s]) => s);
	for (const [name, s] of ours) report.row(4, `${name}, against ${e.name}`, seconds / s, "×", { atLeast: e.name.startsWith("P") ? 4 : undefined, more: `${e.name} ${show(seconds)} s, ours ${show(s)} s` });
}

// ---- size ----

export function sizes(report, bytes) {
	const { used, log, ...tables } = bytes, links = report.raw.links;
	report.raw.bytes = bytes;
	report.raw.bytes_without_log = Object.values(tables).reduce((a, b) => a + b);
	const parts = Object.entries(tables).filter(([, n]) => n > used / 200).sort((a, b) => b[1] - a[1]);
	report.row("", "store, without its log", report.raw.bytes_without_log / links, "bytes/link", { more: `${parts.map(([k, n]) => `${k} ${show(n / links)}`).join(", ")}; the log ${show(log / links)}; the file ${show(used / 1e6)} MB with free pages` });
}

export function sizeAgainst(report, e, bytes) {
	const theirs = Object.values(bytes).reduce((a, b) => a + b), ours = report.raw.bytes_without_log;
	report.raw[`${e.name}_bytes`] = bytes;
	report.row(5, `store size, against ${e.name}`, ours / theirs, "×", {
		atMost: e.name.startsWith("P") ? 0.2 : undefined,
		more: `${e.name} ${show(theirs / report.raw.links)} bytes/link, ours ${show(ours / report.raw.links)}; with the log ${show((ours + report.raw.bytes.log) / theirs)}×`,
	});
}

// ---- writes ----

export async function writes(report, t, data, seconds) {
	const r = await t.http("write", join(data, "upserts.csv"), CLIENTS, seconds);
	report.raw.writes = r;
	report.row(6, `durable link writes over HTTP, ${CLIENTS} clients`, r.per_s, "/s", { atLeast: 20000, more: `p50 ${show(r.ms.p50)} ms${r.busy ? `; ${r.busy} times 503` : ""}` });
	report.row(6, "durable link writes over HTTP: p99", r.ms.p99, "ms", { atMost: 20, more: `max ${show(r.ms.max)}` });
}

export async function writesAgainst(report, e, data, seconds) {
	const r = await e.writes(data, CLIENTS, seconds), ours = report.raw.writes.per_s;
	report.raw[`${e.name}_writes`] = r;
	report.row(6, `durable link writes, against ${e.name}`, ours / r.per_s, "×", { atLeast: e.name.startsWith("P") ? 2 : undefined, more: `${e.name} ${show(r.per_s)} /s ${e.name.startsWith("P") ? `with ${CLIENTS} clients` : "with its one writer"}` });
}

// ---- point reads ----

async function wrk(url, seconds, token, clients = CLIENTS) {
	const { stdout } = await exec("wrk", ["-t1", `-c${clients}`, "--timeout", "60s", `-d${seconds}s`, "--latency", ...(token ? ["-H", `Authorization: Bearer ${token}`] : []), url]);
	if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url}: ${stdout}`);
	const [, n, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout);
	return { per_s: Number(/Requests\/sec:\s+(\S+)/.exec(stdout)[1]), p99: Number(n) * { us: 0.001, ms: 1, s: 1000 }[unit] };
}

const freePort = () => new Promise((ok) => {
	const s = createServer().listen(0, "127.0.0.1", () => {
		const { port } = s.address();
		s.close(() => ok(port));
	});
});

async function nginx(body) {
	const home = join(work, "nginx"), port = await freePort();
	mkdirSync(home, { mode: 0o755 });
	writeFileSync(join(home, "org.json"), body);
	writeFileSync(join(home, "nginx.conf"), `${process.getuid() === 0 ? "user root;\n" : ""}daemon off; worker_processes auto; pid ${home}/pid; error_log stderr crit;
events { worker_connections 1024; }
http { access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000000; open_file_cache max=10 inactive=1h; default_type application/json;
client_body_temp_path ${home}/b; proxy_temp_path ${home}/p; fastcgi_temp_path ${home}/f; uwsgi_temp_path ${home}/u; scgi_temp_path ${home}/s;
server { listen 127.0.0.1:${port} backlog=1024; root ${home}; } }\n`);
	const child = start("nginx", ["-c", join(home, "nginx.conf"), "-e", "stderr"], {}, "SIGTERM");
	await sleep(500);
	return { child, url: `http://127.0.0.1:${port}/org.json` };
}

export async function pointReads(report, t, id) {
	if (!installed("wrk")) return report.leftOut("wrk is not installed: no rate of point reads (script/bootstrap --bench).");
	const url = `${t.url}/v1/orgs/${id}`, body = JSON.stringify(await t.get(`/v1/orgs/${id}`));
	const there = installed("nginx") ? await nginx(body) : undefined;
	if (!there) report.leftOut("nginx is not installed: point reads are not held against it (script/bootstrap --bench).");
	const ours = [], theirs = [];
	for (let i = 0; i < 3; i++) {
		ours.push(await wrk(url, 2, t.token));
		if (there) theirs.push(await wrk(there.url, 2));
	}
	if (there) await stop(there.child);
	const rate = median(ours.map((r) => r.per_s)), p99 = median(ours.map((r) => r.p99));
	report.raw.point_reads = { ours, nginx: theirs };
	report.row(9, `point reads, ${CLIENTS} connections: p99`, p99, "ms", { atMost: 3, more: `${show(rate)} /s, ${Buffer.byteLength(body)} bytes` });
	if (!there) return;
	const files = median(theirs.map((r) => r.per_s));
	report.row(9, "point reads, against nginx with a file of that size", rate / files, "×", { atLeast: 1, more: `nginx ${show(files)} /s, p99 ${show(median(theirs.map((r) => r.p99)))} ms; median of 3 in turns` });
}

// ---- a small buyer's page ----

// Buyers with one or two suppliers and a chain of up to 1,000.
export async function smallBuyers(t, list) {
	const file = join(work, "small.txt"), found = [];
	for (const id of lines(list("buyers-low"))) {
		if (found.length === 300) break;
		if ((await t.get(`/v1/orgs/${id}/exposure?depth=4`)).suppliers <= 1000) found.push(id);
	}
	writeFileSync(file, `${found.join("\n")}\n`);
	return file;
}
const page = (t, small) => t.http("get", "/v1/orgs/%/gaps?depth=4&limit=50", small);
async function pagesWhile(t, small, on) {
	const each = [];
	do each.push(...(await page(t, small)).each);
	while (on());
	return summary(each);
}
const forSeconds = (s) => {
	const end = now() + s * 1000;
	return () => now() < end;
};

export async function besideHub(report, t, list) {
	const small = await smallBuyers(t, list);
	await page(t, small);
	const idle = await pagesWhile(t, small, forSeconds(3));
	let on = true, hubs = 0;
	const load = (async () => {
		while (on) hubs += (await t.http("get", "/v1/orgs/%/exposure?depth=4", list("few-hubs"))).each.length;
	})();
	await sleep(100);
	const busy = await pagesWhile(t, small, forSeconds(3));
	on = false;
	await load;
	report.raw.pages = { idle, busy, hubs };
	report.row(10, "small buyer's gaps page beside hubs' exposures: p99", busy.p99 / idle.p99, "× idle", { atMost: 2, more: `p99 ${show(busy.p99)} ms, idle ${show(idle.p99)}; p50 ${show(busy.p50)}, idle ${show(idle.p50)}; ${hubs} exposures meanwhile` });
	return small;
}

// ---- lapses ----

export async function lapses(report, t, list, { watched, medians, hubs }) {
	const t0 = now();
	await t.http("watch", list("watched"), watched);
	if (!(await t.settled(240))) report.leftOut("The first figures of the watched buyers took more than 240 s.");
	report.row("", `first figures of ${watched} watched buyers`, (now() - t0) / 1000, "s");
	for (const [name, n] of [["med", medians], ["hub", hubs]]) {
		say(`lapses of ${name === "med" ? "median suppliers" : "hubs"}`);
		const r = await t.http("lapse", list(`lapse-${name}`), n), what = name === "med" ? "a median supplier" : "a hub";
		report.raw[`lapse_${name}`] = r;
		const more = `answered p50 ${show(r.answered.p50)}, p99 ${show(r.answered.p99)}; first event p50 ${show(r.first.p50)}; ${r.touched} of ${watched} watched touched; n ${r.last.n}`;
		report.row(7, `lapse of ${what}, to the last exposure.changed: p50`, r.last.p50, "ms", { atMost: name === "med" ? 5 : undefined, more });
		report.row(7, `lapse of ${what}, to the last exposure.changed: p99`, r.last.p99, "ms", { atMost: name === "med" ? 50 : 250, more: `max ${show(r.last.max)}` });
	}
}

// Certificates that end on one midnight, all processed while a small buyer's pages are read.
export async function wave(report, t, data, small) {
	const ended = lines(join(data, "mass.csv")).length - 1;
	await t.import(join(data, "mass.csv"), "certificates");
	if (!(await t.settled(300))) return report.leftOut("The figures after entering the certificates that end together took more than 300 s: no wave was measured.");
	await t.stop();
	await t.start("2027-10-01T14:59:50Z");
	const offset = Date.parse((await t.get("/v1/status")).now) - now();
	await page(t, small);
	const idle = await pagesWhile(t, small, forSeconds(4));
	while (now() + offset < MIDNIGHT - 200) await sleep(20);
	let at;
	const done = (async () => {
		for (let calm = 0; calm < 3 && now() + offset < MIDNIGHT + 120000; await sleep(20)) {
			const s = await t.get("/v1/status"), is = s.today === "2027-10-02" && s.figured_revision >= s.revision;
			calm = is ? calm + 1 : 0;
			if (calm === 1) at = now() + offset;
		}
	})();
	let on = true;
	done.finally(() => (on = false));
	const busy = await pagesWhile(t, small, () => on);
	await done;
	report.raw.wave = { idle, busy, ended };
	report.row(8, `${ended.toLocaleString("en-US")} certificates end on one midnight: all figures new`, at ? (at - MIDNIGHT) / 1000 : 120, "s", { atMost: 10 });
	report.row(8, "small buyer's pages meanwhile: p99", busy.p99 / idle.p99, "× idle", { atMost: 2, more: `p99 ${show(busy.p99)} ms, max ${show(busy.max)}, n ${busy.n}; idle p99 ${show(idle.p99)}` });
}

// ---- start, memory, loops ----

export async function starts(report, t) {
	const ms = [];
	for (let i = 0; i < 5; i++) {
		await t.start();
		ms.push(t.startMs);
		if (i < 4) await t.stop();
	}
	report.row(11, "start to listening", median(ms), "ms", { atMost: 50, more: `of 5: ${ms.map(show).join(", ")}` });
	report.row(12, "memory of its own, after start", t.memory(), "MB", { atMost: 64 });
}

export function memory(report, t) {
	report.row(12, "memory of its own, the most in the whole run", t.peak, "MB", { atMost: 256 });
}

// Rate and what it cost the daemon: with the client on the same processors the clock cannot show what a second
// loop is worth; requests per second of the daemon's own processor time can.
async function throughput(dir, store, loops, path, clients) {
	const t = new Tierwatch(dir, store);
	await t.start(undefined, "--loops", loops, "--pool-threads", loops);
	await wrk(t.url + path, 1, t.token, clients);
	const t0 = now(), before = t.processorTime(), r = await wrk(t.url + path, 3, t.token, clients);
	const busy = (t.processorTime() - before) / ((now() - t0) / 1000);
	await t.stop();
	return { per_s: r.per_s, busy, each: r.per_s / busy };
}

export async function loops(report, dir, store, list) {
	if (!installed("wrk")) return;
	const id = lines(list("buyers-med"))[0];
	// heavy answers from few: a queue would be measured
	for (const [name, path, clients] of [["point reads", `/v1/orgs/${id}`, CLIENTS], ["exposures", `/v1/orgs/${id}/exposure?depth=4`, 4]]) {
		const one = await throughput(dir, store, 1, path, clients), two = await throughput(dir, store, 2, path, clients);
		report.raw[`loops ${name}`] = { one, two };
		report.row(13, `${name}, 1 → 2 loops, per processor second`, (2 * two.each) / one.each, "×", { atLeast: 1.7, more: `${show(one.per_s)} → ${show(two.per_s)} /s by the clock, client on the same processors; the daemon kept ${show(one.busy)} → ${show(two.busy)} of them busy` });
	}
}
