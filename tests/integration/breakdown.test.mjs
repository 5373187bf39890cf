// A chain in cells, GET /v1/orgs/{id}/breakdown: every table of random worlds against the reference, columns of names, the rest of
// too many names, what a bound caller gets, bad input.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, TODAY } from "./daemon.mjs";
import * as ref from "./reference.mjs";
import { makeWorld, putWorld, rng } from "./worlds.mjs";

const WORLDS = Number(process.env.TIERWATCH_WORLDS ?? 6);
const ROWS = {
	state: ["gap", "undecided", "unconfirmed", "expiring", "met", "not-asked"],
	timing: ["overdue", "due", "undated"],
	kind: ["never", "below", "lapsed", "out-of-scope"],
	required: ["0", "1", "2", "3", "4", "5"],
	clause: ["2-1-1", "2-1-2", "2-1-3", "2-1-4", "2-1-5", "3-1-3"],
};
const cmp = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
let d;

before(async () => {
	d = await Daemon.start();
});
after(() => d.stop());

const sum = (list) => list.reduce((a, b) => a + b, 0);

// The column of one in reach, as text.
function columnOf(c, i, by) {
	if (by === "tier") return `tier:${i.tier}`;
	if (i.tier > 1) return "deeper:null";
	const name = c.links.find((l) => l.procurer === c.p && l.supplier === i.supplier)[by];
	return name ? `name:${name}` : "none:null";
}

function table(c, body, rows, by) {
	assert.equal(body.suppliers, c.all.length);
	assert.deepEqual(body.rows, ROWS[rows]);
	body.rows.forEach((row, y) => body.columns.forEach((col, x) => {
		const here = c.all.filter((i) => columnOf(c, i, by) === `${col.kind}:${col.key}` && String(i[rows]) === row &&
			(rows === "state" || rows === "required" || i.state === "gap"));
		const want = { suppliers: here.length };
		if (rows === "required") {
			want.gaps = here.filter((i) => i.state === "gap").length;
			want.unknown = here.filter((i) => ["undecided", "unconfirmed"].includes(i.state)).length;
		}
		assert.deepEqual(body.cells[y][x], want, `${rows} ${row} ${col.kind} ${col.key}`);
	}));
	if (rows === "state" || rows === "required")
		assert.equal(sum(body.cells.flat().map((x) => x.suppliers)), c.all.length);
}

describe("random worlds", () => {
	for (let n = 1; n <= WORLDS; n++)
		it(`are counted as the reference does (${n})`, async () => {
			const r = rng(n * 7919);
			const w = makeWorld(4100 + n, TODAY);
			for (const l of w.links) if (r.chance(0.5)) l.owner = r.of(["佐藤", "suzuki", ""]);
			await putWorld(d, w);
			for (const p of w.orgs.keys()) {
				const q = { on: TODAY, depth: 1 + r.int(4), horizon: r.of([0, 90, 400]) };
				const c = ref.chain(w, p, q);
				for (const rows of ["state", "timing", "kind", "required"])
					for (const by of ["tier", "department", "owner"]) {
						const got = await d.get(`/v1/orgs/${p}/breakdown?rows=${rows}&columns=${by}&depth=${q.depth}&horizon=${q.horizon}`);
						assert.equal(got.status, 200, got.text);
						table(c, got.body, rows, by);
					}
				const x = ref.exposure(w, p, q);
				for (const by of ["tier", "department", "owner"]) {
					const { body } = await d.get(`/v1/orgs/${p}/breakdown?rows=clause&columns=${by}`);
					const all = body.cells.flat();
					assert.deepEqual(body.rows, ROWS.clause);
					assert.equal(body.suppliers, w.links.filter((l) => l.procurer === p).length);
					assert.equal(sum(all.map((i) => i.gaps)), x.clause_gaps);
					assert.equal(sum(all.map((i) => i.undetermined)), x.clauses_undetermined);
					assert.ok(all.every((i) => i.due >= i.gaps && Object.keys(i).length === 3));
				}
			}
		});
});

describe("columns", () => {
	const P = fictional(881000);
	const S = (i) => fictional(881001 + i);
	before(async () => {
		const links = [];
		for (let i = 0; i < 206; i++) links.push([S(i), { department: `部${String(i).padStart(3, "0")}`, owner: i % 2 ? "b" : i % 4 ? "A" : undefined }]);
		links.push([S(206), { department: "部003", start: "2020-01-01" }], [S(207), {}], [S(208), { department: "old", end: "2020-01-01" }]);
		await d.put(`/v1/orgs/${P}`, { name: "table" });
		for (const [s, body] of links) {
			await d.put(`/v1/orgs/${s}`, { name: "x" });
			assert.ok((await d.put(`/v1/orgs/${P}/suppliers/${s}`, body)).status < 300);
		}
		await d.put(`/v1/orgs/${S(300)}`, { name: "deep" });
		await d.put(`/v1/orgs/${S(0)}/suppliers/${S(300)}`, {});
	});

	it("name two hundred, those with the most links, and put the rest in one", async () => {
		const { body } = await d.get(`/v1/orgs/${P}/breakdown?columns=department&depth=2`);
		const names = body.columns.filter((c) => c.kind === "name").map((c) => c.key);
		assert.equal(names.length, 200);
		assert.deepEqual(names, [...names].sort(cmp));
		assert.equal(names[199], "部199");
		assert.deepEqual(body.columns.slice(200), ["none", "others", "deeper"].map((kind) => ({ kind, key: null })));
		const of = (x) => sum(body.cells.map((row) => row[x].suppliers));
		assert.deepEqual([of(3), of(4), of(200), of(201), of(202)], [2, 1, 1, 6, 1]);
		assert.equal(body.suppliers, 209);
	});
	it("name ended links for clauses only, and nobody deeper at depth 1", async () => {
		const { body } = await d.get(`/v1/orgs/${P}/breakdown?columns=department&rows=clause&depth=2`);
		assert.equal(body.columns.at(-1).kind, "others");
		assert.equal(body.suppliers, 209);
		const one = (await d.get(`/v1/orgs/${P}/breakdown?columns=owner&depth=1`)).body;
		assert.deepEqual(one.columns, [{ kind: "name", key: "A" }, { kind: "name", key: "b" }, { kind: "none", key: null }]);
		const tier = (await d.get(`/v1/orgs/${P}/breakdown?rows=clause`)).body;
		assert.deepEqual(tier.columns, [{ kind: "tier", key: 1 }]);
	});
	it("are whole for the procurer itself and closed to others", async () => {
		const own = await d.as("procurer", P);
		const at = `/v1/orgs/${P}/breakdown?rows=required&columns=department`;
		assert.deepEqual((await own.get(at)).body, (await d.get(at)).body);
		problem(assert, await (await d.as("procurer", S(0))).get(at), 403, "forbidden");
		problem(assert, await (await d.as("supplier", P)).get(at), 403, "forbidden");
	});
	it("refuse what they do not know", async () => {
		for (const q of ["rows=supplier", "columns=supplier", "rows=", "columns=name", "rows=state&rows=kind", "limit=2", "depth=0"])
			assert.equal((await d.get(`/v1/orgs/${P}/breakdown?${q}`)).status, 400, q);
		problem(assert, await d.get(`/v1/orgs/${fictional(99)}/breakdown`), 404, "not-found");
	});
	it("tell the past as it was known", async () => {
		const { revision } = await d.get(`/v1/orgs/${P}/breakdown`);
		const before = (await d.get(`/v1/orgs/${P}/breakdown?columns=department`)).body;
		await d.patch(`/v1/orgs/${P}/suppliers/${S(0)}`, { department: "new" });
		const then = (await d.get(`/v1/orgs/${P}/breakdown?columns=department&as_of=${revision}`)).body;
		assert.deepEqual(then, before);
	});
});
