// Random small worlds and their writing through the API.
import { addDays } from "./reference.mjs";
import { fictional } from "./daemon.mjs";

export function rng(seed) {
	let a = seed >>> 0;
	const next = () => {
		a = (a + 0x6d2b79f5) | 0;
		let t = Math.imul(a ^ (a >>> 15), 1 | a);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	const r = { next, int: (n) => Math.floor(next() * n), chance: (p) => next() < p };
	r.of = (list) => list[r.int(list.length)];
	r.maybe = (p, make) => (r.chance(p) ? make() : undefined);
	return r;
}

const clean = (o) => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined));

export function makeWorld(seed, today, more = 0) {
	const r = rng(seed + more);
	const w = { orgs: new Map(), links: [], certs: [], targets: new Map(), clauses: [] };
	const base = (seed % 90000) * 1000;
	const day = (spread = 700) => addDays(today, r.int(2 * spread) - spread);
	const bool = () => r.of([true, false, undefined, undefined]);
	const ids = [];
	const n = 5 + r.int(8);
	for (let i = 0; i < n; i++) {
		const parents = ids.filter((x) => !x.includes("~"));
		if (parents.length && r.chance(0.2)) {
			const parent = r.of(parents);
			const id = `${parent}~${r.of(["A", "b", "9", "."])}${i}`;
			ids.push(id);
			w.orgs.set(id, { name: `unit ${i}`, kind: r.of(["division", "site"]), parent });
		} else {
			const id = r.chance(0.7) ? fictional(base + i * 60 + r.int(60)) : `XX-LOCAL-${r.of(["a", "B", "z", "."])}${base}.${i}`;
			ids.push(id);
			w.orgs.set(id, { name: `会社 ${i}` });
		}
		if (r.chance(0.2)) w.orgs.get(id(ids)).subtier_attested_on = day();
	}
	function id(list) {
		return list[list.length - 1];
	}
	const pairs = new Set();
	const m = n + r.int(2 * n);
	for (let i = 0; i < m; i++) {
		const p = r.of(ids);
		const s = r.of(ids);
		if (p === s || pairs.has(p + s)) continue;
		pairs.add(p + s);
		const start = r.maybe(0.25, () => day(300));
		w.links.push(
			clean({
				procurer: p,
				supplier: s,
				required_level: r.maybe(0.3, () => r.int(6)),
				due: r.maybe(0.3, day),
				relation: r.of(["business", "it-service", undefined]),
				criticality: r.of(["high", "medium", "low", undefined]),
				confidential: bool(),
				continuity: bool(),
				system_access: bool(),
				sole_source: bool(),
				annual_spend: r.maybe(0.7, () => r.int(r.of([10, 1e6, 1e12]))),
				dependency: r.maybe(0.6, () => r.of([0, 1, 0.5, 0.5, 0.25, r.int(10001) / 10000, r.int(10001) / 10000])),
				disclosure: r.of(["upstream", "upstream", undefined, "anonymous", "private"]),
				grants: r.maybe(0.2, () => {
					const viewers = [...new Set([r.of(ids), r.of(ids)])];
					return viewers.map((viewer) => clean({ viewer, form: r.of(["named", "anonymous"]), until: r.maybe(0.5, day) }));
				}),
				scope_fit: r.of(["yes", undefined, undefined, "partly", "no", "unknown"]),
				department: r.of(["dev", "購買", undefined]),
				planned_on: r.maybe(0.3, day),
				until: r.maybe(0.2, day),
				start,
				end: r.maybe(0.25, () => (start ? addDays(start, r.int(800)) : day(500))),
			}),
		);
	}
	for (const org of ids) {
		const k = r.of([0, 0, 1, 1, 2, 3]);
		for (let i = 0; i < k; i++) {
			const scheme = r.of(["scs", "scs", "scs", "security-action", "iso27001"]);
			const issued = r.maybe(0.85, () => day(1200));
			const suspended = r.maybe(0.2, day);
			w.certs.push(
				clean({
					org,
					certificate: `c${i}`,
					scheme,
					level: scheme === "scs" ? 3 + r.int(3) : scheme === "security-action" ? 1 + r.int(2) : undefined,
					issued,
					expires: r.maybe(0.8, () => (issued ? addDays(issued, r.int(1400)) : day())),
					suspended_from: suspended,
					suspended_to: suspended && r.maybe(0.6, () => addDays(suspended, r.int(300))),
					revoked_on: r.maybe(0.1, day),
					scope: r.of(["entity", "unit", undefined]),
					evidence: r.of(["registry", "copy", "copy", "word", undefined]),
					self_assessments: r.maybe(0.4, () => [...new Set([day(), day()])].slice(0, 1 + r.int(2)).sort()),
				}),
			);
		}
	}
	for (const org of ids) {
		if (!r.chance(0.5)) continue;
		const rule = () => ({
			when: clean({
				confidential: r.maybe(0.25, () => r.chance(0.5)),
				continuity: r.maybe(0.15, () => r.chance(0.5)),
				system_access: r.maybe(0.15, () => r.chance(0.5)),
				sole_source: r.maybe(0.1, () => r.chance(0.5)),
				criticality: r.maybe(0.15, () => r.of(["high", "medium", "low"])),
				relation: r.maybe(0.15, () => r.of(["business", "it-service"])),
				department: r.maybe(0.1, () => r.of(["dev", "購買"])),
				annual_spend_min: r.maybe(0.1, () => r.of([0, 1, 1000, 1e9])),
			}),
			level: r.int(6),
			...clean({ due: r.maybe(0.4, day) }),
		});
		const tiers = {};
		for (const k of ["2", "3", "4"]) if (r.chance(0.2)) tiers[k] = r.int(6);
		w.targets.set(
			org,
			clean({
				own_level: r.of([3, 4, 5, undefined]),
				rules: r.maybe(0.6, () => Array.from({ length: r.int(4) }, rule)),
				tiers: Object.keys(tiers).length ? tiers : undefined,
				due: r.maybe(0.4, day),
				depth: r.maybe(0.2, () => 1 + r.int(24)),
			}),
		);
	}
	for (const l of w.links)
		for (const no of ["2-1-1", "2-1-2", "2-1-3", "2-1-4", "2-1-5", "3-1-3"]) {
			if (!r.chance(0.3)) continue;
			const status = r.of(["missing", "drafted", "agreed", "agreed", "agreed", "waived"]);
			w.clauses.push(
				clean({
					procurer: l.procurer,
					supplier: l.supplier,
					no,
					status,
					reason: status === "waived" ? "r" : undefined,
					agreed_on: status === "agreed" ? day() : undefined,
					review_by: r.maybe(0.3, day),
					reviewed_on: no === "2-1-1" ? r.maybe(0.7, () => day(600)) : undefined,
					checked_on: no === "2-1-3" ? r.maybe(0.7, () => day(600)) : undefined,
					result: no === "2-1-3" ? r.of(["ok", "findings", "failed", undefined]) : undefined,
					confirmed_on: no === "2-1-5" ? r.maybe(0.5, day) : undefined,
				}),
			);
		}
	return w;
}

const without = (o, ...names) => Object.fromEntries(Object.entries(o).filter(([k]) => !names.includes(k)));

export async function putWorld(d, w) {
	for (const [id, o] of w.orgs) await d.must("PUT", `/v1/orgs/${id}`, o);
	for (const l of w.links) await d.must("PUT", `/v1/orgs/${l.procurer}/suppliers/${l.supplier}`, without(l, "procurer", "supplier"));
	for (const c of w.certs) await d.must("PUT", `/v1/orgs/${c.org}/certificates/${c.certificate}`, without(c, "org", "certificate"));
	for (const [id, t] of w.targets) await d.must("PUT", `/v1/orgs/${id}/targets`, t);
	for (const c of w.clauses)
		await d.must("PUT", `/v1/orgs/${c.procurer}/suppliers/${c.supplier}/clauses/${c.no}`, without(c, "procurer", "supplier", "no"));
}

// The same by files; grants have no column and are patched in.
export async function importWorld(d, w) {
	const cell = (v) => {
		if (v === undefined || v === null) return "";
		if (Array.isArray(v)) v = v.join(";");
		return /[",\n;]/.test(String(v)) ? `"${String(v).replaceAll('"', '""')}"` : String(v);
	};
	const csv = (cols, rows) => [cols.join(","), ...rows.map((r) => cols.map((c) => cell(r[c])).join(","))].join("\r\n") + "\r\n";
	const load = async (kind, cols, rows) => {
		if (!rows.length) return;
		const job = await d.import(`kind=${kind}&format=csv`, csv(cols.split(","), rows));
		if (job.state !== "done" || job.rejected) throw new Error(JSON.stringify(job));
	};
	await load("orgs", "id,name,kind,parent,subtier_attested_on", [...w.orgs].map(([id, o]) => ({ id, ...o })));
	await load("links", "procurer,supplier,required_level,due,until,relation,criticality,confidential,continuity,system_access,sole_source,annual_spend,dependency,disclosure,scope_fit,department,planned_on,start,end", w.links);
	for (const l of w.links) if (l.grants) await d.must("PATCH", `/v1/orgs/${l.procurer}/suppliers/${l.supplier}`, { grants: l.grants });
	await load("certificates", "org,certificate,scheme,level,issued,expires,suspended_from,suspended_to,revoked_on,scope,evidence,self_assessments", w.certs);
	for (const [id, t] of w.targets) await d.must("PUT", `/v1/orgs/${id}/targets`, t);
	await load("clauses", "procurer,supplier,no,status,reason,agreed_on,review_by,reviewed_on,checked_on,result,confirmed_on", w.clauses);
}

// Changes of every kind, to the world and to the daemon alike.
export async function change(d, w, seed, today) {
	const r = rng(seed ^ 0x5eed);
	const other = makeWorld(seed, today, r.int(1000));
	const link = (l) => `/v1/orgs/${l.procurer}/suppliers/${l.supplier}`;
	const cert = (c) => `/v1/orgs/${c.org}/certificates/${c.certificate}`;
	const drop = (list, x) => list.splice(list.indexOf(x), 1);
	for (let i = 0; i < 12; i++) {
		const l = w.links.length ? r.of(w.links) : undefined;
		const c = w.certs.length ? r.of(w.certs) : undefined;
		const id = r.of([...w.orgs.keys()]);
		const what = r.int(7);
		if (what === 0 && l) {
			await d.must("DELETE", link(l));
			drop(w.links, l);
			w.clauses = w.clauses.filter((k) => k.procurer !== l.procurer || k.supplier !== l.supplier);
		} else if (what === 1 && l) {
			const set = { required_level: r.int(6), confidential: r.chance(0.5), scope_fit: "partly" };
			await d.must("PATCH", link(l), { ...set, start: null, disclosure: "private" });
			Object.assign(l, set, { disclosure: "private" });
			delete l.start;
		} else if (what === 2 && l && other.links.length) {
			const fields = without(r.of(other.links), "procurer", "supplier", "grants");
			await d.must("PUT", link(l), fields);
			w.links[w.links.indexOf(l)] = { procurer: l.procurer, supplier: l.supplier, ...fields };
		} else if (what === 3 && c) {
			await d.must("DELETE", cert(c));
			drop(w.certs, c);
		} else if (what === 4 && c) {
			await d.must("PATCH", cert(c), { revoked_on: today, scope: "unit" });
			Object.assign(c, { revoked_on: today, scope: "unit" });
		} else if (what === 5) {
			if (w.targets.has(id) && r.chance(0.5)) {
				await d.must("DELETE", `/v1/orgs/${id}/targets`);
				w.targets.delete(id);
			} else {
				const t = other.targets.size ? r.of([...other.targets.values()]) : {};
				await d.must("PUT", `/v1/orgs/${id}/targets`, t);
				w.targets.set(id, t);
			}
		} else if (what === 6 && w.orgs.size > 5 && ![...w.orgs.keys()].some((x) => x.startsWith(`${id}~`))) {
			await d.must("DELETE", `/v1/orgs/${id}?cascade=true`);
			const gone = (x) => x.procurer === id || x.supplier === id || x.org === id;
			for (const name of ["links", "certs", "clauses"]) w[name] = w[name].filter((x) => !gone(x));
			for (const x of w.links) if (x.grants) x.grants = x.grants.filter((g) => g.viewer !== id);
			w.orgs.delete(id);
			w.targets.delete(id);
		}
	}
}
