/* fake_graph.c - see fake_graph.h. */
#include "tests/services/fake_graph.h"

#include <stdlib.h>

#include "base/pack.h"

/* Also runs in a program of its own, where libcheck has no test to fail. */
#define MUST(x) ((x) ? (void)0 : abort())

struct batch {
	struct txn *w;
	uint64_t revision;
	unsigned commands;
};

enum rc batch_new(struct txn *w, struct batch **out)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (!b)
		return RC_NOMEM;
	b->w = w;
	b->revision = meta_get_u64(w, "revision", 0);
	*out = b;
	return RC_OK;
}

void batch_free(struct batch *b) { free(b); }

enum rc batch_finish(struct batch *b)
{
	meta_put_u64(b->w, "revision", b->revision);
	return txn_rc(b->w);
}

uint64_t graph_revision(struct txn *t) { return meta_get_u64(t, "revision", 0); }

int32_t graph_today(struct txn *t)
{
	return (int32_t)meta_get_u64(t, "today", FAKE_DAY0);
}

static bool says(struct view v, const char *s)
{
	return v.n >= strlen(s) && memcmp(v.p, s, strlen(s)) == 0;
}

static void do_op(struct batch *b, struct op *op)
{
	txn_put(b->w, DB_ORG, op->a, op->fields);
	if (says(op->a, "damaged"))
		txn_fail(b->w, RC_DAMAGED);
	if (says(op->a, "alone") && b->commands > 1)
		txn_fail(b->w, RC_TOO_LARGE);
	if (op->flags & OPF_ADD_CONTACT) { /* as the real one: the op is changed in place */
		MUST(view_is(op->fields, "contact"));
		op->flags &= (uint8_t)~OPF_ADD_CONTACT;
		op->fields = VIEW_LIT("joint");
	}
	if (op->flags & OPF_BY_CODE) {
		MUST(view_is(op->b, "procurer") && view_is(op->c, "code"));
		op->flags &= (uint8_t)~OPF_BY_CODE;
		op->a = VIEW_LIT("found");
		op->b = op->c = (struct view){ 0 };
	}
}

enum rc graph_apply(struct batch *b, struct cmd *c, uint64_t *out_revision, struct err *e)
{
	b->commands++;
	*out_revision = b->revision;
	if (c->type == CMD_TICK) {
		uint8_t key[4];

		MUST(c->day == graph_today(b->w) + 1);
		beday_put(key, c->day);
		txn_append(b->w, DB_CALENDAR, view_of(key, 4), (struct view){ 0 });
		meta_put_u64(b->w, "today", (uint64_t)c->day);
	}
	for (size_t i = 0; i < c->n_ops; i++) {
		if (says(c->ops[i].a, "conflict")) {
			struct err op_err;

			err_set(&op_err, RC_CONFLICT, "a", "it says so");
			if (c->on_error)
				c->on_error(c->on_error_arg, i, &op_err);
			if (c->n_ops == 1) {
				*e = op_err;
				return RC_CONFLICT;
			}
			continue;
		}
		do_op(b, &c->ops[i]);
		if (c->results) {
			MUST(!c->results[i].changed); /* reset before a second run */
			c->results[i].changed = true;
		}
	}
	*out_revision = ++b->revision;
	return txn_rc(b->w);
}

void fake_graph_init(struct store *s)
{
	struct txn *t;

	MUST(txn_begin_write(s, &t) == RC_OK);
	meta_put_u64(t, "revision", 0);
	MUST(txn_commit(t) == RC_OK);
}

unsigned fake_ticks(struct store *s, bool *out_in_order)
{
	struct txn *t;
	unsigned n = 0;

	*out_in_order = true;
	MUST(txn_begin_read(s, &t) == RC_OK);
	{
		AUTO_CUR struct cur c;

		cur_open(&c, t, DB_CALENDAR);
		for (cur_first(&c); c.valid; cur_next(&c), n++)
			if (beday_get(c.key.p) != FAKE_DAY0 + 1 + (int32_t)n)
				*out_in_order = false;
	}
	txn_abort(t);
	return n;
}

bool fake_has(struct store *s, const char *key)
{
	struct txn *t;
	struct view v;
	bool has;

	MUST(txn_begin_read(s, &t) == RC_OK);
	has = txn_get(t, DB_ORG, view_str(key), &v) == RC_OK;
	txn_abort(t);
	return has;
}
