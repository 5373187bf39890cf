// Every answer about the demo, to whoever may ask, is what /openapi.json says: types, choices, bounds, and what is
// always there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { demo } from "./browser.mjs";
import { misfits } from "./misfits.mjs";

let world;
let api;
before(async () => {
	world = await demo();
	api = (await world.d.get("/openapi.json")).body;
});
after(() => world?.d.stop());

function* reads() {
	for (const [path, item] of Object.entries(api.paths)) {
		const schema = item.get?.responses["200"]?.content?.["application/json"]?.schema;
		const limit = item.get?.parameters?.find((p) => p.name === "limit")?.schema.maximum;
		if (schema) yield { path, schema, query: limit === undefined ? "" : `?limit=${Math.min(limit, 500)}` };
	}
}

const filled = (path, id) =>
	path
		.replace("{p}", world.buyer)
		.replace("{s}", world.supplier)
		.replace("{id}", id)
		.replace("{cert}", "scs-1")
		.replace("{no}", "2-1-1")
		.replace("{job}", "1")
		.replace("{token}", "0")
		.replace("{kind}", "orgs");

for (const role of ["admin", "risk", "procurer", "supplier", "auditor"])
	test(`answers to the role ${role}`, async (t) => {
		const { d, buyer, supplier, tokens } = world;
		const who = tokens[role] ? d.with(tokens[role]) : await d.as(role, ...(role === "auditor" ? [buyer] : []));
		let read = 0;
		for (const { path, schema, query } of reads())
			for (const id of path.includes("{id}") ? [buyer, supplier] : [buyer]) {
				const r = await who.get(filled(path, id) + query);
				if (r.status !== 200 || !r.body) continue;
				read++;
				assert.deepEqual(misfits(api, schema, r.body).slice(0, 5), [], `${path}, ${id}`);
			}
		t.diagnostic(`${read} answers`);
		assert.ok(read > 10);
	});
