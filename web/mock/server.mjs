/*
 * A stand-in for tierwatchd while the pages are worked on: serves dist/ under the daemon's content
 * security policy and answers the few reads of the first page from a small fictional world.
 * POST /mock/lapse makes one supplier of tier 1 lapse. Token: "mock".
 */
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const FILES = {
	"/": ["index.html", "text/html; charset=utf-8"],
	"/assets/base.js": ["assets/base.js", "text/javascript; charset=utf-8"],
	"/assets/app.css": ["assets/app.css", "text/css; charset=utf-8"],
	"/favicon.svg": ["favicon.svg", "image/svg+xml"],
};
export const CSP =
	"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TODAY = "2028-04-03";
const DEPTH = 5;
const STATES = ["gap", "undecided", "unconfirmed", "expiring", "met", "not-asked"];
const KINDS = ["never", "below", "lapsed", "out-of-scope"];

function random(seed) {
	let s = seed;
	return (n) => {
		s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
		return Math.floor((s / 2 ** 32) * n);
	};
}

const pad = (n) => String(n).padStart(2, "0");

function supplier(pick, i, buyer) {
	const tier = Math.min(DEPTH, 1 + Math.floor(Math.sqrt(pick(30))));
	const state = ["gap", "gap", "undecided", "unconfirmed", "expiring", "met", "met", "met", "not-asked"][pick(9)];
	const required = state === "not-asked" ? 0 : 3 + pick(2);
	const kind = KINDS[pick(4)];
	const held = state === "gap" ? (kind === "out-of-scope" ? required : kind === "below" ? 3 : 0) : required;
	const days = pick(3) === 0 ? null : pick(400) - 150;
	const id = `JP-JCN-9999${String(10000000 + i)}`;
	const via = Array.from({ length: tier - 1 }, (_, k) => `JP-JCN-9999${10000000 + ((i * 7 + k * 13) % 120)}`);
	return {
		id, tier, state, required, held, kind, days,
		name: `株式会社${["桐野", "瀬戸原", "若宮", "北浜", "長岡"][pick(5)]}${["精機", "電装", "化成", "物流", "システム"][pick(5)]}${i}`,
		month: pick(13),
		dependency: pick(10000) / 10000,
		path: [buyer, ...via, id],
	};
}

function makeBuyer(id, name, name_en, n, seed) {
	const pick = random(seed);
	const suppliers = Array.from({ length: n }, (_, i) => supplier(pick, i, id));
	return { id, name, name_en, suppliers };
}

const buyers = [
	makeBuyer("JP-JCN-9999900000001", "みなと総合機器株式会社", "Minato General Instruments Co., Ltd.", 640, 7),
	makeBuyer("JP-JCN-9999900000002", "東西モビリティ株式会社", null, 90, 11),
];
let revision = 100;
let events = 0;
const streams = new Set();

const tally = (rows, keys, of) => Object.fromEntries(keys.map((k) => [k, rows.filter((r) => of(r) === k).length]));
const timing = (s) => (s.days === null ? "undated" : s.days < 0 ? "overdue" : "due");

function exposure(buyer) {
	const all = buyer.suppliers;
	const gaps = all.filter((s) => s.state === "gap");
	const tiers = Array.from({ length: DEPTH }, (_, i) => {
		const rows = all.filter((s) => s.tier === i + 1);
		return {
			tier: i + 1,
			suppliers: rows.length,
			gaps: rows.filter((s) => s.state === "gap").length,
			unknown_below: Math.floor(rows.length / 4),
			held: tally(rows, ["0", "1", "2", "3", "4", "5"], (s) => String(s.held)),
			states: tally(rows, STATES, (s) => s.state),
		};
	});
	return {
		procurer: buyer.id, on: TODAY, depth: DEPTH, horizon: 90,
		suppliers: all.length, gaps: gaps.length, expiring: all.filter((s) => s.state === "expiring").length,
		at_risk: 4, exceptions: 3, clause_gaps: 41, clauses_undetermined: 12,
		gap_kinds: tally(gaps, KINDS, (s) => s.kind),
		gap_timing: tally(gaps, ["overdue", "due", "undated"], timing),
		states: tally(all, STATES, (s) => s.state),
		tiers, annual_spend: 48230000000, spend_behind_gaps: 9127440000, spend_unknown: 7, dependency_defaulted: 58,
	};
}

function gaps(buyer, query) {
	const rows = buyer.suppliers
		.filter((s) => s.state === "gap")
		.filter((s) => !query.get("tier") || String(s.tier) === query.get("tier"))
		.filter((s) => !query.get("kind") || s.kind === query.get("kind"))
		.filter((s) => !query.get("timing") || timing(s) === query.get("timing"))
		.sort((a, b) => a.tier - b.tier || b.dependency - a.dependency);
	return paged(rows, query, (s) => ({
		supplier: s.id, name: s.name, tier: s.tier, required: s.required, held: s.held, kind: s.kind,
		timing: timing(s), due: s.days === null ? null : "2028-09-30", due_in_days: s.days,
		planned_on: s.days === null ? null : "2028-08-01", dependency: s.dependency, path: s.path,
	}));
}

function paged(rows, query, shape) {
	const from = Number(query.get("cursor") ?? 0);
	const to = from + Number(query.get("limit") ?? 50);
	return { items: rows.slice(from, to).map(shape), next: to < rows.length ? String(to) : null };
}

function expiring(buyer, query) {
	const rows = buyer.suppliers.filter((s) => s.state === "expiring" || (s.state === "met" && s.month < 8));
	return paged(rows, query, (s) => ({
		supplier: s.id, name: s.name, tier: s.tier, required: s.required, held: s.held,
		expires_on: `${s.month < 9 ? 2028 : 2029}-${pad(((3 + s.month) % 12) + 1)}-15`,
	}));
}

function publish(type, subject, data) {
	const id = `${revision}-${++events}`;
	const envelope = { id, type, revision, at: new Date().toISOString(), subject, data };
	for (const stream of streams) stream.write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(envelope)}\n\n`);
	return id;
}

function lapse() {
	const buyer = buyers[0];
	const before = exposure(buyer);
	const one = buyer.suppliers.find((s) => s.tier === 1 && s.state === "met");
	if (!one) return;
	Object.assign(one, { state: "gap", kind: "lapsed", held: 0, days: null });
	revision++;
	const cause = publish("certificate.changed", `${one.id}/scs-1`, {});
	publish("supplier.lapsed", one.id, {});
	revision++;
	publish("exposure.changed", buyer.id, { before, after: exposure(buyer), cause });
}

function answer(path, query) {
	if (path === "/v1/orgs") return paged(buyers, query, ({ id, name, name_en }) => ({ id, name, name_en }));
	const [, id, rest] = /^\/v1\/orgs\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
	const buyer = buyers.find((b) => b.id === id);
	if (buyer && rest === undefined) return { id, name: buyer.name, name_en: buyer.name_en };
	if (buyer && rest === "exposure") return exposure(buyer);
	if (buyer && rest === "gaps") return gaps(buyer, query);
	if (buyer && rest === "expiring") return expiring(buyer, query);
	const one = buyers.flatMap((b) => b.suppliers).find((s) => s.id === id);
	return one && rest === undefined ? { id, name: one.name } : null;
}

const ME = { name: "mock", role: "admin", orgs: [], by: "token", session: true, expires_at: null, idle_at: null };
const hasSession = (request) => /(^|; )tierwatch=mock(;|$)/.test(request.headers.cookie ?? "");

async function logIn(request, response) {
	let text = "";
	for await (const piece of request) text += piece;
	if (JSON.parse(text).token !== "mock") return problem(response, 401, "unauthorized");
	response.writeHead(200, { "Content-Type": "application/json", "Set-Cookie": "tierwatch=mock; Path=/; HttpOnly; SameSite=Strict" });
	return response.end(JSON.stringify(ME));
}

function api(request, response, url) {
	if (request.method === "POST" && url.pathname === "/v1/login") return logIn(request, response);
	if (request.method === "POST" && url.pathname === "/v1/logout")
		return response.writeHead(204, { "Set-Cookie": "tierwatch=; Path=/; Max-Age=0" }).end();
	if (url.pathname === "/v1/login/methods") {
		response.writeHead(200, { "Content-Type": "application/json" });
		return response.end(JSON.stringify({ token: true, company: false, session: hasSession(request) }));
	}
	if (!hasSession(request)) return problem(response, 401, "unauthorized");
	if (url.pathname === "/v1/me") {
		response.writeHead(200, { "Content-Type": "application/json" });
		return response.end(JSON.stringify(ME));
	}
	if (url.pathname === "/v1/events") {
		response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
		response.write(": hello\n\n");
		streams.add(response);
		response.on("close", () => streams.delete(response));
		return undefined;
	}
	const body = answer(url.pathname, url.searchParams);
	if (body === null) return problem(response, 404, "not-found");
	response.writeHead(200, { "Content-Type": "application/json", "Tierwatch-Revision": revision });
	return response.end(JSON.stringify(body));
}

function problem(response, status, code) {
	response.writeHead(status, { "Content-Type": "application/problem+json" });
	response.end(JSON.stringify({ type: "about:blank", title: code, status, detail: code, code }));
}

export function start(port = 0) {
	const server = createServer((request, response) => {
		const url = new URL(request.url, "http://mock");
		if (request.method === "POST" && url.pathname === "/mock/lapse") {
			lapse();
			return response.writeHead(204).end();
		}
		const file = FILES[url.pathname];
		if (!file) return api(request, response, url);
		response.writeHead(200, {
			"Content-Type": file[1],
			"Content-Security-Policy": CSP,
			"X-Content-Type-Options": "nosniff",
		});
		return response.end(readFileSync(`${DIST}/${file[0]}`));
	});
	return new Promise((ready) => server.listen(port, "127.0.0.1", () => ready(server)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const server = await start(Number(process.argv[2] ?? 8655));
	console.error(`mock: http://127.0.0.1:${server.address().port}/#token=mock`);
}
