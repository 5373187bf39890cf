/* shown.c - see shown.h. */
#include "api/shown.h"

#include "api/known.h"
#include "base/json_out.h"
#include "base/text.h"
#include "base/util.h"
#include "graph/pseudonym.h"

struct view shown_id(struct request *r, uint32_t viewer, uint32_t org, bool named)
{
	char text[PSEUDONYM_TEXT];

	if (named)
		return arena_copy(r->arena, org_id(r->txn, org));
	pseudonym_make(api_secret(r->api), viewer, org, text);
	return arena_copy(r->arena, view_str(text));
}

void shown_id_json(struct request *r, struct json *j, uint32_t viewer, uint32_t org, bool named)
{
	char text[PSEUDONYM_TEXT];

	if (named) {
		json_strv(j, org_id(r->txn, org));
		return;
	}
	pseudonym_make(api_secret(r->api), viewer, org, text);
	json_str(j, text);
}

void shown_name_json(struct request *r, struct json *j, uint32_t org, bool named)
{
	if (named)
		json_strv(j, org_name(r->txn, org));
	else
		json_nil(j);
}

enum rc shown_find(const struct request *r, uint32_t viewer, struct view text, uint32_t *out, bool *out_hidden)
{
	struct sight s;
	uint32_t org;

	*out_hidden = !access_sees_all(&r->who) && pseudonym_like(text);
	if (!*out_hidden) {
		request_sight(r, &s);
		return s.rc ? s.rc : sight_find(&s, text, out);
	}
	org = pseudonym_open(api_secret(r->api), viewer, text);
	if (org == ORG_NONE || org_id(r->txn, org).n == 0)
		return RC_NOT_FOUND;
	*out = org;
	return RC_OK;
}

enum rc request_known_org(const struct request *r, unsigned i, uint32_t viewer, uint32_t *out, bool *out_hidden,
			  struct err *e)
{
	enum rc rc = shown_find(r, viewer, r->param[i], out, out_hidden);

	return rc == RC_NOT_FOUND ? request_not_found(r, i, e) : rc;
}

enum rc request_caller(struct request *r, struct caller *out)
{
	struct buf numbers = BUF_INIT;
	enum rc rc = RC_OK;

	*out = access_caller(&r->who);
	if (out->sees_all)
		return RC_OK;
	rc = known_own(r->txn, &r->who, &numbers);
	if (!rc) {
		out->n_own = numbers.n / sizeof(uint32_t);
		out->own = arena_copy(r->arena, buf_view(&numbers)).p;
		rc = out->own || !out->n_own ? RC_OK : RC_NOMEM;
	}
	buf_done(&numbers);
	return rc;
}

/* ---- counts ---- */

void small_count_json(const struct request *r, struct json *j, uint64_t n)
{
	if (n < api_small_count(r->api))
		json_nil(j);
	else
		json_uint(j, n);
}
