/*
 * bulk.c - one change applied to many links of a procurer, and to a clause of each: POST /v1/bulk.
 *
 * The links are chosen on the pool from one snapshot; then one command goes to the writer, all or
 * nothing. Each of its ops carries the revision of the record that was looked at, so that a link that
 * changed in between is never changed unseen: then nothing is written, and the answer is 409. A preview
 * is the same command as a dry run; its counts and its refusals are those of the real one.
 */
#include "api/api_int.h"
#include "api/bulk_int.h"
#include "api/handlers.h"
#include "base/json_out.h"
#include "base/util.h"

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
		json_strv(j, b->sample[i].name);
		json_obj_end(j);
	}
	json_arr_end(j);
}

/* Links are counted that change themselves; clauses; and links of which neither does. */
struct counts {
	uint64_t links, clauses, neither;
};

static struct counts count(const struct bulk *b)
{
	struct counts n = { .neither = b->matched };
	size_t per = (size_t)b->has_change + (b->clause >= 0);

	for (size_t i = 0; i + per <= b->n_ops; i += per) {
		bool any = false;
		for (size_t k = i; k < i + per; k++) {
			bool changed = b->results[k].changed;
			any = any || changed;
			if (b->ops[k].ent == ENT_LINK)
				n.links += changed;
			else
				n.clauses += changed;
		}
		n.neither -= any;
	}
	return n;
}

static void key_uint(struct json *j, const char *key, uint64_t v)
{
	json_key(j, key);
	json_uint(j, v);
}

static void bulk_json(const struct bulk *b, uint64_t revision)
{
	struct counts n = count(b);
	struct json j;

	b->r->reply.status = 200;
	b->r->reply.revision = revision;
	json_init(&j, &b->r->reply.body);
	json_obj(&j);
	json_key(&j, "preview");
	json_bool(&j, b->preview);
	key_uint(&j, "matched", b->matched);
	key_uint(&j, "changed", n.links);
	if (b->clause >= 0)
		key_uint(&j, "clauses_changed", n.clauses);
	key_uint(&j, "unchanged", n.neither);
	if (b->preview)
		sample_json(&j, b);
	key_uint(&j, "revision", revision);
	json_obj_end(&j);
}

/* Where in the body the refused op comes from. */
static const char *origin(const struct bulk *b)
{
	for (size_t i = 0; i < b->n_ops; i++)
		if (b->results[i].rc)
			return b->ops[i].ent == ENT_LINK ? "change" : "clause/change";
	return "change";
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
		answer_fail(b->r, bulk_inside(&sub->err, origin(b), rc), &sub->err);
		return;
	}
	bulk_json(b, sub->revision);
	answer_send(b->r);
}

static enum rc bulk_command(struct bulk *b, struct err *e)
{
	struct request *r = b->r;
	size_t each = b->has_change ? r->fields.n + 64 : 0;

	if (b->clause >= 0)
		each += b->clause_fields.n + 128;
	size_t all = b->matched * each;
	for (size_t i = 0; i < b->n_personal; i++)
		all += b->personal[i].bytes.n;
	if (all > CMD_MAX_BYTES)
		return err_set(e, RC_TOO_LARGE, b->has_change ? "change" : "clause", "%u bytes in all", CMD_MAX_BYTES);
	b->results = arena_zalloc(r->arena, b->n_ops * sizeof(*b->results));
	if (!b->results)
		return RC_NOMEM;
	r->sub.cmd = (struct cmd){ .type = CMD_OPS,
				   .ops = b->ops,
				   .n_ops = b->n_ops,
				   .personal = b->personal,
				   .n_personal = b->n_personal,
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
	AUTO(bulk_filter_done) struct bulk_filter f = { 0 };
	struct bulk *b = arena_zalloc(r->arena, sizeof(*b));
	enum rc rc;

	if (!b)
		return RC_NOMEM;
	b->r = r;
	b->clause = -1;
	rc = bulk_read(b, &f, e);
	if (!rc)
		rc = bulk_choose(b, &f, e);
	if (rc)
		return rc;
	if (b->expect_matched >= 0 && (uint64_t)b->expect_matched != b->matched)
		return err_set(e, RC_CONFLICT, "expect_matched", "%zu links match now", b->matched);
	if (b->n_ops)
		return bulk_command(b, e);
	bulk_json(b, graph_revision(r->txn)); /* there is nothing to do */
	return RC_OK;
}
