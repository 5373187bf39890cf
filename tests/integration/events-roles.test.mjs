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
