// The rules as written down, checked from outside: small random worlds are written through the API and
// every figure of every procurer is compared with a plain second reading of the rules (reference.mjs);
// then the laws that hold for every kind of record.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, TODAY } from "./daemon.mjs";
import * as ref from "./reference.mjs";
import { change, importWorld, makeWorld, putWorld, rng } from "./worlds.mjs";

const WORLDS = Number(process.env.WORLDS ?? 24);
const FIRST = Number(process.env.SEED ?? 1);

let d;
before(async () => {
	d = await Daemon.start();
});
after(() => d.stop());

// Key order counts: the answers are compared as texts.
function same(got, want, what) {
	if (JSON.stringify(got) === JSON.stringify(want)) return;
	assert.deepEqual(got, want, what);
	assert.equal(JSON.stringify(got), JSON.stringify(want), what);
}

async function compare(w, p, r, on) {
	const q = { on, depth: r.of([1, 2, 3, 4, 24]), horizon: r.of([0, 1, 90, 400]) };
	const base = `/v1/orgs/${p}`;
	const at = `depth=${q.depth}&on=${q.on}`;
	const what = `${p} ${at}`;
	const get = async (path) => {
		const a = await d.get(`${base}/${path}`);
		assert.equal(a.status, 200, `${path}: ${a.text}`);
		return a.body;
	};
	same(await get(`exposure?${at}&horizon=${q.horizon}`), ref.exposure(w, p, q), `exposure ${what}`);
	const gaps = ref.gapItems(w, p, q);
	same((await get(`gaps?${at}`)).items, gaps, `gaps ${what}`);
	const [name, value] = r.of([
		["kind", r.of(["never", "below", "lapsed", "out-of-scope"])],
		["timing", r.of(["overdue", "due", "undated"])],
		["tier", 1 + r.int(q.depth)],
	]);
	same((await get(`gaps?${at}&${name}=${value}`)).items, gaps.filter((g) => g[name] === value), `gaps ${name}`);
	same(
		(await get(`expiring?${at}&horizon=${q.horizon}`)).items.map((i) => i.supplier),
		ref.chain(w, p, q).all.filter((i) => i.state === "expiring").map((i) => i.supplier),
		`expiring ${what} horizon=${q.horizon}`,
	);
	const level = r.of([undefined, 0, 3, 4, 5]);
	same(
		await get(`impact?${at}${level === undefined ? "" : `&held_level=${level}`}`),
		ref.impact(w, p, { ...q, held_level: level }),
		`impact ${what} held_level=${level}`,
	);
	const s = r.of([...w.orgs.keys()]);
	const a = await d.get(`${base}/dependencies/${s}?${at}`);
	same(a.status === 404 ? null : a.body, ref.dependency(w, p, s, q), `dependency on ${s} ${what}`);
	const missing = w.links
		.filter((l) => l.procurer === p)
		.flatMap((l) => ref.clauseCounts(w, l, on).gaps.map((no) => `${l.supplier} ${no}`));
	same((await get(`clause-gaps?on=${on}&limit=1000`)).items.map((i) => `${i.supplier} ${i.no}`), missing.sort(), `clauses ${what}`);
}

async function compareAll(w, seed) {
	const r = rng(seed * 7 + 1);
	for (const p of w.orgs.keys()) {
		await compare(w, p, r, r.chance(0.4) ? TODAY : ref.addDays(TODAY, r.int(2000) - 1000));
		const { body } = await d.get(`/v1/orgs/${p}`);
		assert.equal(body.held, ref.held(w, p, TODAY));
		if (body.held_until) {
			assert.ok(ref.held(w, p, body.held_until) >= body.held);
			assert.ok(ref.held(w, p, ref.addDays(body.held_until, 1)) < body.held);
		}
	}
}

describe("random worlds", () => {
	for (let seed = FIRST; seed < FIRST + WORLDS; seed++)
		it(`have the figures of the rules (world ${seed})`, async () => {
			const w = makeWorld(seed, TODAY);
			await (seed % 2 ? putWorld : importWorld)(d, w);
			await compareAll(w, seed);
			await change(d, w, seed, TODAY);
			await compareAll(w, seed + 1);
		});
});

describe("every kind of record", () => {
	const [A, B] = [fictional(90000001), fictional(90000002)];
	const link = `/v1/orgs/${A}/suppliers/${B}`;
	const records = [
		[`/v1/orgs/${A}`, { name: "一", aliases: ["GB-COH-00000091"], subtier_attested_on: "2027-01-01" }, { name: "二" }],
		[`/v1/orgs/${B}`, { name: "三", contacts: [{ role: "security", name: "見本", lang: "ja" }] }, { name: "四" }],
		[
			link,
			{ required_level: 4, confidential: true, dependency: 0.1234, grants: [{ viewer: B, form: "named" }], annual_spend: 5 },
			{ required_level: 3 },
		],
		[
			`/v1/orgs/${B}/certificates/c`,
			{ scheme: "scs", level: 4, issued: "2027-03-02", expires: "2030-03-01", suspended_from: "2027-05-01" },
			{ scheme: "scs", level: 3, expires: "2030-03-01" },
		],
		[
			`${link}/clauses/2-1-1`,
			{ status: "agreed", agreed_on: "2027-01-01", documents: [{ reference: "D-1" }], systems: [{ name: "EDI" }] },
			{ status: "drafted" },
		],
		[
			`/v1/orgs/${A}/targets`,
			{ rules: [{ when: { confidential: true, annual_spend_min: 1 }, level: 4, due: "2028-01-01" }], tiers: { 2: 3 } },
			{ own_level: 4 },
		],
	];

	it("is made by PUT with 201, kept by the same PUT and by what GET gave", async () => {
		for (const [path, fields] of records) {
			const made = await d.put(path, fields);
			assert.equal(made.status, 201, `${path} ${made.text}`);
			assert.ok(Array.isArray(made.body.warnings));
			const stored = (r) => r.etag.split(".")[0];
			assert.match(made.etag, /^"[^".]+\.[^".]+"$/);
			for (const body of [fields, (await d.get(path)).body]) {
				const again = await d.put(path, body);
				assert.equal(again.status, 200, `${path} ${again.text}`);
				assert.equal(stored(again), stored(made), path);
			}
		}
	});

	it("refuses unknown fields, what is no object, and bodies that are no JSON", async () => {
		for (const [path, fields] of records) {
			const r = await d.put(path, { ...fields, colour: 1 });
			problem(assert, r, 422, "unknown-field");
			assert.equal(r.body.errors[0].pointer, "/colour");
			for (const body of ["[]", "null", "1"])
				assert.equal((await d.call("PUT", path, body, { "Content-Type": "application/json" })).status, 422, path);
			for (const body of ["", "{", '{"note":1}x', '{"note":"a","note":"b"}', '{"note":1e999}'])
				assert.equal((await d.call("PUT", path, body, { "Content-Type": "application/json" })).status, 400, `${path} ${body}`);
			assert.equal((await d.call("PUT", path, "a=b", { "Content-Type": "text/plain" })).status, 415, path);
		}
	});

	it("follows If-Match by what is stored, If-None-Match by the whole", async () => {
		for (const [path, , other] of records) {
			const { etag } = await d.get(path);
			const stored = etag.slice(1).split(".")[0];
			assert.equal((await d.get(path, { "If-None-Match": etag })).status, 304, path);
			assert.equal((await d.get(path, { "If-None-Match": `"${stored}.0"` })).status, 200, path);
			problem(assert, await d.put(path, other, { "If-Match": `"x${stored}.0"` }), 412, "precondition-failed");
			problem(assert, await d.put(path, other, { "If-None-Match": "*" }), 412, "precondition-failed");
			assert.equal((await d.put(path, other, { "If-Match": `"${stored}.other"` })).status, 200, path);
			assert.equal((await d.delete(path, { "If-Match": etag })).status, 412, path);
		}
	});

	it("is exported with what absent fields stand for, as GET shows it", async () => {
		await d.must("PUT", link, {});
		await d.must("PUT", `/v1/orgs/${B}/certificates/c`, { scheme: "iso27001" });
		const lines = async (kind, format) => (await d.get(`/v1/exports/${kind}?format=${format}`)).text.split(/\r?\n/);
		const cell = async (kind, key, column) => {
			const [head, ...rows] = await lines(kind, "csv");
			return rows.find((l) => l.startsWith(key)).split(",")[head.split(",").indexOf(column)];
		};
		assert.equal(await cell("orgs", A, "kind"), "entity");
		assert.equal(await cell("links", `${A},${B}`, "disclosure"), "upstream");
		assert.equal(await cell("certificates", B, "scope"), "entity");
		assert.equal(await cell("certificates", B, "evidence"), "word");
		const line = (await lines("links", "ndjson")).find((l) => l.includes(A));
		assert.equal(JSON.parse(line).disclosure, "upstream");
	});

	it("goes with DELETE and 204", async () => {
		for (const [path] of [...records].reverse()) {
			const clause = path.includes("/clauses/");
			const r = await d.delete(path);
			assert.equal(r.status, 204, `${path} ${r.text}`);
			assert.equal(r.text, "");
			const gone = await d.get(path);
			if (clause) assert.equal(gone.body.status, "missing");
			else problem(assert, gone, 404, "not-found");
		}
	});
});

describe("a register under Japanese headings", () => {
	it("needs neither the scheme nor a name for the certificate", async () => {
		const org = fictional(90000003);
		const text = `法人番号,登録番号,段階,登録日,有効期限\n${org.slice(7)},R-1,3,2027/3/1,2028/2/29\n${org.slice(7)},,2,R8.4.1,\n`;
		for (const unchanged of [0, 2]) {
			const job = await d.import("kind=certificates", text);
			assert.equal(job.accepted, 2, JSON.stringify(job.errors));
			assert.equal(job.unchanged, unchanged, "the same file finds the same certificates");
		}
		const { items } = (await d.get(`/v1/orgs/${org}/certificates`)).body;
		assert.deepEqual(items.map((c) => [c.scheme, c.level, c.expires]), [
			["scs", 3, "2028-02-29"],
			["security-action", 2, undefined],
		]);
		assert.equal((await d.get(`/v1/orgs/${org}`)).body.stub, true);
	});
});
