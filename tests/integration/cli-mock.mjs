// A stand-in for the daemon, for what a real one does only now and then: broken streams, jobs that
// take their time, answers that are no JSON. Records behave as in api.md; figures are canned.
import http from "node:http";

export const TOKEN = "mock-token";
const JSON_TYPE = "application/json";
const PROBLEM = "application/problem+json";

const exposure = (p, url) => ({
	procurer: p,
	on: url.searchParams.get("on") ?? "2027-06-01",
	depth: Number(url.searchParams.get("depth") ?? 2),
	horizon: 90,
	suppliers: 3,
	gaps: p.endsWith("CLEAN") ? 0 : 2,
	expiring: 0,
	at_risk: 0,
	exceptions: 0,
	clause_gaps: 0,
	clauses_undetermined: 0,
	gap_kinds: { never: 1, below: 0, lapsed: 1, "out-of-scope": 0 },
	gap_timing: { overdue: 1, due: 0, undated: 1 },
	states: { gap: 2, undecided: 0, unconfirmed: 0, expiring: 0, met: 1, "not-asked": 0 },
	tiers: [1, 2].map((tier) => ({
		tier,
		suppliers: 2,
		gaps: 1,
		unknown_below: 1,
		held: { 0: 1, 1: 0, 2: 0, 3: 1, 4: 0, 5: 0 },
		states: { gap: 1, undecided: 0, unconfirmed: 0, expiring: 0, met: 1, "not-asked": 0 },
	})),
	annual_spend: 1234567890,
	spend_behind_gaps: 500000,
	spend_unknown: 1,
	dependency_defaulted: 1,
});

const gap = (i) => ({
	supplier: `XX-LOCAL-S${i}`,
	name: i === 0 ? "=株式会社みほん,本店" : `見本${i}\u001b[31m`,
	tier: 1,
	required: 3,
	held: 0,
	kind: i % 2 ? "lapsed" : "never",
	timing: "overdue",
	due: "2027-05-01",
	due_in_days: -31,
	planned_on: null,
	dependency: 0.1,
	path: ["XX-LOCAL-P", `XX-LOCAL-S${i}`],
});

const event = (n) => ({
	id: String(n).padStart(6, "0"),
	type: "link.changed",
	revision: Math.ceil(n / 2),
	at: "2027-06-01T00:00:00Z",
	subject: "XX-LOCAL-P",
	data: { n },
});

const clauseNumbers = ["2-1-1", "2-1-2", "2-1-3", "2-1-4", "2-1-5", "3-1-3"];

export class Mock {
	records = new Map(); // path -> object
	revision = 0;
	seen = []; // requests: method, url, headers, body
	jobs = new Map();
	cutEvents = 0; // how many event streams break off in the middle
	cutBackup = false; // breaks off in the middle
	holdBackup = false; // stands still in the middle
	ready = true;

	async start() {
		this.server = http.createServer((q, r) => this.take(q, r));
		await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
		this.url = `http://127.0.0.1:${this.server.address().port}`;
		return this;
	}

	stop() {
		this.server.closeAllConnections();
		return new Promise((done) => this.server.close(done));
	}

	last(method, path) {
		return this.seen.findLast((q) => q.method === method && q.path === path);
	}

	send(r, status, body, headers = {}) {
		const text = typeof body === "string" ? body : body === null ? "" : JSON.stringify(body);
		const type = status >= 400 ? PROBLEM : JSON_TYPE;
		r.writeHead(status, {
			"Content-Type": type,
			"Tierwatch-Revision": String(this.revision),
			...headers,
		});
		r.end(status === 204 ? undefined : text);
	}

	problem(r, status, code, detail, errors) {
		this.send(r, status, { type: "about:blank", title: code, status, detail, code, errors });
	}

	async take(q, r) {
		const url = new URL(q.url, "http://x");
		const chunks = [];
		for await (const chunk of q) chunks.push(chunk);
		const body = Buffer.concat(chunks);
		const path = decodeURIComponent(url.pathname);
		this.seen.push({ method: q.method, path, url, headers: q.headers, body });
		if (path === "/healthz") return this.send(r, 200, { status: "ok" });
		if (path === "/readyz")
			return this.ready
				? this.send(r, 200, { status: "ready" })
				: this.problem(r, 503, "stopping", "the server is stopping");
		if (q.headers.authorization !== `Bearer ${TOKEN}`)
			return this.problem(r, 401, "unauthorized", "a valid bearer token is needed");
		try {
			this.route(q, r, url, path, body);
		} catch (error) {
			this.problem(r, 500, "internal", String(error));
		}
	}

	route(q, r, url, path, body) {
		const part = path.split("/").slice(2);
		const what = part[2];
		if (path === "/v1/status")
			return this.send(r, 200, { revision: this.revision, orgs: this.records.size });
		if (part[0] === "imports") return this.imports(q, r, url, part[1], body);
		if (path === "/v1/changes") return this.changes(r, url);
		if (path === "/v1/events") return this.events(q, r, url);
		if (path === "/v1/backup") return this.backup(r);
		if (part[0] === "exports") return this.exports(r, part[1], url);
		if (path === "/v1/simulations") return this.simulate(r, JSON.parse(body));
		if (path === "/v1/orgs") return this.list(r, url, this.orgs(url));
		if (path === "/v1/orgs/not-json") return this.send(r, 200, "<html>");
		if (part.length === 3 && what === "exposure")
			return this.send(r, 200, exposure(part[1], url));
		if (part.length === 3 && (what === "gaps" || what === "expiring")) {
			const n = part[1].endsWith("CLEAN") ? 0 : 120;
			return this.list(r, url, Array.from({ length: n }, (_, i) => gap(i)));
		}
		if (part.length === 3 && what === "chain") {
			const link = { department: "購買", owner: null };
			const items = Array.from({ length: 3 }, (_, i) => ({ ...gap(i), state: "gap", suppliers: i, at_risk: false, unknown_below: i === 0, held_until: null, link: i ? link : null }));
			this.asked = url.search;
			return this.list(r, url, items);
		}
		if (what === "impact") return this.impact(r, part[1], url);
		if (what === "dependencies") return this.why(r, part[1], part[3]);
		if (what === "renewals") {
			const month = (m, n) => ({ month: m, levels: { 1: 0, 2: 0, 3: n, 4: 0, 5: 0 }, required: 1, self_assessments: 2, contract_ends: 3, clause_reviews: 4, exceptions: 5, due: 6 });
			return this.send(r, 200, { procurer: part[1], on: "2027-06-01", depth: 4, from: "2027-06-01", to: "2027-07-31", suppliers: 9, months: [month("2027-06", 7), month("2027-07", 8)] });
		}
		if (what === "calendar" && url.searchParams.get("format") === "ics") {
			r.writeHead(200, { "Content-Type": "text/calendar; charset=utf-8" });
			return r.end("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
		}
		if (what === "calendar")
			return this.list(r, url, [
				{ day: "2027-06-30", kind: "level-ends", supplier: "XX-LOCAL-S0", name: "株式会社みほん", tier: 1, level: 3, required: 3, clause: null, below: true },
				{ day: "2027-07-01", kind: "clause-review", supplier: "XX-LOCAL-S1", name: null, tier: null, level: null, required: null, clause: "2-1-5", below: null },
			]);
		if (what === "history") return this.send(r, 200, { items: [exposure(part[1], url)], next: null });
		if (part.length === 3 && what === "certificates") return this.below(r, path);
		if (part.length === 3 && what === "suppliers") return this.below(r, path, 4);
		if (part.length === 5 && part[4] === "clauses")
			return this.send(r, 200, {
				items: clauseNumbers.map((no) => this.clause(`${path}/${no}`, no)),
				next: null,
			});
		this.record(q, r, path, body);
	}

	orgs(url) {
		const query = url.searchParams.get("q") ?? "";
		return [...this.records]
			.filter(([p, o]) => p.split("/").length === 4 && `${o.id}${o.name}`.includes(query))
			.map(([, o]) => o);
	}

	below(r, path, skip) {
		const items = [...this.records]
			.filter(([p]) => p.startsWith(`${path}/`) && (!skip || p.split("/").length === 6))
			.map(([, o]) => o);
		this.send(r, 200, { items, next: null });
	}

	list(r, url, all) {
		const limit = Number(url.searchParams.get("limit") ?? 50);
		const from = Number(url.searchParams.get("cursor") ?? 0);
		const next = from + limit < all.length ? String(from + limit) : null;
		if (limit < 1 || limit > 1000) return this.problem(r, 400, "bad-query", "limit");
		this.send(r, 200, { items: all.slice(from, from + limit), next });
	}

	clause(path, no) {
		return this.records.get(path) ?? { no, status: "missing", due: true, gap: true };
	}

	record(q, r, path, body) {
		const clause = /clauses\/(.*)$/.exec(path);
		const old = this.records.get(path) ?? (clause ? this.clause(path, clause[1]) : undefined);
		const etag = { ETag: `"${old?.rev ?? 0}.0"` };
		if (q.method === "GET")
			return old ? this.send(r, 200, old, etag) : this.problem(r, 404, "not-found", `there is no ${path}`);
		if (q.method === "DELETE") {
			if (!this.records.delete(path)) return this.problem(r, 404, "not-found", `there is no ${path}`);
			this.revision++;
			return this.send(r, 204, null);
		}
		if (q.method === "PATCH" && (!old || clause))
			return this.problem(r, 404, "not-found", `there is no ${path}`);
		if (q.headers["if-match"] && q.headers["if-match"] !== etag.ETag)
			return this.problem(r, 412, "precondition-failed", "the record was changed");
		this.write(q, r, path, body, old);
	}

	write(q, r, path, body, old) {
		const given = JSON.parse(body);
		const base = q.method === "PATCH" ? old : {};
		const bad = Object.entries(given).filter(([k, v]) => k === "nope" || (k === "level" && v > 5));
		if (bad.length)
			return this.problem(r, 422, "unknown-field", "there is no field 'nope' here",
				bad.map(([k]) => ({ pointer: `/${k}`, code: "unknown-field", detail: "there is no such field" })));
		const id = path.split("/")[3];
		const o = { id, ...base, ...given, rev: ++this.revision };
		for (const k of Object.keys(o)) if (o[k] === null) delete o[k];
		this.records.set(path, o);
		const warnings = o.level >= 3 && !o.expires
			? [{ code: "no-expiry", detail: "no expiry date" }]
			: [];
		this.send(r, old ? 200 : 201, { ...o, warnings });
	}

	impact(r, s, url) {
		const items = [{ procurer: "XX-LOCAL-P", name: "発注者", tier: 1, required: 3, gap: true }];
		this.send(r, 200, {
			supplier: s,
			on: "2027-06-01",
			depth: 4,
			held: 3,
			procurers: 1,
			in_gap: url.searchParams.get("held_level") === "5" ? 0 : 1,
			tiers: [{ tier: 1, procurers: 1, in_gap: 1 }],
			items,
			next: null,
		});
	}

	// Figures that the client does not know yet, a supplier without a name, or no object at all.
	simulate(r, given) {
		this.simulated = given;
		if (given.procurer.endsWith("BROKEN")) return this.send(r, 200, [1]);
		const side = (n, deep) => ({ procurer: given.procurer, on: "2027-06-01", depth: 2, horizon: 90, gaps: n, later: 2 - n, states: { gap: n, met: 3 },
			tiers: deep ? [{ tier: 1, gaps: n }, { tier: 2, gaps: 4 }] : [{ tier: 1, gaps: n }] });
		const stand = { state: "met", required: 3, held: 3, timing: null, due: null };
		const items = [{ supplier: "XX-ANON-1", name: null, tier: 2, change: "entered", before: null, after: stand }];
		this.send(r, 200, { procurer: given.procurer, on: "2027-06-01", depth: 2, horizon: 90, before: side(2), after: side(1, true),
			opened: 0, closed: 1, entered: 1, left: 0, opened_undecided: 0, items, items_total: 1, truncated: false });
	}

	why(r, p, s) {
		if (s.endsWith("FAR")) return this.problem(r, 404, "not-found", "not in reach");
		this.send(r, 200, {
			procurer: p,
			supplier: s,
			tier: 2,
			dependency: 0.125,
			path: [p, "XX-LOCAL-M", s],
			links: [
				{ procurer: p, supplier: "XX-LOCAL-M", dependency: 0.5 },
				{ procurer: "XX-LOCAL-M", supplier: s, dependency: 0.25 },
			],
		});
	}

	// A file whose text says "slow" is queued, then running, then done; "bad" has a bad row.
	imports(q, r, url, id, body) {
		if (q.method === "GET") {
			const job = this.jobs.get(id);
			if (!job) return this.problem(r, 404, "not-found", "no such job");
			const state = job.states.length > 1 ? job.states.shift() : job.states[0];
			return this.send(r, 200, { ...job.body, state });
		}
		const text = body.toString();
		const strict = url.searchParams.get("strict") === "true";
		const rows = text.split("\n").length - 1;
		const errors = text.includes("bad")
			? [{ line: 2, column: 5, field: "supplier", code: "check-digit", detail: "検査用数字が合いません" }]
			: [];
		const end = text.includes("broken") || (strict && errors.length) ? "failed" : "done";
		const job = {
			states: text.includes("slow") ? ["queued", "running", "running", end] : [end],
			body: {
				job: String(this.jobs.size + 1),
				rows,
				accepted: end === "failed" ? 0 : rows - errors.length,
				rejected: errors.length,
				unchanged: 0,
				errors,
				error: text.includes("broken")
					? { status: 422, code: "unknown-format", detail: "the file's format was not recognised" }
					: null,
				dry_run: url.searchParams.get("dry_run") === "true",
			},
		};
		this.jobs.set(job.body.job, job);
		this.send(r, 202, { ...job.body, state: text.includes("slow") ? "queued" : end },
			{ Location: `/v1/imports/${job.body.job}` });
	}

	changes(r, url) {
		const after = Number(url.searchParams.get("after") ?? 0);
		if (after === 999) return this.problem(r, 410, "compacted", "no longer kept");
		const limit = Number(url.searchParams.get("limit") ?? 1e9);
		const events = Array.from({ length: 5 }, (_, i) => event(i + 1)).filter((x) => x.revision > after);
		r.writeHead(200, { "Content-Type": "application/x-ndjson" });
		r.end(events.slice(0, limit).map((x) => `${JSON.stringify(x)}\n`).join(""));
	}

	// Two events a connection, then the stream is cut as long as cutEvents says.
	events(q, r, url) {
		const last = Number(q.headers["last-event-id"] ?? 2 * Number(url.searchParams.get("after") ?? 0));
		r.writeHead(200, { "Content-Type": "text/event-stream" });
		r.write("retry: 20\n\n: heartbeat\n\n");
		for (const n of [last + 1, last + 2])
			r.write(`id: ${event(n).id}\nevent: link.changed\ndata: ${JSON.stringify(event(n))}\n\n`);
		if (this.cutEvents-- > 0) {
			r.write('data: {"half":');
			setTimeout(() => r.destroy(), 20);
		}
	}

	backup(r) {
		const bytes = Buffer.alloc(200000, 7);
		r.writeHead(200, { "Content-Type": "application/octet-stream", "Content-Length": bytes.length });
		if (!this.cutBackup && !this.holdBackup) return r.end(bytes);
		r.write(bytes.subarray(0, 70000));
		if (!this.holdBackup) setTimeout(() => r.destroy(), 20);
	}

	exports(r, kind, url) {
		if (kind !== "links") return this.problem(r, 404, "not-found", "no such kind");
		r.writeHead(200, { "Content-Type": "text/csv" });
		r.end(`${url.searchParams.get("format")}\nprocurer,supplier\nA,B\n`);
	}
}
