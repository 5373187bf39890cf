/* chokepoints.c - GET /v1/orgs/{id}/chokepoints: single points of failure of a chain, most first. */
#include "api/handlers.h"

#include "api/cursor.h"
#include "api/shown.h"
#include "base/json_out.h"
#include "base/orgid.h"
#include "base/pack.h"
#include "base/util.h"

/* The key of an item: behind falling, id as shown. */
static struct view key_of(struct request *r, uint32_t viewer, const struct chokepoint *c)
{
	struct view id = shown_id(r, viewer, c->supplier, c->named);
	uint8_t key[8 + ORGID_MAX];

	be64_put(key, UINT64_MAX - c->behind);
	id.n = MIN(id.n, ORGID_MAX);
	memcpy(key + 8, id.p, id.n);
	return arena_copy(r->arena, view_of(key, 8 + id.n));
}

struct choke_list {
	uint32_t viewer;
	struct chokepoint *c;
	size_t n;
};

static enum rc items(struct request *r, struct json *j, const struct choke_list *l, struct view after)
{
	const struct chokepoint *c = l->c;
	size_t n = l->n;

	size_t left = (size_t)r->query.v[Q_limit].n, i = 0;
	const struct chokepoint *last = NULL;

	while (i < n && after.p && view_cmp(key_of(r, l->viewer, &c[i]), after) <= 0)
		i++;
	json_key(j, "items");
	json_arr(j);
	for (; i < n && left; i++, left--) {
		last = &c[i];
		json_obj(j);
		json_key(j, "supplier");
		shown_id_json(r, j, l->viewer, last->supplier, last->named);
		json_key(j, "name");
		shown_name_json(r, j, last->supplier, last->named);
		json_key(j, "tier");
		json_uint(j, last->tier);
		json_key(j, "behind");
		json_uint(j, last->behind);
		json_obj_end(j);
	}
	json_arr_end(j);
	return request_next(r, j, i < n && last ? key_of(r, l->viewer, last) : view_of(NULL, 0));
}

enum rc chokepoints_list(struct request *r, struct err *e)
{
	struct chain_query q;
	AUTO_FREE struct chokepoint *c = NULL;
	struct view after;
	struct json j;
	size_t n = 0;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (!rc)
		rc = request_cursor(r, &after, e);
	if (!rc)
		rc = request_chain(r, org, &q, e);
	if (!rc)
		rc = chokepoints_compute(r->txn, r->scratch, &q, &c, &n);
	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "procurer");
	json_strv(&j, org_id(r->txn, org));
	json_key(&j, "on");
	json_day(&j, q.on);
	json_key(&j, "depth");
	json_uint(&j, q.depth);
	rc = items(r, &j, &(struct choke_list){ org, c, n }, after);
	json_obj_end(&j);
	return rc;
}
