// The command-line client as a user meets it: against a stand-in for the daemon, which can be made
// to misbehave (cli-mock.mjs), and against the real daemon where there is one.
// TIERWATCH and TIERWATCHD name the programs; default: those in build/.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, test } from "node:test";
import { Mock, TOKEN } from "./cli-mock.mjs";

const built = (name) => fileURLToPath(new URL(`../../build/${name}`, import.meta.url));
const TIERWATCH = process.env.TIERWATCH ?? built("tierwatch");
const TIERWATCHD = process.env.TIERWATCHD ?? built("tierwatchd");
const P = "XX-LOCAL-P";
const S = "XX-LOCAL-S";

let home;
before(async () => {
	home = await mkdtemp(path.join(tmpdir(), "tierwatch-cli-"));
});
after(() => rm(home, { recursive: true, force: true }));

const file = async (name, text) => {
	const full = path.join(home, name);
	await writeFile(full, text);
	return full;
};

// Runs the client; options: env, input, program, onStart(child), onOut(all so far, child).
const run = (args, options = {}) =>
	new Promise((resolve, reject) => {
		const child = spawn(options.program ?? TIERWATCH, args, {
			env: { PATH: process.env.PATH, HOME: home, LANG: "C", ...options.env },
			cwd: home,
		});
		options.onStart?.(child);
		const got = { out: "", err: "" };
		const timer = setTimeout(() => child.kill("SIGKILL"), 20000);
		child.stdout.setEncoding("utf8").on("data", (d) => {
			got.out += d;
			options.onOut?.(got.out, child);
		});
		child.stderr.setEncoding("utf8").on("data", (d) => (got.err += d));
		child.stdin.on("error", () => {});
		child.stdin.end(options.input ?? "");
		child.on("error", reject);
		child.on("close", (code, signal) => {
			clearTimeout(timer);
			resolve({ ...got, code, signal });
		});
	});

// A runner bound to one server.
const client = (url, token) => (args, options = {}) =>
	run(args, { ...options, env: { TIERWATCH_URL: url, TIERWATCH_TOKEN: token, ...options.env } });

const ok = (r) => {
	assert.equal(r.code, 0, `exit ${r.code}\n${r.out}\n${r.err}`);
	return r;
};
const json = (r) => JSON.parse(ok(r).out);
// Terminal columns: the wide characters used here are above U+2E80; U+FFFD is narrow.
const wide = (c) => c.codePointAt(0) >= 0x2e80 && c !== "\ufffd";
const columns = (s) => [...s].reduce((n, c) => n + (wide(c) ? 2 : 1), 0);

describe("without a server", () => {
	test("help in both languages names every verb", async () => {
		const en = ok(await run(["--help"])).out;
		const ja = ok(await run(["--help"], { env: { LANG: "ja_JP.UTF-8" } })).out;
		for (const verb of ["status", "org list", "cert revoke", "gaps P", "completion bash|zsh|fish"]) {
			assert.ok(en.includes(verb), verb);
			assert.ok(ja.includes(verb), verb);
		}
		assert.match(en, /^usage: tierwatch/);
		assert.match(ja, /^使い方: tierwatch/);
		assert.match(ok(await run(["--help", "--lang", "en"], { env: { LANG: "ja_JP.UTF-8" } })).out, /^usage:/);
	});

	test("every verb has help of its own, with an example, in both languages", async () => {
		const all = ok(await run(["--help"])).out.split("\n\n");
		const verbs = all.find((part) => part.startsWith("Verbs:")).match(/^ {2}[a-z].*$/gm);
		assert.ok(verbs.length > 35);
		for (const line of verbs) {
			const words = line.slice(2).split(/ (?=[A-Z[]|bash\||orgs\|)| {2,}/)[0].split(" ");
			const en = ok(await run([...words, "--help", "--lang", "en"])).out;
			const ja = ok(await run([...words, "--help", "--lang", "ja"])).out;
			assert.match(en, new RegExp(`^usage: tierwatch ${words.join(" ")}`));
			assert.match(en, /\nExample:\n {2}tierwatch /);
			assert.match(ja, /\n例:\n {2}tierwatch /);
			assert.equal(ok(await run(["help", ...words, "--lang", "en"])).out, en);
		}
	});

	test("help says what an option means to its verb, and how audit verify ends", async () => {
		const help = async (...words) => ok(await run([...words, "--help"])).out;
		assert.match(await help("audit", "export"), /--limit N +at most N entries \(default: all\)/);
		assert.match(await help("org", "list"), /--limit N +at most N entries \(default 50\)/);
		const verify = await help("audit", "verify");
		assert.match(verify, /--key FILE +the public key/);
		assert.match(verify, /Exit status:\n[^]* 3 an entry was changed/);
		assert.match(await help(), /audit verify: 0 whole.*3 not whole/);
		assert.doesNotMatch(await help("token", "rotate"), /Organisations are named/);
		assert.doesNotMatch(await help("token", "revoke"), /Organisations are named/);
		assert.match(await help("org", "set"), /Organisations are named/);
	});

	test("both manuals name every verb and every option", async () => {
		const verbs = [];
		const options = new Set();
		for (const noun of (await run(["completion", "fish"])).out.matchAll(/__fish_use_subcommand -a (\S+)/g))
			verbs.push(noun[1]);
		for (const long of (await run(["completion", "fish"])).out.matchAll(/ -l ([a-z-]+)/g)) options.add(long[1]);
		assert.ok(verbs.length > 20 && options.size > 30);
		for (const name of ["man/tierwatch.1", "man/ja/tierwatch.1"]) {
			const manual = await readFile(new URL(`../../docs/${name}`, import.meta.url), "utf8");
			for (const verb of verbs) assert.match(manual, new RegExp(`^\\.It Cm ${verb}\\b`, "m"), `${name}: ${verb}`);
			for (const long of options) assert.match(manual, new RegExp(`Fl -${long}\\b`), `${name}: --${long}`);
		}
	});

	test("version", async () => {
		assert.match(ok(await run(["--version"])).out, /^tierwatch \d+\.\d+\.\d+\n$/);
	});

	test("usage mistakes are 2, on standard error only, with a suggestion", async () => {
		const cases = [
			[["gpas", P], /did you mean 'gaps'/],
			[["org", "lst"], /did you mean 'org list'/],
			[["gaps"], /arguments are missing: P/],
			[["gaps", P, "--nope"], /no option --nope/],
			[["gaps", P, "-o", "xml"], /--output cannot be 'xml'/],
			[["gaps", P, "--limit", "0"], /--limit cannot be '0'/],
			[["gaps", P, "--lang", "fr"], /--lang cannot be 'fr'/],
			[["gaps", P, "--url", "ftp://x"], /not an http/],
			[["org", "set", "X", "name"], /not FIELD=VALUE/],
			[["chain", P, "state"], /not FILTER=VALUE/],
			[["chain", P, "=gap"], /not FILTER=VALUE/],
			[["chain", P, "state&x=gap"], /not FILTER=VALUE/],
			[["simulate", P], /arguments are missing: P CHANGE/],
			[["simulate", P, "lapse:X"], /'lapse:X' is no change: held:S=LEVEL, drop:/],
			[["simulate", P, "held:X=0", "drop:X"], /'drop:X' is no change/],
			[["simulate", P, `set:${P}/X`], /is no change/],
			[["simulate", P, `set:${P}/X,due`], /'due' is not FIELD=VALUE/],
			[["simulate", P, `add:${P}/X,note=a,note=b`], /stands there twice/],
			[["simulate", P, "held:X=0", "--as-of", "3"], /does not take --as-of/],
			[["completion", "tcsh"], /bash, zsh and fish/],
			[["org"], /needs an action/],
			[[], /usage/],
		];
		for (const [args, text] of cases) {
			const r = await run(args);
			assert.equal(r.code, 2, `${args}: ${r.code} ${r.err}`);
			assert.equal(r.out, "");
			assert.match(r.err, text);
		}
	});

	test("a server that is not there is 5, in the user's language", async () => {
		const r = await run(["status", "--url", "http://127.0.0.1:1", "--lang", "ja"]);
		assert.equal(r.code, 5);
		assert.match(r.err, /サーバーに接続できません/);
		assert.equal((await run(["gaps", P], { env: { TIERWATCH_URL: "http://127.0.0.1:1" } })).code, 5);
	});

	test("the completion scripts are valid and know the verbs", async () => {
		const script = await file("completion.bash", ok(await run(["completion", "bash"])).out);
		const complete = async (line) => {
			const words = line.split(" ");
			const program = `source ${script}; COMP_WORDS=(${words.map((w) => `'${w}'`).join(" ")});
				COMP_CWORD=${words.length - 1}; _tierwatch; printf '%s\\n' "\${COMPREPLY[@]}"`;
			const r = ok(await run(["-c", program], { program: "bash" }));
			return r.out.trim().split("\n");
		};
		assert.deepEqual(await complete("tierwatch ga"), ["gaps"]);
		assert.deepEqual(await complete("tierwatch cert s"), ["show", "set", "suspend"]);
		assert.deepEqual(await complete("tierwatch -o json gaps --ti"), ["--timeout", "--tier", "--timing"]);
		assert.deepEqual(await complete("tierwatch gaps --timing o"), ["overdue"]);
		assert.deepEqual(await complete("tierwatch --output n"), ["ndjson"]);
		assert.deepEqual(await complete("tierwatch export l"), ["links"]);
		assert.deepEqual(await complete("tierwatch check completion.b"), ["completion.bash"]);
		const has = (shell) => (process.env.PATH ?? "").split(":").some((d) => existsSync(path.join(d, shell)));
		for (const shell of ["zsh", "fish"].filter(has)) {
			const name = await file(`completion.${shell}`, ok(await run(["completion", shell])).out);
			ok(await run(["-n", name], { program: shell }));
		}
		if (has("fish")) {
			const ask = `source ${path.join(home, "completion.fish")}; complete -C "tierwatch cert su"`;
			assert.match(ok(await run(["-c", ask], { program: "fish" })).out, /^suspend\t/);
		}
		const zsh = ok(await run(["completion", "zsh"])).out;
		assert.match(zsh, /^#compdef tierwatch/);
		const fish = ok(await run(["completion", "fish", "--lang", "ja"])).out;
		assert.match(fish, /complete -c tierwatch .*-a suspend -d '一時停止/);
	});

	test("offline verbs run the daemon's program beside this one and pass its status on", async () => {
		const dir = path.join(home, "bin");
		await mkdir(dir);
		const fake = path.join(dir, "tierwatchd");
		await writeFile(fake, '#!/bin/sh\necho "$@"\nexit 3\n');
		await chmod(fake, 0o755);
		const env = { PATH: `${dir}:${process.env.PATH}` };
		const program = path.join(dir, "tierwatch");
		await writeFile(program, await readFile(TIERWATCH));
		await chmod(program, 0o755);
		const r = await run(["check", "/some dir", "--deep"], { env, program });
		assert.equal(r.code, 3);
		assert.equal(r.out, "--offline check /some dir --deep\n");
		assert.equal((await run(["restore", "f", "d"], { env, program })).out, "--offline restore f d\n");
	});
});

describe("against a stand-in", () => {
	let mock, tw;
	before(async () => {
		mock = await new Mock().start();
		tw = client(mock.url, TOKEN);
	});
	after(() => mock.stop());

	test("status", async () => {
		const o = json(await tw(["status", "-o", "json"]));
		assert.equal(o.alive, true);
		assert.equal(o.ready, true);
		assert.equal(typeof o.revision, "number");
		mock.ready = false;
		const r = await tw(["status"]);
		mock.ready = true;
		assert.equal(r.code, 1);
		assert.match(r.err, /stopping/);
	});

	test("without a token: 1, and where one could come from", async () => {
		const r = await tw(["gaps", P], { env: { TIERWATCH_TOKEN: "wrong" } });
		assert.equal(r.code, 1);
		assert.match(r.err, /\[unauthorized, HTTP 401\]/);
		assert.match(r.err, /refused: it may be mistyped, revoked or expired/);
		assert.doesNotMatch(r.err, /admin\.token/);
		assert.match((await tw(["gaps", P], { env: { TIERWATCH_TOKEN: "" } })).err, /give a token with .*admin\.token/);
	});

	test("token from a file, from standard input, from the configuration", async () => {
		const token = await file("token", `${TOKEN}\n`);
		const none = { TIERWATCH_TOKEN: "" };
		ok(await tw(["exposure", P, "--token-file", token], { env: none }));
		ok(await tw(["exposure", P, "--token-file=-"], { env: none, input: `${TOKEN}\n` }));
		ok(await tw(["exposure", P, "--token", TOKEN], { env: none }));
		const dir = path.join(home, "xdg", "tierwatch");
		await mkdir(dir, { recursive: true });
		await writeFile(path.join(dir, "config"), `url = ${mock.url}\ntoken_file = ${token}\nlang = ja\n`);
		const env = { XDG_CONFIG_HOME: path.join(home, "xdg") };
		assert.match(ok(await run(["exposure", P], { env })).out, /発注者/);
		await writeFile(path.join(dir, "config"), "colour = red\n");
		const r = await run(["exposure", P], { env });
		assert.equal(r.code, 2);
		assert.match(r.err, /config:1:/);
	});

	test("set makes, then changes; show, list, rm", async () => {
		const made = json(await tw(["org", "set", "XX-LOCAL-A", "name=株式会社みほん", "note=", "-o", "json"]));
		assert.equal(made.name, "株式会社みほん");
		assert.deepEqual(JSON.parse(mock.last("PUT", "/v1/orgs/XX-LOCAL-A").body), { name: "株式会社みほん" });
		json(await tw(["org", "set", "XX-LOCAL-A", "country=JP", "aliases=X-1;X-2", "-o", "json"]));
		const patch = mock.last("PATCH", "/v1/orgs/XX-LOCAL-A");
		assert.deepEqual(JSON.parse(patch.body), { country: "JP", aliases: ["X-1", "X-2"] });
		assert.equal(patch.headers["content-type"], "application/merge-patch+json");
		const shown = ok(await tw(["org", "show", "XX-LOCAL-A", "--lang", "ja"])).out;
		assert.match(shown, /名称 +株式会社みほん/);
		assert.match(shown, /別名番号 +X-1, X-2/);
		assert.equal(mock.seen.at(-1).headers["accept-language"], "ja");
		assert.match(ok(await tw(["org", "list", "みほん"])).out, /XX-LOCAL-A.*株式会社みほん/);
		const gone = ok(await tw(["org", "rm", "XX-LOCAL-A", "--cascade"]));
		assert.equal(gone.out, "");
		assert.match(gone.err, /deleted/);
		assert.equal(mock.last("DELETE", "/v1/orgs/XX-LOCAL-A").url.search, "?cascade=true");
		assert.equal((await tw(["org", "show", "XX-LOCAL-A"])).code, 4);
	});

	test("numbers are completed, other ids go out encoded", async () => {
		await tw(["org", "show", "７０００-0120-5000-2"]);
		assert.equal(mock.seen.at(-1).path, "/v1/orgs/JP-JCN-7000012050002");
		await tw(["org", "show", "a/../b?c"]);
		assert.equal(mock.seen.at(-1).url.pathname, "/v1/orgs/a%2F..%2Fb%3Fc");
		await tw(["org", "show", ".."]);
		assert.equal(mock.seen.at(-1).method, "GET");
	});

	test("links and certificates", async () => {
		const link = json(await tw(["link", "set", P, S, "confidential=true", "required_level=4",
			"dependency=0.25", "due=2027-09-30", "-o", "json"]));
		assert.equal(link.confidential, true);
		assert.equal(link.dependency, 0.25);
		assert.equal(json(await tw(["link", "list", P, "-o", "json"])).items.length, 1);
		const cert = await tw(["cert", "set", S, "c1", "scheme=scs", "level=3"]);
		assert.match(ok(cert).err, /warning: no expiry date \[no-expiry\]/);
		json(await tw(["cert", "suspend", S, "c1", "--from", "2027-08-01", "-o", "json"]));
		assert.deepEqual(JSON.parse(mock.seen.at(-1).body), { status: "suspended", suspended_from: "2027-08-01" });
		json(await tw(["cert", "resume", S, "c1", "-o", "json"]));
		assert.deepEqual(JSON.parse(mock.seen.at(-1).body), { status: "valid" });
		json(await tw(["cert", "revoke", S, "c1", "-o", "json"]));
		assert.deepEqual(JSON.parse(mock.seen.at(-1).body), { status: "revoked" });
		assert.equal((await tw(["cert", "revoke", S, "none"])).code, 4);
		assert.match(ok(await tw(["cert", "list", S])).out, /scs +3 +revoked/);
		ok(await tw(["cert", "rm", S, "c1"]));
		ok(await tw(["link", "rm", P, S]));
	});

	test("a clause is merged under its ETag", async () => {
		const at = `/v1/orgs/${P}/suppliers/${S}/clauses/2-1-2`;
		json(await tw(["clause", "set", P, S, "2-1-2", "status=agreed", "agreed_on=2027-04-01", "-o", "json"]));
		const o = json(await tw(["clause", "set", P, S, "2-1-2", "agreed_on=", "note=x", "-o", "json"]));
		assert.equal(o.status, "agreed");
		assert.equal(o.agreed_on, undefined);
		assert.match(mock.last("PUT", at).headers["if-match"], /^"\d+\.0"$/);
		assert.equal(json(await tw(["clause", "list", P, S, "-o", "json"])).items.length, 6);
		assert.match(ok(await tw(["clause", "show", P, S, "2-1-2"])).out, /agreed/);
	});

	test("targets keep what is not named", async () => {
		const rules = await file("rules.json", '[{"when":{},"level":3}]');
		const at = `/v1/orgs/${P}/targets`;
		json(await tw(["target", "set", P, "--due", "2027-09-30", "--tier", "2=3", "--tier", "3=3",
			"--own-level", "4", "--depth", "5", "--rules", rules, "-o", "json"]));
		const body = JSON.parse(mock.last("PUT", at).body);
		assert.deepEqual(body, { due: "2027-09-30", own_level: 4, depth: 5, rules: [{ when: {}, level: 3 }],
			tiers: { 2: 3, 3: 3 } });
		const o = json(await tw(["target", "set", P, "--tier", "3=", "--meti", "-o", "json"]));
		assert.deepEqual(o.tiers, { 2: 3 });
		assert.equal(o.rules, undefined);
		assert.equal(o.due, "2027-09-30");
		assert.equal((await tw(["target", "set", P, "--meti", "--rules", rules])).code, 2);
		assert.equal((await tw(["target", "set", P, "--tier", "x"])).code, 2);
		const broken = await file("broken.json", '{"rules": [\n{]}');
		const r = await tw(["target", "set", P, "--rules", broken]);
		assert.equal(r.code, 2);
		assert.match(r.err, /broken\.json:2:/);
		// METI's own rules are not written back as the procurer's
		mock.records.set(at, { id: P, rules: [1], default_rules: true });
		ok(await tw(["target", "set", P, "--depth", "3"]));
		assert.equal("rules" in JSON.parse(mock.last("PUT", at).body), false);
	});

	test("problem answers: detail, code, and each error", async () => {
		const r = await tw(["org", "set", "XX-LOCAL-A", "nope=1"]);
		assert.equal(r.code, 1);
		assert.match(r.err, /there is no field 'nope' here \[unknown-field, HTTP 422\]/);
		assert.match(r.err, /^ {2}\/nope: there is no such field \[unknown-field\]$/m);
		assert.equal(r.out, "");
	});

	test("exposure in every form", async () => {
		const table = ok(await tw(["exposure", P, "--depth", "2", "--on", "2028-01-01"])).out;
		assert.match(table, /ANNUAL SPEND +1,234,567,890/);
		assert.match(table, /^TIER +SUPPLIERS/m);
		const asked = mock.seen.findLast((r) => r.url.pathname.endsWith("/exposure"));
		assert.equal(asked.url.search, "?depth=2&on=2028-01-01");
		assert.equal(json(await tw(["exposure", P, "-o", "json"])).tiers.length, 2);
		assert.equal(ok(await tw(["exposure", P, "-o", "ndjson"])).out.trim().split("\n").length, 1);
		const csv = ok(await tw(["exposure", P, "-o", "csv"])).out.split("\r\n");
		assert.match(csv[0], /^tier,suppliers,gaps,/);
		assert.match(csv[1], /^1,2,1,/);
		assert.equal(csv.length, 4);
	});

	test("--exit-code is 6 when something is found", async () => {
		for (const verb of ["exposure", "gaps", "expiring"]) {
			assert.equal((await tw([verb, P, "--exit-code"])).code, 6, verb);
			assert.equal((await tw([verb, "XX-LOCAL-CLEAN", "--exit-code"])).code, 0, verb);
		}
		assert.equal((await tw(["impact", S, "--exit-code"])).code, 6);
		assert.equal((await tw(["impact", S, "--exit-code", "--held-level", "5"])).code, 0);
		assert.equal((await tw(["exposure", P])).code, 0);
	});

	test("lists: 50 with a note, --limit, --all through every page", async () => {
		const first = await tw(["gaps", P, "-o", "ndjson"]);
		assert.equal(ok(first).out.trim().split("\n").length, 50);
		assert.match(first.err, /first 50; more exist/);
		assert.equal(ok(await tw(["gaps", P, "-o", "ndjson", "-q"])).err, "");
		const all = json(await tw(["gaps", P, "--all", "-o", "json"]));
		assert.equal(all.items.length, 120);
		assert.equal(all.next, null);
		assert.equal(new Set(all.items.map((x) => x.supplier)).size, 120);
		const some = json(await tw(["gaps", P, "--limit", "110", "-o", "json"]));
		assert.equal(some.items.length, 110);
		assert.notEqual(some.next, null);
		assert.match(ok(await tw(["gaps", "XX-LOCAL-CLEAN"])).err, /nothing to show/);
	});

	test("tables align Japanese text and let no control character through", async () => {
		const r = ok(await tw(["gaps", P, "--limit", "4", "--lang", "ja"]));
		const lines = r.out.trimEnd().split("\n");
		assert.ok(!r.out.includes("\u001b"));
		const at = (line, word) => columns(line.slice(0, line.indexOf(word)));
		const path = at(lines[0], "経路");
		assert.ok(path > 0);
		for (const line of lines.slice(1)) assert.equal(at(line, "XX-LOCAL-P >"), path, line);
		assert.match(lines[1], /未取得 +期限超過/);
	});

	test("CSV is RFC 4180, with formulas defused and the API's names", async () => {
		const rows = ok(await tw(["gaps", P, "--limit", "1", "-o", "csv", "--lang", "ja"])).out.split("\r\n");
		assert.equal(rows[0], "tier,supplier,required,held,kind,timing,due,due_in_days,planned_on,dependency,name,path");
		assert.equal(rows[1], '1,XX-LOCAL-S0,3,0,never,overdue,2027-05-01,-31,,0.1,"\'=株式会社みほん,本店",XX-LOCAL-P;XX-LOCAL-S0');
	});

	test("chain: filters, order, columns", async () => {
		const r = ok(await tw(["chain", P, "state=gap,met", "department=購買 1", "--sort", "due", "--order", "desc", "--tier", "1", "-o", "csv"]));
		const asked = new URLSearchParams(mock.asked);
		assert.deepEqual(
			["state", "department", "sort", "order", "tier"].map((k) => asked.get(k)),
			["gap,met", "購買 1", "due", "desc", "1"],
		);
		const rows = r.out.split("\r\n");
		assert.equal(rows[0], "tier,supplier,state,required,held,held_until,kind,timing,due,due_in_days,dependency,suppliers,at_risk,unknown_below,link.department,link.owner,name,path");
		assert.equal(rows[1], '1,XX-LOCAL-S0,gap,3,0,,never,overdue,2027-05-01,-31,0.1,0,false,true,,,"\'=株式会社みほん,本店",XX-LOCAL-P;XX-LOCAL-S0');
		assert.match(rows[2], /,購買,,/);
		assert.match(ok(await tw(["chain", P, "--lang", "ja"])).out, /未達/);
		assert.equal(json(await tw(["chain", P, "-o", "json"])).items.length, 3);
	});

	test("renewals and calendar", async () => {
		const rows = ok(await tw(["renewals", P, "--from", "2027-06-01", "--to", "2027-07-31", "-o", "csv"])).out.split("\r\n");
		assert.equal(rows[0], "month,levels.1,levels.2,levels.3,levels.4,levels.5,required,self_assessments,contract_ends,clause_reviews,exceptions,due");
		assert.equal(rows[2], "2027-07,0,0,8,0,0,1,2,3,4,5,6");
		assert.equal(mock.seen.findLast((r) => r.url.pathname.endsWith("/renewals")).url.search, "?from=2027-06-01&to=2027-07-31");
		assert.match(ok(await tw(["renewals", P])).out, /OF THESE BELOW.*GAPS DUE/);
		assert.match(ok(await tw(["renewals", P, "--lang", "ja"])).out, /うち要求未満/);
		assert.equal(json(await tw(["renewals", P, "-o", "json"])).months.length, 2);
		const days = ok(await tw(["calendar", P, "--kind", "level-ends,clause-review", "-o", "csv"])).out.split("\r\n");
		assert.deepEqual(days.slice(0, 3), ["day,kind,tier,supplier,level,required,below,clause,name", "2027-06-30,level-ends,1,XX-LOCAL-S0,3,3,true,,株式会社みほん", "2027-07-01,clause-review,,XX-LOCAL-S1,,,,2-1-5,"]);
		assert.match(ok(await tw(["calendar", P, "--lang", "ja"])).out, /要求割れ[^]*段階の終了/);
		assert.equal(ok(await tw(["calendar", P, "--file", "-"])).out, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
		const file = path.join(home, "renewals.ics");
		ok(await tw(["calendar", P, "--file", file]));
		assert.match(await readFile(file, "utf8"), /^BEGIN:VCALENDAR/);
	});

	test("impact, why, history", async () => {
		const o = json(await tw(["impact", S, "-o", "json", "--held-level", "0"]));
		assert.equal(o.items.length, 1);
		assert.equal(o.next, null);
		assert.match(mock.seen.at(-1).url.search, /held_level=0/);
		assert.match(ok(await tw(["impact", S])).out, /TIER +PROCURERS +IN GAP/);
		const why = ok(await tw(["why", P, S])).out;
		assert.match(why, /^Dependency 0\.125, tier 2\n/);
		assert.match(why, /0\.25 +-> XX-LOCAL-S .*\(= 0\.125\)/);
		assert.equal((await tw(["why", P, "XX-LOCAL-FAR"])).code, 4);
		assert.match(ok(await tw(["history", P, "--from", "2027-01-01"])).out, /2027-06-01/);
		assert.equal(mock.seen.at(-1).url.search, "?from=2027-01-01");
	});

	test("simulate: what is sent, and answers with more or less than is known", async () => {
		const r = ok(await tw(["simulate", P, `held:${S}=0`, "targets:none", "-n", "0", "-d", "3"]));
		assert.deepEqual(mock.simulated, {
			procurer: P, depth: 3, limit: 0,
			changes: [{ op: "set-held", org: S, held_level: 0 }, { op: "set-targets", targets: null }],
		});
		assert.match(r.out, /\nGAPS +2 +1 +-1\nlater +0 +1 +\+1\nMET +3 +3 +0\nGAPS: TIER 1 +2 +1 +-1\nGAPS: TIER 2 +0 +4 +\+4\n/);
		assert.match(r.out, /\ncomes in +2 +XX-ANON-1 +- -> met +- -> 3 +- -> 3 +- +- +-\n$/);
		assert.equal(ok(await tw(["simulate", P, "targets:none", "-o", "ndjson"])).out.trim().split("\n").length, 1);
		const broken = await tw(["simulate", "XX-LOCAL-BROKEN", "targets:none"]);
		assert.equal(broken.code, 1);
		assert.match(broken.err, /cannot be read/);
	});

	test("import: counts, rows that were refused, states", async () => {
		const good = await file("links.csv", "procurer,supplier\nslow,x\n");
		const r = ok(await tw(["import", good, "--kind", "links", "--dry-run", "--procurer", P]));
		const sent = mock.last("POST", "/v1/imports");
		assert.equal(sent.url.search, `?kind=links&procurer=${P}&dry_run=true`);
		assert.equal(sent.headers["content-type"], "text/csv");
		assert.equal(sent.body.toString(), "procurer,supplier\nslow,x\n");
		assert.match(r.err, /2 rows read, 2 accepted, 0 rejected/);
		assert.match(r.err, /dry run/);
		assert.equal(r.out, "");
		assert.ok(!r.err.includes("\r"), "no progress bar without a terminal");
		const bad = await file("bad.csv", "procurer,supplier\nbad,x\n");
		const some = ok(await tw(["import", bad, "--kind", "links", "-o", "json"]));
		assert.match(some.err, /bad\.csv:2:5: supplier: 検査用数字が合いません \[check-digit\]/);
		assert.equal(JSON.parse(some.out).rejected, 1);
		assert.match(ok(await tw(["import", bad, "-o", "csv"])).out, /^line,column,field,code,detail\r\n2,5,supplier,/);
		assert.equal((await tw(["import", bad, "--strict"])).code, 1);
		const broken = await tw(["import", await file("x.bin", "broken\n")]);
		assert.equal(broken.code, 1);
		assert.match(broken.err, /format was not recognised \[unknown-format/);
		assert.equal(mock.last("POST", "/v1/imports").headers["content-type"], "application/octet-stream");
	});

	test("import from standard input is streamed", async () => {
		const input = "a\n".repeat(200000);
		const r = ok(await tw(["import", "-", "--format", "ndjson"], { input }));
		const sent = mock.last("POST", "/v1/imports");
		assert.equal(sent.headers["transfer-encoding"], "chunked");
		assert.equal(sent.headers["content-type"], "application/x-ndjson");
		assert.equal(sent.body.length, input.length);
		assert.match(r.err, /200000 rows read/);
		const missing = await tw(["import", "/no/such/file"]);
		assert.equal(missing.code, 1);
		assert.match(missing.err, /cannot read \/no\/such\/file/);
		assert.equal((await tw(["import", home])).code, 1);
	});

	test("export streams; --file writes whole or not at all", async () => {
		assert.equal(ok(await tw(["export", "links"])).out, "csv\nprocurer,supplier\nA,B\n");
		assert.match(ok(await tw(["export", "links", "-o", "ndjson"])).out, /^ndjson\n/);
		const to = path.join(home, "out.csv");
		ok(await tw(["export", "links", "--file", to]));
		assert.match(await readFile(to, "utf8"), /A,B/);
		assert.equal((await tw(["export", "nothing", "--file", path.join(home, "none.csv")])).code, 2);
		assert.ok(!existsSync(path.join(home, "none.csv")));
	});

	test("backup: private, atomic, nothing left behind when it breaks off", async () => {
		const dir = path.join(home, "backups");
		await mkdir(dir);
		const to = path.join(dir, "b.tw");
		ok(await tw(["backup", to]));
		assert.equal((await stat(to)).size, 200000);
		assert.equal((await stat(to)).mode & 0o777, 0o600);
		mock.cutBackup = true;
		const r = await tw(["backup", path.join(dir, "c.tw")]);
		mock.cutBackup = false;
		assert.equal(r.code, 5);
		assert.deepEqual(await readdir(dir), ["b.tw"]);
		assert.equal((await tw(["backup", "/no/such/dir/x"])).code, 1);
	});

	test("events: the log, in every form", async () => {
		const all = ok(await tw(["events", "-o", "ndjson"])).out.trim().split("\n");
		assert.equal(all.length, 5);
		assert.equal(JSON.parse(all[0]).data.n, 1);
		assert.equal(json(await tw(["events", "-o", "json", "--limit", "3"])).length, 3);
		assert.deepEqual(json(await tw(["events", "-o", "json", "--after", "50"])), []);
		assert.match(ok(await tw(["events", "--after", "2"])).out, /link\.changed/);
		assert.match(ok(await tw(["events", "-o", "csv"])).out, /^id,type,revision,at,subject,data\r\n/);
		const gone = await tw(["events", "--after", "999"]);
		assert.equal(gone.code, 1);
		assert.match(gone.err, /\[compacted, HTTP 410\]/);
	});

	test("events --follow takes a broken stream up again, each event once", async () => {
		mock.cutEvents = 2;
		const r = ok(await tw(["events", "--follow", "--after", "3", "--limit", "6", "-o", "ndjson"]));
		const ids = r.out.trim().split("\n").map((l) => JSON.parse(l).data.n);
		assert.deepEqual(ids, [7, 8, 9, 10, 11, 12]);
		assert.match(r.err, /connecting again/);
	});

	test("an interrupt ends it with 130, and a half-written file goes away", async () => {
		mock.cutEvents = 0;
		let sent = false;
		const stop = (_, child) => {
			if (!sent) sent = child.kill("SIGINT");
		};
		const r = await tw(["events", "--follow", "-o", "ndjson"], { onOut: stop });
		assert.equal(r.code, 130);
		assert.equal(r.err, "");
		const dir = path.join(home, "interrupted");
		await mkdir(dir);
		mock.holdBackup = true;
		const half = await tw(["backup", path.join(dir, "b.tw")], {
			onStart: (child) => setTimeout(() => child.kill("SIGINT"), 400),
		});
		mock.holdBackup = false;
		assert.equal(half.code, 130);
		assert.deepEqual(await readdir(dir), []);
	});

	test("a reader that goes away is no error to speak of", async () => {
		const r = await run(["-c", `'${TIERWATCH}' gaps ${P} --all -o ndjson | head -n 1; true`], {
			program: "bash",
			env: { TIERWATCH_URL: mock.url, TIERWATCH_TOKEN: TOKEN },
		});
		assert.equal(r.err, "");
		assert.match(r.out, /XX-LOCAL-S0/);
	});

	test("a full disk is told", async () => {
		const r = await run(["-c", `'${TIERWATCH}' gaps ${P} --all > /dev/full`], {
			program: "bash",
			env: { TIERWATCH_URL: mock.url, TIERWATCH_TOKEN: TOKEN },
		});
		assert.equal(r.code, 1);
		assert.match(r.err, /cannot write the result/);
	});

	test("an answer that is no JSON is told, not believed", async () => {
		const r = await tw(["org", "show", "not-json"]);
		assert.equal(r.code, 1);
		assert.match(r.err, /cannot be read/);
	});
});

// A fictional corporate number: base digits that no registry office has, with its check digit.
const corporate = (n) => {
	const base = `9999${String(n).padStart(8, "0")}`;
	const sum = [...base].reverse().reduce((s, d, i) => s + ((Number(d) * (i % 2 ? 2 : 1))), 0);
	return `${9 - (sum % 9)}${base}`;
};

describe("against the daemon", { skip: existsSync(TIERWATCHD) ? false : "there is no daemon yet" }, () => {
	const BUYER = `JP-JCN-${corporate(1)}`;
	const MAKER = `JP-JCN-${corporate(2)}`;
	const DEEP = `JP-JCN-${corporate(3)}`;
	let dir, daemon, tw, url;

	const start = async (data, port = 0, clock = "2027-06-01T03:00:00Z") => {
		const child = spawn(TIERWATCHD, ["--data", data, "--listen", `127.0.0.1:${port}`, "--clock", clock]);
		let text = "";
		const address = await new Promise((resolve, reject) => {
			child.stderr.setEncoding("utf8").on("data", (d) => {
				text += d;
				const m = /listening on (http:\/\/\S+)/.exec(text);
				if (m) resolve(m[1]);
			});
			child.on("exit", (code) => reject(new Error(`tierwatchd exited with ${code}\n${text}`)));
		});
		return { child, url: address };
	};
	const stop = ({ child }) =>
		new Promise((resolve) => {
			child.removeAllListeners("exit").on("exit", (code) => resolve(code));
			child.kill("SIGTERM");
		});

	before(async () => {
		dir = path.join(home, "store");
		await mkdir(dir);
		daemon = await start(dir);
		url = daemon.url;
		tw = client(url, (await readFile(path.join(dir, "admin.token"), "utf8")).trim());
	});
	after(() => daemon && stop(daemon));

	test("status, and the token's own file", async () => {
		const o = json(await tw(["status", "-o", "json"]));
		assert.equal(o.ready, true);
		assert.equal(typeof o.revision, "number");
		const args = ["org", "list", "--token-file", path.join(dir, "admin.token")];
		ok(await tw(args, { env: { TIERWATCH_TOKEN: "" } }));
		assert.equal((await tw(["org", "list"], { env: { TIERWATCH_TOKEN: "wrong" } })).code, 1);
	});

	test("organisations, by number and by alias", async () => {
		ok(await tw(["org", "set", corporate(1), "name=株式会社みほん発注"]));
		ok(await tw(["org", "set", corporate(2), "name=見本製作所株式会社", "name_kana=ミホンセイサクショ", "aliases=XX-LOCAL-MAKER"]));
		ok(await tw(["org", "set", DEEP, "name=みほん部品"]));
		assert.equal(json(await tw(["org", "show", "XX-LOCAL-MAKER", "-o", "json"])).id, MAKER);
		const found = json(await tw(["org", "list", "見本製作所", "-o", "json"])).items;
		assert.deepEqual(found.map((x) => x.id), [MAKER]);
		assert.match(ok(await tw(["org", "list", "--lang", "ja"])).out, /名称/);
		assert.equal((await tw(["org", "show", "XX-LOCAL-NONE"])).code, 4);
		const wrong = await tw(["org", "set", `JP-JCN-${(Number(corporate(4)[0]) % 9) + 1}${corporate(4).slice(1)}`, "name=x"]);
		assert.equal(wrong.code, 1);
		assert.match(wrong.err, /check-digit/);
		const unknown = await tw(["org", "set", BUYER, "nope=1", "--lang", "ja"]);
		assert.equal(unknown.code, 1);
		assert.match(unknown.err, /\[unknown-field, HTTP 422\]/);
		assert.match(unknown.err, /nope/);
	});

	test("links and targets make gaps", async () => {
		ok(await tw(["link", "set", BUYER, MAKER, "confidential=true", "continuity=false", "system_access=false",
			"dependency=0.5", "annual_spend=12000000", "relation=business"]));
		ok(await tw(["link", "set", MAKER, DEEP, "dependency=0.25"]));
		ok(await tw(["target", "set", BUYER, "--due", "2027-09-30", "--tier", "2=3", "--depth", "3"]));
		const again = json(await tw(["target", "set", BUYER, "--own-level", "4", "-o", "json"]));
		assert.equal(again.default_rules, true, "METI's rules stay METI's");
		assert.deepEqual(again.tiers, { 2: 3 });
		assert.equal(again.due, "2027-09-30");
		const o = json(await tw(["exposure", BUYER, "-o", "json"]));
		assert.equal(o.depth, 3);
		assert.equal(o.gaps, 2);
		assert.equal((await tw(["gaps", BUYER, "--exit-code"])).code, 6);
		const gaps = json(await tw(["gaps", BUYER, "-o", "json"])).items;
		assert.deepEqual(gaps.map((g) => [g.tier, g.supplier, g.kind]), [[1, MAKER, "never"], [2, DEEP, "never"]]);
		const links = json(await tw(["link", "list", BUYER, "-o", "json"])).items;
		assert.equal(links[0].effective_level, 4);
		assert.match(ok(await tw(["link", "list", BUYER])).out, /見本製作所株式会社/);
		assert.match(ok(await tw(["link", "list", MAKER, "--procurers"])).out, /株式会社みほん発注/);
		const self = await tw(["link", "set", BUYER, BUYER, "note=x"]);
		assert.equal(self.code, 1);
		assert.match(self.err, /self-link/);
	});

	test("what the server refuses is 1, and its words are shown", async () => {
		for (const [args, code] of [
			[["exposure", BUYER, "--depth", "0"], "bad-query"],
			[["exposure", BUYER, "--depth", "25"], "bad-query"],
			[["exposure", BUYER, "--on", "2026-02-30"], "bad-query"],
			[["link", "set", BUYER, MAKER, "required_level=6"], "out-of-range"],
		]) {
			const r = await tw(args);
			assert.equal(r.code, 1, args.join(" "));
			assert.ok(r.err.includes(`[${code}, HTTP 4`), r.err);
		}
	});

	test("a certificate comes and is revoked: figures and events follow", async () => {
		const level = ["scheme=scs", "level=4", "issued=2027-04-01", "expires=2030-03-31", "evidence=registry"];
		ok(await tw(["cert", "set", MAKER, "c1", ...level]));
		assert.equal(json(await tw(["exposure", BUYER, "-o", "json"])).gaps, 1);
		assert.match(ok(await tw(["cert", "list", MAKER])).out, /c1 +scs +4 +valid/);
		const impact = json(await tw(["impact", MAKER, "--held-level", "0", "-o", "json"]));
		assert.deepEqual(impact.items.map((x) => [x.procurer, x.gap]), [[BUYER, true]]);
		ok(await tw(["cert", "suspend", MAKER, "c1", "--from", "2027-05-01"]));
		ok(await tw(["cert", "resume", MAKER, "c1"]));
		ok(await tw(["cert", "revoke", MAKER, "c1"]));
		assert.equal((await tw(["impact", MAKER, "--exit-code"])).code, 6);
		const gaps = json(await tw(["gaps", BUYER, "--kind", "lapsed", "-o", "json"])).items;
		assert.deepEqual(gaps.map((g) => g.supplier), [MAKER]);
		const events = ok(await tw(["events", "-o", "ndjson"])).out.trim().split("\n").map((l) => JSON.parse(l));
		const lapse = events.filter((x) => x.type === "supplier.lapsed");
		assert.ok(lapse.length >= 1 && lapse.at(-1).subject === MAKER);
		assert.deepEqual(events.map((x) => x.revision), events.map((x) => x.revision).sort((a, b) => a - b));
	});

	test("incident: whom to tell, until when and how", async () => {
		ok(await tw(["org", "set", BUYER, 'contacts=[{"role":"総務","email":"soumu@example.jp"}]']));
		const told = async () => ok(await tw(["incident", DEEP, "--at", "2027-06-01T09:00:00+09:00", "-o", "csv"])).out.trim().split("\r\n");
		assert.match((await told())[1], new RegExp(`^1,${MAKER},,,missing,`));
		ok(await tw(["clause", "set", MAKER, DEEP, "2-1-4", "status=agreed", "agreed_on=2027-04-01", "notify_within_hours=24",
			'contacts=[{"role":"窓口","phone":"03-0000-0000","side":"supplier"},{"role":"CSIRT","name":"見本花子","phone":"03-1111-1111","email":"a@example.jp","side":"procurer"}]']));
		const [head, first, second] = await told();
		assert.equal(head, "tier,procurer,clause.notify_within_hours,notify_by,clause.status,contact,means,name,path");
		assert.ok(first.startsWith(`1,${MAKER},24,2027-06-02T00:00:00.000Z,agreed,CSIRT 見本花子,03-1111-1111 / a@example.jp,`), first);
		assert.ok(second.startsWith(`2,${BUYER},,,,総務,soumu@example.jp,`), second);
		assert.ok(second.endsWith(`${BUYER};${MAKER};${DEEP}`), second);
		const table = ok(await tw(["incident", DEEP])).out;
		assert.match(table, /TIER +PROCURER +HOURS +NOTIFY BY +2-1-4 +CONTACT/);
		assert.match(ok(await tw(["incident", DEEP, "--lang", "ja"])).out, /通知期限時間/);
		const body = json(await tw(["incident", DEEP, "-o", "json"]));
		assert.deepEqual([body.items.length, body.items[0].means], [2, undefined]);
		assert.equal(json(await tw(["incident", DEEP, "--depth", "1", "--order", "tier", "-o", "json"])).items.length, 1);
		assert.equal((await tw(["incident", DEEP, "--at", "noon"])).code, 1);
		ok(await tw(["clause", "rm", MAKER, DEEP, "2-1-4"]));
	});

	test("simulate: now, then and the difference; nothing is written", async () => {
		const NEW = "XX-LOCAL-NEW";
		ok(await tw(["org", "set", NEW, "name=架空資材\u202e"]));
		const at = json(await tw(["status", "-o", "json"])).revision;
		const words = [`held:${corporate(2)}=4`, `drop:XX-LOCAL-MAKER/${DEEP}`,
			`add:${BUYER}/${NEW},required_level=3,annual_spend=3000000,department=購買,資材,due=`, `set:${BUYER}/${MAKER},annual_spend=1500`];
		const o = json(await tw(["simulate", corporate(1), ...words, "--depth", "2", "--horizon", "30", "--on", "2027-06-02", "-o", "json"]));
		assert.deepEqual([o.procurer, o.on, o.depth, o.horizon], [BUYER, "2027-06-02", 2, 30]);
		assert.deepEqual(o.before, json(await tw(["exposure", BUYER, "--depth", "2", "--horizon", "30", "--on", "2027-06-02", "-o", "json"])));
		assert.deepEqual([o.opened, o.closed, o.entered, o.left], [1, 1, 1, 1]);
		assert.equal(o.after.annual_spend, 3001500);

		const table = ok(await tw(["simulate", BUYER, ...words]));
		assert.match(table.err, /nothing was written/);
		assert.match(table.out, new RegExp(`^PROCURER +${BUYER} +株式会社みほん発注\\n`));
		assert.match(table.out, /\nFIGURE +NOW +THEN +CHANGE\n/);
		assert.match(table.out, /\nGAPS +2 +1 +-1\n/);
		assert.match(table.out, /\nGAPS: LAPSED +1 +0 +-1\n/);
		assert.match(table.out, /\nANNUAL SPEND +12,000,000 +3,001,500 +-8,998,500\n/);
		assert.match(table.out, /\nGAPS: TIER 2 +1 +0 +-1\n/);
		assert.match(table.out, new RegExp(`\\nno more in gap +1 +${MAKER} +gap -> met +4 +0 -> 4 +due -> - .*見本製作所株式会社\\n`));
		assert.match(table.out, new RegExp(`\\ncomes in +1 +${NEW} +- -> gap +- -> 3 .*架空資材\ufffd\\n`));
		assert.match(table.out, new RegExp(`\\ndrops out +2 +${DEEP} +gap -> - `));
		const ja = ok(await tw(["simulate", BUYER, ...words, "--lang", "ja"]));
		assert.match(ja.out, /\n項目 +現在 +仮定 +増減\n/);
		assert.match(ja.out, /\n未達でなくなる +1 +JP-JCN-\d+ +未達 -> 充足 /);
		const heads = ja.out.split("\n").filter((l) => /^(項目|未達|年間取引額) .* \S+$/.test(l));
		assert.equal(new Set(heads.map(columns)).size, 1, heads.join("\n"));

		const csv = ok(await tw(["simulate", BUYER, ...words, "--limit", "1", "-o", "csv"]));
		assert.match(csv.err, /the first 1 of 3/);
		assert.match(csv.out, /^change,tier,supplier,before\.state,before\.required,[^]*,name\r\n\w+,1,[^\r]*\r\n$/);
		assert.match(ok(await tw(["simulate", BUYER, "held:XX-LOCAL-MAKER=0"])).err, /no supplier stands otherwise/);

		// the targets: those that stand, from a file and from standard input, and none
		const shown = ok(await tw(["target", "show", BUYER, "-o", "json"])).out;
		const kept = json(await tw(["simulate", BUYER, `targets:${await file("targets.json", shown)}`, "-o", "json"]));
		assert.deepEqual(kept.after, kept.before);
		const input = JSON.stringify({ rules: [{ when: {}, level: 3 }], tiers: {} });
		assert.equal(json(await tw(["simulate", BUYER, "targets:-", "-o", "json"], { input })).after.gaps, 1);
		assert.equal(json(await tw(["simulate", BUYER, "targets:none", "-o", "json"])).after.gaps, 0);
		const missing = await tw(["simulate", BUYER, "targets:/no/such/file"]);
		assert.equal(missing.code, 1);
		assert.match(missing.err, /cannot read \/no\/such\/file/);
		assert.match((await tw(["simulate", BUYER, `targets:${await file("cut.json", '{"rules":[')}`])).err, /cut\.json:1:/);

		// what the server refuses is 1, with the word that it came of
		for (const [args, code, word] of [
			[["held:XX-LOCAL-NONE=0"], "no-such-org", "held:XX-LOCAL-NONE=0"],
			[["held:XX-LOCAL-MAKER=0", "held:XX-LOCAL-MAKER=six"], "wrong-type", "held:XX-LOCAL-MAKER=six"],
			[["held:XX-LOCAL-MAKER=0", `set:${BUYER}/${MAKER},required_level=9`], "out-of-range", `set:${BUYER}/${MAKER},required_level=9`],
			[["held:XX-LOCAL-MAKER=0", "--depth", "25"], "out-of-range", null],
			[["held:XX-LOCAL-MAKER=0", "--on", "2027-02-30"], "bad-date", null],
		]) {
			const r = await tw(["simulate", BUYER, ...args]);
			assert.equal(r.code, 1, args.join(" "));
			assert.ok(r.err.includes(`[${code}, HTTP 422]`), r.err);
			if (word) assert.ok(r.err.includes(`this came of '${word}'`), r.err);
			else assert.ok(!r.err.includes("this came of"), r.err);
		}
		assert.equal(json(await tw(["status", "-o", "json"])).revision, at);
		ok(await tw(["org", "rm", NEW]));
	});

	test("drill: recorded, listed, removed", async () => {
		ok(await tw(["drill", "set", BUYER, "2027-1", "held_on=2027-05-20", `supplier=${DEEP}`, "participants=購買部;CSIRT", "affected=2", "kind=incident"]));
		ok(await tw(["drill", "set", BUYER, "2027-1", "contacts_tried=2", "contacts_reached=1"]));
		const shown = json(await tw(["drill", "show", BUYER, "2027-1", "-o", "json"]));
		assert.deepEqual([shown.participants, shown.affected, shown.contacts_reached], [["購買部", "CSIRT"], 2, 1]);
		assert.match(ok(await tw(["drill", "list", BUYER])).out, /HELD ON +DRILL +KIND/);
		assert.match(ok(await tw(["drill", "list", BUYER, "--lang", "ja"])).out, /2027-05-20 +2027-1 +インシデント /);
		assert.equal((await tw(["drill", "set", BUYER, "bad", "affected=x"])).code, 1);
		ok(await tw(["drill", "rm", BUYER, "2027-1"]));
		assert.equal((await tw(["drill", "show", BUYER, "2027-1"])).code, 4);
	});

	test("exposure.changed arrives on the stream, and a stream goes on where another ended", async () => {
		const before = json(await tw(["status", "-o", "json"])).revision;
		const live = tw(["events", "--follow", "--after", String(before), "--limit", "2", "-o", "ndjson"]);
		ok(await tw(["cert", "set", DEEP, "d1", "scheme=scs", "level=3", "issued=2027-04-01",
			"expires=2028-03-31", "evidence=copy"]));
		const types = ok(await live).out.trim().split("\n").map((l) => JSON.parse(l).type);
		assert.equal(types.length, 2);
		assert.equal(types[0], "certificate.changed");
	});

	test("why, expiring, clauses, history", async () => {
		const why = json(await tw(["why", BUYER, DEEP, "-o", "json"]));
		assert.deepEqual(why.path, [BUYER, MAKER, DEEP]);
		assert.equal(why.dependency, 0.125);
		assert.match(ok(await tw(["why", BUYER, DEEP, "--lang", "ja"])).out, /見本製作所株式会社/);
		assert.equal((await tw(["why", DEEP, BUYER])).code, 4);
		const soon = json(await tw(["expiring", BUYER, "--horizon", "400", "-o", "json"])).items;
		assert.deepEqual(soon.map((x) => x.expires_on), ["2028-03-31"]);
		assert.equal((await tw(["clause-gaps", BUYER, "--exit-code"])).code, 6);
		ok(await tw(["clause", "set", BUYER, MAKER, "2-1-2", "status=agreed", "agreed_on=2027-04-01"]));
		const clause = json(await tw(["clause", "set", BUYER, MAKER, "2-1-2", "note=保管場所は本社", "-o", "json"]));
		assert.equal(clause.status, "agreed");
		assert.equal(clause.note, "保管場所は本社");
		assert.equal(json(await tw(["clause", "list", BUYER, MAKER, "-o", "json"])).items.length, 6);
		ok(await tw(["clause", "rm", BUYER, MAKER, "2-1-2"]));
		assert.equal(json(await tw(["clause", "show", BUYER, MAKER, "2-1-2", "-o", "json"])).status, "missing");
		ok(await tw(["history", BUYER]));
	});

	test("a vendor master in CP932 with Japanese headings", async () => {
		const rows = Array.from({ length: 2000 }, (_, i) =>
			`T${corporate(1000 + i)},V-${i},高,○,令和9年9月30日`);
		rows[41] = "T1234567890123,V-41x,高,○,令和9年9月30日";
		const text = `取引先,取引先コード,重要度,機密情報,期限\r\n${rows.join("\r\n")}\r\n`;
		const utf8 = await file("vendors-utf8.csv", text);
		ok(await run(["-c", `iconv -f UTF-8 -t CP932 ${utf8} > vendors.csv`], { program: "bash" }));
		const args = ["import", "vendors.csv", "--kind", "links", "--procurer", BUYER];
		const before = json(await tw(["status", "-o", "json"]));
		const dry = ok(await tw([...args, "--dry-run"]));
		assert.match(dry.err, /2000 rows read/);
		assert.equal(json(await tw(["status", "-o", "json"])).links, before.links);
		const strict = await tw([...args, "--strict"]);
		assert.equal(strict.code, 1);
		const real = ok(await tw([...args, "-o", "json"]));
		assert.match(real.err, /vendors\.csv:43:\d+: /);
		const job = JSON.parse(real.out);
		assert.equal(job.accepted, 1999);
		assert.equal(job.rejected, 1);
		const link = json(await tw(["link", "show", BUYER, corporate(1000), "-o", "json"]));
		assert.equal(link.supplier_code, "V-0");
		assert.equal(link.due, "2027-09-30");
		assert.equal(link.criticality, "high");
		const twice = JSON.parse(ok(await tw([...args, "-o", "json"])).out);
		assert.equal(twice.unchanged, 1999);
		const all = json(await tw(["link", "list", BUYER, "--all", "-o", "json"]));
		assert.equal(all.items.length, 2000);
		assert.equal((await tw(["import", await file("junk.bin", "\u0000\u0001\u0002")])).code, 1);
	});

	test("exports go back in unchanged", async () => {
		const to = path.join(home, "links.csv");
		ok(await tw(["export", "links", "--file", to]));
		const job = JSON.parse(ok(await tw(["import", to, "--kind", "links", "-o", "json"])).out);
		assert.equal(job.rejected, 0);
		assert.equal(job.changed ?? 0, 0);
		assert.match(ok(await tw(["export", "orgs", "-o", "ndjson"])).out, /"見本製作所株式会社"/);
	});

	test("backup, restore, check", async () => {
		const copy = path.join(home, "copy.tw");
		const other = path.join(home, "restored");
		ok(await tw(["backup", copy]));
		ok(await run(["restore", copy, other]));
		ok(await run(["check", other]));
		const second = await start(other);
		const token = (await readFile(path.join(other, "admin.token"), "utf8").catch(() =>
			readFile(path.join(dir, "admin.token"), "utf8"))).trim();
		const there = client(second.url, token);
		const o = json(await there(["exposure", BUYER, "-o", "json"]));
		assert.deepEqual(o, json(await tw(["exposure", BUYER, "-o", "json"])));
		assert.equal(await stop(second), 0);
		ok(await run(["check", dir])); // it reads one state, also of a store that is in use
		const none = await run(["--lang", "ja", "check", path.join(home, "no-such-store")]);
		assert.notEqual(none.code, 0);
		assert.match(none.err, /[ぁ-ん]/, "in the client's language");
		await writeFile(path.join(other, "data.mdb"), "x".repeat(8192));
		assert.equal((await run(["check", other])).code, 3);
	});

	test("events --follow lives through a restart of the daemon", async () => {
		const data = path.join(home, "restart");
		await mkdir(data);
		let server = await start(data);
		const token = (await readFile(path.join(data, "admin.token"), "utf8")).trim();
		const there = client(server.url, token);
		let restarted;
		const again = async () => {
			await stop(server);
			server = await start(data, new URL(server.url).port);
			ok(await there(["org", "set", "XX-LOCAL-2", "name=二"]));
		};
		const followed = there(["events", "--follow", "--after", "0", "--limit", "2", "-o", "ndjson"], {
			onOut: () => (restarted ??= again()),
		});
		ok(await there(["org", "set", "XX-LOCAL-1", "name=一"]));
		const seen = ok(await followed).out.trim().split("\n").map((l) => JSON.parse(l).subject);
		await restarted;
		assert.deepEqual(seen, ["XX-LOCAL-1", "XX-LOCAL-2"]);
		await stop(server);
	});

	test("deleting", async () => {
		const refused = await tw(["org", "rm", DEEP]);
		assert.equal(refused.code, 1);
		assert.match(refused.err, /has-links/);
		ok(await tw(["link", "rm", MAKER, DEEP]));
		ok(await tw(["cert", "rm", DEEP, "d1"]));
		ok(await tw(["org", "rm", DEEP, "--cascade"]));
		assert.equal((await tw(["org", "show", DEEP])).code, 4);
		ok(await tw(["target", "rm", BUYER]));
		assert.equal((await tw(["target", "show", BUYER])).code, 4);
	});
});
