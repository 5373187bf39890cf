/* drills.c - reading the drills and incidents that an organisation recorded: newest first, by the day, then name. */
#include "api/entity_out.h"
#include "api/handlers.h"
#include "base/text.h"
#include "base/util.h"

/* Newer days have smaller keys. */
#define DAY_KEY 4u

struct drill_place {
	uint8_t key[DAY_KEY + RECORD_NAME_MAX];
	size_t n;
};

struct drill_places {
	struct drill_place *p;
	size_t n;
};

static bool place_add(void *arg, struct view name, const struct rec *r)
{
	struct drill_places *l = arg;
	struct drill_place *p = &l->p[l->n++];

	be32_put(p->key, UINT32_MAX - ((uint32_t)rec_day(r, DRILL_HELD_ON) ^ 0x80000000u));
	p->n = DAY_KEY + MIN(name.n, (size_t)RECORD_NAME_MAX);
	memcpy(p->key + DAY_KEY, name.p, p->n - DAY_KEY);
	return l->n < DRILLS_MAX;
}

static int place_cmp(const void *pa, const void *pb)
{
	const struct drill_place *a = pa, *b = pb;

	return view_cmp(view_of(a->key, a->n), view_of(b->key, b->n));
}

static enum rc page(struct request *r, struct json *j, uint32_t org, const struct drill_places *l, struct view after)
{
	size_t left = (size_t)r->query.v[Q_limit].n, i = 0;
	struct view last = view_of(NULL, 0);
	struct sight s;
	struct rec rec;
	enum rc rc = RC_OK;

	request_sight(r, &s);
	while (after.p && i < l->n && view_cmp(view_of(l->p[i].key, l->p[i].n), after) <= 0)
		i++;
	for (; i < l->n && left > 0 && !rc; i++, left--) {
		struct view name = view_of(l->p[i].key + DAY_KEY, l->p[i].n - DAY_KEY);
		rc = drill_get(r->txn, org, name, &rec);
		if (!rc)
			drill_json(j, &s, org, name, &rec);
		last = view_of(l->p[i].key, l->p[i].n);
	}
	json_arr_end(j);
	return rc ? rc : request_next(r, j, i < l->n ? last : view_of(NULL, 0));
}

enum rc drills_list(struct request *r, struct err *e)
{
	struct drill_places l = { 0 };
	struct view after;
	struct json j;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (!rc)
		rc = request_cursor(r, &after, e);
	if (rc)
		return rc;
	l.p = arena_alloc(r->arena, DRILLS_MAX * sizeof(*l.p));
	if (!l.p)
		return RC_NOMEM;
	drill_each(r->txn, org, place_add, &l);
	if (l.n > 1)
		qsort(l.p, l.n, sizeof(*l.p), place_cmp);
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "items");
	json_arr(&j);
	rc = page(r, &j, org, &l, after);
	json_obj_end(&j);
	return rc ? rc : txn_rc(r->txn);
}

enum rc drill_show(struct request *r, struct err *e)
{
	struct sight s;
	struct rec rec;
	struct json j;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (rc)
		return rc;
	rc = drill_get(r->txn, org, r->param[1], &rec);
	if (rc == RC_NOT_FOUND)
		return err_set(e, rc, NULL, "%.*s", (int)utf8_cut(r->param[1], 130), (const char *)r->param[1].p);
	if (rc)
		return rc;
	request_sight(r, &s);
	json_init(&j, &r->reply.body);
	drill_json(&j, &s, org, r->param[1], &rec);
	entity_etag((uint64_t)rec_int(&rec, META_REV, 0), buf_view(&r->reply.body), r->reply.etag);
	return buf_ok(&r->reply.body) ? txn_rc(r->txn) : RC_NOMEM;
}
