// What a procurer's token learns of its chain through the API: on random worlds in which much is hidden, every byte of
// the answers, cursors decoded, is held against the rules; and two procurers cannot join what they are told.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, TODAY } from "./daemon.mjs";
import * as ref from "./reference.mjs";
import { makeWorld, putWorld, rng } from "./worlds.mjs";

const WORLDS = Number(process.env.TIERWATCH_WORLDS ?? 6);
const SHOWN = /^XX-ANON-[a-z2-7]{20}$/;
let d;

before(async () => {
	d = await Daemon.start();
});
after(() => d.stop());

// Who is named for p: a link asked of it is p's own, upstream, or granted by name.
function named(w, p, q) {
	const { asked } = ref.chain(w, p, q);
	const granted = (l) => (l.grants ?? []).some((g) => g.viewer === p && g.form === "named" && (!g.until || q.on <= g.until));
	const names = (l) => l.procurer === p || (l.disclosure ?? "upstream") === "upstream" || granted(l);
	return new Set([p, ...[...asked].filter(names).map((l) => l.supplier)]);
}

// A text, and whatever base64url in it decodes to.
function everything(text) {
	const decoded = (text.match(/[A-Za-z0-9_-]{24,}/g) ?? []).map((x) => Buffer.from(x, "base64url").toString("latin1"));
	return [text, ...decoded].join("\n");
}

function mentions(text, what) {
	for (let at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + 1))
		if (!/[A-Za-z0-9._~-]/.test(text[at + what.length] ?? "")) return true;
	return false;
}

// All pages of a list, with all that was sent.
async function pages(as, path, told) {
	const items = [];
	for (let next = ""; next !== null; ) {
		const r = await as.get(`${path}${next && `&cursor=${next}`}`);
		assert.equal(r.status, 200, r.text);
		told.push(r.text, r.headers.get("link") ?? "");
		items.push(...r.body.items);
		next = r.body.next;
	}
	return items;
}

const bare = ({ supplier: _s, name: _n, path, ...rest }) => JSON.stringify({ ...rest, links: path?.length });
const inOrder = (a, b) => a.tier < b.tier || (a.tier === b.tier && (a.dependency > b.dependency || (a.dependency === b.dependency && a.supplier < b.supplier)));

function checkList(got, want, names) {
	assert.deepEqual(got.map(bare).sort(), want.map(bare).sort());
	for (let i = 1; i < got.length; i++) assert.ok(inOrder(got[i - 1], got[i]), `order of ${i}`);
	const shown = (i) => (names.has(i.supplier) ? i.supplier : "hidden");
	assert.deepEqual(
		got.map((i) => (SHOWN.test(i.supplier) ? "hidden" : i.supplier)).sort(),
		want.map(shown).sort(),
	);
	for (const i of got) {
		assert.equal(i.name === null, SHOWN.test(i.supplier), JSON.stringify(i));
		assert.equal(i.path.at(-1), i.supplier);
		for (const x of i.path) assert.ok(SHOWN.test(x) || names.has(x), x);
	}
}

async function look(as, w, p, q, pseudonyms) {
	const names = named(w, p, q);
	const at = `on=${q.on}&depth=${q.depth}`;
	const today = named(w, p, { on: TODAY, depth: 24 });
	const told = [];
	const base = `/v1/orgs/${p}`;

	const exposure = await as.get(`${base}/exposure?${at}`);
	assert.deepEqual(exposure.body, (await d.get(`${base}/exposure?${at}`)).body);
	told.push(exposure.text);
	const all = ref.chain(w, p, q).all;
	const gaps = await pages(as, `${base}/gaps?${at}&limit=2`, told);
	checkList(gaps, ref.gapItems(w, p, q), names);
	const expiring = await pages(as, `${base}/expiring?${at}&limit=2`, told);
	assert.equal(expiring.length, all.filter((i) => i.state === "expiring").length);
	const chokes = await pages(as, `${base}/chokepoints?${at}&limit=2`, told);
	for (const c of chokes) assert.equal(c.name === null, SHOWN.test(c.supplier));
	for (const sort of ["tier", "due", "dependency", "name", "id"]) {
		const chain = await pages(as, `${base}/chain?${at}&limit=2&sort=${sort}&order=${q.depth % 2 ? "asc" : "desc"}`, told);
		assert.deepEqual(chain.map((i) => (SHOWN.test(i.supplier) ? "hidden" : i.supplier)).sort(), all.map((i) => (names.has(i.supplier) ? i.supplier : "hidden")).sort());
		for (const i of sort === "id" ? chain : []) {
			const r = await as.get(`${base}/chain/${i.supplier}?${at}`);
			assert.equal(r.status, 200, r.text);
			told.push(r.text, (await as.get(`${base}/chain?${at}&of=${i.supplier}`)).text, (await as.get(`${base}/chain?${at}&to=${i.supplier}`)).text);
			assert.ok(SHOWN.test(i.supplier) || names.has(i.supplier));
		}
	}
	for (const [id, o] of w.orgs) {
		if (names.has(id) || id.startsWith(`${p}~`)) continue;
		for (const path of [`chain/${id}?${at}`, `chain?${at}&of=${id}`, `chain?${at}&to=${id}`]) assert.equal((await as.get(`${base}/${path}`)).status, 404, path);
		for (const text of [id, o.name]) {
			const found = (await as.get(`${base}/chain?${at}&q=${encodeURIComponent(text)}`)).body.items;
			assert.ok(found.every((i) => names.has(i.supplier)), text);
		}
	}
	for (const i of all) {
		const r = await as.get(`${base}/dependencies/${i.supplier}?${at}`);
		assert.equal(r.status, names.has(i.supplier) ? 200 : 404, r.text);
		if (r.status === 200) told.push(r.text);
	}
	for (const i of [...gaps, ...expiring, ...chokes].filter((x) => SHOWN.test(x.supplier))) {
		const r = await as.get(`${base}/dependencies/${i.supplier}?${at}`);
		assert.equal(r.status, 200, r.text);
		assert.equal(r.body.supplier, i.supplier);
		if (i.path) assert.deepEqual(r.body.path, i.path);
		told.push(r.text);
	}
	for (const s of [...names].filter((x) => x !== p && all.some((i) => i.supplier === x))) {
		const r = await as.get(`/v1/orgs/${s}/impact?${at}`);
		if (!today.has(s) && [403, 404].includes(r.status)) continue; // named on another day only
		assert.equal(r.status, 200, r.text);
		const mine = ref.impact(w, s, q).items.filter((i) => i.procurer === p || i.procurer.startsWith(`${p}~`));
		assert.deepEqual(r.body.items, mine);
		assert.equal(r.body.procurers, mine.length);
		told.push(r.text);
	}
	const text = told.map(everything).join("\n");
	for (const [id, o] of w.orgs) {
		if (names.has(id) || id.startsWith(`${p}~`)) continue;
		assert.ok(!mentions(text, id), `${p} is told of ${id}`);
		assert.ok(!text.includes(`"${o.name}"`), `${p} is told of ${o.name}`);
	}
	for (const x of text.match(/XX-ANON-[a-z2-7]{20}/g) ?? []) {
		assert.ok((pseudonyms.get(x) ?? p) === p, `${x} of two viewers`);
		pseudonyms.set(x, p);
	}
}

describe("random worlds", () => {
	let hidden = 0;
	for (let n = 1; n <= WORLDS; n++)
		it(`tells procurers what the rules allow (${n})`, async () => {
			const r = rng(n * 7919);
			const w = makeWorld(900 + n, TODAY);
			const pseudonyms = new Map();
			for (const l of w.links) if (r.chance(0.5)) l.disclosure = r.of(["anonymous", "anonymous", "private"]);
			await putWorld(d, w);
			for (const p of [...w.orgs.keys()].filter((x) => !x.includes("~"))) {
				const as = await d.as("procurer", p);
				for (const q of [
					{ on: TODAY, depth: 4, horizon: 90 },
					{ on: ref.addDays(TODAY, r.int(400) - 200), depth: 1 + r.int(6), horizon: 90 },
				])
					await look(as, w, p, q, pseudonyms);
			}
			hidden += pseudonyms.size;
		});
	it("hid something", () => assert.ok(hidden > 0));
});

describe("one hidden supplier", () => {
	const [P, Q, X, S, T] = [801, 802, 803, 804, 805].map(fictional);
	let p, q;
	const item = async (as, who) => (await as.get(`/v1/orgs/${who}/gaps`)).body.items.find((i) => i.tier === 2);

	before(async () => {
		for (const id of [P, Q, X, S, T]) await d.org(id, { name: `名 ${id}` });
		await d.link(P, X, { dependency: 0.5 });
		await d.link(Q, X, { dependency: 0.5 });
		await d.link(X, S, { required_level: 3, dependency: 0.5, disclosure: "anonymous" });
		p = await d.as("procurer", P);
		q = await d.as("procurer", Q);
	});

	it("shows as a pseudonym that is each viewer's own and does not change", async () => {
		const a = await item(p, P);
		const b = await item(q, Q);
		assert.match(a.supplier, SHOWN);
		assert.match(b.supplier, SHOWN);
		assert.notEqual(a.supplier, b.supplier);
		assert.equal(a.name, null);
		assert.deepEqual(a.path, [P, X, a.supplier]);
		await d.must("PATCH", `/v1/orgs/${S}`, { name: "別名" });
		assert.equal((await item(p, P)).supplier, a.supplier);
		assert.equal((await p.get(`/v1/orgs/${P}/dependencies/${a.supplier}`)).status, 200);
	});

	it("resolves for its viewer only, and its true id for nobody who may not know it", async () => {
		const a = await item(p, P);
		problem(assert, await q.get(`/v1/orgs/${Q}/dependencies/${a.supplier}`), 404, "not-found");
		problem(assert, await d.get(`/v1/orgs/${P}/dependencies/${a.supplier}`), 404, "not-found");
		assert.equal((await d.get(`/v1/orgs/${P}/dependencies/${S}`)).body.supplier, S);
		const hidden = await p.get(`/v1/orgs/${P}/dependencies/${S}`);
		const absent = await p.get(`/v1/orgs/${P}/dependencies/${fictional(899)}`);
		problem(assert, hidden, 404, "not-found");
		assert.equal(hidden.text.replaceAll(S, "ID"), absent.text.replaceAll(fictional(899), "ID"));
	});

	it("is not known by its id elsewhere, and is when it is named", async () => {
		problem(assert, await p.get(`/v1/orgs/${S}/impact`), 404, "not-found");
		await d.link(X, S, { required_level: 3, dependency: 0.5, disclosure: "anonymous", grants: [{ viewer: P, form: "named", until: TODAY }] });
		assert.equal((await item(p, P)).supplier, S);
		assert.match((await item(q, Q)).supplier, SHOWN);
		const impact = await p.get(`/v1/orgs/${S}/impact`);
		assert.equal(impact.status, 200, impact.text);
		assert.deepEqual(impact.body.items.map((i) => i.procurer), [P]);
		assert.equal((await d.get(`/v1/orgs/${S}/impact`)).body.procurers, 3);
		problem(assert, await q.get(`/v1/orgs/${S}/impact`), 404, "not-found");
		problem(assert, await p.get(`/v1/orgs/${S}/gaps`), 403, "forbidden");
		problem(assert, await q.get(`/v1/orgs/${S}/gaps`), 404, "not-found");
		const tomorrow = (await p.get(`/v1/orgs/${P}/gaps?on=${ref.addDays(TODAY, 1)}`)).body.items.find((i) => i.tier === 2);
		assert.match(tomorrow.supplier, SHOWN);
	});

	it("is gone with the next answer when the grant is withdrawn", async () => {
		await d.link(X, S, { required_level: 3, dependency: 0.5, disclosure: "private", grants: [{ viewer: P, form: "named" }] });
		assert.equal((await item(p, P)).supplier, S);
		assert.equal(await item(q, Q), undefined);
		await d.must("PATCH", `/v1/orgs/${X}/suppliers/${S}`, { grants: null });
		assert.equal(await item(p, P), undefined);
		problem(assert, await p.get(`/v1/orgs/${S}/impact`), 404, "not-found");
		assert.equal((await p.get(`/v1/orgs/${P}/exposure`)).body.suppliers, 1);
		await d.link(X, S, { required_level: 3, dependency: 0.5 });
		assert.equal((await item(q, Q)).supplier, S);
	});

	it("keeps answering as known while only certificates change", async () => {
		assert.equal((await p.get(`/v1/orgs/${S}/impact`)).status, 200);
		await d.cert(S, "c3", { level: 3, issued: "2027-04-01" });
		assert.equal((await p.get(`/v1/orgs/${S}/impact`)).status, 200);
		await d.link(S, T, { required_level: 3 });
		assert.equal((await p.get(`/v1/orgs/${T}/impact`)).status, 200);
		await d.delete(`/v1/orgs/${X}/suppliers/${S}`);
		problem(assert, await p.get(`/v1/orgs/${T}/impact`), 404, "not-found");
		problem(assert, await p.get(`/v1/orgs/${S}/impact`), 404, "not-found");
	});
});
