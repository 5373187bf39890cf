// Events: the log of changes, the stream, resuming both, and midnight in Tokyo.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, sleep, TODAY } from "./daemon.mjs";

const [P, A, B] = [1, 2, 3].map(fictional);
let d;
before(async () => {
	d = await Daemon.start();
	for (const id of [P, A, B]) await d.org(id);
	await d.link(P, A, { required_level: 3 });
	await d.targets(P, { rules: [] });
});
after(() => d.stop());

// Reads the stream until `enough` says so; { events, status }.
async function listen(daemon, { path = "/v1/events", headers = {}, enough, ms = 8000 }) {
	const stop = new AbortController();
	const timer = setTimeout(() => stop.abort(), ms);
	const r = await daemon.fetch("GET", path, { headers, signal: stop.signal });
	const events = [];
	if (r.status !== 200) return { events, status: r.status };
	assert.equal(r.headers.get("content-type").split(";")[0], "text/event-stream");
	let rest = "";
	try {
		for await (const piece of r.body.pipeThrough(new TextDecoderStream())) {
			rest += piece;
			const parts = rest.split("\n\n");
			rest = parts.pop();
			for (const part of parts) {
				const lines = part.split("\n").filter((l) => !l.startsWith(":"));
				if (lines.length === 0) continue;
				const get = (name) => lines.find((l) => l.startsWith(`${name}: `))?.slice(name.length + 2);
				const data = get("data");
				if (data === undefined) continue;
				const event = JSON.parse(data);
				assert.equal(get("id"), event.id);
				assert.equal(get("event"), event.type);
				events.push(event);
			}
			if (enough(events)) break;
		}
	} catch (e) {
		if (e.name !== "AbortError") throw e;
	}
	clearTimeout(timer);
	stop.abort();
	return { events, status: 200 };
}

describe("changes", () => {
	it("are envelopes in order, and resume anywhere", async () => {
		await d.event((e) => e.type === "exposure.changed");
		const events = await d.changes("after=0");
		assert.ok(events.length >= 6);
		for (const e of events) {
			assert.deepEqual(Object.keys(e), ["id", "type", "revision", "at", "subject", "data"]);
			assert.equal(typeof e.data, "object");
		}
		const ids = events.map((e) => e.id);
		assert.deepEqual(ids, [...new Set(ids)].sort(), "unique, and grow");
		const types = events.map((e) => e.type);
		for (const t of ["org.changed", "link.changed", "targets.changed"]) assert.ok(types.includes(t), t);
		for (let i = 0; i < events.length; i++)
			assert.deepEqual(await d.changes(`after_event=${ids[i]}`), events.slice(i + 1));
		const revision = events[2].revision;
		assert.deepEqual(await d.changes(`after=${revision}`), events.filter((e) => e.revision > revision));
		assert.deepEqual(await d.changes("after=0&limit=2"), events.slice(0, 2));
		assert.deepEqual(await d.changes("after=99999999"), []);
		problem(assert, await d.get("/v1/changes?after_event=x"), 400, "bad-query");
		problem(assert, await d.get("/v1/changes?after=-1"), 400, "bad-query");
	});

	it("tell a lapse, and the exposure that it changed", async () => {
		const cert = `/v1/orgs/${A}/certificates/a3`;
		await d.must("PUT", cert, { scheme: "scs", level: 3, issued: "2027-05-01", expires: "2028-04-30", evidence: "registry" });
		await d.event((e) => e.type === "supplier.restored" && e.subject === A);
		assert.equal((await d.get(`/v1/orgs/${P}/exposure`)).body.gaps, 0);
		const { revision } = await d.must("PATCH", cert, { status: "revoked" });
		const lapsed = await d.event((e) => e.type === "supplier.lapsed" && e.revision >= revision);
		assert.equal(lapsed.subject, A);
		const changed = await d.event((e) => e.type === "exposure.changed" && e.revision >= revision);
		assert.equal(changed.subject, P);
		assert.equal(changed.data.cause, lapsed.id);
		assert.equal(changed.data.before.gaps, 0);
		assert.equal(changed.data.after.gaps, 1);
		assert.deepEqual(changed.data.after, (await d.get(`/v1/orgs/${P}/exposure`)).body);
	});

	it("say nothing of what no watched chain holds", async () => {
		const before = await d.changes();
		await d.cert(B, "b4", { level: 4, issued: "2027-05-01", expires: "2030-04-30" });
		const restored = await d.event((e) => e.type === "supplier.restored" && e.subject === B);
		await sleep(300);
		const later = await d.changes(`after_event=${before.at(-1).id}`);
		assert.ok(later.some((e) => e.id === restored.id));
		assert.equal(later.filter((e) => e.type === "exposure.changed").length, 0);
	});
});

describe("the stream", () => {
	it("begins at the present and tells each change once", async () => {
		const listeners = [1, 2, 3].map(() => listen(d, { enough: (e) => e.length >= 20 }));
		await sleep(500);
		for (let i = 0; i < 20; i++) await d.org(B, { note: `n${i}` });
		const want = (await d.changes()).filter((e) => e.subject === B && e.type === "org.changed").slice(-20);
		for (const l of listeners) assert.deepEqual((await l).events, want);
	});

	it("resumes after the last event that was seen", async () => {
		const all = await d.changes();
		for (const at of [0, 5, all.length - 2]) {
			const want = all.slice(at + 1);
			const { events } = await listen(d, {
				headers: { "Last-Event-ID": all[at].id },
				enough: (e) => e.length >= want.length,
			});
			assert.deepEqual(events, want);
		}
		const after = await listen(d, { path: "/v1/events?after=0", enough: (e) => e.length >= all.length });
		assert.deepEqual(after.events, all);
		assert.equal((await listen(d, { headers: { "Last-Event-ID": "x" }, enough: () => true })).status, 400);
	});

	it("loses nothing between the past and the present", async () => {
		const [last] = (await d.changes()).slice(-1);
		let writing = true;
		const writes = (async () => {
			for (let i = 0; i < 400; i++) await d.org(B, { note: `w${i}` });
			writing = false;
		})();
		const heard = [];
		for (let id = last.id; writing || heard.length < 400; ) {
			const n = 1 + Math.floor(Math.random() * 60);
			const left = 400 - heard.length;
			const { events } = await listen(d, {
				headers: { "Last-Event-ID": id },
				enough: (e) => e.length >= Math.min(n, left),
			});
			heard.push(...events);
			id = events.at(-1)?.id ?? id;
			if (heard.length >= 400) break;
		}
		await writes;
		const want = await d.changes(`after_event=${last.id}`);
		assert.equal(want.length, 400);
		assert.deepEqual(heard.slice(0, 400), want);
	});
});

describe("midnight in Tokyo", () => {
	// 23:59:57 on 2027-06-30; the certificate's last day is that day.
	it("lapses what ended, once, and changes the exposure", async () => {
		const n = await Daemon.start({ clock: "2027-06-30T14:59:56Z" });
		try {
			for (const id of [P, A]) await n.org(id);
			await n.link(P, A, { required_level: 3 });
			await n.cert(A, "a3", { level: 3, issued: "2026-07-01", expires: "2027-06-30", evidence: "copy" });
			await n.targets(P, { rules: [] });
			assert.equal((await n.get(`/v1/orgs/${A}`)).body.held, 3);
			const lapsed = await n.event((e) => e.type === "supplier.lapsed");
			assert.equal(lapsed.subject, A);
			const changed = await n.event((e) => e.type === "exposure.changed" && e.revision >= lapsed.revision);
			assert.equal(changed.data.before.gaps, 0);
			assert.equal(changed.data.after.gaps, 1);
			assert.equal(changed.data.after.on, "2027-07-01");
			assert.equal((await n.get(`/v1/orgs/${A}`)).body.held, 0);
			assert.equal((await n.get("/v1/status")).body.today, "2027-07-01");
			assert.equal((await n.changes()).filter((e) => e.type === "supplier.lapsed").length, 1);
		} finally {
			await n.stop();
		}
	});

	it("that passed while it was down is made up for, day by day", async () => {
		const n = await Daemon.start({ clock: `${TODAY}T03:00:00Z` });
		try {
			for (const id of [P, A, B]) await n.org(id);
			await n.link(P, A, { required_level: 3 });
			await n.link(P, B, { required_level: 3 });
			await n.cert(A, "a3", { level: 3, issued: "2027-01-01", expires: "2027-06-03" });
			await n.cert(B, "b3", { level: 3, issued: "2027-01-01", expires: "2027-06-05" });
			await n.targets(P, { rules: [] });
			await n.event((e) => e.type === "exposure.changed");
			assert.deepEqual(await n.stopOnly(), { code: 0, signal: null });
			await n.launch("2027-06-10T03:00:00Z");
			await n.event((e) => e.type === "exposure.changed" && e.data.after?.gaps === 2);
			const lapses = (await n.changes()).filter((e) => e.type === "supplier.lapsed");
			assert.deepEqual(lapses.map((e) => e.subject), [A, B]);
			const history = (await n.get(`/v1/orgs/${P}/history`)).body.items;
			assert.deepEqual(
				history.map((x) => [x.on, x.gaps]),
				["01", "02", "03", "04", "05", "06", "07", "08", "09", "10"].map((day, i) => [
					`2027-06-${day}`,
					i < 3 ? 0 : i < 5 ? 1 : 2,
				]),
			);
			// the processed day never goes back
			await n.stopOnly();
			await n.launch("2027-06-08T03:00:00Z");
			assert.equal((await n.get("/v1/status")).body.today, "2027-06-10");
		} finally {
			await n.stop();
		}
	});
});
