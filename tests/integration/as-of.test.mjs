// as_of: answers are what was answered then. Every answer is kept when it is given, with the revision that it names, and
// asked for again after much has changed.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { Daemon, fictional, problem, root, TODAY } from "./daemon.mjs";

const exec = promisify(execFile);
const [P, A, B, C, X] = [1, 2, 3, 4, 5].map(fictional);
const UNIT = `${A}~osaka`;
let d;

const questions = [
	`/v1/orgs/${P}`, `/v1/orgs/${A}`, `/v1/orgs/${B}`, "/v1/orgs", "/v1/orgs?q=kaku", "/v1/orgs?watched=true", "/v1/orgs?held=3",
	`/v1/orgs/${P}/suppliers`, `/v1/orgs/${B}/procurers`, `/v1/orgs/${P}/suppliers/${A}`, `/v1/orgs/${A}/suppliers/${B}`,
	`/v1/orgs/${A}/certificates`, `/v1/orgs/${B}/certificates/c`, `/v1/orgs/${P}/suppliers/${A}/clauses`,
	`/v1/orgs/${P}/suppliers/${A}/clauses/2-1-1`, `/v1/orgs/${P}/targets`, `/v1/orgs/${P}/exposure`, `/v1/orgs/${P}/gaps`,
	`/v1/orgs/${P}/gaps?on=2027-12-31`, `/v1/orgs/${P}/expiring?horizon=400`, `/v1/orgs/${P}/clause-gaps`,
	`/v1/orgs/${P}/dependencies/${B}`, `/v1/orgs/${B}/impact`, `/v1/orgs/${P}/chokepoints`, `/v1/orgs/XX-LOCAL-OLD`,
	`/v1/orgs/${P}/chain`, `/v1/orgs/${P}/chain?sort=name&state=gap&limit=1`, `/v1/orgs/${P}/chain?q=kaku&sort=id&order=desc`,
	`/v1/orgs/${P}/chain/${B}`, `/v1/orgs/${P}/chain?of=${A}`, `/v1/orgs/${P}/chain?lapsed_since=2027-05-01`,
];
const kept = [];

const asOf = (path, at) => `${path}${path.includes("?") ? "&" : "?"}as_of=${encodeURIComponent(at)}`;

// What is asked of a list goes into its cursors; beside these the answers must be the same to the letter.
const shown = (r) => ({ status: r.status, body: r.body?.next ? { ...r.body, next: true } : r.body?.type ? r.body.code : r.body });

async function keep() {
	for (const path of questions) {
		const r = await d.get(path);
		kept.push({ path, revision: r.revision, want: shown(r) });
	}
}

before(async () => {
	d = await Daemon.start();
	await keep(); // nothing is known
	for (const [id, name] of [[P, "発注工業株式会社"], [A, "Kaku A"], [B, "Kaku B"]]) await d.org(id, { name });
	await d.targets(P);
	await d.link(P, A, { confidential: true, annual_spend: 1000 });
	await d.link(A, B, { dependency: 0.4 });
	await keep();
	await d.cert(B, "c", { level: 3, issued: "2027-04-01", expires: "2028-03-31" });
	await d.cert(A, "c", { level: 4, issued: "2027-04-01", expires: "2030-03-31", evidence: "registry" });
	await d.must("PUT", `/v1/orgs/${P}/suppliers/${A}/clauses/2-1-1`, { status: "drafted" });
	await d.must("PATCH", `/v1/orgs/${A}`, { aliases: ["XX-LOCAL-OLD"], name: "Kaku A 2" });
	await keep();
	await d.must("PUT", `/v1/orgs/${UNIT}`, { name: "大阪", kind: "site" });
	await d.link(P, C === A ? A : B, { system_access: true });
	await d.must("PATCH", `/v1/orgs/${A}/certificates/c`, { status: "suspended" });
	await d.must("PUT", `/v1/orgs/${P}/targets`, { depth: 2, rules: [{ level: 3, when: {} }], tiers: { 2: 4 } });
	await keep();
	await d.must("PATCH", `/v1/orgs/${A}`, { aliases: null });
	await d.must("PATCH", `/v1/orgs/${B}`, { aliases: ["XX-LOCAL-OLD"] });
	await d.must("DELETE", `/v1/orgs/${P}/suppliers/${A}`);
	await keep();
	await d.must("DELETE", `/v1/orgs/${A}?cascade=true`);
	await d.org(A, { name: "came again" });
	await d.link(P, A, {});
	await keep();
	await d.must("DELETE", `/v1/orgs/${P}/targets`);
	await d.import("kind=links", `procurer,supplier,required_level\n${P},${X},4\n${X},${B},3\n`);
	await d.must("DELETE", `/v1/orgs/${B}?cascade=true`);
});
after(() => d.stop());

describe("as_of", () => {
	it("answers what was answered then", async () => {
		assert.equal(kept.length, 6 * questions.length);
		for (const { path, revision, want } of kept) {
			const r = await d.get(asOf(path, revision));
			assert.deepEqual(shown(r), want, `${path} as of ${revision}`);
			if (r.status !== 200) continue;
			assert.equal(r.revision, revision, path);
			assert.equal(r.etag, null, path);
		}
	});

	it("pages through a list of then", async () => {
		const { revision } = kept.at(-1);
		const all = await d.get(asOf("/v1/orgs", revision));
		const found = [];
		for (let path = asOf("/v1/orgs?limit=1", revision); path; ) {
			const r = await d.get(path);
			assert.equal(r.revision, revision);
			found.push(...r.body.items);
			path = r.body.next && `${asOf("/v1/orgs?limit=1", revision)}&cursor=${encodeURIComponent(r.body.next)}`;
		}
		assert.deepEqual(found, all.body.items);
		const cursor = (await d.get(asOf("/v1/orgs?limit=1", revision))).body.next;
		problem(assert, await d.get(`/v1/orgs?limit=1&cursor=${encodeURIComponent(cursor)}`), 400, "bad-cursor");
	});

	it("takes instants and days", async () => {
		const now = (await d.get("/v1/status")).revision;
		for (const at of [TODAY, "2027-06-01T03:00:00Z"]) {
			const r = await d.get(asOf("/v1/orgs", at));
			assert.equal(r.status, 200, r.text);
			assert.ok(r.revision <= now);
		}
		const none = await d.get(asOf("/v1/orgs", "2027-05-31"));
		assert.equal(none.revision, 0);
		assert.deepEqual(none.body.items, []);
		const by = (await d.get(`/v1/orgs/${P}`)).body.recorded_by;
		const then = await d.get(asOf(`/v1/orgs/${P}`, by.at));
		assert.equal(then.status, 200, "the instant at which it was recorded");
	});

	it("shows no contact that was replaced since", async () => {
		const id = "XX-LOCAL-CONTACTS", one = { role: "security", name: "見本太郎", email: "taro@example.jp" };
		await d.org(id, { contacts: [one] });
		const then = (await d.org(id, { contacts: [one], note: "n" })).revision;
		assert.equal((await d.get(asOf(`/v1/orgs/${id}`, then - 1))).body.contacts[0].name, "見本太郎");
		await d.org(id, { contacts: [{ ...one, name: "見本花子" }] });
		const r = await d.get(asOf(`/v1/orgs/${id}`, then));
		assert.equal(r.status, 200);
		assert.equal(r.body.note, "n");
		assert.doesNotMatch(r.text, /見本|example\.jp/);
	});

	it("refuses what it cannot tell", async () => {
		for (const at of ["99999999", "2027-06-02", "2030-01-01T00:00:00Z", "yesterday", "-1", "2027-06-01T09:00", "1.5"])
			problem(assert, await d.get(asOf("/v1/orgs", at)), 400, "bad-query");
		problem(assert, await d.get("/v1/status?as_of=1"), 400, "bad-query");
		problem(assert, await d.call("PATCH", `/v1/orgs/${P}?as_of=1`, {}), 400, "bad-query");
	});

	it("judges by the rights of now, and shows bound callers their own records only", async () => {
		const { revision } = kept.at(-1);
		const mine = await d.as("procurer", P);
		for (const path of [`/v1/orgs/${P}`, `/v1/orgs/${P}/suppliers`, `/v1/orgs/${P}/certificates`, `/v1/orgs/${P}/targets`, `/v1/orgs/${P}/clause-gaps`])
			assert.equal((await mine.get(asOf(path, revision))).status, 200, path);
		for (const path of ["exposure", "gaps", "expiring", "chokepoints", "chain", `chain/${A}`, `dependencies/${A}`, "procurers", `suppliers/${A}`])
			problem(assert, await mine.get(asOf(`/v1/orgs/${P}/${path}`, revision)), 403, "forbidden");
		problem(assert, await mine.get(asOf("/v1/orgs", revision)), 403, "forbidden");
		problem(assert, await mine.get(asOf(`/v1/orgs/${A}`, revision)), 403, "forbidden"); // known, not its own
		problem(assert, await mine.get(asOf(`/v1/orgs/${fictional(77)}`, revision)), 404, "not-found");
		const risk = await d.as("risk");
		assert.equal((await risk.get(asOf(`/v1/orgs/${P}/exposure`, revision))).status, 200);
	});

	it("is an option of the program", async () => {
		const env = { ...process.env, TIERWATCH_URL: d.url, TIERWATCH_TOKEN: d.token };
		const first = kept[questions.length].revision;
		const tw = async (...args) => JSON.parse((await exec(`${root}/build/tierwatch`, [...args, "-o", "json", "--as-of", String(first)], { env })).stdout);
		assert.equal((await tw("org", "show", A)).name, "Kaku A");
		assert.equal((await tw("org", "list")).items.length, 3);
		assert.equal((await tw("link", "show", P, A)).annual_spend, 1000);
		assert.equal((await tw("link", "list", P)).items.length, 1);
		assert.equal((await tw("exposure", P)).suppliers, 2);
		assert.equal((await tw("gaps", P)).items.length, 1);
		assert.equal((await tw("why", P, B)).dependency, 0.2);
		assert.deepEqual((await tw("cert", "list", B)).items, []);
	});
});
