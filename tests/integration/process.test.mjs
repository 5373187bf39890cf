// The process: start and stop, its directory, its exit statuses, kill -9, damage; what it says of itself.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync, openSync, writeSync, closeSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Daemon, fictional, program, root, run, scratchDir, sleep } from "./daemon.mjs";

const [P, A, B] = [1, 2, 3].map(fictional);

async function filled() {
	const d = await Daemon.start({ dir: scratchDir() });
	for (const id of [P, A, B]) await d.org(id);
	await d.link(P, A, { required_level: 3 });
	await d.targets(P);
	await d.event((e) => e.type === "exposure.changed");
	assert.deepEqual(await d.stopOnly(), { code: 0, signal: null });
	return d.dir;
}

describe("start and stop", () => {
	it("makes the store and the token, and ends with 0 on SIGTERM and SIGINT", async () => {
		const dir = scratchDir();
		const d = await Daemon.start({ dir: join(dir, "new") });
		assert.equal(statSync(join(d.dir, "admin.token")).mode & 0o777, 0o600);
		assert.match(d.token, /^tw_[a-z2-7]{59}$/);
		assert.equal((await d.get("/v1/orgs")).status, 200);
		const { token } = d;
		assert.deepEqual(await d.stopOnly(), { code: 0, signal: null });
		await d.launch();
		assert.equal(d.token, token);
		assert.equal((await d.get("/v1/orgs")).status, 200);
		d.child.kill("SIGINT");
		assert.deepEqual(await d.ended, { code: 0, signal: null });
		rmSync(dir, { recursive: true });
	});

	it("refuses a configuration that cannot be read with 2, a port in use with 1", async () => {
		const dir = scratchDir();
		assert.equal((await run(["--data", join(dir, "a"), "--config", join(dir, "none")])).code, 2);
		const d = await Daemon.start({ dir: join(dir, "b") });
		const address = d.url.slice("http://".length);
		const second = await run(["--data", join(dir, "c"), "--listen", address], { timeout: 5000 });
		assert.equal(second.code, 1, second.err);
		assert.match(second.err, /cannot listen/);
		await d.stop();
		rmSync(dir, { recursive: true });
	});

	it("starts quickly", async () => {
		const dir = await filled();
		const began = Date.now();
		const d = await Daemon.start({ dir });
		assert.ok(Date.now() - began < 2000);
		await d.stop();
		rmSync(dir, { recursive: true });
	});

	it("tells the service manager", async () => {
		const dir = scratchDir();
		const path = join(dir, "notify");
		// a datagram socket of the Unix kind, held by python, which prints what it gets
		const script = `import socket,sys\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM);s.bind(sys.argv[1]);s.settimeout(10)\nprint("bound",flush=True)\nfor i in range(2): print(s.recv(99).decode(),flush=True)`;
		const py = spawn("python3", ["-c", script, path], { stdio: ["ignore", "pipe", "inherit"] });
		const closed = new Promise((done) => py.on("close", done));
		let said = "";
		py.stdout.on("data", (x) => (said += x));
		while (!said.includes("bound")) await sleep(20);
		process.env.NOTIFY_SOCKET = path;
		const d = await Daemon.start({ dir: join(dir, "d") });
		delete process.env.NOTIFY_SOCKET;
		await d.stop();
		await closed;
		assert.deepEqual(said.trim().split("\n"), ["bound", "READY=1", "STOPPING=1"]);
		rmSync(dir, { recursive: true });
	});

	it("finishes what is under way when it is told to stop", async () => {
		const d = await Daemon.start();
		const writes = [...Array(50).keys()].map((i) => d.put(`/v1/orgs/${fictional(500 + i)}`, { name: `n${i}` }).catch(() => null));
		await sleep(30);
		const dir = d.dir;
		d.owned = false;
		const end = await d.stop();
		assert.equal(end.code, 0);
		const acked = (await Promise.all(writes)).filter((r) => r?.status === 201);
		await d.launch();
		for (const r of acked) assert.equal((await d.get(`/v1/orgs/${r.body.id}`)).status, 200);
		await d.stop();
		rmSync(dir, { recursive: true });
	});

	it("takes settings from a file, and the command line over it", async () => {
		const dir = scratchDir();
		const file = join(dir, "tierwatch.conf");
		writeFileSync(file, `# settings\ndata = ${join(dir, "d")}\njson_max_bytes = 2048\nloops = 1\n`);
		const d = await Daemon.start({ dir: join(dir, "d"), args: ["--config", file] });
		assert.equal((await d.put(`/v1/orgs/${A}`, { name: "x", note: "n".repeat(2500) })).status, 413);
		await d.stop();
		writeFileSync(file, "data = /tmp\ncolour = red\n");
		const bad = await run(["--config", file]);
		assert.equal(bad.code, 2);
		assert.match(bad.err, /line 2/);
		rmSync(dir, { recursive: true });
	});
});

describe("limits of the machine", () => {
	it("a full store refuses writes with 507, and goes on reading", async () => {
		const d = await Daemon.start({ args: ["--map-bytes", "2097152", "--map-max-bytes", "4194304"] });
		let r;
		let n = 0;
		for (; n < 5000; n++) {
			r = await d.put(`/v1/orgs/${fictional(n)}`, { name: `n${n}`, note: "y".repeat(3500) });
			if (r.status >= 300) break;
		}
		assert.ok(n > 100);
		assert.equal(r.status, 507, r.text);
		assert.equal(r.body.code, "store-full");
		for (let i = 0; i < n; i++) assert.equal((await d.get(`/v1/orgs/${fictional(i)}`)).body.name, `n${i}`);
		const { dir } = d;
		d.owned = false;
		assert.equal((await d.stop()).code, 0);
		assert.equal((await run(["--offline", "check", dir])).code, 0);
		// with room again, it writes again
		await d.launch();
		assert.equal((await d.put(`/v1/orgs/${fictional(n)}`, { name: "later" })).status, 201);
		await d.stop();
		rmSync(dir, { recursive: true });
	});

	it("open event streams do not hold up the end", async () => {
		const d = await Daemon.start();
		const streams = await Promise.all([1, 2, 3].map(() => d.fetch("GET", "/v1/events")));
		const began = Date.now();
		assert.equal((await d.stop()).code, 0);
		assert.ok(Date.now() - began < 3000);
		await Promise.all(streams.map((s) => s.text().catch(() => "")));
	});
});

describe("usage", () => {
	it("that is wrong ends with 2", async () => {
		for (const args of [
			[],
			["--data"],
			["--colour", "red"],
			["--data", "/tmp/x", "--listen", "nowhere"],
			["--data", "/tmp/x", "--listen", "127.0.0.1:99999"],
			["--data", "/tmp/x", "--clock", "yesterday"],
			["--data", "/tmp/x", "--loops", "-1"],
			["--data", "/tmp/x", "--loops", "many"],
			["--data", "/tmp/x", "extra"],
			["--offline", "dance"],
			["--offline", "check"],
			["--offline", "load"],
		]) {
			const r = await run(args);
			assert.equal(r.code, 2, `${args}: ${r.err}`);
			assert.match(r.err, /^tierwatchd: /);
		}
		rmSync("/tmp/x", { recursive: true, force: true });
		assert.equal((await run(["--help"])).code, 0);
		assert.match((await run(["--version"])).out, /^tierwatchd \d/);
	});

	it("names every option in docs/config.md and in the manual, in both languages", async () => {
		const { out } = await run(["--help"]);
		const names = [...out.matchAll(/^ {2}--([a-z-]+)/gm)].map((m) => m[1]);
		assert.ok(names.length > 25);
		for (const file of ["docs/config.md", "docs/man/tierwatchd.8", "docs/man/ja/tierwatchd.8"]) {
			const text = readFileSync(join(root, file), "utf8");
			for (const name of names)
				assert.ok(text.includes(file.endsWith(".md") ? `\`${name.replaceAll("-", "_")}\`` : name.replaceAll("-", "\\-")) || text.includes(`-${name}`), `${file}: ${name}`);
		}
	});
});

describe("the data directory", () => {
	it("belongs to one daemon", async () => {
		const d = await Daemon.start();
		const second = await run(["--data", d.dir, "--listen", "127.0.0.1:0"]);
		assert.equal(second.code, 3, second.err);
		assert.match(second.err, new RegExp(`pid ${d.child.pid}`));
		assert.equal((await d.get("/healthz")).status, 200);
		await d.stop();
	});

	it("that cannot be written is told of", { skip: process.getuid() === 0 && !hasNobody() }, async () => {
		const dir = await filled();
		chmodSync(dir, 0o555);
		const r = await run(["--data", dir, "--listen", "127.0.0.1:0"], process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {});
		assert.equal(r.code, 1, r.err);
		assert.match(r.err, /ermission/);
		chmodSync(dir, 0o755);
		rmSync(dir, { recursive: true });
	});

	it("on a file system that is read-only is told of", { skip: !mayMount() }, async () => {
		const dir = await filled();
		execFileSync("mount", ["--bind", dir, dir]);
		execFileSync("mount", ["-o", "remount,ro,bind", dir]);
		try {
			const r = await run(["--data", dir, "--listen", "127.0.0.1:0"]);
			assert.equal(r.code, 1, r.err);
			assert.match(r.err, /[Rr]ead-only/);
		} finally {
			execFileSync("umount", [dir]);
			rmSync(dir, { recursive: true });
		}
	});

	it("that is damaged ends with 3, or answers and is found by check", async () => {
		const dir = await filled();
		const file = join(dir, "data.mdb");
		const good = join(dir, "good.mdb");
		copyFileSync(file, good);
		const size = statSync(file).size;
		assert.equal((await run(["--offline", "check", dir])).code, 0);
		let found = 0;
		const damages = [
			() => truncateSync(file, 4096),
			() => truncateSync(file, 100),
			() => writeFileSync(file, Buffer.alloc(size, 0x55)),
			() => truncateSync(file, size - 8192),
		];
		for (let page = 2; page < size / 4096; page++)
			damages.push(() => {
				const fd = openSync(file, "r+");
				writeSync(fd, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
				closeSync(fd);
			});
		for (const damage of damages) {
			copyFileSync(good, file);
			damage();
			const check = await run(["--offline", "check", dir]);
			assert.ok([0, 3].includes(check.code), `${check.code} ${check.signal} ${check.err}`);
			found += check.code === 3;
			if (check.code !== 3) continue;
			assert.match(check.err + check.out, /damaged|broken|page/);
		}
		assert.ok(found >= 4, `${found} of ${damages.length}`);
		for (const damage of damages.slice(0, 3)) {
			copyFileSync(good, file);
			damage();
			const r = await run(["--data", dir, "--listen", "127.0.0.1:0"]);
			assert.equal(r.code, 3, r.err);
		}
		rmSync(dir, { recursive: true });
	});

	it("of a newer format is refused with a clear message", async () => {
		const missing = await run(["--offline", "check", join(scratchDir(), "none")]);
		assert.equal(missing.code, 1);
	});
});

describe("kill -9 under load", () => {
	it("loses nothing that was acknowledged", async () => {
		const d = await Daemon.start({ dir: scratchDir() });
		const acked = new Map();
		for (let round = 0; round < 5; round++) {
			let on = true;
			const client = async (k) => {
				for (let i = 0; on; i++) {
					const id = fictional(100000 * (round + 1) + 1000 * k + (i % 900));
					const r = await d.put(`/v1/orgs/${id}`, { name: `r${round}k${k}i${i}` }).catch(() => null);
					if (r?.status === 200 || r?.status === 201) acked.set(id, r.body.name);
				}
			};
			const clients = [0, 1, 2, 3, 4, 5, 6, 7].map(client);
			await sleep(150 + Math.random() * 300);
			await d.kill();
			on = false;
			await Promise.all(clients);
			await d.launch();
			assert.equal((await run(["--offline", "check", d.dir])).code, 0);
		}
		assert.ok(acked.size > 100, `${acked.size}`);
		for (const [id, name] of acked) {
			const { body } = await d.get(`/v1/orgs/${id}`);
			// a later write to it may have been on its way, unanswered
			if (body.name !== name) assert.match(body.name, new RegExp(`^${name.split("i")[0]}i`));
		}
		const { body } = await d.get("/v1/status");
		const events = await d.changes();
		assert.equal(events.at(-1).revision, body.revision);
		await d.stopOnly();
		assert.equal((await run(["--offline", "check", d.dir])).code, 0);
		rmSync(d.dir, { recursive: true });
	});
});

function hasNobody() {
	try {
		// the program must be readable for another user
		execFileSync("setpriv", ["--reuid=65534", "--clear-groups", "test", "-x", program]);
		return true;
	} catch {
		return false;
	}
}

function mayMount() {
	const dir = scratchDir();
	try {
		mkdirSync(join(dir, "a"));
		execFileSync("mount", ["--bind", join(dir, "a"), join(dir, "a")], { stdio: "ignore" });
		execFileSync("umount", [join(dir, "a")]);
		return true;
	} catch {
		return false;
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}
