/* versions.c - see versions.h. */
#include "graph/versions.h"

#include <string.h>

enum rc versions_begin(struct version_iter *it, struct txn *t, enum ent ent, struct view key, uint64_t behind)
{
	*it = (struct version_iter){ .t = t, .ent = ent, .n_key = key.n };
	if (key.n > sizeof it->key)
		return RC_NOT_FOUND;
	memcpy(it->key, key.p, key.n);
	enum rc rc = record_get(t, ent, key, &it->after);
	if (rc != RC_OK || !behind)
		return rc;
	rc = past_get(t, behind, ent, key, &it->after);
	if (rc == RC_NOT_FOUND) { /* it was the first, or the images before were dropped meanwhile */
		it->after = (struct view){ 0 };
		it->cut = behind <= past_from(t);
		rc = RC_OK;
	}
	return rc;
}

bool versions_next(struct version_iter *it, struct version *out)
{
	struct view before = { 0 };

	if (!it->after.p || it->rc != RC_OK)
		return false;
	if (!rec_decode(&out->after, it->after)) {
		it->rc = RC_DAMAGED;
		return false;
	}
	out->revision = rec_revision(&out->after);
	enum rc rc = past_get(it->t, out->revision, it->ent, (struct view){ it->key, it->n_key }, &before);
	out->created = rc == RC_NOT_FOUND && rec_created(&out->after) == out->revision;
	out->told = rc == RC_OK || out->created;
	rec_init(&out->before);
	/* an image is older than the revision that found it, so that the walk ends */
	if ((rc != RC_OK && rc != RC_NOT_FOUND) ||
	    (rc == RC_OK && (!rec_decode(&out->before, before) || rec_revision(&out->before) >= out->revision)))
		it->rc = rc != RC_OK && rc != RC_NOT_FOUND ? rc : RC_DAMAGED;
	it->cut = !out->told;
	it->after = rc == RC_OK ? before : (struct view){ 0 };
	return it->rc == RC_OK;
}
