/*
 * candidates.c - pairs of organisations that may be the same one: GET /v1/candidates lists them, POST /v1/candidates is
 * what a person says of one. Both decisions are ordinary operations in one command: joined by moving links and
 * naming an alias, refused by naming the other in `distinct_from`; undo takes either back.
 */
#include "graph/candidates.h"

#include "api/api_int.h"
#include "api/handlers.h"
#include "base/json_out.h"
#include "base/text.h"
#include "base/util.h"
#include "importers/json_fields.h"
#include "importers/json_values.h"

/* ---- the list ---- */

static void text_or_null(struct json *j, const char *key, struct view v)
{
	json_key(j, key);
	if (v.n)
		json_strv(j, v);
	else
		json_nil(j);
}

static void side_json(struct json *j, struct txn *t, const char *key, uint32_t org)
{
	uint32_t suppliers = 0, procurers = 0;
	struct rec r;

	json_key(j, key);
	json_obj(j);
	json_key(j, "id");
	json_strv(j, org_id(t, org));
	text_or_null(j, "name", org_name(t, org));
	if (org_get(t, org, &r) != RC_OK)
		rec_init(&r);
	text_or_null(j, "name_kana", r.f[ORG_NAME_KANA]);
	text_or_null(j, "address", r.f[ORG_ADDRESS]);
	json_key(j, "stub");
	json_bool(j, rec_bool(&r, ORG_STUB) == 1);
	link_active_counts(t, org, graph_today(t), &suppliers, &procurers);
	json_key(j, "links");
	json_uint(j, (uint64_t)suppliers + procurers);
	json_obj_end(j);
}

/* The one with an own code goes; of two of them the one that came later. */
static void pair_json(struct json *j, struct txn *t, const struct candidate *c)
{
	struct view right = org_id(t, c->right);
	bool keep_left = right.n >= 9 && memcmp(right.p, "XX-LOCAL-", 9) == 0;
	enum join_bar bar = keep_left ? join_bar(t, c->left, c->right) : join_bar(t, c->right, c->left);

	json_obj(j);
	side_json(j, t, "left", c->left);
	side_json(j, t, "right", c->right);
	json_key(j, "evidence");
	json_arr(j);
	json_str(j, "name");
	if (c->kana)
		json_str(j, "kana");
	json_arr_end(j);
	json_key(j, "keep");
	json_str(j, keep_left ? "left" : "right");
	json_key(j, "joinable");
	json_bool(j, bar == JOIN_OPEN);
	json_key(j, "reason");
	json_str(j, bar == JOIN_OPEN ? NULL : join_bar_names[bar]);
	json_obj_end(j);
}

static struct view pair_key(struct request *r, const struct candidate *c)
{
	uint8_t key[8];

	be32_put(key, c->left);
	be32_put(key + 4, c->right);
	return arena_copy(r->arena, view_of(key, sizeof(key)));
}

static bool is_behind(const struct candidate *c, struct view key)
{
	uint32_t left = be32_get(key.p), right = be32_get((const uint8_t *)key.p + 4);

	return c->left != left ? c->left > left : c->right > right;
}

enum rc candidates_list(struct request *r, struct err *e)
{
	size_t left = (size_t)r->query.v[Q_limit].n, n = 0, i = 0;
	AUTO_FREE struct candidate *pairs = NULL;
	struct view after, key = { 0 };
	bool more = false;
	struct json j;
	enum rc rc = request_cursor(r, &after, e);

	if (!rc && after.p && after.n != 8)
		rc = err_set(e, RC_BAD_CURSOR, "cursor", "%s", "");
	if (!rc)
		rc = candidates_find(r->txn, &pairs, &n, &more);
	if (rc)
		return rc;
	while (i < n && after.n && !is_behind(&pairs[i], after))
		i++;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "total");
	json_uint(&j, n);
	json_key(&j, "complete");
	json_bool(&j, !more);
	json_key(&j, "items");
	json_arr(&j);
	for (; i < n && left; i++, left--)
		pair_json(&j, r->txn, &pairs[i]);
	json_arr_end(&j);
	if (i < n && i > 0)
		key = pair_key(r, &pairs[i - 1]);
	rc = request_next(r, &j, key);
	json_obj_end(&j);
	return rc;
}

/* ---- the decision ---- */

struct decision {
	struct request *r;
	uint32_t left, right, keep; /* keep: ORG_NONE for a refusal */
	bool preview;
	struct join plan;
};

static enum rc read_org(struct request *r, const json_t *obj, const char *name, uint32_t *out, struct err *e)
{
	const json_t *v = json_object_get(obj, name);
	struct view id = json_text(v);

	if (!v)
		return err_set(e, RC_REQUIRED, name, "%s", name);
	if (!id.p)
		return err_set(e, RC_WRONG_TYPE, name, "%s", "string");
	enum rc rc = org_find(r->txn, id, out);
	return rc == RC_NOT_FOUND ? err_set(e, RC_NO_SUCH_ORG, name, "%.*s", (int)utf8_cut(id, 130), (const char *)id.p)
				  : rc;
}

static enum rc read_choice(const json_t *obj, const char *name, const char *a, const char *b, bool *out_a, struct err *e)
{
	const json_t *v = json_object_get(obj, name);
	const char *s = json_string_value(v);

	if (!v)
		return err_set(e, RC_REQUIRED, name, "%s", name);
	if (!s || (strcmp(s, a) != 0 && strcmp(s, b) != 0))
		return err_set(e, RC_BAD_VALUE, name, "%s, %s", a, b);
	*out_a = strcmp(s, a) == 0;
	return RC_OK;
}

static enum rc read_members(struct decision *d, const json_t *obj, struct err *e)
{
	static const char *const names[] = { "left", "right", "decision", "keep", "preview", NULL };
	const json_t *preview = json_object_get(obj, "preview");
	bool join = false, left = false;
	enum rc rc = jv_check_members(obj, "", names, e);

	if (!rc)
		rc = read_org(d->r, obj, "left", &d->left, e);
	if (!rc)
		rc = read_org(d->r, obj, "right", &d->right, e);
	if (!rc)
		rc = read_choice(obj, "decision", "join", "refuse", &join, e);
	if (!rc && join)
		rc = read_choice(obj, "keep", "left", "right", &left, e);
	if (!rc && preview && !json_is_boolean(preview))
		rc = err_set(e, RC_WRONG_TYPE, "preview", "%s", "true or false");
	d->preview = json_is_true(preview);
	d->keep = !join ? ORG_NONE : left ? d->left : d->right;
	return rc;
}

static enum rc read_body(struct decision *d, struct err *e)
{
	json_t *obj = NULL;
	enum rc rc = d->r->body.n ? json_parse(d->r->body, &obj, e)
				  : err_set(e, RC_BAD_JSON, NULL, "%s", "the body is empty");

	if (!rc)
		rc = json_is_object(obj) ? read_members(d, obj, e) : err_set(e, RC_WRONG_TYPE, NULL, "%s", "object");
	json_decref(obj);
	if (!rc && !candidates_pair(d->r->txn, d->left, d->right))
		rc = err_set(e, RC_INVALID, "right", "%s",
			     "not a pair: the names differ, or both have a registered number, or one is a unit");
	return rc;
}

static void decision_json(const struct decision *d, uint64_t revision)
{
	struct request *r = d->r;
	struct json j;

	r->reply.status = 200;
	r->reply.revision = revision;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "preview");
	json_bool(&j, d->preview);
	json_key(&j, "decision");
	json_str(&j, d->keep ? "join" : "refuse");
	json_key(&j, "links");
	json_uint(&j, d->plan.links);
	json_key(&j, "clauses");
	json_uint(&j, d->plan.clauses);
	json_key(&j, "revision");
	json_uint(&j, revision);
	json_obj_end(&j);
}

/* On the writer's thread. */
static void decision_done(struct submission *sub)
{
	struct decision *d = sub->arg;
	enum rc rc = sub->rc;

	sub->err.field[0] = '\0'; /* it speaks of a record, not of the body */
	if (rc == RC_PRECONDITION || rc == RC_NOT_FOUND || rc == RC_HAS_LINKS)
		rc = err_set(&sub->err, RC_CONFLICT, NULL, "%s", "records were changed in the meantime; nothing was written");
	if (rc) {
		answer_fail(d->r, rc, &sub->err);
		return;
	}
	decision_json(d, sub->revision);
	answer_send(d->r);
}

/* The own code remembers it; of two the one that came first. */
static enum rc plan_refusal(struct decision *d)
{
	struct request *r = d->r;
	struct rec a, b;
	AUTO(buf_done) struct buf list = BUF_INIT, fields = BUF_INIT;
	struct op *op = arena_zalloc(r->arena, sizeof(*op));

	enum rc rc = op ? org_get(r->txn, d->left, &a) : RC_NOMEM;
	if (!rc)
		rc = org_get(r->txn, d->right, &b);
	if (rc)
		return rc;
	bool on_left = memcmp(a.f[META_ID].p, "XX-LOCAL-", MIN(a.f[META_ID].n, (size_t)9)) == 0;
	const struct rec *on = on_left ? &a : &b, *other = on_left ? &b : &a;
	if (candidates_refused(&a, &b))
		return RC_OK;
	buf_addv(&list, on->f[ORG_DISTINCT_FROM]);
	buf_lenbytes(&list, other->f[META_ID]);
	fl_bytes(&fields, ORG_DISTINCT_FROM, buf_view(&list));
	*op = (struct op){ .kind = OP_MERGE, .ent = ENT_ORG, .flags = OPF_MUST_EXIST,
			   .if_match = (uint64_t)rec_int(on, META_REV, 0), .a = arena_copy(r->arena, on->f[META_ID]),
			   .fields = arena_copy(r->arena, buf_view(&fields)) };
	d->plan.ops = op;
	d->plan.n_ops = 1;
	return op->a.p && op->fields.p && buf_ok(&fields) && buf_ok(&list) ? RC_OK : RC_NOMEM;
}

static enum rc plan_join(struct decision *d, struct err *e)
{
	uint32_t gone = d->keep == d->left ? d->right : d->left;
	enum join_bar bar = join_bar(d->r->txn, d->keep, gone);

	if (bar != JOIN_OPEN)
		return err_set(e, RC_CONFLICT, NULL, "%s", join_bar_names[bar]);
	d->plan.memory = d->r->arena;
	d->plan.secret = api_secret(d->r->api);
	return join_plan(d->r->txn, d->keep, gone, &d->plan, e);
}

enum rc candidate_decide(struct request *r, struct err *e)
{
	struct decision *d = arena_zalloc(r->arena, sizeof(*d));

	if (!d)
		return RC_NOMEM;
	d->r = r;
	enum rc rc = read_body(d, e);
	if (!rc)
		rc = d->keep ? plan_join(d, e) : plan_refusal(d);
	if (rc)
		return rc;
	if (!d->plan.n_ops) { /* it was said before */
		decision_json(d, graph_revision(r->txn));
		return RC_OK;
	}
	r->sub.cmd = (struct cmd){ .type = CMD_OPS,
				   .ops = d->plan.ops,
				   .n_ops = d->plan.n_ops,
				   .personal = d->plan.personal,
				   .n_personal = d->plan.n_personal,
				   .all_or_nothing = true,
				   .dry_run = d->preview };
	request_permit(r, &r->sub.cmd);
	r->sub.done = decision_done;
	r->sub.arg = d;
	return RC_OK;
}
