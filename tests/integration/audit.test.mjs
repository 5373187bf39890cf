// The audit log: exported, verified offline, changed in every way; heads; erasure; large entries.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Daemon, root, run } from "./daemon.mjs";

const cli = process.env.TIERWATCH ?? join(root, "build/tierwatch");
let d;
let dir;
let file;
let lines;
let key;

function tierwatch(...args) {
	const r = spawnSync(cli, args, {
		encoding: "utf8",
		env: { ...process.env, TIERWATCH_URL: d.url, TIERWATCH_TOKEN: d.token, LC_ALL: "C.UTF-8", HOME: dir },
	});
	return { code: r.status, out: r.stdout, err: r.stderr };
}

async function verify(text, ...args) {
	const f = join(dir, "changed.ndjson");
	writeFileSync(f, typeof text === "string" ? text : text.map((l) => `${l}\n`).join(""));
	return run(["--offline", "audit-verify", ...args, f], { env: { ...process.env, LC_ALL: "C.UTF-8" } });
}

before(async () => {
	d = await Daemon.start();
	dir = mkdtempSync(join(tmpdir(), "tierwatch-audit-"));
	file = join(dir, "audit.ndjson");
	await d.org("XX-LOCAL-P", { name: "発注株式会社", aliases: ["XX-LOCAL-OLD"] });
	await d.org("XX-LOCAL-A", { contacts: [{ role: "security", email: "taro@example.jp", name: "太郎" }] });
	await d.link("XX-LOCAL-P", "XX-LOCAL-A", { confidential: true, annual_spend: 1000, note: 'quo"te\n' });
	await d.must("PATCH", "/v1/orgs/XX-LOCAL-OLD/suppliers/XX-LOCAL-A", { annual_spend: 2000, due: "2028-03-31" });
	await d.cert("XX-LOCAL-A", "c1", { level: 3, issued: "2027-04-01", expires: "2028-03-31" });
	await d.targets("XX-LOCAL-P", { due: "2027-12-31" });
	await d.must("POST", "/v1/audit/head");
	await d.must("PUT", "/v1/orgs/XX-LOCAL-P/suppliers/XX-LOCAL-A/clauses/2-1-4", {
		status: "drafted", contacts: [{ side: "supplier", email: "jiro@example.jp" }],
		duties: { procurer: "tell", supplier: "act" },
	});
	await d.must("DELETE", "/v1/orgs/XX-LOCAL-A?cascade=true");
	await d.must("POST", "/v1/audit/head");
	key = (await d.get("/v1/audit/key")).body.key;
	const r = tierwatch("audit", "export", file);
	assert.equal(r.code, 0, r.err);
	lines = readFileSync(file, "utf8").trimEnd().split("\n");
});
after(async () => {
	await d?.stop();
	rmSync(dir, { recursive: true, force: true });
});

describe("the audit log", () => {
	it("says who did what, before and after", () => {
		const entries = lines.map((l) => JSON.parse(l));
		entries.forEach((e, i) => assert.equal(e.revision, i + 1));
		entries.slice(1).forEach((e, i) => assert.equal(e.prev, entries[i].hash));
		const change = entries.find((e) => e.ops?.[0].op === "merge");
		assert.equal(change.actor, "admin");
		assert.equal(change.ops[0].procurer, "XX-LOCAL-OLD");
		assert.deepEqual(change.ops[0].after, { annual_spend: 2000, due: "2028-03-31" });
		assert.equal(change.ops[0].before.annual_spend, 1000);
		assert.equal(change.ops[0].before.note, 'quo"te\n');
		const made = entries.find((e) => e.ops?.[0].entity === "certificate");
		assert.equal(made.ops[0].created, true);
		assert.equal(made.ops[0].before, null);
		const gone = entries.find((e) => e.ops?.[0].op === "delete");
		assert.equal(gone.ops[0].before.id, "XX-LOCAL-A");
		assert.deepEqual(gone.past.map((p) => p.entity).sort(), ["certificate", "clause", "link", "org"]);
		assert.ok(gone.past.filter((p) => p.entity !== "org").every((p) => p.before));
		assert.doesNotMatch(lines.join("\n"), /example\.jp|太郎/);
		assert.equal(entries.filter((e) => e.type === "head").length, 2);
	});

	it("verifies, with and without the key", async () => {
		const plain = tierwatch("audit", "verify", file);
		assert.equal(plain.code, 0, plain.out + plain.err);
		assert.match(plain.out, new RegExp(`sound: ${lines.length} entries, revisions 1-${lines.length}`));
		assert.match(plain.out, /signed heads checked: 2/);
		assert.match(plain.out, new RegExp(`key: ${key}.*no --key`));
		const pinned = tierwatch("audit", "verify", file, "--key", key);
		assert.equal(pinned.code, 0, pinned.out);
		writeFileSync(join(dir, "pub"), tierwatch("audit", "key", "-o", "json").out);
		assert.equal(tierwatch("audit", "verify", file, "--key", join(dir, "pub")).code, 0);
		const other = tierwatch("audit", "verify", file, "--key", "ab".repeat(32));
		assert.equal(other.code, 3);
		assert.match(other.out, /another key/);
		assert.equal(tierwatch("audit", "verify", join(dir, "none")).code, 1);
		assert.equal(tierwatch("audit", "verify", file, "--key", "nonsense").code, 2);
		const ja = await run(["--offline", "audit-verify", file], { env: { ...process.env, LC_ALL: "ja_JP.UTF-8" } });
		assert.match(ja.out, /記録は完全です/);
	});

	it("that nobody signed proves nothing to who names a key", () => {
		const first = lines.findIndex((l) => JSON.parse(l).type === "head");
		const unsigned = join(dir, "unsigned.ndjson");
		writeFileSync(unsigned, `${lines.slice(0, first).join("\n")}\n`);
		const plain = tierwatch("audit", "verify", unsigned);
		assert.equal(plain.code, 0, plain.out);
		assert.match(plain.out, /nothing is signed/);
		const pinned = tierwatch("audit", "verify", unsigned, "--key", key);
		assert.equal(pinned.code, 3);
		assert.match(pinned.out, /nothing is signed with this key/);
	});

	it("finds lines that were dropped, moved, doubled, put in or cut", async () => {
		assert.equal((await verify(lines)).code, 0);
		for (let i = 1; i < lines.length - 1; i++) {
			const dropped = await verify(lines.toSpliced(i, 1));
			assert.equal(dropped.code, 3, `line ${i + 1} dropped`);
			assert.match(dropped.out, new RegExp(`line ${i + 1} `));
			assert.equal((await verify(lines.toSpliced(i, 2, lines[i + 1], lines[i]))).code, 3, `line ${i + 1} moved`);
			assert.equal((await verify(lines.toSpliced(i, 0, lines[i]))).code, 3, `line ${i + 1} doubled`);
		}
		assert.equal((await verify(lines.toSpliced(3, 0, '{"revision":4}'))).code, 3);
		assert.equal((await verify(`${lines.join("\n")}`)).code, 3); // no line feed at the end
		assert.equal((await verify("")).code, 3);
		assert.equal((await verify(lines.slice(4))).code, 0); // a part of it is whole in itself
	});

	it("finds what was cut off by a head that was noted", async () => {
		const head = JSON.parse(tierwatch("audit", "head", "-o", "json").out);
		const noted = `${head.revision}:${head.hash}`;
		assert.equal((await verify(lines, "--verify-head", noted)).code, 0);
		assert.equal((await verify(lines, "--verify-head", head.hash)).code, 0);
		for (const n of [1, 2, lines.length - 1]) {
			const cut = await verify(lines.slice(0, n), "--verify-head", noted);
			assert.equal(cut.code, 3);
			assert.match(cut.out, /the noted head is not in it/);
		}
		const rewritten = await verify(lines, "--verify-head", `3:${head.hash}`);
		assert.equal(rewritten.code, 3);
		assert.match(rewritten.out, /rewritten/);
	});

	it("finds what was edited, whole words too", async () => {
		const edits = [
			[/"actor":"admin"/, '"actor":"other"'], [/"created":true/, '"created":false'], [/"annual_spend":2000/, '"annual_spend":2'],
			[/"before":\{"confidential":true/, '"before":{"confidential":false'], [/"at":"2027/, '"at":"2026'], [/"due":"2028-03-31",?/, ""],
			[/"type":"ops"/, '"type":"day"'], [/"before":null/, '"before":{}'], [/"revision":5,/, '"revision": 5,'],
		];
		for (const [from, to] of edits) {
			const i = lines.findIndex((l) => from.test(l));
			assert.ok(i >= 0, String(from));
			const r = await verify(lines.toSpliced(i, 1, lines[i].replace(from, to)));
			assert.equal(r.code, 3, String(from));
			assert.match(r.out, new RegExp(`line ${i + 1} `));
		}
	});

	it("signs only when there is something new", async () => {
		let one;
		let two;
		for (let i = 0; i < 20 && !(two && two.revision === one.revision); i++) {
			// figures and looks may be written in between
			one = (await d.must("POST", "/v1/audit/head")).body;
			two = (await d.must("POST", "/v1/audit/head")).body;
		}
		assert.deepEqual(two, one);
		assert.ok(one.signed.revision < one.revision);
		assert.equal(one.signed.key, key);
		assert.equal(statSync(join(d.dir, "audit.key")).mode & 0o777, 0o600);
	});

	it("takes several lines for large entries", async () => {
		let rows = "procurer,supplier,annual_spend\n";
		for (let i = 0; i < 9000; i++) rows += `XX-LOCAL-Q,XX-LOCAL-S${i},${i + 1}\n`;
		await d.import("kind=links", rows);
		await d.import("kind=links", rows.replaceAll(/,(\d+)\n/g, ",9$1\n"));
		const r = await d.get("/v1/audit");
		const all = r.text.trimEnd().split("\n");
		assert.equal((await verify(all)).code, 0);
		const parts = all.map((l, i) => [JSON.parse(l), i]).filter(([e]) => e.part);
		assert.ok(parts.length > 8);
		const image = parts.find(([e]) => e.past)[0].past[0];
		assert.equal(image.before.annual_spend, 1);
		const op = parts.findLast(([e]) => e.ops)[0].ops[0];
		assert.match(op.key, /^\d+\/\d+$/);
		for (const [, i] of parts) {
			assert.equal((await verify(all.toSpliced(i, 1))).code, 3);
			const at = 40 + ((i * 7919) % (all[i].length - 60));
			const changed = all[i].slice(0, at) + (all[i][at] === "1" ? "2" : "1") + all[i].slice(at + 1);
			assert.equal((await verify(all.toSpliced(i, 1, changed))).code, 3, `part in line ${i + 1}, byte ${at}`);
		}
		const page = await d.get("/v1/audit?after=2&limit=3");
		assert.deepEqual(page.text.trimEnd().split("\n").map((l) => JSON.parse(l).revision), [3, 4, 5]);
		assert.equal((await verify(page.text)).code, 0);
	});

	it("erases contacts and stays whole", async () => {
		const bytes = () => readFileSync(join(d.dir, "data.mdb"));
		await d.org("XX-LOCAL-B", { contacts: [{ role: "security", email: "saburo-unique@example.jp" }] });
		await d.org("XX-LOCAL-B", { contacts: [{ role: "security", email: "shiro-unique@example.jp" }] });
		assert.ok(bytes().includes("shiro-unique@"));
		const unerased = (await d.get("/v1/audit")).text;
		const r = tierwatch("org", "erase-contacts", "XX-LOCAL-B");
		assert.equal(r.code, 0, r.err);
		assert.equal((await d.get("/v1/orgs/XX-LOCAL-B")).body.contacts, undefined);
		for (let i = 0; i < 100 && bytes().includes("shiro-unique@"); i++) await new Promise((x) => setTimeout(x, 50));
		assert.ok(!bytes().includes("shiro-unique@"), "the value is still in the file");
		assert.ok(!bytes().includes("saburo-unique@"), "the replaced value is still in the file");
		const text = (await d.get("/v1/audit")).text;
		assert.equal((await verify(text)).code, 0);
		assert.equal((await verify(unerased)).code, 0);
		const all = text.trimEnd().split("\n");
		const erase = JSON.parse(all.at(-1));
		assert.equal(erase.type, "erase");
		assert.equal(erase.org, "XX-LOCAL-B");
		assert.equal(erase.references.length, 1);
		const shown = all.filter((l) => l.includes(`{"reference":"${erase.references[0]}","erased":true}`));
		assert.ok(shown.length >= 2); // what wrote it, and what the erasure found
		const hidden = await verify(text.replaceAll(',"erased":true', ""));
		assert.equal(hidden.code, 3);
		assert.match(hidden.out, /erased a value/);
		assert.equal((await verify(all.slice(0, -1))).code, 3);
		assert.equal((await d.delete("/v1/orgs/XX-LOCAL-B/contacts")).status, 204);
		assert.equal((await d.delete("/v1/orgs/XX-LOCAL-NOBODY/contacts")).status, 404);
	});

	it("is damaged where the store was touched, and refuses a key that others may read", async () => {
		await d.stopOnly();
		const mdb = join(d.dir, "data.mdb");
		const sound = await run(["--offline", "check", d.dir]);
		assert.equal(sound.code, 0, sound.out);
		const was = readFileSync(mdb);
		const at = was.indexOf("XX-LOCAL-P\u0000XX-LOCAL-A") >= 0 ? 0 : was.lastIndexOf(Buffer.from("quo\"te"));
		assert.ok(at > 0);
		const changed = Buffer.from(was);
		for (let i = 0; (i = changed.indexOf('quo"te', i)) >= 0; i++) changed[i] = 0x51; // in log and records alike
		writeFileSync(mdb, changed);
		const damaged = await run(["--offline", "check", d.dir]);
		assert.equal(damaged.code, 3);
		assert.match(damaged.out, /not the one that the audit chain vouches for/);
		writeFileSync(mdb, was);
		chmodSync(join(d.dir, "audit.key"), 0o644);
		await assert.rejects(Daemon.start({ dir: d.dir }), /audit\.key/);
		chmodSync(join(d.dir, "audit.key"), 0o600);
		await d.launch("2027-06-02T03:00:00Z");
		let head;
		for (let i = 0; i < 100 && head?.signed.at?.slice(0, 10) !== "2027-06-02"; i++) {
			head = (await d.get("/v1/audit/head")).body;
			await new Promise((x) => setTimeout(x, 50));
		}
		assert.equal(head.signed.at.slice(0, 10), "2027-06-02"); // the day's first tick
		assert.equal(head.signed.key, key);
		assert.equal((await verify((await d.get("/v1/audit")).text, "--verify-key", key)).code, 0);
	});
});

describe("retention", () => {
	it("drops what is old, and what is left verifies", async () => {
		const r = await Daemon.start({ clock: "2027-06-01T03:00:00Z" });
		try {
			await r.org("XX-LOCAL-P");
			await r.org("XX-LOCAL-A");
			await r.link("XX-LOCAL-P", "XX-LOCAL-A");
			await r.targets("XX-LOCAL-P", { due: "2027-12-31" });
			await r.stopOnly();
			await r.launch("2028-09-01T03:00:00Z", ["--audit-keep-days", "400"]);
			let head = { first: 1 };
			for (let i = 0; i < 200 && head.first === 1; i++) {
				head = (await r.get("/v1/audit/head")).body;
				await new Promise((x) => setTimeout(x, 50));
			}
			assert.ok(head.first > 5);
			assert.ok(head.signed.revision >= head.first - 1);
			const text = (await r.get("/v1/audit")).text;
			assert.equal(JSON.parse(text.split("\n")[0]).revision, head.first);
			writeFileSync(join(r.dir, "export"), text);
			assert.equal((await run(["--offline", "audit-verify", join(r.dir, "export")])).code, 0);
			assert.equal((await r.get("/v1/audit?after=1")).status, 410);
			assert.equal((await r.get("/v1/changes?after=1")).status, 410);
			assert.equal((await r.get("/v1/orgs/XX-LOCAL-A")).body.recorded_by.actor, null);
			await r.stopOnly();
			assert.equal((await run(["--offline", "check", r.dir])).code, 0);
		} finally {
			await r.stop();
		}
		const short = await run(["--data", r.dir, "--listen", "127.0.0.1:0", "--audit-keep-days", "30"]);
		assert.equal(short.code, 2);
	});
});
