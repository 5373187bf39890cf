/* pick_filter.c - who passes; see pick.h. */
#include "base/util.h"
#include "graph/near.h"
#include "graph/pick.h"
#include "graph/walk.h"

void pick_filter_init(struct pick_filter *f)
{
	*f = (struct pick_filter){ .kind = PICK_ANY, .tier = PICK_ANY, .required = PICK_ANY, .held = PICK_ANY,
				   .at_risk = PICK_ANY, .unknown_below = PICK_ANY, .due_from = DAY_NONE,
				   .due_to = DAY_NONE, .lapsed_since = DAY_NONE, .relation = PICK_ANY,
				   .criticality = PICK_ANY, .confidential = PICK_ANY, .continuity = PICK_ANY,
				   .system_access = PICK_ANY, .exception = PICK_ANY };
}

static bool is(int want, int value) { return want == PICK_ANY || want == value; }

static bool gap_passes(const struct pick_filter *f, const struct chain_item *i)
{
	bool dated = f->due_from != DAY_NONE || f->due_to != DAY_NONE;
	if (f->kind == PICK_ANY && !f->timings && !dated && f->lapsed_since == DAY_NONE)
		return true;
	if (i->state != ST_GAP || !is(f->kind, i->kind) || (f->timings && !(f->timings >> i->timing & 1)))
		return false;
	if (dated && i->due == DAY_NONE)
		return false;
	return (f->due_from == DAY_NONE || i->due >= f->due_from) && (f->due_to == DAY_NONE || i->due <= f->due_to);
}

static bool item_passes(const struct pick_filter *f, const struct chain_item *i)
{
	return (!f->states || (f->states >> i->state & 1)) && is(f->tier, i->tier) && is(f->required, i->required) &&
	       is(f->held, i->held) && is(f->at_risk, i->at_risk) && is(f->unknown_below, i->unknown_below) &&
	       gap_passes(f, i);
}

/* ---- P's own links ---- */

static bool any_of_link(const struct pick_filter *f)
{
	return f->by_department || f->by_owner || f->relation != PICK_ANY || f->criticality != PICK_ANY ||
	       f->confidential != PICK_ANY || f->continuity != PICK_ANY || f->system_access != PICK_ANY ||
	       f->exception != PICK_ANY;
}

static bool flag_is(int want, int value) { return want == PICK_ANY || want == (value < 0 ? FLAG_UNKNOWN : value); }

static bool text_is(bool by, struct view want, struct view value) { return !by || view_eq(want, value); }

static bool link_passes(const struct pick_filter *f, const struct targets *tg, const struct rec *r)
{
	struct level_result lr;
	if (!text_is(f->by_department, f->department, rec_str(r, LINK_DEPARTMENT)) ||
	    !text_is(f->by_owner, f->owner, rec_str(r, LINK_OWNER)) ||
	    !is(f->relation, (int)rec_int(r, LINK_RELATION, -2)) ||
	    !is(f->criticality, (int)rec_int(r, LINK_CRITICALITY, -2)) ||
	    !flag_is(f->confidential, rec_bool(r, LINK_CONFIDENTIAL)) ||
	    !flag_is(f->continuity, rec_bool(r, LINK_CONTINUITY)) ||
	    !flag_is(f->system_access, rec_bool(r, LINK_SYSTEM_ACCESS)))
		return false;
	if (f->exception == PICK_ANY)
		return true;
	level_of_link(tg, r, &lr);
	return is(f->exception, lr.exception);
}

static enum rc keep_links(struct pick *p, const struct pick_filter *f)
{
	struct org_bits found = { calloc(MAX(p->pass.words, (size_t)1), sizeof *found.bits), p->pass.words };
	AUTO_FREE struct targets *tg = malloc(sizeof *tg);
	struct link_iter it;
	struct rec r;
	enum rc rc = found.bits && tg ? targets_of(p->t, p->list->q.procurer, tg) : RC_NOMEM;
	if (rc != RC_OK) {
		free(found.bits);
		return rc;
	}
	link_iter_open(&it, p->t, p->list->q.procurer, 0);
	while (link_iter_next(&it, &r))
		if (it.supplier / 64 < found.words && link_active(&r, p->list->q.on) && link_passes(f, tg, &r))
			bit_set(found.bits, it.supplier);
	link_iter_close(&it);
	for (size_t i = 0; i < found.words; i++)
		p->pass.bits[i] &= found.bits[i];
	free(found.bits);
	return txn_rc(p->t);
}

/* ---- those who once held what is required now ---- */

static enum rc keep_lapsed(struct pick *p, int32_t since)
{
	AUTO_FREE uint8_t *required = malloc(MAX(p->pass.words, (size_t)1) * 64);
	struct step_reader steps;
	uint32_t n;
	if (!required)
		return RC_NOMEM;
	for (size_t i = 0; i < p->list->n; i++)
		if (p->list->items[i].supplier / 64 < p->pass.words)
			required[p->list->items[i].supplier] = p->list->items[i].required;
	step_reader_init(&steps, p->t);
	for (size_t w = 0; w < p->pass.words; w++)
		for (uint64_t b = p->pass.bits[w]; b; b &= b - 1) {
			uint32_t org = (uint32_t)w * 64 + (uint32_t)__builtin_ctzll(b);
			const struct step *s = steps_of(&steps, org, &n);
			if (step_held(steps_at(s, n, since)) < required[org])
				p->pass.bits[w] &= ~(b & -b);
		}
	return steps.bad ? RC_DAMAGED : txn_rc(p->t);
}

/* ---- all ---- */

static void keep_named(struct pick *p)
{
	const struct veil *v = &p->list->veil;
	size_t words = v->bits ? MIN(p->pass.words, (size_t)v->n / 64 + 1) : 0;
	for (size_t i = 0; i < words; i++)
		p->pass.bits[i] &= ~v->bits[i];
}

static enum rc keep(struct pick *p, const struct pick_filter *f)
{
	enum rc rc = RC_OK;
	if (any_of_link(f))
		rc = keep_links(p, f);
	if (rc == RC_OK && f->of != ORG_NONE)
		rc = near_keep(p->list, p->t, f->of, false, &p->pass);
	if (rc == RC_OK && f->to != ORG_NONE)
		rc = near_keep(p->list, p->t, f->to, true, &p->pass);
	if (rc == RC_OK && f->lapsed_since != DAY_NONE)
		rc = keep_lapsed(p, f->lapsed_since);
	if (rc != RC_OK || !f->q.n)
		return rc;
	keep_named(p);
	names_match(p->t, f->q, &p->pass);
	return txn_rc(p->t);
}

enum rc pick_begin(struct pick *p, const struct chain_list *l, struct txn *t, const struct pick_filter *f)
{
	*p = (struct pick){ .list = l, .t = t };
	p->pass.words = graph_max_org(t) / 64 + 1;
	p->pass.bits = calloc(p->pass.words, sizeof *p->pass.bits);
	if (!p->pass.bits)
		return RC_NOMEM;
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].supplier / 64 < p->pass.words && item_passes(f, &l->items[i]))
			bit_set(p->pass.bits, l->items[i].supplier);
	enum rc rc = keep(p, f);
	for (size_t i = 0; i < p->pass.words; i++)
		p->total += (size_t)__builtin_popcountll(p->pass.bits[i]);
	return rc;
}

void pick_done(struct pick *p)
{
	free(p->pass.bits);
	*p = (struct pick){ 0 };
}
