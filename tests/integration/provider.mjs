// OpenID providers for the tests, on loopback: the real oidc-provider with one client, and a bare issuer whose
// tokens a test makes itself, wrong ones too.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./daemon.mjs";

const fromTests = createRequire(join(root, "tests/package.json"));
const load = (name) => import(pathToFileURL(fromTests.resolve(name)).href);
export const jose = await load("jose");

const listen = (server) =>
	new Promise((done) => server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${server.address().port}`)));

// An issuer: its description, its keys, and tokens of any kind signed with them.
export class Issuer {
	async start() {
		this.keys = [];
		this.asked = { keys: 0, description: 0 };
		this.up = true;
		this.server = createServer((rq, rs) => this.answer(rq, rs));
		this.url = await listen(this.server);
		await this.addKey("one", "RS256");
		return this;
	}
	stop() {
		this.server.closeAllConnections();
		return new Promise((done) => this.server.close(done));
	}
	answer(rq, rs) {
		const json = (body) => {
			rs.setHeader("Content-Type", "application/json");
			rs.end(JSON.stringify(body));
		};
		if (!this.up) {
			rs.statusCode = 503;
			return rs.end();
		}
		if (rq.url === "/.well-known/openid-configuration") {
			this.asked.description++;
			return json({
				issuer: this.url,
				authorization_endpoint: `${this.url}/auth`,
				token_endpoint: `${this.url}/token`,
				jwks_uri: `${this.url}/jwks`,
				...this.description,
			});
		}
		if (rq.url === "/jwks") {
			this.asked.keys++;
			return json({ keys: this.keys.map((k) => k.jwk) });
		}
		rs.statusCode = 404;
		rs.end();
	}
	async addKey(kid, alg, members = {}) {
		const pair = await jose.generateKeyPair(alg, { extractable: true });
		const jwk = { ...(await jose.exportJWK(pair.publicKey)), kid, use: "sig", ...members };
		this.keys.push({ kid, alg, ...pair, jwk });
		return this.keys.at(-1);
	}
	// claims: over what a good token says; undefined removes one.
	claims(claims = {}) {
		const now = Math.floor(Date.now() / 1000);
		const all = {
			iss: this.url,
			aud: "tierwatch",
			sub: "u-1",
			preferred_username: "taro@example.co.jp",
			iat: now,
			exp: now + 300,
			roles: ["tw-admins"],
			...claims,
		};
		return Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined));
	}
	token(claims = {}, { key = this.keys[0], header = {} } = {}) {
		const head = { alg: key.alg, kid: key.kid, typ: "JWT", ...header };
		return new jose.SignJWT(this.claims(claims)).setProtectedHeader(head).sign(key.privateKey);
	}
}

// The real thing. Two steps, because it has to know the daemon's address and the daemon its.
export class RealProvider {
	async listen() {
		this.server = createServer((rq, rs) => {
			if (this.handler) return this.handler(rq, rs);
			rs.statusCode = 503;
			rs.end();
		});
		this.url = await listen(this.server);
		return this;
	}
	async open({ redirect, accounts, secret }) {
		const { default: Provider } = await load("oidc-provider");
		const provider = new Provider(this.url, {
			clients: [
				{
					client_id: "tierwatch",
					...(secret ? { client_secret: secret } : { token_endpoint_auth_method: "none" }),
					redirect_uris: [redirect],
					grant_types: secret ? ["authorization_code", "client_credentials"] : ["authorization_code"],
					response_types: ["code"],
				},
			],
			pkce: { required: () => true },
			conformIdTokenClaims: false,
			claims: { openid: ["sub"], profile: ["preferred_username", "roles", "tierwatch_orgs"], email: ["email"] },
			findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
			extraTokenClaims: () => ({ roles: ["tw-admins"] }),
			features: {
				devInteractions: { enabled: true },
				clientCredentials: { enabled: true },
				resourceIndicators: {
					enabled: true,
					defaultResource: () => undefined,
					getResourceServerInfo: () => ({ scope: "api", audience: "tierwatch-api", accessTokenFormat: "jwt" }),
				},
			},
		});
		this.handler = provider.callback();
	}
	stop() {
		this.server.closeAllConnections();
		return new Promise((done) => this.server.close(done));
	}
}

// As much of a browser as a login takes: cookies by host and port, redirects one by one.
export class Visitor {
	constructor() {
		this.jars = new Map();
	}
	jar(url) {
		const { origin } = new URL(url);
		if (!this.jars.has(origin)) this.jars.set(origin, new Map());
		return this.jars.get(origin);
	}
	async go(url, options = {}) {
		const jar = this.jar(url);
		const r = await fetch(url, {
			redirect: "manual",
			...options,
			headers: {
				Accept: "text/html",
				...options.headers,
				Cookie: [...jar].map(([k, v]) => `${k}=${v}`).join("; "),
			},
		});
		for (const line of r.headers.getSetCookie()) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
			if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(line) || value === "") jar.delete(name);
			else jar.set(name, value);
		}
		return { status: r.status, headers: r.headers, text: await r.text(), location: r.headers.get("location") && new URL(r.headers.get("location"), url).href };
	}
	// Logs in at the provider's own pages; answers the address that it sends the browser back to.
	async logIn(url, account, stop) {
		for (let i = 0; i < 12; i++) {
			if (url.startsWith(stop)) return url;
			const r = await this.go(url);
			if (r.location) {
				url = r.location;
				continue;
			}
			const action = /action="([^"]+)"/.exec(r.text)?.[1];
			const prompt = /name="prompt" value="([^"]+)"/.exec(r.text)?.[1];
			if (!action || !prompt) throw new Error(`no form at ${url}: ${r.status} ${r.text}`);
			const body = new URLSearchParams({ prompt, ...(prompt === "login" ? { login: account, password: "x" } : {}) });
			const done = await this.go(new URL(action, url).href, { method: "POST", body });
			url = done.location;
		}
		throw new Error("the provider did not send us back");
	}
}
