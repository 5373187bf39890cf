/*
 * openapi.c - /openapi.json: OpenAPI 3.1 out of the table of routes, the table of parameters and the
 * table of fields. What it says is what the server does, because both read the same tables.
 */
#include <stdio.h>

#include "api/access.h"
#include "api/api_int.h"
#include "api/handlers.h"
#include "base/json_out.h"
#include "base/util.h"

static void raw(struct json *j, const char *text)
{
	struct buf b = BUF_INIT;

	for (const char *p = text; *p; p++)
		buf_addc(&b, *p == '\'' ? '"' : *p);
	json_raw(j, buf_view(&b));
	if (!buf_ok(&b))
		j->b->failed = true;
	buf_done(&b);
}

static void pair(struct json *j, const char *key, const char *value)
{
	json_key(j, key);
	json_str(j, value);
}

static void raw_pair(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	raw(j, text);
}

/* ---- fields ---- */

static void enum_values(struct json *j, const struct field *f)
{
	json_key(j, "enum");
	json_arr(j);
	for (size_t i = 0; f->names[i].name; i++)
		json_str(j, f->names[i].name);
	json_arr_end(j);
}

/* "a:x,y" is a list of objects with these texts, "o:x,y" one object. */
static void shape(struct json *j, const char *s)
{
	bool list = s[0] == 'a';
	const char *p = s + 2;

	pair(j, "type", list ? "array" : "object");
	if (list) {
		json_key(j, "items");
		json_obj(j);
		pair(j, "type", "object");
	}
	json_key(j, "properties");
	json_obj(j);
	while (*p) {
		size_t n = strcspn(p, ",");
		json_keyv(j, view_of(p, n));
		raw(j, "{'type':'string'}");
		p += n + (p[n] == ',');
	}
	json_obj_end(j);
	if (list)
		json_obj_end(j);
}

static void bounds(struct json *j, const struct field *f, int64_t unit)
{
	if (f->max <= f->min)
		return;
	json_key(j, "minimum");
	json_int(j, f->min / unit);
	json_key(j, "maximum");
	json_int(j, f->max / unit);
}

static const char *const type_texts[] = {
	[FT_STRS] = "{'type':'string'}",
	[FT_DATES] = "{'type':'string','format':'date'}",
	[FT_PERIODS] = "{'type':'object','properties':{'from':{'type':['string','null'],'format':"
		       "'date'},'to':{'type':['string','null'],'format':'date'}}}",
	[FT_GRANTS] = "{'type':'object','required':['viewer'],'properties':{'viewer':{'type':"
		      "'string'},'form':{'type':'string','enum':['named','anonymous']},'until':{"
		      "'type':'string','format':'date'}}}",
	[FT_CONTACTS] = "{'type':'object','properties':{'role':{'type':'string'},'name':{'type':"
			"'string'},'email':{'type':'string'},'lang':{'type':'string','enum':['ja',"
			"'en']},'phone':{'type':'string'},'side':{'type':'string'}}}",
	[FT_RULES] =
		"{'type':'object','required':['level'],'properties':{'when':{'type':'object',"
		"'properties':{'confidential':{'type':'boolean'},'continuity':{'type':"
		"'boolean'},'system_access':{'type':'boolean'},'sole_source':{'type':"
		"'boolean'},'criticality':{'type':'string','enum':['high','medium','low']},"
		"'relation':{'type':'string','enum':['business','it-service']},'department':{"
		"'type':'string'},'annual_spend_min':{'type':'integer','minimum':0}}},'level':{"
		"'type':'integer','minimum':0,'maximum':5},'due':{'type':'string','format':"
		"'date'}}}",
};

static void field_type(struct json *j, const struct field *f)
{
	switch (f->type) {
	case FT_BOOL:
		pair(j, "type", "boolean");
		return;
	case FT_INT:
		pair(j, "type", "integer");
		bounds(j, f, 1);
		return;
	case FT_DEC4:
		pair(j, "type", "number");
		bounds(j, f, 10000);
		return;
	case FT_ENUM:
		pair(j, "type", "string");
		enum_values(j, f);
		return;
	case FT_DATE:
		pair(j, "type", "string");
		pair(j, "format", "date");
		return;
	case FT_STR:
	case FT_ORG:
		pair(j, "type", "string");
		return;
	case FT_JSON:
		shape(j, f->shape);
		return;
	case FT_TIERS:
		pair(j, "type", "object");
		raw_pair(j, "additionalProperties", "{'type':'integer','minimum':0,'maximum':5}");
		return;
	case FT_STRS:
	case FT_DATES:
	case FT_PERIODS:
	case FT_GRANTS:
	case FT_CONTACTS:
	case FT_RULES:
		pair(j, "type", "array");
		raw_pair(j, "items", type_texts[f->type]);
		return;
	}
}

/* nullable: of one that the caller may not know by name. */
static void field_schema(struct json *j, const struct field *f, bool nullable)
{
	json_key(j, f->name);
	json_obj(j);
	if (nullable)
		raw_pair(j, "type", "['string','null']");
	else
		field_type(j, f);
	pair(j, "description", f->doc);
	if (f->flags & FF_READONLY) {
		json_key(j, "readOnly");
		json_bool(j, true);
	}
	json_obj_end(j);
}

static const struct {
	enum ent ent;
	const char *name, *text;
} derived[] = {
#define DERIVED(ent, name, text) { ENT_##ent, name, text },
#define SCHEMA(name, text)
#include "api/openapi.def"
#undef DERIVED
#undef SCHEMA
};

static const struct {
	const char *name, *text;
} schemas[] = {
#define DERIVED(ent, name, text)
#define SCHEMA(name, text) { name, text },
#include "api/openapi.def"
#undef DERIVED
#undef SCHEMA
};

static const char *const entity_schemas[ENT__COUNT] = {
	[ENT_ORG] = "Org",       [ENT_LINK] = "Link",       [ENT_CERT] = "Certificate",
	[ENT_CLAUSE] = "Clause", [ENT_TARGETS] = "Targets", [ENT_DRILL] = "Drill",
};

/* What every answer has of them, whoever asks. */
static const char *const always[ENT__COUNT] = {
	[ENT_ORG] = "['id','name']",
	[ENT_LINK] = "['procurer','supplier','held','active']",
	[ENT_CERT] = "['org','certificate','scheme','status','in_force','recorded_by']",
	[ENT_CLAUSE] = "['procurer','supplier','no','status','due','gap','undetermined','late','reasons','recorded_by']",
	[ENT_TARGETS] = "['org','default_rules','recorded_by']",
	[ENT_DRILL] = "['org','drill','held_on','kind','recorded_by']",
};

/* body: only what may be written. */
static void entity_schema(struct json *j, enum ent ent, bool body)
{
	const struct entity *en = &entities[ent];
	char name[32];

	snprintf(name, sizeof(name), "%s%s", entity_schemas[ent], body ? "Body" : "");
	json_key(j, name);
	json_obj(j);
	pair(j, "type", "object");
	if (body)
		pair(j, "description",
		     "Unknown members are refused; those that GET adds are ignored.");
	else
		raw_pair(j, "required", always[ent]);
	json_key(j, "properties");
	json_obj(j);
	for (size_t i = 0; i < en->n_fields; i++)
		if (!body || !(en->fields[i].flags & FF_READONLY))
			field_schema(j, &en->fields[i], !body && ent == ENT_ORG && en->fields[i].id == ORG_NAME);
	for (size_t i = 0; i < ARRAY_LEN(derived) && !body; i++)
		if (derived[i].ent == ent)
			raw_pair(j, derived[i].name, derived[i].text);
	json_obj_end(j);
	json_obj_end(j);
}

/* ---- parameters ---- */

static const struct {
	const char *name, *doc;
} path_params[] = {
	{ "id", "Organisation: its id or an alias." },
	{ "p", "The procurer: its id or an alias." },
	{ "s", "The supplier: its id or an alias." },
	{ "cert", "Name of the certificate, unique for its organisation." },
	{ "no", "Number of the clause: 2-1-1 to 2-1-5, 3-1-3." },
	{ "drill", "Name of the drill, unique for its organisation." },
	{ "job", "Number of the import." },
	{ "n", "Number of a revision." },
	{ "kind", "orgs, links, certificates, clauses or contacts." },
};

static void path_parameters(struct json *j, const char *path)
{
	for (const char *p = strchr(path, '{'); p; p = strchr(p + 1, '{')) {
		struct view name = view_of(p + 1, strcspn(p + 1, "}"));
		json_obj(j);
		json_key(j, "name");
		json_strv(j, name);
		pair(j, "in", "path");
		json_key(j, "required");
		json_bool(j, true);
		raw_pair(j, "schema", "{'type':'string'}");
		for (size_t i = 0; i < ARRAY_LEN(path_params); i++)
			if (view_is(name, path_params[i].name))
				pair(j, "description", path_params[i].doc);
		json_obj_end(j);
	}
}

static void choices(struct json *j, const struct query_def *d)
{
	json_key(j, "enum");
	json_arr(j);
	for (size_t i = 0; query_value_name(d, i); i++)
		json_str(j, query_value_name(d, i));
	json_arr_end(j);
}

static void query_schema(struct json *j, const struct query_def *d)
{
	static const char *const types[] = { "string", "integer", "boolean", "string", "string", "array" };

	json_obj(j);
	pair(j, "type", types[d->type]);
	if (d->type == QT_DATE)
		pair(j, "format", "date");
	if (d->type == QT_INT) {
		json_key(j, "minimum");
		json_int(j, d->min);
	}
	if (d->type == QT_INT && d->max != INT64_MAX) {
		json_key(j, "maximum");
		json_int(j, d->max);
	}
	if (d->type == QT_ENUM)
		choices(j, d);
	if (d->type == QT_ENUMS) {
		json_key(j, "items");
		json_obj(j);
		pair(j, "type", "string");
		choices(j, d);
		json_obj_end(j);
	}
	if (d->def) {
		json_key(j, "default");
		if (d->type == QT_ENUM || d->type == QT_STR)
			json_str(j, d->def);
		else
			json_raw(j, view_str(d->def));
	}
	json_obj_end(j);
}

static void parameters(struct json *j, const struct route *r)
{
	query_bits query = r->query;

	if (r->method == HTTP_GET && r->access)
		query |= QBIT(revision_at_least);
	if (!query && !strchr(r->path, '{'))
		return;
	json_key(j, "parameters");
	json_arr(j);
	path_parameters(j, r->path);
	for (int i = 0; i < Q__COUNT; i++) {
		if (!(query >> i & 1))
			continue;
		json_obj(j);
		pair(j, "name", query_defs[i].name);
		pair(j, "in", "query");
		pair(j, "description", query_defs[i].doc);
		if (query_defs[i].type == QT_ENUMS) {
			json_key(j, "explode");
			json_bool(j, false);
		}
		json_key(j, "schema");
		query_schema(j, &query_defs[i]);
		json_obj_end(j);
	}
	json_arr_end(j);
}

/* ---- operations ---- */

static void schema_ref(struct json *j, const char *name, const char *suffix)
{
	char ref[96];

	snprintf(ref, sizeof(ref), "#/components/schemas/%s%s", name, suffix);
	json_key(j, "schema");
	json_obj(j);
	pair(j, "$ref", ref);
	json_obj_end(j);
}

static void content(struct json *j, const char *type, const char *schema, const char *suffix)
{
	json_key(j, type);
	json_obj(j);
	if (schema)
		schema_ref(j, schema, suffix);
	json_obj_end(j);
}

static void request_body(struct json *j, const struct route *r)
{
	if (r->body == BODY_NONE)
		return;
	json_key(j, "requestBody");
	json_obj(j);
	json_key(j, "required");
	json_bool(j, true);
	json_key(j, "content");
	json_obj(j);
	if (r->body == BODY_FILE)
		content(j, "*/*", NULL, "");
	if (r->body == BODY_MERGE)
		content(j, "application/merge-patch+json", r->schema, "Body");
	if (r->body == BODY_MERGE || r->body == BODY_JSON)
		content(j, "application/json", r->schema, "Body");
	json_obj_end(j);
	json_obj_end(j);
}

/* What is no JSON: exports, streams, metrics. */
static const char *other_type(const struct route *r)
{
	if (strstr(r->path, "/exports/"))
		return "text/csv";
	if (strcmp(r->path, "/v1/changes") == 0)
		return "application/x-ndjson";
	if (r->run == RUN_EVENTS)
		return "text/event-stream";
	if (r->run == RUN_BACKUP)
		return "application/octet-stream";
	return strcmp(r->path, "/metrics") == 0 ? "text/plain" : "application/json";
}

static void success(struct json *j, const struct route *r, const char *status, const char *text)
{
	json_key(j, status);
	json_obj(j);
	pair(j, "description", text);
	raw_pair(j, "headers",
		 "{'Tierwatch-Revision':{'description':'The last command that the answer was "
		 "computed from.','schema':{'type':'integer'}}}");
	if (strcmp(status, "204") != 0 && strcmp(status, "302") != 0) {
		json_key(j, "content");
		json_obj(j);
		content(j, other_type(r), r->schema, "");
		if (strstr(r->path, "/calendar"))
			content(j, "text/calendar", NULL, "");
		json_obj_end(j);
	}
	json_obj_end(j);
}

static void problem(struct json *j, const char *status)
{
	json_key(j, status);
	raw(j, "{'$ref':'#/components/responses/Problem'}");
}

/* To the company's provider, and back from it. */
static bool leads_on(const struct route *r)
{
	return r->run == RUN_LOGIN || (r->method == HTTP_GET && strcmp(r->path, "/v1/login") == 0);
}

static void responses(struct json *j, const struct route *r)
{
	json_key(j, "responses");
	json_obj(j);
	if (r->method == HTTP_DELETE || strcmp(r->path, "/v1/logout") == 0)
		success(j, r, "204", "Done.");
	else if (leads_on(r))
		success(j, r, "302", "Leads the browser on.");
	else if (r->run == RUN_UPLOAD)
		success(j, r, "202", "Taken; Location names the job.");
	else
		success(j, r, "200", "As it stands.");
	if (r->method == HTTP_PUT || (r->method == HTTP_POST && strcmp(r->path, "/v1/tokens") == 0))
		success(j, r, "201", "Created.");
	problem(j, "400");
	if (r->access) {
		problem(j, "401");
		problem(j, "403");
	}
	if (strchr(r->path, '{'))
		problem(j, "404");
	if (r->run == RUN_WRITE || r->run == RUN_CHANGE)
		problem(j, "409");
	if (r->run == RUN_WRITE)
		problem(j, "412");
	if (strstr(r->path, "/calendar"))
		problem(j, "413");
	if (r->body != BODY_NONE) {
		problem(j, "413");
		problem(j, "415");
		problem(j, "422");
	}
	if (strcmp(r->path, "/v1/changes") == 0 || r->run == RUN_EVENTS || strcmp(r->path, "/v1/revisions/{n}/undo") == 0)
		problem(j, "410");
	if (strncmp(r->path, "/v1/login", 9) == 0 && strcmp(r->path, "/v1/login/methods") != 0) {
		problem(j, "401");
		problem(j, "403");
		problem(j, "429");
	}
	problem(j, "503");
	json_obj_end(j);
}

/* "get-v1-orgs-id" */
static void operation_id(struct json *j, const struct route *r)
{
	char id[128];
	size_t n = 0;

	for (const char *p = http_method_name(r->method); *p; p++)
		id[n++] = (char)(*p | 32);
	for (const char *p = r->path; *p && n + 2 < sizeof(id); p++) {
		if (*p == '{' || *p == '}')
			continue;
		id[n++] = *p == '/' || *p == '.' ? '-' : *p;
	}
	id[n] = '\0';
	pair(j, "operationId", id);
}

static const char *tag_of(const struct route *r)
{
	if (strncmp(r->path, "/v1/", 4) != 0 || strcmp(r->path, "/v1/status") == 0)
		return "system";
	if (r->run == RUN_HEAVY)
		return "chain";
	if (strncmp(r->path, "/v1/orgs", 8) != 0)
		return "data";
	bool listed = r->run == RUN_LIST && !strstr(r->path, "/suppliers") &&
		      !strstr(r->path, "/procurers");
	return listed || r->run == RUN_CHAIN || r->run == RUN_IMPACT ? "chain" : "register";
}

/* What it does, and who may ask for it. */
static void description(struct json *j, const struct route *r)
{
	char roles[256], text[512];

	access_text(r, roles, sizeof(roles));
	snprintf(text, sizeof(text), "%s. For: %s.", r->summary, roles);
	pair(j, "description", text);
	if (r->access)
		pair(j, "x-access", r->access);
}

static void operation(struct json *j, const struct route *r)
{
	char method[8];
	size_t n = 0;

	for (const char *p = http_method_name(r->method); *p && n < sizeof(method) - 1; p++)
		method[n++] = (char)(*p | 32);
	method[n] = '\0';
	json_key(j, method);
	json_obj(j);
	operation_id(j, r);
	pair(j, "summary", r->summary);
	description(j, r);
	json_key(j, "tags");
	json_arr(j);
	json_str(j, tag_of(r));
	json_arr_end(j);
	if (!r->access)
		raw_pair(j, "security", "[]");
	parameters(j, r);
	request_body(j, r);
	responses(j, r);
	json_obj_end(j);
}

static void paths(struct json *j)
{
	json_key(j, "paths");
	json_obj(j);
	for (size_t i = 0; i < routes_count;) { /* routes of a path stand together */
		const char *path = routes[i].path;
		json_key(j, path);
		json_obj(j);
		for (; i < routes_count && strcmp(routes[i].path, path) == 0; i++)
			operation(j, &routes[i]);
		json_obj_end(j);
	}
	json_obj_end(j);
}

static void components(struct json *j)
{
	json_key(j, "components");
	json_obj(j);
	raw_pair(j, "securitySchemes",
		 "{'token':{'type':'http','scheme':'bearer'},'session':{'type':'apiKey','in':'cookie','name':'__Host-tierwatch'}}");
	raw_pair(
		j, "responses",
		"{'Problem':{'description':'Why it was not done (RFC 9457).','content':{"
		"'application/problem+json':{'schema':{'$ref':'#/components/schemas/Problem'}}}}}");
	json_key(j, "schemas");
	json_obj(j);
	for (int ent = 0; ent < ENT__COUNT; ent++) {
		entity_schema(j, (enum ent)ent, false);
		entity_schema(j, (enum ent)ent, true);
	}
	for (size_t i = 0; i < ARRAY_LEN(schemas); i++)
		raw_pair(j, schemas[i].name, schemas[i].text);
	json_obj_end(j);
	json_obj_end(j);
}

enum rc openapi_make(struct buf *out, const char *version)
{
	struct json j;

	json_init(&j, out);
	json_obj(&j);
	pair(&j, "openapi", "3.1.0");
	json_key(&j, "info");
	json_obj(&j);
	pair(&j, "title", "Tierwatch");
	pair(&j, "version", version);
	pair(&j, "summary",
	     "Which security level the suppliers of a supply chain hold, and what a "
	     "lapse touches.");
	raw_pair(&j, "license", "{'name':'Apache-2.0','identifier':'Apache-2.0'}");
	json_obj_end(&j);
	raw_pair(&j, "servers", "[{'url':'/'}]");
	raw_pair(&j, "security", "[{'token':[]},{'session':[]}]");
	raw_pair(&j, "tags",
		 "[{'name':'register','description':'Organisations, links, certificates, clauses "
		 "and "
		 "targets.'},{'name':'chain','description':'Questions about a chain.'},{'name':"
		 "'data','description':'Imports, exports, events, backup.'},{'name':'system',"
		 "'description':'The process itself.'}]");
	paths(&j);
	components(&j);
	json_obj_end(&j);
	return buf_ok(out) ? RC_OK : RC_NOMEM;
}

enum rc openapi_show(struct request *r, struct err *e)
{
	(void)e;
	buf_addv(&r->reply.body, buf_view(&r->api->openapi));
	return RC_OK;
}
