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
