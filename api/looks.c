/* looks.c - see looks.h; and GET /v1/orgs/{id}/looks. */
#include "api/looks.h"

#include <sodium.h>
#include <string.h>

#include "api/api_int.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "base/json_out.h"
#include "base/pack.h"
#include "base/util.h"
#include "graph/pseudonym.h"

#define HOUR_MS ((int64_t)3600000)
#define PATH_MAX_BYTES 512 /* longer ones are noted without the memo */
#define DAYS_DEFAULT 365

/* ---- which routes ---- */

/* at: whom it looks at: the path's first organisation, the second, or both; each but the caller's own. */
enum look_at { AT_FIRST = 1, AT_SECOND = 2, AT_BOTH = 3, AT_ALL = 4 };

static const struct look_route {
	const char *path;
	enum look_kind kind;
	enum look_at at;
} look_routes[] = {
	{ "/v1/orgs/{id}", LOOK_ORG, AT_FIRST },
	{ "/v1/orgs/{id}/certificates", LOOK_CERTIFICATES, AT_FIRST },
	{ "/v1/orgs/{id}/certificates/{cert}", LOOK_CERTIFICATES, AT_FIRST },
	{ "/v1/orgs/{id}/suppliers", LOOK_SUPPLIERS, AT_FIRST },
	{ "/v1/orgs/{id}/procurers", LOOK_PROCURERS, AT_FIRST },
	{ "/v1/orgs/{p}/suppliers/{s}", LOOK_LINK, AT_BOTH },
	{ "/v1/orgs/{p}/suppliers/{s}/clauses", LOOK_CLAUSES, AT_BOTH },
	{ "/v1/orgs/{p}/suppliers/{s}/clauses/{no}", LOOK_CLAUSES, AT_BOTH },
	{ "/v1/orgs/{id}/targets", LOOK_TARGETS, AT_FIRST },
	{ "/v1/orgs/{id}/versions", LOOK_ORG, AT_FIRST },
	{ "/v1/orgs/{id}/certificates/{cert}/versions", LOOK_CERTIFICATES, AT_FIRST },
	{ "/v1/orgs/{p}/suppliers/{s}/versions", LOOK_LINK, AT_BOTH },
	{ "/v1/orgs/{p}/suppliers/{s}/clauses/{no}/versions", LOOK_CLAUSES, AT_BOTH },
	{ "/v1/orgs/{id}/targets/versions", LOOK_TARGETS, AT_FIRST },
	{ "/v1/orgs/{p}/drills", LOOK_DRILLS, AT_FIRST },
	{ "/v1/orgs/{p}/drills/{drill}", LOOK_DRILLS, AT_FIRST },
	{ "/v1/orgs/{p}/drills/{drill}/versions", LOOK_DRILLS, AT_FIRST },
	{ "/v1/orgs/{id}/exposure", LOOK_EXPOSURE, AT_FIRST },
	{ "/v1/orgs/{id}/gaps", LOOK_GAPS, AT_FIRST },
	{ "/v1/orgs/{id}/expiring", LOOK_EXPIRING, AT_FIRST },
	{ "/v1/orgs/{id}/chain", LOOK_CHAIN, AT_FIRST },
	{ "/v1/orgs/{id}/chain/{s}", LOOK_CHAIN, AT_BOTH },
	{ "/v1/orgs/{id}/breakdown", LOOK_EXPOSURE, AT_FIRST },
	{ "/v1/orgs/{id}/renewals", LOOK_EXPIRING, AT_FIRST },
	{ "/v1/orgs/{id}/calendar", LOOK_EXPIRING, AT_FIRST },
	{ "/v1/orgs/{id}/clause-gaps", LOOK_CLAUSE_GAPS, AT_FIRST },
	{ "/v1/orgs/{id}/impact", LOOK_IMPACT, AT_FIRST },
	{ "/v1/orgs/{id}/incident", LOOK_INCIDENT, AT_FIRST },
	{ "/v1/orgs/{id}/dependencies/{s}", LOOK_DEPENDENCY, AT_BOTH },
	{ "/v1/orgs/{id}/chokepoints", LOOK_CHOKEPOINTS, AT_FIRST },
	{ "/v1/orgs/{id}/history", LOOK_HISTORY, AT_FIRST },
	{ "/v1/exports/{kind}", LOOK_EXPORT, AT_ALL },
};

static const struct look_route *look_route(const struct route *rt)
{
	for (size_t i = 0; i < ARRAY_LEN(look_routes) && rt && rt->method == HTTP_GET; i++)
		if (strcmp(look_routes[i].path, rt->path) == 0)
			return &look_routes[i];
	return NULL;
}

enum look_kind look_kind_of(const struct route *rt)
{
	const struct look_route *l = look_route(rt);

	return l ? l->kind : LOOK__COUNT;
}

/* ---- noting ---- */

/* 0: not worth a place, or too long for one. */
static uint64_t memo_hash(const struct request *r, int64_t now_ms)
{
	uint8_t bytes[ACTOR_MAX + PATH_MAX_BYTES + 16], out[crypto_shorthash_BYTES];
	size_t n = strnlen(r->who.name, ACTOR_MAX);
	uint64_t hash;

	if (r->path.n > PATH_MAX_BYTES)
		return 0;
	be64_put(bytes, (uint64_t)(now_ms / HOUR_MS));
	be64_put(bytes + 8, r->who.token);
	memcpy(bytes + 16, r->who.name, n);
	bytes[16 + n++] = 0;
	memcpy(bytes + 16 + n, r->path.p, r->path.n);
	crypto_shorthash(out, bytes, 16 + n + r->path.n, api_secret(r->api));
	memcpy(&hash, out, sizeof(hash));
	return hash;
}

static bool note_one(struct request *r, struct txn *t, uint32_t org, enum look_kind kind)
{
	if (access_owns(t, &r->who, org))
		return false;
	looks_add(r->api->c.looks, org, kind, r->who.n_orgs ? r->who.orgs[0] : ORG_NONE, view_str(r->who.name));
	return true;
}

/* The organisations of the path that it looks at. */
static void find_orgs(struct request *r, struct txn *t, enum look_at at, uint32_t out[2])
{
	struct txn *keep = r->txn;
	struct err e = { 0 };

	r->txn = t;
	for (unsigned i = 0; i < 2; i++)
		if (!(at & (1u << i)) || request_org(r, i, &out[i], &e) != RC_OK)
			out[i] = ORG_NONE;
	r->txn = keep;
}

/* False: it is one's own, as far as it goes. */
static bool note(struct request *r, struct txn *t, const struct look_route *l)
{
	bool is_link = l->kind == LOOK_LINK || l->kind == LOOK_CLAUSES, noted = false;
	uint32_t org[2];

	if (l->at == AT_ALL)
		return note_one(r, t, ORG_NONE, l->kind);
	find_orgs(r, t, l->at, org);
	/* one's own link, whoever stands at its other end */
	if (is_link && (access_owns(t, &r->who, org[0]) || access_owns(t, &r->who, org[1])))
		return false;
	for (unsigned i = 0; i < 2; i++)
		noted = (org[i] != ORG_NONE && note_one(r, t, org[i], l->kind)) || noted;
	return noted;
}

static void add_use(void *arg, uint64_t token, int64_t at_ms)
{
	looks_blob_used(arg, token, at_ms);
}

void look_tokens(void *api, int64_t since_ms, struct buf *blob)
{
	struct api *a = api;

	auth_used(&a->auth, since_ms, add_use, blob);
}

void look_note(struct request *r, struct txn *t, struct look_memo *m)
{
	uint64_t hash = 0, *slot = NULL;

	if (!r->api->c.looks || (r->method != HTTP_GET && r->method != HTTP_HEAD))
		return;
	if (m) {
		hash = memo_hash(r, clock_now_ms(r->api->c.clock));
		slot = &m->slots[hash % LOOK_MEMO_SLOTS];
		if (hash && *slot == hash)
			return;
	}
	const struct look_route *l = look_route(r->route);
	if ((!l || note(r, t, l)) && slot && hash) /* one's own may be somebody else's soon */
		*slot = hash;
}

/* ---- reading ---- */

/* Those of the organisation and those of everybody, as one list: newest first; of the same time its own first, then
 * by falling number. */
struct looks_page {
	struct request *r;
	uint32_t subject;
	int64_t from_ms;
	struct look_iter it[2];
	struct look next[2];
	bool has[2];
};

#define CURSOR_BYTES 13 /* be64 ms, be32 number, u8 of everybody */

static void advance(struct looks_page *p, unsigned i)
{
	p->has[i] = look_iter_next(&p->it[i], &p->next[i]) && p->next[i].at_ms >= p->from_ms;
}

static void page_open(struct looks_page *p, int64_t until_ms, struct view after)
{
	int64_t at = until_ms;
	uint32_t own = 0, all = 0;

	if (after.p) {
		const uint8_t *k = after.p;
		at = (int64_t)be64_get(k);
		own = k[12] ? 0 : be32_get(k + 8);
		all = k[12] ? be32_get(k + 8) : UINT32_MAX;
	}
	look_iter_open(&p->it[0], p->r->txn, p->subject, at, own);
	look_iter_open(&p->it[1], p->r->txn, ORG_NONE, at, all);
	advance(p, 0);
	advance(p, 1);
}

static void page_close(struct looks_page *p)
{
	look_iter_close(&p->it[0]);
	look_iter_close(&p->it[1]);
}

/* Does an export of that caller hold the subject? The operator's do; a procurer's as far as it buys from it. */
static bool export_holds(const struct looks_page *p, const struct look *l)
{
	struct rec rec;

	return l->viewer == ORG_NONE || link_get(p->r->txn, l->viewer, p->subject, &rec) == RC_OK;
}

/* The next one to show, as its place in next[]; false: no more. */
static bool page_next(struct looks_page *p, unsigned *out)
{
	while (p->has[1] && !export_holds(p, &p->next[1]))
		advance(p, 1);
	if (!p->has[0] && !p->has[1])
		return false;
	*out = p->has[0] && (!p->has[1] || p->next[0].at_ms >= p->next[1].at_ms) ? 0 : 1;
	return true;
}

static void key_text(struct json *j, const char *key, struct view v)
{
	json_key(j, key);
	if (v.n)
		json_strv(j, v);
	else
		json_nil(j);
}

static void look_json(const struct looks_page *p, struct json *j, const struct look *l)
{
	struct request *r = p->r;
	bool all = access_sees_all(&r->who), operator = l->viewer == ORG_NONE;
	char pseudonym[PSEUDONYM_TEXT];
	struct view id = operator ? view_of(NULL, 0) : org_id(r->txn, l->viewer);
	struct view name = operator || !id.n ? view_of(NULL, 0) : org_name(r->txn, l->viewer);

	if (!operator && !all && !access_shown(r->txn, l->viewer)) {
		pseudonym_make(api_secret(r->api), p->subject, l->viewer, pseudonym);
		id = view_str(pseudonym);
		name = view_of(NULL, 0);
	}
	json_obj(j);
	json_key(j, "at");
	json_instant(j, l->at_ms);
	json_key(j, "kind");
	json_str(j, look_names[l->kind]);
	json_key(j, "operator");
	json_bool(j, operator);
	key_text(j, "viewer", id);
	key_text(j, "name", name);
	key_text(j, "actor", all ? l->actor : view_of(NULL, 0));
	json_obj_end(j);
}

/* The days asked for, as instants. */
static enum rc page_bounds(struct request *r, int64_t *out_from, int64_t *out_until, struct err *e)
{
	bool has_to = query_has(&r->query, Q_to), has_from = query_has(&r->query, Q_from);
	int32_t to = has_to ? (int32_t)r->query.v[Q_to].n : graph_today(r->txn);
	int32_t from = has_from ? (int32_t)r->query.v[Q_from].n : MAX(to - DAYS_DEFAULT, DAY_MIN);

	if (from > to)
		return err_set(e, RC_BAD_QUERY, "from", "%s", "from..to");
	*out_from = instant_of_day_jst(from);
	*out_until = instant_of_day_jst(to) + 24 * HOUR_MS;
	return RC_OK;
}

static enum rc page_json(struct looks_page *p, struct json *j)
{
	size_t left = (size_t)p->r->query.v[Q_limit].n;
	uint8_t key[CURSOR_BYTES];
	bool more, any = false;
	unsigned i;

	json_arr(j);
	while ((more = page_next(p, &i)) && left--) {
		const struct look *l = &p->next[i];
		look_json(p, j, l);
		be64_put(key, (uint64_t)l->at_ms);
		be32_put(key + 8, l->number);
		key[12] = (uint8_t)i;
		any = true;
		advance(p, i);
	}
	json_arr_end(j);
	return request_next(p->r, j, more && any ? view_of(key, sizeof(key)) : view_of(NULL, 0));
}

/* Has what waits written, and goes on with a snapshot that holds it. */
static enum rc look_again(struct request *r)
{
	enum rc rc;

	if (!r->api->c.looks)
		return RC_OK;
	looks_flush(r->api->c.looks);
	rc = txn_renew(r->txn);
	if (!rc)
		r->reply.revision = graph_revision(r->txn);
	return rc;
}

enum rc looks_list(struct request *r, struct err *e)
{
	struct looks_page p = { .r = r };
	struct view after;
	int64_t until = 0;
	struct json j;
	enum rc rc = request_org(r, 0, &p.subject, e);

	if (!rc)
		rc = request_cursor(r, &after, e);
	if (!rc)
		rc = page_bounds(r, &p.from_ms, &until, e);
	if (!rc && after.p && after.n != CURSOR_BYTES)
		rc = err_set(e, RC_BAD_CURSOR, "cursor", "%s", "");
	if (!rc && !after.p) /* the newest are not written yet */
		rc = look_again(r);
	if (rc)
		return rc;
	page_open(&p, until, after);
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "items");
	rc = page_json(&p, &j);
	json_obj_end(&j);
	page_close(&p);
	return rc;
}
