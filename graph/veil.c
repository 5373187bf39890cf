/* veil.c - see veil.h. */
#include "graph/veil.h"

#include "base/util.h"

static enum rc begin(struct veil *v, struct txn *t)
{
	uint32_t n = graph_max_org(t) + 1;
	uint8_t secret[32];
	enum rc rc = graph_secret(t, secret);

	if (rc != RC_OK)
		return rc;
	pseudonym_keys(secret, &v->keys);
	v->bits = calloc(n / 64 + 1, sizeof *v->bits);
	v->n = n;
	return v->bits ? RC_OK : RC_NOMEM;
}

enum rc veil_hide(struct veil *v, struct txn *t, uint32_t org)
{
	enum rc rc = v->bits ? RC_OK : begin(v, t);

	if (rc == RC_OK && org >= v->n)
		rc = RC_DAMAGED;
	if (rc == RC_OK)
		v->bits[org / 64] |= 1ull << (org % 64);
	return rc;
}

struct view veil_id(const struct veil *v, struct txn *t, uint32_t org, char room[PSEUDONYM_TEXT])
{
	if (!veil_hides(v, org))
		return org_id(t, org);
	pseudonym_with(&v->keys, v->viewer, org, room);
	return view_of(room, PSEUDONYM_TEXT - 1);
}

size_t veil_bytes(const struct veil *v)
{
	return v->bits ? (v->n / 64 + 1) * sizeof *v->bits : 0;
}

void veil_done(struct veil *v)
{
	free(v->bits);
	v->bits = NULL;
}
