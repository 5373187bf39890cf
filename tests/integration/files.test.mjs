// Files: imports as jobs, exports that go in again, backup and restore.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, run, scratchDir } from "./daemon.mjs";

const [P, A, B] = [1, 2, 3].map(fictional);
let d;
before(async () => {
	d = await Daemon.start();
});
after(() => d.stop());

describe("imports", () => {
	it("take the good rows and tell the bad ones with line and column", async () => {
		const job = await d.import(
			"kind=links",
			`procurer,supplier,required_level,due\n${P},${A},4,令和9年3月31日\n${P},JP-JCN-7000012050003,3,\n${P},${B},6,\n${P},${P},3,\n`,
		);
		assert.equal(job.state, "done");
		assert.equal(job.rows, 4);
		assert.equal(job.accepted, 1);
		assert.equal(job.rejected, 3);
		assert.equal(job.commands, 1);
		assert.deepEqual(job.errors.map((e) => [e.line, e.code]), [[3, "check-digit"], [4, "out-of-range"], [5, "self-link"]]);
		assert.equal(job.errors[0].column, 2);
		assert.match(job.errors[2].detail, /cannot be its own supplier/);
		const ja = (await d.get(`/v1/imports/${job.job}`, { "Accept-Language": "ja" })).body;
		assert.match(ja.errors[2].detail, /自組織を取引先にすることはできません/);
		assert.equal((await d.get(`/v1/orgs/${P}/suppliers/${A}`)).body.due, "2027-03-31");
		const stub = (await d.get(`/v1/orgs/${A}`)).body;
		assert.equal(stub.stub, true);
		assert.equal(stub.name, A);
		const again = await d.import("kind=links", `procurer,supplier,required_level,due\n${P},${A},4,2027-03-31\n`);
		assert.equal(again.unchanged, 1);
		await d.event((e) => e.type === "import.finished");
	});

	it("reject the file whole when strict, keep nothing when dry", async () => {
		const text = `id,name\n${fictional(20)},良い\nJP-JCN-1,悪い\n`;
		const strict = await d.import("kind=orgs&strict=true", text);
		assert.equal(strict.state, "failed");
		assert.equal(strict.error.status, 422);
		problem(assert, await d.get(`/v1/orgs/${fictional(20)}`), 404, "not-found");
		const { revision } = await d.get("/v1/status");
		const dry = await d.import("kind=orgs&dry_run=true", text);
		assert.equal(dry.state, "done");
		assert.equal(dry.accepted, 1);
		problem(assert, await d.get(`/v1/orgs/${fictional(20)}`), 404, "not-found");
		assert.ok((await d.get("/v1/status")).revision >= revision);
	});

	it("refuse what they cannot read", async () => {
		const unknown = await d.import("kind=orgs", "id,name,colour\n");
		assert.equal(unknown.state, "failed");
		assert.equal(unknown.error.code, "unknown-column");
		assert.equal((await d.import("kind=orgs&ignore_unknown=true", `id,name,colour\n${fictional(21)},名,赤\n`)).accepted, 1);
		problem(assert, await d.call("POST", "/v1/imports?kind=planets", "x"), 400, "bad-query");
		problem(assert, await d.call("POST", "/v1/imports?format=xlsx", "x"), 400, "bad-query");
		problem(assert, await d.call("POST", "/v1/imports", "x", { "Content-Type": "multipart/form-data; boundary=x" }), 415, "unsupported-media-type");
		problem(assert, await d.get("/v1/imports/999999"), 404, "not-found");
		problem(assert, await d.get("/v1/imports/x"), 404, "not-found");
	});

	it("run once for one Idempotency-Key", async () => {
		const send = (key, text) => d.call("POST", "/v1/imports?kind=orgs", text, { "Idempotency-Key": key });
		const text = `id,name\n${fictional(22)},一度\n`;
		const storm = await Promise.all([...Array(8)].map(() => send("k1", text)));
		const jobs = new Set(storm.filter((r) => r.status === 202).map((r) => r.headers.get("location")));
		assert.equal(jobs.size, 1);
		assert.ok(storm.every((r) => r.status === 202 || r.status === 409));
		assert.equal((await send("k1", text)).headers.get("location"), [...jobs][0]);
		assert.equal((await send("k1", `${text}\n`)).status, 422);
		assert.equal((await send("k1", text.replace("一度", "二度"))).status, 422, "as long, and another file");
		assert.notEqual((await send("k2", text)).headers.get("location"), [...jobs][0]);
	});
});

describe("exports", () => {
	const kinds = ["orgs", "links", "certificates", "clauses", "contacts"];
	before(async () => {
		await d.org(P, { name: "発注,株式会社", contacts: [{ name: "役", email: "role@example.jp", role: "security" }, { email: "p@example.jp", lang: "ja" }] });
		await d.org(A, { name: '"引用"\n改行', aliases: ["XX-LOCAL-A1", "XX-LOCAL-A2"], subtier_attested_on: "2027-01-01" });
		await d.org(`${A}~1`, { name: "支店", kind: "division", parent: A });
		await d.org(B, { name: "=HYPERLINK(1)" });
		await d.link(P, A, { supplier_code: "001", dependency: 0.0501, annual_spend: 123, confidential: false, scope_fit: "no", note: "備考" });
		await d.link(P, B, { required_level: 0, reason: "r", until: "2028-01-01", start: "2027-01-01", end: "2027-12-31" });
		await d.cert(A, "c 1", { level: 4, issued: "2027-03-01", expires: "2030-02-28", self_assessments: ["2027-03-01", "2028-03-01"], scope: "unit", evidence: "copy" });
		await d.cert(B, "c2", { level: 3, suspended_from: "2027-05-01", suspended_to: "2027-05-10" });
		await d.must("PUT", `/v1/orgs/${P}/suppliers/${A}/clauses/2-1-3`, { status: "agreed", agreed_on: "2027-01-01", checked_on: "2027-02-01", method: "visit", result: "findings" });
	});

	for (const format of ["csv", "ndjson"])
		it(`as ${format} go in again and change nothing`, async () => {
			const before = await d.get("/v1/status");
			for (const kind of kinds) {
				const r = await d.get(`/v1/exports/${kind}?format=${format}`);
				assert.equal(r.status, 200, r.text);
				// what a spreadsheet would run is defused, so that row alone is another text
				const text = r.text.replace(/'=HYPERLINK/, "=HYPERLINK");
				const job = await d.import(`kind=${kind}`, text);
				assert.equal(job.state, "done", JSON.stringify(job));
				assert.deepEqual(job.errors, [], `${kind}: ${text}`);
				assert.equal(job.changed + job.created, 0, `${kind}: ${text}`);
				assert.ok(job.rows > 0);
			}
			const after = await d.get("/v1/status");
			assert.equal(after.body.orgs, before.body.orgs);
		});

	it("are safe to open in a spreadsheet", async () => {
		const r = await d.get("/v1/exports/orgs?bom=true");
		assert.match(r.text, /^\uFEFFid,name,|^id,name,/);
		const raw = new Uint8Array(await (await d.fetch("GET", "/v1/exports/orgs?bom=true")).arrayBuffer());
		assert.deepEqual([...raw.slice(0, 3)], [0xef, 0xbb, 0xbf]);
		assert.match(r.text, /,'=HYPERLINK\(1\),/);
		assert.ok(r.text.includes('"""引用""\n改行"'));
		assert.match(r.headers.get("content-disposition"), /orgs\.csv/);
		problem(assert, await d.get("/v1/exports/orgs?format=xlsx"), 400, "bad-query");
		problem(assert, await d.get("/v1/exports/planets"), 404, "not-found");
	});

	it("have the documented columns", async () => {
		const head = async (kind) => (await d.get(`/v1/exports/${kind}`)).text.split("\r\n")[0];
		assert.equal(await head("orgs"), "id,name,name_kana,name_en,kind,parent,country,aliases,contact_email,contact_lang,subtier_attested_on");
		assert.equal(await head("contacts"), "org,role,name,email,lang,phone");
		assert.match(await head("links"), /^procurer,supplier,supplier_code,required_level,due,until,/);
		assert.match(await head("certificates"), /^org,certificate,scheme,level,.*,self_assessments$/);
		assert.match(await head("clauses"), /^procurer,supplier,no,status,/);
	});

	it("of many rows come whole, while others write", async () => {
		const rows = [...Array(5000).keys()].map((i) => `${P},${fictional(10000 + i)},${i % 6}`);
		await d.import("kind=links", ["procurer,supplier,required_level", ...rows].join("\n"));
		const writes = (async () => {
			for (let i = 0; i < 50; i++) await d.org(B, { name: `n${i}` });
		})();
		const { text } = await d.get("/v1/exports/links");
		await writes;
		const lines = text.trim().split("\r\n");
		assert.equal(lines.length, 1 + 5002);
		assert.equal(new Set(lines.map((l) => l.split(",").slice(0, 2).join())).size, lines.length);
	});
});

describe("backup", () => {
	it("restores to the same store", async () => {
		const r = await d.fetch("GET", "/v1/backup");
		assert.equal(r.status, 200);
		const copy = Buffer.from(await r.arrayBuffer());
		assert.equal(copy.length, Number(r.headers.get("content-length")));
		const dir = scratchDir();
		const file = join(dir, "copy.mdb");
		writeFileSync(file, copy);
		const target = join(dir, "restored");
		const restored = await run(["--offline", "restore", file, target]);
		assert.equal(restored.code, 0, restored.err);
		assert.equal((await run(["--offline", "check", target])).code, 0);
		assert.notEqual((await run(["--offline", "restore", file, target])).code, 0, "only into an empty directory");
		// the admin's token is the old store's: its file is not part of the copy
		writeFileSync(join(target, "admin.token"), d.token, { mode: 0o600 });
		// nor is the secret: the copy holds neither its bytes nor its digits
		const secret = readFileSync(join(d.dir, "secret.key"), "utf8").trim();
		assert.match(secret, /^[0-9a-f]{64}$/);
		assert.equal(statSync(join(d.dir, "secret.key")).mode & 0o777, 0o600);
		assert.equal(copy.includes(Buffer.from(secret, "hex")), false);
		assert.equal(copy.includes(secret), false);
		writeFileSync(join(target, "secret.key"), `${secret}\n`, { mode: 0o600 });
		const other = await Daemon.start({ dir: target });
		try {
			const a = (await d.get("/v1/exports/links")).text;
			assert.equal((await other.get("/v1/exports/links")).text, a);
			assert.deepEqual(await other.changes(), await d.changes());
		} finally {
			await other.stop();
		}
		rmSync(join(target, "secret.key"));
		const without = await run(["--data", target, "--listen", "127.0.0.1:0"]);
		assert.equal(without.code, 2);
		assert.ok(without.err.includes(join(target, "secret.key")) && without.err.includes("--new-secret"), without.err);
		const renewed = await Daemon.start({ dir: target, args: ["--new-secret"] });
		await renewed.stopOnly();
		const next = readFileSync(join(target, "secret.key"), "utf8").trim();
		assert.notEqual(next, secret);
		// a copy that was restored by the verb starts without one, and says so
		const bare = join(dir, "bare");
		assert.equal((await run(["--offline", "restore", file, bare])).code, 0);
		writeFileSync(join(bare, "admin.token"), d.token, { mode: 0o600 });
		const third = await Daemon.start({ dir: bare });
		assert.match(third.log, /new secret/);
		await third.stopOnly();
		assert.match(readFileSync(join(bare, "secret.key"), "utf8"), /^[0-9a-f]{64}\n$/);
		writeFileSync(file, copy.subarray(0, copy.length - 5000));
		const cut = await run(["--offline", "restore", file, join(dir, "cut")]);
		assert.equal(cut.code, 3, cut.err);
		assert.equal(existsSync(join(dir, "cut", "data.mdb")), false);
		rmSync(dir, { recursive: true });
	});

	it("leaves nothing in the spool", () => {
		assert.deepEqual(readdirSync(join(d.dir, "spool")), []);
	});
});
