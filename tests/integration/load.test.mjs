// The offline bulk load: what goes in, what is told, what is refused, and that nothing is left of a load that failed.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { CLOCK, Daemon, fictional, run, scratchDir } from "./daemon.mjs";

const [P, A, B, C] = [1, 2, 3, 4].map(fictional);

function files(dir) {
	mkdirSync(join(dir, "in"), { recursive: true });
	const put = (name, text) => writeFileSync(join(dir, "in", name), text);
	put("a-links.csv", `procurer,supplier,required_level,start\n${P},${A},3,2027-04-01\n${P},${P},3,\n${A},${C},4,\n${P},${A},4,2027-04-01\n`);
	put("b-orgs.csv", `id,name,contact_email\n${P},"Buyer\nof things",p@example.com\n${A},Supplier A,\n${B},Supplier B,\nnonsense,X,\n`);
	put("c-certificates.csv", `org,certificate,scheme,level,issued,expires,evidence\n${A},c1,scs,3,2027-04-01,2028-03-31,registry\n${A},c2,scs,4,2027-05-01,2027-05-31,registry\n${B},c,scs,9,2027-04-01,,word\n`);
	put("d-clauses.csv", `procurer,supplier,no,status,agreed_on\n${P},${A},2-1-1,agreed,2027-04-01\n`);
	put("ignored.txt~", "x");
	return join(dir, "in");
}

const load = (...args) => run(["--offline", "load", "--clock", CLOCK, ...args], { env: { ...process.env, LC_ALL: "C" } });

// All but who recorded it, and when.
const told = (body) => JSON.parse(JSON.stringify(body, (key, v) => (key === "recorded_by" ? undefined : v)));

describe("load", () => {
	it("fills an empty store from a folder, whatever the order of its files, and tells bad rows", async () => {
		const dir = scratchDir();
		const store = join(dir, "store");
		const r = await load(store, files(dir));
		assert.equal(r.code, 0, r.err);
		assert.match(r.err, /a-links\.csv:3:2: supplier: .*\[self-link\]/);
		assert.match(r.err, /b-orgs\.csv:6:1: id: .*\[bad-id\]/);
		assert.match(r.err, /c-certificates\.csv:4:\S* ?level: .*\[/);
		assert.match(r.err, /12 rows .* 3 rows rejected/);
		assert.equal((await run(["--offline", "check", store])).code, 0);

		const d = await Daemon.start({ dir: store });
		const org = (await d.get(`/v1/orgs/${P}`)).body;
		assert.equal(org.name, "Buyer\nof things");
		assert.equal(org.contacts[0].email, "p@example.com");
		assert.equal((await d.get(`/v1/orgs/${A}`)).body.held, 3);
		assert.equal((await d.get(`/v1/orgs/${C}`)).body.stub, true);
		const link = (await d.get(`/v1/orgs/${P}/suppliers/${A}`)).body;
		assert.equal(link.required_level, 4, "a later row wins");
		assert.equal((await d.get(`/v1/orgs/${P}/suppliers/${A}/clauses/2-1-1`)).body.status, "agreed");
		const changes = await d.changes();
		assert.deepEqual(changes.map((e) => [e.type, e.subject, e.data.load, e.revision]), [["import.finished", "load", true, 1]]);
		await d.stopOnly();

		const again = await load(store, join(dir, "in"));
		assert.equal(again.code, 1);
		assert.match(again.err, /empty/);
		rmSync(dir, { recursive: true });
	});

	it("takes the files of DIR/import, and keeps the token of a store that was started before", async () => {
		const d = await Daemon.start({ dir: scratchDir() });
		await d.stopOnly();
		mkdirSync(join(d.dir, "import"));
		writeFileSync(join(d.dir, "import", "o.ndjson"), `{"kind":"org","id":"${P}","name":"P"}\n{"kind":"targets","org":"${P}","own_level":3}\n{"kind":"link","procurer":"${P}","supplier":"${A}","required_level":3}\n`);
		const r = await load(d.dir);
		assert.equal(r.code, 0, r.err);
		await d.launch();
		assert.equal((await d.get(`/v1/orgs/${P}/exposure`)).body.gaps, 1);
		const e = await d.event((x) => x.type === "exposure.changed");
		assert.equal(e.subject, P, "a watched procurer gets its figures");
		await d.stop();
	});

	it("leaves nothing of a load that is refused", async () => {
		const dir = scratchDir();
		const store = join(dir, "store");
		const folder = files(dir);
		const strict = await load("--strict", store, folder);
		assert.equal(strict.code, 1);
		assert.match(strict.err, /nothing was taken over/);
		writeFileSync(join(dir, "bad.csv"), "id,name\n\xff\xfe\x00", "latin1");
		assert.equal((await load(store, folder, join(dir, "bad.csv"))).code, 1);
		assert.equal((await load(store, join(dir, "none.csv"))).code, 1);
		assert.equal((await load(store)).code, 1, "there is no DIR/import");
		assert.equal((await run(["--offline", "load"])).code, 2);
		assert.equal((await load(store, folder)).code, 0, "it is still empty");
		rmSync(dir, { recursive: true });
	});

	it("leaves the store empty and sound where it is killed, and goes in whole the next time", async () => {
		const dir = scratchDir();
		const store = join(dir, "store");
		const rows = Array.from({ length: 150000 }, (_, i) => `${fictional(i % 3000)},${fictional(3000 + (i * 7919) % 50000)},3`);
		writeFileSync(join(dir, "links.csv"), `procurer,supplier,required_level\n${rows.join("\n")}\n`);
		let killed = 0;
		for (const ms of [5, 60, 150, 300, 450, 600]) {
			const r = await run(["--offline", "load", "--clock", CLOCK, store, join(dir, "links.csv")], { timeout: ms, killSignal: "SIGKILL" });
			if (r.signal !== "SIGKILL") { // quicker than that
				assert.equal(r.code, 0, r.err);
				break;
			}
			killed++;
			if (!existsSync(join(store, "data.mdb"))) continue;
			const sound = await run(["--offline", "check", store]);
			if (!/there is no store/.test(sound.err)) // killed while it was being made
				assert.equal(sound.code, 0, `after ${ms} ms: ${sound.err}`);
		}
		assert.ok(killed >= 2, "killed while it loaded");
		const last = await load(store, join(dir, "links.csv"));
		if (last.code !== 0) assert.match(last.err, /already has organisations/, "one ended before it was to be killed");
		assert.equal((await run(["--offline", "check", store])).code, 0);
		const d = await Daemon.start({ dir: store });
		for (const row of [rows[0], rows.at(-1)]) {
			const [p, s] = row.split(",");
			assert.equal((await d.get(`/v1/orgs/${p}/suppliers/${s}`)).body.required_level, 3);
		}
		assert.equal((await d.changes()).length, 1);
		await d.stopOnly();
		rmSync(dir, { recursive: true });
	});

	it("is one store with one that was imported", async () => {
		const dir = scratchDir();
		const folder = files(dir);
		const store = join(dir, "store");
		assert.equal((await load(store, folder)).code, 0);
		const one = await Daemon.start({ dir: store });
		const other = await Daemon.start();
		for (const [kind, name] of [["orgs", "b-orgs"], ["certificates", "c-certificates"], ["links", "a-links"], ["clauses", "d-clauses"]]) {
			const job = await other.import(`kind=${kind}`, readFileSync(join(folder, `${name}.csv`), "utf8"));
			assert.equal(job.state, "done");
		}
		for (const path of [`/v1/orgs/${P}/exposure`, `/v1/orgs/${A}`, `/v1/orgs/${P}/gaps`, `/v1/orgs/${C}/impact`, `/v1/orgs?q=supplier`])
			assert.deepEqual(told((await one.get(path)).body), told((await other.get(path)).body), path);
		await one.stopOnly();
		await other.stop();
		rmSync(dir, { recursive: true });
	});
});
