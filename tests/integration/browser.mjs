// The pages in a real browser, for the tests: opened with what the console complains of, looked at with axe,
// and a daemon with the demo of script/demo-data in it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { Daemon, root, sleep } from "./daemon.mjs";

const fromWeb = createRequire(join(root, "web/package.json"));
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
export const noBrowser = existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}`;
export const CLOCK = "2028-04-03T01:00:00Z"; // a Monday morning
export const A4_WIDTH = 703; // pixels between the margins of the style sheet

export const launch = () => chromium.launch({ executablePath: CHROMIUM, args: ARGS });

// What is on its way to the daemon, but for the stream of events, which never ends.
function underWay(page) {
	const open = new Set();
	page.on("request", (request) => {
		if (!request.url().includes("/v1/events")) open.add(request);
	});
	for (const name of ["requestfinished", "requestfailed"]) page.on(name, (request) => open.delete(request));
	return open;
}

// A page whose console and failures are kept in complaints.
export async function open(browser, url, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "ja-JP", ...options });
	const page = await context.newPage();
	const complaints = [];
	page.on("console", (message) => {
		if (message.type() !== "error" && message.type() !== "warning") return;
		complaints.push(`${message.text()} ${message.location().url}`.trim());
	});
	page.on("pageerror", (error) => complaints.push(String(error)));
	const requests = underWay(page);
	await page.goto(url);
	return { page, complaints, requests, close: () => context.close() };
}

// Waits until nothing is being read any more and the page has its heading.
export async function settled({ page, requests }) {
	await page.locator("main h1").first().waitFor();
	for (let quiet = 0, i = 0; quiet < 4; i++) {
		const loading = await page.locator("main").getByText(/^(読み込んでいます…|Loading…)$/).count();
		quiet = requests.size === 0 && loading === 0 ? quiet + 1 : 0;
		if (i > 400) throw new Error(`still reading: ${[...requests].map((r) => r.url())}`);
		await sleep(25);
	}
}

// What the page says has failed.
export const failures = async (page) =>
	(await page.locator("main [role=alert]").allInnerTexts()).filter((text) => text !== "");

// Goes to another page of the same document.
export async function goTo(opened, hash) {
	await opened.page.evaluate((to) => {
		location.hash = to;
	}, hash);
	await settled(opened);
}

const SERIOUS = ["serious", "critical"];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// What axe finds: { bad: serious and critical, minor: the others }, as texts.
export async function axeFinds(page, rules = null) {
	await page.evaluate(AXE);
	const found = await page.evaluate(
		([tags, only]) => globalThis.axe.run(document, { runOnly: only ?? tags, resultTypes: ["violations"] }),
		[TAGS, rules],
	);
	assert.ok(found.passes.length > (rules === null ? 10 : 0), "axe looked at the page");
	const text = (v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 5).map((n) => n.target.join(" ")).join(", ")}`;
	return {
		bad: found.violations.filter((v) => SERIOUS.includes(v.impact)).map(text),
		minor: found.violations.filter((v) => !SERIOUS.includes(v.impact)).map(text),
	};
}

// Nothing serious; the rest is only said.
export async function axeSound(t, page, where, rules = null) {
	const { bad, minor } = await axeFinds(page, rules);
	if (minor.length > 0) t.diagnostic(`axe, ${where}: ${minor.join("; ")}`);
	assert.deepEqual(bad, [], where);
}

// What sticks out of a page of this width, as texts.
export async function sticksOut(page, width) {
	return page.evaluate((most) => {
		if (document.documentElement.scrollWidth <= most) return [];
		const spills = (e) => e.getBoundingClientRect().right > most + 1 || e.scrollWidth > Math.max(e.clientWidth, most);
		const out = [...document.querySelectorAll("main, main *")].filter(spills);
		const deepest = out.filter((e) => !out.some((other) => other !== e && e.contains(other)));
		const name = (e) => `${e.tagName.toLowerCase()}.${e.getAttribute("class") ?? ""}#${e.id}`;
		const where = (e) => [e.parentElement.parentElement, e.parentElement, e].map(name).join(" > ");
		return [`${document.documentElement.scrollWidth} px`, ...deepest.slice(0, 8).map(where)];
	}, width);
}

export async function narrow(page, where, width = 320) {
	await page.setViewportSize({ width, height: 900 });
	assert.deepEqual(await sticksOut(page, width), [], where);
}

// A daemon with the demo, and the demo's first buyer and one of its suppliers, which holds what it needs.
export async function demo() {
	const d = await Daemon.start({ clock: CLOCK });
	const { stdout } = await promisify(execFile)(join(root, "script/demo-data"), {
		env: {
			...process.env,
			TIERWATCH_URL: d.url,
			TIERWATCH_TOKEN: d.token,
			TIERWATCH_TOKEN_FILE: join(d.dir, "admin.token"),
		},
	});
	const token = (name) => readFileSync(join(d.dir, `${name}.token`), "utf8").trim();
	return {
		d,
		buyer: /tierwatch exposure (\S+)/.exec(stdout)[1],
		supplier: /cert revoke (\S+) scs-1/.exec(stdout)[1],
		tokens: { admin: d.token, procurer: token("demo-procurer"), supplier: token("demo-supplier") },
	};
}

// The address of every page.
export function pagesOf(buyer, supplier) {
	const of = (section) => `/buyers/${buyer}/${section}`;
	return {
		buyers: "/",
		today: `/buyers/${buyer}`,
		suppliers: of("suppliers"),
		supplier: of(`suppliers/${supplier}`),
		chain: of("chain"),
		gaps: of("gaps"),
		renewals: of("renewals"),
		"what-if": of("what-if"),
		targets: of("targets"),
		trends: of("trends"),
		incident: of("incident"),
		"incident of one": of(`incident/${supplier}`),
		import: "/import",
		settings: "/settings",
	};
}
