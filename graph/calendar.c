/* calendar.c - see calendar.h. */
#include "graph/calendar.h"

#include "base/util.h"

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

void cal_apply(struct txn *w, struct cal_set *before, struct cal_set *after)
{
	uint8_t key[13];
	size_t nb = cal_count(before), na = cal_count(after), i = 0, k = 0;

	if (before->failed || after->failed)
		txn_fail(w, RC_NOMEM);
	while (i < nb || k < na) {
		int c = i == nb ? 1 : k == na ? -1 : entry_cmp(&before->e[i], &after->e[k]);
		if (c < 0) {
			entry_key(key, &before->e[i++]);
			txn_del(w, DB_CALENDAR, view_of(key, 13));
		} else if (c > 0) {
			entry_key(key, &after->e[k++]);
			txn_put(w, DB_CALENDAR, view_of(key, 13), VIEW_LIT(""));
		} else {
			i++;
			k++;
		}
	}
	before->n = after->n = 0;
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
