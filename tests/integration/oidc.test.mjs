// Callers that an OpenID provider vouches for: bearer tokens of every wrong kind, keys that change, and the whole
// way through a real provider's login pages.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Daemon, fictional, problem, run, scratchDir, sleep } from "./daemon.mjs";
import { Issuer, jose, RealProvider, Visitor } from "./provider.mjs";

const A = fictional(1);
const B = fictional(2);
const ROLES = "tw-admins:admin, tw-risk:risk, tw-buyers:procurer, tw-auditors:auditor";
const settings = (issuer, more = {}) =>
	Object.entries({
		"oidc-issuer": issuer,
		"oidc-client-id": "tierwatch",
		"oidc-roles": ROLES,
		"oidc-refetch-s": 1,
		"logins-per-minute": 1000,
		...more,
	}).flatMap(([k, v]) => [`--${k}`, String(v)]);
const ask = (d, token, path = "/v1/me") => d.call("GET", path, undefined, {}, { token });

// The daemon fetches keys behind the scenes: waits until a good token passes.
async function until(d, token, status = 200) {
	const end = Date.now() + 8000;
	for (;;) {
		const r = await ask(d, token);
		if (r.status === status) return r;
		if (Date.now() > end) throw new Error(`${r.status} ${r.text}`);
		await sleep(50);
	}
}
const metric = async (d, name) =>
	Number(new RegExp(`^tierwatch_${name} (\\d+)`, "m").exec((await d.get("/metrics")).text)[1]);

describe("bearer tokens of a provider", () => {
	let issuer;
	let d;
	before(async () => {
		issuer = await new Issuer().start();
		d = await Daemon.start({ clock: null, args: settings(issuer.url, { "oidc-refresh-s": 2 }) });
		await d.org(A, { name: "甲社" });
		await d.org(B);
		await d.link(A, B, { required_level: 3 });
		await until(d, await issuer.token());
	});
	after(async () => {
		await d?.stop();
		await issuer?.stop();
	});
	const refused = async (token, what) => {
		const r = await ask(d, token);
		problem(assert, r, 401, "token-refused");
		assert.ok(r.body.detail.endsWith(`: ${what}`), `${what}: ${r.body.detail}`);
		assert.match(r.headers.get("www-authenticate"), /^Bearer/);
	};
	const now = () => Math.floor(Date.now() / 1000);

	it("say who the caller is", async () => {
		const { body } = await ask(d, await issuer.token());
		assert.equal(body.name, "oidc:taro%40example.co.jp");
		assert.equal(body.role, "admin");
		assert.equal(body.by, "company");
		assert.equal(body.session, false);
		assert.ok(Date.parse(body.expires_at) > Date.now());
		assert.equal((await ask(d, await issuer.token({ preferred_username: undefined }))).body.name, "oidc:u-1");
	});

	it("give the role that the map says, the first that fits", async () => {
		const role = async (claims) => (await ask(d, await issuer.token(claims))).body.role;
		assert.equal(await role({ roles: ["other", "tw-risk"] }), "risk");
		assert.equal(await role({ roles: "tw-risk" }), "risk");
		assert.equal(await role({ roles: ["tw-risk", "tw-admins"] }), "admin");
		for (const roles of [undefined, [], ["admin"], ["tw-admins "], "tw-adminsx", { "tw-admins": 1 }, [["tw-admins"]], 1])
			problem(assert, await ask(d, await issuer.token({ roles })), 403, "no-role");
	});

	it("bind procurers and auditors to the organisations that the claim names", async () => {
		const buyer = (tierwatch_orgs) => issuer.token({ roles: ["tw-buyers"], tierwatch_orgs });
		const { body } = await ask(d, await buyer([A]));
		assert.equal(body.role, "procurer");
		assert.equal(body.name, `oidc:taro%40example.co.jp@${A}`);
		assert.deepEqual(body.orgs, [{ id: A, name: "甲社" }]);
		assert.deepEqual((await ask(d, await buyer(["XX-NONE-1", A]))).body.orgs.length, 1);
		for (const orgs of [undefined, [], ["XX-NONE-1"], [1, null], Array(65).fill(A)])
			problem(assert, await ask(d, await buyer(orgs)), 403, "no-role");
		assert.equal((await ask(d, await buyer(A), `/v1/orgs/${A}/exposure`)).status, 200);
		assert.ok([403, 404].includes((await ask(d, await buyer(A), `/v1/orgs/${B}/exposure`)).status));
		const r = await d.call("PUT", `/v1/orgs/${B}`, { name: "x" }, {}, { token: await issuer.token({ roles: "tw-auditors", tierwatch_orgs: A }) });
		problem(assert, r, 403, "forbidden");
	});

	it("must be made out for us, by the provider, and for now", async () => {
		for (const [claims, what] of [
			[{ iss: "https://elsewhere.example" }, "iss"],
			[{ iss: undefined }, "iss"],
			[{ iss: `${issuer.url}/` }, "iss"],
			[{ aud: "other" }, "aud"],
			[{ aud: [] }, "aud"],
			[{ aud: undefined }, "aud"],
			[{ aud: ["other", "tierwatchx"] }, "aud"],
			[{ azp: "other" }, "azp"],
			[{ azp: 1 }, "azp"],
			[{ exp: now() - 61 }, "exp"],
			[{ exp: undefined }, "exp"],
			[{ exp: String(now() + 300) }, "exp"],
			[{ exp: -1 }, "exp"],
			[{ nbf: now() + 90 }, "nbf"],
			[{ nbf: "x" }, "nbf"],
			[{ iat: now() + 90 }, "iat"],
			[{ sub: undefined }, "sub"],
			[{ sub: "" }, "sub"],
		])
			await refused(await issuer.token(claims), what);
		for (const claims of [{ exp: now() - 30 }, { nbf: now() + 30 }, { iat: now() + 30 }, { aud: ["x", "tierwatch"] }, { azp: "tierwatch" }])
			assert.equal((await ask(d, await issuer.token(claims))).status, 200, JSON.stringify(claims));
	});

	it("must be signed, by a key of the provider that fits the algorithm", async () => {
		const b64 = (v) => Buffer.from(typeof v === "string" ? v : JSON.stringify(v)).toString("base64url");
		const claims = b64(issuer.claims());
		await refused(`${b64({ alg: "none" })}.${claims}.`, "alg");
		await refused(`${b64({ alg: "none", kid: "one" })}.${claims}.AAAA`, "alg");
		await refused(`${b64({ alg: "None", kid: "one" })}.${claims}.`, "alg");
		await refused(`${b64({ kid: "one" })}.${claims}.AAAA`, "alg");
		// the public key as an HMAC secret, in each form that a library might take
		const pem = await jose.exportSPKI(issuer.keys[0].publicKey);
		for (const secret of [pem, pem.trim(), JSON.stringify(issuer.keys[0].jwk), Buffer.from(issuer.keys[0].jwk.n, "base64url")])
			await refused(
				await new jose.SignJWT(issuer.claims()).setProtectedHeader({ alg: "HS256", kid: "one" }).sign(Buffer.from(secret)),
				"alg",
			);
		const good = await issuer.token();
		const [h, p, s] = good.split(".");
		await refused(`${h}.${b64(issuer.claims({ sub: "other" }))}.${s}`, "signature");
		await refused(`${h}.${p}.${s.slice(0, -8)}AAAAAAAA`, "signature");
		const strange = await jose.generateKeyPair("RS256");
		await refused(await issuer.token({}, { key: { ...issuer.keys[0], privateKey: strange.privateKey } }), "signature");
		// a key of another kind under the name of ours, and one that brings its own key along
		const ec = await jose.generateKeyPair("ES256", { extractable: true });
		await refused(await issuer.token({}, { key: { kid: "one", alg: "ES256", privateKey: ec.privateKey } }), "alg");
		await refused(
			await issuer.token({}, { key: { kid: "mine", alg: "ES256", privateKey: ec.privateKey }, header: { jwk: await jose.exportJWK(ec.publicKey) } }),
			"kid",
		);
		const rs512 = await jose.generateKeyPair("RS512");
		await refused(await issuer.token({}, { key: { kid: "one", alg: "RS512", privateKey: rs512.privateKey } }), "alg");
		await refused(await issuer.token({}, { header: { typ: "logout+jwt" } }), "typ");
		await refused(await new jose.SignJWT(issuer.claims()).setProtectedHeader({ alg: "RS256", kid: "one", crit: ["b64"], b64: true }).sign(issuer.keys[0].privateKey), "crit");
	});

	it("that are no tokens at all are refused", async () => {
		for (const token of ["eyJ", "eyJ.e.e", `eyJ${"A".repeat(9000)}.e30.AA`, "eyJhbGciOiJSUzI1NiJ9..", "eyJhbGciOiJSUzI1NiJ9.e30", "eyJhbGciOiJSUzI1NiJ9.e30.AA.AA", "eyJhbGciOiJSUzI1NiJ9.e30.!!"]) {
			const r = await ask(d, token);
			assert.equal(r.status, 401, token.slice(0, 40));
		}
	});

	it("of an algorithm that is allowed pass: ES256, PS256, at+jwt, no kid where there is one key", async () => {
		const ec = await issuer.addKey("ec", "ES256");
		const ps = await issuer.addKey("ps", "PS256", { alg: "PS256" });
		await until(d, await issuer.token({}, { key: ec }));
		await until(d, await issuer.token({}, { key: ps, header: { typ: "at+jwt" } }));
		assert.equal((await ask(d, await issuer.token({}, { key: ec, header: { kid: undefined } }))).status, 200);
		await refused(await issuer.token({}, { key: { ...issuer.keys[0], kid: "ps" } }), "alg"); // the key says PS256 alone
	});

	it("follow the provider's keys: a new one is found, a removed one stops", async () => {
		const key = await issuer.addKey("two", "RS256");
		const token = await issuer.token({}, { key });
		await until(d, token);
		assert.equal((await ask(d, token)).status, 200, "also from the cache");
		issuer.keys.pop();
		const r = await until(d, token, 401);
		assert.match(r.body.detail, /: kid$/);
	});

	it("with made-up keys do not make the daemon ask the provider more than once a second", async () => {
		await sleep(1100);
		const from = issuer.asked.keys;
		const start = Date.now();
		await Promise.all(
			Array.from({ length: 300 }, async (_, i) => refused(await issuer.token({}, { key: { ...issuer.keys[0], kid: `flood-${i}` } }), "kid")),
		);
		await sleep(1200);
		const seconds = (Date.now() - start) / 1000;
		assert.ok(issuer.asked.keys - from <= Math.ceil(seconds) + 1, `${issuer.asked.keys - from} fetches in ${seconds} s`);
	});

	it("pass while the provider is away, and it is found again", async () => {
		issuer.up = false;
		await sleep(2500);
		assert.equal((await ask(d, await issuer.token())).status, 200);
		assert.equal((await d.get("/readyz")).status, 200);
		issuer.up = true;
		await until(d, await issuer.token());
	});

	it("are not checked twice", async () => {
		const token = await issuer.token();
		await ask(d, token);
		const verified = await metric(d, "oidc_verified_total");
		for (let i = 0; i < 5; i++) await ask(d, token);
		const cached = await metric(d, "oidc_cached_total");
		assert.ok(cached >= 4);
		assert.ok((await metric(d, "oidc_verified_total")) - verified <= 1);
	});

	it("leave tokens of the store alone, and leave nothing in the log", async () => {
		assert.equal((await d.get("/v1/me")).body.by, "token");
		assert.ok(!d.log.includes("eyJ"), d.log);
	});
});

describe("a provider that is not there", () => {
	it("keeps neither the daemon nor its tokens from working", async () => {
		const issuer = await new Issuer().start();
		issuer.up = false;
		const d = await Daemon.start({ clock: null, args: settings(issuer.url) });
		const token = await issuer.token();
		problem(assert, await ask(d, token), 503, "provider-away");
		assert.equal((await d.get("/v1/status")).status, 200);
		const page = await new Visitor().go(`${d.url}/v1/login`);
		assert.equal(page.location, `${d.url}/#login=provider-away`);
		issuer.up = true;
		await until(d, token);
		await d.stop();
		await issuer.stop();
	});

	it("is not believed when it describes another, or sends us to plain http", async () => {
		const issuer = await new Issuer().start();
		const d = await Daemon.start({ clock: null, args: settings(issuer.url) });
		await until(d, await issuer.token());
		for (const description of [{ issuer: "https://other.example" }, { jwks_uri: "http://192.0.2.1/jwks" }, { jwks_uri: "file:///etc/passwd" }]) {
			issuer.description = description;
			const key = await issuer.addKey(`k${Math.random()}`, "RS256");
			await ask(d, await issuer.token({}, { key }));
			await sleep(1300);
			assert.equal((await ask(d, await issuer.token({}, { key }))).status, 401);
		}
		await d.stop();
		await issuer.stop();
	});

	it("has to be set up whole", async () => {
		const dir = scratchDir();
		writeFileSync(join(dir, "secret"), "s3cret\n", { mode: 0o644 });
		for (const [more, text] of [
			[{ "oidc-issuer": "http://idp.example" }, /oidc_issuer/],
			[{ "oidc-client-id": "" }, /oidc_client_id/],
			[{ "oidc-algs": "HS256" }, /oidc_algs/],
			[{ "oidc-algs": "RS256, none" }, /oidc_algs/],
			[{ "oidc-roles": "" }, /oidc_roles/],
			[{ "oidc-roles": "x:king" }, /oidc_roles.*x:king/],
			[{ "oidc-scopes": "email" }, /oidc_scopes/],
			[{ "public-url": "https://x.example/" }, /public_url/],
			[{ "oidc-secret-file": join(dir, "secret") }, /oidc_secret_file.*0600/],
			[{ "oidc-secret-file": join(dir, "none") }, /oidc_secret_file/],
		]) {
			const r = await run(["--data", join(dir, "d"), "--listen", "127.0.0.1:0", ...settings("https://idp.example", more)]);
			assert.equal(r.code, 2, `${JSON.stringify(more)} ${r.err}`);
			assert.match(r.err, text);
			assert.ok(!r.err.includes("s3cret"));
		}
	});
});

// One real provider and a daemon that knows each other; secret: of a confidential client.
async function pair(secret) {
	const p = await new RealProvider().listen();
	const dir = scratchDir();
	const more = { "oidc-audience": "tierwatch-api" };
	if (secret) {
		writeFileSync(join(dir, "client.secret"), `${secret}\n`, { mode: 0o600 });
		more["oidc-secret-file"] = join(dir, "client.secret");
	}
	const d = await Daemon.start({ dir, clock: null, args: settings(p.url, more) });
	d.owned = true;
	await d.org(A, { name: "甲社" });
	const accounts = {
		boss: { preferred_username: "boss@example.co.jp", roles: ["tw-admins"] },
		buyer: { preferred_username: "花子", roles: ["tw-buyers"], tierwatch_orgs: [A] },
		nobody: { preferred_username: "nobody", roles: ["staff"] },
	};
	await p.open({ redirect: `${d.url}/v1/login/callback`, accounts, secret });
	for (let i = 0; i < 160 && (await d.fetch("GET", "/v1/login", { token: null }).catch(() => ({ status: 302 }))).status !== 302; i++)
		await sleep(50);
	return { p, d };
}

const cookieOf = (r, name = "tierwatch") => r.headers.getSetCookie().find((c) => c.startsWith(`${name}=`));

for (const secret of [undefined, "a secret: of the client & more%"])
	describe(`logging in at a real provider, ${secret ? "with a secret" : "public client"}`, () => {
		let p;
		let d;
		before(async () => ({ p, d } = await pair(secret)));
		after(async () => {
			await d?.stop();
			await p?.stop();
		});
		const me = (v) => v.go(`${d.url}/v1/me`);
		// As far as the address that the provider sends the browser back to.
		const away = async (v, account, to = "/") => {
			const first = await v.go(`${d.url}/v1/login?return=${encodeURIComponent(to)}`);
			assert.equal(first.status, 302, first.text);
			return { first, back: await v.logIn(first.location, account, `${d.url}/`) };
		};

		it("leads to the provider and back, with a session", async () => {
			const v = new Visitor();
			const { first, back } = await away(v, "boss", "/#/buyers/X?a=b");
			const q = new URL(first.location).searchParams;
			assert.equal(q.get("code_challenge_method"), "S256");
			assert.equal(q.get("response_type"), "code");
			for (const name of ["state", "nonce", "code_challenge"]) assert.match(q.get(name), /^[A-Za-z0-9_-]{43}$/);
			assert.match(cookieOf(first, "tierwatch-login"), /; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
			const r = await v.go(back);
			assert.equal(r.status, 302, r.text);
			assert.equal(r.location, `${d.url}/#/buyers/X?a=b`);
			assert.match(cookieOf(r), /^tierwatch=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
			const who = JSON.parse((await me(v)).text);
			assert.equal(who.role, "admin");
			assert.equal(who.name, "oidc:boss%40example.co.jp");
			assert.equal(who.by, "company");
			assert.equal(who.session, true);
			assert.ok(!d.log.includes(secret ?? "eyJ"));
		});

		it("binds a buyer to its organisation", async () => {
			const v = new Visitor();
			await v.go((await away(v, "buyer")).back);
			const who = JSON.parse((await me(v)).text);
			assert.equal(who.role, "procurer");
			assert.deepEqual(who.orgs, [{ id: A, name: "甲社" }]);
		});

		it("refuses an account that no role is given to, and says so", async () => {
			const v = new Visitor();
			const { back } = await away(v, "nobody");
			const r = await v.go(back, { headers: { Accept: "application/json" } });
			assert.equal(r.status, 403);
			assert.equal(JSON.parse(r.text).code, "no-role");
			assert.equal(cookieOf(r), undefined);
			const w = new Visitor();
			assert.equal((await w.go((await away(w, "nobody")).back)).location, `${d.url}/#login=no-role`);
			assert.equal((await me(w)).status, 401);
		});

		it("takes an answer once, from the browser that asked, with its state", async () => {
			const v = new Visitor();
			const { back } = await away(v, "boss");
			const failed = async (visitor, url, why) => {
				const r = await visitor.go(url, { headers: { Accept: "application/json" } });
				assert.equal(r.status, 401, r.text);
				assert.equal(JSON.parse(r.text).code, "login-failed");
				assert.match(JSON.parse(r.text).detail, new RegExp(`\\(${why}\\)`));
				assert.equal(cookieOf(r), undefined);
			};
			const jar = () => new Map(v.jar(d.url));
			const twin = (change) => {
				const w = new Visitor();
				w.jars.set(new URL(d.url).origin, change(jar()));
				return w;
			};
			const other = (name, value) => {
				const u = new URL(back);
				if (value === null) u.searchParams.delete(name);
				else u.searchParams.set(name, value);
				return u.href;
			};
			await failed(new Visitor(), back, "cookie"); // another browser: login CSRF
			await failed(twin((j) => j.set("tierwatch-login", "A".repeat(1200))), back, "cookie");
			await failed(twin((j) => j), other("state", "x"), "state");
			await failed(twin((j) => j), other("state", null), "state");
			await failed(twin((j) => j), other("code", null), "code");
			await failed(twin((j) => j), other("iss", "https://evil.example"), "iss");
			await failed(twin((j) => j), other("error", "access_denied"), "refused");
			const again = twin((j) => j);
			assert.equal((await v.go(back)).status, 302);
			await failed(again, back, "state");
			const w = new Visitor();
			const second = await away(w, "boss");
			await failed(w, second.back.replace(/code=[^&]+/, "code=made-up"), "code");
		});

		it("goes back to paths of its own only", async () => {
			for (const to of ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/\t/evil", "/a b", "/v1/orgs", "\\/evil", "/<x>", "javascript:alert(1)", "/x\r\nSet-Cookie: a=b", "/%0d", `/${"a".repeat(600)}`]) {
				const r = await new Visitor().go(`${d.url}/v1/login?return=${encodeURIComponent(to)}`);
				if (to === "/%0d") assert.equal(r.status, 302); // stays encoded
				else assert.equal(r.status, 400, to);
				assert.ok(!r.headers.get("set-cookie")?.includes("a=b"));
			}
		});

		if (secret)
			it("takes the provider's bearer tokens too", async () => {
				const conf = await (await fetch(`${p.url}/.well-known/openid-configuration`)).json();
				const r = await fetch(conf.token_endpoint, {
					method: "POST",
					headers: { Authorization: `Basic ${btoa(`tierwatch:${encodeURIComponent(secret)}`)}` },
					body: new URLSearchParams({ grant_type: "client_credentials", scope: "api", resource: "https://tierwatch.example/api" }),
				});
				const { access_token } = await r.json();
				const who = await until(d, access_token);
				assert.equal(who.body.role, "admin");
				assert.equal(who.body.name, "oidc:tierwatch");
			});
	});
