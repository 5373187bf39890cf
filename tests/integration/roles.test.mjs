// Every route × every role × an own, a known, an unknown and a missing organisation. What is expected stands here,
// written from domain.md ("Who may see what"), and not taken from the server's own table.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, sleep } from "./daemon.mjs";

const OWN = fictional(1); // the callers are bound to it
const SUP = fictional(2); // its supplier: known
const SUB = fictional(3); // the supplier's
const FAR = fictional(4); // nobody they have to do with
const FARSUB = fictional(5);
const NONE = fictional(6); // not registered
const ORGS = [OWN, SUP, FAR, NONE];
const BELOW = { [OWN]: SUP, [SUP]: SUB, [FAR]: FARSUB, [NONE]: FARSUB };
const ROLES = ["admin", "risk", "procurer", "supplier", "auditor"];
const d401 = ["none", "revoked", "expired"];

// One row: "METHOD path", body, then admin, risk, procurer, supplier, auditor; each one status for all, or four: own
// known unknown missing.
const READ = "200 200 200 404"; // who sees all
const KNOWN = "200 200 404 404"; // its own and those it may know of
const MINE = "200 403 404 404"; // its own alone
const NOT = "403"; // whatever the path names
const T = {
	"GET /v1/orgs": [null, "200", "200", "200", "200", "200"],
	"GET /v1/orgs/{id}": [null, READ, READ, KNOWN, KNOWN, KNOWN],
	// a procurer may make organisations and change its own; of its suppliers it writes the contacts
	"PUT /v1/orgs/{id}": [{ name: "n" }, "200 200 200 201", NOT, "200 403 404 201", NOT, NOT],
	"PATCH /v1/orgs/{id}": [
		{ contacts: [{ role: "x", name: "n", email: "n@example.test", lang: "ja" }] },
		READ, NOT, KNOWN, MINE, NOT,
	],
	"DELETE /v1/orgs/{id}": [null, "409 409 409 404", NOT, NOT, NOT, NOT],
	"DELETE /v1/orgs/{id}/contacts": [null, "2xx 2xx 2xx 404", NOT, NOT, "2xx 403 404 404", NOT],
	"GET /v1/orgs/{id}/suppliers": [null, READ, READ, KNOWN, MINE, KNOWN],
	"GET /v1/orgs/{id}/procurers": [null, READ, READ, KNOWN, MINE, KNOWN],
	// a link: its ends, and who stands above the procurer over visible links
	"GET /v1/orgs/{p}/suppliers/{s}": [null, READ, READ, KNOWN, "200 404 404 404", KNOWN],
	"PUT /v1/orgs/{p}/suppliers/{s}": [
		{ required_level: 3 }, "200 200 200 422", NOT, MINE, MINE, NOT,
	],
	"PATCH /v1/orgs/{p}/suppliers/{s}": [{ note: "n" }, READ, NOT, MINE, "200 403 404 404", NOT],
	"DELETE /v1/orgs/{p}/suppliers/{s}": [
		null, "204 204 204 404", NOT, "204 403 404 404", "204 403 404 404", NOT,
	],
	// clauses and targets are the procurer's own
	"GET /v1/orgs/{p}/suppliers/{s}/clauses": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{p}/suppliers/{s}/clauses/{no}": [null, READ, READ, MINE, NOT, MINE],
	"PUT /v1/orgs/{p}/suppliers/{s}/clauses/{no}": [
		{ status: "drafted" }, "2xx 2xx 2xx 404", NOT, "2xx 403 404 404", NOT, NOT,
	],
	"DELETE /v1/orgs/{p}/suppliers/{s}/clauses/{no}": [
		null, "204 204 204 404", NOT, "204 403 404 404", NOT, NOT,
	],
	"GET /v1/orgs/{id}/targets": [null, READ, READ, MINE, NOT, MINE],
	"PUT /v1/orgs/{id}/targets": [{ own_level: 3 }, READ, NOT, MINE, NOT, NOT],
	"DELETE /v1/orgs/{id}/targets": [null, "204 204 204 404", NOT, "204 403 404 404", NOT, NOT],
	// and so are drills
	"GET /v1/orgs/{p}/drills": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{p}/drills/{drill}": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{p}/drills/{drill}/versions": [null, READ, READ, MINE, NOT, MINE],
	"PUT /v1/orgs/{p}/drills/{drill}": [{ held_on: "2027-04-01" }, READ, NOT, MINE, NOT, NOT],
	"PATCH /v1/orgs/{p}/drills/{drill}": [{ findings: "n" }, READ, NOT, MINE, NOT, NOT],
	"DELETE /v1/orgs/{p}/drills/{drill}": [null, "204 204 204 404", NOT, "204 403 404 404", NOT, NOT],
	// certificates: a procurer records what it has seen, a supplier its own
	"GET /v1/orgs/{id}/certificates": [null, READ, READ, KNOWN, MINE, KNOWN],
	"GET /v1/orgs/{id}/certificates/{cert}": [null, READ, READ, KNOWN, MINE, KNOWN],
	"PUT /v1/orgs/{id}/certificates/{cert}": [
		{ scheme: "scs", level: 3, issued: "2027-04-01", expires: "2028-03-31" },
		"200 200 200 404", NOT, KNOWN, MINE, NOT,
	],
	"PATCH /v1/orgs/{id}/certificates/{cert}": [{ assessor: "a" }, READ, NOT, KNOWN, MINE, NOT],
	// what somebody else recorded is not removed by a bound caller
	"DELETE /v1/orgs/{id}/certificates/{cert}": [
		null, "204 204 204 404", NOT, "403 403 404 404", "403 403 404 404", NOT,
	],
	// how records became what they are: their own side's
	"GET /v1/orgs/{id}/versions": [null, READ, READ, MINE, MINE, MINE],
	"GET /v1/orgs/{p}/suppliers/{s}/versions": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{p}/suppliers/{s}/clauses/{no}/versions": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/certificates/{cert}/versions": [null, READ, READ, MINE, MINE, MINE],
	"GET /v1/orgs/{id}/targets/versions": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/exposure": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/gaps": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/expiring": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/chain": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/chain/{s}": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/breakdown": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/renewals": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/calendar": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/clause-gaps": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/chokepoints": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/history": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/dependencies/{s}": [null, READ, READ, MINE, NOT, MINE],
	"GET /v1/orgs/{id}/looks": [null, READ, READ, MINE, MINE, MINE],
	"GET /v1/orgs/{id}/impact": [null, READ, READ, KNOWN, NOT, KNOWN],
	"GET /v1/orgs/{id}/incident": [null, READ, READ, KNOWN, NOT, KNOWN],
	"POST /v1/simulations": [
		(p) => ({ procurer: p, changes: [{ op: "set-targets", targets: null }] }),
		"200 200 200 422", "200 200 200 422", "200 403 422 422", NOT, "200 403 422 422",
	],
	"POST /v1/bulk": [
		(p) => ({ procurer: p, change: { note: "n" } }), "200 200 200 422", NOT, "200 403 422 422", NOT, NOT,
	],
	// its own commands and those of others of its organisations; a preview, whatever stands in the way
	"POST /v1/revisions/{n}/undo": [() => ({}), READ, NOT, "200 404 404 404", "200 404 404 404", NOT],
	"GET /v1/candidates": [null, "200", "200", NOT, NOT, NOT],
	"POST /v1/candidates": [(p) => ({ left: p, right: "XX-LOCAL-none", decision: "refuse" }), "422", NOT, NOT, NOT, NOT],
	"POST /v1/imports": ["org", "202", NOT, "202", "202", NOT],
	"GET /v1/imports/{job}": [null, "200", "200", "404", "404", NOT], // an admin's job
	"GET /v1/exports/{kind}": [null, "200", "200", "200", NOT, "200"],
	"GET /v1/changes": [null, "200", "200", "200", "200", "200"],
	"GET /v1/events": [null, "200", "200", "200", "200", "200"],
	"GET /v1/status": [null, "200", "200", "200", "200", "200"],
	"GET /v1/me": [null, "200", "200", "200", "200", "200"],
	"GET /metrics": [null, "200", "200", NOT, NOT, NOT],
	"GET /v1/backup": [null, "200", NOT, NOT, NOT, NOT],
	"GET /v1/audit": [null, "200", "200", NOT, NOT, NOT],
	"GET /v1/audit/key": [null, "200", "200", NOT, NOT, NOT],
	"GET /v1/audit/head": [null, "200", "200", NOT, NOT, NOT],
	"POST /v1/audit/head": [null, "2xx", NOT, NOT, NOT, NOT],
	"GET /v1/tokens": [null, "200", NOT, NOT, NOT, NOT],
	"POST /v1/tokens": [() => ({ name: `t${Math.random()}`, role: "risk" }), "201", NOT, NOT, NOT, NOT],
	"GET /v1/tokens/{token}": [null, "200", NOT, NOT, NOT, NOT],
	"POST /v1/tokens/{token}/rotate": [{}, "2xx", NOT, NOT, NOT, NOT],
	"DELETE /v1/tokens/{token}": [null, "2xx", NOT, NOT, NOT, NOT],
};
// For everybody, without a token.
const OPEN = [
	"GET /healthz", "GET /readyz", "GET /openapi.json", "GET /v1/login", "POST /v1/login",
	"GET /v1/login/callback", "GET /v1/login/methods", "POST /v1/logout",
];

let d, job, token;
const revisions = { [NONE]: 99999999 };
const who = {};
const visited = new Set();

async function world() {
	for (const id of [OWN, SUP, SUB, FAR, FARSUB]) {
		await d.org(id);
		await d.cert(id, "c1", { level: 3, issued: "2027-04-01", expires: "2028-03-31" });
	}
	for (const [p, s] of [[OWN, SUP], [SUP, SUB], [FAR, FARSUB]]) {
		await d.link(p, s, { required_level: 3, disclosure: "upstream" });
		await d.must("PUT", `/v1/orgs/${p}/suppliers/${s}/clauses/2-1-1`, { status: "drafted" });
	}
	for (const id of [OWN, SUP, FAR]) await d.targets(id, { own_level: 3 });
	for (const id of [OWN, SUP, FAR]) await d.must("PUT", `/v1/orgs/${id}/drills/d1`, { held_on: "2027-04-01" });
	token = (await d.must("POST", "/v1/tokens", { name: `spare-${Math.random()}`, role: "risk" })).body.id;
	const r = await d.call("DELETE", `/v1/orgs/${NONE}`);
	assert.ok([204, 404].includes(r.status));
}

before(async () => {
	d = await Daemon.start({ args: ["--failed-logins", "0", "--rate-token", "0", "--rate-address", "0"] });
	await world();
	who.admin = d;
	who.risk = await d.as("risk");
	for (const role of ["procurer", "supplier", "auditor"]) who[role] = await d.as(role, OWN);
	for (const [org, by] of [[OWN, who.procurer], [SUP, d], [FAR, d]])
		revisions[org] = (await by.must("PATCH", `/v1/orgs/${org}/suppliers/${BELOW[org]}`, { note: "undone" })).revision;
	who.none = d.with(null);
	who.revoked = await d.as("procurer", OWN);
	await d.must("DELETE", `/v1/tokens/${who.revoked.made.id}`);
	const soon = new Date(Date.parse("2027-06-01T03:00:00Z") + 60000).toISOString();
	const made = await d.must("POST", "/v1/tokens", { name: "short", role: "procurer", orgs: [OWN], expires_at: soon });
	who.expired = d.with(made.body.token);
	const import_ = await d.call("POST", "/v1/imports?kind=orgs", `id,name\n${OWN},n\n`, { "Content-Type": "text/csv" });
	job = import_.headers.get("location").split("/").at(-1);
	await d.job(import_.headers.get("location"));
	await d.stopOnly(); // a minute and more later, by its own clock
	await d.launch("2027-06-01T03:05:00Z", ["--failed-logins", "0", "--rate-token", "0", "--rate-address", "0"]);
	for (const v of Object.values(who)) v.url = d.url;
});
after(() => d.stop());

const fits = (status, want) => want === String(status) || (want.length === 3 && want.endsWith("xx") && want[0] === String(status)[0]);

function request(route, org) {
	const [method, path] = route.split(" ");
	const below = BELOW[org];
	const at = path.replace("{id}", org).replace("{p}", org).replace("{s}", below).replace("{no}", "2-1-1")
		.replace("{cert}", "c1").replace("{drill}", "d1").replace("{job}", job).replace("{token}", token).replace("{kind}", "links")
		.replace("{n}", revisions[org]);
	const body = T[route]?.[0];
	if (route === "POST /v1/imports") return [method, `${at}?kind=orgs&dry_run=true`, `id,name\n${OWN},n\n`];
	return [method, at, typeof body === "function" ? body(org) : body ?? undefined];
}

async function ask(caller, route, org) {
	const [method, path, body] = request(route, org);
	const stop = new AbortController();
	const headers = typeof body === "string" ? { "Content-Type": "text/csv" } : {};
	const r = await caller.fetch(method, path, { body, headers, signal: stop.signal });
	const text = route === "GET /v1/events" && r.status === 200 ? "" : await r.text();
	stop.abort();
	return { status: r.status, text };
}

// What a write would leave: the records themselves, which kept figures and looks do not touch.
async function records() {
	const all = [];
	for (const kind of ["orgs", "links", "certificates", "clauses", "contacts"])
		all.push((await d.get(`/v1/exports/${kind}`)).text);
	for (const id of [OWN, SUP, FAR]) all.push((await d.get(`/v1/orgs/${id}/targets`)).text, (await d.get(`/v1/orgs/${id}/drills`)).text);
	all.push((await d.get("/v1/tokens")).text.replace(/"last_used_at":("[^"]*"|null)/g, ""));
	return all.join("\n");
}

describe("the table of roles", () => {
	it("speaks of every route that there is, and of no other", async () => {
		const { paths } = (await d.get("/openapi.json")).body;
		const there = Object.entries(paths).flatMap(([path, o]) =>
			Object.keys(o).filter((m) => /^(get|put|post|patch|delete)$/.test(m)).map((m) => `${m.toUpperCase()} ${path}`));
		const spoken = [...Object.keys(T), ...OPEN];
		assert.deepEqual(there.filter((r) => !spoken.includes(r)), []);
		assert.deepEqual(spoken.filter((r) => !there.includes(r)), []);
	});

	for (const role of d401)
		it(`${role}: nothing but what is open`, async () => {
			const wrong = [];
			for (const route of Object.keys(T))
				for (const org of ORGS) {
					const r = await ask(who[role], route, org);
					if (r.status !== 401) wrong.push(`${route} ${org}: ${r.status}`);
					if (!/\{(id|p)\}/.test(route)) break;
				}
			assert.deepEqual(wrong, []);
		});

	it("what is open needs no token, and a wrong one does no harm", async () => {
		for (const route of OPEN) {
			visited.add(route);
			const [method, path] = route.split(" ");
			if (/login|logout/.test(path)) continue; // their own tests
			assert.equal((await who.none.call(method, path)).status, 200, route);
			assert.equal((await who.revoked.call(method, path)).status, 200, route);
		}
	});

	for (const role of [...ROLES].reverse()) {
		const column = ROLES.indexOf(role) + 1;
		it(`${role}: every route, every organisation; what is refused writes nothing`, async () => {
			const wrong = [];
			let stood = await records();
			for (const route of Object.keys(T)) {
				const want = T[route][column].split(" ");
				const perOrg = /\{(id|p)\}/.test(route) || typeof T[route][0] === "function" && want.length > 1;
				for (const [i, org] of (perOrg ? ORGS : [OWN]).entries()) {
					visited.add(route);
					const r = await ask(who[role], route, org);
					const wanted = want.length === 1 ? want[0] : want[i];
					const place = ["own", "known", "unknown", "missing"][i];
					if (!fits(r.status, wanted)) wrong.push(`${route} ${place}: ${r.status}, not ${wanted} ${r.text.slice(0, 200)}`);
					if ([FAR, FARSUB].some((id) => id !== org && id !== BELOW[org] && r.text.includes(id)) && column > 2)
						wrong.push(`${route} ${place}: tells of an unknown organisation`);
					if (!route.startsWith("GET")) {
						const stands = await records();
						if (r.status >= 400 && stands !== stood) wrong.push(`${route} ${place}: refused, but written`);
						if (r.status < 300) await world();
						stood = r.status < 300 ? await records() : stands;
					}
				}
			}
			assert.deepEqual(wrong, []);
		});
	}

	it("was walked in full", () => {
		assert.deepEqual([...Object.keys(T), ...OPEN].filter((r) => !visited.has(r)), []);
	});
});
