/* chaos.c - see chaos.h. */
#include "tests/graph/chaos.h"

#include <stdio.h>

#include "base/util.h"

#define NAMES 4 /* ids, and as many aliases, that change hands */

static struct view some_name(struct chaos *x, int slot, struct rng *r)
{
	char *t = x->text[x->n][slot];

	return view_of(t, (size_t)snprintf(t, 32, rng_chance(r, 60) ? "XX-LOCAL-ALIAS%u" : "XX-LOCAL-C%u",
					   rng_below(r, NAMES)));
}

static void aliases(struct buf *f, struct rng *r)
{
	AUTO(buf_done) struct buf list = BUF_INIT;
	char t[32];

	for (unsigned i = 0; i < NAMES; i++)
		if (rng_chance(r, 25))
			buf_lenbytes(&list, view_of(t, (size_t)snprintf(t, 32, "XX-LOCAL-ALIAS%u", i)));
	if (list.n)
		fl_bytes(f, ORG_ALIASES, buf_view(&list));
	else
		fl_clear(f, ORG_ALIASES);
}

static void grants(struct buf *f, struct view viewer)
{
	AUTO(buf_done) struct buf list = BUF_INIT;

	buf_lenbytes(&list, viewer);
	buf_addc(&list, GRANT_NAMED);
	buf_svarint(&list, DAY_NONE);
	fl_bytes(f, LINK_GRANTS, buf_view(&list));
}

static void chaos_op(struct chaos *x, struct rng *r)
{
	struct op *op = &x->op[x->n];
	struct buf *f = &x->fields[x->n];

	*op = (struct op){ .kind = OP_MERGE, .flags = OPF_STUBS, .a = some_name(x, 0, r), .b = some_name(x, 1, r) };
	switch (rng_below(r, 10)) {
	case 0:
	case 1:
		op->ent = ENT_ORG;
		fl_bytes(f, ORG_NAME, rng_chance(r, 50) ? VIEW_LIT("One") : VIEW_LIT("Other"));
		aliases(f, r);
		break;
	case 2:
		op->ent = ENT_ORG;
		op->kind = OP_DELETE;
		op->flags = OPF_CASCADE;
		break;
	case 3:
		op->ent = ENT_TARGETS;
		fl_int(f, TARGETS_OWN_LEVEL, 3 + rng_below(r, 2));
		fl_int(f, TARGETS_DUE, CHAOS_TODAY + (int)rng_below(r, 3));
		op->kind = rng_chance(r, 30) ? OP_DELETE : OP_PUT;
		break;
	case 4:
	case 5:
		op->ent = ENT_CERT;
		op->b = rng_chance(r, 50) ? VIEW_LIT("c") : VIEW_LIT("d");
		op->kind = rng_chance(r, 30) ? OP_DELETE : OP_MERGE;
		fl_int(f, CERT_LEVEL, 3 + rng_below(r, 2));
		if (rng_chance(r, 40))
			fl_int(f, CERT_STATUS, rng_below(r, 3));
		break;
	case 6:
		op->ent = ENT_CLAUSE;
		op->c = VIEW_LIT("2-1-1");
		op->kind = rng_chance(r, 30) ? OP_DELETE : OP_PUT;
		fl_int(f, CLAUSE_STATUS, CLAUSE_DRAFTED);
		break;
	case 7:
		op->ent = ENT_DRILL;
		op->b = rng_chance(r, 50) ? VIEW_LIT("c") : VIEW_LIT("d");
		op->kind = rng_chance(r, 30) ? OP_DELETE : rng_chance(r, 50) ? OP_PUT : OP_MERGE;
		fl_int(f, DRILL_HELD_ON, CHAOS_TODAY - (int)rng_below(r, 3));
		if (rng_chance(r, 50))
			fl_int(f, DRILL_AFFECTED, rng_below(r, 3));
		break;
	default:
		op->ent = ENT_LINK;
		op->kind = rng_chance(r, 25) ? OP_DELETE : OP_MERGE;
		if (rng_chance(r, 40))
			grants(f, some_name(x, 2, r));
		if (rng_chance(r, 40))
			fl_bytes(f, LINK_SUPPLIER_CODE, rng_chance(r, 50) ? VIEW_LIT("K1") : VIEW_LIT("K2"));
		fl_int(f, LINK_REQUIRED_LEVEL, rng_below(r, 5));
	}
	if (op->kind == OP_DELETE)
		buf_clear(f);
	op->fields = f->n ? buf_view(f) : VIEW_LIT("");
	x->n++;
}

struct cmd *chaos_command(struct chaos *x, struct rng *r)
{
	unsigned n = rng_chance(r, 50) ? 1 : 1 + rng_below(r, CHAOS_OPS);

	x->cmd = (struct cmd){ .type = CMD_OPS, .at_ms = 1, .actor = VIEW_LIT("test"), .ops = x->op,
			       .all_or_nothing = rng_chance(r, 10), .dry_run = rng_chance(r, 5), .many = rng_below(r, 3) };
	for (x->n = 0; x->n < n;)
		chaos_op(x, r);
	x->cmd.n_ops = n;
	return &x->cmd;
}

void chaos_done(struct chaos *x)
{
	for (size_t i = 0; i < x->n; i++)
		buf_done(&x->fields[i]);
	x->n = 0;
}
