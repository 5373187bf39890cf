/*
 * orgs.c - reading organisations, links, certificates, clauses and targets. The answer to a write is
 * the same function's, run again after the write.
 */
#include "api/entity_out.h"
#include "api/handlers.h"
#include "base/text.h"

static enum rc not_found(const struct view what, struct err *e)
{
	return err_set(e, RC_NOT_FOUND, NULL, "%.*s", (int)utf8_cut(what, 130),
		       (const char *)what.p);
}

/* The body is complete: its tag, and the end of the text. */
static enum rc finish(struct request *r, uint64_t stored)
{
	entity_etag(stored, buf_view(&r->reply.body), r->reply.etag);
	return buf_ok(&r->reply.body) ? txn_rc(r->txn) : RC_NOMEM;
}

enum rc org_show(struct request *r, struct err *e)
{
	struct json j;
	struct rec rec;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	rc = org_json(&j, r->txn, org, r->today, &rec);
	return rc ? rc : finish(r, (uint64_t)rec_int(&rec, META_REV, 0));
}

/* Both ends and the record of the link that the path names. */
static enum rc find_link(struct request *r, uint32_t *out_p, uint32_t *out_s, struct rec *out,
			 struct err *e)
{
	enum rc rc = request_org(r, 0, out_p, e);

	if (!rc)
		rc = request_org(r, 1, out_s, e);
	if (!rc)
		rc = link_get(r->txn, *out_p, *out_s, out);
	if (rc == RC_NOT_FOUND && !e->rc)
		return err_set(e, rc, NULL, "%.*s/%.*s", (int)utf8_cut(r->param[0], 70),
			       (const char *)r->param[0].p, (int)utf8_cut(r->param[1], 70),
			       (const char *)r->param[1].p);
	return rc;
}

enum rc link_show(struct request *r, struct err *e)
{
	struct link_out l = { 0 };
	struct targets tg;
	struct rec rec;
	struct json j;
	enum rc rc = find_link(r, &l.procurer, &l.supplier, &rec, e);

	if (!rc)
		rc = targets_of(r->txn, l.procurer, &tg);
	if (rc)
		return rc;
	l.rec = &rec;
	l.tg = &tg;
	l.today = r->today;
	json_init(&j, &r->reply.body);
	link_json(&j, r->txn, &l);
	return finish(r, (uint64_t)rec_int(&rec, META_REV, 0));
}

enum rc cert_show(struct request *r, struct err *e)
{
	struct rec rec;
	struct json j;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (rc)
		return rc;
	rc = cert_get(r->txn, org, r->param[1], &rec);
	if (rc == RC_NOT_FOUND)
		return not_found(r->param[1], e);
	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	cert_json(&j, r->txn, org, r->param[1], &rec, r->today);
	return finish(r, (uint64_t)rec_int(&rec, META_REV, 0));
}

struct cert_walk {
	struct request *r;
	struct json *j;
	uint32_t org;
	int32_t today;
};

static bool list_cert(void *arg, struct view cert, const struct rec *rec)
{
	struct cert_walk *w = arg;

	cert_json(w->j, w->r->txn, w->org, cert, rec, w->today);
	return true;
}

enum rc certs_list(struct request *r, struct err *e)
{
	struct json j;
	struct cert_walk w = { r, &j, 0, r->today };
	enum rc rc = request_org(r, 0, &w.org, e);

	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "items");
	json_arr(&j);
	cert_each(r->txn, w.org, VIEW_LIT(""), list_cert, &w);
	json_arr_end(&j);
	rc = request_next(r, &j, view_of(NULL, 0));
	json_obj_end(&j);
	return rc;
}

/* What the clauses of a link are today; RC_NOT_FOUND without the link. */
static enum rc find_clauses(struct request *r, uint32_t *out_p, uint32_t *out_s,
			    struct clause_view *out, struct err *e)
{
	struct targets tg;
	struct rec link;
	enum rc rc = find_link(r, out_p, out_s, &link, e);

	if (!rc)
		rc = targets_of(r->txn, *out_p, &tg);
	if (!rc)
		clauses_of_link(r->txn, *out_p, *out_s, &link, tg.own_level, r->today,
				out);
	return rc;
}

enum rc clause_show(struct request *r, struct err *e)
{
	int no = clause_no_parse(r->param[2]);
	uint32_t procurer, supplier;
	struct clause_view state;
	struct rec rec;
	struct json j;
	enum rc rc = find_clauses(r, &procurer, &supplier, &state, e);

	if (rc)
		return rc;
	if (no < 0)
		return not_found(r->param[2], e);
	rc = clause_get(r->txn, procurer, supplier, (enum clause_no)no, &rec);
	if (rc && rc != RC_NOT_FOUND)
		return rc;
	json_init(&j, &r->reply.body);
	clause_json(&j, r->txn, procurer, supplier, (enum clause_no)no, rc ? NULL : &rec, &state);
	return finish(r, rc ? 0 : (uint64_t)rec_int(&rec, META_REV, 0));
}

enum rc clauses_list(struct request *r, struct err *e)
{
	uint32_t procurer, supplier;
	struct clause_view state;
	struct json j;
	enum rc rc = find_clauses(r, &procurer, &supplier, &state, e);

	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "items");
	json_arr(&j);
	for (int no = 0; no < CL__COUNT; no++) {
		struct rec rec;
		rc = clause_get(r->txn, procurer, supplier, (enum clause_no)no, &rec);
		if (rc && rc != RC_NOT_FOUND)
			return rc;
		clause_json(&j, r->txn, procurer, supplier, (enum clause_no)no, rc ? NULL : &rec,
			    &state);
	}
	json_arr_end(&j);
	rc = request_next(r, &j, view_of(NULL, 0));
	json_obj_end(&j);
	return rc;
}

enum rc targets_show(struct request *r, struct err *e)
{
	struct targets tg;
	struct rec rec;
	struct json j;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (rc)
		return rc;
	rc = targets_get(r->txn, org, &rec);
	if (rc == RC_NOT_FOUND)
		return err_set(e, rc, NULL, "%.*s/targets", (int)utf8_cut(r->param[0], 130),
			       (const char *)r->param[0].p);
	if (!rc)
		rc = targets_of(r->txn, org, &tg);
	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	targets_json(&j, r->txn, org, &rec, &tg);
	return finish(r, (uint64_t)rec_int(&rec, META_REV, 0));
}
