// SQLite from Debian through its command line tool: one file, everything in its cache. Like PostgreSQL it is
// given numbers for identifiers; links lie in the order of their key, which is the best that it can do.
import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DAY, Shell, installed, lines, now, run, work } from "./tools.mjs";

const COLUMNS = {
	orgs: "n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, kana TEXT NOT NULL",
	certificates: "org INTEGER, certificate TEXT, scheme TEXT, level INTEGER, issued TEXT, expires TEXT, evidence TEXT, PRIMARY KEY (org, certificate)) WITHOUT ROWID",
	links: "procurer INTEGER, supplier INTEGER, required_level INTEGER, annual_spend INTEGER, dependency REAL, PRIMARY KEY (procurer, supplier)) WITHOUT ROWID",
};
const CACHE = "PRAGMA cache_size = -2000000;\nPRAGMA mmap_size = 4000000000;\nPRAGMA temp_store = memory;\n";
const HELD = (n) => `coalesce((SELECT max(level) FROM certificates c WHERE c.org = ${n} AND c.issued <= '${DAY}' AND c.expires >= '${DAY}'), 0)`;
const chain = (from, to, org) => `WITH RECURSIVE r(n, tier) AS (VALUES (${org}, 0) UNION SELECT l.${to}, r.tier + 1 FROM r CROSS JOIN links l ON l.${from} = r.n WHERE r.tier < 4),
t AS MATERIALIZED (SELECT n, min(tier) AS tier FROM r GROUP BY n)`;

// One table of who was met, one of the tier last met; nothing is written to disk.
function frontier(from, to, org, asked) {
	const value = asked ? "l.required_level" : "0";
	const again = asked ? "DO UPDATE SET asked = max(asked, excluded.asked) WHERE excluded.asked > asked" : "DO NOTHING";
	let sql = `BEGIN;\nDELETE FROM temp.r;\nDELETE FROM temp.f;\nINSERT INTO temp.r VALUES (${org}, 0, 9);\nINSERT INTO temp.f VALUES (${org});\n`;
	for (let k = 1; k <= 4; k++) {
		sql += `INSERT INTO temp.r SELECT l.${to}, ${k}, ${value} FROM temp.f CROSS JOIN links l ON l.${from} = f.n WHERE true ON CONFLICT (n) ${again};\n`;
		if (k < 4) sql += `DELETE FROM temp.f;\nINSERT INTO temp.f SELECT n FROM temp.r WHERE tier = ${k};\n`;
	}
	return sql;
}

const forms = {
	exposure: {
		"recursive CTE": (org) => `${chain("procurer", "supplier", org)},
a AS MATERIALIZED (SELECT l.supplier AS n, max(l.required_level) AS asked FROM t CROSS JOIN links l ON l.procurer = t.n WHERE t.tier < 4 GROUP BY 1)
SELECT t.tier, count(*), sum(${HELD("t.n")} < a.asked) FROM t JOIN a USING (n) WHERE t.tier > 0 GROUP BY 1 ORDER BY 1;`,
		"frontier tables": (org) => `${frontier("procurer", "supplier", org, true)}SELECT tier, count(*), sum(${HELD("r.n")} < asked) FROM temp.r WHERE tier > 0 GROUP BY 1 ORDER BY 1;\nCOMMIT;`,
	},
	impact: {
		"recursive CTE": (org) => `${chain("supplier", "procurer", org)} SELECT tier, count(*) FROM t WHERE tier > 0 GROUP BY 1 ORDER BY 1;`,
		"frontier tables": (org) => `${frontier("supplier", "procurer", org, false)}SELECT tier, count(*) FROM temp.r WHERE tier > 0 GROUP BY 1 ORDER BY 1;\nCOMMIT;`,
	},
};
const COUNTS = (n) => `SELECT id, name, kana, (SELECT count(*) FROM links WHERE procurer = o.n), (SELECT count(*) FROM links WHERE supplier = o.n) FROM orgs o WHERE n = ${n};`;
const PAGE = (n) => `SELECT o.id, o.name, l.required_level, l.annual_spend, l.dependency FROM links l JOIN orgs o ON o.n = l.supplier WHERE l.procurer = ${n} ORDER BY o.id LIMIT 50;`;

export class SQLite {
	name = "SQLite";
	forms = forms;
	static missing() {
		return installed("sqlite3") && installed("stdbuf") ? undefined : "sqlite3 is not installed: nothing is compared with it (script/bootstrap --bench)";
	}
	async start() {
		this.file = join(work, "sqlite.db");
		await this.open();
	}
	async open() {
		// the tool keeps rows back where nobody looks on; stdbuf makes it tell each
		this.shell = new Shell("stdbuf", ["-oL", "sqlite3", "-batch", "-bail", "-list", this.file], { echo: ".print" });
		await this.shell.ask(CACHE);
	}
	// Rows go into a table of the session first, then sorted to their place; the file is whole at the end.
	async load(data) {
		const t0 = now();
		let sql = "PRAGMA journal_mode = off;\nPRAGMA synchronous = off;\n";
		for (const [table, columns] of Object.entries(COLUMNS)) {
			const kept = columns.includes("WITHOUT") ? columns : `${columns})`;
			const loose = columns.replace(/, PRIMARY KEY.*/, "").replace(" PRIMARY KEY", "").replace(" UNIQUE", "");
			const order = table === "orgs" ? "n" : table === "links" ? "procurer, supplier" : "org, certificate";
			sql += `CREATE TABLE ${table} (${kept};\nCREATE TEMP TABLE in_${table} (${loose});\n.import --csv --schema temp ${data}/${table}.num in_${table}\n`;
			sql += `INSERT INTO main.${table} SELECT * FROM temp.in_${table} ORDER BY ${order};\nDROP TABLE temp.in_${table};\n`;
		}
		await this.shell.ask(`${sql}CREATE INDEX links_supplier ON links (supplier, procurer);\nANALYZE;`);
		await this.shell.ask("PRAGMA journal_mode = wal;");
		await this.shell.close();
		run("sync", this.file);
		const seconds = (now() - t0) / 1000;
		await this.open();
		await this.shell.ask("PRAGMA synchronous = full;");
		return seconds;
	}
	async bytes() {
		return { file: statSync(this.file).size };
	}
	async warm() {
		await this.shell.ask("CREATE TEMP TABLE r (n INTEGER PRIMARY KEY, tier INTEGER, asked INTEGER);\nCREATE TEMP TABLE f (n INTEGER PRIMARY KEY);\nSELECT sum(annual_spend) FROM links;\nSELECT sum(procurer) FROM links INDEXED BY links_supplier WHERE supplier >= 0;\nSELECT sum(level) FROM certificates;");
	}
	ask(sql) {
		return this.shell.ask(sql);
	}
	async counts(n) {
		return (await this.shell.ask(COUNTS(n))).rows[0];
	}
	async page(n) {
		return (await this.shell.ask(PAGE(n))).rows;
	}
	// One reader, statements from a file: SQLite has no server to ask.
	async many(form, orgs) {
		const sql = Array.from({ length: 5000 }, (_, i) => form((i * 7919) % orgs)).join("\n");
		const { ms } = await this.shell.ask(sql);
		return { per_s: 5000 / (ms / 1000), ms: ms / 5000 };
	}
	pointReads(orgs) {
		return this.many(COUNTS, orgs);
	}
	pages(orgs) {
		return this.many(PAGE, orgs);
	}
	// One writer, each statement durable: its log is synced every time.
	async writes(data, _clients, seconds) {
		const pairs = lines(join(data, "upserts.num")).slice(0, 200000), file = join(work, "upserts.sql");
		let done = 0, ms = 0;
		for (const step = 2000; ms < seconds * 1000 && done < pairs.length; done += step) {
			writeFileSync(file, pairs.slice(done, done + step).map((line) => {
				const [i, p, s] = line.split(",");
				return `INSERT INTO links VALUES (${p}, ${s}, 3, ${Number(i) + 1}, 0.25) ON CONFLICT (procurer, supplier) DO UPDATE SET required_level = excluded.required_level, annual_spend = excluded.annual_spend, dependency = excluded.dependency;`;
			}).join("\n"));
			ms += (await this.shell.ask(`.read ${file}`)).ms;
		}
		return { per_s: done / (ms / 1000), ms: ms / done };
	}
	async stop() {
		await this.shell.close();
		for (const end of ["", "-wal", "-shm"]) rmSync(this.file + end, { force: true });
	}
	version() {
		return `SQLite ${run("sqlite3", "--version").split(" ")[0]}`;
	}
}
