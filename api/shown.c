/* shown.c - see shown.h. */
#include "api/shown.h"

#include "base/json_out.h"
#include "base/text.h"
#include "base/util.h"
#include "graph/pseudonym.h"
#include "graph/radix.h"

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

enum rc request_known_org(const struct request *r, unsigned i, uint32_t viewer, uint32_t *out, bool *out_hidden,
			  struct err *e)
{
	uint32_t org;

	*out_hidden = !access_sees_all(&r->who) && pseudonym_like(r->param[i]);
	if (!*out_hidden)
		return request_org(r, i, out, e);
	org = pseudonym_open(api_secret(r->api), viewer, r->param[i]);
	if (org == ORG_NONE || org_id(r->txn, org).n == 0)
		return err_set(e, RC_NOT_FOUND, NULL, "%.*s", (int)utf8_cut(r->param[i], 130),
			       (const char *)r->param[i].p);
	*out = org;
	return RC_OK;
}

/* ---- the caller's own ---- */

struct units {
	struct view prefix; /* the entity's id and '~' */
	struct buf *numbers;
};

static bool unit_add(void *arg, struct view id, uint32_t org)
{
	struct units *u = arg;

	if (id.n <= u->prefix.n || memcmp(id.p, u->prefix.p, u->prefix.n) != 0)
		return false;
	buf_add(u->numbers, &org, sizeof(org));
	return true;
}

static enum rc own_add(struct request *r, uint32_t org, struct buf *numbers)
{
	struct view id = org_id(r->txn, org);
	char *prefix = arena_alloc(r->arena, id.n + 1);
	struct units u = { view_of(prefix, id.n + 1), numbers };

	if (!prefix)
		return RC_NOMEM;
	if (id.n == 0) /* it is gone */
		return RC_OK;
	memcpy(prefix, id.p, id.n);
	prefix[id.n] = '~';
	buf_add(numbers, &org, sizeof(org));
	org_each(r->txn, u.prefix, unit_add, &u);
	return txn_rc(r->txn);
}

enum rc request_caller(struct request *r, struct caller *out)
{
	struct buf numbers = BUF_INIT;
	enum rc rc = RC_OK;
	uint32_t *own;
	size_t n, k = 0;

	*out = access_caller(&r->who);
	for (size_t i = 0; i < r->who.n_orgs && !rc && !out->sees_all; i++)
		rc = own_add(r, r->who.orgs[i], &numbers);
	n = numbers.n / sizeof(*own);
	own = arena_alloc(r->arena, MAX(numbers.n, (size_t)1));
	if (!rc && (!own || !buf_ok(&numbers)))
		rc = RC_NOMEM;
	if (!rc && n) {
		memcpy(own, numbers.p, numbers.n);
		u32_sort(own, n);
		for (size_t i = 0; i < n; i++)
			if (!k || own[k - 1] != own[i])
				own[k++] = own[i];
	}
	buf_done(&numbers);
	out->own = own;
	out->n_own = k;
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
