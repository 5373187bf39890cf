/*
 * field.c - the tables behind fields.def and their look-ups. Invariant: ids within an entity are
 * unique and ascending in the table, so that records can be written by walking it.
 */
#include "graph/field.h"

#include <stdio.h>

#include "base/text.h"
#include "base/util.h"

static const struct enum_name names_kind[] = {
	{ "entity", "法人" }, { "division", "部門" }, { "site", "事業所" }, { NULL, NULL }
};
static const struct enum_name names_relation[] = {
	{ "business", "取引" }, { "it-service", "ITサービス" }, { NULL, NULL }
};
static const struct enum_name names_criticality[] = {
	{ "high", "高" }, { "medium", "中" }, { "low", "低" }, { NULL, NULL }
};
static const struct enum_name names_disclosure[] = {
	{ "upstream", "上流に開示" }, { "anonymous", "匿名で開示" }, { "private", "非開示" }, { NULL, NULL }
};
static const struct enum_name names_scope_fit[] = {
	{ "yes", "適合" }, { "partly", "一部適合" }, { "no", "不適合" }, { "unknown", "不明" }, { NULL, NULL }
};
static const struct enum_name names_status[] = {
	{ "valid", "有効" }, { "suspended", "停止" }, { "revoked", "取消" }, { NULL, NULL }
};
static const struct enum_name names_cert_scope[] = {
	{ "entity", "法人全体" }, { "unit", "事業所" }, { NULL, NULL }
};
static const struct enum_name names_evidence[] = {
	{ "registry", "台帳" }, { "copy", "証書写し" }, { "word", "申告" }, { NULL, NULL }
};
static const struct enum_name names_clause_status[] = {
	{ "missing", "未整備" }, { "drafted", "案あり" }, { "agreed", "合意済み" }, { "waived", "適用除外" },
	{ NULL, NULL }
};
static const struct enum_name names_method[] = {
	{ "registry", "台帳" }, { "star-answer", "★の回答" }, { "visit", "訪問" },
	{ "check-sheet", "チェックシート" }, { NULL, NULL }
};
static const struct enum_name names_result[] = {
	{ "ok", "良" }, { "findings", "指摘あり" }, { "failed", "不可" }, { NULL, NULL }
};

static const struct enum_name names_drill_kind[] = {
	{ "drill", "訓練" }, { "incident", "インシデント" }, { NULL, NULL }
};

const char *const clause_names[CL__COUNT] = { "2-1-1", "2-1-2", "2-1-3", "2-1-4", "2-1-5", "3-1-3" };

/* The names column holds either a list of names or, for JSON, a shape: one pointer, told apart by type. */
#define SHAPE(s) (const void *)(s)
#define FIELD(sym, fid, fname, ftype, fflags, lo, hi, fnames, fja, fdoc)                          \
	{ .id = (fid), .name = (fname), .type = FT_##ftype, .flags = (fflags), .min = (lo),        \
	  .max = (hi), .ja = (fja), .doc = (fdoc),                                                 \
	  .names = FT_##ftype == FT_ENUM ? (const void *)(fnames) : NULL,                          \
	  .shape = FT_##ftype == FT_JSON ? (const void *)(fnames) : NULL },

#define ONLY_ORG(...) FIELD(__VA_ARGS__)
#define ONLY_LINK(...)
#define ONLY_CERT(...)
#define ONLY_CLAUSE(...)
#define ONLY_TARGETS(...)
#define ONLY_DRILL(...)
#define F(ent, ...) ONLY_##ent(__VA_ARGS__)
static const struct field org_fields[] = {
#include "graph/fields.def"
};
#undef ONLY_ORG
#undef ONLY_LINK
#define ONLY_ORG(...)
#define ONLY_LINK(...) FIELD(__VA_ARGS__)
static const struct field link_fields[] = {
#include "graph/fields.def"
};
#undef ONLY_LINK
#undef ONLY_CERT
#define ONLY_LINK(...)
#define ONLY_CERT(...) FIELD(__VA_ARGS__)
static const struct field cert_fields[] = {
#include "graph/fields.def"
};
#undef ONLY_CERT
#undef ONLY_CLAUSE
#define ONLY_CERT(...)
#define ONLY_CLAUSE(...) FIELD(__VA_ARGS__)
static const struct field clause_fields[] = {
#include "graph/fields.def"
};
#undef ONLY_CLAUSE
#undef ONLY_TARGETS
#define ONLY_CLAUSE(...)
#define ONLY_TARGETS(...) FIELD(__VA_ARGS__)
static const struct field targets_fields[] = {
#include "graph/fields.def"
};
#undef ONLY_TARGETS
#undef ONLY_DRILL
#define ONLY_TARGETS(...)
#define ONLY_DRILL(...) FIELD(__VA_ARGS__)
static const struct field drill_fields[] = {
#include "graph/fields.def"
};
#undef F

const struct entity entities[ENT__COUNT] = {
	[ENT_ORG] = { "org", org_fields, ARRAY_LEN(org_fields) },
	[ENT_LINK] = { "link", link_fields, ARRAY_LEN(link_fields) },
	[ENT_CERT] = { "certificate", cert_fields, ARRAY_LEN(cert_fields) },
	[ENT_CLAUSE] = { "clause", clause_fields, ARRAY_LEN(clause_fields) },
	[ENT_TARGETS] = { "targets", targets_fields, ARRAY_LEN(targets_fields) },
	[ENT_DRILL] = { "drill", drill_fields, ARRAY_LEN(drill_fields) },
};

const struct field *field_by_name(enum ent e, struct view name)
{
	for (size_t i = 0; i < entities[e].n_fields; i++)
		if (view_is(name, entities[e].fields[i].name))
			return &entities[e].fields[i];
	return NULL;
}

const struct field *field_by_id(enum ent e, uint8_t id)
{
	const struct entity *t = &entities[e];
	/* ids are dense from 1, so the guess is nearly always right */
	if (id >= 1 && id <= t->n_fields && t->fields[id - 1].id == id)
		return &t->fields[id - 1];
	for (size_t i = 0; i < t->n_fields; i++)
		if (t->fields[i].id == id)
			return &t->fields[i];
	return NULL;
}

int field_enum_value(const struct field *f, struct view name)
{
	for (int i = 0; f->names && f->names[i].name; i++)
		if (view_is(name, f->names[i].name))
			return i;
	return -1;
}

enum rc field_enum_refuse(const struct field *f, struct view v, const char *pointer, bool with_ja,
			  struct err *e)
{
	char choices[100] = "";
	size_t n = 0;
	for (int i = 0; f->names && f->names[i].name && n < sizeof(choices); i++) {
		const struct enum_name *c = &f->names[i];
		bool both = with_ja && c->ja && *c->ja;
		n += (size_t)snprintf(choices + n, sizeof(choices) - n, "%s%s%s%s", i ? ", " : "", c->name,
				      both ? " " : "", both ? c->ja : "");
	}
	return err_set(e, RC_BAD_VALUE, pointer, "%.*s (%s)", (int)utf8_cut(v, 40),
		       v.n ? (const char *)v.p : "", choices);
}

int clause_no_parse(struct view v)
{
	for (int i = 0; i < CL__COUNT; i++) {
		const char *n = clause_names[i];
		if (v.n != 5)
			return -1;
		const char *p = v.p;
		bool same = true;
		for (int k = 0; k < 5; k++)
			same = same && (p[k] == n[k] || (n[k] == '-' && p[k] == '_'));
		if (same)
			return i;
	}
	return -1;
}
