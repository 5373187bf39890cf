/*
 * apply_cert.c - certificates: dates and suspensions, and what follows for the holder and its units.
 * Meaning: domain.md "valid on D". Checks come before writes (state.h).
 */
#include "base/text.h"
#include "base/util.h"
#include "graph/state.h"
#include "graph/steps.h"

#define CERT_NAME_MAX RECORD_NAME_MAX

struct span {
	int32_t from, to;
};

static struct span current(const struct rec *r)
{
	return (struct span){ rec_day(r, CERT_SUSPENDED_FROM), rec_day(r, CERT_SUSPENDED_TO) };
}

static bool covers(struct span s, int32_t day)
{
	return s.from != DAY_NONE && s.from <= day && (s.to == DAY_NONE || day <= s.to);
}

static enum rc set_current(struct batch *b, struct change *c, struct span s)
{
	enum rc rc = RC_OK;
	change_clear(c, CERT_SUSPENDED_FROM);
	change_clear(c, CERT_SUSPENDED_TO);
	if (s.from == DAY_NONE || (s.to != DAY_NONE && s.to < s.from))
		return RC_OK;
	rc = change_set_int(b, c, CERT_SUSPENDED_FROM, s.from);
	if (rc == RC_OK && s.to != DAY_NONE)
		rc = change_set_int(b, c, CERT_SUSPENDED_TO, s.to);
	return rc;
}

static enum rc keep_earlier(struct batch *b, struct change *c, struct span s)
{
	AUTO(buf_done) struct buf out = BUF_INIT;
	if (s.from == DAY_NONE || (s.to != DAY_NONE && s.to < s.from))
		return RC_OK; /* it never took effect */
	if (rec_has(&c->new, CERT_SUSPENSIONS))
		buf_addv(&out, c->new.f[CERT_SUSPENSIONS]);
	buf_svarint(&out, s.from);
	buf_svarint(&out, s.to);
	return buf_ok(&out) ? change_set_bytes(b, c, CERT_SUSPENSIONS, buf_view(&out)) : RC_NOMEM;
}

/* A suspension that has begun is history: when another takes its place, or none does, it stays among the
 * earlier ones, closed yesterday if it was open. One that has not begun is simply replaced. */
static enum rc suspension_change(struct batch *b, struct change *c)
{
	struct span was = current(&c->old), is = current(&c->new);
	if (was.from == DAY_NONE || was.from > b->today || is.from == was.from)
		return RC_OK;
	if (is.from != DAY_NONE && (was.to == DAY_NONE || was.to >= is.from))
		return RC_OK; /* overlapping: a correction of the same suspension */
	if (was.to == DAY_NONE || was.to >= b->today)
		was.to = b->today - 1;
	return keep_earlier(b, c, was);
}

/* `status` is derived; writing it fills in dates. */
static enum rc status_write(struct batch *b, struct change *c, int64_t status)
{
	struct span was = current(&c->old), is = current(&c->new);
	enum rc rc = RC_OK;
	if (status == CERT_REVOKED && !rec_has(&c->new, CERT_REVOKED_ON)) {
		int32_t had = rec_day(&c->old, CERT_REVOKED_ON);
		return change_set_int(b, c, CERT_REVOKED_ON, had != DAY_NONE ? had : b->today);
	}
	if (status == CERT_SUSPENDED && !covers(is, b->today)) {
		/* a PUT that says suspended without its date goes on with the one under way */
		if (is.from == DAY_NONE && covers(was, b->today))
			return set_current(b, c, was);
		if (is.from == DAY_NONE || is.from == was.from)
			rc = set_current(b, c, (struct span){ b->today, DAY_NONE });
	}
	if (status == CERT_VALID && covers(was, b->today) && (is.from == was.from || is.from == DAY_NONE))
		rc = set_current(b, c, (struct span){ was.from, b->today - 1 });
	return rc;
}

static enum rc level_check(struct batch *b, struct change *c)
{
	int64_t level = rec_int(&c->new, CERT_LEVEL, 0);
	if (!rec_has(&c->new, CERT_SCHEME)) {
		if (!level)
			return err_set(c->err, RC_REQUIRED, "scheme", "%s", "scheme");
		enum rc rc = change_set_bytes(b, c, CERT_SCHEME,
					      level >= 3 ? VIEW_LIT("scs") : VIEW_LIT("security-action"));
		if (rc != RC_OK)
			return rc;
	}
	if (view_is(c->new.f[CERT_SCHEME], "scs") && (level < 3 || level > 5))
		return err_set(c->err, RC_BAD_LEVEL, "level", "%s", "scs: 3-5");
	if (view_is(c->new.f[CERT_SCHEME], "security-action") && (level < 1 || level > 2))
		return err_set(c->err, RC_BAD_LEVEL, "level", "%s", "security-action: 1-2");
	return RC_OK;
}

static enum rc dates_check(struct change *c)
{
	int32_t issued = rec_day(&c->new, CERT_ISSUED), expires = rec_day(&c->new, CERT_EXPIRES);
	struct span s = current(&c->new);
	if (issued != DAY_NONE && expires != DAY_NONE && issued > expires)
		return err_set(c->err, RC_BAD_PERIOD, "expires", "%s", "issued, expires");
	if (s.to != DAY_NONE && s.from == DAY_NONE)
		return err_set(c->err, RC_REQUIRED, "suspended_from", "%s", "suspended_from");
	if (s.to != DAY_NONE && s.to < s.from)
		return err_set(c->err, RC_BAD_PERIOD, "suspended_to", "%s", "suspended_from, suspended_to");
	return RC_OK;
}

static void warn(struct batch *b, struct change *c)
{
	int32_t issued = rec_day(&c->new, CERT_ISSUED);
	if (cert_star(&c->new) >= 3 && !rec_has(&c->new, CERT_EXPIRES))
		c->res->warnings |= WARN_NO_EXPIRY;
	if (view_is(c->new.f[CERT_SCHEME], "scs") && issued != DAY_NONE && issued < b->scs_start)
		c->res->warnings |= WARN_BEFORE_START;
}

static bool count_one(void *arg, struct view cert, const struct rec *r)
{
	(void)cert;
	(void)r;
	return ++*(unsigned *)arg <= CERTS_MAX;
}

/* An op that names the earlier suspensions, which no client may, says how the record stood (revert.h): its dates are
 * those, and nothing follows from how they differ. */
static enum rc cert_check(struct batch *b, struct change *c)
{
	bool wrote_status = false, as_it_stood = false;
	struct rd rd = rd_of(c->op->fields);
	unsigned id;
	struct view v;
	bool bad = false;
	int64_t status = rec_int(&c->new, CERT_STATUS, -1);

	while (fl_next(&rd, &id, &v, &bad)) {
		wrote_status = wrote_status || (id == CERT_STATUS && v.p);
		as_it_stood = as_it_stood || id == CERT_SUSPENSIONS;
	}
	change_clear(c, CERT_STATUS);
	enum rc rc = dates_check(c);
	if (rc == RC_OK && wrote_status)
		rc = status_write(b, c, status);
	if (rc == RC_OK && c->exists && !as_it_stood)
		rc = suspension_change(b, c);
	return rc == RC_OK ? level_check(b, c) : rc;
}

static enum rc holder_find(struct batch *b, struct op *op, uint32_t *org, struct err *e)
{
	enum rc rc = org_find(b->w, op->a, org);
	if (rc != RC_NOT_FOUND)
		return rc;
	*org = ORG_NONE;
	if (!(op->flags & OPF_STUBS))
		return err_set(e, RC_NOT_FOUND, NULL, "organisation '%.*s'", (int)op->a.n, (const char *)op->a.p);
	return RC_OK;
}

enum rc record_name_check(struct view name, const char *what, struct err *e)
{
	if (name.n == 0 || name.n > RECORD_NAME_MAX)
		return err_set(e, RC_TOO_LONG, what, "1-%u bytes", RECORD_NAME_MAX);
	if (!utf8_valid(name))
		return err_set(e, RC_BAD_UTF8, what, "%s", "");
	for (size_t i = 0; i < name.n; i++)
		if (((const unsigned char *)name.p)[i] < 0x20 || ((const char *)name.p)[i] == '/')
			return err_set(e, RC_BAD_VALUE, what, "%.*s", (int)name.n, (const char *)name.p);
	return RC_OK;
}

enum rc cert_name_check(struct view name, struct err *e)
{
	return record_name_check(name, "certificate", e);
}

static enum rc cert_write(struct batch *b, struct change *c, uint32_t org, struct view key)
{
	struct view bytes = change_bytes(b, c);
	if (!bytes.p)
		return RC_NOMEM;
	past_keep(b, ENT_CERT, key, c->old_bytes);
	txn_put(b->w, DB_CERT, key, bytes);
	if (!b->bulk.on)
		return org_certs_changed(b, &org, 1);
	held_later(b, org);
	return txn_rc(b->w);
}

enum rc cert_new(struct batch *b, struct change *c, uint32_t org, struct view name, struct filler *f)
{
	uint8_t key[4 + CERT_NAME_MAX];
	enum rc rc = cert_check(b, c);
	if (rc != RC_OK)
		return rc;
	warn(b, c);
	struct view bytes = change_bytes(b, c);
	if (!bytes.p)
		return RC_NOMEM;
	be32_put(key, org);
	memcpy(key + 4, name.p, name.n);
	filler_put(f, view_of(key, 4 + name.n), bytes);
	held_later(b, org);
	c->res->key[0] = org;
	c->res->changed = c->res->created = true;
	return txn_rc(b->w);
}

enum rc apply_cert(struct batch *b, struct op *op, struct op_result *res, struct err *e)
{
	struct change c = { .op = op, .res = res, .err = e };
	struct view stored = { 0 };
	uint8_t key[4 + CERT_NAME_MAX];
	uint32_t org;
	unsigned n = 0;

	enum rc rc = cert_name_check(op->b, e);
	if (rc != RC_OK || (rc = holder_find(b, op, &org, e)) != RC_OK)
		return rc;
	memcpy(key + 4, op->b.p, op->b.n);
	be32_put(key, org);
	struct view k = view_of(key, 4 + op->b.n);
	rc = org == ORG_NONE ? RC_NOT_FOUND : txn_get(b->w, DB_CERT, k, &stored);
	if ((rc = change_begin(b, &c, ENT_CERT, rc, stored)) != RC_OK)
		return rc;
	res->key[0] = org;
	if (op->kind == OP_DELETE) {
		past_keep(b, ENT_CERT, k, c.old_bytes);
		txn_del(b->w, DB_CERT, k);
		res->changed = true;
		return org_certs_changed(b, &org, 1);
	}
	if ((rc = cert_check(b, &c)) != RC_OK)
		return rc;
	warn(b, &c);
	if (change_is_none(b, &c))
		return RC_OK;
	if (!c.exists && org != ORG_NONE) {
		cert_each(b->w, org, VIEW_LIT(""), count_one, &n);
		if (n >= CERTS_MAX)
			return err_set(e, RC_TOO_LARGE, "certificate", "%u", CERTS_MAX);
	}
	if (org == ORG_NONE) {
		if ((rc = org_resolve_checked(b, op->a, "org", &org, res, e)) != RC_OK)
			return rc;
		be32_put(key, org);
	}
	res->key[0] = org;
	res->changed = true;
	res->created = !c.exists;
	return cert_write(b, &c, org, k);
}
