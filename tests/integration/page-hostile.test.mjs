// Names and notes that somebody chose to do harm: shown as text on every page, and wrapped.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeSound, CLOCK, failures, goTo, launch, narrow, noBrowser, open, pagesOf, settled } from "./browser.mjs";
import { Daemon, fictional } from "./daemon.mjs";

const IMG = '<img src=x onerror="globalThis.harmed=1">';
const SCRIPT = "</script><script>globalThis.harmed=2</script>";
const LONG = "W".repeat(300);
const RTL = "\u202egnp.evil\u202c مورد التوريد";
const FORMULA = '=HYPERLINK("http://evil.example/","x")';
const NAMES = [`${IMG}${"長".repeat(80)}`, LONG, `${SCRIPT}${RTL}`, FORMULA, `"'><svg onload=globalThis.harmed=3>{{7*7}}`];
const BUYER = fictional(1);
const SUPPLIERS = NAMES.map((_, i) => fictional(2 + i));
const WIDE = LONG.slice(0, 80);

// Every text of the records is hostile.
async function hostileWorld(d) {
	await d.org(BUYER, { name: NAMES[0], name_en: LONG, note: IMG, contacts: contacts() });
	for (const [i, id] of SUPPLIERS.entries()) {
		await d.org(id, { name: NAMES[i], name_kana: LONG, name_en: `${IMG}${i}`, address: LONG, note: SCRIPT, contacts: contacts() });
		await d.link(i < 3 ? BUYER : SUPPLIERS[0], id === SUPPLIERS[0] && i >= 3 ? SUPPLIERS[1] : id, linkFields(i));
		if (i % 2 === 0) await d.cert(id, "c", certFields(i));
	}
	await d.must("PUT", `/v1/orgs/${BUYER}/suppliers/${SUPPLIERS[0]}/clauses/2-1-4`, {
		status: "drafted",
		document: `${IMG}${LONG}`,
		note: SCRIPT,
		contacts: contacts(),
	});
	await d.targets(BUYER, {
		depth: 4,
		due: "2028-12-31",
		own_level: 3,
		rules: [{ when: { department: `${IMG}${WIDE}` }, level: 4 }, { level: 3 }],
	});
	await d.call("POST", "/v1/tokens", { name: IMG.slice(0, 60), role: "procurer", orgs: [BUYER] });
}

const contacts = () => [{ role: IMG, name: LONG.slice(0, 200), email: "a@example.test", phone: SCRIPT.slice(0, 30), lang: "ja" }];
const linkFields = (i) => ({
	disclosure: "upstream",
	supplier_code: `${WIDE.slice(0, 60)}${i}`,
	department: `${IMG}${WIDE}`,
	owner: `${RTL}${i}`,
	reason: IMG,
	source: FORMULA,
	note: `${SCRIPT}${LONG}`,
	confidential: i % 2 === 0,
	annual_spend: 10 ** (17 - i),
	dependency: 0.5,
});
const certFields = (i) => ({
	level: 3 + (i % 2),
	issued: "2027-04-01",
	expires: i === 0 ? "2028-05-01" : "2029-03-31",
	scope: "entity",
	scope_text: `${IMG}${LONG}`,
	assessor: `${SCRIPT}${WIDE}`,
	evidence: "registry",
	registration_no: WIDE.slice(0, 60),
});

// Nothing of it became an element or ran.
async function harmless(page, where) {
	const found = await page.evaluate(() => ({
		harmed: globalThis.harmed ?? null,
		elements: document.querySelectorAll("img[src=x], svg[onload], [onerror], body script").length,
	}));
	assert.deepEqual(found, { harmed: null, elements: 0 }, where);
}

describe("hostile names", { skip: noBrowser }, () => {
	let browser;
	let d;
	let opened;
	before(async () => {
		browser = await launch();
		d = await Daemon.start({ clock: CLOCK });
		await hostileWorld(d);
		opened = await open(browser, `${d.url}/#token=${d.token}`, { acceptDownloads: true });
		opened.page.on("dialog", () => assert.fail("a dialog opened"));
		await settled(opened);
	});
	after(async () => {
		await browser?.close();
		if (d) assert.equal((await d.stop()).code, 0);
	});

	const reads = (text) => opened.page.locator("main").getByText(text).first();

	for (const name of Object.keys(pagesOf("", "")))
		test(`on the page ${name}`, async (t) => {
			const { page, complaints } = opened;
			await page.setViewportSize({ width: 1280, height: 900 });
			await goTo(opened, pagesOf(BUYER, SUPPLIERS[0])[name]);
			await page.evaluate(() => {
				for (const more of document.querySelectorAll("main details")) more.open = true;
			});
			await settled(opened);
			assert.deepEqual(await failures(page), [], name);
			await harmless(page, name);
			if (name.startsWith("supplier")) await reads("<img src=x onerror=").waitFor();
			await narrow(page, `${name}, 1280 px`, 1280);
			await narrow(page, `${name}, 320 px`);
			await axeSound(t, page, `${name}, 320 px`, ["target-size", "label", "button-name", "link-name"]);
			await harmless(page, `${name}, 320 px`);
			assert.deepEqual(complaints.splice(0), [], name);
		});

	test("on a supplier's page", async () => {
		const { token } = await d.as("supplier", SUPPLIERS[0], SUPPLIERS[1]);
		const own = await open(browser, `${d.url}/#token=${token}`);
		await settled(own);
		await own.page.locator("main table tbody tr").first().waitFor();
		await harmless(own.page, "asked");
		await narrow(own.page, "asked");
		assert.deepEqual(own.complaints, []);
		await own.close();
	});
});
