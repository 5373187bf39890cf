// A store as the first version wrote it (fixtures/format1.mdb.gz: two organisations, a link, targets, a
// certificate) is taken over when it is opened.
import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { CLOCK, Daemon, root, run, scratchDir } from "./daemon.mjs";

function oldStore() {
	const dir = scratchDir();
	const packed = readFileSync(join(root, "tests/integration/fixtures/format1.mdb.gz"));
	writeFileSync(join(dir, "data.mdb"), gunzipSync(packed), { mode: 0o600 });
	writeFileSync(join(dir, "admin.token"), "tw_a-token-of-this-test-alone\n", { mode: 0o600 });
	return dir;
}

test("a store of format 1 is migrated on opening", async () => {
	const dir = oldStore();
	const before = await run(["--offline", "check", dir]);
	assert.equal(before.code, 0, before.err + before.out);
	const d = await Daemon.start({ dir, clock: CLOCK });
	try {
		assert.match(d.log, /from format 1 to 3/);
		const org = await d.get("/v1/orgs/XX-LOCAL-A");
		assert.equal(org.body.held, 4);
		assert.equal(org.body.contacts[0].email, "taro@example.jp");
		await d.org("XX-LOCAL-NEW");
		await d.must("PUT", "/v1/orgs/XX-LOCAL-NEW/drills/a", { held_on: "2027-05-01" });
	} finally {
		await d.stop();
	}
	const after = await run(["--offline", "check", dir]);
	assert.equal(after.code, 0, after.err + after.out);
	const again = await Daemon.start({ dir, clock: CLOCK });
	await again.stop();
	assert.doesNotMatch(again.log, /from format/);
	rmSync(dir, { recursive: true });
});
