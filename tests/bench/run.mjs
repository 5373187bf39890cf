// Measures a build on a made network: usage node run.mjs S|M BUILD_DIR. Everything runs on this
// machine, on loopback and in a temporary directory (TMPDIR; its disk is what writes wait for).
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";

const SIZES = { S: [10000, 60000], M: [100000, 600000] };
const CLOCK = "2027-10-01T01:00:00Z"; // the day that gen_graph's certificates are made for
const WATCHED = 100, LAPSES = 50, CLIENTS = 8, SECONDS = 5;

const [size = "M", dir = "build"] = process.argv.slice(2);
if (!SIZES[size]) {
	console.error("usage: run.mjs S|M BUILD_DIR");
	process.exit(2);
}
const bin = (name) => resolve(dir, name);
const work = mkdtempSync(join(tmpdir(), "tierwatch-bench-"));
const data = join(work, "data"), store = join(work, "store");
const list = (name) => join(data, `${name}.txt`);
const rows = [], raw = { size, date: new Date().toISOString(), processors: cpus().length, load_before: loadavg()[0] };
const say = (text) => console.error(`==> ${text}`);

// One row of the table; goal: the limit for `value`, atLeast: a lower one.
function row(name, value, unit, { goal, atLeast, more = "" } = {}) {
	const met = goal !== undefined ? value < goal : atLeast !== undefined ? value >= atLeast : null;
	const limit = goal !== undefined ? `< ${goal}` : atLeast !== undefined ? `>= ${atLeast}` : "";
	rows.push({ name, value, unit, limit, met, more });
}

const run = (program, ...args) => execFileSync(program, args.map(String), { encoding: "utf8", maxBuffer: 1 << 26 });

// ---- the daemon ----

let daemon, url, startMs;

function start() {
	const t0 = process.hrtime.bigint();
	return new Promise((ok, failed) => {
		let text = "";
		daemon = spawn(bin("tierwatchd"), ["--data", store, "--listen", "127.0.0.1:0", "--clock", CLOCK], { stdio: ["ignore", "ignore", "pipe"] });
		daemon.stderr.setEncoding("utf8");
		daemon.stderr.on("data", (part) => {
			text += part;
			const m = /listening on (http:\S+)/.exec(text);
			if (!m || url) return;
			startMs = Number(process.hrtime.bigint() - t0) / 1e6;
			url = m[1];
			ok();
		});
		daemon.on("exit", (code) => failed(new Error(`tierwatchd ended (${code}): ${text}`)));
	});
}

async function stop() {
	const end = new Promise((ok) => daemon.once("close", ok));
	daemon.kill("SIGTERM");
	await end;
	daemon = url = undefined;
}

// Memory of its own, that is beside the store's map and the program's file.
function memory() {
	const text = readFileSync(`/proc/${daemon.pid}/smaps_rollup`, "utf8");
	return Number(/^Anonymous:\s+(\d+) kB/m.exec(text)[1]) / 1024;
}

// Seconds of processor time that the daemon has used: says more than the clock on a busy machine.
function processorTime() {
	const f = readFileSync(`/proc/${daemon.pid}/stat`, "utf8").split(") ")[1].split(" ");
	return (Number(f[11]) + Number(f[12])) / 100;
}

const token = () => join(store, "admin.token");
const http = (...args) => JSON.parse(run(bin("tests/bench/bench_http"), new URL(url).port, token(), ...args));

// ---- what is measured ----

function importFiles() {
	const env = { ...process.env, TIERWATCH_URL: url, TIERWATCH_TOKEN: readFileSync(token(), "utf8").trim() };
	const s = {}, before = processorTime();
	for (const kind of ["orgs", "certificates", "links"]) {
		const t0 = process.hrtime.bigint();
		const r = spawnSync(bin("tierwatch"), ["import", join(data, `${kind}.csv`), "--kind", kind], { env, encoding: "utf8" });
		if (r.status !== 0 || !/ 0 rejected/.test(r.stderr)) throw new Error(`import of ${kind}: ${r.stderr}`);
		s[kind] = Number(process.hrtime.bigint() - t0) / 1e9;
	}
	raw.import_s = s;
	const total = s.orgs + s.certificates + s.links;
	row("import of the three files", total, "s", { goal: size === "M" ? 3 : undefined, more: Object.entries(s).map(([k, v]) => `${k} ${v.toFixed(2)}`).join(", ") + `; processor time ${(processorTime() - before).toFixed(2)} s` });
}

function library() {
	const text = run(bin("tests/bench/bench_graph"), data, join(work, "library"), list("buyers-med"), list("buyers-hub"), list("suppliers-med"));
	raw.library = text.split("\n");
	let of = "";
	for (const line of raw.library) {
		const about = /(\S+)-(\S+)\.txt: mean reach (\d+)/.exec(line);
		if (about) of = { buyers: about[1].endsWith("buyers"), what: about[2] === "med" ? "median" : "hub", reach: about[3] };
		const m = /^ {2}(\S.*?) +n +\d+ +p50 +(\S+) ms +p99 +(\S+) ms +max +(\S+) ms/.exec(line);
		if (!m || (m[1] === "impact") === of.buyers) continue;
		row(`library: ${m[1]}, ${of.what} ${of.buyers ? "buyer" : "supplier"}`, Number(m[2]), "ms", { more: `p99 ${m[3]}, max ${m[4]}${of.buyers ? `; reaches ${of.reach}` : ""}` });
	}
}

function reads() {
	const ask = (key, name, form, ids, goal) => {
		const r = http("get", form, list(ids));
		raw[key] = r;
		row(name, r.ms.p50, "ms", { goal: size === "M" ? goal : undefined, more: `p99 ${r.ms.p99.toFixed(1)}, max ${r.ms.max.toFixed(1)}; ${r.bytes} bytes` });
	};
	ask("exposure_med", "exposure, median buyer", "/v1/orgs/%/exposure?depth=4", "buyers-med", 10);
	ask("exposure_hub", "exposure, hub", "/v1/orgs/%/exposure?depth=4", "buyers-hub", 25);
	ask("gaps_med", "gaps, first page, median buyer", "/v1/orgs/%/gaps?depth=4", "buyers-med");
	ask("gaps_hub", "gaps, first page, hub", "/v1/orgs/%/gaps?depth=4", "buyers-hub");
	ask("impact_med", "impact, median supplier", "/v1/orgs/%/impact?depth=4", "suppliers-med");
	ask("org", "one organisation", "/v1/orgs/%", "buyers-med");
}

function lapses() {
	http("watch", list("buyers-med"), WATCHED);
	const r = http("lapse", list("lapse"), LAPSES);
	raw.lapse = r;
	const tail = (x) => `p99 ${x.p99.toFixed(1)}, max ${x.max.toFixed(1)}`;
	row("lapse: answered, on disk", r.answered.p50, "ms", { more: tail(r.answered) });
	row("lapse: first exposure.changed seen", r.first.p50, "ms", { goal: size === "M" ? 20 : undefined, more: tail(r.first) });
	row("lapse: last exposure.changed seen", r.last.p50, "ms", { goal: size === "M" ? 20 : undefined, more: `${tail(r.last)}; ${r.touched} of ${WATCHED} watched buyers touched` });
}

function writes() {
	const r = http("write", join(data, "links.csv"), CLIENTS, SECONDS);
	raw.writes = r;
	row(`durable link writes, ${CLIENTS} clients`, r.per_s, "/s", { atLeast: size === "M" ? 5000 : undefined, more: `p50 ${r.ms.p50.toFixed(2)} ms, p99 ${r.ms.p99.toFixed(2)}` });
}

function pointReads() {
	const id = readFileSync(list("buyers-med"), "utf8").split("\n")[0];
	const r = spawnSync("wrk", ["-t1", "-c64", "-d5s", "--latency", "-H", `Authorization: Bearer ${readFileSync(token(), "utf8").trim()}`, `${url}/v1/orgs/${id}`], { encoding: "utf8" });
	if (r.error || r.status !== 0) return say("wrk is not installed: no rate of point reads");
	raw.wrk = r.stdout.split("\n");
	if (/Non-2xx/.test(r.stdout)) throw new Error(r.stdout);
	row("point reads, 64 connections (wrk)", Number(/Requests\/sec:\s+(\S+)/.exec(r.stdout)[1]), "/s", { more: `p99 ${/99%\s+(\S+)/.exec(r.stdout)[1]}` });
}

function table() {
	const show = (r) => [r.name, `${r.value >= 100 ? Math.round(r.value) : r.value.toFixed(2)} ${r.unit}`, r.limit, r.met === null ? "" : r.met ? "met" : "missed", r.more];
	const cells = [["what", "p50 or value", "goal", "", "more"], ...rows.map(show)];
	const width = [0, 1, 2, 3].map((i) => Math.max(...cells.map((c) => c[i].length)));
	cells.splice(1, 0, [...width, 5].map((n) => "-".repeat(n)));
	for (const c of cells) console.log(`| ${c.map((x, i) => (i < 4 ? x.padEnd(width[i]) : x)).join(" | ")} |`);
}

try {
	say(`${size}: ${SIZES[size].join(" organisations, ")} links in ${work}`);
	mkdirSync(data);
	run(bin("tests/bench/gen_graph"), data, ...SIZES[size]);
	await start();
	say("import");
	importFiles();
	await new Promise((ok) => setTimeout(ok, 1000));
	const afterImport = memory();
	say("reads over HTTP");
	reads();
	say("lapses");
	lapses();
	say("writes");
	writes();
	pointReads();
	const afterLoad = memory();
	await stop();
	const starts = [];
	for (let i = 0; i < 5; i++) {
		await start();
		starts.push(startMs);
		if (i < 4) await stop();
	}
	row("start to listening", starts.sort((a, b) => a - b)[2], "ms", { goal: size === "M" ? 50 : undefined, more: `of 5: ${starts.map((x) => x.toFixed(0)).join(", ")}` });
	row("memory of its own after start", memory(), "MB", { goal: 64 });
	row("the same after the imports", afterImport, "MB", { goal: 64 });
	row("the same after all the load", afterLoad, "MB", { goal: 64 });
	await stop();
	say("the library alone");
	library();
	raw.load_after = loadavg()[0];
	raw.rows = rows;
	writeFileSync(join(dir, "bench.json"), `${JSON.stringify(raw, null, 1)}\n`);
	console.log(`${size}, ${raw.date.slice(0, 10)}, ${raw.processors} processors, load ${raw.load_before.toFixed(1)} before and ${raw.load_after.toFixed(1)} after`);
	table();
} finally {
	daemon?.kill("SIGKILL");
	rmSync(work, { recursive: true, force: true });
}
