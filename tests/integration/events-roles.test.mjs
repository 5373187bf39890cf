// Which events bound callers see: examples, the stream, and random worlds against the rules in plain words.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, sleep } from "./daemon.mjs";

const lines = (text) =>
	text
		.split("\n")
		.filter((l) => l)
		.map((l) => JSON.parse(l));

async function changes(d, token, query = "after=0") {
	const r = await d.call("GET", `/v1/changes?${query}`, undefined, {}, { token });
	assert.equal(r.status, 200, r.text);
	return lines(r.text);
}

// A stream that is read until it is told to stop: { events, text, ended }.
function listen(d, token, { headers = {}, query = "" } = {}) {
	const s = { events: [], text: "", ended: false };
	s.done = (async () => {
		const r = await d.fetch("GET", `/v1/events${query}`, { headers, token });
		assert.equal(r.status, 200);
		const reader = r.body.getReader();
		const decoder = new TextDecoder();
		s.close = () => reader.cancel().catch(() => {});
		s.open = true;
		let rest = "";
		for (;;) {
			const { value, done } = await reader.read().catch(() => ({ done: true }));
			if (done) break;
			const piece = decoder.decode(value, { stream: true });
			s.text += piece;
			rest += piece;
			const parts = rest.split("\n\n");
			rest = parts.pop();
			for (const p of parts) {
				const data = /^data: (.*)$/m.exec(p);
				if (data) s.events.push(JSON.parse(data[1]));
			}
		}
		s.ended = true;
	})();
	return s;
}
async function until(fits, ms = 10000) {
	for (const end = Date.now() + ms; !fits() && Date.now() < end; ) await sleep(20);
	assert.ok(fits());
}
async function token(d, name, role, ...orgs) {
	return (await d.must("POST", "/v1/tokens", { name, role, orgs })).body;
}
// Behind the figurer: nothing more follows what was written.
async function settled(d) {
	for (let before = -1, same = 0; same < 8; await sleep(60)) {
		const { body } = await d.get("/v1/status");
		same = body.figured_revision === before && before >= body.revision - 1 ? same + 1 : 0;
		before = body.figured_revision;
	}
}

describe("events of bound callers", () => {
	const [P, Q, A, B, C, H] = [1, 2, 3, 4, 5, 6].map(fictional);
	const t = {};
	let d;
	before(async () => {
		d = await Daemon.start();
		for (const id of [P, Q, A, B, C]) await d.org(id);
		await d.org(H, { shown_to_suppliers: false });
		await d.link(P, A, { required_level: 3 }); // upstream
		await d.link(A, B, { disclosure: "anonymous" });
		await d.link(A, C, { disclosure: "private" });
		await d.link(Q, A, { disclosure: "private" });
		await d.link(H, A);
		for (const p of [P, Q]) await d.targets(p, { rules: [] });
		t.p = (await token(d, "p", "procurer", P)).token;
		t.q = (await token(d, "q", "procurer", Q)).token;
		t.a = (await token(d, "a", "supplier", A)).token;
		t.c = (await token(d, "c", "supplier", C)).token;
		t.audit = (await token(d, "audit", "auditor", P)).token;
		await settled(d);
	});
	after(() => d.stop());

	it("name what the chain names, hide what it hides, and tell nothing of the rest", async () => {
		const [last] = (await changes(d)).slice(-1);
		for (const id of [A, B, C])
			await d.cert(id, "c", { level: 3, issued: "2027-05-01", expires: "2028-04-30", evidence: "registry" });
		await settled(d);
		const seen = Object.fromEntries(
			await Promise.all(Object.entries(t).map(async ([n, k]) => [n, await changes(d, k, `after_event=${last.id}`)])),
		);
		const brief = (list) => list.map((e) => [e.type, /^XX-ANON-[a-z2-7]{20}$/.test(e.subject) ? "anonymous" : e.subject]);
		const figures = (e) => e.type === "exposure.changed"; // when it comes is the figurer's business
		assert.deepEqual(brief(seen.p.filter((e) => !figures(e))), [
			["certificate.changed", `${A}/c`],
			["supplier.restored", A],
			["supplier.restored", "anonymous"],
		]);
		for (const e of seen.p.filter(figures)) assert.equal(e.subject, P);
		assert.deepEqual(seen.audit, seen.p);
		assert.deepEqual(brief(seen.c), [["certificate.changed", `${C}/c`], ["supplier.restored", C]]);
		assert.deepEqual(brief(seen.a), [
			["certificate.changed", `${A}/c`], // its own
			["supplier.restored", A],
			["supplier.restored", B], // its own suppliers: the level, not the certificate
			["supplier.restored", C],
		]);
		const hidden = seen.p.find((e) => e.subject.startsWith("XX-ANON"));
		assert.deepEqual(hidden.data, { supplier: hidden.subject, held_before: 0, held: 3, on: "2027-06-01" });
		const q = seen.q.find((e) => e.subject.startsWith("XX-ANON"));
		assert.notEqual(q.subject, hidden.subject, "two viewers, two pseudonyms");
		for (const n of ["p", "q", "audit"]) assert.ok(!JSON.stringify(seen[n]).includes(B) && !JSON.stringify(seen[n]).includes(C));
	});

	it("tell the supplier who asks, not what was written", async () => {
		const [last] = (await changes(d)).slice(-1);
		await d.must("PATCH", `/v1/orgs/${P}/suppliers/${A}`, { annual_spend: 123456789 });
		await d.must("PATCH", `/v1/orgs/${H}/suppliers/${A}`, { required_level: 4 });
		await d.must("PATCH", `/v1/orgs/${A}/suppliers/${C}`, { note: "x" });
		const a = await changes(d, t.a, `after_event=${last.id}`);
		assert.deepEqual(a[0].data, { procurer: P, supplier: A, change: "updated" });
		assert.equal(a[0].subject, `${P}/${A}`);
		assert.match(a[1].subject, new RegExp(`^XX-ANON-[a-z2-7]{20}/${A}$`));
		assert.equal(a[1].data.procurer, a[1].subject.split("/")[0]);
		assert.equal(a[2].subject, `${A}/${C}`);
		assert.equal(a.length, 3);
		const p = await changes(d, t.p, `after_event=${last.id}`);
		assert.deepEqual(p.filter((e) => e.type === "link.changed").map((e) => e.subject), [`${P}/${A}`]);
		const c = await changes(d, t.c, `after_event=${last.id}`);
		assert.deepEqual(c.map((e) => e.subject), [`${A}/${C}`]);
	});

	it("give the cause of figures only to whom sees the cause", async () => {
		const [last] = (await changes(d)).slice(-1);
		await d.must("PATCH", `/v1/orgs/${A}/suppliers/${B}`, { required_level: 5 }); // A's business, P's figures
		await settled(d);
		const own = (list) => list.find((e) => e.type === "exposure.changed" && e.subject === P);
		const admin = own(await changes(d, d.token, `after_event=${last.id}`));
		const p = own(await changes(d, t.p, `after_event=${last.id}`));
		assert.ok(admin.data.cause);
		assert.equal(p.data.cause, null);
		assert.deepEqual({ ...p, data: { ...p.data, cause: 0 } }, { ...admin, data: { ...admin.data, cause: 0 } });
		const { revision } = await d.must("PATCH", `/v1/orgs/${A}/certificates/c`, { status: "revoked" });
		await settled(d);
		const p2 = own(await changes(d, t.p, `after=${revision - 1}`));
		assert.ok(p2.data.cause);
		assert.equal((await changes(d, t.p, `after=${revision - 1}`)).find((e) => e.id === p2.data.cause).type, "supplier.lapsed");
	});

	it("finish only one's own imports", async () => {
		const [last] = (await changes(d)).slice(-1);
		await d.import("kind=orgs", "id,name\nXX-LOCAL-I1,一\n");
		const r = await d.call("POST", "/v1/imports?kind=links", `procurer,supplier,required_level\n${P},${A},4\n`, { "Content-Type": "text/csv" }, { token: t.p });
		assert.equal(r.status, 202, r.text);
		await d.job(r.headers.get("location"));
		await settled(d);
		const types = async (k) => (await changes(d, k, `after_event=${last.id}`)).filter((e) => e.type === "import.finished");
		assert.equal((await types(d.token)).length, 2);
		assert.equal((await types(t.p)).length, 1);
		assert.equal((await types(t.q)).length, 0);
		assert.equal((await types(t.a)).length, 0);
	});

	it("withdraw with the disclosure, however old the event", async () => {
		const had = (await changes(d, t.q)).filter((e) => e.subject.startsWith("XX-ANON-")).length;
		assert.ok(had > 0);
		await d.must("PATCH", `/v1/orgs/${A}/suppliers/${B}`, { disclosure: "private" });
		assert.equal((await changes(d, t.q)).filter((e) => e.subject.startsWith("XX-ANON-")).length, 0);
		await d.must("PATCH", `/v1/orgs/${A}/suppliers/${B}`, { disclosure: "anonymous" });
		assert.equal((await changes(d, t.q)).filter((e) => e.subject.startsWith("XX-ANON-")).length, had);
	});

	it("stream what the changes tell, once and in order, also behind a resumption", async () => {
		await settled(d);
		const all = await changes(d, t.p);
		const s = listen(d, t.p, { query: "?after=0" });
		await until(() => s.events.length >= all.length);
		assert.deepEqual(s.events, all);
		for (let i = 0; i < 200; i++) {
			await d.org(A, { note: `n${i}` });
			if (i % 10 === 0) await d.org(C, { note: `n${i}` }); // not for P
		}
		await settled(d);
		const want = await changes(d, t.p);
		await until(() => s.events.length >= want.length);
		await sleep(200);
		assert.deepEqual(s.events, want);
		s.close();
		await s.done;
		for (const at of [0, 5, want.length - 3]) {
			const again = listen(d, t.p, { headers: { "Last-Event-ID": want[at].id } });
			await until(() => again.events.length >= want.length - at - 1);
			assert.deepEqual(again.events, want.slice(at + 1));
			again.close();
			await again.done;
		}
		assert.deepEqual(await changes(d, t.p, "after=0&limit=7"), want.slice(0, 7), "limit counts what is shown");
		let paged = [];
		for (let id = null; ; ) {
			const page = await changes(d, t.p, id ? `after_event=${id}&limit=50` : "after=0&limit=50");
			if (page.length === 0) break;
			paged = paged.concat(page);
			id = page.at(-1).id;
		}
		assert.deepEqual(paged, want);
	});

	it("lose nothing while others write", async () => {
		const [last] = await changes(d, t.p, "after=0").then((l) => l.slice(-1));
		let id = last.id;
		const heard = [];
		let writing = true;
		const writes = (async () => {
			for (let i = 0; i < 300; i++) await d.org(A, { note: `w${i}` });
			writing = false;
		})();
		while (writing || heard.length < 300) {
			const s = listen(d, t.p, { headers: { "Last-Event-ID": id } });
			await until(() => s.events.length >= Math.min(40, 300 - heard.length));
			s.close();
			await s.done;
			heard.push(...s.events);
			id = s.events.at(-1)?.id ?? id;
			if (heard.length >= 300) break;
		}
		await writes;
		assert.deepEqual(heard.slice(0, 300), await changes(d, t.p, `after_event=${last.id}`));
	});

	it("a private link's changes make no byte for others", async () => {
		const quiet = [t.p, t.q, t.audit].map((k) => listen(d, k));
		const told = listen(d, t.c);
		await until(() => [...quiet, told].every((s) => s.open));
		await sleep(300);
		for (let i = 0; i < 30; i++) await d.must("PATCH", `/v1/orgs/${A}/suppliers/${C}`, { note: `x${i}`, required_level: i % 6 });
		await until(() => told.events.length >= 30);
		await sleep(300);
		for (const s of quiet) {
			assert.equal(s.text.replaceAll(": \n\n", ""), "");
			s.close();
		}
		told.close();
	});

	it("end within a second when the token is revoked or runs out", async () => {
		const gone = await token(d, "gone", "procurer", P);
		const risk = (await d.must("POST", "/v1/tokens", { name: "risk", role: "risk" })).body;
		const streams = [listen(d, gone.token), listen(d, risk.token)];
		const stays = listen(d, t.p);
		await until(() => [...streams, stays].every((s) => s.open));
		await sleep(300);
		for (const k of [gone, risk]) await d.must("DELETE", `/v1/tokens/${k.id}`);
		await until(() => streams.every((s) => s.ended), 1000);
		assert.equal(stays.ended, false);
		await d.org(A, { note: "after" });
		await until(() => stays.events.length > 0);
		for (const s of streams) assert.equal(s.events.length, 0);
		stays.close();
	});
});

// ---- random worlds against the rules in plain words ----

function rng(seed) {
	let x = seed >>> 0;
	return (n) => {
		x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
		return Math.floor((x / 2 ** 32) * n);
	};
}

// What the writes made of the world, and who may see what in it: domain.md once more, as simply as it goes.
class World {
	constructor(orgs, hidden) {
		this.orgs = orgs;
		this.hidden = new Set(hidden); // not shown to their suppliers
		this.links = new Map(); // "P/S" -> fields
		this.ever = new Set(); // of links that went, too: who had one knows its other end
	}
	visible(viewer, x, link) {
		return x === viewer || link.disclosure !== "private" || link.grants?.some((g) => g.viewer === viewer);
	}
	names(viewer, x, link) {
		return x === viewer || (link.disclosure ?? "upstream") === "upstream" || link.grants?.some((g) => g.viewer === viewer && g.form === "named");
	}
	out(x) {
		return [...this.links].filter(([k, l]) => k.startsWith(`${x}/`) && !l.end).map(([k, l]) => [k.split("/")[1], l]);
	}
	// id -> "named" | "anonymous"
	chain(viewer) {
		const seen = new Map();
		for (const todo = [viewer]; todo.length; ) {
			const x = todo.pop();
			for (const [s, l] of this.out(x)) {
				if (s === viewer || !this.visible(viewer, x, l)) continue;
				if (!seen.has(s)) todo.push(s);
				if (this.names(viewer, x, l)) seen.set(s, "named");
				else if (!seen.has(s)) seen.set(s, "anonymous");
			}
		}
		return seen;
	}
	sight(caller) {
		const chains = caller.role === "supplier" ? [] : caller.orgs.map((p) => [p, this.chain(p)]);
		return (org) => {
			if (caller.orgs.includes(org)) return { at: "own" };
			if (caller.orgs.some((p) => this.links.has(`${p}/${org}`))) return { at: "below" };
			if (chains.some(([, c]) => c.get(org) === "named")) return { at: "below" };
			const found = chains.find(([, c]) => c.get(org) === "anonymous");
			return found ? { at: "anonymous", viewer: found[0] } : { at: "none" };
		};
	}
}

// The event as the caller should see it, with { anon: [viewer, org] } where a pseudonym stands; null: not at all.
function expected(world, caller, sight, byId, e) {
	const [first, ...more] = e.subject.split("/");
	const rest = more.join("/");
	const { at, viewer } = sight(first);
	const procurer = caller.role !== "supplier";
	switch (e.type) {
		case "supplier.lapsed":
		case "supplier.restored":
		case "supplier.expiring":
			if (at === "own" || at === "below") return e;
			if (at !== "anonymous") return null;
			return { ...e, subject: { anon: [viewer, first] }, data: { ...e.data, supplier: { anon: [viewer, first] } } };
		case "org.changed":
			return at === "own" || at === "below" ? e : null;
		case "certificate.changed":
			return at === "own" || (at === "below" && procurer) ? e : null;
		case "link.changed": {
			if (at === "own") return e;
			if (!caller.orgs.includes(rest)) return null;
			const asks = world.hidden.has(first) && at !== "below" ? { anon: [rest, first] } : first;
			return { ...e, subject: [asks, rest], data: { procurer: asks, supplier: rest, change: e.data.change } };
		}
		case "targets.changed":
		case "clause.changed":
		case "clause.due":
			return at === "own" && procurer ? e : null;
		case "exposure.changed": {
			if (at !== "own" || !procurer) return null;
			const cause = e.data.cause && expected(world, caller, sight, byId, byId.get(e.data.cause));
			return { ...e, data: { ...e.data, cause: cause ? e.data.cause : null } };
		}
		default:
			return null;
	}
}

// Replaces { anon } by what was seen there, and checks that it is one pseudonym for one organisation and viewer.
function fill(want, got, names) {
	if (want?.anon) {
		const key = want.anon.join(" ");
		assert.match(got, /^XX-ANON-[a-z2-7]{20}$/);
		assert.equal(names.get(key) ?? got, got, "one pseudonym for each viewer and organisation");
		names.set(key, got);
		return got;
	}
	return want;
}
function same(want, got, names) {
	const w = { ...want, data: { ...want.data } };
	const parts = got.subject.split("/");
	if (Array.isArray(want.subject)) w.subject = [fill(want.subject[0], parts[0], names), want.subject[1]].join("/");
	else w.subject = fill(want.subject, got.subject, names);
	for (const key of ["supplier", "procurer"]) if (key in w.data) w.data[key] = fill(w.data[key], got.data[key], names);
	assert.deepEqual(got, w);
}

async function play(d, seed, base) {
	const pick = rng(seed);
	const orgs = Array.from({ length: 16 }, (_, i) => fictional(base + i));
	const procurers = orgs.slice(0, 5);
	const world = new World(orgs, [procurers[2]]);
	const any = (list) => list[pick(list.length)];
	for (const id of orgs) await d.org(id, world.hidden.has(id) ? { shown_to_suppliers: false } : {});
	for (const p of procurers.slice(0, 4)) await d.targets(p, { depth: 24 });
	const write = async () => {
		const [p, s] = [any(orgs), any(orgs)];
		const what = pick(12);
		if (what < 5 && p !== s) {
			const l = { required_level: pick(5) };
			const disclosure = any([undefined, "upstream", "anonymous", "anonymous", "private", "private"]);
			if (disclosure) l.disclosure = disclosure;
			if (pick(4) === 0) l.grants = [{ viewer: any(procurers), form: any(["named", "anonymous"]) }].filter((g) => g.viewer !== p);
			if (pick(8) === 0) l.end = "2027-05-01";
			await d.link(p, s, l);
			world.links.set(`${p}/${s}`, l);
			world.ever.add(`${p}/${s}`);
		} else if (what < 6) {
			const k = any([...world.links.keys(), ""]);
			if (!k) return;
			await d.must("DELETE", `/v1/orgs/${k.replace("/", "/suppliers/")}`);
			world.links.delete(k);
		} else if (what < 9) {
			await d.cert(s, `c${pick(2)}`, { level: 3 + pick(2), issued: "2027-05-01", expires: any(["2028-04-30", "2027-07-30"]), evidence: "registry" });
		} else if (what < 10) {
			const r = await d.call("PATCH", `/v1/orgs/${s}/certificates/c0`, { status: any(["valid", "revoked"]) });
			assert.ok(r.status === 200 || r.status === 404 || r.status === 422, r.text);
		} else if (what < 11) {
			await d.must("PATCH", `/v1/orgs/${s}`, { note: `n${pick(1000)}` });
		} else {
			const k = any([...world.links.keys(), ""]);
			if (k) await d.must("PUT", `/v1/orgs/${k.replace("/", "/suppliers/")}/clauses/2-1-1`, { status: any(["drafted", "missing"]) });
		}
	};
	for (let i = 0; i < 160; i++) await write();
	const callers = [
		...procurers.map((p, i) => ({ name: `p${i}`, role: "procurer", orgs: [p] })),
		{ name: "two", role: "procurer", orgs: [procurers[1], procurers[3]] },
		{ name: "audit", role: "auditor", orgs: [procurers[0]] },
		...orgs.slice(5, 9).map((s, i) => ({ name: `s${i}`, role: "supplier", orgs: [s] })),
	];
	for (const c of callers) c.token = (await token(d, `${c.name}-${base}`, c.role, ...c.orgs)).token;
	await settled(d);
	return { world, callers, orgs };
}

async function compare(d, { world, callers, orgs }) {
	const all = await changes(d);
	const byId = new Map(all.map((e) => [e.id, e]));
	const pseudonyms = new Map(); // of all callers: viewer and organisation -> pseudonym
	let shown = 0;
	for (const caller of callers) {
		const sight = world.sight(caller);
		const want = all.map((e) => expected(world, caller, sight, byId, e)).filter((e) => e);
		const got = await changes(d, caller.token);
		assert.deepEqual(got.map((e) => e.id), want.map((e) => e.id), caller.name);
		want.forEach((w, i) => same(w, got[i], pseudonyms));
		shown += got.length;
		const text = JSON.stringify(got);
		const met = (org) => caller.orgs.some((o) => world.ever.has(`${o}/${org}`) || world.ever.has(`${org}/${o}`));
		for (const org of orgs)
			if (["none", "anonymous"].includes(sight(org).at) && !met(org)) assert.ok(!text.includes(org), `${caller.name} learns ${org}`);
	}
	assert.equal(new Set(pseudonyms.values()).size, pseudonyms.size, "no two share one");
	return { shown, hidden: pseudonyms.size };
}

describe("events in random worlds", () => {
	let d;
	before(async () => (d = await Daemon.start()));
	after(() => d.stop());

	for (let seed = 1; seed <= 3; seed++)
		it(`are what the rules say (${seed})`, async () => {
			const played = await play(d, seed * 7919, seed * 100);
			const { shown, hidden } = await compare(d, played);
			assert.ok(shown > 100, `${shown} shown`);
			assert.ok(hidden > 0, "somebody is anonymous for somebody");
		});
});
