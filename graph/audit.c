/* audit.c - see audit.h: the hashes of the log, written and looked through. */
#include "graph/audit.h"

#include <inttypes.h>

#include "base/util.h"
#include "graph/findings.h"
#include "graph/state.h"

#define FINDINGS_MAX 100u
#define PAST_KEY 160u /* more than any key of an image has */

static const char entry_label[] = "tierwatch audit entry 1";

void audit_begin(crypto_generichash_state *h, const uint8_t before[AUDIT_HASH], uint64_t revision)
{
	uint8_t be[8];

	be64_put(be, revision);
	crypto_generichash_init(h, NULL, 0, AUDIT_HASH);
	crypto_generichash_update(h, (const uint8_t *)entry_label, sizeof entry_label);
	crypto_generichash_update(h, before, AUDIT_HASH);
	crypto_generichash_update(h, be, sizeof be);
}

void audit_add(crypto_generichash_state *h, struct view piece)
{
	if (piece.n)
		crypto_generichash_update(h, piece.p, piece.n);
}

void audit_end(crypto_generichash_state *h, const uint8_t images[AUDIT_HASH], uint8_t out[AUDIT_HASH])
{
	crypto_generichash_update(h, images, AUDIT_HASH);
	crypto_generichash_final(h, out, AUDIT_HASH);
}

/* ---- reading ---- */

enum rc audit_base(struct txn *t, struct audit_base *out)
{
	struct view v;
	enum rc rc = meta_get(t, "audit_base", &v);

	*out = (struct audit_base){ 0 };
	if (rc == RC_NOT_FOUND)
		return RC_OK;
	if (rc == RC_OK && v.n != 8 + AUDIT_HASH)
		rc = RC_DAMAGED;
	if (rc != RC_OK)
		return rc;
	out->revision = be64_get(v.p);
	memcpy(out->hash, (const uint8_t *)v.p + 8, AUDIT_HASH);
	return RC_OK;
}

enum rc audit_hash_at(struct txn *t, uint64_t revision, uint8_t out[AUDIT_HASH])
{
	struct audit_base base;
	uint8_t key[8];
	struct view v;

	be64_put(key, revision);
	enum rc rc = txn_get(t, DB_AUDIT, view_of(key, 8), &v);
	if (rc == RC_OK && v.n != AUDIT_HASH)
		return RC_DAMAGED;
	if (rc == RC_OK)
		memcpy(out, v.p, AUDIT_HASH);
	if (rc != RC_NOT_FOUND || (rc = audit_base(t, &base)) != RC_OK)
		return rc;
	if (revision != base.revision)
		return revision < base.revision ? RC_COMPACTED : RC_DAMAGED;
	memcpy(out, base.hash, AUDIT_HASH);
	return RC_OK;
}

enum rc audit_compute(struct txn *t, uint64_t revision, const uint8_t before[AUDIT_HASH], uint8_t out[AUDIT_HASH])
{
	crypto_generichash_state h;
	uint8_t key[12] = { 0 }, images[AUDIT_HASH];
	uint32_t parts = 0;
	AUTO_CUR struct cur c = { 0 };

	be64_put(key, revision);
	audit_begin(&h, before, revision);
	cur_open(&c, t, DB_LOG);
	for (bool ok = cur_ge(&c, view_of(key, 12)); ok && cur_in(&c, view_of(key, 8)); ok = cur_next(&c), parts++) {
		if (c.key.n != 12 || be32_get((const uint8_t *)c.key.p + 8) != parts)
			return RC_DAMAGED;
		audit_add(&h, c.val);
	}
	if (!parts)
		return txn_rc(t) != RC_OK ? txn_rc(t) : RC_NOT_FOUND;
	enum rc rc = past_digest(t, revision, images);
	audit_end(&h, images, out);
	return rc == RC_OK ? txn_rc(t) : rc;
}

/* ---- in pieces ---- */

uint64_t audit_command_bytes(struct txn *t, uint64_t revision)
{
	uint8_t key[12] = { 0 };
	uint64_t n = 0;
	AUTO_CUR struct cur c = { 0 };

	be64_put(key, revision);
	cur_open(&c, t, DB_LOG);
	for (bool ok = cur_ge(&c, view_of(key, 12)); ok && cur_in(&c, view_of(key, 8)); ok = cur_next(&c))
		n += c.val.n;
	return n;
}

enum rc audit_command_slice(struct txn *t, uint64_t revision, uint64_t at, size_t max, struct buf *out)
{
	uint8_t key[12];
	struct view v;
	enum rc rc = RC_OK;

	be64_put(key, revision);
	while (max > 0 && rc == RC_OK) {
		size_t skip = (size_t)(at % LOG_PART);

		be32_put(key + 8, (uint32_t)(at / LOG_PART));
		rc = txn_get(t, DB_LOG, view_of(key, 12), &v);
		if (rc != RC_OK || v.n <= skip)
			break;
		size_t n = MIN(max, v.n - skip);
		buf_add(out, (const char *)v.p + skip, n);
		at += n;
		max -= n;
		if (skip + n < LOG_PART)
			break;
	}
	if (!buf_ok(out))
		return RC_NOMEM;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

struct count {
	uint64_t revision, n;
};

static bool count_image(void *arg, const struct past *p)
{
	struct count *c = arg;
	if (p->revision != c->revision)
		return false;
	c->n += p->whole.n + p->rec.n;
	return true;
}

uint64_t audit_past_bytes(struct txn *t, uint64_t revision)
{
	struct count c = { revision, 0 };
	past_each(t, revision, count_image, &c);
	return c.n;
}

void audit_image_encode(struct buf *out, const struct past *p)
{
	buf_varint(out, p->key.n + 1);
	buf_addc(out, (char)p->ent);
	buf_addv(out, p->key);
	buf_addv(out, p->rec);
}

bool audit_image_decode(struct view bytes, uint64_t revision, struct past *out)
{
	struct rd rd = rd_of(bytes);
	size_t n = (size_t)rd_varint(&rd);

	if (rd.bad || n < 2 || n > PAST_KEY)
		return false;
	*out = (struct past){ .revision = revision, .ent = (enum ent)rd_u8(&rd) };
	out->key = rd_bytes(&rd, n - 1);
	out->rec = rd_bytes(&rd, (size_t)(rd.end - rd.p));
	return !rd.bad && past_sound(out);
}

void audit_image_hash(struct past_hash *h, const struct past *p)
{
	uint8_t key[9 + PAST_KEY];

	be64_put(key, p->revision);
	key[8] = (uint8_t)p->ent;
	memcpy(key + 9, p->key.p, p->key.n);
	past_hash_add(h, view_of(key, 9 + p->key.n), p->rec);
}

/* ---- writing ---- */

void audit_append(struct batch *b, struct view command)
{
	crypto_generichash_state h;
	uint8_t images[AUDIT_HASH], key[8];

	memset(images, 0, sizeof images);
	if (b->past.last.n && past_digest(b->w, b->new_revision, images) != RC_OK)
		return;
	audit_begin(&h, b->chain, b->new_revision);
	audit_add(&h, command);
	audit_end(&h, images, b->chain);
	be64_put(key, b->new_revision);
	txn_append(b->w, DB_AUDIT, view_of(key, 8), view_of(b->chain, AUDIT_HASH));
}

/* ---- checking ---- */

/* One entry; goes on from what AUDIT says, so that one changed entry is one finding. */
static void check_entry(struct findings *k, struct txn *t, uint64_t revision, uint8_t hash[AUDIT_HASH])
{
	uint8_t kept[AUDIT_HASH], made[AUDIT_HASH];
	enum rc rc = audit_hash_at(t, revision, kept);

	if (rc != RC_OK) {
		finding(k, "The audit chain lacks revision %" PRIu64 ".", revision);
		memset(kept, 0, sizeof kept);
	}
	if (rc == RC_OK && (audit_compute(t, revision, hash, made) != RC_OK || memcmp(made, kept, AUDIT_HASH) != 0))
		finding(k, "The log entry of revision %" PRIu64 " is not the one that the audit chain vouches for.", revision);
	memcpy(hash, kept, AUDIT_HASH);
}

size_t audit_check(struct txn *t, void (*report)(void *arg, const char *sentence), void *arg)
{
	struct findings k = { report, arg, 0, FINDINGS_MAX };
	struct audit_base base;
	uint64_t last = graph_revision(t), first = log_first(t);

	if (graph_format(t) < 2)
		return 0; /* it is chained when the daemon opens it */
	if (audit_base(t, &base) != RC_OK) {
		finding(&k, "%s", "The beginning of the audit chain cannot be read.");
		return k.n;
	}
	if (first && first != base.revision + 1)
		finding(&k, "The log begins at revision %" PRIu64 "; the audit chain at %" PRIu64 ".", first,
		      base.revision + 1);
	for (uint64_t rev = base.revision + 1; rev <= last && txn_rc(t) == RC_OK && k.n < FINDINGS_MAX; rev++)
		check_entry(&k, t, rev, base.hash);
	if (txn_count(t, DB_AUDIT) != last - base.revision && !k.n)
		finding(&k, "The audit chain has %" PRIu64 " entries for %" PRIu64 " revisions.", txn_count(t, DB_AUDIT),
		      last - base.revision);
	return k.n;
}
