// Every page of the demo in one language (the Japanese ones dark too): no complaint of the browser under the content
// security policy, nothing serious for axe, nothing wider than 320 px or than A4, dark text on white paper.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { A4_WIDTH, axeSound, demo, failures, goTo, launch, narrow, noBrowser, open, pagesOf, settled } from "./browser.mjs";

// Rules of axe that see colours, or the room around what is pressed.
const COLOURS = ["color-contrast", "link-in-text-block"];
const ROOM = ["target-size", "scrollable-region-focusable"];

async function printed(t, page, where) {
	await page.emulateMedia({ media: "print", colorScheme: "dark" });
	await narrow(page, `${where}, on paper`, A4_WIDTH);
	const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	assert.equal(paper, "rgb(255, 255, 255)", where);
	const ink = await page.evaluate(() => getComputedStyle(document.querySelector("main h1")).color.match(/\d+/g).map(Number));
	assert.ok(Math.max(...ink) < 100, `${where}: ${ink} on paper`);
	assert.equal(await page.locator("nav:visible").count(), 0, `${where}: ways to other pages are not printed`);
}

const openDetails = (page) =>
	page.evaluate(() => {
		for (const more of document.querySelectorAll("main details")) more.open = true;
	});

// dark: in that scheme too; its colours are the same in every language.
async function sound(t, opened, where, dark) {
	const { page, complaints } = opened;
	await openDetails(page);
	await settled(opened);
	await axeSound(t, page, where);
	await page.emulateMedia({ colorScheme: "dark" });
	if (dark) await axeSound(t, page, `${where}, dark`, COLOURS);
	await page.emulateMedia({ colorScheme: "light" });
	await narrow(page, `${where}, 320 px`);
	await axeSound(t, page, `${where}, 320 px`, ROOM);
	await printed(t, page, where);
	await page.emulateMedia({ media: "screen", colorScheme: "light" });
	await page.setViewportSize({ width: 1280, height: 900 });
	assert.deepEqual(complaints.splice(0), [], where);
}

// Only told: a shared machine has other work too.
const firstPaint = (page) =>
	page.evaluate(() => Math.round(performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1));

// One tab for one person, which goes from page to page.
function tab(browser, world, locale, role) {
	return open(browser(), `${world().d.url}/#token=${world().tokens[role]}`, { locale });
}

export function everyPage(lang, locale) {
	const dark = lang === "ja";
	describe(`every page, ${lang}`, { skip: noBrowser }, () => {
		let world;
		let browser;
		let admin;
		before(async () => {
			browser = await launch();
			world = await demo();
		});
		after(async () => {
			await browser?.close();
			if (world) assert.equal((await world.d.stop()).code, 0);
		});
		const tabOf = (role) => tab(() => browser, () => world, locale, role);

		test("the login page", async (t) => {
			const opened = await open(browser, world.d.url, { locale });
			await settled(opened);
			t.diagnostic(`first paint after ${await firstPaint(opened.page)} ms`);
			assert.equal(await opened.page.locator("html").getAttribute("lang"), lang);
			await sound(t, opened, "login", dark);
			await opened.close();
		});

		for (const name of Object.keys(pagesOf("", "")))
			test(`the page ${name}`, async (t) => {
				admin ??= await tabOf("admin");
				await goTo(admin, pagesOf(world.buyer, world.supplier)[name]);
				assert.deepEqual(await failures(admin.page), []);
				await sound(t, admin, name, dark);
			});

		test("a page that is loaded anew", async (t) => {
			await goTo(admin, pagesOf(world.buyer, world.supplier).today);
			await admin.page.reload();
			await settled(admin);
			t.diagnostic(`today: first paint after ${await firstPaint(admin.page)} ms`);
			assert.deepEqual(admin.complaints.splice(0), []);
		});

		test("the supplier's page", async (t) => {
			const opened = await tabOf("supplier");
			await opened.page.locator("main table tbody tr").first().waitFor();
			await settled(opened);
			await sound(t, opened, "asked", dark);
			await opened.close();
		});

		test("a buyer's own people see every page of theirs", async () => {
			const opened = await tabOf("procurer");
			await settled(opened);
			for (const [name, to] of Object.entries(pagesOf(world.buyer, world.supplier))) {
				await goTo(opened, to);
				assert.deepEqual(await failures(opened.page), [], name);
				assert.deepEqual(opened.complaints.splice(0), [], name);
			}
			await opened.close();
		});
	});
}
