// PostgreSQL 15 from Debian: a server of our own in a temporary directory, on a Unix socket only, as an
// unprivileged user. Settings and forms of the questions are the fastest we know; where two forms compete,
// compare.mjs keeps the faster. It is given numbers for identifiers, no foreign keys and no log beside its
// own, and it loads into tables of the same transaction, which spares it that log too.
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { DAY, Shell, installed, now, run, sleep, start, stop, work } from "./tools.mjs";

const BIN = "/usr/lib/postgresql/15/bin";
const MEMORY = Math.min(2048, Math.floor(totalmem() / (1 << 20) / 4)); // MB
const SETTINGS = {
	listen_addresses: "", shared_buffers: `${MEMORY}MB`, work_mem: "512MB", temp_buffers: "512MB", maintenance_work_mem: "1GB",
	effective_cache_size: `${MEMORY * 4}MB`, random_page_cost: "1.1", jit: "off", fsync: "on", synchronous_commit: "on",
	wal_level: "minimal", max_wal_senders: "0", max_wal_size: "16GB", checkpoint_timeout: "30min", autovacuum: "off", max_connections: "100",
};
const TABLES = `
CREATE TABLE orgs (n int NOT NULL, id text NOT NULL, name text NOT NULL, kana text NOT NULL);
CREATE TABLE certificates (org int NOT NULL, certificate text NOT NULL, scheme text, level smallint, issued date, expires date, evidence text);
CREATE TABLE links (procurer int NOT NULL, supplier int NOT NULL, annual_spend bigint, dependency real, required_level smallint);`;
const INDEXES = `
ALTER TABLE orgs ADD PRIMARY KEY (n);
CREATE UNIQUE INDEX ON orgs (id);
ALTER TABLE certificates ADD PRIMARY KEY (org, certificate);
ALTER TABLE links ADD PRIMARY KEY (procurer, supplier);
CREATE INDEX ON links (supplier, procurer);`;
const HELD = `(SELECT org, max(level) AS level FROM certificates WHERE issued <= '${DAY}' AND expires >= '${DAY}' GROUP BY org)`;

// Tier after tier in tables of the transaction, with statistics for the planner.
function tiers(from, to, org, asked) {
	let sql = `BEGIN;\n`;
	for (let k = 1; k <= 4; k++) {
		const source = k === 1 ? `links l WHERE l.${from} = ${org}` : `f${k - 1} f JOIN links l ON l.${from} = f.n`;
		const met = Array.from({ length: k - 1 }, (_, i) => ` AND NOT EXISTS (SELECT FROM f${i + 1} x WHERE x.n = e${k}.n)`).join("");
		sql += `CREATE TEMP TABLE e${k} ON COMMIT DROP AS SELECT l.${to} AS n${asked ? ", max(l.required_level) AS asked" : ""} FROM ${source} GROUP BY 1;\nANALYZE e${k};\n`;
		sql += `CREATE TEMP TABLE f${k} ON COMMIT DROP AS SELECT n FROM e${k} WHERE n <> ${org}${met};\nANALYZE f${k};\n`;
	}
	return sql;
}
const union = (name, more) => [1, 2, 3, 4].map((k) => `SELECT n${more(k)} FROM ${name}${k}`).join(" UNION ALL ");
const chain = (from, to, org) => `WITH RECURSIVE r(n, tier) AS (VALUES (${org}, 0) UNION SELECT l.${to}, r.tier + 1 FROM r JOIN links l ON l.${from} = r.n WHERE r.tier < 4),
t AS (SELECT n, min(tier) AS tier FROM r GROUP BY n)`;

const forms = {
	exposure: {
		"recursive CTE": (org) => `${chain("procurer", "supplier", org)},
a AS (SELECT l.supplier AS n, max(l.required_level) AS asked FROM t JOIN links l ON l.procurer = t.n WHERE t.tier < 4 GROUP BY 1)
SELECT t.tier, count(*), count(*) FILTER (WHERE coalesce(h.level, 0) < a.asked) FROM t JOIN a USING (n) LEFT JOIN ${HELD} h ON h.org = t.n
WHERE t.tier > 0 GROUP BY 1 ORDER BY 1;`,
		"unrolled tiers": (org) => `${tiers("procurer", "supplier", org, true)}SELECT t.tier, count(*), count(*) FILTER (WHERE coalesce(h.level, 0) < a.asked)
FROM (${union("f", (k) => `, ${k} AS tier`)}) t JOIN (SELECT n, max(asked) AS asked FROM (${union("e", () => ", asked")}) e GROUP BY n) a USING (n)
LEFT JOIN ${HELD} h ON h.org = t.n GROUP BY 1 ORDER BY 1;\nCOMMIT;`,
	},
	impact: {
		"recursive CTE": (org) => `${chain("supplier", "procurer", org)} SELECT tier, count(*) FROM t WHERE tier > 0 GROUP BY 1 ORDER BY 1;`,
		"unrolled tiers": (org) => `${tiers("supplier", "procurer", org, false)}SELECT tier, count(*) FROM (${union("f", (k) => `, ${k} AS tier`)}) t GROUP BY 1 ORDER BY 1;\nCOMMIT;`,
	},
};
const COUNTS = "SELECT id, name, kana, (SELECT count(*) FROM links WHERE procurer = o.n), (SELECT count(*) FROM links WHERE supplier = o.n) FROM orgs o WHERE n = ";
const PAGE = (n) => `SELECT o.id, o.name, l.required_level, l.annual_spend, l.dependency FROM links l JOIN orgs o ON o.n = l.supplier WHERE l.procurer = ${n} ORDER BY o.id LIMIT 50;`;
const UPSERT = `\\set i random(0, 399999)
INSERT INTO links (procurer, supplier, required_level, annual_spend, dependency) SELECT p, s, 3, :i + 1, 0.25 FROM upserts WHERE i = :i
ON CONFLICT (procurer, supplier) DO UPDATE SET required_level = excluded.required_level, annual_spend = excluded.annual_spend, dependency = excluded.dependency;
`;

export class Postgres {
	name = "PostgreSQL 15";
	forms = forms;
	static missing() {
		return existsSync(join(BIN, "postgres")) && installed("psql") ? undefined : "postgresql-15 is not installed: nothing is compared with it (script/bootstrap --bench)";
	}
	// As root the server refuses to run: then as the user that Debian's package made.
	as(program, args) {
		if (process.getuid() !== 0) return [program, args];
		return ["setpriv", ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", program, ...args]];
	}
	async start() {
		this.home = join(work, "postgres");
		mkdirSync(this.home, { mode: 0o700 });
		if (process.getuid() === 0) chownSync(this.home, ...["-u", "-g"].map((flag) => Number(run("id", flag, "postgres"))));
		this.user = process.getuid() === 0 ? "postgres" : run("id", "-un").trim();
		const db = join(this.home, "db");
		const [init, initArgs] = this.as(join(BIN, "initdb"), ["-D", db, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]);
		run(init, ...initArgs);
		const options = Object.entries(SETTINGS).flatMap(([k, v]) => ["-c", `${k}=${v}`]);
		const [server, args] = this.as(join(BIN, "postgres"), ["-D", db, "-k", this.home, ...options]);
		this.server = start(server, args, { cwd: "/" }, "SIGQUIT");
		for (let i = 0; !existsSync(join(this.home, ".s.PGSQL.5432")) || !this.answers(); i++) {
			if (i > 200) throw new Error("PostgreSQL does not start");
			await sleep(50);
		}
		this.shell = new Shell("psql", ["-X", "-q", "-A", "-t", "-h", this.home, "-U", this.user, "-v", "ON_ERROR_STOP=1", "postgres"], { echo: "\\echo" });
	}
	answers() {
		try {
			run(join(BIN, "pg_isready"), "-h", this.home);
			return true;
		} catch {
			return false;
		}
	}
	async load(data) {
		const t0 = now();
		await this.shell.ask(`BEGIN;${TABLES}
COPY orgs FROM '${data}/orgs.num' (FORMAT csv);
COPY certificates FROM '${data}/certificates.num' (FORMAT csv);
COPY links (procurer, supplier, required_level, annual_spend, dependency) FROM '${data}/links.num' (FORMAT csv);
${INDEXES}
COMMIT;
VACUUM ANALYZE;`);
		return (now() - t0) / 1000;
	}
	async bytes() {
		const { rows } = await this.shell.ask("SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relname IN ('orgs', 'certificates', 'links');");
		return Object.fromEntries(rows.map(([name, n]) => [name, Number(n)]));
	}
	async warm() {
		await this.shell.ask("CREATE EXTENSION IF NOT EXISTS pg_prewarm;\nSELECT sum(pg_prewarm(c.oid)) FROM pg_class c WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace;").catch(() => {});
		await this.shell.ask("SET client_min_messages = error;");
	}
	ask(sql) {
		return this.shell.ask(sql);
	}
	async counts(n) {
		return (await this.shell.ask(`${COUNTS}${n};`)).rows[0];
	}
	async page(n) {
		return (await this.shell.ask(PAGE(n))).rows;
	}
	pgbench(name, text, clients, seconds) {
		const file = join(work, `${name}.sql`);
		writeFileSync(file, text);
		const out = run(join(BIN, "pgbench"), "-n", "-h", this.home, "-U", this.user, "-M", "prepared", "-c", clients, "-j", Math.min(2, clients), "-T", seconds, "-f", file, "postgres");
		return { per_s: Number(/tps = ([\d.]+)/.exec(out)[1]), ms: Number(/latency average = ([\d.]+)/.exec(out)[1]) };
	}
	pointReads(orgs, clients, seconds) {
		return this.pgbench("point", `\\set n random(0, ${orgs - 1})\n${COUNTS}:n;\n`, clients, seconds);
	}
	pages(orgs, clients, seconds) {
		return this.pgbench("page", `\\set n random(0, ${orgs - 1})\n${PAGE(":n")}\n`, clients, seconds);
	}
	async writes(data, clients, seconds) {
		await this.shell.ask(`CREATE TABLE upserts (i int, p int, s int);\nCOPY upserts FROM '${data}/upserts.num' (FORMAT csv);\nALTER TABLE upserts ADD PRIMARY KEY (i);\nANALYZE upserts;\nCHECKPOINT;`);
		return this.pgbench("upsert", UPSERT, clients, seconds);
	}
	async stop() {
		await this.shell.close();
		await stop(this.server, "SIGINT");
		run("rm", "-rf", this.home);
	}
	version() {
		return readFileSync("/etc/debian_version", "utf8").trim() && run(join(BIN, "postgres"), "--version").trim();
	}
}
