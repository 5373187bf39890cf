// Whether answers are what /openapi.json says of them.
const kindOf = (v) => (v === null ? "null" : Array.isArray(v) ? "array" : Number.isInteger(v) ? "integer" : typeof v);

// Where a value is not what its schema says: an independent reader of the few words that the schemas use.
export function misfits(doc, schema, v, at = "") {
	if (schema.$ref) return misfits(doc, doc.components.schemas[schema.$ref.split("/").at(-1)], v, at);
	const types = schema.type === undefined ? [] : [schema.type].flat();
	const kind = kindOf(v);
	if (types.length > 0 && !types.includes(kind) && !(kind === "integer" && types.includes("number")))
		return [`${at}: ${kind}, not ${types}`];
	const out = [];
	if (schema.enum && !schema.enum.includes(v)) out.push(`${at}: ${v}`);
	if (v !== null && (v < schema.minimum || v > schema.maximum)) out.push(`${at}: ${v} is out of bounds`);
	if (kind === "array" && schema.items) v.forEach((one, i) => out.push(...misfits(doc, schema.items, one, `${at}/${i}`)));
	if (kind !== "object") return out;
	for (const key of schema.required ?? []) if (!(key in v)) out.push(`${at}/${key} is not there`);
	for (const [key, one] of Object.entries(v)) {
		const inner = schema.properties?.[key] ?? schema.additionalProperties;
		if (inner && inner !== true) out.push(...misfits(doc, inner, one, `${at}/${key}`));
	}
	return out;
}
