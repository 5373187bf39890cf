// Measures a build on a made network, beside PostgreSQL and SQLite: usage node run.mjs S|M|L BUILD_DIR, or
// node run.mjs --growth BUILD_DIR. Everything runs on this machine, on loopback or a Unix socket, in a temporary
// directory (TMPDIR; its disk is what writes wait for). docs/performance.md tells what each row is.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Comparison, points } from "./compare.mjs";
import * as goals from "./goals.mjs";
import { Postgres } from "./postgres.mjs";
import { Report, growth } from "./report.mjs";
import { SQLite } from "./sqlite.mjs";
import { Tierwatch } from "./tierwatch.mjs";
import { lines, now, run, say, work } from "./tools.mjs";

// asked: of each list of our own engines; medians, hubs, seconds: of another engine, for each question; tried: how
// many of these in each form that it has.
const SIZES = {
	S: { orgs: 10000, links: 60000, asked: 200, medians: 20, hubs: 20, tried: 5, seconds: 10, writes: 3, watched: 200, lapses: { medians: 20, hubs: 10 } },
	M: { orgs: 100000, links: 600000, asked: 200, medians: 15, hubs: 10, tried: 5, seconds: 12, writes: 4, watched: 1000, lapses: { medians: 30, hubs: 20 } },
	L: { orgs: 1600000, links: 10000000, asked: 50, medians: 5, hubs: 3, tried: 1, seconds: 60, writes: 5, watched: 1000, lapses: { medians: 30, hubs: 20 } },
};
const [size = "M", dir = "build"] = process.argv.slice(2);
if (size !== "--growth" && !SIZES[size]) {
	console.error("usage: run.mjs S|M|L|--growth BUILD_DIR");
	process.exit(2);
}

const data = join(work, "data"), store = join(work, "store");

// The first of a list, as many as this size asks.
function cut(name, n, as = name) {
	const file = join(work, `${as}.list`);
	writeFileSync(file, `${lines(join(data, `${name}.txt`)).slice(0, n).join("\n")}\n`);
	return file;
}
function lists(asked) {
	const some = Object.fromEntries(["buyers-med", "buyers-hub", "suppliers-med", "suppliers-hub"].map((name) => [name, cut(name, asked)]));
	some["few-hubs"] = cut("buyers-hub", 10, "few-hubs");
	return (name) => some[name] ?? join(data, `${name}.txt`);
}

async function ours(report, t, c, list) {
	say("import over HTTP");
	await t.start();
	await goals.imports(report, t, data);
	await t.stop();
	say("plain arrays, the library");
	report.row("", "plain arrays: load", c.plain(t.bin("tests/bench/plain_arrays"), data), "s");
	const graph = t.bin("tests/bench/bench_graph");
	goals.sizes(report, JSON.parse(run(graph, data, store, "sizes").split("\n").find((l) => l.startsWith("{"))));
	c.library(graph, data, store);
	say("offline load");
	await goals.offline(report, t, data, (made) => c.ask("the store loaded offline", graph, data, made));
	say("start, reads over HTTP");
	await goals.starts(report, t);
	await c.http(t);
	const org = await t.http("get", "/v1/orgs/%", list("buyers-med")), suppliers = await t.http("get", "/v1/orgs/%/suppliers", list("buyers-med"));
	report.row("", "HTTP: one organisation", org.ms.p50, "ms", { more: `p99 ${org.ms.p99}; ${org.bytes} bytes` });
	report.row("", "HTTP: first page of its suppliers", suppliers.ms.p50, "ms", { more: `p99 ${suppliers.ms.p99}; ${suppliers.bytes} bytes` });
	await part(report, "point reads", () => goals.pointReads(report, t, lines(list("buyers-med"))[0]));
	return goals.besideHub(report, t, list);
}

// The daemon stays up and idle meanwhile: equality of single records is asked of both.
async function other(Engine, report, t, c, { orgs, ...limits }, list) {
	const missing = Engine.missing();
	if (missing) return report.leftOut(missing);
	const e = new Engine();
	say(`${e.name}: load`);
	await e.start();
	report.raw.versions.push(e.version());
	goals.loadAgainst(report, e, await e.load(data));
	goals.sizeAgainst(report, e, await e.bytes());
	await e.warm();
	say(`${e.name}: questions`);
	await c.engine(e, limits);
	await points(report, t, [e], lines(list("buyers-med")).slice(0, 20), orgs);
	e.measureWrites = () => goals.writesAgainst(report, e, data, limits.writes);
	return e;
}

// A part that fails leaves its rows out; what was measured before and after it still counts.
async function part(report, name, fn) {
	say(name);
	try {
		return await fn();
	} catch (e) {
		report.leftOut(`Not measured to the end, ${name}: ${e.message}`);
	}
}

async function measure(size) {
	const of = SIZES[size], report = new Report(size), t0 = now();
	Object.assign(report.raw, { orgs: of.orgs, links: of.links, versions: [] });
	say(`${size}: ${of.orgs} organisations, ${of.links} links in ${work}`);
	mkdirSync(data);
	const t = new Tierwatch(dir, store);
	run(t.bin("tests/bench/gen_graph"), data, of.orgs, of.links);
	const list = lists(of.asked), c = new Comparison(report, list);
	const small = await ours(report, t, c, list);
	const engines = [];
	for (const Engine of [Postgres, SQLite]) {
		const e = await other(Engine, report, t, c, of, list);
		if (!e) continue;
		engines.push(e);
	}
	await part(report, "durable writes", () => goals.writes(report, t, data, of.writes));
	for (const e of engines) {
		if (report.raw.writes) await part(report, `durable writes, ${e.name}`, e.measureWrites);
		await e.stop();
	}
	await part(report, "lapses", () => goals.lapses(report, t, list, { watched: of.watched, ...of.lapses }));
	await part(report, "a wave of lapses", () => goals.wave(report, t, data, small));
	goals.memory(report, t);
	await t.stop();
	await part(report, "loops", () => goals.loops(report, dir, store, list));
	report.raw.seconds = (now() - t0) / 1000;
	report.rows.sort((a, b) => (a.goal || 99) - (b.goal || 99));
	report.write(dir);
	report.print();
}

try {
	if (size === "--growth") growth(dir);
	else await measure(size);
	process.exit(0);
} catch (e) {
	console.error(e instanceof Error ? e.stack : e);
	process.exit(1);
}
