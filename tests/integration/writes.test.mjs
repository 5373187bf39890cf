// Many writers at once: a queue that is full says so, and what was answered outlasts kill -9.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { describe, it } from "node:test";
import { Daemon, fictional, problem, run, scratchDir, sleep } from "./daemon.mjs";

const CLIENTS = 64;
const buyer = fictional(1);
const supplier = (k) => fictional(100 + k);

async function withSuppliers(d) {
	await d.org(buyer);
	await Promise.all(Array.from({ length: CLIENTS }, (_, k) => d.org(supplier(k))));
}

describe("more writers than the queue holds", () => {
	it("are told to come again, and find everything done that was answered", async () => {
		const d = await Daemon.start();
		await withSuppliers(d);
		await d.stopOnly();
		await d.launch(undefined, ["--queue-max", "2"]);
		let refused = 0;
		const client = async (k) => {
			for (let i = 1; i <= 10; ) {
				const r = await d.put(`/v1/orgs/${buyer}/suppliers/${supplier(k)}`, { dependency: i / 100 });
				if (r.status === 503) {
					problem(assert, r, 503, "busy");
					assert.ok(Number(r.headers.get("retry-after")) >= 1);
					refused++;
					await sleep(1 + Math.random() * 10);
					continue;
				}
				assert.equal(r.status, i === 1 ? 201 : 200, r.text);
				assert.equal(r.body.dependency, i / 100);
				i++;
			}
		};
		const readers = async () => {
			for (let i = 0; i < 50; i++) assert.equal((await d.get(`/v1/orgs/${buyer}`)).status, 200);
		};
		await Promise.all([readers(), ...Array.from({ length: CLIENTS }, (_, k) => client(k))]);
		assert.ok(refused > 0, "the queue was never full");
		const { body } = await d.get(`/v1/orgs/${buyer}/suppliers?limit=${CLIENTS}`);
		assert.equal(body.items.length, CLIENTS);
		for (const link of body.items) assert.equal(link.dependency, 0.1);
		await d.stop();
	});
});

describe("kill -9 while links change", () => {
	it("loses no answered change", async () => {
		const d = await Daemon.start({ dir: scratchDir() });
		const answered = new Map();
		await withSuppliers(d);
		for (let round = 0; round < 3; round++) {
			let on = true;
			const client = async (k) => {
				for (let i = answered.get(k) ?? 0; on; ) {
					const r = await d
						.put(`/v1/orgs/${buyer}/suppliers/${supplier(k)}`, { required_level: 1 + (++i % 5), annual_spend: i })
						.catch(() => null);
					if (r?.status === 200 || r?.status === 201) answered.set(k, i);
				}
			};
			const clients = Array.from({ length: CLIENTS }, (_, k) => client(k));
			await sleep(200 + Math.random() * 300);
			await d.kill();
			on = false;
			await Promise.all(clients);
			assert.equal((await run(["--offline", "check", d.dir])).code, 0);
			await d.launch();
		}
		assert.equal(answered.size, CLIENTS);
		for (const [k, i] of answered) {
			const { body } = await d.get(`/v1/orgs/${buyer}/suppliers/${supplier(k)}`);
			// one more may have been on its way, unanswered
			assert.ok([i, i + 1].includes(body.annual_spend), `${k}: ${body.annual_spend}, answered ${i}`);
			assert.equal(body.required_level, 1 + (body.annual_spend % 5));
		}
		await d.stopOnly();
		rmSync(d.dir, { recursive: true });
	});
});
