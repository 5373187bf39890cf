/* clause_gaps.c - the clauses missing on a procurer's own links, by supplier id, then number. */
#include "api/handlers.h"
#include "base/json_out.h"
#include "base/orgid.h"
#include "base/util.h"

struct found {
	struct view id;
	uint32_t supplier;
	uint8_t no, status;
	unsigned reasons;
	bool late;
};

struct found_list {
	struct found *items;
	size_t n, cap;
};

static int found_cmp(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int c = view_cmp(x->id, y->id);

	return c ? c : (int)x->no - (int)y->no;
}

static bool list_add(struct found_list *l, struct found x)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		struct found *p = realloc(l->items, cap * sizeof(*p));
		if (!p)
			return false;
		l->items = p;
		l->cap = cap;
	}
	l->items[l->n++] = x;
	return true;
}

/* Adds what one link lacks. */
static bool look_at(struct request *r, const struct link_iter *it, const struct rec *link,
		    int own_level, struct found_list *out)
{
	const struct query *q = &r->query;
	enum clause_state want = q->v[Q_state].n ? CS_UNDETERMINED : CS_GAP;
	struct clause_view c;

	clauses_of_link(r->txn, it->procurer, it->supplier, link, own_level, request_day(r), &c);
	for (unsigned no = 0; no < CL__COUNT; no++) {
		struct found x = { org_id(r->txn, it->supplier), it->supplier,  (uint8_t)no,
				   (uint8_t)c.status[no],        c.reasons[no], c.late[no] };
		if (c.state[no] != want || (query_has(q, Q_no) && q->v[Q_no].n != no))
			continue;
		if (!list_add(out, x))
			return false;
	}
	return true;
}

static enum rc collect(struct request *r, uint32_t org, struct found_list *out)
{
	struct link_iter it;
	struct targets tg;
	struct rec link;
	enum rc rc = targets_of(r->txn, org, &tg);

	if (rc)
		return rc;
	link_iter_open(&it, r->txn, org, 0);
	while (!rc && link_iter_next(&it, &link))
		if (!look_at(r, &it, &link, tg.own_level, out))
			rc = RC_NOMEM;
	link_iter_close(&it);
	if (out->n)
		qsort(out->items, out->n, sizeof(*out->items), found_cmp);
	return rc ? rc : txn_rc(r->txn);
}

static void found_json(struct json *j, struct request *r, uint32_t procurer, const struct found *x)
{
	struct rec rec;

	if (clause_get(r->txn, procurer, x->supplier, (enum clause_no)x->no, &rec) != RC_OK)
		rec_init(&rec);
	json_obj(j);
	json_key(j, "supplier");
	json_strv(j, x->id);
	json_key(j, "name");
	json_strv(j, org_name(r->txn, x->supplier));
	json_key(j, "no");
	json_str(j, clause_names[x->no]);
	json_key(j, "state");
	json_str(j, r->query.v[Q_state].n ? "undetermined" : "gap");
	json_key(j, "status");
	json_str(j, field_by_id(ENT_CLAUSE, CLAUSE_STATUS)->names[x->status].name);
	json_key(j, "reasons");
	json_arr(j);
	for (unsigned i = 0; i < 6; i++)
		if (x->reasons >> i & 1)
			json_str(j, clause_reason_names[i]);
	json_arr_end(j);
	json_key(j, "late");
	json_bool(j, x->late);
	json_key(j, "agreed_on");
	json_day(j, rec_day(&rec, CLAUSE_AGREED_ON));
	json_key(j, "review_by");
	json_day(j, rec_day(&rec, CLAUSE_REVIEW_BY));
	json_obj_end(j);
}

/* The key of an item: number, id. */
static struct view found_key(struct request *r, const struct found *x)
{
	uint8_t key[1 + ORGID_MAX];
	size_t n = MIN(x->id.n, ORGID_MAX);

	key[0] = x->no;
	memcpy(key + 1, x->id.p, n);
	return arena_copy(r->arena, view_of(key, 1 + n));
}

static bool is_behind(const struct found *x, struct view key)
{
	const uint8_t *k = key.p;
	int c = view_cmp(x->id, view_of(k + 1, key.n - 1));

	return c ? c > 0 : x->no > k[0];
}

enum rc clause_gaps_list(struct request *r, struct err *e)
{
	size_t left = (size_t)r->query.v[Q_limit].n, i = 0;
	struct found_list l = { 0 };
	struct view after, key = { 0 };
	struct json j;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (!rc)
		rc = request_cursor(r, &after, e);
	if (!rc)
		rc = collect(r, org, &l);
	if (rc) {
		free(l.items);
		return rc;
	}
	while (i < l.n && after.n && !is_behind(&l.items[i], after))
		i++;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "items");
	json_arr(&j);
	for (; i < l.n && left; i++, left--)
		found_json(&j, r, org, &l.items[i]);
	json_arr_end(&j);
	if (i < l.n && i > 0)
		key = found_key(r, &l.items[i - 1]);
	rc = request_next(r, &j, key);
	json_obj_end(&j);
	free(l.items);
	return rc;
}
