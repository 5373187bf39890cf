/* known_page.c - see known_page.h. */
#include "api/known_page.h"

#include "api/entity_out.h"
#include "api/known.h"
#include "base/orgid.h"
#include "base/pack.h"
#include "base/util.h"
#include "graph/known.h"

#define BATCH 64
#define ENTERED_TRIES 20000u /* hits of a search that are looked at for who entered them */

struct known_set {
	uint64_t *bits;
	size_t words;
};

static void set_add(struct known_set *k, uint32_t org)
{
	if (org / 64 < k->words)
		k->bits[org / 64] |= (uint64_t)1 << (org % 64);
}

static bool set_has(const struct known_set *k, uint32_t org)
{
	return org / 64 < k->words && (k->bits[org / 64] >> (org % 64) & 1);
}

/* One of its own, and both ends of its links. */
static enum rc add_own(struct known_page *p, struct known_set *k, uint32_t own)
{
	AUTO_FREE uint32_t *down = NULL;
	AUTO_FREE uint32_t *up = NULL;
	size_t n_down, n_up;
	enum rc rc = link_suppliers(p->r->txn, own, &down, &n_down);

	if (!rc)
		rc = link_procurers(p->r->txn, own, &up, &n_up);
	if (rc)
		return rc;
	set_add(k, own);
	for (size_t i = 0; i < n_down; i++)
		set_add(k, down[i]);
	for (size_t i = 0; i < n_up; i++)
		if (access_shown(p->r->txn, up[i]))
			set_add(k, up[i]);
	if (known_reads_chains(&p->r->who))
		rc = known_add_named(p->r->api, p->r->txn, p->r->scratch, own, k->bits);
	return rc;
}

static enum rc collect(struct known_page *p, struct known_set *k)
{
	enum rc rc = p->s->rc;

	k->words = known_words(p->r->txn);
	k->bits = calloc(k->words, sizeof(*k->bits));
	if (!k->bits)
		return RC_NOMEM;
	for (size_t i = 0; i < p->s->n_own && !rc; i++)
		rc = add_own(p, k, p->s->own[i]);
	return rc;
}

static bool wanted(struct known_page *p, uint32_t org)
{
	struct rec rec;

	if (p->watched && (!access_owns(p->r->txn, &p->r->who, org) || targets_get(p->r->txn, org, &rec) != RC_OK))
		return false;
	return p->held < 0 || held_on(p->r->txn, org, p->s->today).level == p->held;
}

/* One that meanwhile turns out not to be named is left out. */
static enum rc put(struct known_page *p, uint32_t org)
{
	struct org_sight see = sight_org(p->s, org);

	if (p->s->rc || see.at <= AT_ANONYMOUS)
		return p->s->rc;
	return org_json(p->j, p->s, org, see, NULL);
}

/* A level that is not shown must not be told by the filter either. */
static bool tells_held(struct known_page *p, uint32_t org)
{
	return p->held < 0 || shows_member(&org_shown[sight_org(p->s, org).at], OM_HELD);
}

/* ---- all, in id order ---- */

static enum rc numbers_of(const struct known_set *k, struct buf *out)
{
	for (size_t w = 0; w < k->words; w++)
		for (uint64_t b = k->bits[w]; b; b &= b - 1) {
			uint32_t org = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(b);
			buf_add(out, &org, sizeof(org));
		}
	return buf_ok(out) ? RC_OK : RC_NOMEM;
}

static enum rc page_all(struct known_page *p, const struct known_set *k, struct view after, struct view *out_last)
{
	AUTO(buf_done) struct buf numbers = BUF_INIT;
	struct id_order order;
	size_t at, shown = 0;
	uint32_t org, last = ORG_NONE;
	bool more = false;
	enum rc rc = numbers_of(k, &numbers);

	if (rc)
		return rc;
	struct id_set set = { .base = numbers.p, .stride = sizeof(org), .n = numbers.n / sizeof(org) };
	rc = id_order_begin(&order, p->r->txn, &set, after);
	while (!rc && !more && id_order_next(&order, &at)) {
		memcpy(&org, numbers.p + at * sizeof(org), sizeof(org));
		if (!wanted(p, org) || !tells_held(p, org))
			continue;
		more = shown == p->limit;
		if (!more) {
			rc = put(p, org);
			last = org;
			shown++;
		}
	}
	id_order_done(&order);
	if (!rc && more)
		*out_last = arena_copy(p->r->arena, org_id(p->r->txn, last));
	return rc ? rc : txn_rc(p->r->txn);
}

/* ---- a search ---- */

struct search {
	struct known_page *p;
	const struct known_set *known;
	struct view q;
	unsigned tries;
	size_t shown;
	uint64_t from;  /* the batch of the last one shown */
	size_t in_batch; /* and how many of it were looked at by then */
	bool more;
};

static bool may_show(struct search *x, uint32_t org)
{
	bool known = set_has(x->known, org);

	if (!known && x->tries) {
		x->tries--;
		known = access_tie(x->p->r->txn, &x->p->r->who, org) == TIE_ENTERED;
	}
	return known && wanted(x->p, org) && tells_held(x->p, org);
}

static enum rc show_hits(struct search *x, const uint32_t *found, size_t n, uint64_t from)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < n && !rc && !x->more; i++) {
		if (!may_show(x, found[i]))
			continue;
		x->more = x->shown == x->p->limit;
		if (x->more)
			continue;
		rc = put(x->p, found[i]);
		x->shown++;
		x->from = from;
		x->in_batch = i + 1;
	}
	return rc;
}

/* The search is gone through until one more is found than is shown: that there are others is not told. */
static enum rc page_search(struct search *x, struct view after, struct view *out_last)
{
	struct txn *t = x->p->r->txn;
	uint32_t found[BATCH];
	uint8_t key[8];
	uint64_t cursor = after.n == sizeof(key) ? be64_get(after.p) : 0, from;
	enum rc rc;

	do {
		from = cursor;
		size_t n = org_search(t, x->q, &cursor, found, BATCH);
		rc = show_hits(x, found, n, from);
	} while (!rc && !txn_rc(t) && cursor && !x->more);
	if (rc || txn_rc(t) || !x->more)
		return rc ? rc : txn_rc(t);
	org_search(t, x->q, &x->from, found, x->in_batch); /* the place behind the last one shown */
	be64_put(key, x->from);
	*out_last = arena_copy(x->p->r->arena, view_of(key, sizeof(key)));
	return RC_OK;
}

enum rc known_page(struct known_page *p, struct view q, struct view after)
{
	struct known_set known = { 0 };
	struct search x = { .p = p, .known = &known, .q = q, .tries = ENTERED_TRIES };
	struct view last = { 0 };
	enum rc rc = collect(p, &known);

	if (!rc)
		rc = q.n ? page_search(&x, after, &last) : page_all(p, &known, after, &last);
	free(known.bits);
	json_arr_end(p->j);
	return rc ? rc : request_next(p->r, p->j, last);
}
