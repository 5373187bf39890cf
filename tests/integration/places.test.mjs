// What each caller gets of stored entities: every answer as every role on a small world, field by field; and no
// secret of anybody in any answer, export or error of those it is not for.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem } from "./daemon.mjs";

const [P, S, T, U, W, Q, R, Z] = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => fictional(70000000 + n));
const NAMES = { [P]: "発注一", [S]: "取引二", [T]: "孫三", [U]: "匿名四", [W]: "秘密五", [Q]: "伏せ六", [R]: "発注七", [Z]: "無縁八" };
// what is written where: nobody but the link's own side may ever read it
const secret = (who) => ({
	department: `DEPT-${who}`, owner: `OWNER-${who}`, note: `NOTE-${who}`, reason: `REASON-${who}`, decided_by: `DECIDED-${who}`,
	supplier_code: `CODE-${who}`, source: `SOURCE-${who}`, annual_spend: 777000000 + who.length, criticality: "high",
	confidential: true, scope_fit: "yes",
});
let d;
const tokens = {};

const as = (role) => ({ get: (path) => d.call("GET", path, undefined, {}, { token: tokens[role] }),
	call: (method, path, body, headers = {}) => d.call(method, path, body, headers, { token: tokens[role] }) });

async function token(name, role, orgs) {
	const { body } = await d.must("POST", "/v1/tokens", { name, role, orgs });
	tokens[name] = body.token;
}

before(async () => {
	d = await Daemon.start();
	for (const id of [P, S, T, U, W, Q, R, Z])
		await d.org(id, { name: NAMES[id], note: `ORGNOTE-${NAMES[id]}`, contacts: [{ role: "security", name: `CONTACT-${NAMES[id]}` }],
			...(id === Q ? { shown_to_suppliers: false } : {}) });
	await d.targets(P, { due: "2028-03-31" });
	await d.link(P, S, { ...secret("P-S"), dependency: 0.25 });
	await d.link(S, T, { ...secret("S-T"), required_level: 3 });
	await d.link(S, U, { ...secret("S-U"), disclosure: "anonymous" });
	await d.link(S, W, { ...secret("S-W"), disclosure: "private" });
	await d.link(Q, S, { ...secret("Q-S"), required_level: 4, due: "2027-12-31" });
	await d.link(R, S, { ...secret("R-S"), required_level: 3 });
	await d.link(Z, R, secret("Z-R"));
	for (const id of [P, S, T, U, W, Z])
		await d.cert(id, "c", { level: 3, expires: "2028-02-28", issued: "2027-03-01", scope_text: `SCOPE-${NAMES[id]}`, assessor: `ASSESSOR-${NAMES[id]}`,
			registration_no: `REG-${NAMES[id]}` });
	await d.must("PUT", `/v1/orgs/${P}/suppliers/${S}/clauses/2-1-1`, { status: "drafted", note: "CLAUSE-P" });
	await d.must("PUT", `/v1/orgs/${R}/suppliers/${S}/clauses/2-1-1`, { status: "drafted", note: "CLAUSE-R" });
	await token("risk", "risk");
	await token("procurer", "procurer", [P]);
	await token("auditor", "auditor", [P]);
	await token("supplier", "supplier", [S]);
});
after(() => d.stop());

const keys = (o) => Object.keys(o).sort();

describe("a link", () => {
	it("shows its supplier the procurer, the level, its day and no more", async () => {
		const { body } = await as("supplier").get(`/v1/orgs/${R}/suppliers/${S}`);
		assert.deepEqual(keys(body), ["active", "effective_level", "gap", "held", "procurer", "procurer_name", "supplier", "supplier_name"]);
		assert.equal(body.procurer_name, NAMES[R]);
		const p = (await as("supplier").get(`/v1/orgs/${P}/suppliers/${S}`)).body;
		assert.equal(p.due, "2028-03-31"); // of the targets
		assert.equal(p.effective_level, 4);
	});

	it("hides a procurer from its supplier that does not let itself be shown", async () => {
		const { body } = await as("supplier").get(`/v1/orgs/${S}/procurers`);
		const hidden = body.items.find((i) => i.procurer.startsWith("XX-ANON-"));
		assert.equal(body.items.length, 3);
		assert.deepEqual(body.items.map((i) => i.procurer), body.items.map((i) => i.procurer).sort());
		assert.equal(hidden.procurer_name, null);
		assert.equal(hidden.due, "2027-12-31");
		problem(assert, await as("supplier").get(`/v1/orgs/${Q}`), 404, "not-found");
		problem(assert, await as("supplier").get(`/v1/orgs/${Q}/suppliers/${S}`), 404, "not-found");
		assert.deepEqual((await as("supplier").get(`/v1/orgs/${hidden.procurer}`)).body, { id: hidden.procurer, name: null });
		const path = `/v1/orgs/${hidden.procurer}/suppliers/${S}`;
		assert.equal((await as("supplier").get(path)).body.procurer, hidden.procurer);
		problem(assert, await as("supplier").call("PATCH", `/v1/orgs/${Q}/suppliers/${S}`, { planned_on: "2027-10-01" }), 404, "not-found");
		const r = await as("supplier").call("PATCH", path, { planned_on: "2027-10-01" });
		assert.equal(r.status, 200, r.text);
		assert.equal(r.body.planned_on, "2027-10-01");
		assert.equal(r.body.procurer, hidden.procurer);
		// its plan does not make the link its own
		assert.deepEqual(keys((await as("supplier").get(path)).body).filter((k) => ["annual_spend", "note", "dependency", "recorded_by"].includes(k)), []);
		problem(assert, await as("procurer").get(`/v1/orgs/${hidden.procurer}`), 404, "not-found"); // another's pseudonym
	});

	it("shows those upstream that it is there, and what enters their figures", async () => {
		for (const role of ["procurer", "auditor"]) {
			const { body } = await as(role).get(`/v1/orgs/${S}/suppliers/${T}`);
			assert.deepEqual(keys(body), ["active", "dependency", "effective_level", "held", "procurer", "procurer_name", "supplier", "supplier_name"]);
			assert.equal(body.dependency, 1);
			problem(assert, await as(role).get(`/v1/orgs/${S}/suppliers/${U}`), 404, "not-found");
			problem(assert, await as(role).get(`/v1/orgs/${S}/suppliers/${W}`), 404, "not-found");
			problem(assert, await as(role).get(`/v1/orgs/${R}/suppliers/${S}`), 404, "not-found");
			const list = (await as(role).get(`/v1/orgs/${S}/suppliers`)).body.items;
			assert.equal(list.length, 2);
			const anon = list.find((i) => i.supplier.startsWith("XX-ANON-"));
			assert.equal(anon.supplier_name, null);
			assert.equal((await as(role).get(`/v1/orgs/${S}/suppliers/${anon.supplier}`)).body.supplier, anon.supplier);
			const org = await as(role).get(`/v1/orgs/${anon.supplier}`);
			assert.deepEqual(org.body, { id: anon.supplier, name: null, kind: "entity", held: 3 });
			problem(assert, await as(role).get(`/v1/orgs/${anon.supplier}/certificates`), 404, "not-found");
			problem(assert, await as("supplier").get(`/v1/orgs/${anon.supplier}`), 404, "not-found");
		}
	});

	it("is its own side's, whole", async () => {
		for (const role of ["risk", "procurer", "auditor"]) {
			const { body } = await as(role).get(`/v1/orgs/${P}/suppliers/${S}`);
			for (const k of ["annual_spend", "note", "department", "clauses", "level_source", "recorded_by"]) assert.ok(k in body, `${role} ${k}`);
			assert.equal(body.recorded_by.actor, role === "risk" ? "admin" : null);
			assert.ok(body.recorded_by.at);
		}
	});
});

describe("an organisation", () => {
	it("shows by where the caller stands", async () => {
		const get = async (role, id) => (await as(role).get(`/v1/orgs/${id}`)).body;
		assert.ok("contacts" in (await get("procurer", S)) && !("note" in (await get("procurer", S))));
		const below = await get("procurer", T);
		for (const k of ["contacts", "note", "aliases", "subtier_attested_on", "shown_to_suppliers"]) assert.equal(k in below, false, k);
		assert.equal(below.held, 3);
		assert.equal(below.recorded_by.actor, null);
		assert.deepEqual(await get("supplier", R), { id: R, name: NAMES[R] });
		assert.ok("note" in (await get("procurer", P)));
		for (const id of [U, W, R, Q, Z]) problem(assert, await as("procurer").get(`/v1/orgs/${id}`), 404, "not-found");
		problem(assert, await as("supplier").get(`/v1/orgs/${Z}`), 404, "not-found");
	});

	it("has its certificates read as far as it is known", async () => {
		const full = (await as("procurer").get(`/v1/orgs/${S}/certificates/c`)).body;
		assert.ok("scope_text" in full && "assessor" in full);
		const below = (await as("procurer").get(`/v1/orgs/${T}/certificates/c`)).body;
		assert.equal(below.registration_no, `REG-${NAMES[T]}`);
		for (const k of ["scope_text", "assessor", "self_assessments", "scope", "catalog"]) assert.equal(k in below, false, k);
		problem(assert, await as("procurer").get(`/v1/orgs/${U}/certificates`), 404, "not-found");
	});

	it("is listed and found where it may be known", async () => {
		const ids = async (role, q) => (await as(role).get(`/v1/orgs?${q}`)).body.items.map((i) => i.id);
		assert.deepEqual(await ids("procurer", ""), [P, S, T].sort());
		assert.deepEqual(await ids("supplier", ""), [P, S, T, U, W, R].sort());
		for (const id of [U, W, Q, R, Z]) {
			assert.deepEqual(await ids("procurer", `q=${encodeURIComponent(NAMES[id])}`), []);
			assert.deepEqual(await ids("procurer", `q=${id}`), []);
		}
		const { body } = await as("procurer").get(`/v1/orgs?q=${encodeURIComponent("JP-JCN")}&limit=2`);
		assert.equal(body.items.length, 2);
		const rest = (await as("procurer").get(`/v1/orgs?q=JP-JCN&limit=2&cursor=${body.next}`)).body;
		assert.equal(rest.items.length, 1);
		assert.equal(rest.next, null);
		assert.deepEqual(await ids("procurer", "watched=true"), [P]);
		assert.deepEqual(await ids("supplier", "watched=true"), []);
		assert.deepEqual(await ids("supplier", "held=0"), []); // a level that is not shown is no filter
	});
});

describe("what a caller may not know", () => {
	const gone = fictional(79999999); // nobody
	it("is answered like what is not there", async () => {
		const same = async (role, method, path, body, headers) => {
			const a = await as(role).call(method, path.replaceAll("ID", Z), body, headers);
			const b = await as(role).call(method, path.replaceAll("ID", gone), body, headers);
			assert.equal(a.status, b.status, `${role} ${method} ${path}: ${a.text} / ${b.text}`);
			const plain = (r) => r.text.replaceAll(Z, "ID").replaceAll(gone, "ID").replace(/"revision":\d+/, "");
			assert.equal(plain(a), plain(b), `${role} ${method} ${path}`);
		};
		for (const role of ["procurer", "supplier"]) {
			const own = role === "procurer" ? P : S;
			for (const path of ["", "/suppliers", "/procurers", "/certificates", "/certificates/c", "/targets", "/drills", "/drills/d", "/exposure", "/impact", `/suppliers/${S}`, "/suppliers/ID/clauses/2-1-1"])
				await same(role, "GET", `/v1/orgs/ID${path}`);
			await same(role, "GET", `/v1/orgs/${own}/suppliers/ID`);
			await same(role, "GET", `/v1/orgs/${R}/suppliers/ID`);
			for (const headers of [{}, { "If-Match": '"1.0"' }, { "If-None-Match": "*" }]) {
				await same(role, "PATCH", "/v1/orgs/ID", { note: "x" }, headers);
				await same(role, "PATCH", "/v1/orgs/ID", "nonsense", { "Content-Type": "application/json", ...headers });
				await same(role, "PATCH", `/v1/orgs/${own}/suppliers/ID`, { note: "x" }, headers);
				await same(role, "PATCH", `/v1/orgs/ID/suppliers/${own}`, { planned_on: "2027-10-01" }, headers);
				await same(role, "PATCH", "/v1/orgs/ID/certificates/c", { note: "x" }, headers);
				await same(role, "PUT", "/v1/orgs/ID/certificates/c", { scheme: "scs", level: 3 }, headers);
				await same(role, "DELETE", "/v1/orgs/ID/certificates/c", undefined, headers);
				for (const no of ["2-1-1", "9-9-9"]) {
					await same(role, "PUT", `/v1/orgs/${own}/suppliers/ID/clauses/${no}`, { status: "drafted" }, headers);
					await same(role, "DELETE", `/v1/orgs/${own}/suppliers/ID/clauses/${no}`, undefined, headers);
				}
			}
		}
		await same("supplier", "PUT", "/v1/orgs/ID", { name: "x" });
		await same("procurer", "PUT", "/v1/orgs/ID/targets", {});
		await same("procurer", "PUT", "/v1/orgs/ID/drills/d", { held_on: "2027-04-01" });
		await same("procurer", "PUT", "/v1/orgs/ID~X", { name: "x", kind: "site" });
		await same("procurer", "POST", "/v1/bulk", { procurer: "ID", change: { note: "x" } });
	});

	it("is in no filter of a bulk change", async () => {
		for (const id of [Z, gone])
			problem(assert, await as("procurer").call("POST", "/v1/bulk", { procurer: P, filter: { suppliers: [id] }, change: { note: "x" } }), 422, "no-such-org");
		problem(assert, await as("procurer").call("POST", "/v1/bulk", { procurer: S, change: { note: "x" } }), 403, "forbidden");
	});

	it("leaves in no answer or export", async () => {
		const paths = ["/v1/orgs", "/v1/status", ...["orgs", "links", "certificates", "clauses", "contacts"].flatMap((k) => [`/v1/exports/${k}`, `/v1/exports/${k}?format=ndjson`])];
		const ids = [P, S, T, U, W, Q, R, Z];
		for (const id of ids) {
			for (const tail of ["", "/suppliers", "/procurers", "/certificates", "/certificates/c", "/targets", "/drills", "/drills/d", "/exposure", "/gaps", "/expiring", "/clause-gaps", "/impact", "/incident", "/history", "/chokepoints", "/chain"])
				paths.push(`/v1/orgs/${id}${tail}`);
			for (const other of ids) paths.push(`/v1/orgs/${id}/suppliers/${other}`, `/v1/orgs/${id}/suppliers/${other}/clauses`, `/v1/orgs/${id}/dependencies/${other}`, `/v1/orgs/${id}/chain/${other}`);
			paths.push(`/v1/orgs?q=${encodeURIComponent(NAMES[id])}`);
		}
		const markers = /(?:DEPT|OWNER|NOTE|REASON|DECIDED|CODE|SOURCE)-([A-Z]-[A-Z])|77700000\d|CLAUSE-([A-Z])|(?:ORGNOTE|CONTACT|SCOPE|ASSESSOR|REG)-([^"\\,\s]+)/g;
		const may = {
			procurer: new Set(["P-S", "P", NAMES[P], NAMES[S], `REG-${NAMES[T]}`]),
			auditor: new Set(["P-S", "P", NAMES[P], NAMES[S], `REG-${NAMES[T]}`]),
			supplier: new Set(["S-T", "S-U", "S-W", NAMES[S], NAMES[T], NAMES[U], NAMES[W]]),
		};
		const unknown = { procurer: [U, W, Q, R, Z], auditor: [U, W, Q, R, Z], supplier: [Q, Z] };
		for (const role of ["procurer", "auditor", "supplier"])
			for (const path of paths) {
				const r = await as(role).get(path);
				if (r.status >= 400) assert.ok([403, 404].includes(r.status), `${role} ${path}: ${r.status}`);
				for (const m of r.text.matchAll(markers)) {
					const what = m[1] ?? m[2] ?? m[3];
					if (what === undefined) assert.ok(role !== "supplier" || /S-[TUW]/.test(r.text), `${role} ${path}: a spend`);
					else assert.ok(may[role].has(what) || may[role].has(m[0]), `${role} ${path}: ${m[0]}`);
				}
				for (const id of unknown[role])
					for (const text of [id, NAMES[id]])
						if (!path.includes(id) && !path.includes(encodeURIComponent(NAMES[id]))) assert.equal(r.text.includes(text), false, `${role} ${path}: ${text}`);
				if (r.status === 200 && !path.includes("?q=") && unknown[role].some((id) => path.startsWith(`/v1/orgs/${id}`))) assert.fail(`${role} ${path}`);
			}
	});

	it("is not counted in the status", async () => {
		const { body } = await as("supplier").get("/v1/status");
		for (const k of ["orgs", "links", "certificates", "clauses", "watched"]) assert.equal(body[k], null);
		assert.equal((await as("risk").get("/v1/status")).body.orgs, 8);
	});

	it("is not in exports of links, which are its own alone", async () => {
		const lines = async (role, kind) => (await as(role).get(`/v1/exports/${kind}`)).text.trim().split("\r\n").slice(1).map((l) => l.split(",")[0]);
		assert.deepEqual(await lines("procurer", "links"), [P]);
		assert.deepEqual(await lines("procurer", "orgs"), [P, S].sort());
		assert.deepEqual(await lines("auditor", "certificates"), [P, S].sort());
		assert.equal((await lines("risk", "links")).length, 7);
		assert.equal((await as("supplier").get("/v1/exports/links")).status, 403);
	});
});

describe("a link of others that the caller recorded", () => {
	const N = fictional(70000009);
	const path = `/v1/orgs/${S}/suppliers/${N}`;
	const own = ["active", "annual_spend", "confidential", "disclosure", "grants", "held", "procurer", "recorded_by", "supplier"];

	it("shows what the caller wrote, and nothing of the procurer's rules", async () => {
		await d.targets(S, { due: "2028-03-31" });
		await as("procurer").call("PUT", `/v1/orgs/${N}`, { name: "新規九" });
		const put = await as("procurer").call("PUT", path, { confidential: true, annual_spend: 5 });
		assert.equal(put.status, 201, put.text);
		const whole = (await as("risk").get(path)).body;
		assert.ok(whole.effective_level > 0 && "level_source" in whole && "clauses" in whole);
		for (const role of ["procurer", "auditor"]) {
			const { body } = await as(role).get(path);
			assert.deepEqual(keys(body), own, role);
			assert.equal(body.recorded_by.actor, whole.recorded_by.actor);
			problem(assert, await as(role).get(`${path}/clauses`), 403, "forbidden");
			problem(assert, await as(role).get(`${path}/clauses/2-1-1`), 403, "forbidden");
			const { items } = (await as(role).get(`/v1/orgs/${S}/suppliers`)).body;
			assert.deepEqual(keys(items.find((i) => i.supplier === N)), [...own, "procurer_name", "supplier_name"].sort());
		}
		assert.deepEqual(keys(put.body), [...own, "warnings"].sort());
	});

	it("shows a level that it states, and not whether the rules ask for more", async () => {
		const r = await as("procurer").call("PATCH", path, { required_level: 1 });
		assert.equal(r.status, 200, r.text);
		assert.equal(r.body.effective_level, 1);
		assert.deepEqual(keys(r.body), [...own, "effective_level", "required_level", "warnings"].sort());
		assert.deepEqual(r.body.warnings, []); // an exception without a reason: to the procurer alone
		const { body } = await as("supplier").get(path);
		assert.equal(body.exception, true);
	});
});

describe("tags", () => {
	it("differ where bodies do", async () => {
		const path = `/v1/orgs/${S}`;
		const tags = [];
		for (const role of ["risk", "procurer", "supplier"]) {
			const r = await as(role).get(path);
			assert.match(r.headers.get("cache-control"), /no-store/);
			tags.push(r.etag);
		}
		assert.equal(new Set(tags).size, 3);
		const r = await as("procurer").call("GET", path, undefined, { "If-None-Match": tags[0] });
		assert.equal(r.status, 200);
	});
});
