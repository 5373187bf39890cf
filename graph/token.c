/* token.c - see token.h; and how a command changes them. */
#include "graph/token.h"

#include "base/util.h"
#include "graph/state.h"

#define RECORD_VERSION 1

/* ---- commands ---- */

void token_create_blob(struct buf *out, uint8_t role, const uint8_t hash[TOKEN_HASH_BYTES],
		       int64_t expires_ms, struct view name, const struct view *orgs, unsigned n_orgs)
{
	buf_addc(out, TOKEN_CREATE);
	buf_addc(out, (char)role);
	buf_add(out, hash, TOKEN_HASH_BYTES);
	buf_svarint(out, expires_ms);
	buf_lenbytes(out, name);
	buf_varint(out, n_orgs);
	for (unsigned i = 0; i < n_orgs; i++)
		buf_lenbytes(out, orgs[i]);
}

void token_revoke_blob(struct buf *out, int64_t used_ms)
{
	buf_addc(out, TOKEN_REVOKE);
	buf_svarint(out, used_ms);
}

void token_rotate_blob(struct buf *out, const uint8_t hash[TOKEN_HASH_BYTES], int64_t old_until_ms)
{
	buf_addc(out, TOKEN_ROTATE);
	buf_add(out, hash, TOKEN_HASH_BYTES);
	buf_svarint(out, old_until_ms);
}

/* ---- records ---- */

static void get_hash(struct rd *rd, uint8_t out[TOKEN_HASH_BYTES])
{
	struct view v = rd_bytes(rd, TOKEN_HASH_BYTES);

	if (!rd->bad)
		memcpy(out, v.p, TOKEN_HASH_BYTES);
}

static bool decode(struct view id, struct view v, struct token_rec *out)
{
	struct rd rd = rd_of(v);
	uint64_t n;

	*out = (struct token_rec){ .id = id.n == 8 ? be64_get(id.p) : 0 };
	if (rd_u8(&rd) != RECORD_VERSION || !out->id)
		return false;
	out->role = rd_u8(&rd);
	get_hash(&rd, out->hash);
	get_hash(&rd, out->old_hash);
	out->old_until_ms = rd_svarint(&rd);
	out->created_ms = rd_svarint(&rd);
	out->expires_ms = rd_svarint(&rd);
	out->revoked_ms = rd_svarint(&rd);
	out->name = rd_lenbytes(&rd);
	out->created_by = rd_lenbytes(&rd);
	n = rd_varint(&rd);
	if (n > TOKEN_ORGS_MAX)
		return false;
	for (; out->n_orgs < n; out->n_orgs++)
		out->orgs[out->n_orgs] = (uint32_t)rd_varint(&rd);
	return !rd.bad;
}

static void encode(struct buf *out, const struct token_rec *k)
{
	buf_addc(out, RECORD_VERSION);
	buf_addc(out, (char)k->role);
	buf_add(out, k->hash, TOKEN_HASH_BYTES);
	buf_add(out, k->old_hash, TOKEN_HASH_BYTES);
	buf_svarint(out, k->old_until_ms);
	buf_svarint(out, k->created_ms);
	buf_svarint(out, k->expires_ms);
	buf_svarint(out, k->revoked_ms);
	buf_lenbytes(out, k->name);
	buf_lenbytes(out, k->created_by);
	buf_varint(out, k->n_orgs);
	for (unsigned i = 0; i < k->n_orgs; i++)
		buf_varint(out, k->orgs[i]);
}

static void id_key(uint8_t key[8], uint64_t id) { be64_put(key, id); }

enum rc token_get(struct txn *t, uint64_t id, struct token_rec *out)
{
	uint8_t key[8];
	struct view v;
	enum rc rc;

	id_key(key, id);
	rc = txn_get(t, DB_TOKEN, view_of(key, 8), &v);
	if (rc == RC_OK && !decode(view_of(key, 8), v, out)) {
		txn_fail(t, RC_DAMAGED);
		rc = RC_DAMAGED;
	}
	return rc;
}

void token_each(struct txn *t, uint64_t after, bool (*fn)(void *arg, const struct token_rec *k), void *arg)
{
	uint8_t key[8];
	struct token_rec k;
	AUTO_CUR struct cur c;

	id_key(key, after + 1);
	cur_open(&c, t, DB_TOKEN);
	for (bool ok = cur_ge(&c, view_of(key, 8)); ok; ok = cur_next(&c)) {
		if (c.key.n != 8)
			continue; /* of before tokens had numbers: auth.c moves it */
		if (!decode(c.key, c.val, &k)) {
			txn_fail(t, RC_DAMAGED);
			return;
		}
		if (!fn(arg, &k))
			return;
	}
}

int64_t token_used(struct txn *t, uint64_t id)
{
	uint8_t key[8];
	struct view v;

	id_key(key, id);
	return txn_get(t, DB_TOKEN_USE, view_of(key, 8), &v) == RC_OK && v.n == 8 ? (int64_t)be64_get(v.p) : 0;
}

void token_use_put(struct txn *w, uint64_t id, int64_t at_ms)
{
	uint8_t key[8], val[8];

	id_key(key, id);
	be64_put(val, (uint64_t)at_ms);
	txn_put(w, DB_TOKEN_USE, view_of(key, 8), view_of(val, 8));
}

static void store_token(struct batch *b, const struct token_rec *k)
{
	AUTO(buf_done) struct buf bytes = BUF_INIT;
	uint8_t key[8];

	encode(&bytes, k);
	id_key(key, k->id);
	if (buf_ok(&bytes))
		txn_put(b->w, DB_TOKEN, view_of(key, 8), buf_view(&bytes));
	else
		txn_fail(b->w, RC_NOMEM);
}

/* ---- apply ---- */

struct name_search {
	struct view name;
	bool found;
};

static bool same_name(void *arg, const struct token_rec *k)
{
	struct name_search *s = arg;

	s->found = s->found || view_eq(k->name, s->name);
	return !s->found;
}

/* Names stay taken for good: the log says who did it by name. */
static enum rc check_name(struct batch *b, struct view name, struct err *e)
{
	struct name_search s = { name, view_is(name, "admin") || view_is(name, "system") };

	if (name.n == 0 || name.n > TOKEN_NAME_MAX || memchr(name.p, '@', name.n))
		return err_set(e, RC_BAD_VALUE, "name", "%s", "name");
	token_each(b->w, 0, same_name, &s);
	if (s.found)
		return err_set(e, RC_TOKEN_NAME_TAKEN, "name", "%.*s", (int)name.n, (const char *)name.p);
	return RC_OK;
}

static enum rc create(struct batch *b, struct cmd *c, struct rd *rd, struct err *e)
{
	struct token_rec k = { .created_ms = b->at_ms, .created_by = c->actor };
	uint64_t n;

	k.role = rd_u8(rd);
	get_hash(rd, k.hash);
	k.expires_ms = rd_svarint(rd);
	k.name = rd_lenbytes(rd);
	n = rd_varint(rd);
	if (rd->bad || n > TOKEN_ORGS_MAX)
		return err_set(e, RC_INTERNAL, NULL, "token");
	if (txn_count(b->w, DB_TOKEN) >= TOKENS_MAX)
		return err_set(e, RC_TOO_LARGE, NULL, "%u tokens", TOKENS_MAX);
	enum rc rc = check_name(b, k.name, e);
	for (; rc == RC_OK && k.n_orgs < n; k.n_orgs++) {
		struct view id = rd_lenbytes(rd);
		rc = rd->bad ? RC_INTERNAL : org_find(b->w, id, &k.orgs[k.n_orgs]);
		if (rc == RC_NOT_FOUND)
			return err_set(e, RC_NO_SUCH_ORG, "orgs", "%.*s", (int)id.n, (const char *)id.p);
	}
	if (rc != RC_OK)
		return rc;
	k.id = meta_get_u64(b->w, "next_token", 1);
	meta_put_u64(b->w, "next_token", k.id + 1);
	c->job = k.id;
	store_token(b, &k);
	return RC_OK;
}

/* The stored record with its texts copied: a put would move what they point into. */
static enum rc load(struct batch *b, uint64_t id, struct token_rec *k, struct err *e)
{
	enum rc rc = token_get(b->w, id, k);

	if (rc == RC_NOT_FOUND)
		return err_set(e, rc, NULL, "token %llu", (unsigned long long)id);
	if (rc != RC_OK)
		return rc;
	k->name = arena_copy(b->keep, k->name);
	k->created_by = arena_copy(b->keep, k->created_by);
	return k->name.p && k->created_by.p ? RC_OK : RC_NOMEM;
}

static enum rc change(struct batch *b, const struct cmd *c, unsigned kind, struct rd *rd, bool *out_changed,
		      struct err *e)
{
	struct token_rec k;
	enum rc rc = load(b, c->job, &k, e);

	if (rc != RC_OK)
		return rc;
	*out_changed = kind == TOKEN_ROTATE || !k.revoked_ms;
	if (kind == TOKEN_ROTATE && k.revoked_ms)
		return err_set(e, RC_TOKEN_REVOKED, NULL, "%llu", (unsigned long long)k.id);
	if (kind == TOKEN_ROTATE) {
		memcpy(k.old_hash, k.hash, sizeof k.old_hash);
		get_hash(rd, k.hash);
		k.old_until_ms = rd_svarint(rd);
		if (rd->bad)
			return err_set(e, RC_INTERNAL, NULL, "token");
	} else if (!k.revoked_ms) {
		int64_t used_ms = rd_svarint(rd);
		k.revoked_ms = b->at_ms;
		if (used_ms)
			token_use_put(b->w, k.id, used_ms);
	}
	store_token(b, &k);
	return RC_OK;
}

enum rc apply_token(struct batch *b, struct cmd *c, struct err *e)
{
	struct rd rd = rd_of(c->blob);
	unsigned kind = rd_u8(&rd);
	bool changed = true;
	enum rc rc;

	if (kind == TOKEN_CREATE)
		rc = create(b, c, &rd, e);
	else if (kind == TOKEN_REVOKE || kind == TOKEN_ROTATE)
		rc = change(b, c, kind, &rd, &changed, e);
	else
		rc = err_set(e, RC_INTERNAL, NULL, "token");
	if (rc != RC_OK || !changed)
		return rc;
	log_append(b, c);
	b->revision = b->new_revision;
	return txn_rc(b->w);
}
