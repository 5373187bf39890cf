// web/src/api/schema.ts is what the daemon's description says today.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { apiTypes } from "./api-types.mjs";
import { Daemon, root } from "./daemon.mjs";

test("the web's types are those of /openapi.json (script/api-types writes them)", async () => {
	const d = await Daemon.start();
	try {
		const made = await apiTypes((await d.get("/openapi.json")).body);
		const kept = readFileSync(join(root, "web/src/api/schema.ts"), "utf8");
		const differs = made.split("\n").findIndex((line, i) => line !== kept.split("\n")[i]);
		assert.ok(made === kept, `stale from line ${differs + 1}: run script/api-types`);
	} finally {
		await d.stop();
	}
});
