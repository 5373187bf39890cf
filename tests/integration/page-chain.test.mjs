// The chain as a picture, in a browser: counts that open, places that stay, paths, the keyboard, the table, files.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Daemon, fictional, root } from "./daemon.mjs";

const fromWeb = createRequire(join(root, "web/package.json"));
const { chromium } = fromWeb("playwright-core");
const AXE = readFileSync(fromWeb.resolve("axe-core/axe.min.js"), "utf8");
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}`;

const MANY = 215;
const [P, A, B, C, HIDDEN, D, LONG] = [1, 2, 3, 4, 5, 6, 7].map((n) => fictional(7700 + n));
const many = Array.from({ length: MANY }, (_, i) => fictional(8000 + i));
const HOSTILE = '<img src=x onerror="document.title=1">&]]>';

let d;
let token;
let browser;
before(async () => {
	if (skip) return;
	d = await Daemon.start();
	const names = { [P]: "みなと総合機器株式会社", [A]: "株式会社桐野精機", [B]: "有限会社若宮鍍金", [C]: "合同会社朝凪化成", [HIDDEN]: "秘匿電子株式会社", [D]: HOSTILE, [LONG]: "長".repeat(170) };
	for (const [id, name] of Object.entries(names)) await d.org(id, { name });
	const star = (id, level) => d.cert(id, "main", { level, issued: "2027-01-10", expires: "2029-12-31", scope: "entity", evidence: "registry" });
	await d.targets(P, { depth: 3, rules: [], tiers: { 2: 3 } });
	const asked = { required_level: 3, disclosure: "upstream", scope_fit: "yes" };
	await d.link(P, A, { ...asked, dependency: 0.8 });
	await d.link(P, B, { ...asked, dependency: 0.5 });
	await d.link(A, C, { ...asked, dependency: 0.5 });
	await d.link(A, HIDDEN, { ...asked, disclosure: "anonymous", dependency: 0.25 });
	await d.link(B, D, { ...asked, dependency: 0.1 });
	await d.link(B, C, { ...asked, dependency: 0.1 });
	await d.link(B, LONG, asked);
	for (const id of [A, C]) await star(id, 3);
	for (let i = 0; i < MANY; i += 20)
		await Promise.all(
			many.slice(i, i + 20).map(async (id, k) => {
				await d.org(id, { name: `株式会社浜${i + k}製作所` });
				await d.link(P, id, { ...asked, dependency: 0.3 });
				await star(id, 3);
			}),
		);
	token = (await d.as("procurer", P)).token;
	browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
});
after(async () => {
	await browser?.close();
	if (d) assert.equal((await d.stop()).code, 0);
});

async function open(query = "", options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "ja-JP", acceptDownloads: true, ...options });
	const page = await context.newPage();
	const complaints = [];
	page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
	page.on("pageerror", (error) => complaints.push(String(error)));
	await page.goto(`${d.url}/#token=${token}&to=${encodeURIComponent(`/buyers/${P}/chain${query}`)}`);
	await page.locator(".chain").waitFor();
	const close = async () => {
		assert.deepEqual(complaints, []);
		await context.close();
	};
	return { page, close };
}

const thing = (page, key) => page.locator(`[data-key="${key}"]`);
const place = (page, key) =>
	thing(page, key).evaluate((g) => {
		const { x, y } = g.getBBox();
		return `${Math.round(x)},${Math.round(y)}`;
	});
const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute("data-key"));
const asked = (page, name) => new URLSearchParams(page.url().split("?")[1]).get(name);

async function axe(page) {
	await page.evaluate(AXE);
	const found = await page.evaluate(() =>
		globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
	);
	assert.ok(found.passes.length > 10);
	return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}

test("counts open into suppliers, and nobody moves when others open", { skip }, async () => {
	const { page, close } = await open();
	await page.getByRole("button", { name: `第1階層、充足、${MANY + 1} 社` }).click();
	await thing(page, A).waitFor();
	assert.equal(await page.locator(".chain-thing-node").count(), 20);
	await page.getByRole("button", { name: `第1階層・充足、ほか ${MANY + 1 - 20} 社` }).waitFor();
	const was = await place(page, A);
	await page.getByRole("button", { name: "第1階層、未達、1 社" }).click();
	await thing(page, B).waitFor();
	assert.equal(await place(page, A), was);
	const b = await place(page, B);
	/* The next page is behind the first one: B is below, and stays. */
	await page.getByRole("button", { name: /第1階層・充足、ほか/ }).click();
	await page.waitForFunction(() => document.querySelectorAll(".chain-thing-node").length === 41);
	assert.deepEqual([await place(page, A), await place(page, B)], [was, b]);
	assert.equal(asked(page, "open"), "1-met*1-gap*1-met-20");
	await page.getByRole("button", { name: `第1階層・充足、ほか ${MANY + 1 - 40} 社` }).waitFor();
	await page.getByRole("button", { name: "すべて閉じる" }).click();
	await page.waitForFunction(() => document.querySelectorAll(".chain-thing-node").length === 0);
	await page.goBack();
	await thing(page, B).waitFor();
	await close();
});

test("at most 200 are drawn; what was opened first closes, in words", { skip }, async () => {
	const pages = Array.from({ length: 10 }, (_, i) => `1-met${i > 0 ? `-${i * 20}` : ""}`);
	const { page, close } = await open(`?open=1-gap*${pages.join("*")}`);
	await page.waitForFunction(() => document.querySelectorAll(".chain-thing-node").length === 200);
	await page.getByRole("status").getByText("先に開いた「第1階層・未達」を閉じました").waitFor();
	assert.equal(asked(page, "open"), pages.join("*"));
	/* Of the newest one the first page gives way, and may be opened again. */
	await page.getByRole("button", { name: "第1階層・充足、ほか 16 社" }).click();
	await page.waitForFunction(() => document.querySelectorAll(".chain-thing-node").length === 196);
	assert.equal(asked(page, "open"), [...pages.slice(1), "1-met-200"].join("*"));
	await page.getByRole("button", { name: "第1階層・充足、ほか 20 社" }).waitFor();
	await close();
});

test("the keyboard reaches everything; who is hidden and what is unknown is hatched", { skip }, async () => {
	const { page, close } = await open("?open=1-gap");
	await thing(page, B).focus();
	await page.keyboard.press("Enter");
	await thing(page, D).waitFor();
	assert.equal(await focused(page), B);
	await page.keyboard.press("ArrowRight");
	assert.ok([C, D, LONG].includes(await focused(page)), await focused(page));
	assert.match(await thing(page, D).locator("title").textContent(), /その先が不明/);
	assert.equal(await thing(page, D).locator(".chain-unknown").count(), 1);
	await page.keyboard.press("ArrowLeft");
	await page.keyboard.press("Home");
	assert.match(await focused(page), /^count 1 /);
	/* A's suppliers: one of them shows no name. */
	await page.goto(page.url().replace(/\?.*/, `?of=${A}`));
	const hidden = page.locator('[data-key^="XX-ANON-"]');
	await hidden.waitFor();
	assert.match(await hidden.locator("title").textContent(), /^非公開の取引先/);
	assert.equal(await hidden.locator(".chain-box-hidden").count(), 1);
	assert.ok(!(await page.content()).includes(HIDDEN) && !(await page.content()).includes("秘匿電子"));
	await close();
});

test("how the buyer depends on somebody: found by name, lit, ended by Escape", { skip }, async () => {
	const { page, close } = await open("?open=1-gap");
	await page.locator("#chain-find").fill("朝凪");
	await page.getByRole("option", { name: /朝凪化成/ }).waitFor();
	await page.keyboard.press("Enter");
	const way = page.locator(".chain-way");
	await way.waitFor();
	assert.equal(asked(page, "path"), C);
	assert.match(await way.innerText(), /みなと総合機器株式会社.*桐野精機.*朝凪化成/s);
	assert.match(await way.innerText(), /依存度 40%（80% × 50% ＝ 40%）/);
	assert.equal(await page.locator(".chain-edge-lit").count(), 2);
	assert.deepEqual(await page.locator(".chain-share-text").allTextContents(), ["80%", "50%"]);
	assert.match(await thing(page, B).getAttribute("class"), /chain-dim/);
	await thing(page, C).focus();
	await page.keyboard.press("Escape");
	await way.waitFor({ state: "detached" });
	assert.equal(asked(page, "path"), null);
	await close();
});

test("who buys from somebody, and single points of failure", { skip }, async () => {
	const { page, close } = await open(`?to=${C}`);
	await thing(page, B).waitFor();
	await thing(page, A).waitFor();
	await page.waitForFunction(() => document.querySelectorAll(".chain-edge-picked").length === 2);
	await page.getByLabel("単一障害点を示す").check();
	await thing(page, B).locator(".chain-badge").waitFor();
	assert.match(await thing(page, B).locator("title").textContent(), /単一障害点（この取引先だけを経由する先が 2 社）/);
	await page.getByRole("heading", { name: "単一障害点" }).waitFor();
	await close();
});

test("a lapse changes state and count in place, within a second", { skip }, async () => {
	const { page, close } = await open(`?open=1-met&to=${C}`);
	await page.locator(".live-open").waitFor();
	const id = await page.locator(".chain-thing-node").nth(3).getAttribute("data-key");
	await thing(page, id).focus();
	const was = await place(page, id);
	await d.must("DELETE", `/v1/orgs/${id}/certificates/main`);
	const from = performance.now();
	await page.waitForFunction((key) => document.querySelector(`[data-key="${key}"] .seg-gap`) !== null, id, { timeout: 1000, polling: 20 });
	await page.getByRole("button", { name: "第1階層、未達、2 社" }).waitFor({ timeout: 1000 });
	assert.ok(performance.now() - from < 1000);
	assert.equal(await place(page, id), was);
	assert.equal(await focused(page), id);
	await close();
});

test("as SVG and PNG: text escaped, nothing from elsewhere", { skip }, async () => {
	const { page, close } = await open("?open=1-gap*2-gap");
	await thing(page, LONG).waitFor();
	const save = async (name) => {
		const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
		return readFileSync(await file.path());
	};
	const svg = (await save("SVGで保存")).toString("utf8");
	assert.ok(svg.includes("&lt;img src=x onerror=&quot;document.title=1&quot;&gt;&amp;]]&gt;"));
	assert.ok(!svg.includes("<img") && !svg.includes("class=") && !svg.includes("href"));
	assert.ok(svg.includes("長".repeat(170)), "whole in its title");
	const wrong = await page.evaluate((text) => new DOMParser().parseFromString(text, "image/svg+xml").querySelector("parsererror")?.textContent ?? null, svg);
	assert.equal(wrong, null);
	const png = await save("PNGで保存");
	assert.equal(png.subarray(1, 4).toString(), "PNG");
	const width = Number(/width="(\d+)"/.exec(svg)[1]);
	assert.equal(png.readUInt32BE(16), 2 * width);
	await close();
});

for (const [locale, colorScheme] of [
	["ja-JP", "light"],
	["en-GB", "dark"],
])
	test(`sound in ${locale}, ${colorScheme}`, { skip }, async () => {
		const { page, close } = await open(`?open=1-gap*2-gap&path=${C}&points=1`, { locale, colorScheme });
		await page.locator(".chain-share").first().waitFor();
		await thing(page, C).focus();
		assert.deepEqual(await axe(page), [], "picture");
		await page.getByRole("button", { name: locale === "ja-JP" ? "表" : "Table", exact: true }).click();
		await page.locator(".chain-table").waitFor();
		assert.deepEqual(await axe(page), [], "table");
		await close();
	});

test("at 320 px the table comes first, and nothing is wider", { skip }, async () => {
	const { page, close } = await open("?open=1-gap*2-gap", { viewport: { width: 320, height: 800 } });
	await page.locator(".chain-table").waitFor();
	assert.equal(await page.locator(".chain-svg").count(), 0);
	assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
	assert.deepEqual(await axe(page), []);
	await page.getByRole("button", { name: "第1階層、充足", exact: false }).click();
	await page.waitForFunction(() => document.querySelectorAll(".chain-table tbody tr").length > 20);
	await page.getByRole("button", { name: "図", exact: true }).click();
	await page.locator(".chain-svg").waitFor();
	assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
	assert.deepEqual(await axe(page), []);
	await close();
});
