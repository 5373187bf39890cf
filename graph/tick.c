/*
 * tick.c - midnight: the processed day moves on by one; the calendar tells what changes its meaning.
 * Days come in order, one command each; the processed day never goes back.
 */
#include "base/json_out.h"
#include "base/util.h"
#include "graph/answers.h"
#include "graph/state.h"

struct orgs {
	uint32_t *o;
	size_t n, cap;
	bool failed;
};

static void orgs_add(void *arg, const struct cal_entry *e)
{
	struct orgs *s = arg;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 64;
		uint32_t *p = realloc(s->o, cap * sizeof *p);
		if (!p) {
			s->failed = true;
			return;
		}
		s->o = p;
		s->cap = cap;
	}
	s->o[s->n++] = e->a;
}

/* Organisations that hold something else on the new day, or that now come within the horizon: the
 * state before is noted as of the day that ends. */
static enum rc note_held(struct batch *b, int32_t day)
{
	struct orgs s = { 0 };
	cal_each(b->w, day, CAL_HELD, orgs_add, &s);
	cal_each(b->w, day + HORIZON_DEFAULT, CAL_HELD, orgs_add, &s);
	for (size_t i = 0; i < s.n; i++)
		held_note(b, s.o[i]);
	free(s.o);
	return s.failed ? RC_NOMEM : txn_rc(b->w);
}

/* ---- clauses that fall due ---- */

struct pairs {
	uint64_t *p;
	size_t n, cap;
	bool failed;
};

static void pairs_add(void *arg, const struct cal_entry *e)
{
	struct pairs *s = arg;
	uint64_t pair = pair_u64(e->a, e->b);
	if (s->n && s->p[s->n - 1] == pair)
		return;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 64;
		uint64_t *p = realloc(s->p, cap * sizeof *p);
		if (!p) {
			s->failed = true;
			return;
		}
		s->p = p;
		s->cap = cap;
	}
	s->p[s->n++] = pair;
}

static void clause_event(struct batch *b, uint32_t p, uint32_t s, enum clause_no no)
{
	AUTO(buf_done) struct buf data = BUF_INIT, subject = BUF_INIT;
	struct json j;
	buf_addv(&subject, org_id(b->w, p));
	size_t cut = subject.n;
	buf_addc(&subject, '/');
	buf_addv(&subject, org_id(b->w, s));
	json_init(&j, &data);
	json_obj(&j);
	json_key(&j, "procurer");
	json_strv(&j, view_of(subject.p, cut));
	json_key(&j, "supplier");
	json_strv(&j, view_of(subject.p + cut + 1, subject.n - cut - 1));
	json_key(&j, "no");
	json_str(&j, clause_names[no]);
	json_obj_end(&j);
	event_put(b, EV_CLAUSE_DUE, buf_view(&subject), buf_view(&data));
}

static void clauses_tick(struct batch *b, uint32_t p, uint32_t s, int32_t day)
{
	struct rec link;
	struct clause_view was, is;
	const struct targets *t = batch_targets(b, p);
	if (!t || link_get(b->w, p, s, &link) != RC_OK)
		return;
	clauses_of_link(b->w, p, s, &link, t->own_level, day - 1, &was);
	clauses_of_link(b->w, p, s, &link, t->own_level, day, &is);
	for (int no = 0; no < CL__COUNT; no++)
		if (is.state[no] == CS_GAP && was.state[no] != CS_GAP)
			clause_event(b, p, s, (enum clause_no)no);
}

enum rc apply_tick(struct batch *b, const struct cmd *c, struct err *e)
{
	struct pairs due = { 0 };
	if (c->day != b->today + 1)
		return err_set(e, RC_INVALID, "day", "the next day to process is %d, not %d", (int)b->today + 1,
			       (int)c->day);
	b->n_held = 0;
	enum rc rc = note_held(b, c->day);
	log_append(b, c);
	b->seq = 0;
	b->today = c->day;
	if (rc == RC_OK)
		held_events(b);
	cal_each(b->w, c->day, CAL_CLAUSE, pairs_add, &due);
	for (size_t i = 0; i < due.n && txn_rc(b->w) == RC_OK; i++)
		clauses_tick(b, (uint32_t)(due.p[i] >> 32), (uint32_t)due.p[i], c->day);
	free(due.p);
	b->revision = b->new_revision;
	return due.failed ? RC_NOMEM : rc;
}
