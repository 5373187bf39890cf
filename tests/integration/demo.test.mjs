/*
 * The demo: the same day gives the same bytes, nothing in it is real, and what the daemon makes of it
 * shows every state, kind and timing over five tiers. Uses build/data/demogen (DEMOGEN) and, for the
 * second part, TIERWATCHD and TIERWATCH.
 */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DEMOGEN = process.env.DEMOGEN ?? join(ROOT, "build/data/demogen");
const { TIERWATCHD, TIERWATCH } = process.env;
const TODAY = "2028-04-03";
const noGenerator = existsSync(DEMOGEN) ? false : `no ${DEMOGEN}`;

let work;
before(() => {
	work = mkdtempSync(join(tmpdir(), "tierwatch-demo-"));
});
after(() => rmSync(work, { recursive: true, force: true }));

function generate(name, today) {
	const dir = join(work, name);
	execFileSync(DEMOGEN, ["--today", today, dir], { stdio: "ignore" });
	return dir;
}

const rows = (dir, file) => readFileSync(join(dir, file), "utf8").trimEnd().split("\n").slice(1);

function checkDigit(base) {
	const sum = [...base].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 2), 0);
	return 9 - (sum % 9);
}

describe("demo files", { skip: noGenerator }, () => {
	test("the same day gives the same bytes, another day others", () => {
		const [a, b, c] = [generate("a", TODAY), generate("b", TODAY), generate("c", "2028-04-04")];
		const read = (dir) => readdirSync(dir).map((file) => [file, readFileSync(join(dir, file), "utf8")]);
		assert.deepEqual(read(a), read(b));
		assert.notDeepEqual(read(a), read(c));
	});

	test("every organisation is fictional", () => {
		const dir = generate("ids", TODAY);
		const orgs = rows(dir, "orgs.csv");
		assert.equal(orgs.length, 3000);
		assert.equal(rows(dir, "links.csv").length, 8000);
		const ids = new Set();
		for (const row of orgs) {
			const id = row.split(",")[0];
			assert.ok(!ids.has(id), `${id} comes once`);
			ids.add(id);
			const number = /^JP-JCN-(\d)(9999\d{8})(~[A-Z0-9]+)?$/.exec(id);
			if (number) assert.equal(Number(number[1]), checkDigit(number[2]), id);
			else assert.match(id, /^XX-LOCAL-DEMO-/);
			for (const mail of row.match(/[^,]+@[^,]+/g) ?? [])
				assert.match(mail, /@[a-z0-9.-]+\.example\.(jp|com)$/);
		}
	});

	test("a wrong command line is said", () => {
		for (const args of [[], ["--today", "2026-02-30", work], ["--what", work]])
			assert.throws(
				() => execFileSync(DEMOGEN, args, { stdio: "ignore" }),
				(error) => error.status === 2,
			);
	});
});

describe("demo in the daemon", { skip: noGenerator || (TIERWATCHD && TIERWATCH ? false : "no daemon") }, () => {
	let daemon;
	let base;
	let token;
	before(async () => {
		const data = join(work, "data");
		daemon = spawn(TIERWATCHD, ["--data", data, "--listen", "127.0.0.1:0", "--clock", `${TODAY}T01:00:00Z`], {
			stdio: ["ignore", "ignore", "pipe"],
		});
		base = await new Promise((ready, failed) => {
			let text = "";
			daemon.on("exit", (code) => failed(new Error(`tierwatchd ended with ${code}: ${text}`)));
			daemon.stderr.on("data", (piece) => {
				text += piece;
				const match = /listening on (http:\/\/\S+)/.exec(text);
				if (match) ready(match[1]);
			});
		});
		token = readFileSync(join(data, "admin.token"), "utf8").trim();
	});
	after(async () => {
		if (!daemon) return;
		const ended = new Promise((done) => daemon.on("exit", done));
		daemon.kill("SIGTERM");
		assert.equal(await ended, 0);
	});

	const tierwatch = (...args) =>
		execFileSync(TIERWATCH, args, {
			encoding: "utf8",
			env: { ...process.env, TIERWATCH_URL: base, TIERWATCH_TOKEN: token },
			stdio: ["ignore", "pipe", "pipe"],
		});

	test("script/demo-data loads it without a rejected row", () => {
		const dir = generate("load", TODAY);
		for (const kind of ["orgs", "links", "certificates", "clauses"]) {
			const said = tierwatch("--output", "json", "import", join(dir, `${kind}.csv`), "--kind", kind);
			const job = JSON.parse(said);
			assert.equal(job.rejected, 0, said);
			assert.equal(job.accepted, rows(dir, `${kind}.csv`).length);
		}
		const said = execFileSync(join(ROOT, "script/demo-data"), {
			encoding: "utf8",
			env: { ...process.env, TIERWATCH_URL: base, TIERWATCH_TOKEN: token },
		});
		assert.match(said, /#token=/);
		assert.match(said, /cert revoke JP-JCN-\d{13}\S* scs-1/);
	});

	test("its buyers show every state, kind and timing, down to tier 5", () => {
		const buyers = rows(join(work, "load"), "orgs.csv").slice(0, 2);
		for (const buyer of buyers) {
			const figures = JSON.parse(tierwatch("--output", "json", "exposure", buyer.split(",")[0]));
			assert.equal(figures.tiers.length, 5);
			for (const tier of figures.tiers) assert.ok(tier.suppliers > 50, `tier ${tier.tier}`);
			for (const group of ["states", "gap_kinds", "gap_timing"])
				for (const [key, n] of Object.entries(figures[group])) assert.ok(n > 0, `${group}.${key} of ${buyer}`);
			for (const key of ["at_risk", "exceptions", "clause_gaps", "spend_unknown", "dependency_defaulted"])
				assert.ok(figures[key] > 0, key);
			assert.ok(figures.spend_behind_gaps > 0 && figures.spend_behind_gaps < figures.annual_spend);
		}
	});

	test("the supplier that the hint names is not in gap, and revoking it makes one", () => {
		const said = execFileSync(join(ROOT, "script/demo-data"), ["--hints"], {
			encoding: "utf8",
			env: { ...process.env, TIERWATCH_URL: base, TIERWATCH_TOKEN: token },
		});
		const supplier = /cert revoke (\S+) scs-1/.exec(said)[1];
		const buyer = /tierwatch exposure (\S+)/.exec(said)[1];
		const gaps = () => JSON.parse(tierwatch("--output", "json", "exposure", buyer)).gaps;
		const before = gaps();
		tierwatch("cert", "revoke", supplier, "scs-1");
		assert.equal(gaps(), before + 1);
	});
});
