// What the pages weigh as they are built: all script together, packed as the daemon sends it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { root } from "./daemon.mjs";

const ASSETS = join(root, "web/dist/assets");
const BUDGET = 120 * 1000;

test("all script stays within its budget", (t) => {
	const files = readdirSync(ASSETS).filter((name) => name.endsWith(".js"));
	assert.ok(files.includes("base.js"));
	const sizes = files.map((name) => gzipSync(readFileSync(join(ASSETS, name)), { level: 9 }).length);
	const total = sizes.reduce((sum, n) => sum + n, 0);
	t.diagnostic(`${files.length} files, ${total} bytes of ${BUDGET}`);
	assert.ok(total < BUDGET, `${total} bytes`);
});

test("every built file is served, and nothing else is named", () => {
	const named = [...readFileSync(join(root, "api/assets.def"), "utf8").matchAll(/"web\/dist\/([^"]+)"/g)].map((m) => m[1]);
	const built = readdirSync(join(root, "web/dist"), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(join(root, "web/dist/").length));
	assert.deepEqual(named.sort(), built.sort());
});

test("no built file asks another host for anything", () => {
	for (const name of readdirSync(ASSETS)) {
		const hosts = readFileSync(join(ASSETS, name), "utf8").match(/https?:\/\/[a-z0-9.-]+/g) ?? [];
		assert.deepEqual(hosts.filter((host) => !/^http:\/\/www\.w3\.org/.test(host)), [], name);
	}
});
