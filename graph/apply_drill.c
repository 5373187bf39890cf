/* apply_drill.c - drills and incidents as an organisation records them: evidence, from which nothing follows. */
#include "base/util.h"
#include "graph/state.h"

struct drill_key {
	uint8_t bytes[4 + RECORD_NAME_MAX];
};

/* name: not longer than names are. */
static struct view key_of(struct drill_key *k, uint32_t org, struct view name)
{
	be32_put(k->bytes, org);
	memcpy(k->bytes + 4, name.p, name.n);
	return view_of(k->bytes, 4 + name.n);
}

enum rc drill_get(struct txn *t, uint32_t org, struct view name, struct rec *out)
{
	struct drill_key k;
	struct view v;

	if (name.n == 0 || name.n > RECORD_NAME_MAX)
		return RC_NOT_FOUND;
	enum rc rc = txn_get(t, DB_DRILL, key_of(&k, org, name), &v);
	return rc == RC_OK && !rec_decode(out, v) ? RC_DAMAGED : rc;
}

void drill_each(struct txn *t, uint32_t org, bool (*fn)(void *arg, struct view name, const struct rec *r), void *arg)
{
	AUTO_CUR struct cur c = { 0 };
	uint8_t key[4];
	struct rec r;

	be32_put(key, org);
	cur_open(&c, t, DB_DRILL);
	for (bool ok = cur_ge(&c, view_of(key, 4)); ok && cur_in(&c, view_of(key, 4)); ok = cur_next(&c)) {
		if (!rec_decode(&r, c.val)) {
			txn_fail(t, RC_DAMAGED);
			return;
		}
		if (!fn(arg, view_of((const uint8_t *)c.key.p + 4, c.key.n - 4), &r))
			return;
	}
}

static bool count_one(void *arg, struct view name, const struct rec *r)
{
	(void)name;
	(void)r;
	return ++*(unsigned *)arg < DRILLS_MAX;
}

static enum rc drill_check(struct batch *b, const struct change *c, uint32_t org)
{
	const struct rec *r = &c->new;
	unsigned n = 0;

	if (!rec_has(r, DRILL_HELD_ON))
		return err_set(c->err, RC_REQUIRED, "held_on", "%s", "held_on");
	if (rec_int(r, DRILL_CONTACTS_REACHED, 0) > rec_int(r, DRILL_CONTACTS_TRIED, INT64_MAX))
		return err_set(c->err, RC_OUT_OF_RANGE, "contacts_reached", "%s", "more than contacts_tried");
	if (!c->exists)
		drill_each(b->w, org, count_one, &n);
	return n < DRILLS_MAX ? RC_OK : err_set(c->err, RC_TOO_LARGE, "drill", "%u", DRILLS_MAX);
}

enum rc apply_drill(struct batch *b, struct op *op, struct op_result *res, struct err *e)
{
	struct change c = { .op = op, .res = res, .err = e };
	struct view stored = { 0 }, bytes;
	struct drill_key k;
	uint32_t org;
	enum rc rc = record_name_check(op->b, "drill", e);

	if (rc == RC_OK)
		rc = org_find(b->w, op->a, &org);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? err_set(e, rc, NULL, "organisation '%.*s'", (int)op->a.n, (const char *)op->a.p)
					  : rc;
	struct view key = key_of(&k, org, op->b);
	res->key[0] = org;
	rc = change_begin(b, &c, ENT_DRILL, txn_get(b->w, DB_DRILL, key, &stored), stored);
	if (rc == RC_OK && op->kind != OP_DELETE)
		rc = drill_check(b, &c, org);
	if (rc != RC_OK || (op->kind != OP_DELETE && change_is_none(b, &c)))
		return rc;
	past_keep(b, ENT_DRILL, key, c.old_bytes);
	if (op->kind == OP_DELETE) {
		txn_del(b->w, DB_DRILL, key);
	} else {
		bytes = change_bytes(b, &c);
		if (!bytes.p)
			return RC_NOMEM;
		txn_put(b->w, DB_DRILL, key, bytes);
	}
	res->changed = true;
	res->created = !c.exists;
	return txn_rc(b->w);
}
