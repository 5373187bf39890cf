/*
 * past.c - keeping and reading what records were (past.h).
 *
 * A record's first image in a revision is the one that counts: what the same command writes afterwards carries the
 * command's own revision, by which it is known and passed over. So nothing need be looked up.
 */
#include "graph/past.h"

#include "graph/state.h"

#define HEAD 9u                       /* revision, entity */
#define PAST_KEY_MAX (HEAD + 4 + 128) /* the longest: a certificate's or drill's */

uint64_t rec_revision(const struct rec *r)
{
	return (uint64_t)rec_int(r, META_REV, 0);
}

uint64_t rec_created(const struct rec *r)
{
	return (uint64_t)rec_int(r, META_CREATED, rec_int(r, META_REV, 0));
}

/* The same without decoding all of it. */
static uint64_t revision_of(struct view bytes)
{
	struct rd rd = rd_of(bytes);
	while (rd_more(&rd)) {
		unsigned id = rd_u8(&rd);
		struct view v = rd_lenbytes(&rd);
		if (id == META_REV) {
			struct rd n = rd_of(v);
			return (uint64_t)rd_svarint(&n);
		}
	}
	return 0;
}

void past_keep(struct batch *b, enum ent ent, struct view key, struct view old)
{
	uint8_t k[PAST_KEY_MAX];
	struct view whole = view_of(k, HEAD + key.n);

	if (!old.p || b->past.off || revision_of(old) == b->new_revision)
		return;
	if (whole.n > sizeof k) {
		txn_fail(b->w, RC_INTERNAL);
		return;
	}
	be64_put(k, b->new_revision);
	k[8] = (uint8_t)ent;
	memcpy(k + HEAD, key.p, key.n);
	/* mostly they come in order, and appended ones leave full pages */
	if (view_cmp(whole, buf_view(&b->past.last)) > 0) {
		txn_append(b->w, DB_PAST, whole, old);
		buf_clear(&b->past.last);
		buf_addv(&b->past.last, whole);
		if (!buf_ok(&b->past.last))
			txn_fail(b->w, RC_NOMEM);
	} else {
		txn_put(b->w, DB_PAST, whole, old);
	}
}

void past_begin(struct batch *b)
{
	buf_clear(&b->past.last);
}

void record_drop(struct batch *b, enum ent ent, enum db db, struct view key)
{
	struct view v;
	if (txn_get(b->w, db, key, &v) != RC_OK)
		return;
	struct view copy = arena_copy(b->arena, v); /* no put may meet a view into the store */
	if (copy.p)
		past_keep(b, ent, key, copy);
	else
		txn_fail(b->w, RC_NOMEM);
	txn_del(b->w, db, key);
}

/* ---- reading ---- */

enum rc record_get(struct txn *t, enum ent ent, struct view key, struct view *out)
{
	static const enum db dbs[ENT__COUNT] = { [ENT_ORG] = DB_ORG, [ENT_CERT] = DB_CERT,
						 [ENT_CLAUSE] = DB_CLAUSE, [ENT_TARGETS] = DB_TARGETS,
						 [ENT_DRILL] = DB_DRILL };
	const uint8_t *k = key.p;
	return ent == ENT_LINK ? link_bytes(t, be32_get(k), be32_get(k + 4), out) : txn_get(t, dbs[ent], key, out);
}

static bool past_decode(const struct cur *c, struct past *out)
{
	const uint8_t *k = c->key.p;
	if (c->key.n <= HEAD || k[8] >= ENT__COUNT)
		return false;
	*out = (struct past){ be64_get(k), (enum ent)k[8], view_of(k + HEAD, c->key.n - HEAD), c->val, c->key };
	return true;
}

void past_each(struct txn *t, uint64_t from, bool (*fn)(void *arg, const struct past *p), void *arg)
{
	AUTO_CUR struct cur c = { 0 };
	uint8_t key[8];
	struct past p;

	be64_put(key, from);
	cur_open(&c, t, DB_PAST);
	for (bool ok = cur_ge(&c, view_of(key, 8)); ok; ok = cur_next(&c)) {
		if (!past_decode(&c, &p)) {
			txn_fail(t, RC_DAMAGED);
			return;
		}
		if (!fn(arg, &p))
			return;
	}
}

enum rc past_get(struct txn *t, uint64_t revision, enum ent ent, struct view key, struct view *out)
{
	uint8_t k[PAST_KEY_MAX];
	if (key.n > sizeof k - HEAD)
		return RC_NOT_FOUND;
	be64_put(k, revision);
	k[8] = (uint8_t)ent;
	memcpy(k + HEAD, key.p, key.n);
	return txn_get(t, DB_PAST, view_of(k, HEAD + key.n), out);
}

static bool key_sound(const struct past *p)
{
	switch (p->ent) {
	case ENT_ORG:
	case ENT_TARGETS:
		return p->key.n == 4;
	case ENT_LINK:
		return p->key.n == 8;
	case ENT_CERT:
	case ENT_DRILL:
		return p->key.n > 4;
	case ENT_CLAUSE:
		return p->key.n == 9 && ((const uint8_t *)p->key.p)[8] < CL__COUNT;
	case ENT__COUNT:
		break;
	}
	return false;
}

bool past_sound(const struct past *p)
{
	struct rec r;
	return key_sound(p) && rec_decode(&r, p->rec) && rec_revision(&r) > 0 && rec_revision(&r) < p->revision &&
	       rec_created(&r) <= rec_revision(&r) && (p->ent != ENT_ORG || rec_has(&r, META_ID));
}

uint64_t past_from(struct txn *t)
{
	return meta_get_u64(t, "past_from", graph_revision(t));
}

static void hash_sized(crypto_generichash_state *s, struct view v)
{
	uint8_t n[10];
	crypto_generichash_update(s, n, varint_put(n, v.n));
	crypto_generichash_update(s, v.p, v.n);
}

void past_hash_begin(struct past_hash *h)
{
	h->any = false;
}

void past_hash_add(struct past_hash *h, struct view key, struct view rec)
{
	if (!h->any)
		crypto_generichash_init(&h->state, NULL, 0, 32);
	h->any = true;
	hash_sized(&h->state, key);
	hash_sized(&h->state, rec);
}

void past_hash_end(struct past_hash *h, uint8_t out[32])
{
	if (h->any)
		crypto_generichash_final(&h->state, out, 32);
	else
		memset(out, 0, 32);
}

struct digest {
	struct past_hash hash;
	uint64_t revision;
};

static bool digest_add(void *arg, const struct past *p)
{
	struct digest *d = arg;
	if (p->revision != d->revision)
		return false;
	past_hash_add(&d->hash, p->whole, p->rec);
	return true;
}

enum rc past_digest(struct txn *t, uint64_t revision, uint8_t out[32])
{
	struct digest d = { .revision = revision };
	past_hash_begin(&d.hash);
	past_each(t, revision, digest_add, &d);
	past_hash_end(&d.hash, out);
	return txn_rc(t);
}
