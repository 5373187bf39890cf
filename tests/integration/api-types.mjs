// The types of the API's records and answers for web/, from /openapi.json: what script/api-types writes and
// api-types.test.mjs compares.
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const HEAD = `/* Made by script/api-types from the daemon's /openapi.json: not to be changed by hand. */\n`;
const LEVELS = [0, 1, 2, 3, 4, 5];

const literal = (value) => ts.factory.createLiteralTypeNode(value);
const oneOf = (values) => ts.factory.createUnionTypeNode(values);

// A level is one of six numbers, not any.
function levelType(schema) {
	const types = [schema.type].flat();
	if (!types.includes("integer") || schema.minimum !== 0 || schema.maximum !== 5) return undefined;
	const all = LEVELS.map((level) => literal(ts.factory.createNumericLiteral(level)));
	return oneOf(types.includes("null") ? [...all, literal(ts.factory.createNull())] : all);
}

export async function apiTypes(api) {
	const schemas = { openapi: api.openapi, info: api.info, paths: {}, components: { schemas: api.components.schemas } };
	const ast = await openapiTS(schemas, { transform: levelType, silent: true });
	return HEAD + astToString(ast);
}
