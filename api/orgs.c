/*
 * orgs.c - reading organisations, links, certificates, clauses and targets. The answer to a write is
 * the same function's, run again after the write.
 */
#include "api/entity_out.h"
#include "api/handlers.h"
#include "api/known.h"
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
	struct sight s;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (rc)
		return rc;
	request_sight(r, &s);
	struct org_sight see = sight_org(&s, org);
	if (s.rc || see.at == AT_NONE)
		return s.rc ? s.rc : request_not_found(r, 0, e);
	json_init(&j, &r->reply.body);
	rc = org_json(&j, &s, org, see, &rec);
	if (rc)
		return rc;
	return finish(r, see.at >= AT_SUPPLIER ? (uint64_t)rec_int(&rec, META_REV, 0) : 0);
}

static enum rc no_link(const struct request *r, struct err *e)
{
	return err_set(e, RC_NOT_FOUND, NULL, "%.*s/%.*s", (int)utf8_cut(r->param[0], 70),
		       (const char *)r->param[0].p, (int)utf8_cut(r->param[1], 70),
		       (const char *)r->param[1].p);
}

/* An end that the caller sees without a name is named by its pseudonym, and any other is not. */
static bool named_as_seen(const struct request *r, const struct link_sight *see)
{
	return access_sees_all(&r->who) || (pseudonym_like(r->param[0]) >= see->procurer_hidden &&
					    pseudonym_like(r->param[1]) >= see->supplier_hidden);
}

/* Both ends and the record of the link that the path names, and where the caller stands. What it may not see is
 * not there. */
static enum rc find_link(struct request *r, struct link_out *out, struct rec *rec, struct err *e)
{
	struct err ends = { 0 };
	struct sight s;
	bool named;
	enum rc rc = request_org(r, 0, &out->procurer, &ends);

	if (!rc)
		rc = request_org(r, 1, &out->supplier, &ends);
	if (rc == RC_NOT_FOUND && access_sees_all(&r->who)) {
		*e = ends; /* which of the two it is */
		return rc;
	}
	if (!rc)
		rc = link_get(r->txn, out->procurer, out->supplier, rec);
	if (rc == RC_NOT_FOUND) { /* takes as long as for one that is there and not for these eyes */
		enum rc walked = known_chain(r->api, r->txn, r->scratch, &r->who, ORG_NONE, &named);
		return walked ? walked : no_link(r, e);
	}
	if (rc)
		return rc;
	request_sight(r, &s);
	out->see = sight_link(&s, out->procurer, out->supplier, rec);
	if (s.rc)
		return s.rc;
	return out->see.place != PLACE_NONE && named_as_seen(r, &out->see) ? RC_OK : no_link(r, e);
}

enum rc link_show(struct request *r, struct err *e)
{
	struct link_out l = { 0 };
	struct targets tg;
	struct rec rec;
	struct sight s;
	struct json j;
	enum rc rc = find_link(r, &l, &rec, e);

	if (!rc)
		rc = targets_of(r->txn, l.procurer, &tg);
	if (rc)
		return rc;
	l.rec = &rec;
	l.tg = &tg;
	if (!shows_member(&link_shown[l.see.place], LM_EXCEPTION)) /* behind a write: it tells of the rules */
		r->reply.warnings &= ~WARN_EXCEPTION_REASON;
	request_sight(r, &s);
	json_init(&j, &r->reply.body);
	link_json(&j, &s, &l);
	return finish(r, l.see.place >= PLACE_SUPPLIER ? (uint64_t)rec_int(&rec, META_REV, 0) : 0);
}

enum rc cert_show(struct request *r, struct err *e)
{
	struct rec rec;
	struct cert_out c = { .name = r->param[1], .rec = &rec };
	struct sight s;
	struct json j;
	enum rc rc = request_org(r, 0, &c.org, e);

	if (rc)
		return rc;
	rc = cert_get(r->txn, c.org, r->param[1], &rec);
	if (rc == RC_NOT_FOUND)
		return not_found(r->param[1], e);
	if (rc)
		return rc;
	request_sight(r, &s);
	c.at = sight_org(&s, c.org).at;
	if (s.rc)
		return s.rc;
	json_init(&j, &r->reply.body);
	cert_json(&j, &s, &c);
	return finish(r, c.at >= AT_SUPPLIER ? (uint64_t)rec_int(&rec, META_REV, 0) : 0);
}

struct cert_walk {
	struct json *j;
	struct sight s;
	uint32_t org;
	enum standing at;
};

static bool list_cert(void *arg, struct view cert, const struct rec *rec)
{
	struct cert_walk *w = arg;
	struct cert_out c = { w->org, w->at, cert, rec };

	cert_json(w->j, &w->s, &c);
	return true;
}

enum rc certs_list(struct request *r, struct err *e)
{
	struct json j;
	struct cert_walk w = { .j = &j };
	enum rc rc = request_org(r, 0, &w.org, e);

	if (rc)
		return rc;
	request_sight(r, &w.s);
	w.at = sight_org(&w.s, w.org).at;
	if (w.s.rc)
		return w.s.rc;
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

/* What the clauses of a link are today; RC_NOT_FOUND without the link. Clauses are read from its own side alone. */
static enum rc find_clauses(struct request *r, struct link_out *l, struct clause_view *out, struct err *e)
{
	struct targets tg;
	struct rec link;
	enum rc rc = find_link(r, l, &link, e);

	if (!rc && l->see.place != PLACE_OWN)
		rc = err_set(e, RC_FORBIDDEN, NULL, NULL);
	if (!rc)
		rc = targets_of(r->txn, l->procurer, &tg);
	if (!rc)
		clauses_of_link(r->txn, l->procurer, l->supplier, &link, tg.own_level, r->today, out);
	return rc;
}

/* The record of one clause, if it was written. */
static enum rc clause_out(struct request *r, const struct link_out *l, const struct clause_view *state, int no,
			  struct json *j, uint64_t *out_stored)
{
	struct clause_out c = { .procurer = l->procurer, .supplier = l->supplier, .no = (enum clause_no)no,
				.state = state };
	struct sight s;
	struct rec rec;
	enum rc rc = clause_get(r->txn, l->procurer, l->supplier, c.no, &rec);

	if (rc && rc != RC_NOT_FOUND)
		return rc;
	request_sight(r, &s);
	if (!rc)
		c.rec = &rec;
	*out_stored = rc ? 0 : (uint64_t)rec_int(&rec, META_REV, 0);
	clause_json(j, &s, &c);
	return RC_OK;
}

enum rc clause_show(struct request *r, struct err *e)
{
	int no = clause_no_parse(r->param[2]);
	struct link_out l = { 0 };
	struct clause_view state;
	uint64_t stored;
	struct json j;
	enum rc rc = find_clauses(r, &l, &state, e);

	if (rc)
		return rc;
	if (no < 0)
		return not_found(r->param[2], e);
	json_init(&j, &r->reply.body);
	rc = clause_out(r, &l, &state, no, &j, &stored);
	return rc ? rc : finish(r, stored);
}

enum rc clauses_list(struct request *r, struct err *e)
{
	struct link_out l = { 0 };
	struct clause_view state;
	uint64_t stored;
	struct json j;
	enum rc rc = find_clauses(r, &l, &state, e);

	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "items");
	json_arr(&j);
	for (int no = 0; no < CL__COUNT && !rc; no++)
		rc = clause_out(r, &l, &state, no, &j, &stored);
	if (rc)
		return rc;
	json_arr_end(&j);
	rc = request_next(r, &j, view_of(NULL, 0));
	json_obj_end(&j);
	return rc;
}

enum rc targets_show(struct request *r, struct err *e)
{
	struct targets tg;
	struct rec rec;
	struct sight s;
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
	request_sight(r, &s);
	targets_json(&j, &s, org, &rec, &tg);
	return finish(r, (uint64_t)rec_int(&rec, META_REV, 0));
}
