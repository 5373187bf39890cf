/*
 * head.c - signed heads: a signature over the chain's hash says that the log up to there was so at that time. A head is
 * an entry of the log itself; what it signs lies before it.
 */
#include "base/util.h"
#include "graph/audit.h"

#include "graph/state.h"

static const char label[] = "tierwatch audit head 1";
#define MESSAGE_BYTES (sizeof label + 8u + AUDIT_HASH + 8u + AUDIT_KEY)

static void message(const struct audit_head *h, uint8_t out[MESSAGE_BYTES])
{
	uint8_t *p = out;

	memcpy(p, label, sizeof label);
	p += sizeof label;
	be64_put(p, h->revision);
	memcpy(p + 8, h->hash, AUDIT_HASH);
	be64_put(p + 8 + AUDIT_HASH, (uint64_t)h->at_ms);
	memcpy(p + 16 + AUDIT_HASH, h->key, AUDIT_KEY);
}

void audit_head_sign(struct audit_head *h, const uint8_t secret[64])
{
	uint8_t m[MESSAGE_BYTES];

	memcpy(h->key, secret + 32, AUDIT_KEY); /* libsodium: seed, then the public key */
	message(h, m);
	crypto_sign_detached(h->signature, NULL, m, sizeof m, secret);
}

bool audit_head_verify(const struct audit_head *h)
{
	uint8_t m[MESSAGE_BYTES];

	message(h, m);
	return crypto_sign_verify_detached(h->signature, m, sizeof m, h->key) == 0;
}

void audit_head_encode(const struct audit_head *h, uint8_t out[AUDIT_HEAD_BYTES])
{
	be64_put(out, h->revision);
	memcpy(out + 8, h->hash, AUDIT_HASH);
	be64_put(out + 8 + AUDIT_HASH, (uint64_t)h->at_ms);
	memcpy(out + 16 + AUDIT_HASH, h->key, AUDIT_KEY);
	memcpy(out + 16 + AUDIT_HASH + AUDIT_KEY, h->signature, AUDIT_SIGNATURE);
}

bool audit_head_decode(struct view bytes, struct audit_head *out)
{
	const uint8_t *p = bytes.p;

	if (bytes.n != AUDIT_HEAD_BYTES)
		return false;
	out->revision = be64_get(p);
	memcpy(out->hash, p + 8, AUDIT_HASH);
	out->at_ms = (int64_t)be64_get(p + 8 + AUDIT_HASH);
	memcpy(out->key, p + 16 + AUDIT_HASH, AUDIT_KEY);
	memcpy(out->signature, p + 16 + AUDIT_HASH + AUDIT_KEY, AUDIT_SIGNATURE);
	return true;
}

enum rc audit_signed(struct txn *t, struct audit_signed *out)
{
	struct view v;
	enum rc rc = meta_get(t, "audit_head", &v);

	*out = (struct audit_signed){ 0 };
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_OK : rc;
	if (v.n != 16)
		return RC_DAMAGED;
	*out = (struct audit_signed){ be64_get(v.p), be64_get((const uint8_t *)v.p + 8) };
	return RC_OK;
}

enum rc audit_head_last(struct txn *t, struct audit_head *out)
{
	AUTO(buf_done) struct buf bytes = BUF_INIT;
	struct audit_signed s;
	struct cmd c = { 0 };
	struct view kept;
	enum rc rc = audit_signed(t, &s);

	if (rc != RC_OK || !s.own)
		return rc != RC_OK ? rc : RC_NOT_FOUND;
	rc = log_read(t, s.own, &bytes);
	if (rc == RC_NOT_FOUND) {
		rc = meta_get(t, "audit_kept", &kept);
		return rc == RC_OK && !audit_head_decode(kept, out) ? RC_DAMAGED : rc;
	}
	if (rc == RC_OK)
		rc = cmd_decode(buf_view(&bytes), &c);
	if (rc == RC_OK && (c.type != CMD_HEAD || !audit_head_decode(c.blob, out)))
		rc = RC_DAMAGED;
	free(c.ops);
	return rc;
}

enum rc apply_head(struct batch *b, const struct cmd *c, struct err *e)
{
	struct audit_head h;
	struct audit_signed last;
	uint8_t hash[AUDIT_HASH], meta[16];
	enum rc rc = audit_signed(b->w, &last);

	if (rc != RC_OK)
		return rc;
	if (!audit_head_decode(c->blob, &h) || !audit_head_verify(&h))
		return err_set(e, RC_INVALID, NULL, "%s", "the head's signature does not fit");
	if (h.revision <= last.revision || h.revision > b->revision)
		return err_set(e, RC_CONFLICT, NULL, "revision %llu is signed already", (unsigned long long)last.revision);
	rc = h.revision == b->revision ? RC_OK : audit_hash_at(b->w, h.revision, hash);
	if (rc != RC_OK || memcmp(h.revision == b->revision ? b->chain : hash, h.hash, AUDIT_HASH) != 0)
		return err_set(e, RC_INVALID, NULL, "%s", "the head is not of this log");
	log_append(b, c);
	be64_put(meta, b->new_revision);
	be64_put(meta + 8, h.revision);
	meta_put(b->w, "audit_head", view_of(meta, sizeof meta));
	b->revision = b->new_revision;
	return txn_rc(b->w);
}
