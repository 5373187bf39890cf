// The description of the API: valid for a real validator, the same routes as docs/api.md, and what it
// says of parameters is what the server does.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { Daemon, fictional, problem, root } from "./daemon.mjs";

const exec = promisify(execFile);
const A = fictional(1);
let d;
let api;
before(async () => {
	d = await Daemon.start();
	await d.org(A);
	await d.org(fictional(2));
	await d.link(A, fictional(2));
	await d.cert(A, "c", { level: 3, expires: "2028-01-01" });
	await d.targets(A);
	await d.must("PUT", `/v1/orgs/${A}/drills/d`, { held_on: "2027-05-01", participants: ["a"] });
	api = (await d.get("/openapi.json")).body;
});
after(() => d.stop());

const METHODS = ["get", "put", "post", "patch", "delete"];
function* operations() {
	for (const [path, item] of Object.entries(api.paths))
		for (const m of METHODS) if (item[m]) yield { path, method: m.toUpperCase(), op: item[m] };
}
const filled = (path) =>
	path
		.replace("{p}", A)
		.replace("{s}", fictional(2))
		.replace("{id}", A)
		.replace("{cert}", "c")
		.replace("{drill}", "d")
		.replace("{token}", "0")
		.replace("{no}", "2-1-1")
		.replace("{kind}", "orgs");

async function validator() {
	const bin = join(root, "tests/node_modules/.bin/redocly");
	if (!existsSync(bin)) await exec("npm", ["ci", "--no-audit", "--no-fund"], { cwd: join(root, "tests") });
	return bin;
}

describe("/openapi.json", () => {
	it("is valid OpenAPI 3.1", async () => {
		assert.equal(api.openapi, "3.1.0");
		const dir = mkdtempSync(join(tmpdir(), "tierwatch-openapi-"));
		const file = join(dir, "openapi.json");
		writeFileSync(file, JSON.stringify(api));
		const { stdout, stderr } = await exec(await validator(), ["lint", file], {
			env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", NO_COLOR: "1" },
		}).catch((e) => e);
		assert.match(stdout + stderr, /is valid/, stdout + stderr);
		rmSync(dir, { recursive: true });
	});

	it("names the routes of docs/api.md, all of them", () => {
		const docs = readFileSync(join(root, "docs/api.md"), "utf8");
		const told = [...docs.matchAll(/^\| `([A-Z]+) (\/\S+)` \|/gm)].map((m) => `${m[1]} ${m[2]}`).sort();
		const real = [...operations()].map((o) => `${o.method} ${o.path}`).sort();
		assert.deepEqual(told, real);
	});

	it("names every parameter of docs/api.md's routes", () => {
		const docs = readFileSync(join(root, "docs/api.md"), "utf8");
		for (const { path, method, op } of operations()) {
			const line = docs.split("\n").find((l) => l.startsWith(`| \`${method} ${path}\``));
			for (const p of (op.parameters ?? []).filter((x) => x.in === "query" && x.name !== "revision_at_least"))
				assert.ok(line.includes(`\`${p.name}\``), `${method} ${path}: ${p.name}`);
		}
	});

	it("describes only what is there", async () => {
		for (const { path, method, op } of operations()) {
			if (method !== "GET" || path.includes("{job}") || path === "/v1/events" || op.responses["302"]) continue;
			const r = await d.fetch("GET", filled(path));
			await r.arrayBuffer();
			assert.equal(r.status, 200, path);
		}
	});

	it("means its bounds", async () => {
		for (const { path, method, op } of operations()) {
			if (method !== "GET" || path.includes("{job}") || op.responses["302"]) continue;
			const bad = async (q) => problem(assert, await d.get(`${filled(path)}?${q}`), 400, "bad-query");
			await bad("no_such_parameter=1");
			for (const p of (op.parameters ?? []).filter((x) => x.in === "query")) {
				if (p.schema.maximum !== undefined) await bad(`${p.name}=${p.schema.maximum + 1}`);
				if (p.schema.minimum !== undefined) await bad(`${p.name}=${p.schema.minimum - 1}`);
				if (p.schema.type === "integer") await bad(`${p.name}=x`);
				if (p.schema.type === "boolean") await bad(`${p.name}=maybe`);
				if (p.schema.format === "date") await bad(`${p.name}=2026-02-30`);
				if (p.schema.enum) await bad(`${p.name}=nonsense`);
			}
		}
	});

	it("knows every member of the answers", async () => {
		const schema = (name) => api.components.schemas[name];
		for (const [path, name] of [
			[`/v1/orgs/${A}`, "Org"],
			[`/v1/orgs/${A}/suppliers/${fictional(2)}`, "Link"],
			[`/v1/orgs/${A}/suppliers/${fictional(2)}/clauses/2-1-1`, "Clause"],
			[`/v1/orgs/${A}/certificates/c`, "Certificate"],
			[`/v1/orgs/${A}/drills/d`, "Drill"],
			[`/v1/orgs/${A}/targets`, "Targets"],
			[`/v1/orgs/${A}/exposure`, "Exposure"],
			[`/v1/orgs/${A}/impact`, "Impact"],
			[`/v1/orgs/${A}/incident`, "Incident"],
			["/v1/status", "Status"],
			["/v1/me", "Me"],
			["/v1/login/methods", "LoginMethods"],
		])
			for (const key of Object.keys((await d.get(path)).body)) assert.ok(schema(name).properties[key], `${name}.${key}`);
	});

	it("gives no company a score, a grade or a rank", () => {
		const text = JSON.stringify(api).toLowerCase();
		for (const word of ["score", "rating", "grade", "rank", "worst", "best"])
			assert.equal(new RegExp(`\\b${word}`).test(text), false, word);
	});
});
