// Everybody in a chain, GET /v1/orgs/{id}/chain: on random worlds every item, filter and order against the reference;
// pages; what a bound caller can and cannot find out by them; bad input.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, TODAY } from "./daemon.mjs";
import * as ref from "./reference.mjs";
import { makeWorld, putWorld, rng } from "./worlds.mjs";

const WORLDS = Number(process.env.TIERWATCH_WORLDS ?? 6);
const SORTS = ["tier", "due", "dependency", "name", "id"];
const r9 = (x) => Math.round(x * 1e9) / 1e9;
const cmp = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const folded = (name) => name.toLowerCase().replaceAll(" ", "");
let d;

before(async () => {
	d = await Daemon.start();
});
after(() => d.stop());

async function pages(as, path, limit) {
	const items = [];
	let first;
	for (let next = ""; next !== null; ) {
		const r = await as.get(`${path}${path.includes("?") ? "&" : "?"}limit=${limit}${next && `&cursor=${next}`}`);
		assert.equal(r.status, 200, r.text);
		first ??= r.body;
		assert.equal(r.body.total, first.total);
		assert.ok(r.body.items.length === limit || r.body.next === null);
		items.push(...r.body.items);
		next = r.body.next;
	}
	assert.equal(items.length, first.total);
	return { items, first };
}

// What the reference says of one supplier, in the members of an item.
function wanted(w, c, i) {
	const own = c.links.find((l) => l.procurer === c.p && l.supplier === i.supplier);
	const gap = i.state === "gap";
	const v = (x) => x ?? null;
	return {
		supplier: i.supplier, name: i.name, tier: i.tier, required: i.required, held: i.held, state: i.state,
		kind: gap ? i.kind : null, timing: gap ? i.timing : null, due: gap ? i.due : null,
		planned_on: i.planned, dependency: r9(i.dependency), path: i.path,
		at_risk: i.atRisk, unknown_below: i.unknownBelow,
		suppliers: c.links.filter((l) => l.procurer === i.supplier && l.supplier !== c.p).length,
		link: own ? {
			required_level: v(own.required_level), effective_level: ref.effective(w, own), due: v(own.due),
			department: v(own.department), owner: v(own.owner), relation: v(own.relation), criticality: v(own.criticality),
			confidential: v(own.confidential), continuity: v(own.continuity), system_access: v(own.system_access),
			sole_source: v(own.sole_source), supplier_code: null, annual_spend: v(own.annual_spend),
			exception: own.required_level !== undefined && own.required_level < ref.rulesLevel(w, own),
			start: v(own.start), end: v(own.end),
		} : null,
	};
}

const keys = {
	tier: (i) => [i.tier, -i.dependency],
	due: (i) => [i.due ?? "9999", i.tier, -i.dependency],
	dependency: (i) => [i.dependency, i.tier],
	name: (i) => [i.name === null ? "\uffff" : folded(i.name)],
	id: () => [],
};
function ordered(items, sort, order) {
	const turn = (order ?? (sort === "dependency" ? "desc" : "asc")) === "desc" ? -1 : 1;
	const first = (a, b, n) => (n === 0 && a !== "9999" && b !== "9999" && a !== "\uffff" && b !== "\uffff" ? turn : 1);
	return [...items].sort((a, b) => {
		const x = keys[sort](a);
		const y = keys[sort](b);
		for (let n = 0; n < x.length; n++) {
			const c = typeof x[n] === "string" ? cmp(x[n], y[n]) : x[n] - y[n];
			if (c) return c * first(x[n], y[n], n);
		}
		return cmp(a.supplier, b.supplier) * (sort === "id" ? turn : 1);
	});
}

// Filters and what they mean, over wanted items.
function filters(w, c, r, items) {
	const some = r.of(items) ?? { supplier: c.p, due: null };
	const day = some.due ?? TODAY;
	const flag = (x) => (x === null ? "unknown" : String(x));
	const link = (f) => (i) => i.link !== null && f(i.link);
	const tri = r.of(["true", "false", "unknown"]);
	const buys = (a, b) => c.links.some((l) => l.procurer === a && l.supplier === b && b !== c.p);
	const since = ref.addDays(TODAY, r.int(600) - 500);
	return r.of([
		["state=gap", (i) => i.state === "gap"],
		["state=met,unconfirmed,not-asked", (i) => ["met", "unconfirmed", "not-asked"].includes(i.state)],
		["timing=undated,overdue", (i) => ["undated", "overdue"].includes(i.timing)],
		[`kind=${some.kind ?? "never"}`, (i) => i.kind === (some.kind ?? "never")],
		[`tier=${some.tier ?? 1}`, (i) => i.tier === (some.tier ?? 1)],
		[`required=${some.required ?? 3}`, (i) => i.required === (some.required ?? 3)],
		[`held=${some.held ?? 0}`, (i) => i.held === (some.held ?? 0)],
		[`due_from=${day}`, (i) => i.due !== null && i.due >= day],
		[`due_to=${day}`, (i) => i.due !== null && i.due <= day],
		[`due_from=${day}&due_to=${day}`, (i) => i.due === day],
		[`lapsed_since=${since}`, (i) => i.state === "gap" && ref.held(w, i.supplier, since) >= i.required],
		["at_risk=true", (i) => i.at_risk],
		["unknown_below=true", (i) => i.unknown_below],
		["unknown_below=false&state=gap", (i) => !i.unknown_below && i.state === "gap"],
		["department=dev", link((l) => l.department === "dev")],
		[`department=${encodeURIComponent("購買")}&tier=1`, link((l) => l.department === "購買")],
		["department=", link((l) => l.department === null)],
		["owner=", link(() => true)],
		["owner=nobody", () => false],
		["relation=it-service", link((l) => l.relation === "it-service")],
		["criticality=low", link((l) => l.criticality === "low")],
		[`confidential=${tri}`, link((l) => flag(l.confidential) === tri)],
		[`continuity=${tri}`, link((l) => flag(l.continuity) === tri)],
		[`system_access=${tri}`, link((l) => flag(l.system_access) === tri)],
		["exception=true", link((l) => l.exception)],
		["exception=false", link((l) => !l.exception)],
		[`of=${c.p}`, (i) => i.tier === 1],
		[`of=${some.supplier}`, (i) => buys(some.supplier, i.supplier)],
		[`to=${some.supplier}`, (i) => buys(i.supplier, some.supplier)],
		[`q=${encodeURIComponent(some.name ?? "会社")}`, (i) => i.name.includes(some.name ?? "会社")],
		[`q=${some.supplier.slice(2).toLowerCase()}`, (i) => i.supplier.toLowerCase().includes(some.supplier.slice(2).toLowerCase())],
		["", () => true],
	]);
}

const pick = (i, like) => Object.fromEntries(Object.keys(like).map((k) => [k, i[k]]));

describe("random worlds", () => {
	for (let n = 1; n <= WORLDS; n++)
		it(`list everybody as the reference does (${n})`, async () => {
			const r = rng(n * 104729);
			const w = makeWorld(700 + n, TODAY);
			for (const o of w.orgs.values()) if (r.chance(0.3)) o.name = r.of(["会社", "別の会社", "あの会社", "Alpha"]);
			await putWorld(d, w);
			for (const p of w.orgs.keys()) {
				const q = { on: TODAY, depth: 1 + r.int(5), horizon: r.of([0, 90, 400]) };
				const c = ref.chain(w, p, q);
				const want = c.all.map((i) => wanted(w, c, i));
				const at = `/v1/orgs/${p}/chain?depth=${q.depth}&horizon=${q.horizon}`;
				const { items, first } = await pages(d, at, 1000);
				assert.deepEqual(items.map((i) => pick(i, wanted(w, c, c.all[0]))), want);
				assert.deepEqual(pick(first, { procurer: 0, on: 0, depth: 0, horizon: 0, suppliers: 0 }), {
					procurer: p, on: TODAY, depth: q.depth, horizon: q.horizon, suppliers: c.all.length,
				});
				for (let k = 0; k < 6; k++) {
					const [text, fits] = filters(w, c, r, want);
					const sort = r.of(SORTS);
					const order = r.of([undefined, "asc", "desc"]);
					const got = await pages(d, `${at}&sort=${sort}${order ? `&order=${order}` : ""}${text && `&${text}`}`, 1 + r.int(4));
					assert.deepEqual(
						got.items.map((i) => i.supplier), ordered(want.filter(fits), sort, order).map((i) => i.supplier),
						`${p} ${text} ${sort} ${order}`,
					);
				}
				for (const i of want) {
					const one = await d.get(`/v1/orgs/${p}/chain/${i.supplier}?depth=${q.depth}&horizon=${q.horizon}`);
					assert.equal(one.status, 200, one.text);
					const { asked_by, asked_by_total, ...item } = one.body;
					assert.deepEqual(item, items.find((x) => x.supplier === i.supplier));
					const asked = [...c.asked].filter((l) => l.supplier === i.supplier);
					assert.equal(asked_by_total, asked.length);
					assert.deepEqual(asked_by, asked
						.map((l) => ({ procurer: l.procurer, name: w.orgs.get(l.procurer).name, tier: c.tier.get(l.procurer), level: ref.effective(w, l), own: l.procurer === p }))
						.sort((a, b) => a.tier - b.tier || cmp(a.procurer, b.procurer)));
				}
			}
		});
});

describe("pages", () => {
	const P = fictional(600);
	const ids = [...Array(60).keys()].map((i) => fictional(601 + i));
	const names = ["工業", "商事", "工業", "電機"];
	before(async () => {
		await d.org(P);
		await d.targets(P, { rules: [{ when: {}, level: 3 }, { when: { department: "dev" }, level: 4, due: "2027-09-30" }] });
		const rows = ids.map((id, i) => `${id},${i % 9 ? names[i % 4] : ""}`);
		await d.import("kind=orgs", ["id,name", ...rows].join("\n"));
		const of = (i) => (i < 20 ? P : ids[i % 20]);
		const links = ids.map((id, i) => `${of(i)},${id},${["0.5", "0.25", "1"][i % 3]},${i % 2 ? "dev" : ""},${i % 7 ? "" : `2027-0${1 + (i % 8)}-01`}`);
		await d.import("kind=links", ["procurer,supplier,dependency,department,due", ...links].join("\n"));
	});

	it("give every item once in every order, whatever their size", async () => {
		for (const sort of SORTS)
			for (const order of ["asc", "desc"]) {
				const whole = (await pages(d, `/v1/orgs/${P}/chain?sort=${sort}&order=${order}`, 1000)).items.map((i) => i.supplier);
				assert.deepEqual([...whole].sort(), [...ids].sort());
				for (const limit of [1, 7, 20, 60]) {
					const got = (await pages(d, `/v1/orgs/${P}/chain?sort=${sort}&order=${order}`, limit)).items;
					assert.deepEqual(got.map((i) => i.supplier), whole, `${sort} ${order} ${limit}`);
				}
			}
	});

	it("put undated and unnamed ones last in both directions", async () => {
		for (const order of ["asc", "desc"]) {
			const due = (await pages(d, `/v1/orgs/${P}/chain?sort=due&order=${order}`, 7)).items.map((i) => i.due);
			assert.ok(due.indexOf(null) > 0 && due.slice(due.indexOf(null)).every((x) => x === null));
			const dated = due.filter((x) => x !== null);
			assert.deepEqual(dated, [...dated].sort((a, b) => (order === "asc" ? cmp(a, b) : cmp(b, a))));
			const stub = (await pages(d, `/v1/orgs/${P}/chain?sort=name&order=${order}`, 7)).items.map((i) => i.name === i.supplier);
			assert.ok(stub.indexOf(true) > 0 && stub.slice(stub.indexOf(true)).every(Boolean));
		}
	});

	it("go on behind the last key when the chain changed meanwhile", async () => {
		const path = `/v1/orgs/${P}/chain?sort=id&limit=10`;
		const first = (await d.get(path)).body;
		const more = fictional(599);
		await d.org(more);
		await d.link(P, more, { dependency: 1 });
		const all = [...ids, more].sort();
		const next = (await d.get(`${path}&cursor=${first.next}`)).body;
		assert.equal(next.total, 61);
		const at = all.indexOf(first.items[9].supplier) + 1;
		assert.deepEqual(next.items.map((i) => i.supplier), all.slice(at, at + 10));
		await d.must("DELETE", `/v1/orgs/${P}/suppliers/${more}`);
	});

	it("belong to their list, filter and order", async () => {
		const base = `/v1/orgs/${P}/chain`;
		const { next } = (await d.get(`${base}?sort=due&limit=5`)).body;
		assert.equal((await d.get(`${base}?sort=due&limit=9&cursor=${next}`)).status, 200);
		for (const other of ["sort=name", "sort=due&order=desc", "sort=due&state=gap", "sort=due&depth=2"])
			problem(assert, await d.get(`${base}?${other}&cursor=${next}`), 400, "bad-cursor");
		problem(assert, await d.get(`/v1/orgs/${P}/gaps?cursor=${next}`), 400, "bad-cursor");
		problem(assert, await d.get(`${base}?sort=due&cursor=${next.slice(0, -2)}AA`), 400, "bad-cursor");
	});
});

describe("what is not there", () => {
	const P = fictional(580);
	const bad = async (q, code = "bad-query") => {
		const r = await d.get(`/v1/orgs/${P}/chain?${q}`);
		problem(assert, r, 400, code);
		assert.equal(r.body.errors[0].pointer, `/${q.split("=")[0]}`);
	};
	before(async () => {
		await d.org(P);
		await d.org(fictional(581));
		await d.org(fictional(582));
		await d.link(P, fictional(581));
	});

	it("has no order by what a supplier is worth", async () => {
		for (const by of ["held", "required", "state", "kind", "suppliers", "annual_spend", "at_risk", "level", "risk", ""]) await bad(`sort=${by}`);
	});

	it("says which parameter is wrong", async () => {
		for (const q of ["state=", "state=gap,", "state=,gap", "state=gap,nonsense", "state=gap;met", "timing=late", "kind=gap", "tier=0", "tier=25", "required=6", "held=-1", "due_from=2027-02-30", "due_to=x", "lapsed_since=1", "at_risk=maybe", "unknown_below=2", "relation=other", "criticality=top", "confidential=1", "continuity=", "system_access=no", "exception=x", "order=up", "limit=0", "of=", "to="])
			await bad(q);
		problem(assert, await d.get(`/v1/orgs/${P}/chain?state=gap&state=met`), 400, "bad-query");
	});

	it("is 404 for ends that the chain does not have", async () => {
		for (const id of [fictional(582), fictional(583), "XX-ANON-aaaaaaaaaaaaaaaaaaaa", "nonsense"])
			for (const end of ["of", "to"]) {
				const r = await d.get(`/v1/orgs/${P}/chain?${end}=${id}`);
				problem(assert, r, 404, "not-found");
			}
		for (const id of [P, fictional(582), fictional(583)]) problem(assert, await d.get(`/v1/orgs/${P}/chain/${id}`), 404, "not-found");
	});

	it("is empty for one without suppliers", async () => {
		const { items, first } = await pages(d, `/v1/orgs/${fictional(582)}/chain`, 50);
		assert.deepEqual(items, []);
		assert.equal(first.suppliers, 0);
	});
});

describe("hidden suppliers", () => {
	const SHOWN = /^XX-ANON-[a-z2-7]{20}$/;
	const [P, X, H, U, Q] = [560, 561, 562, 563, 564].map(fictional);
	let p;
	before(async () => {
		for (const id of [P, X, H, U, Q]) await d.org(id, { name: `秘密商会 ${id}` });
		await d.link(P, X, { dependency: 0.5, department: "dev" });
		await d.link(X, H, { required_level: 3, dependency: 0.5, disclosure: "anonymous" });
		await d.link(H, U, { required_level: 2, dependency: 0.5, disclosure: "upstream" });
		await d.link(H, Q, { required_level: 2, dependency: 0.5, disclosure: "private" });
		p = await d.as("procurer", P);
	});
	const list = async (as, q = "") => (await as.get(`/v1/orgs/${P}/chain?${q}`)).body.items;
	const pseudonym = async () => (await list(p)).find((i) => i.tier === 2).supplier;

	it("show as pseudonyms, with what counts and nothing that names them", async () => {
		const items = await list(p);
		assert.deepEqual(items.map((i) => i.tier), [1, 2, 3]);
		const h = items[1];
		assert.match(h.supplier, SHOWN);
		assert.equal(h.name, null);
		assert.equal(h.held_until, null);
		assert.equal(h.suppliers, 1); // the private one counts for nobody
		assert.equal(h.link, null);
		assert.deepEqual(items[2].path, [P, X, h.supplier, U]);
		for (const sort of SORTS)
			for (const order of ["asc", "desc"]) {
				const told = [];
				for (let next = ""; next !== null; ) {
					const r = await p.get(`/v1/orgs/${P}/chain?sort=${sort}&order=${order}&limit=1${next && `&cursor=${next}`}`);
					told.push(r.text, Buffer.from(r.body.next ?? "", "base64url").toString("latin1"), Buffer.from(r.body.next ?? "", "base64url").toString("utf8"));
					next = r.body.next;
				}
				for (const id of [H, Q]) assert.equal(told.join("\n").includes(id), false, `${sort} ${order}`);
				assert.equal(told.join("\n").includes(`秘密商会${H}`), false);
			}
	});

	it("stand last by name, and where the pseudonym stands by id", async () => {
		const shown = await pseudonym();
		assert.equal((await list(p, "sort=name")).at(-1).supplier, shown);
		assert.equal((await list(p, "sort=name&order=desc")).at(-1).supplier, shown);
		for (const order of ["asc", "desc"]) {
			const ids = (await list(p, `sort=id&order=${order}`)).map((i) => i.supplier);
			const want = [X, U, shown].sort(cmp);
			assert.deepEqual(ids, order === "asc" ? want : want.reverse());
		}
	});

	it("are found by no search", async () => {
		for (const q of [H, H.toLowerCase(), `秘密商会 ${H}`, "秘密商会"]) assert.equal((await list(p, `q=${encodeURIComponent(q)}`)).some((i) => SHOWN.test(i.supplier)), false);
		assert.equal((await list(p, `q=${await pseudonym()}`)).length, 0);
		assert.equal((await list(d, `q=${H}`)).length, 1);
	});

	it("are ends and items by their pseudonym alone", async () => {
		const shown = await pseudonym();
		assert.deepEqual((await list(p, `of=${shown}`)).map((i) => i.supplier), [U]);
		assert.deepEqual((await list(p, `to=${shown}`)).map((i) => i.supplier), [X]);
		assert.deepEqual((await list(p, `of=${X}`)).map((i) => i.supplier), [shown]);
		assert.deepEqual((await list(p, `to=${U}`)).map((i) => i.supplier), [shown]);
		const absent = fictional(569);
		for (const path of [(x) => `/v1/orgs/${P}/chain?of=${x}`, (x) => `/v1/orgs/${P}/chain?to=${x}`, (x) => `/v1/orgs/${P}/chain/${x}`])
			for (const id of [H, Q]) {
				const a = await p.get(path(id));
				const b = await p.get(path(absent));
				problem(assert, a, 404, "not-found");
				assert.equal(a.text.replaceAll(id, "ID"), b.text.replaceAll(absent, "ID"));
			}
		const one = await p.get(`/v1/orgs/${P}/chain/${shown}`);
		assert.equal(one.body.supplier, shown);
		assert.deepEqual(one.body.asked_by, [{ procurer: X, name: `秘密商会 ${X}`, tier: 1, level: 3, own: false }]);
		const u = await p.get(`/v1/orgs/${P}/chain/${U}`);
		assert.deepEqual(u.body.asked_by, [{ procurer: shown, name: null, tier: 2, level: 2, own: false }]);
		assert.equal((await d.get(`/v1/orgs/${P}/chain/${H}`)).body.name, `秘密商会 ${H}`);
	});
});
