// The pages and whoever reads them: logging in and out, languages, roles, a server that is away, and figures that
// follow the daemon by themselves.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeSound, CLOCK, goTo, launch, narrow, noBrowser, open as openIn, settled } from "./browser.mjs";
import { Daemon, fictional } from "./daemon.mjs";

const [BUYER, SUPPLIER, DEEPER, HIDDEN] = [1, 2, 3, 4].map(fictional);

async function smallWorld(d) {
	await d.org(BUYER, { name: "みなと総合機器株式会社", name_en: "Minato General Instruments" });
	await d.org(SUPPLIER, { name: "株式会社桐野精機" });
	await d.org(DEEPER, { name: "有限会社若宮鍍金" });
	const answers = { confidential: true, continuity: false, system_access: false, annual_spend: 120000000 };
	await d.link(BUYER, SUPPLIER, { ...answers, disclosure: "upstream", scope_fit: "yes" });
	await d.link(SUPPLIER, DEEPER, { required_level: 3, disclosure: "upstream" });
	const valid = { issued: "2028-01-10", scope: "entity", evidence: "registry" };
	await d.cert(SUPPLIER, "main", { ...valid, level: 4, expires: "2031-01-09" });
	await d.cert(DEEPER, "main", { ...valid, level: 3, expires: "2029-01-09" });
	await d.targets(BUYER, { depth: 3 });
	await d.org(HIDDEN, { name: "秘匿電子株式会社", shown_to_suppliers: false });
	await d.link(HIDDEN, DEEPER, { required_level: 4, due: "2028-09-30", planned_on: "2028-08-01" });
}

const figure = (page, name) => page.locator(`[data-figure="${name}"]`).innerText();

// Waits until the figure reads as wanted.
const follows = (page, name, wanted, mostMs) =>
	page.waitForFunction(
		([key, text]) => document.querySelector(`[data-figure="${key}"]`)?.textContent === text,
		[name, wanted],
		{ timeout: mostMs, polling: 20 },
	);

const refused = (text) => text.includes("401");

describe("the pages", { skip: noBrowser }, () => {
	let browser;
	let d;
	before(async () => {
		browser = await launch();
		d = await Daemon.start({ clock: CLOCK });
		await smallWorld(d);
	});
	after(async () => {
		await browser?.close();
		if (d) assert.equal((await d.stop()).code, 0);
	});
	const open = (hash = "", options = {}) => openIn(browser, d.url + hash, options);
	const buyers = (page) => page.locator(".buyers a");
	const loggedIn = async (to = "", options = {}) => {
		const opened = await open(`/#token=${d.token}${to && `&to=${to}`}`, options);
		await settled(opened);
		return opened;
	};

	describe("logging in", () => {
		test("a token is typed in", async () => {
			const { page, complaints, close } = await open();
			await page.locator("#token").fill(d.token);
			await page.keyboard.press("Enter");
			await buyers(page).first().waitFor();
			assert.deepEqual(complaints, []);
			await close();
		});

		test("a token in the address is used and taken away", async () => {
			const { page, close } = await loggedIn();
			await buyers(page).first().waitFor();
			assert.ok(!page.url().includes("tw_"), page.url());
			await close();
		});

		test("a token in a link that is opened in an open tab is used and taken away", async () => {
			const { page, complaints, close } = await open();
			await page.locator("#token").waitFor();
			await page.getByText("管理者に発行を依頼してください").waitFor();
			const paste = (hash) =>
				page.evaluate((to) => {
					globalThis.sameDocument = true;
					location.hash = to;
					return new Promise((done) => addEventListener("hashchange", () => done(location.href), { once: true }));
				}, hash);
			assert.equal(await paste("#token=wrong"), `${d.url}/`, "gone within the same event");
			await page.getByRole("alert").getByText("受け付けられませんでした").waitFor();
			assert.equal(await paste(`#token=${d.token}&to=/buyers/${BUYER}`), `${d.url}/#/buyers/${BUYER}`);
			await page.locator("[data-figure=gap]").waitFor();
			assert.equal(await page.getByRole("alert").count(), 0);
			// refused while somebody is logged in: that is said, and they stay
			assert.equal(await paste("#token=wrong"), `${d.url}/`);
			await page.getByRole("alert").getByText("受け付けられませんでした").waitFor();
			await buyers(page).first().click();
			await page.locator("[data-figure=gap]").waitFor();
			assert.equal(await page.getByRole("alert").count(), 0);
			assert.equal(await page.evaluate(() => globalThis.sameDocument), true, "no reload");
			await page.goBack();
			await buyers(page).first().waitFor();
			assert.ok(!page.url().includes("token"), page.url());
			assert.deepEqual(complaints.filter((text) => !refused(text)), []);
			await close();
		});

		test("a token is kept nowhere; a reload stays logged in, a logout ends it", async () => {
			const { page, close } = await loggedIn();
			const kept = await page.evaluate(() =>
				[document.cookie, JSON.stringify(sessionStorage), JSON.stringify(localStorage)].join(),
			);
			assert.ok(!kept.includes(d.token) && !kept.includes("tw_"), kept);
			await page.reload();
			await buyers(page).first().waitFor();
			await page.getByRole("button", { name: "ログアウト" }).click();
			await page.locator("#token").waitFor();
			assert.equal(await page.getByRole("alert").count(), 0);
			await page.reload();
			await page.locator("#token").waitFor();
			await close();
		});

		test("a session that ended is said", async () => {
			const { page, close } = await loggedIn();
			await page.context().clearCookies();
			await buyers(page).first().click();
			await page.getByText("セッションが終了しました").waitFor();
			await close();
		});

		test("a company login that did not work is said", async (t) => {
			for (const [code, text] of [
				["no-role", "役割が割り当てられていません"],
				["provider-away", "認証サービスに接続できません"],
				["login-failed", "完了できませんでした"],
			]) {
				const { page, close } = await open(`/#login=${code}`);
				await page.getByRole("alert").getByText(text).waitFor();
				assert.ok(!page.url().includes("login="), page.url());
				await axeSound(t, page, code);
				await close();
			}
		});

		test("a refused token is said, and asked for again", async () => {
			const { page, close } = await open("/#token=wrong");
			await page.getByRole("alert").waitFor();
			await page.locator("#token").fill(d.token);
			await page.keyboard.press("Enter");
			await buyers(page).first().waitFor();
			await close();
		});
	});

	describe("the frame", () => {
		test("the language is switched and kept", async () => {
			const { page, close } = await loggedIn();
			await page.getByRole("button", { name: "English" }).click();
			await page.getByRole("heading", { name: "Choose a buyer" }).waitFor();
			await page.reload();
			await page.getByRole("heading", { name: "Choose a buyer" }).waitFor();
			assert.equal(await page.locator("html").getAttribute("lang"), "en");
			await close();
		});

		test("a server that is away is said, and the page recovers", async () => {
			const { page, close } = await loggedIn();
			await page.route("**/v1/**", (route) => route.abort());
			await buyers(page).first().click();
			await page.getByRole("alert").first().waitFor();
			await page.unroute("**/v1/**");
			await page.getByRole("button", { name: "再試行" }).first().click();
			await page.locator("[data-figure=gap]").waitFor();
			await close();
		});

		test("an address that leads nowhere is said", async (t) => {
			for (const to of ["/nothing", `/buyers/${BUYER}/nothing`, "/buyers/%E0%A4%A"]) {
				const opened = await loggedIn(encodeURIComponent(to));
				await opened.page.getByText("ページがありません").or(opened.page.locator("main a[href='#/']")).first().waitFor();
				await axeSound(t, opened.page, to);
				assert.deepEqual(opened.complaints, []);
				await opened.close();
			}
		});

		test("a change of page takes the keyboard with it", async () => {
			const opened = await loggedIn(`/buyers/${BUYER}`);
			await goTo(opened, `/buyers/${BUYER}/targets`);
			assert.equal(await opened.page.evaluate(() => document.activeElement.id), "main");
			await opened.close();
		});

		test("its files are under a strict policy and are not sent twice", async () => {
			const head = await fetch(d.url);
			assert.match(head.headers.get("content-security-policy"), /default-src 'none'.*script-src 'self'/);
			assert.doesNotMatch(head.headers.get("content-security-policy"), /unsafe/);
			const again = await fetch(d.url, { headers: { "If-None-Match": head.headers.get("etag") } });
			assert.equal(again.status, 304);
		});
	});

	describe("roles", () => {
		for (const locale of ["ja-JP", "en-GB"])
			test(`a supplier finds who asks what of it by when, in ${locale}`, async (t) => {
				const ja = locale === "ja-JP";
				const { token } = await d.as("supplier", ...(ja ? [DEEPER] : [DEEPER, SUPPLIER]));
				const { page, complaints, close } = await open(`/#token=${token}`, { locale });
				const rows = page.locator(`[aria-labelledby="own-${DEEPER}"] tbody tr`);
				await rows.nth(1).waitFor();
				const cells = async (i) => (await rows.nth(i).locator("th, td").allInnerTexts()).map((s) => s.trim());
				const [hidden, named] = [await cells(0), await cells(1)];
				assert.match(hidden[0], ja ? /^非公開の発注者\s*XX-ANON-/ : /^Undisclosed buyer\s*XX-ANON-/);
				assert.deepEqual([hidden[1], hidden[3]], ["★4", "★3"]);
				assert.match(hidden[2], /2028/);
				assert.equal(hidden[4], ja ? "▲ 未達" : "▲ Gap");
				assert.match(hidden[5], /2028/);
				assert.match(named[0], /株式会社桐野精機/);
				assert.equal(named[2], ja ? "期限なし" : "No date");
				assert.equal(named[4], ja ? "● 要求段階を保有" : "● Level held");
				assert.equal(await page.locator("main section").count(), ja ? 1 : 2);
				assert.ok(!(await page.locator("main").innerText()).includes("秘匿電子"), "the hidden buyer's name");
				await axeSound(t, page, "asked");
				await narrow(page, "asked");
				assert.deepEqual(complaints, []);
				await close();
			});

		test("what one may not see is said once; the header says who is logged in", async (t) => {
			const { token } = await d.as("supplier", DEEPER, SUPPLIER, BUYER);
			const { page, close } = await open(`/#token=${token}&to=/buyers/${BUYER}`);
			await page.getByRole("alert").first().waitFor();
			assert.equal((await page.getByRole("alert").first().innerText()).trim(), "この内容を見る権限がありません。");
			assert.equal(await page.getByRole("alert").getByRole("button").count(), 0);
			assert.equal(await page.locator(".live").count(), 0);
			assert.match(await page.locator(".caller").innerText(), /supplier-\d+\S* 取引先/);
			await axeSound(t, page, "forbidden");
			await page.getByRole("button", { name: "English" }).click();
			assert.match(await page.locator(".caller").innerText(), /supplier-\d+\S* supplier/);
			await narrow(page, "forbidden");
			await close();
		});

		for (const role of ["procurer", "auditor"])
			test(`role ${role} finds its own organisation, which has no targets`, async (t) => {
				const { token } = await d.as(role, SUPPLIER);
				const { page, complaints, close } = await open(`/#token=${token}`);
				await page.getByRole("heading", { name: "自社の一覧" }).waitFor();
				await buyers(page).first().waitFor();
				assert.deepEqual(await buyers(page).evaluateAll((all) => all.map((a) => a.hash)), [`#/buyers/${SUPPLIER}`]);
				assert.ok(!(await page.content()).includes("target set"));
				await axeSound(t, page, "own");
				await buyers(page).first().click();
				await page.locator("[data-figure=suppliers]").waitFor();
				assert.deepEqual(complaints, []);
				await close();
			});
	});

	describe("live", () => {
		test("a lapse shows within a second, without losing the place", async () => {
			const { page, complaints, close } = await loggedIn(`/buyers/${BUYER}`);
			await page.locator(".live-open").waitFor();
			assert.deepEqual([await figure(page, "met"), await figure(page, "gap")], ["2", "0"]);
			const more = page.locator("details summary").last();
			await more.click();
			const place = await page.evaluate(() => {
				globalThis.sameDocument = document.querySelector("details[open] summary");
				globalThis.sameDocument.scrollIntoView();
				return scrollY;
			});
			assert.ok(place > 0);
			await d.must("PATCH", `/v1/orgs/${SUPPLIER}/certificates/main`, { status: "revoked" });
			await follows(page, "gap", "1", 1000);
			assert.equal(await figure(page, "met"), "1");
			await page.locator(".changes li", { hasText: "株式会社桐野精機" }).waitFor();
			assert.equal(await page.evaluate(() => globalThis.sameDocument === document.activeElement), true, "focus");
			assert.equal(await page.locator("details[open]").count(), 1);
			assert.ok(Math.abs((await page.evaluate(() => scrollY)) - place) < 400, "the place");
			await page.locator("[aria-labelledby=next], main").getByText("株式会社桐野精機").first().waitFor();
			await d.must("PATCH", `/v1/orgs/${DEEPER}/certificates/main`, { status: "revoked" });
			await follows(page, "gap", "2", 1000);
			assert.deepEqual(complaints, []);
			await close();
		});

		test("what is half typed stays while the figures follow", async () => {
			const { page, close } = await loggedIn(`/buyers/${BUYER}/targets`);
			const field = page.locator("main input[type=date]:visible").last();
			await field.fill("2029-03-31");
			const answered = page.waitForResponse((r) => r.url().includes("/exposure") && r.ok());
			await d.link(BUYER, DEEPER, { required_level: 4 });
			await answered;
			assert.equal(await field.inputValue(), "2029-03-31");
			await close();
		});
	});
});
