// One supplier in a real browser, against the daemon: how it stands and why, its ★ along time with its table twin, its
// certificates, link and clauses as they are edited, who changed what, and what shows of those further down.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeSound, CLOCK, launch, narrow, noBrowser, open } from "./browser.mjs";
import { Daemon, fictional } from "./daemon.mjs";

const BUYER = fictional(72000);
const DIRECT = fictional(72001); // ★4, by its word only
const UNDECIDED = fictional(72002);
const DEEP = fictional(72003);
const HIDDEN = fictional(72004);
const ENDED = fictional(72005);

async function world(d) {
	const names = [
		[BUYER, "みなと総合機器株式会社"],
		[DIRECT, "株式会社桐野精機"],
		[UNDECIDED, "合同会社白樺印刷"],
		[DEEP, "有限会社若宮鍍金"],
		[HIDDEN, "秘匿電子株式会社"],
		[ENDED, "株式会社旧取引"],
	];
	for (const [id, name] of names) await d.org(id, { name, contacts: id === DIRECT ? [{ name: "窓口", email: "a@example.jp", phone: "03-0000-0000" }] : undefined });
	await d.link(BUYER, DIRECT, {
		confidential: true,
		continuity: false,
		system_access: false,
		department: "調達部",
		scope_fit: "yes",
		start: "2020-04-01",
		dependency: 0.8,
	});
	await d.link(BUYER, UNDECIDED, { continuity: false, system_access: false });
	await d.link(BUYER, ENDED, { confidential: true, end: "2028-01-31" });
	await d.link(DIRECT, DEEP, { required_level: 3, dependency: 0.5, disclosure: "upstream" });
	await d.link(DIRECT, HIDDEN, { required_level: 3, disclosure: "anonymous" });
	await d.cert(DIRECT, "main", {
		level: 4,
		issued: "2027-04-01",
		expires: "2030-03-31",
		scope: "entity",
		evidence: "word",
		registration_no: "SCS4-9999001",
		self_assessments: ["2028-03-20"],
	});
	await d.cert(DIRECT, "old", { level: 3, issued: "2026-04-01", expires: "2027-03-31", evidence: "registry" });
	await d.targets(BUYER, { depth: 3, own_level: 4 });
}

const skip = noBrowser;
describe("one supplier", { skip: noBrowser }, () => {
	let d;
	let browser;
	let procurer;
	before(async () => {
		d = await Daemon.start({ clock: CLOCK });
		await world(d);
		procurer = await d.as("procurer", BUYER);
		browser = await launch();
	});
	after(async () => {
		await browser?.close();
		await d?.stop();
	});

	async function show(token, id, options) {
		const to = encodeURIComponent(`/buyers/${BUYER}/suppliers/${id}`);
		const opened = await open(browser, `${d.url}/#token=${token}&to=${to}`, options);
		await opened.page.locator("h1").waitFor();
		return opened;
	}
	const link = () => d.get(`/v1/orgs/${BUYER}/suppliers/${DIRECT}`).then((r) => r.body);
	/* A record that is not there is asked for and answered 404: the browser says so. */
	const real = (complaints) => complaints.filter((text) => !text.includes("404"));

	for (const [locale, colorScheme] of [["ja-JP", "light"], ["en-GB", "dark"]])
		test(`is sound in ${locale}, ${colorScheme}, also at 320 px and in its dialogs`, async (t) => {
			const { page, complaints, close } = await show(procurer.token, DIRECT, { locale, colorScheme });
			await page.locator(".supplier-clauses").waitFor();
			await page.locator("section details summary").first().click();
			await axeSound(t, page, "page");
			await page.locator(".supplier-clauses button").nth(3).click();
			await page.locator("#clause-status").waitFor();
			await page.locator("#clause-notify_within_hours").waitFor();
			await axeSound(t, page, "clause");
			await narrow(page, "clause");
			await page.keyboard.press("Escape");
			await narrow(page, "page");
			await axeSound(t, page, "at 320 px");
			assert.deepEqual(complaints, []);
			await close();
		});

	test("says how it stands, why, and since when; the drawing has a table twin", async () => {
		const { page, complaints, close } = await show(procurer.token, DIRECT);
		assert.match(await page.locator(".supplier-facts").innerText(), /未確認/);
		await page.locator(".supplier-path").getByText("株式会社桐野精機").waitFor();
		assert.match(await page.locator(".supplier-path").innerText(), /みなと総合機器株式会社[^]*80%[^]*株式会社桐野精機/);
		assert.match(await page.title(), /^株式会社桐野精機 — /);
		assert.equal(await page.locator("svg.supplier-timeline .supplier-tl-today").count(), 1);
		await page.getByText("推移を表で見る").click();
		const told = await page.locator("section details tbody tr").allInnerTexts();
		assert.deepEqual(
			told.map((row) => row.split(/\s*[\t\n]\s*/).join("|")),
			[
				"2026/04/01|登録の開始|★3 old|★3",
				"2027/03/31|有効期限の満了|★3 old|★4",
				"2027/04/01|登録の開始|★4 SCS4-9999001|★4",
				"2028/03/20|年次自己評価|★4 SCS4-9999001|★4",
				"2030/03/31|有効期限の満了|★4 SCS4-9999001|なし",
			],
		);
		await page.locator("#supplier-contacts").waitFor();
		assert.deepEqual(complaints, []);
		await close();
	});

	test("evidence that was seen confirms it, at once; whoever may takes it back", async () => {
		const { page, complaints, close } = await show(d.token, DIRECT);
		await page.locator(".live-open").waitFor();
		await page.getByRole("button", { name: "写しで確認した" }).click();
		await page.locator(".supplier-facts .seg-met").waitFor({ timeout: 2000 });
		assert.equal(await page.getByRole("button", { name: "写しで確認した" }).count(), 0);
		assert.notEqual(await page.evaluate(() => document.activeElement.tagName), "BODY");
		await page.getByRole("button", { name: "元に戻す" }).click();
		await page.locator(".supplier-facts .seg-unconfirmed").waitFor();
		assert.deepEqual(complaints, []);
		await close();
		/* A procurer confirms what others recorded, and changes no more of it. */
		const bound = await show(procurer.token, DIRECT);
		await bound.page.getByRole("button", { name: "登録 SCS4-9999001 の編集" }).click();
		await bound.page.locator("#cert-expires").fill("2031-03-31");
		await bound.page.getByRole("button", { name: "保存" }).click();
		await bound.page.getByText("この変更を行う権限がありません").waitFor();
		assert.equal(await bound.page.locator("#cert-expires").inputValue(), "2031-03-31");
		await bound.page.getByRole("button", { name: "キャンセル" }).click();
		await bound.page.getByRole("button", { name: "台帳で確認した" }).click();
		await bound.page.locator(".supplier-facts .seg-met").waitFor();
		assert.equal(await bound.page.getByRole("button", { name: "元に戻す" }).count(), 0);
		await bound.close();
	});

	test("a certificate that one has seen is recorded", async () => {
		const { page, close } = await show(procurer.token, UNDECIDED);
		await page.getByRole("button", { name: "確認した登録を記録" }).click();
		assert.equal(await page.locator("#cert-evidence").inputValue(), "word", "nobody has confirmed it yet");
		await page.locator("#cert-evidence").selectOption("registry");
		await page.locator("#cert-level").selectOption("3");
		await page.locator("#cert-issued").fill("2028-02-01");
		await page.locator("#cert-expires").fill("2028-01-01");
		await page.getByRole("button", { name: "保存" }).click();
		await page.locator("dialog .field-error").waitFor();
		await page.locator("#cert-expires").fill("2029-01-31");
		await page.getByRole("button", { name: "保存" }).click();
		await page.getByText("登録を記録しました。").waitFor();
		const { body } = await d.get(`/v1/orgs/${UNDECIDED}/certificates`);
		assert.deepEqual(body.items.map((c) => [c.level, c.evidence, c.expires]), [[3, "registry", "2029-01-31"]]);
		await close();
	});

	test("what is undecided is a question with one thing to do", async () => {
		const { page, close } = await show(procurer.token, UNDECIDED);
		await page.getByRole("button", { name: "Q1〜Q3に回答する" }).click();
		await page.locator("#link-confidential").selectOption("false");
		await page.getByRole("button", { name: "保存" }).click();
		await page.getByText("取引関係を保存しました。").waitFor();
		await page.locator(".supplier-next").waitFor({ state: "detached" });
		const { body } = await d.get(`/v1/orgs/${BUYER}/suppliers/${UNDECIDED}`);
		assert.equal(body.confidential, false);
		await close();
	});

	test("the link is edited: refusals beside their fields, and nobody's change is written over", async () => {
		const { page, close } = await show(procurer.token, DIRECT);
		await page.locator(".supplier-panel-head button").click();
		await page.locator("#link-dependency").fill("7");
		await page.getByRole("button", { name: "保存" }).click();
		await page.locator("#link-dependency-error").waitFor();
		assert.equal(await page.locator("#link-dependency").getAttribute("aria-invalid"), "true");
		await page.locator("#link-dependency").fill("0.7");
		await page.locator("#link-note").fill("書きかけ");
		/* Somebody else, meanwhile; the page reads anew behind the dialog, which keeps what was typed. */
		await d.must("PATCH", `/v1/orgs/${BUYER}/suppliers/${DIRECT}`, { owner: "高橋" });
		await page.locator("dl").getByText("高橋").waitFor({ state: "attached" });
		assert.equal(await page.locator("#link-note").inputValue(), "書きかけ");
		await page.getByRole("button", { name: "保存" }).click();
		await page.getByText("編集中に、ほかの人がこの記録を変更しました").waitFor();
		assert.equal(await page.locator("#link-owner").inputValue(), "高橋");
		assert.equal(await page.locator("#link-note").inputValue(), "書きかけ");
		await page.getByRole("button", { name: "保存" }).click();
		await page.getByText("取引関係を保存しました。").waitFor();
		const { owner, note, dependency } = await link();
		assert.deepEqual({ owner, note, dependency }, { owner: "高橋", note: "書きかけ", dependency: 0.7 });
		await close();
	});

	test("a level below the rules is an exception with its reason, plainly", async () => {
		await d.must("PATCH", `/v1/orgs/${BUYER}/suppliers/${DIRECT}`, { required_level: 3, reason: "切替えまでの経過措置", until: "2028-12-31" });
		const { page, close } = await show(procurer.token, DIRECT);
		const told = await page.locator(".supplier-exception").innerText();
		assert.match(told, /規則より低い ★3[^]*2028\/12\/31[^]*切替えまでの経過措置/);
		await d.must("PATCH", `/v1/orgs/${BUYER}/suppliers/${DIRECT}`, { required_level: null, reason: null, until: null });
		await page.locator(".supplier-exception").waitFor({ state: "detached" });
		await close();
	});

	test("a clause is agreed, with contacts and duties", async () => {
		const { page, close } = await show(procurer.token, DIRECT);
		const row = page.locator(".supplier-clauses tbody tr", { hasText: "2-1-4" });
		await row.getByText("▲ 不備", { exact: true }).waitFor();
		await page.getByRole("button", { name: "条項 2-1-4 を編集" }).click();
		await page.locator("#clause-status").selectOption("agreed");
		await page.getByRole("button", { name: "保存" }).click();
		await page.locator("#clause-agreed_on-error").waitFor();
		await page.locator("#clause-agreed_on").fill("2028-03-01");
		await page.locator("#clause-notify_within_hours").fill("24");
		await page.locator("#clause-duties_supplier").fill("直ちに知らせる");
		await page.getByRole("button", { name: "連絡先を追加" }).click();
		await page.locator("#clause-contacts-0-email").fill("no address");
		await page.getByRole("button", { name: "保存" }).click();
		await page.locator("#clause-contacts-0-email-error").waitFor();
		await page.locator("#clause-contacts-0-email").fill("csirt@example.jp");
		await page.locator("#clause-contacts-0-side").selectOption("supplier");
		await page.getByRole("button", { name: "保存" }).click();
		await page.getByText("条項 2-1-4 を保存しました。").waitFor();
		await row.getByText("不備なし").waitFor();
		await row.getByText("合意日が取引の開始日より後").waitFor();
		const { body } = await d.get(`/v1/orgs/${BUYER}/suppliers/${DIRECT}/clauses/2-1-4`);
		assert.deepEqual(body.contacts, [{ side: "supplier", email: "csirt@example.jp" }]);
		assert.deepEqual(body.duties, { supplier: "直ちに知らせる" });
		assert.equal(body.notify_within_hours, 24);
		await close();
	});

	test("clauses that cannot be determined are questions", async () => {
		const fresh = fictional(72010);
		await d.org(fresh, { name: "株式会社未回答" });
		await d.link(BUYER, fresh, {});
		const { page, close } = await show(procurer.token, fresh);
		const row = page.locator(".supplier-clauses tbody tr", { hasText: "2-1-2" });
		await row.getByText("要否を判定できない").waitFor();
		await close();
	});

	test("who changed what when is told", async () => {
		await d.must("PATCH", `/v1/orgs/${BUYER}/suppliers/${DIRECT}`, { due: "2028-09-30" });
		const { page, complaints, close } = await show(procurer.token, DIRECT);
		await page.getByText("いつ誰が何を変更したかを表示").click();
		await page.locator(".supplier-version").first().getByText("対応期限").waitFor();
		assert.match(await page.locator(".supplier-version").first().innerText(), /取引関係 を変更[^]*対応期限: 2028\/09\/30/);
		assert.deepEqual(complaints, []);
		await close();
	});

	test("further down shows what may be seen, and a hidden one nothing more", async () => {
		const deep = await show(procurer.token, DEEP);
		await deep.page.getByText("直接の取引先ではないため").waitFor();
		await deep.page.locator(".supplier-path").getByText("有限会社若宮鍍金").waitFor();
		assert.equal(await deep.page.locator("#supplier-link").count(), 0);
		assert.deepEqual(real(deep.complaints), []);
		await deep.close();
		const { body } = await procurer.get(`/v1/orgs/${BUYER}/chain?tier=2`);
		const shown = body.items.map((item) => item.supplier).find((id) => id.startsWith("XX-ANON-"));
		const { page, complaints, close } = await show(procurer.token, shown);
		await page.locator(".supplier-facts").waitFor();
		await page.locator(".supplier-path").getByText("株式会社桐野精機").waitFor();
		const text = await page.locator("main").innerText();
		assert.ok(text.includes("非公開の取引先") && !text.includes("秘匿電子") && !text.includes(HIDDEN));
		assert.equal(await page.locator("main button").count(), 0);
		assert.deepEqual(complaints, []);
		await close();
	});

	test("a relation that is over keeps its clauses; who only reads has no buttons", async () => {
		const { page, complaints, close } = await show((await d.as("auditor", BUYER)).token, ENDED);
		await page.getByText("現在この発注者のつながりの中にありません").waitFor();
		await page.locator(".supplier-clauses tbody tr", { hasText: "2-1-5" }).getByText("▲ 不備", { exact: true }).waitFor();
		assert.equal(await page.locator("main button").count(), 0);
		assert.deepEqual(real(complaints), []);
		await close();
	});
});
