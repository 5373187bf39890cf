/*
 * bulk.c - one change applied to many links of a procurer: POST /v1/bulk.
 *
 * The links are chosen on the pool from one snapshot; then one command goes to the writer, all or
 * nothing. Each of its ops carries the revision of the record that was looked at, so that a link that
 * changed in between is never changed unseen: then nothing is written, and the answer is 409. A preview
 * is the same command as a dry run; its counts and its refusals are those of the real one.
 */
#include <stdio.h>

#include "api/api_int.h"
#include "api/handlers.h"
#include "base/json_out.h"
#include "base/text.h"
#include "base/util.h"
#include "graph/radix.h"
#include "importers/json_fields.h"
#include "importers/json_values.h"

#define BULK_LINKS_MAX 200000u
#define SAMPLE_MAX 20u

enum active { ACTIVE_NO, ACTIVE_YES, ACTIVE_ANY };

/* Sorted numbers of suppliers; given: the filter names them. */
struct org_set {
	uint32_t *orgs;
	size_t n;
	bool given;
};

struct filter {
	struct org_set suppliers, in_state;
	struct buf fields; /* a field list: what each has to be; cleared: absent */
	enum active active;
	int state; /* -1: any */
};

struct sampled {
	struct view supplier;
	uint32_t org;
};

struct bulk {
	struct request *r;
	struct view procurer; /* canonical id; lives in the arena like all views here */
	uint32_t procurer_org;
	bool preview;
	int64_t expect_matched; /* -1: any */
	struct op *ops;
	struct op_result *results;
	size_t n, cap;
	struct sampled sample[SAMPLE_MAX + 1]; /* the smallest ids, ascending */
	size_t n_sample;
	struct view names[SAMPLE_MAX];
};

static void filter_done(struct filter *f)
{
	free(f->suppliers.orgs);
	free(f->in_state.orgs);
	buf_done(&f->fields);
}

/* ---- the body ---- */

static enum rc wrong(struct err *e, const char *pointer, const char *expected)
{
	return err_set(e, RC_WRONG_TYPE, pointer, "%s", expected);
}

/* Puts the member's name before the pointer of an error within it. */
static enum rc inside(struct err *e, const char *member, enum rc rc)
{
	char field[sizeof(e->field)];

	if (!rc || !e->field[0] || rc_http(rc) >= 500)
		return rc;
	memcpy(field, e->field, sizeof(field));
	field[sizeof(field) - 1] = '\0';
	size_t n = strlen(member);
	memcpy(e->field, member, n);
	e->field[n++] = '/';
	size_t keep = utf8_cut(view_str(field), sizeof(e->field) - 1 - n);
	memcpy(e->field + n, field, keep);
	e->field[n + keep] = '\0';
	return rc;
}

static bool set_has(const struct org_set *s, uint32_t org)
{
	return !s->given || (s->n && bsearch(&org, s->orgs, s->n, sizeof(org), u32_cmp));
}

/* Ids in the body: one that the caller may not know of is answered as one that is not there. */
static enum rc find_known(struct request *r, struct view id, const char *pointer, enum standing *out_at, uint32_t *out,
			  struct err *e)
{
	struct sight s;
	enum rc rc = org_find(r->txn, id, out);

	request_sight(r, &s);
	*out_at = rc || s.rc ? AT_NONE : sight_org(&s, *out).at;
	if (s.rc)
		return s.rc;
	if (rc == RC_NOT_FOUND || (!rc && *out_at <= AT_ANONYMOUS))
		return err_set(e, RC_NO_SUCH_ORG, pointer, "%.*s", (int)utf8_cut(id, 130), (const char *)id.p);
	return rc;
}

static enum rc read_suppliers(struct request *r, const json_t *v, struct org_set *out,
			      struct err *e)
{
	size_t n = json_array_size(v);
	char pointer[40];

	if (!json_is_array(v))
		return wrong(e, "suppliers", "array");
	if (n > BULK_LINKS_MAX)
		return err_set(e, RC_TOO_LARGE, "suppliers", "%u", BULK_LINKS_MAX);
	out->given = true;
	out->orgs = calloc(MAX(n, (size_t)1), sizeof(*out->orgs));
	if (!out->orgs)
		return RC_NOMEM;
	for (; out->n < n; out->n++) {
		const json_t *item = json_array_get(v, out->n);
		struct view id = view_of(json_string_value(item), json_string_length(item));
		snprintf(pointer, sizeof(pointer), "suppliers/%zu", out->n);
		if (!json_is_string(item))
			return wrong(e, pointer, "string");
		enum standing at;
		enum rc rc = find_known(r, id, pointer, &at, &out->orgs[out->n], e);
		if (rc)
			return rc;
	}
	u32_sort(out->orgs, n);
	return RC_OK;
}

static enum rc read_state(const json_t *v, int *out, struct err *e)
{
	if (!json_is_string(v))
		return wrong(e, "state", "string");
	for (int i = 0; i < ST__COUNT; i++)
		if (strcmp(json_string_value(v), state_names[i]) == 0) {
			*out = i;
			return RC_OK;
		}
	return err_set(e, RC_BAD_VALUE, "state",
		       "gap, undecided, unconfirmed, expiring, met or not-asked");
}

/* true, false, or null: both. */
static enum rc read_active(const json_t *v, enum active *out, struct err *e)
{
	if (!json_is_boolean(v) && !json_is_null(v))
		return wrong(e, "active", "true, false or null");
	*out = json_is_null(v) ? ACTIVE_ANY : json_is_true(v) ? ACTIVE_YES : ACTIVE_NO;
	return RC_OK;
}

static bool is_filter_field(const char *name)
{
	static const char *const names[] = { "department",   "owner",      "relation",
					     "criticality",  "confidential", "continuity",
					     "system_access", "required_level" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Members that are no fields of the link are read and taken out of the object; what is left is read by
 * the table of fields. */
static enum rc read_filter(struct request *r, json_t *obj, struct filter *f, struct err *e)
{
	static const char *const others[] = { "suppliers", "state", "active", NULL };
	const char *name;
	json_t *v;
	enum rc rc = RC_OK;

	f->state = -1;
	f->active = ACTIVE_YES;
	if (!obj)
		return RC_OK;
	if (!json_is_object(obj))
		return wrong(e, "filter", "object");
	json_object_foreach(obj, name, v) {
		if (strcmp(name, "suppliers") == 0)
			rc = read_suppliers(r, v, &f->suppliers, e);
		else if (strcmp(name, "state") == 0)
			rc = read_state(v, &f->state, e);
		else if (strcmp(name, "active") == 0)
			rc = read_active(v, &f->active, e);
		else if (!is_filter_field(name))
			rc = err_set(e, RC_UNKNOWN_FIELD, name, "%s", name);
		if (rc)
			return inside(e, "filter", rc);
	}
	return inside(e, "filter",
		      json_to_fields(ENT_LINK, obj, true, others, &f->fields, NULL, e));
}

/* A code is unique and a grant is somebody's own: neither is for many links at once. */
static enum rc read_change(struct request *r, json_t *obj, struct err *e)
{
	const char *name;
	json_t *v;

	if (!obj || (json_is_object(obj) && json_object_size(obj) == 0))
		return err_set(e, RC_REQUIRED, "change", "%s", "change");
	if (!json_is_object(obj))
		return wrong(e, "change", "object");
	json_object_foreach(obj, name, v) {
		const struct field *f = field_by_name(ENT_LINK, view_str(name));
		(void)v;
		if (!f || (f->flags & FF_READONLY) || f->id == LINK_SUPPLIER_CODE ||
		    f->id == LINK_GRANTS)
			return inside(e, "change",
				      err_set(e, RC_UNKNOWN_FIELD, name, "%s", name));
	}
	return inside(e, "change", json_to_fields(ENT_LINK, obj, true, NULL, &r->fields, NULL, e));
}

static enum rc read_procurer(struct bulk *b, const json_t *v, struct err *e)
{
	struct request *r = b->r;
	struct view id = view_of(json_string_value(v), json_string_length(v));

	if (!v)
		return err_set(e, RC_REQUIRED, "procurer", "%s", "procurer");
	if (!json_is_string(v))
		return wrong(e, "procurer", "string");
	enum standing at;
	enum rc rc = find_known(r, id, "procurer", &at, &b->procurer_org, e);
	if (rc)
		return rc;
	if (at != AT_OWN)
		return err_set(e, RC_FORBIDDEN, "procurer", NULL);
	b->procurer = arena_copy(r->arena, org_id(r->txn, b->procurer_org));
	return b->procurer.p ? RC_OK : RC_NOMEM;
}

static enum rc read_flags(struct bulk *b, json_t *obj, struct err *e)
{
	static const char *const names[] = { "procurer", "filter", "change", "preview", "expect_matched", NULL };
	const json_t *preview = json_object_get(obj, "preview"),
		     *expect = json_object_get(obj, "expect_matched");
	enum rc rc = jv_check_members(obj, "", names, e);

	if (rc)
		return rc;
	if (preview && !json_is_boolean(preview))
		return wrong(e, "preview", "true or false");
	b->preview = !preview || json_is_true(preview);
	b->expect_matched = -1;
	if (!expect)
		return RC_OK;
	if (!json_is_integer(expect))
		return wrong(e, "expect_matched", "integer");
	b->expect_matched = json_integer_value(expect);
	return b->expect_matched >= 0 ? RC_OK
				      : err_set(e, RC_OUT_OF_RANGE, "expect_matched", "%lld",
						(long long)b->expect_matched);
}

static enum rc read_body(struct bulk *b, struct filter *f, struct err *e)
{
	json_t *obj = NULL;
	enum rc rc;

	if (b->r->body.n == 0)
		return err_set(e, RC_BAD_JSON, NULL, "%s", "the body is empty");
	rc = json_parse(b->r->body, &obj, e);
	if (rc)
		return rc;
	rc = json_is_object(obj) ? read_flags(b, obj, e) : wrong(e, NULL, "object");
	if (!rc)
		rc = read_procurer(b, json_object_get(obj, "procurer"), e);
	if (!rc)
		rc = read_filter(b->r, json_object_get(obj, "filter"), f, e);
	if (!rc)
		rc = read_change(b->r, json_object_get(obj, "change"), e);
	json_decref(obj);
	return rc;
}

/* ---- the choice ---- */

/* The direct suppliers in the filter's state, by what the procurer itself asks of them. */
static enum rc find_state(const struct bulk *b, struct filter *f)
{
	struct request *r = b->r;
	struct chain_query q = { .procurer = b->procurer_org,
				 .depth = 1,
				 .on = graph_today(r->txn),
				 .horizon = HORIZON_DEFAULT,
				 .caller = access_caller(&r->who) };
	struct chain_list *l;
	enum rc rc;

	if (f->state < 0)
		return RC_OK;
	rc = list_cache_get(api_lists(r->api), r->txn, r->scratch, &q, 1u << f->state, &l);
	if (rc)
		return rc;
	f->in_state.given = true;
	f->in_state.orgs = calloc(MAX(l->n, (size_t)1), sizeof(uint32_t));
	rc = f->in_state.orgs ? RC_OK : RC_NOMEM;
	for (size_t i = 0; i < l->n && !rc; i++)
		f->in_state.orgs[f->in_state.n++] = l->items[i].supplier;
	list_cache_put(api_lists(r->api), l);
	if (!rc)
		u32_sort(f->in_state.orgs, f->in_state.n);
	return rc;
}

static bool fits(const struct filter *f, uint32_t supplier, const struct rec *rec, int32_t today)
{
	struct rd rd = rd_of(buf_view(&f->fields));
	struct view want;
	unsigned id;
	bool bad = false;

	if (!set_has(&f->suppliers, supplier) || !set_has(&f->in_state, supplier))
		return false;
	if (f->active != ACTIVE_ANY && link_active(rec, today) != (f->active == ACTIVE_YES))
		return false;
	while (fl_next(&rd, &id, &want, &bad))
		if (want.p ? !rec_has(rec, id) || !view_eq(rec->f[id], want) : rec_has(rec, id))
			return false;
	return !bad;
}

/* Keeps the SAMPLE_MAX smallest ids in order. */
static void sample_add(struct bulk *b, struct view supplier, uint32_t org)
{
	size_t i = b->n_sample;

	for (; i && view_cmp(b->sample[i - 1].supplier, supplier) > 0; i--)
		b->sample[i] = b->sample[i - 1];
	b->sample[i] = (struct sampled){ supplier, org };
	b->n_sample = MIN(b->n_sample + 1, (size_t)SAMPLE_MAX);
}

static enum rc choose(struct bulk *b, uint32_t supplier, const struct rec *rec, struct err *e)
{
	struct view id = arena_copy(b->r->arena, org_id(b->r->txn, supplier));

	if (b->n == BULK_LINKS_MAX)
		return err_set(e, RC_TOO_LARGE, NULL, "%u links", BULK_LINKS_MAX);
	if (b->n == b->cap) { /* what is left behind goes with the arena: doubling bounds it */
		size_t cap = b->cap ? b->cap * 2 : 256;
		struct op *ops = arena_alloc(b->r->arena, cap * sizeof(*ops));
		if (!ops)
			return RC_NOMEM;
		if (b->n)
			memcpy(ops, b->ops, b->n * sizeof(*ops));
		b->ops = ops;
		b->cap = cap;
	}
	if (!id.p)
		return RC_NOMEM;
	b->ops[b->n++] = (struct op){ .kind = OP_MERGE,
				      .ent = ENT_LINK,
				      .flags = OPF_MUST_EXIST,
				      .if_match = (uint64_t)rec_int(rec, META_REV, 0),
				      .a = b->procurer,
				      .b = id,
				      .fields = buf_view(&b->r->fields) };
	sample_add(b, id, supplier);
	return RC_OK;
}

static enum rc choose_all(struct bulk *b, const struct filter *f, struct err *e)
{
	int32_t today = graph_today(b->r->txn);
	struct link_iter it;
	struct rec rec;
	enum rc rc = RC_OK;

	link_iter_open(&it, b->r->txn, b->procurer_org, 0);
	while (!rc && link_iter_next(&it, &rec))
		if (fits(f, it.supplier, &rec, today))
			rc = choose(b, it.supplier, &rec, e);
	link_iter_close(&it);
	if (!rc)
		rc = txn_rc(b->r->txn);
	for (size_t i = 0; i < b->n_sample && !rc; i++) {
		b->names[i] = arena_copy(b->r->arena, org_name(b->r->txn, b->sample[i].org));
		rc = b->names[i].p ? RC_OK : RC_NOMEM;
	}
	return rc;
}

/* ---- the answer ---- */

static void sample_json(struct json *j, const struct bulk *b)
{
	json_key(j, "sample");
	json_arr(j);
	for (size_t i = 0; i < b->n_sample; i++) {
		json_obj(j);
		json_key(j, "procurer");
		json_strv(j, b->procurer);
		json_key(j, "supplier");
		json_strv(j, b->sample[i].supplier);
		json_key(j, "name");
		json_strv(j, b->names[i]);
		json_obj_end(j);
	}
	json_arr_end(j);
}

static void bulk_json(const struct bulk *b, uint64_t revision)
{
	uint64_t changed = 0;
	struct json j;

	for (size_t i = 0; i < b->n; i++)
		changed += b->results[i].changed;
	b->r->reply.status = 200;
	b->r->reply.revision = revision;
	json_init(&j, &b->r->reply.body);
	json_obj(&j);
	json_key(&j, "preview");
	json_bool(&j, b->preview);
	json_key(&j, "matched");
	json_uint(&j, b->n);
	json_key(&j, "changed");
	json_uint(&j, changed);
	json_key(&j, "unchanged");
	json_uint(&j, b->n - changed);
	if (b->preview)
		sample_json(&j, b);
	json_key(&j, "revision");
	json_uint(&j, revision);
	json_obj_end(&j);
}

/* On the writer's thread. */
static void bulk_done(struct submission *sub)
{
	struct bulk *b = sub->arg;
	enum rc rc = sub->rc;

	if (rc == RC_PRECONDITION || rc == RC_NOT_FOUND)
		rc = err_set(&sub->err, RC_CONFLICT, NULL, "%s",
			     "links were changed in the meantime; nothing was written");
	if (rc) {
		answer_fail(b->r, inside(&sub->err, "change", rc), &sub->err);
		return;
	}
	bulk_json(b, sub->revision);
	answer_send(b->r);
}

static enum rc bulk_command(struct bulk *b, struct err *e)
{
	struct request *r = b->r;

	if (b->n * (r->fields.n + 64) > CMD_MAX_BYTES)
		return err_set(e, RC_TOO_LARGE, "change", "%u bytes in all", CMD_MAX_BYTES);
	b->results = arena_zalloc(r->arena, b->n * sizeof(*b->results));
	if (!b->results)
		return RC_NOMEM;
	r->sub.cmd = (struct cmd){ .type = CMD_OPS,
				   .ops = b->ops,
				   .n_ops = b->n,
				   .all_or_nothing = true,
				   .dry_run = b->preview,
				   .results = b->results };
	request_permit(r, &r->sub.cmd);
	r->sub.done = bulk_done;
	r->sub.arg = b;
	return RC_OK;
}

enum rc bulk_change(struct request *r, struct err *e)
{
	AUTO(filter_done) struct filter f = { 0 };
	struct bulk *b = arena_zalloc(r->arena, sizeof(*b));
	enum rc rc;

	if (!b)
		return RC_NOMEM;
	b->r = r;
	rc = read_body(b, &f, e);
	if (!rc)
		rc = find_state(b, &f);
	if (!rc)
		rc = choose_all(b, &f, e);
	if (rc)
		return rc;
	if (b->expect_matched >= 0 && (uint64_t)b->expect_matched != b->n)
		return err_set(e, RC_CONFLICT, "expect_matched", "%zu links match now", b->n);
	if (b->n)
		return bulk_command(b, e);
	bulk_json(b, graph_revision(r->txn)); /* there is nothing to do */
	return RC_OK;
}
