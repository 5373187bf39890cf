/* known.c - see known.h. */
#include "graph/known.h"

#include "graph/state.h"
#include "graph/walk.h"

#define REVISIONS_MAX 256u /* looked through before a walk is the shorter way */
#define OPS_MAX 4096u

size_t known_words(struct txn *t) { return graph_max_org(t) / 64 + 1; }

struct noting {
	const struct walk *w;
	uint64_t *named, *reach;
	size_t words;
};

static void note(void *arg, uint32_t org)
{
	struct noting *n = arg;
	if (org / 64 >= n->words)
		return;
	if (n->reach)
		bit_set(n->reach, org);
	if (walk_named(n->w, n->w->s->cell[org]))
		bit_set(n->named, org);
}

enum rc known_compute(struct txn *t, struct scratch *s, uint32_t procurer, int32_t day, uint64_t *named,
		      uint64_t *reach)
{
	struct chain_query q = { .procurer = procurer, .depth = TIER_MAX, .on = day };
	struct walk w;
	struct noting n = { &w, named, reach, known_words(t) };
	enum rc rc = walk_run(&w, t, s, &q, true);
	if (rc == RC_OK && w.swept)
		rc = sweep_each(&w, note, &n);
	for (size_t i = 0; i < s->n_reach && rc == RC_OK && !w.swept; i++)
		note(&n, s->reach[i]);
	walk_done(&w);
	return rc;
}

/* Links change by their own operations, and go with an organisation. */
static bool moves_links(const struct op *op)
{
	return op->ent == ENT_LINK || (op->ent == ENT_ORG && op->kind == OP_DELETE);
}

static bool same_links(struct txn *t, uint64_t revision, size_t *ops)
{
	struct log_head head;
	struct op_reader r;
	struct op op;
	bool same = log_head(t, revision, &head) == RC_OK && head.type != CMD_LOAD;
	if (!same || head.type != CMD_OPS)
		return same;
	same = op_reader_open(&r, t, revision, NULL) == RC_OK;
	while (same && op_reader_next(&r, &op))
		same = !moves_links(&op) && ++*ops <= OPS_MAX;
	same = same && r.rc == RC_OK;
	op_reader_done(&r);
	return same;
}

bool known_stands(struct txn *t, uint64_t revision)
{
	uint64_t now = graph_revision(t);
	size_t ops = 0;
	if (revision > now || now - revision > REVISIONS_MAX)
		return false;
	while (revision < now)
		if (!same_links(t, ++revision, &ops))
			return false;
	return true;
}
