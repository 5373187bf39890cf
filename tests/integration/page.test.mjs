/*
 * The first page in a real browser: strict content security policy, no console errors, axe without a
 * finding in both languages and both themes, nothing wider than 320 px, and figures that follow the
 * daemon by themselves. The parts about the page alone run against the stand-in in web/mock; with
 * TIERWATCHD=path/to/tierwatchd the last part runs against the real daemon.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const fromWeb = createRequire(join(ROOT, "web/package.json"));
const { chromium } = fromWeb("playwright-core");
const AXE = readFileSync(fromWeb.resolve("axe-core/axe.min.js"), "utf8");
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const ARGS = [
	"--headless",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];
const skip = existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}`;

let browser;
before(async () => {
	if (!skip) browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
});
after(() => browser?.close());

/* A fresh page whose console and failures are kept. */
async function open(url, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "ja-JP", ...options });
	const page = await context.newPage();
	const complaints = [];
	page.on("console", (message) => {
		if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
	});
	page.on("pageerror", (error) => complaints.push(String(error)));
	await page.goto(url);
	return { page, complaints, close: () => context.close() };
}

async function axe(page) {
	await page.evaluate(AXE);
	const found = await page.evaluate(() =>
		globalThis.axe.run(document, {
			runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
		}),
	);
	assert.ok(found.passes.length > 10, "axe looked at the page");
	return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}

const figure = (page, name) => page.locator(`[data-figure="${name}"]`).innerText();

/* Waits until the figure reads as wanted and answers how long that took. */
async function follows(page, name, wanted, mostMs) {
	const from = performance.now();
	await page.waitForFunction(
		([key, text]) => document.querySelector(`[data-figure="${key}"]`)?.textContent === text,
		[name, wanted],
		{ timeout: mostMs, polling: 20 },
	);
	return performance.now() - from;
}

describe("first page on the stand-in", { skip }, () => {
	const BUYER = "/buyers/JP-JCN-9999900000001";
	let mock;
	let base;
	before(async () => {
		assert.ok(existsSync(join(ROOT, "web/dist/index.html")), "web/dist is built");
		const { start } = await import(join(ROOT, "web/mock/server.mjs"));
		mock = await start();
		base = `http://127.0.0.1:${mock.address().port}`;
	});
	after(() => {
		mock?.close();
		mock?.closeAllConnections();
	});

	for (const locale of ["ja-JP", "en-GB"])
		for (const colorScheme of ["light", "dark"])
			test(`every page is sound in ${locale}, ${colorScheme}`, async () => {
				const { page, complaints, close } = await open(base, { locale, colorScheme });
				assert.equal(await page.locator("html").getAttribute("lang"), locale.slice(0, 2));
				assert.deepEqual(await axe(page), [], "token page");
				await page.locator("#token").fill("mock");
				await page.keyboard.press("Enter");
				await page.locator(".buyers a").first().waitFor();
				assert.deepEqual(await axe(page), [], "buyers");
				await page.locator(".buyers a").first().click();
				await page.locator("table.gaps tbody tr").first().waitFor();
				await page.locator("details summary").click();
				assert.deepEqual(await axe(page), [], "one buyer");
				assert.deepEqual(complaints, []);
				await close();
			});

	test("nothing is wider than 320 px", async () => {
		const { page, close } = await open(`${base}/#token=mock&to=${BUYER}`, { viewport: { width: 320, height: 800 } });
		await page.locator("table.gaps tbody tr").first().waitFor();
		assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
		assert.deepEqual(await axe(page), []);
		await close();
	});

	test("a token in the address is used and taken away", async () => {
		const { page, close } = await open(`${base}/#token=mock`);
		await page.locator(".buyers a").first().waitFor();
		assert.ok(!page.url().includes("mock"), page.url());
		await close();
	});

	test("a token in a link that is opened in an open tab is used and taken away", async () => {
		const { page, complaints, close } = await open(base);
		await page.locator("#token").waitFor();
		await page.getByText("管理者に発行を依頼してください").waitFor();
		const paste = (hash) =>
			page.evaluate((to) => {
				globalThis.sameDocument = true;
				location.hash = to;
				return new Promise((done) => addEventListener("hashchange", () => done(location.href), { once: true }));
			}, hash);
		assert.equal(await paste("#token=wrong"), `${base}/`, "gone within the same event");
		await page.getByRole("alert").getByText("受け付けられませんでした").waitFor();
		assert.equal(await paste(`#token=mock&to=${BUYER}`), `${base}/#${BUYER}`);
		await page.locator("table.gaps tbody tr").first().waitFor();
		assert.equal(await page.getByRole("alert").count(), 0);
		/* Refused while somebody is logged in: that is said, and they stay. */
		assert.equal(await paste("#token=wrong"), `${base}/`);
		await page.getByRole("alert").getByText("受け付けられませんでした").waitFor();
		await page.locator(".buyers a").first().click();
		await page.locator("table.gaps tbody tr").first().waitFor();
		assert.equal(await page.getByRole("alert").count(), 0);
		assert.equal(await page.evaluate(() => globalThis.sameDocument), true, "no reload");
		await page.goBack();
		await page.locator(".buyers a").first().waitFor();
		assert.ok(!page.url().includes("token"), page.url());
		assert.deepEqual(complaints.filter((text) => !text.includes("401")), []);
		await close();
	});

	test("a token is kept nowhere; a reload stays logged in, a logout ends it", async () => {
		const { page, close } = await open(`${base}/#token=mock`);
		await page.locator(".buyers a").first().waitFor();
		const kept = await page.evaluate(() => [document.cookie, JSON.stringify(sessionStorage), JSON.stringify(localStorage)].join());
		assert.ok(!kept.includes("mock"), kept);
		await page.reload();
		await page.locator(".buyers a").first().waitFor();
		await page.getByRole("button", { name: "ログアウト" }).click();
		await page.locator("#token").waitFor();
		assert.equal(await page.getByRole("alert").count(), 0);
		await page.reload();
		await page.locator("#token").waitFor();
		await close();
	});

	test("a session that ended is said", async () => {
		const { page, close } = await open(`${base}/#token=mock`);
		await page.locator(".buyers a").first().waitFor();
		await page.context().clearCookies();
		await page.locator(".buyers a").first().click();
		await page.getByText("セッションが終了しました").waitFor();
		await close();
	});

	test("a company login that did not work is said", async () => {
		for (const [code, text] of [
			["no-role", "役割が割り当てられていません"],
			["provider-away", "認証サービスに接続できません"],
			["login-failed", "完了できませんでした"],
		]) {
			const { page, close } = await open(`${base}/#login=${code}`);
			await page.getByRole("alert").getByText(text).waitFor();
			assert.ok(!page.url().includes("login="), page.url());
			assert.deepEqual(await axe(page), []);
			await close();
		}
	});

	test("a refused token is said, and asked for again", async () => {
		const { page, close } = await open(`${base}/#token=wrong`);
		await page.getByRole("alert").waitFor();
		await page.locator("#token").fill("mock");
		await page.keyboard.press("Enter");
		await page.locator(".buyers a").first().waitFor();
		await close();
	});

	test("the language is switched and kept", async () => {
		const { page, close } = await open(`${base}/#token=mock`);
		await page.getByRole("button", { name: "English" }).click();
		await page.getByRole("heading", { name: "Choose a buyer" }).waitFor();
		await page.reload();
		await page.getByRole("heading", { name: "Choose a buyer" }).waitFor();
		await close();
	});

	test("filters narrow the gaps and more rows come on demand", async () => {
		const { page, close } = await open(`${base}/#token=mock&to=${BUYER}`);
		const rows = page.locator("table.gaps tbody tr");
		await rows.first().waitFor();
		assert.equal(await rows.count(), 50);
		await page.getByRole("button", { name: "続きを表示" }).click();
		await page.waitForFunction(() => document.querySelectorAll("table.gaps tbody tr").length > 50);
		await page.locator("#gap-tier").selectOption("1");
		await page.waitForFunction(() =>
			[...document.querySelectorAll("table.gaps td.tier")].every((cell) => cell.textContent === "1"),
		);
		await close();
	});

	test("a lapse shows within a second, without losing the place", async () => {
		const { page, complaints, close } = await open(`${base}/#token=mock&to=${BUYER}`);
		await page.locator(".live-open").waitFor();
		const before = Number(await figure(page, "gap"));
		await page.evaluate(() => document.querySelector("#gaps").scrollIntoView());
		await page.locator("#gap-kind").focus();
		await fetch(`${base}/mock/lapse`, { method: "POST" });
		await follows(page, "gap", String(before + 1), 1000);
		assert.equal(await page.evaluate(() => document.activeElement.id), "gap-kind");
		await page.locator(".changes li").first().waitFor();
		assert.deepEqual(complaints, []);
		await close();
	});

	test("a server that is away is said, and the page recovers", async () => {
		const { page, close } = await open(`${base}/#token=mock`);
		await page.locator(".buyers a").first().waitFor();
		await page.route("**/v1/**", (route) => route.abort());
		await page.locator(".buyers a").first().click();
		await page.getByRole("alert").waitFor();
		await page.unroute("**/v1/**");
		await page.getByRole("button", { name: "再試行" }).click();
		await page.locator("table.gaps tbody tr").first().waitFor();
		await close();
	});
});

/* ── the real daemon ─────────────────────────────────────────────── */

const DAEMON = process.env.TIERWATCHD;
const CLOCK = "2028-04-03T01:00:00Z";
const BUYER = corporate("999900010001");
const SUPPLIER = corporate("999900010002");
const HIDDEN = corporate("999900010004");
const DEEPER = corporate("999900010003");

function corporate(base) {
	const sum = [...base].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 2), 0);
	return `JP-JCN-${9 - (sum % 9)}${base}`;
}

class Daemon {
	constructor() {
		this.dir = mkdtempSync(join(tmpdir(), "tierwatch-page-"));
	}

	async start() {
		const args = ["--data", this.dir, "--listen", "127.0.0.1:0", "--clock", CLOCK];
		this.child = spawn(DAEMON, args, { stdio: ["ignore", "ignore", "pipe"] });
		this.base = await new Promise((ready, failed) => {
			let text = "";
			this.child.on("exit", (code) => failed(new Error(`tierwatchd ended with ${code}: ${text}`)));
			this.child.stderr.on("data", (piece) => {
				text += piece;
				const match = /listening on (http:\/\/\S+)/.exec(text);
				if (match) ready(match[1]);
			});
		});
		this.token = readFileSync(join(this.dir, "admin.token"), "utf8").trim();
	}

	async put(path, body, method = "PUT") {
		const response = await fetch(`${this.base}/v1/orgs/${path}`, {
			method,
			headers: {
				Authorization: `Bearer ${this.token}`,
				"Content-Type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
			},
			body: JSON.stringify(body),
		});
		assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.text()}`);
	}

	/* The text of a new token for a caller bound to organisations. */
	async bound(role, orgs) {
		const response = await fetch(`${this.base}/v1/tokens`, {
			method: "POST",
			headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
			body: JSON.stringify({ name: `${role}-${orgs.length}`, role, orgs, expires_at: "2028-12-31" }),
		});
		assert.equal(response.status, 201, await response.clone().text());
		return (await response.json()).token;
	}

	async stop() {
		const ended = new Promise((done) => this.child.on("exit", done));
		this.child.kill("SIGTERM");
		const code = await ended;
		rmSync(this.dir, { recursive: true, force: true });
		return code;
	}
}

async function smallWorld(daemon) {
	await daemon.put(BUYER, { name: "みなと総合機器株式会社", kind: "entity" });
	await daemon.put(SUPPLIER, { name: "株式会社桐野精機", kind: "entity" });
	await daemon.put(DEEPER, { name: "有限会社若宮鍍金", kind: "entity" });
	const answers = { confidential: true, continuity: false, system_access: false, annual_spend: 120000000 };
	await daemon.put(`${BUYER}/suppliers/${SUPPLIER}`, { ...answers, disclosure: "upstream", scope_fit: "yes" });
	await daemon.put(`${SUPPLIER}/suppliers/${DEEPER}`, { required_level: 3, disclosure: "upstream" });
	for (const [id, level] of [
		[SUPPLIER, 4],
		[DEEPER, 3],
	])
		await daemon.put(`${id}/certificates/main`, {
			scheme: "scs",
			level,
			issued: "2028-01-10",
			expires: level === 4 ? "2031-01-09" : "2029-01-09",
			scope: "entity",
			evidence: "registry",
		});
	await daemon.put(`${BUYER}/targets`, { depth: 3 });
	await daemon.put(HIDDEN, { name: "秘匿電子株式会社", kind: "entity", shown_to_suppliers: false });
	await daemon.put(`${HIDDEN}/suppliers/${DEEPER}`, { required_level: 4, due: "2028-09-30", planned_on: "2028-08-01" });
}

describe("first page on the daemon", { skip: skip || (DAEMON ? false : "TIERWATCHD is not set") }, () => {
	let daemon;
	before(async () => {
		daemon = new Daemon();
		await daemon.start();
		await smallWorld(daemon);
	});
	after(async () => {
		if (daemon?.child) assert.equal(await daemon.stop(), 0);
	});

	for (const locale of ["ja-JP", "en-GB"])
		test(`a supplier finds who asks what of it by when, in ${locale}`, async () => {
			const ja = locale === "ja-JP";
			const token = await daemon.bound("supplier", ja ? [DEEPER] : [DEEPER, SUPPLIER]);
			const { page, complaints, close } = await open(`${daemon.base}/#token=${token}`, { locale });
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
			assert.deepEqual(await axe(page), []);
			await page.setViewportSize({ width: 320, height: 800 });
			assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
			assert.deepEqual(complaints, []);
			await close();
		});

	test("what one may not see is said once; the header says who is logged in", async () => {
		const token = await daemon.bound("supplier", [DEEPER, SUPPLIER, BUYER]);
		const { page, close } = await open(`${daemon.base}/#token=${token}&to=/buyers/${BUYER}`);
		await page.getByRole("alert").waitFor();
		assert.equal((await page.getByRole("alert").innerText()).trim(), "この内容を見る権限がありません。");
		assert.equal(await page.getByRole("alert").getByRole("button").count(), 0);
		assert.equal(await page.locator(".live").count(), 0);
		assert.match(await page.locator(".caller").innerText(), /supplier-3\S* 取引先/);
		assert.deepEqual(await axe(page), []);
		await page.getByRole("button", { name: "English" }).click();
		assert.match(await page.locator(".caller").innerText(), /supplier-3\S* supplier/);
		await page.setViewportSize({ width: 320, height: 800 });
		assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
		await close();
	});

	for (const role of ["procurer", "auditor"])
		test(`role ${role} finds its own organisation, which has no targets`, async () => {
			const token = await daemon.bound(role, [SUPPLIER]);
			const { page, complaints, close } = await open(`${daemon.base}/#token=${token}`);
			await page.getByRole("heading", { name: "自社の一覧" }).waitFor();
			const links = page.locator(".buyers a");
			await links.first().waitFor();
			assert.deepEqual(await links.evaluateAll((all) => all.map((a) => a.hash)), [`#/buyers/${SUPPLIER}`]);
			assert.ok(!(await page.content()).includes("target set"));
			assert.deepEqual(await axe(page), []);
			await links.first().click();
			await page.locator("table.tiers").waitFor();
			assert.deepEqual(complaints, []);
			await close();
		});

	test("a revoked certificate changes the figures within a second", async () => {
		const { page, complaints, close } = await open(`${daemon.base}/#token=${daemon.token}`);
		await page.locator(".buyers a", { hasText: "みなと総合機器" }).click();
		await page.locator(".live-open").waitFor();
		assert.equal(await figure(page, "met"), "2");
		assert.equal(await figure(page, "gap"), "0");
		await page.evaluate(() => {
			globalThis.sameDocument = true;
		});
		await daemon.put(`${SUPPLIER}/certificates/main`, { status: "revoked" }, "PATCH");
		await follows(page, "gap", "1", 1000);
		assert.equal(await figure(page, "met"), "1");
		await page.locator("table.gaps", { hasText: "株式会社桐野精機" }).waitFor();
		await page.locator(".changes li", { hasText: "株式会社桐野精機" }).waitFor();
		assert.equal(await page.evaluate(() => globalThis.sameDocument), true, "no reload");
		await daemon.put(`${DEEPER}/certificates/main`, { status: "revoked" }, "PATCH");
		await follows(page, "gap", "2", 1000);
		const path = page.locator("table.gaps tbody tr", { hasText: "有限会社若宮鍍金" }).locator(".path");
		await path.getByText("株式会社桐野精機").waitFor();
		assert.deepEqual(complaints, []);
		await close();
	});

	test("the daemon's own files hold under axe and its policy", async () => {
		const head = await fetch(daemon.base);
		assert.match(head.headers.get("content-security-policy"), /default-src 'none'.*script-src 'self'/);
		const again = await fetch(daemon.base, { headers: { "If-None-Match": head.headers.get("etag") } });
		assert.equal(again.status, 304);
		const { page, complaints, close } = await open(`${daemon.base}/#token=${daemon.token}&to=/buyers/${BUYER}`);
		await page.locator("table.tiers").waitFor();
		assert.deepEqual(await axe(page), []);
		assert.deepEqual(complaints, []);
		await close();
	});
});
