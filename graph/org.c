/* org.c - reading organisations: ids, records, lists. */
#include "base/orgid.h"
#include "base/util.h"
#include "graph/state.h"

uint64_t graph_revision(struct txn *t) { return meta_get_u64(t, "revision", 0); }
int32_t graph_today(struct txn *t) { return (int32_t)((int64_t)meta_get_u64(t, "today", 1ull << 31) - (1ll << 31)); }
uint32_t graph_max_org(struct txn *t) { return (uint32_t)meta_get_u64(t, "next_org", 1) - 1; }
uint64_t graph_link_count(struct txn *t) { return meta_get_u64(t, "links", 0); }

bool graph_made(struct txn *t)
{
	struct view v;

	return meta_get(t, "created", &v) == RC_OK;
}

enum rc graph_secret(struct txn *t, uint8_t out[32])
{
	return store_secret(txn_store(t), out) ? RC_OK : RC_NOT_FOUND;
}

enum rc org_find(struct txn *t, struct view id, uint32_t *out_org)
{
	struct view v;
	if (id.n == 0 || id.n > ORGID_MAX)
		return RC_NOT_FOUND;
	enum rc rc = txn_get(t, DB_ORG_ID, id, &v);
	if (rc == RC_OK && v.n != 5)
		rc = RC_DAMAGED;
	if (rc == RC_OK)
		*out_org = be32_get(v.p);
	return rc;
}

enum rc org_get(struct txn *t, uint32_t org, struct rec *out)
{
	uint8_t key[4];
	struct view v;
	be32_put(key, org);
	enum rc rc = txn_get(t, DB_ORG, view_of(key, 4), &v);
	if (rc == RC_OK && !rec_decode(out, v))
		rc = RC_DAMAGED;
	return rc;
}

/* Lists ask for thousands of ids: only the one field is looked for. */
struct view org_id(struct txn *t, uint32_t org)
{
	uint8_t key[4];
	struct view v;
	be32_put(key, org);
	if (txn_get(t, DB_ORG, view_of(key, 4), &v) != RC_OK)
		return VIEW_LIT("");
	struct rd rd = rd_of(v);
	while (rd_more(&rd)) {
		unsigned id = rd_u8(&rd);
		struct view f = rd_lenbytes(&rd);
		if (id == META_ID && !rd.bad)
			return f;
	}
	return VIEW_LIT("");
}

struct view org_name(struct txn *t, uint32_t org)
{
	struct rec r;
	if (org_get(t, org, &r) != RC_OK)
		return VIEW_LIT("");
	return rec_has(&r, ORG_NAME) ? r.f[ORG_NAME] : r.f[META_ID];
}

bool org_is_unit(const struct rec *r)
{
	return rec_int(r, ORG_KIND, KIND_ENTITY) != KIND_ENTITY;
}

uint32_t org_parent(struct txn *t, const struct rec *r)
{
	uint32_t p;
	if (!org_is_unit(r) || org_find(t, orgid_parent(r->f[META_ID]), &p) != RC_OK)
		return ORG_NONE;
	return p;
}

void org_each(struct txn *t, struct view after, bool (*fn)(void *arg, struct view id, uint32_t org), void *arg)
{
	AUTO_CUR struct cur c;
	cur_open(&c, t, DB_ORG_ID);
	bool ok = after.n ? cur_ge(&c, after) : cur_first(&c);
	if (ok && after.n && view_eq(c.key, after))
		ok = cur_next(&c);
	for (; ok; ok = cur_next(&c)) {
		const uint8_t *v = c.val.p;
		if (c.val.n == 5 && v[4] == 0 && !fn(arg, c.key, be32_get(v)))
			return;
	}
}

size_t watched_list(struct txn *t, uint32_t after, uint32_t *out, size_t max)
{
	uint8_t key[4];
	size_t n = 0;
	AUTO_CUR struct cur c;
	if (after == UINT32_MAX)
		return 0;
	cur_open(&c, t, DB_TARGETS);
	be32_put(key, after + 1);
	for (bool ok = cur_ge(&c, view_of(key, 4)); ok && n < max; ok = cur_next(&c))
		if (c.key.n == 4)
			out[n++] = be32_get(c.key.p);
	return n;
}

enum rc cert_get(struct txn *t, uint32_t org, struct view cert, struct rec *out)
{
	uint8_t key[4 + 256];
	struct view v;
	if (cert.n == 0 || cert.n > 256)
		return RC_NOT_FOUND;
	be32_put(key, org);
	memcpy(key + 4, cert.p, cert.n);
	enum rc rc = txn_get(t, DB_CERT, view_of(key, 4 + cert.n), &v);
	if (rc == RC_OK && !rec_decode(out, v))
		rc = RC_DAMAGED;
	return rc;
}

void cert_each(struct txn *t, uint32_t org, struct view after,
	       bool (*fn)(void *arg, struct view cert, const struct rec *r), void *arg)
{
	uint8_t key[4 + 256];
	struct rec r;
	AUTO_CUR struct cur c;

	be32_put(key, org);
	size_t n = MIN(after.n, (size_t)256);
	if (n)
		memcpy(key + 4, after.p, n);
	cur_open(&c, t, DB_CERT);
	bool ok = cur_ge(&c, view_of(key, 4 + n));
	if (ok && n && view_eq(c.key, view_of(key, 4 + n)))
		ok = cur_next(&c);
	for (; ok && cur_in(&c, view_of(key, 4)); ok = cur_next(&c)) {
		if (!rec_decode(&r, c.val)) {
			txn_fail(t, RC_DAMAGED);
			return;
		}
		if (!fn(arg, view_of((const uint8_t *)c.key.p + 4, c.key.n - 4), &r))
			return;
	}
}

enum rc clause_get(struct txn *t, uint32_t procurer, uint32_t supplier, enum clause_no no, struct rec *out)
{
	uint8_t key[9];
	struct view v;
	pair_key(key, procurer, supplier);
	key[8] = (uint8_t)no;
	enum rc rc = txn_get(t, DB_CLAUSE, view_of(key, 9), &v);
	if (rc == RC_OK && !rec_decode(out, v))
		rc = RC_DAMAGED;
	return rc;
}

enum rc targets_get(struct txn *t, uint32_t org, struct rec *out)
{
	uint8_t key[4];
	struct view v;
	be32_put(key, org);
	enum rc rc = txn_get(t, DB_TARGETS, view_of(key, 4), &v);
	if (rc == RC_OK && !rec_decode(out, v))
		rc = RC_DAMAGED;
	return rc;
}

enum rc targets_of(struct txn *t, uint32_t org, struct targets *out)
{
	uint8_t key[4];
	struct view v = { 0 };
	be32_put(key, org);
	enum rc rc = txn_get(t, DB_TARGETS, view_of(key, 4), &v);
	if (rc == RC_NOT_FOUND)
		return targets_decode(out, (struct view){ 0 });
	return rc == RC_OK ? targets_decode(out, v.n ? v : VIEW_LIT("")) : rc;
}

enum rc personal_get(struct txn *t, struct view ref, struct view *out_bytes)
{
	return ref.n == 16 ? txn_get(t, DB_PERSONAL, ref, out_bytes) : RC_NOT_FOUND;
}

enum rc code_find(struct txn *t, uint32_t procurer, struct view code, uint32_t *out_supplier)
{
	uint8_t key[4 + 64];
	struct view v;
	if (code.n == 0 || code.n > 64)
		return RC_NOT_FOUND;
	be32_put(key, procurer);
	memcpy(key + 4, code.p, code.n);
	enum rc rc = txn_get(t, DB_CODE, view_of(key, 4 + code.n), &v);
	if (rc == RC_OK && v.n != 4)
		rc = RC_DAMAGED;
	if (rc == RC_OK)
		*out_supplier = be32_get(v.p);
	return rc;
}
