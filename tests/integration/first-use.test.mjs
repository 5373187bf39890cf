// A new user's first hour, on files as people have them: award data of ministries by name, the numbers
// of the ministries, targets, a vendor master in CP932 with the buyer's own codes and Japanese
// headings, a certificate that is recorded and revoked, and the events of it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { Daemon, fictional, root } from "./daemon.mjs";

// CP932 by turning Node's decoder round.
const cp932 = (() => {
	const decode = new TextDecoder("shift_jis");
	const table = new Map();
	const add = (...bytes) => {
		const c = decode.decode(Uint8Array.from(bytes));
		if ([...c].length === 1 && c !== "\ufffd" && !table.has(c)) table.set(c, bytes);
	};
	for (let a = 0; a < 0x80; a++) add(a);
	for (let a = 0xa1; a <= 0xdf; a++) add(a);
	for (let a = 0x81; a <= 0xfc; a++)
		if (a < 0xa0 || a > 0xdf) for (let b = 0x40; b <= 0xfc; b++) if (b !== 0x7f) add(a, b);
	return (text) =>
		Uint8Array.from(
			[...text].flatMap((c) => {
				assert.ok(table.has(c), `no CP932 for ${c}`);
				return table.get(c);
			}),
		);
})();

const N_AWARDED = 300;
const N_VENDORS = 10000;
const MOD = "JP-JCN-9000012120001"; // 防衛省
const buyer = fictional(1);
let d;
before(async () => {
	d = await Daemon.start({ clock: "2027-06-01T03:00:00Z" });
});
after(() => d.stop());

it("imports the ministries' numbers and the awards", async () => {
	const govs = readFileSync(join(root, "data/jpgovs.csv"));
	const job = await d.import("format=jpgovs", govs);
	assert.equal(job.state, "done", JSON.stringify(job.error));
	assert.equal(job.rejected, 0);
	assert.ok(job.accepted > 100);
	const rows = [...Array(N_AWARDED).keys()].map(
		(i) => `2020-${String(4 + (i % 8)).padStart(2, "0")}-01,"物品の購入, その${i}",${1000 * (i + 1)},防衛省,,${fictional(1000 + i).slice(7)}`,
	);
	const text = `\ufeffdate_of_order,title,amount,government_departments,joint_signatures,corporate_number\n${rows.join("\n")}\n`;
	const awards = await d.import("format=gbizinfo-procurement", text);
	assert.equal(awards.state, "done", JSON.stringify(awards.error));
	assert.equal(awards.rejected, 0);
	const { body } = await d.get(`/v1/orgs?q=${encodeURIComponent("防衛省")}`);
	assert.equal(body.items[0].id, MOD);
	assert.equal(body.items[0].suppliers, N_AWARDED);
});

it("sets a target and sees every supplier as a gap or undecided, none as met", async () => {
	await d.targets(MOD, {});
	const x = (await d.get(`/v1/orgs/${MOD}/exposure`)).body;
	assert.equal(x.suppliers, N_AWARDED);
	assert.equal(x.states.met, 0);
	assert.equal(x.states.gap + x.states.undecided, N_AWARDED);
	assert.equal(x.gaps, x.tiers[0].gaps);
	const { body } = await d.get(`/v1/orgs/${MOD}/gaps?limit=5`);
	assert.equal(body.items[0].kind, "never");
	assert.equal(body.items[0].path[0], MOD);
});

it("loads a vendor master in CP932 with its own codes and headings", async () => {
	await d.org(buyer, { name: "架空自動車株式会社" });
	await d.targets(buyer, {});
	const rows = [...Array(N_VENDORS).keys()].map(
		(i) => `${fictional(20000 + i).slice(7)},V${String(i).padStart(5, "0")},${i % 3 ? "無" : "有"},無,無,令和9年3月31日`,
	);
	const bytes = cp932(`法人番号,取引先コード,機密情報,事業継続,システム接続,期限\r\n${rows.join("\r\n")}\r\n`);
	const job = await d.import(`kind=links&procurer=${buyer}`, bytes);
	assert.equal(job.state, "done", JSON.stringify(job.error));
	assert.equal(job.rejected, 0, JSON.stringify(job.errors.slice(0, 3)));
	assert.equal(job.accepted, N_VENDORS);
	assert.equal(job.commands, 1, "the file went in as one");
	const x = (await d.get(`/v1/orgs/${buyer}/exposure`)).body;
	assert.equal(x.suppliers, N_VENDORS);
	assert.equal(x.gaps, N_VENDORS);
	assert.equal(x.gap_timing.overdue, N_VENDORS);
	// later rows may name the supplier by the buyer's code alone
	const more = await d.import(`kind=links&procurer=${buyer}`, cp932("取引先コード,重要度\r\nV00007,高\r\n"));
	assert.equal(more.rejected, 0, JSON.stringify(more.errors));
	assert.equal((await d.get(`/v1/orgs/${buyer}/suppliers/${fictional(20007)}`)).body.criticality, "high");
});

it("records a certificate, revokes it, and sees the event and the changed exposure", async () => {
	const s = fictional(20001);
	await d.event((e) => e.type === "exposure.changed" && e.subject === buyer);
	await d.cert(s, "scs-3", { level: 3, issued: "2027-04-01", expires: "2028-03-31", evidence: "copy" });
	await d.event((e) => e.type === "exposure.changed" && e.subject === buyer && e.data.after.gaps === N_VENDORS - 1);
	const { revision } = await d.must("PATCH", `/v1/orgs/${s}/certificates/scs-3`, { status: "revoked" });
	const lapsed = await d.event((e) => e.type === "supplier.lapsed" && e.subject === s, revision - 1);
	const changed = await d.event((e) => e.type === "exposure.changed" && e.subject === buyer, revision - 1);
	assert.equal(changed.data.cause, lapsed.id);
	assert.deepEqual([changed.data.before.gaps, changed.data.after.gaps], [N_VENDORS - 1, N_VENDORS]);
	const { body } = await d.get(`/v1/orgs/${buyer}/gaps?kind=lapsed`);
	assert.deepEqual(body.items.map((x) => x.supplier), [s]);
});
