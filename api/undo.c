/*
 * undo.c - takes back what one command did to records: POST /v1/revisions/{n}/undo.
 *
 * What has to be done is found on the pool from one snapshot (graph/revert.h); then one ordinary command goes to the
 * writer, all or nothing, each op judged by the caller's rights. A preview is the same as a dry run. A bound caller takes
 * back what it, or another account of its organisations, did, as far as it may still know of all of it; any other
 * revision is 404 for it.
 */
#include "api/api_int.h"
#include "api/handlers.h"
#include "base/json_out.h"
#include "base/util.h"
#include "graph/revert.h"
#include "importers/json_fields.h"
#include "importers/json_values.h"

struct undo {
	struct request *r;
	struct revert plan;
	uint64_t revision;
	struct view actor; /* .p NULL: not to be told */
	bool preview;
};

/* ---- the question ---- */

static enum rc read_revision(const struct request *r, uint64_t *out, struct err *e)
{
	struct view v = r->param[0];
	const char *p = v.p;

	*out = 0;
	for (size_t i = 0; i < v.n && v.n <= 18; i++) {
		if (p[i] < '0' || p[i] > '9')
			return request_not_found(r, 0, e);
		*out = *out * 10 + (uint64_t)(p[i] - '0');
	}
	return *out && v.n <= 18 ? RC_OK : request_not_found(r, 0, e);
}

static enum rc read_body(struct undo *u, struct err *e)
{
	static const char *const names[] = { "preview", NULL };
	json_t *obj = NULL;

	u->preview = true;
	if (u->r->body.n == 0)
		return RC_OK;
	enum rc rc = json_parse(u->r->body, &obj, e);
	if (rc)
		return rc;
	const json_t *preview = json_object_get(obj, "preview");
	rc = json_is_object(obj) ? jv_check_members(obj, "", names, e)
				 : err_set(e, RC_WRONG_TYPE, NULL, "%s", "object");
	if (!rc && preview && !json_is_boolean(preview))
		rc = err_set(e, RC_WRONG_TYPE, "preview", "%s", "true or false");
	u->preview = !preview || json_is_true(preview);
	json_decref(obj);
	return rc;
}

/* ---- rights ---- */

/* Its own, or what it wrote and may still read: contacts and certificates of its suppliers, links that it entered, its
 * plan on a link to itself. */
static enum rc may_know(void *arg, enum ent ent, const uint32_t org[2])
{
	const struct request *r = arg;
	const struct identity *who = &r->who;
	struct rec rec;
	bool known = access_owns(r->txn, who, org[0]);

	if (who->role == ROLE_SUPPLIER && (ent == ENT_CLAUSE || ent == ENT_TARGETS))
		return RC_NOT_FOUND; /* it may not read them either */

	if (!known && ent == ENT_LINK)
		known = (access_owns(r->txn, who, org[1]) && access_shown(r->txn, org[0])) ||
			(link_get(r->txn, org[0], org[1], &rec) == RC_OK && access_made(r->txn, who, &rec));
	if (!known && (ent == ENT_ORG || ent == ENT_CERT))
		known = access_tie(r->txn, who, org[0]) >= TIE_ENTERED;
	return known ? RC_OK : RC_NOT_FOUND;
}

/* Asked for each op in the transaction that writes. */
static enum rc undo_permit(void *arg, struct txn *w, struct op *op, struct err *e)
{
	struct undo *u = arg;
	enum rc rc = access_permit(&u->r->permit, w, op, e);

	return rc ? rc : revert_guard(w, op, e);
}

/* ---- the answer ---- */

static void key_uint(struct json *j, const char *key, uint64_t v)
{
	json_key(j, key);
	json_uint(j, v);
}

static void key_text(struct json *j, const char *key, struct view v)
{
	json_key(j, key);
	if (v.n)
		json_strv(j, v);
	else
		json_nil(j);
}

static void conflict_json(struct json *j, const struct revert_conflict *c)
{
	static const char *const members[ENT__COUNT][3] = {
		[ENT_ORG] = { "org" },		       [ENT_LINK] = { "procurer", "supplier" },
		[ENT_CERT] = { "org", "certificate" }, [ENT_CLAUSE] = { "procurer", "supplier", "no" },
		[ENT_TARGETS] = { "org" },	       [ENT_DRILL] = { "org", "drill" },
	};
	const struct view v[3] = { c->names.a, c->names.b, c->names.c };

	json_obj(j);
	json_key(j, "entity");
	json_str(j, entities[c->names.ent].name);
	for (int i = 0; i < 3 && members[c->names.ent][i]; i++)
		key_text(j, members[c->names.ent][i], v[i]);
	json_key(j, "reason");
	json_str(j, revert_why_names[c->why]);
	json_key(j, "revision");
	if (c->revision)
		json_uint(j, c->revision);
	else
		json_nil(j);
	json_obj_end(j);
}

static void conflicts_json(struct json *j, const struct revert *p)
{
	key_uint(j, "conflicts_total", p->n_conflicts);
	json_key(j, "conflicts");
	json_arr(j);
	for (size_t i = 0; i < p->n_conflicts && i < REVERT_CONFLICTS_MAX; i++)
		conflict_json(j, &p->conflicts[i]);
	json_arr_end(j);
}

/* revision: of the command that took it back; a preview has none. */
static void undo_json(const struct undo *u, uint64_t revision)
{
	const struct revert *p = &u->plan;
	struct json j;

	u->r->reply.status = 200;
	u->r->reply.revision = revision;
	json_init(&j, &u->r->reply.body);
	json_obj(&j);
	json_key(&j, "preview");
	json_bool(&j, u->preview);
	key_uint(&j, "revision_undone", u->revision);
	json_key(&j, "at");
	json_instant(&j, p->at_ms);
	key_text(&j, "actor", u->actor);
	key_uint(&j, "records", p->records);
	key_uint(&j, "restored", p->restored);
	key_uint(&j, "deleted", p->deleted);
	key_uint(&j, "recreated", p->recreated);
	key_uint(&j, "contacts_kept", p->kept_contacts);
	key_uint(&j, "orgs_kept", p->kept_orgs);
	conflicts_json(&j, p);
	if (!u->preview)
		key_uint(&j, "revision", revision);
	json_obj_end(&j);
}

/* The problem, and beside its members what stands in the way. */
static void refuse(struct undo *u, struct err *e)
{
	struct reply *p = &u->r->reply;
	struct json j;

	e->rc = err_set(e, RC_CHANGED_SINCE, NULL, "%llu", (unsigned long long)u->plan.n_conflicts);
	answer_problem(u->r, e);
	if (!p->body.n)
		return;
	p->body.n--; /* its brace */
	AUTO(buf_done) struct buf more = BUF_INIT;
	json_init(&j, &more);
	json_obj(&j);
	conflicts_json(&j, &u->plan);
	json_obj_end(&j);
	buf_addc(&p->body, ',');
	if (buf_ok(&more))
		buf_add(&p->body, more.p + 1, more.n - 1);
	else
		p->body.failed = true;
}

/* On the writer's thread. */
static void undo_done(struct submission *sub)
{
	struct undo *u = sub->arg;
	enum rc rc = sub->rc;

	sub->err.field[0] = '\0'; /* it speaks of a record, not of the body */
	if (rc == RC_PRECONDITION) /* between the look and the write */
		rc = err_set(&sub->err, RC_CONFLICT, NULL, "%s", "it was changed in the meantime; nothing was written");
	if (rc) {
		answer_fail(u->r, rc, &sub->err);
		return;
	}
	undo_json(u, sub->revision);
	answer_send(u->r);
}

/* ---- all of it ---- */

static enum rc plan(struct undo *u, struct err *e)
{
	struct request *r = u->r;
	bool all = access_sees_all(&r->who);
	struct log_head head;

	if (!all && !access_wrote(r->txn, &r->who, u->revision))
		return request_not_found(r, 0, e);
	u->plan = (struct revert){ .memory = r->arena, .drops_orgs = all, .may_know = all ? NULL : may_know,
				   .may_know_arg = r };
	enum rc rc = revert_plan(r->txn, u->revision, &u->plan, e);
	if (rc == RC_NOT_FOUND)
		return request_not_found(r, 0, e);
	if (!rc && log_head(r->txn, u->revision, &head) == RC_OK && head.actor.n) {
		u->actor = arena_copy(r->arena, head.actor);
		rc = u->actor.p ? RC_OK : RC_NOMEM;
	}
	return rc;
}

static void command(struct undo *u)
{
	struct request *r = u->r;

	r->sub.cmd = (struct cmd){ .type = CMD_OPS,
				   .ops = u->plan.ops,
				   .n_ops = u->plan.n_ops,
				   .all_or_nothing = true,
				   .dry_run = u->preview };
	request_permit(r, &r->sub.cmd);
	r->sub.cmd.permit = undo_permit;
	r->sub.cmd.permit_arg = u;
	r->sub.done = undo_done;
	r->sub.arg = u;
}

enum rc undo_revision(struct request *r, struct err *e)
{
	struct undo *u = arena_zalloc(r->arena, sizeof(*u));

	if (!u)
		return RC_NOMEM;
	u->r = r;
	enum rc rc = read_revision(r, &u->revision, e);
	if (!rc)
		rc = read_body(u, e);
	if (!rc)
		rc = plan(u, e);
	if (rc)
		return rc;
	if (!u->plan.n_conflicts)
		command(u);
	else if (u->preview)
		undo_json(u, graph_revision(r->txn));
	else
		refuse(u, e);
	return RC_OK;
}
