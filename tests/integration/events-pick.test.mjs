// /v1/changes with type and subject: the same as picking from all of it, for everybody, page by page.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem } from "./daemon.mjs";

const P = fictional(1);
const Q = fictional(2);
const S = Array.from({ length: 6 }, (_, i) => fictional(100 + i));
const TYPES = ["org.changed", "link.changed", "certificate.changed", "supplier.lapsed", "targets.changed", "clause.changed", "exposure.changed"];
let d;
const who = {};

before(async () => {
	d = await Daemon.start();
	for (const o of [P, Q, ...S]) await d.org(o);
	await d.patch(`/v1/orgs/${S[0]}`, { aliases: ["XX-LOCAL-alias"] });
	for (const s of S) await d.link(P, s, { required_level: 3, disclosure: "anonymous" });
	await d.link(Q, P, { required_level: 3 });
	for (const s of S.slice(0, 4)) await d.cert(s, S[5], { level: 3, issued: "2027-04-01", expires: "2028-03-31" });
	for (const s of S.slice(0, 3)) await d.patch(`/v1/orgs/${s}/certificates/${S[5]}`, { status: "revoked" });
	await d.must("PUT", `/v1/orgs/${P}/suppliers/${S[1]}/clauses/2-1-1`, { status: "drafted" });
	await d.targets(P, { own_level: 3 });
	await d.event((e) => e.type === "exposure.changed");
	who.admin = d;
	who.risk = await d.as("risk");
	who.own = await d.as("procurer", P);
	who.above = await d.as("procurer", Q);
	who.supplier = await d.as("supplier", S[1]);
});
after(() => d.stop());

const about = (e, org) => {
	const [a, b] = e.subject.split("/");
	return a === org || (b === org && /^(link|clause)\./.test(e.type));
};
async function picked(caller, query) {
	const lines = await caller.changes(query);
	const end = lines.pop();
	assert.ok("complete" in end, JSON.stringify(end));
	return { lines, end };
}

describe("picking events", () => {
	it("gives what picking from all gives", async () => {
		const revision = (await d.get("/v1/status")).body.revision;
		for (const [name, caller] of Object.entries(who)) {
			const all = (await caller.changes()).filter((e) => e.revision <= revision);
			const subjects = new Set(all.map((e) => e.subject.split("/")[0]));
			for (const type of [...TYPES, "supplier.lapsed,supplier.restored", TYPES.join(",")]) {
				const { lines, end } = await picked(caller, `after=0&type=${type}`);
				const want = all.filter((e) => type.split(",").includes(e.type));
				assert.deepEqual(lines.filter((e) => e.revision <= revision), want, `${name} ${type}`);
				assert.equal(end.complete, true);
				assert.equal(end.event, null);
				assert.ok(end.revision >= revision);
			}
			for (const org of [...subjects, P, Q, ...S]) {
				const { lines } = await picked(caller, `after=0&subject=${org}`);
				assert.deepEqual(lines.filter((e) => e.revision <= revision), all.filter((e) => about(e, org)), `${name} ${org}`);
				const both = await picked(caller, `after=0&type=link.changed&subject=${org}`);
				assert.deepEqual(both.lines, all.filter((e) => e.type === "link.changed" && about(e, org)));
			}
		}
		assert.ok((await picked(d, `subject=${S[0]}&after=0`)).lines.length > 3);
		assert.deepEqual((await picked(d, "subject=XX-LOCAL-alias&after=0")).lines, (await picked(d, `subject=${S[0]}&after=0`)).lines);
		// by its true id an anonymous supplier is nobody
		assert.deepEqual((await picked(who.above, `subject=${S[0]}&after=0`)).lines, []);
		assert.ok((await picked(who.above, "type=supplier.lapsed&after=0")).lines.length > 0);
	});

	it("counts by limit what is picked, and says where to go on", async () => {
		for (const caller of [d, who.own]) {
			const { lines: all } = await picked(caller, "after=0&type=link.changed");
			const found = [];
			for (let query = "after=0"; ; ) {
				const { lines, end } = await picked(caller, `${query}&type=link.changed&limit=2`);
				found.push(...lines);
				if (end.complete) break;
				assert.equal(lines.length, 2);
				assert.equal(end.event, lines.at(-1).id);
				query = `after_event=${end.event}`;
			}
			assert.deepEqual(found, all);
		}
		const { end } = await picked(d, "after=0&type=reminder.failed");
		assert.deepEqual(await picked(d, `after=${end.revision}&type=org.changed`), { lines: [], end: { complete: true, revision: end.revision, event: null } });
	});

	it("refuses what is no type", async () => {
		problem(assert, await d.get("/v1/changes?type=link"), 400, "bad-query");
		problem(assert, await d.get("/v1/changes?type="), 400, "bad-query");
		problem(assert, await d.get(`/v1/changes?subject=${"x".repeat(129)}`), 400, "bad-query");
	});
});
