// Rows against goals, as Markdown and as JSON; growth over the sizes that were measured.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import { join } from "node:path";
import { show } from "./tools.mjs";

function print(cells) {
	const width = cells[0].map((_, i) => Math.max(...cells.map((c) => c[i].length)));
	const last = cells[0].length - 1;
	cells.splice(1, 0, cells[0].map((_, i) => "-".repeat(i < last ? width[i] : 5)));
	for (const c of cells) console.log(`| ${c.map((x, i) => (i < last ? x.padEnd(width[i]) : x)).join(" | ")} |`);
}

export class Report {
	constructor(size) {
		const model = /model name\s*: (.*)/.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1];
		this.raw = { size, date: new Date().toISOString(), processors: cpus().length, model, kernel: release(), load_before: loadavg()[0], left_out: [] };
		this.rows = [];
	}
	// goal: the number of a goal of docs/performance.md, or "".
	row(goal, name, value, unit, { atMost, atLeast, more = "" } = {}) {
		const met = atMost !== undefined ? value <= atMost : atLeast !== undefined ? value >= atLeast : null;
		const limit = atMost !== undefined ? `≤ ${atMost.toLocaleString("en-US")} ${unit}` : atLeast !== undefined ? `≥ ${atLeast.toLocaleString("en-US")} ${unit}` : "";
		this.rows.push({ goal, name, value, unit, limit, met, more });
	}
	leftOut(sentence) {
		console.error(`==> ${sentence}`);
		this.raw.left_out.push(sentence);
	}
	write(dir) {
		this.raw.load_after = loadavg()[0];
		this.raw.rows = this.rows;
		const text = `${JSON.stringify(this.raw, null, 1)}\n`;
		writeFileSync(join(dir, "bench.json"), text);
		writeFileSync(join(dir, `bench-${this.raw.size}.json`), text);
	}
	print() {
		const r = this.raw;
		console.log(`${r.size}: ${r.orgs.toLocaleString("en-US")} organisations, ${r.links.toLocaleString("en-US")} links; ${r.date.slice(0, 10)}, ${r.processors} processors (${r.model}), load ${r.load_before.toFixed(1)} before and ${r.load_after.toFixed(1)} after; ${r.versions.join(", ")}; ${Math.round(r.seconds)} s\n`);
		const cells = this.rows.map((x) => [String(x.goal), x.name, x.limit, `${show(x.value)} ${x.unit}`, x.met === null ? "" : x.met ? "met" : "missed", x.more]);
		print([["#", "what", "goal", "measured", "", "more"], ...cells]);
		for (const s of r.left_out) console.log(`\n${s}`);
	}
}

// How cost grows: what was measured at each size, side by side; the last column is the growth from one to the next.
export function growth(dir) {
	const sizes = ["S", "M", "L"].filter((s) => existsSync(join(dir, `bench-${s}.json`)));
	const results = sizes.map((s) => JSON.parse(readFileSync(join(dir, `bench-${s}.json`), "utf8")));
	if (results.length < 2) throw new Error("growth is told from the results of two sizes at least: script/bench S, script/bench M");
	const names = [...new Set(results.flatMap((r) => r.rows.map((x) => x.name)))];
	const find = (r, name) => r.rows.find((x) => x.name === name);
	const cells = names.map((name) => {
		const v = results.map((r) => find(r, name)?.value), unit = results.map((r) => find(r, name)?.unit).find(Boolean);
		return [`${name} (${unit})`, ...v.map(show), v.slice(1).map((x, i) => (x && v[i] ? `${show(x / v[i])}×` : "–")).join(", ")];
	});
	console.log(`Links: ${results.map((r) => `${r.size} ${r.links.toLocaleString("en-US")}`).join(", ")}; measured ${results.map((r) => r.date.slice(0, 10)).join(", ")}\n`);
	print([["what", ...sizes, "growth"], ...cells]);
}
