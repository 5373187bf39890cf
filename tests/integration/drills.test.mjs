// Drills and incidents as records: read back, listed newest first, refused where wrong, and followed through versions,
// as_of, undo, events, the audit log, a backup, the store's check and a restart.
import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { CLOCK, Daemon, fictional, problem, run, scratchDir } from "./daemon.mjs";

const [P, S, Q] = [1, 2, 3].map(fictional);
const base = `/v1/orgs/${P}/drills`;
const full = {
	kind: "incident", held_on: "2027-05-20", supplier: S, scenario: "受発注システムの停止", led_by: "情報セキュリティ部",
	participants: ["購買部", "CSIRT", "=1+1"], affected: 12, contacts_tried: 10, contacts_reached: 9, first_notice_minutes: 45,
	hours_agreed_met: 3, findings: "連絡先2件が古い", follow_up: "連絡先の更新", follow_up_due: "2027-07-31", seen_revision: 17,
};
let d;

before(async () => {
	d = await Daemon.start();
	for (const o of [P, S, Q]) await d.org(o);
});
after(() => d.stop());

describe("drills", () => {
	it("read back what was written, with a tag, and are written once", async () => {
		const made = await d.put(`${base}/2027-1`, full);
		assert.equal(made.status, 201, made.text);
		assert.equal(made.headers.get("location"), `${base}/2027-1`);
		const got = await d.get(`${base}/2027-1`);
		const { recorded_by, ...rest } = got.body;
		assert.deepEqual(rest, { org: P, drill: "2027-1", ...full });
		assert.equal(recorded_by.actor, "admin");
		assert.equal(recorded_by.revision, made.revision);
		assert.equal(got.etag, made.etag);
		const again = await d.put(`${base}/2027-1`, got.body);
		assert.deepEqual([again.status, again.revision], [200, made.revision], "nothing changed");
		const least = await d.put(`${base}/${encodeURIComponent("図上 訓練")}`, { held_on: "2026-11-01" });
		assert.equal(least.status, 201, least.text);
		assert.equal(least.body.drill, "図上 訓練");
		assert.equal(least.body.kind, "drill");
		assert.equal("findings" in least.body, false);
	});

	it("are patched and removed under their tags", async () => {
		const made = await d.must("PUT", `${base}/x`, { held_on: "2027-01-02", findings: "a", participants: ["b"] });
		const r = await d.call("PATCH", `${base}/x`, { findings: null, affected: 3 }, { "If-Match": made.etag });
		assert.equal(r.status, 200, r.text);
		assert.equal("findings" in r.body, false);
		assert.deepEqual([r.body.affected, r.body.participants], [3, ["b"]]);
		problem(assert, await d.call("PATCH", `${base}/x`, { affected: 4 }, { "If-Match": made.etag }), 412, "precondition-failed");
		problem(assert, await d.call("PUT", `${base}/x`, { held_on: "2027-01-02" }, { "If-None-Match": "*" }), 412, "precondition-failed");
		assert.equal((await d.call("DELETE", `${base}/x`, undefined, { "If-Match": r.etag })).status, 204);
		problem(assert, await d.get(`${base}/x`), 404, "not-found");
		problem(assert, await d.call("DELETE", `${base}/x`), 404, "not-found");
		problem(assert, await d.patch(`${base}/x`, { affected: 1 }), 404, "not-found");
	});

	it("refuse what does not fit, saying where", async () => {
		const bad = async (body, code, pointer) => {
			const r = await d.put(`${base}/bad`, body);
			problem(assert, r, 422, code);
			if (pointer) assert.equal(r.body.errors[0].pointer, pointer, r.text);
		};
		const h = { held_on: "2027-01-01" };
		await bad({}, "required", "/held_on");
		await bad({ held_on: "2027-02-30" }, "bad-date");
		await bad({ ...h, kind: "party" }, "bad-value", "/kind");
		await bad({ ...h, supplier: "nonsense!" }, "bad-id");
		await bad({ ...h, participants: "購買部" }, "wrong-type");
		await bad({ ...h, participants: ["a", ""] }, "bad-value", "/participants/1");
		await bad({ ...h, participants: ["x".repeat(513)] }, "too-long");
		await bad({ ...h, participants: Array(101).fill("x") }, "too-long");
		await bad({ ...h, contacts_tried: -1 }, "out-of-range");
		await bad({ ...h, contacts_tried: 1, contacts_reached: 2 }, "out-of-range", "/contacts_reached");
		await bad({ ...h, first_notice_minutes: 1.5 }, "wrong-type");
		await bad({ ...h, findings: "x".repeat(4001) }, "too-long");
		await bad({ ...h, score: 3 }, "unknown-field", "/score");
		problem(assert, await d.get(`${base}/bad`), 404, "not-found");
		problem(assert, await d.put(`/v1/orgs/${fictional(99)}/drills/a`, h), 404, "not-found");
		assert.equal((await d.put(`${base}/${"x".repeat(129)}`, h)).status, 422);
		assert.equal((await d.put(`${base}/a%2Fb`, h)).status, 422);
	});

	it("are listed newest first, page by page, for each organisation apart", async () => {
		const many = `/v1/orgs/${Q}/drills`;
		const days = ["2027-03-01", "2026-03-01", "2027-05-31", "2027-03-01", "1969-12-31"];
		for (const [i, held_on] of days.entries()) await d.must("PUT", `${many}/n${i}`, { held_on });
		const { body } = await d.get(many);
		assert.deepEqual(body.items.map((x) => x.drill), ["n2", "n0", "n3", "n1", "n4"]);
		assert.equal(body.next, null);
		for (const x of body.items) assert.deepEqual(x, (await d.get(`${many}/${x.drill}`)).body);
		for (const limit of [1, 2, 5]) {
			const seen = [];
			let next = "";
			do {
				const page = (await d.get(`${many}?limit=${limit}${next}`)).body;
				assert.ok(page.items.length <= limit);
				seen.push(...page.items);
				next = page.next ? `&cursor=${page.next}` : null;
			} while (next !== null);
			assert.deepEqual(seen, body.items);
		}
		assert.equal((await d.get(base)).body.items.length, 2);
		assert.deepEqual((await d.get(`/v1/orgs/${S}/drills`)).body, { items: [], next: null });
	});

	it("are the procurer's own: others read and write nothing, and are not told", async () => {
		const own = await d.as("procurer", P);
		const body = { held_on: "2027-04-01", findings: "秘" };
		assert.equal((await own.put(`${base}/own`, body)).status, 201);
		assert.equal((await (await d.as("auditor", P)).get(`${base}/own`)).body.findings, "秘");
		await d.link(P, S);
		for (const [who, status] of [[await d.as("supplier", S), 403], [await d.as("procurer", S), 403], [await d.as("procurer", Q), 404]]) {
			for (const path of [base, `${base}/own`, `${base}/none`, `${base}/own/versions`]) assert.equal((await who.get(path)).status, status, path);
			assert.equal((await who.put(`${base}/own`, body)).status, status);
			assert.doesNotMatch((await who.get("/v1/changes")).text, new RegExp(`${P}/own`));
		}
		assert.equal((await (await d.as("risk")).put(`${base}/own`, body)).status, 403);
		const told = (await own.get("/v1/changes")).text.trim().split("\n").map(JSON.parse).filter((x) => x.type === "drill.changed");
		assert.deepEqual(told.at(-1).data, { org: P, drill: "own", change: "created" });
		assert.equal(told.at(-1).subject, `${P}/own`);
		assert.deepEqual((await own.get("/v1/changes?type=drill.changed")).text.trim().split("\n").map(JSON.parse).filter((x) => x.type), told);
		await d.must("DELETE", `/v1/orgs/${P}/suppliers/${S}`);
	});

	it("are told as they were, by versions, as_of and undo", async () => {
		const path = `${base}/past`;
		const one = await d.must("PUT", path, { held_on: "2027-02-01", affected: 1 });
		const two = await d.must("PATCH", path, { affected: 2 });
		const three = await d.must("DELETE", path);
		const at = async (n) => d.get(`${path}?as_of=${n}`);
		assert.equal((await at(one.revision - 1)).status, 404);
		assert.equal((await at(one.revision)).body.affected, 1);
		assert.equal((await at(two.revision)).body.affected, 2);
		assert.equal((await at(three.revision)).status, 404);
		const own = await d.as("procurer", P);
		const then = (await own.get(`${base}?as_of=${two.revision}`)).body.items;
		assert.ok(then.some((x) => x.drill === "past" && x.affected === 2));
		assert.ok(!(await own.get(base)).body.items.some((x) => x.drill === "past"));
		const undone = await d.must("POST", `/v1/revisions/${three.revision}/undo`, { preview: false });
		assert.equal((await d.get(path)).body.affected, 2, undone.text);
		const four = await d.must("PATCH", path, { affected: 4 });
		await d.must("POST", `/v1/revisions/${four.revision}/undo`, { preview: false });
		assert.equal((await d.get(path)).body.affected, 2);
		const made = await d.must("PUT", `${base}/made`, { held_on: "2027-02-02" });
		await d.must("POST", `/v1/revisions/${made.revision}/undo`, { preview: false });
		assert.equal((await d.get(`${base}/made`)).status, 404);
		const { items } = (await d.get(`${path}/versions`)).body;
		assert.deepEqual(items[0].changed.affected, { before: 4, after: 2 });
		assert.deepEqual(items[1].changed.affected, { before: 2, after: 4 });
	});

	it("keep their organisation, which takes them along only when it goes", async () => {
		const o = fictional(50);
		const made = await d.org(o);
		await d.must("PUT", `/v1/orgs/${o}/drills/a`, { held_on: "2027-02-01" });
		const undo = await d.call("POST", `/v1/revisions/${made.revision ?? (await d.get(`/v1/orgs/${o}`)).body.recorded_by.revision}/undo`, { preview: true });
		assert.ok(undo.status === 409 || undo.body.conflicts?.some((x) => x.entity === "drill" && x.drill === "a"), undo.text);
		const gone = await d.must("DELETE", `/v1/orgs/${o}?cascade=true`);
		assert.equal((await d.get(`/v1/orgs/${o}/drills/a`)).status, 404);
		await d.org(o);
		assert.deepEqual((await d.get(`/v1/orgs/${o}/drills`)).body.items, [], "another one of that id");
		assert.equal((await d.get(`/v1/orgs/${o}/drills/a?as_of=${gone.revision - 1}`)).body.held_on, "2027-02-01");
	});

	it("are at most a thousand", async () => {
		const o = fictional(60);
		await d.org(o);
		for (let i = 0; i < 1000; i += 50)
			await Promise.all(Array.from({ length: 50 }, (_, k) => d.must("PUT", `/v1/orgs/${o}/drills/n${i + k}`, { held_on: "2027-01-01" })));
		const r = await d.put(`/v1/orgs/${o}/drills/more`, { held_on: "2027-01-01" });
		problem(assert, r, 413, "too-large");
		assert.equal((await d.put(`/v1/orgs/${o}/drills/n7`, { held_on: "2027-01-02" })).status, 200);
		assert.equal((await d.get(`/v1/orgs/${o}/drills?limit=1000`)).body.items.length, 1000);
		await d.must("DELETE", `/v1/orgs/${o}/drills/n7`);
		assert.equal((await d.put(`/v1/orgs/${o}/drills/more`, { held_on: "2027-01-01" })).status, 201);
	});

	it("stand in the log, the audit export, a backup and the store's check", async () => {
		await d.must("PATCH", `${base}/2027-1`, { affected: 13 });
		await d.must("DELETE", `/v1/orgs/${P}/contacts`); // erases no drill
		const all = (await d.get(base)).text;
		assert.match(all, /2027-1/);
		const log = (await d.get("/v1/audit")).text;
		const line = log.trim().split("\n").map(JSON.parse).findLast((x) => JSON.stringify(x).includes('"drill"') && JSON.stringify(x).includes('"affected":13'));
		assert.ok(line, "the change is an entry");
		assert.match(JSON.stringify(line), /"affected":12/, "with what it was before");
		const dir = scratchDir();
		writeFileSync(join(dir, "audit"), log);
		assert.equal((await run(["--offline", "audit-verify", join(dir, "audit")])).code, 0);
		writeFileSync(join(dir, "copy.tw"), Buffer.from(await (await d.fetch("GET", "/v1/backup")).arrayBuffer()));
		const to = join(dir, "restored");
		const restored = await run(["--offline", "restore", join(dir, "copy.tw"), to]);
		assert.equal(restored.code, 0, restored.err);
		const sound = await run(["--offline", "check", to]);
		assert.equal(sound.code, 0, sound.out + sound.err);
		writeFileSync(join(to, "admin.token"), d.token, { mode: 0o600 });
		const other = await Daemon.start({ dir: to, clock: CLOCK });
		try {
			assert.equal((await other.get(base)).text, all);
		} finally {
			await other.stop();
			rmSync(dir, { recursive: true, force: true });
		}
	});
});
