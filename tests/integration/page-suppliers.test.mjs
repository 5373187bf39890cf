// The table of suppliers in a real browser, against the daemon: filters in the address, the order, what is kept by
// name, one change for many links with its undo, the CSV file, what a bound caller sees, and what a lapse does to it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { axeSound, CLOCK, launch, narrow, noBrowser, open } from "./browser.mjs";
import { Daemon, fictional } from "./daemon.mjs";

const BUYER = fictional(71000);
const HOSTILE = `<img src=x onerror="document.title='run'">${"長い名前".repeat(36)}\u202eRTL`;
const FORMULA = "=HYPERLINK(1)";
const direct = (n) => fictional(71100 + n);
const DEEP = fictional(71500);
const HIDDEN = fictional(71501);
const star = { level: 4, issued: "2028-01-10", expires: "2031-01-09", scope: "entity", evidence: "registry" };

// 60 direct suppliers, every third in gap, and two below the first of them.
async function world(d) {
	await d.org(BUYER, { name: "みなと総合機器株式会社" });
	for (let n = 0; n < 60; n++) {
		await d.org(direct(n), { name: n === 0 ? HOSTILE : n === 1 ? FORMULA : `株式会社取引先${String(n).padStart(2, "0")}` });
		await d.link(BUYER, direct(n), {
			confidential: n % 4 === 0 ? undefined : n % 2 === 0,
			continuity: true,
			system_access: false,
			department: n < 40 ? "調達部" : "総務部",
			owner: "佐々木",
			due: `2028-0${1 + (n % 9)}-15`,
			dependency: n / 100,
			disclosure: "upstream",
		});
		if (n % 3 !== 0) await d.cert(direct(n), "main", star);
	}
	for (const [id, disclosure] of [[DEEP, "upstream"], [HIDDEN, "anonymous"]]) {
		await d.org(id, { name: id === DEEP ? "有限会社若宮鍍金" : "秘匿電子株式会社" });
		await d.link(direct(0), id, { required_level: 3, disclosure });
	}
	await d.targets(BUYER, { depth: 3 });
}

describe("the table of suppliers", { skip: noBrowser }, () => {
	let d;
	let browser;
	before(async () => {
		d = await Daemon.start({ clock: CLOCK });
		await world(d);
		browser = await launch();
	});
	after(async () => {
		await browser?.close();
		await d?.stop();
	});

	const at = (token, query = "") => `${d.url}/#token=${token}&to=${encodeURIComponent(`/buyers/${BUYER}/suppliers${query}`)}`;
	const rowsOf = (page) => page.locator(".suppliers-table tbody tr");
	const total = (page, text) => page.locator(".suppliers-above .shown").getByText(text, { exact: true }).waitFor();
	async function show(token, query, options) {
		const opened = await open(browser, at(token, query), options);
		await opened.page.locator(".suppliers-above .shown").waitFor();
		return opened;
	}

	for (const [locale, colorScheme] of [["ja-JP", "light"], ["en-GB", "dark"]])
		test(`is sound in ${locale}, ${colorScheme}, and at 320 px; hostile names are text`, async (t) => {
			const { page, complaints, close } = await show((await d.as("procurer", BUYER)).token, "?sort=dependency&order=asc", { locale, colorScheme });
			await rowsOf(page).first().waitFor();
			assert.equal(await page.locator("main img").count(), 0);
			assert.ok((await page.locator(".suppliers-table").innerText()).includes("<img src=x onerror="));
			await page.locator(".suppliers-more summary").click();
			await axeSound(t, page, "list");
			await rowsOf(page).first().locator("input").check();
			await page.locator(".suppliers-selection .primary").click();
			await axeSound(t, page, "dialog");
			await page.keyboard.press("Escape");
			await narrow(page, "list");
			await axeSound(t, page, "at 320 px");
			assert.deepEqual(complaints, []);
			await close();
		});

	test("is filtered by what the address says, which follows what is chosen", async () => {
		const { page, complaints, close } = await show(d.token);
		await total(page, "62 社のうち 50 社を表示");
		await page.getByRole("button", { name: "続きの 12 社を表示" }).click();
		await total(page, "62 社");
		assert.match(page.url(), /rows=100/);
		await page.locator(".suppliers-strip").getByRole("button", { name: "未達" }).click();
		await total(page, "22 社");
		assert.match(page.url(), /state=gap/);
		assert.doesNotMatch(page.url(), /rows=/);
		await page.locator("#suppliers-department").selectOption("総務部");
		await total(page, "6 社");
		await page.locator(".suppliers-more summary").click();
		await page.locator("#suppliers-leak").selectOption("unknown");
		await total(page, "1 社");
		await page.goBack();
		await total(page, "6 社");
		await page.getByRole("button", { name: /条件「担当部門: 総務部」を解除/ }).click();
		await total(page, "22 社");
		await page.locator("#suppliers-department").selectOption("~none");
		await page.getByText("条件に合う取引先はありません").waitFor();
		await page.locator("#suppliers-department").selectOption("");
		await total(page, "22 社");
		await page.locator("#suppliers-q").fill("取引先1");
		await total(page, "3 社");
		await page.locator("#suppliers-q").fill("どこにもない");
		await page.getByText("条件に合う取引先はありません").waitFor();
		await page.getByRole("button", { name: "条件をすべて解除" }).click();
		await total(page, "62 社のうち 50 社を表示");
		assert.deepEqual(complaints, []);
		await close();
	});

	test("is ordered by the server, by tier, due date, dependency, name and identifier alone", async () => {
		const { page, close } = await show(d.token, "?tier=1");
		const first = (n) => rowsOf(page).first().getByText(direct(n), { exact: true }).waitFor();
		await page.getByRole("button", { name: "依存度" }).click();
		await first(0);
		await page.getByRole("button", { name: "依存度" }).click();
		await first(59);
		assert.equal(await page.locator('th[aria-sort="descending"]').innerText(), "依存度▾");
		const orders = await page.locator("#suppliers-order option").evaluateAll((all) => all.map((one) => one.value.split(" ")[0]));
		assert.deepEqual([...new Set(orders)].sort(), ["dependency", "due", "id", "name", "tier"]);
		await close();
	});

	test("keeps filters by name and columns in the browser", async () => {
		const { page, close } = await show(d.token, "?state=gap&tier=1");
		await page.getByRole("button", { name: "この条件を保存" }).click();
		await page.locator("#saved-name").fill("直接の未達");
		await page.keyboard.press("Enter");
		await page.getByText("条件「直接の未達」を保存しました。").waitFor();
		await page.getByRole("button", { name: "条件をすべて解除" }).click();
		await total(page, "62 社のうち 50 社を表示");
		await page.reload();
		await page.locator("#suppliers-saved").selectOption("直接の未達");
		await total(page, "20 社");
		await page.locator(".suppliers-columns summary").click();
		await page.getByLabel("取引先コード").check();
		await page.getByLabel("依存度").uncheck();
		const heads = () => page.locator(".suppliers-table thead th").allInnerTexts();
		assert.ok((await heads()).includes("取引先コード"));
		await page.reload();
		await rowsOf(page).first().waitFor();
		assert.ok(!(await heads()).some((head) => head.startsWith("依存度")));
		await close();
	});

	test("many links are changed by one command after a preview, and back", async () => {
		const { page, complaints, close } = await show((await d.as("procurer", BUYER)).token, "?department=総務部");
		await total(page, "20 社");
		await page.getByRole("button", { name: "条件に合う直接の取引先をすべて選択" }).click();
		await page.getByText("20 社を選択中").waitFor();
		await rowsOf(page).first().locator("input").uncheck();
		await page.getByRole("button", { name: "まとめて変更…" }).click();
		await page.getByRole("button", { name: "変更の内容を確認" }).click();
		await page.getByText("変更する値を入力してください").waitFor();
		await page.locator("#bulk-due").fill("2029-03-30");
		await page.getByRole("button", { name: "変更の内容を確認" }).click();
		assert.equal((await page.locator(".bulk-preview dd").allInnerTexts()).join(), "19 社,19 社,0 社");
		const changed = async () => (await d.get(`/v1/orgs/${BUYER}/suppliers?limit=1000`)).body.items.filter((l) => l.due === "2029-03-30").length;
		assert.equal(await changed(), 0, "a preview writes nothing");
		await page.getByRole("button", { name: "19 社を変更する" }).click();
		await page.getByText("19 社の「対応期限」を変更しました。").waitFor();
		assert.equal(await changed(), 19);
		await page.getByRole("button", { name: "元に戻す" }).click();
		await page.getByText("元に戻しました。").waitFor();
		assert.equal(await changed(), 0);
		assert.deepEqual(complaints, []);
		await close();
	});

	test("what was refused stands beside its field; what others changed meanwhile is asked about anew", async () => {
		const { page, close } = await show(d.token, "?tier=1");
		await rowsOf(page).nth(2).locator("input").check();
		await page.getByRole("button", { name: "まとめて変更…" }).click();
		await page.locator("#bulk-action").selectOption("owner");
		await page.locator("#bulk-owner").fill("x".repeat(5000));
		await page.getByRole("button", { name: "変更の内容を確認" }).click();
		await page.locator("#bulk-owner-error").waitFor();
		await page.locator("#bulk-owner").fill("田中");
		await page.getByRole("button", { name: "変更の内容を確認" }).click();
		await page.locator(".bulk-preview").waitFor();
		/* One that was chosen ends meanwhile: another number matches. */
		const chosen = await rowsOf(page).nth(2).locator("code").innerText();
		await d.must("PATCH", `/v1/orgs/${BUYER}/suppliers/${chosen}`, { end: "2028-01-01" });
		await page.getByRole("button", { name: "1 社を変更する" }).click();
		await page.getByText("ほかの人が対象の取引関係を変更しました").waitFor();
		assert.equal(await page.locator("#bulk-owner").inputValue(), "田中");
		await d.must("PATCH", `/v1/orgs/${BUYER}/suppliers/${chosen}`, { end: null });
		await close();
	});

	test("the CSV file has what is shown, of all rows, as text", async () => {
		const { page, close } = await show(d.token, "?sort=dependency&order=asc&tier=1", { acceptDownloads: true });
		await rowsOf(page).first().waitFor();
		const waiting = page.waitForEvent("download");
		await page.getByRole("button", { name: "CSVをダウンロード" }).click();
		const file = await waiting;
		assert.match(file.suggestedFilename(), /^suppliers-JP-JCN-\d+-2028-04-03\.csv$/);
		const lines = readFileSync(await file.path(), "utf8").trimEnd().split("\r\n");
		assert.equal(lines.length, 61);
		assert.match(lines[0], /^\ufeff取引先,識別子,階層,状態,/);
		assert.deepEqual(lines.slice(1).map((line) => /JP-JCN-\d+/.exec(line)[0]), Array.from({ length: 60 }, (_, n) => direct(n)));
		assert.ok(lines[2].startsWith(`'${FORMULA},`), lines[2]);
		await close();
	});

	test("a bound caller sees a hidden supplier by its pseudonym; an auditor changes nothing", async () => {
		for (const role of ["procurer", "auditor"]) {
			const { page, complaints, close } = await show((await d.as(role, BUYER)).token, "?tier=2");
			await total(page, "2 社");
			const text = await page.locator("main").innerText();
			assert.ok(text.includes("非公開の取引先") && !text.includes("秘匿電子") && !text.includes(HIDDEN));
			assert.equal(await page.locator(".suppliers-selection").count(), role === "procurer" ? 1 : 0);
			assert.equal(await page.locator("tbody .check input").count(), 0, "no links of one's own in tier 2");
			assert.deepEqual(complaints, []);
			await close();
		}
	});

	test("a lapse shows within a second and loses neither place, focus nor selection", async () => {
		const { page, complaints, close } = await show(d.token, "?state=met");
		await page.locator(".live-open").waitFor();
		const n = await rowsOf(page).count();
		const kept = rowsOf(page).nth(5).locator("input");
		await kept.check();
		await page.evaluate(() => window.scrollTo(0, 300));
		const label = await kept.getAttribute("aria-label");
		const lapsing = await rowsOf(page).nth(1).locator("code").innerText();
		const from = performance.now();
		await d.must("PATCH", `/v1/orgs/${lapsing}/certificates/main`, { status: "revoked" });
		await page.waitForFunction((before) => document.querySelectorAll(".suppliers-table tbody tr").length === before - 1, n, { polling: 20, timeout: 3000 });
		assert.ok(performance.now() - from < 1000, `${performance.now() - from} ms`);
		assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), label);
		assert.equal(await page.locator("tbody .check input:checked").count(), 1);
		assert.equal(await page.evaluate(() => window.scrollY), 300);
		assert.deepEqual(complaints, []);
		await close();
	});

	test("whoever comes back from a supplier is where they were", async () => {
		const { page, close } = await show(d.token, "?state=gap&tier=1");
		await rowsOf(page).nth(15).locator("a").click();
		await page.locator(".supplier-facts").waitFor();
		await page.getByRole("link", { name: "取引先の一覧" }).click();
		await page.waitForFunction(() => document.activeElement.closest(".suppliers-table") !== null);
		assert.match(page.url(), /state=gap&tier=1/);
		assert.ok(await page.evaluate(() => window.scrollY > 0));
		await close();
	});
});
