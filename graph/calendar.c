/* calendar.c - see calendar.h. */
#include "graph/calendar.h"

#include "base/util.h"
#include "graph/radix.h"
#include "graph/state.h"

void cal_add(struct cal_set *s, int32_t day, enum cal_kind kind, uint32_t a, uint32_t b)
{
	if (day == DAY_NONE || day > DAY_MAX)
		return;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 16;
		struct cal_entry *p = realloc(s->e, cap * sizeof *p);
		if (!p) {
			s->failed = true;
			return;
		}
		s->e = p;
		s->cap = cap;
	}
	s->e[s->n++] = (struct cal_entry){ day, (uint8_t)kind, a, b };
}

void cal_set_done(struct cal_set *s)
{
	free(s->e);
	*s = (struct cal_set){ 0 };
}

static void entry_key(uint8_t key[13], const struct cal_entry *e)
{
	beday_put(key, e->day);
	key[4] = e->kind;
	be32_put(key + 5, e->a);
	be32_put(key + 9, e->b);
}

static int entry_cmp(const void *a, const void *b)
{
	uint8_t ka[13], kb[13];
	entry_key(ka, a);
	entry_key(kb, b);
	return memcmp(ka, kb, 13);
}

size_t cal_count(struct cal_set *s)
{
	size_t n = 0;
	if (s->n > 1)
		qsort(s->e, s->n, sizeof *s->e, entry_cmp);
	for (size_t i = 0; i < s->n; i++)
		if (n == 0 || entry_cmp(&s->e[n - 1], &s->e[i]) != 0)
			s->e[n++] = s->e[i];
	return s->n = n;
}

static void entry_write(struct txn *w, const struct cal_entry *e, bool put)
{
	uint8_t key[13];
	entry_key(key, e);
	if (put)
		txn_put(w, DB_CALENDAR, view_of(key, 13), VIEW_LIT(""));
	else
		txn_del(w, DB_CALENDAR, view_of(key, 13));
}

static void entry_keep(struct txn *w, struct cal_edits *later, const struct cal_entry *e, bool put)
{
	if (later->n == later->cap) {
		size_t cap = later->cap ? later->cap * 2 : 256;
		struct cal_edit *p = realloc(later->e, cap * sizeof *p);
		if (!p) {
			txn_fail(w, RC_NOMEM);
			return;
		}
		later->e = p;
		later->cap = cap;
	}
	later->e[later->n++] = (struct cal_edit){ *e, put };
}

/* later NULL: at once. */
static void sets_compare(struct txn *w, struct cal_edits *later, struct cal_set *before, struct cal_set *after)
{
	size_t nb = cal_count(before), na = cal_count(after), i = 0, k = 0;

	if (before->failed || after->failed)
		txn_fail(w, RC_NOMEM);
	while (i < nb || k < na) {
		int c = i == nb ? 1 : k == na ? -1 : entry_cmp(&before->e[i], &after->e[k]);
		const struct cal_entry *e = c < 0 ? &before->e[i] : &after->e[k];
		if (c != 0 && later)
			entry_keep(w, later, e, c > 0);
		else if (c != 0)
			entry_write(w, e, c > 0);
		i += c <= 0;
		k += c >= 0;
	}
	before->n = after->n = 0;
}

void cal_apply(struct txn *w, struct cal_set *before, struct cal_set *after)
{
	sets_compare(w, NULL, before, after);
}

void cal_later(struct txn *w, struct cal_edits *later, struct cal_set *before, struct cal_set *after)
{
	sets_compare(w, later, before, after);
}

/* By day, kind, a, b; stable, so that the last edit of an entry stands last. */
static bool edits_sort(const struct cal_edits *l, uint32_t *at)
{
	AUTO_FREE uint64_t *key = malloc(l->n * sizeof *key);
	if (!key)
		return false;
	for (size_t i = 0; i < l->n; i++)
		at[i] = (uint32_t)i;
	for (size_t i = 0; i < l->n; i++)
		key[i] = pair_u64(l->e[i].entry.a, l->e[i].entry.b);
	radix_sort(key, at, l->n);
	for (size_t i = 0; i < l->n; i++)
		key[i] = (uint64_t)((uint32_t)l->e[at[i]].entry.day ^ 0x80000000u) << 8 | l->e[at[i]].entry.kind;
	radix_sort(key, at, l->n);
	return true;
}

void cal_flush(struct txn *w, struct cal_edits *l)
{
	AUTO_FREE uint32_t *at = l->n ? malloc(l->n * sizeof *at) : NULL;
	uint8_t key[13];
	struct filler f;

	if (!l->n)
		return;
	if (!at || !edits_sort(l, at)) {
		txn_fail(w, RC_NOMEM);
		return;
	}
	for (size_t i = 0; i < l->n; i++) /* what goes makes room first: fillers hold a cursor */
		if (!l->e[at[i]].put)
			entry_write(w, &l->e[at[i]].entry, false);
	filler_open(&f, w, DB_CALENDAR);
	for (size_t i = 0; i < l->n && txn_rc(w) == RC_OK; i++) {
		const struct cal_edit *e = &l->e[at[i]];
		if (!e->put || (i + 1 < l->n && entry_cmp(&e->entry, &l->e[at[i + 1]].entry) == 0))
			continue; /* a later edit of the same entry wins */
		entry_key(key, &e->entry);
		filler_put(&f, view_of(key, 13), VIEW_LIT(""));
	}
	filler_close(&f);
	l->n = 0;
}

void cal_edits_done(struct cal_edits *l)
{
	free(l->e);
	*l = (struct cal_edits){ 0 };
}

void cal_each(struct txn *t, int32_t day, unsigned kind, void (*fn)(void *arg, const struct cal_entry *e), void *arg)
{
	uint8_t key[5];
	AUTO_CUR struct cur c;
	struct view prefix = view_of(key, kind ? 5 : 4);

	beday_put(key, day);
	key[4] = (uint8_t)kind;
	cur_open(&c, t, DB_CALENDAR);
	for (bool ok = cur_ge(&c, prefix); ok && cur_in(&c, prefix); ok = cur_next(&c)) {
		const uint8_t *k = c.key.p;
		if (c.key.n != 13)
			continue;
		struct cal_entry e = { day, k[4], be32_get(k + 5), be32_get(k + 9) };
		fn(arg, &e);
	}
}
