/*
 * as_of.c - see as_of.h. A caller who does not see everything must not learn by it what was withdrawn since: it gets
 * the records of its own organisations only, neither chains nor links of others. Its ties are asked for now and then.
 */
#include "api/as_of.h"

#include "api/access.h"
#include "api/api_int.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "base/util.h"
#include "graph/as_of.h"

static const char form[] = "a revision, an instant (2027-10-01T09:00:00+09:00) or a day";

static enum rc refuse(const struct request *r, const char *why, struct err *e)
{
	struct view v = r->query.v[Q_as_of].s;

	return err_set(e, RC_BAD_QUERY, "as_of", "as_of=%.*s (%s)", (int)MIN(v.n, 40), (const char *)v.p, why);
}

/* Digits alone are a revision; a day means its end in Tokyo. */
static enum rc wanted_revision(const struct request *r, struct txn *t, uint64_t *out, struct err *e)
{
	struct view v = r->query.v[Q_as_of].s;
	int64_t now = clock_now_ms(r->api->c.clock), at;
	const char *p = v.p;
	uint64_t n = 0;
	size_t i = 0;
	int32_t day;

	for (; i < v.n && i < 18 && p[i] >= '0' && p[i] <= '9'; i++)
		n = n * 10 + (uint64_t)(p[i] - '0');
	if (i == v.n) {
		*out = n;
		return n > graph_revision(t) ? refuse(r, "it has not come yet", e) : RC_OK;
	}
	if (day_parse(v, &day))
		at = day == day_of_instant_jst(now) ? now : instant_of_day_jst(day + 1) - 1;
	else if (!instant_parse(v, &at))
		return refuse(r, form, e);
	return at > now ? refuse(r, "it has not come yet", e) : as_of_instant(t, at, out, e);
}

/* Of its own organisations, and with nothing of others beside what its own records name. */
static bool is_own_record(const struct request *r)
{
	static enum rc (*const own[])(struct request *r, struct err *e) = {
		org_show, suppliers_list, certs_list, cert_show, clauses_list, clause_show, targets_show,
		clause_gaps_list, drills_list, drill_show,
	};

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (r->route->handle == own[i])
			return true;
	return false;
}

/* Judged in the store of now; dispatch_handle() judges the same in that of then. */
static enum rc permitted(struct request *r, struct err *e)
{
	enum rc rc = access_path(r, e);
	uint32_t org;

	if (rc || access_sees_all(&r->who))
		return rc;
	if (!is_own_record(r))
		return err_set(e, RC_FORBIDDEN, NULL, NULL);
	rc = request_org(r, 0, &org, e);
	if (!rc && !access_owns(r->txn, &r->who, org))
		rc = err_set(e, RC_FORBIDDEN, NULL, NULL);
	return rc;
}

void as_of_handle(struct request *r, struct txn *t, struct scratch *s)
{
	AUTO_TXN struct txn *o = NULL;
	struct err e = { 0 };
	uint64_t revision;
	enum rc rc;

	r->txn = t;
	r->scratch = s;
	rc = permitted(r, &e);
	if (!rc)
		rc = wanted_revision(r, t, &revision, &e);
	r->txn = NULL;
	r->scratch = NULL;
	if (!rc)
		rc = txn_begin_overlay(api_store(r->api), AS_OF_BYTES_MAX, &o);
	if (!rc)
		rc = as_of_undo(o, revision, &e);
	if (rc) {
		e.rc = rc;
		answer_problem(r, &e);
		return;
	}
	dispatch_handle(r, o, s, &(struct facts){ 0 });
	r->reply.as_of = true;
	r->reply.etag[0] = '\0'; /* no write can be asked for it */
}
