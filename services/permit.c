/*
 * permit.c - may this caller do this op? Asked by graph_apply() for each op in the transaction that writes, so that
 * what is judged is what is there. What is not allowed here is refused: RC_NOT_FOUND where the caller may not
 * even know of the organisation, RC_FORBIDDEN else.
 *
 * Beyond yes and no it completes what follows from who writes (domain.md): a bound caller's link is private
 * unless it says otherwise, one about another company is private with a grant to the caller, and a supplier's
 * word about itself is `word`. The log then holds the completed op.
 */
#include "base/orgid.h"
#include "base/text.h"
#include "base/util.h"
#include "services/access.h"

#define BIT(id) ((uint64_t)1 << (id))

struct ask {
	const struct permit *p;
	const struct identity *who;
	struct txn *w;
	struct op *op;
	struct err *e;
};

/* ---- the fields of an op ---- */

/* The op's value of a field: false: not named. Cleared: out->p is NULL. */
static bool named(const struct op *op, unsigned id, struct view *out)
{
	struct rd rd = rd_of(op->fields);
	unsigned at;
	bool bad = false, found = false;
	struct view v;

	while (fl_next(&rd, &at, &v, &bad))
		if (at == id) {
			*out = v;
			found = true;
		}
	return found;
}

static bool names_only(const struct op *op, uint64_t fields)
{
	struct rd rd = rd_of(op->fields);
	unsigned id;
	bool bad = false;
	struct view v;

	while (fl_next(&rd, &id, &v, &bad))
		if (!(fields >> id & 1))
			return false;
	return !bad;
}

/* The op's fields without some, and with others behind. */
static enum rc replace(const struct ask *a, uint64_t without, const struct buf *with)
{
	AUTO(buf_done) struct buf all = BUF_INIT;
	struct rd rd = rd_of(a->op->fields);
	unsigned id;
	bool bad = false;
	struct view v;

	while (fl_next(&rd, &id, &v, &bad)) {
		if (without >> id & 1)
			continue;
		if (v.p)
			fl_bytes(&all, id, v);
		else
			fl_clear(&all, id);
	}
	buf_addv(&all, buf_view(with));
	if (bad || !buf_ok(with) || !buf_ok(&all))
		return RC_NOMEM;
	a->op->fields = arena_copy(a->p->memory, buf_view(&all));
	return a->op->fields.p ? RC_OK : RC_NOMEM;
}

static enum rc set_enum(const struct ask *a, unsigned id, int64_t value)
{
	AUTO(buf_done) struct buf with = BUF_INIT;

	fl_int(&with, id, value);
	return replace(a, BIT(id), &with);
}

/* ---- refusals ---- */

static enum rc forbidden(const struct ask *a, const char *field)
{
	return err_set(a->e, RC_FORBIDDEN, field, NULL);
}

static enum rc refuse(const struct ask *a, enum access_tie tie, struct view id)
{
	if (tie != TIE_NONE)
		return forbidden(a, NULL);
	return err_set(a->e, RC_NOT_FOUND, NULL, "%.*s", (int)utf8_cut(id, 130), (const char *)id.p);
}

static bool wrote_record(const struct ask *a, const struct rec *r)
{
	return access_wrote(a->w, a->who, (uint64_t)rec_int(r, META_REV, 0));
}

static bool is_procurer(const struct ask *a) { return a->who->role == ROLE_PROCURER; }

/* ---- organisations ---- */

/* The organisation an org op is about: by the procurer's own code, or by id. */
static enum rc op_org(const struct ask *a, uint32_t *out)
{
	uint32_t procurer;

	if ((a->op->flags & OPF_BY_CODE) && org_find(a->w, a->op->b, &procurer) == RC_OK) {
		if (!access_owns(a->w, a->who, procurer))
			return refuse(a, access_tie(a->w, a->who, procurer), a->op->b);
		if (code_find(a->w, procurer, a->op->c, out) == RC_OK)
			return RC_OK;
	}
	return org_find(a->w, a->op->a, out) == RC_OK ? RC_OK : RC_END;
}

/* A unit of a company that the caller may not know of: as if that were not there. */
static enum rc new_org(const struct ask *a)
{
	struct view of = orgid_parent(a->op->a);
	uint32_t parent;

	if (!of.n || org_find(a->w, of, &parent) != RC_OK || access_tie(a->w, a->who, parent) >= TIE_ENTERED)
		return RC_OK;
	return err_set(a->e, RC_NO_SUCH_ORG, "parent", "%.*s", (int)of.n, (const char *)of.p);
}

/* A file of links says what its suppliers are called. */
static bool is_naming(const struct op *op)
{
	return op->kind == OP_MERGE && (op->flags & OPF_STUBS) &&
	       names_only(op, BIT(ORG_NAME) | BIT(ORG_NAME_KANA) | BIT(ORG_NAME_EN));
}

/* Asked behind the row's link: whoever has one to the organisation may say what it is called, if nobody has yet. A name
 * that is there stays: the row is about the link. */
static enum rc name_org(const struct ask *a, uint32_t org)
{
	enum access_tie tie = access_tie(a->w, a->who, org);
	struct rec rec;

	if (tie != TIE_SUPPLIER && tie != TIE_ENTERED)
		return refuse(a, tie, a->op->a);
	if (org_get(a->w, org, &rec) == RC_OK && rec_bool(&rec, ORG_STUB) != 1)
		a->op->fields = view_of("", 0);
	return RC_OK;
}

/* Another identifier would catch what others enter under it. */
static bool says_aliases(const struct op *op)
{
	struct view v;

	return named(op, ORG_ALIASES, &v) && v.n;
}

/* Contacts of a supplier: a procurer adds what is missing, and changes what it entered. */
static bool may_set_contacts(const struct ask *a, uint32_t org)
{
	struct rec rec;

	if (a->op->kind != OP_MERGE || !names_only(a->op, BIT(ORG_CONTACTS)))
		return false;
	return (a->op->flags & OPF_ADD_CONTACT) || (org_get(a->w, org, &rec) == RC_OK &&
						    (!rec_has(&rec, ORG_CONTACTS) || wrote_record(a, &rec)));
}

static enum rc org_op(const struct ask *a)
{
	static const uint64_t own = BIT(ORG_CONTACTS) | BIT(ORG_SUBTIER_ATTESTED_ON);
	const struct op *op = a->op;
	uint32_t org;
	enum rc rc = op_org(a, &org);

	if (says_aliases(op))
		return forbidden(a, "aliases");
	if (rc == RC_END) /* not there: a procurer may make it; what else is wrong, apply says */
		return is_procurer(a) ? new_org(a)
		       : op->kind == OP_DELETE || (op->flags & OPF_MUST_EXIST) ? RC_OK
									       : forbidden(a, NULL);
	if (rc)
		return rc;
	if (is_naming(op) && !access_owns(a->w, a->who, org))
		return name_org(a, org);
	enum access_tie tie = access_tie(a->w, a->who, org);
	if (tie == TIE_NONE && !is_procurer(a) && op->kind != OP_DELETE && !(op->flags & OPF_MUST_EXIST))
		return forbidden(a, NULL); /* as where it is not there */
	if (op->kind == OP_DELETE)
		return refuse(a, tie, op->a);
	if (is_procurer(a) && (tie == TIE_OWN || tie == TIE_ENTERED))
		return RC_OK;
	if (is_procurer(a) && tie == TIE_SUPPLIER && may_set_contacts(a, org))
		return RC_OK;
	if (tie == TIE_OWN && op->kind == OP_MERGE && names_only(op, own))
		return RC_OK;
	return refuse(a, tie, op->a);
}

/* ---- links ---- */

static bool says_disclosure(const struct op *op)
{
	struct view v;

	return named(op, LINK_DISCLOSURE, &v) && v.p;
}

/* Somebody bound to other organisations stated it, and let itself see it. */
static bool others_wrote(const struct ask *a, const struct rec *link)
{
	struct log_head head;

	return !wrote_record(a, link) &&
	       log_head(a->w, (uint64_t)rec_int(link, META_REV, 0), &head) == RC_OK && head.actor.n &&
	       memchr(head.actor.p, '@', head.actor.n);
}

/* From the first word of the procurer itself on, it says who sees its link. */
static enum rc drop_grants(const struct ask *a)
{
	AUTO(buf_done) struct buf with = BUF_INIT;

	fl_clear(&with, LINK_GRANTS);
	return replace(a, BIT(LINK_GRANTS), &with);
}

/* Its own link: private, unless it says who else may see it, or has said so before. */
static enum rc own_link(const struct ask *a, const struct rec *link)
{
	struct view v;
	bool cleared = named(a->op, LINK_DISCLOSURE, &v) && !v.p;

	if (a->who->role == ROLE_SUPPLIER)
		a->op->flags |= OPF_STUBS; /* it may name suppliers that nobody has named yet */
	if (a->op->kind == OP_DELETE)
		return RC_OK;
	if (link && a->op->kind == OP_MERGE && !named(a->op, LINK_GRANTS, &v) && others_wrote(a, link) &&
	    drop_grants(a) != RC_OK)
		return RC_NOMEM;
	if (says_disclosure(a->op) || (a->op->kind == OP_MERGE && link && !cleared))
		return RC_OK;
	return set_enum(a, LINK_DISCLOSURE, DISC_PRIVATE);
}

/* One about another company: its writer sees it, and nobody else (but those whom it joins). */
static enum rc private_to_writer(const struct ask *a)
{
	AUTO(buf_done) struct buf with = BUF_INIT, grants = BUF_INIT;

	for (unsigned i = 0; i < a->who->n_orgs; i++) {
		struct view id = org_id(a->w, a->who->orgs[i]);
		if (!id.n)
			continue;
		buf_lenbytes(&grants, id);
		buf_addc(&grants, GRANT_NAMED);
		buf_svarint(&grants, DAY_NONE);
	}
	fl_int(&with, LINK_DISCLOSURE, DISC_PRIVATE);
	fl_bytes(&with, LINK_GRANTS, buf_view(&grants));
	return buf_ok(&grants) ? replace(a, BIT(LINK_DISCLOSURE) | BIT(LINK_GRANTS), &with) : RC_NOMEM;
}

/* What the procurer itself agreed goes with its link: then that is no longer the writer's to remove. */
static bool has_clauses(const struct ask *a, uint32_t procurer)
{
	uint32_t supplier;
	struct rec rec;

	if (org_find(a->w, a->op->b, &supplier) != RC_OK)
		return false;
	for (int no = 0; no < CL__COUNT; no++)
		if (clause_get(a->w, procurer, supplier, (enum clause_no)no, &rec) == RC_OK)
			return true;
	return false;
}

static enum rc others_link(const struct ask *a, uint32_t procurer, const struct rec *link)
{
	enum access_tie tie = access_tie(a->w, a->who, procurer);
	struct view v;

	if (!is_procurer(a) || (link && !access_made(a->w, a->who, link)))
		return refuse(a, tie, a->op->a);
	if (a->op->flags & OPF_BY_CODE) /* its codes are its own */
		return refuse(a, tie, a->op->a);
	if (!link && tie != TIE_SUPPLIER && tie != TIE_ENTERED)
		return refuse(a, tie, a->op->a);
	if (a->op->kind == OP_DELETE)
		return link && has_clauses(a, procurer) ? forbidden(a, NULL) : RC_OK;
	if (named(a->op, LINK_SUPPLIER_CODE, &v) && v.p)
		return forbidden(a, "supplier_code");
	if (says_disclosure(a->op))
		return forbidden(a, "disclosure");
	if (named(a->op, LINK_GRANTS, &v) && v.p)
		return forbidden(a, "grants");
	return private_to_writer(a);
}

/* Both ends as far as they are there, and the record; RC_END: no such link. */
static enum rc find_link(const struct ask *a, uint32_t *out_p, uint32_t *out_s, struct rec *out)
{
	const struct op *op = a->op;
	enum rc rc = org_find(a->w, op->a, out_p);

	*out_s = ORG_NONE;
	if (rc)
		return RC_END;
	if (op->flags & OPF_BY_CODE)
		rc = code_find(a->w, *out_p, op->b, out_s);
	else
		rc = org_find(a->w, op->b, out_s);
	return !rc && link_get(a->w, *out_p, *out_s, out) == RC_OK ? RC_OK : RC_END;
}

/* A procurer that its suppliers may not know: by its own id nobody learns that it buys from them. */
static bool hides(const struct ask *a, uint32_t procurer)
{
	return !a->p->anonymous && !access_shown(a->w, procurer) &&
	       access_tie(a->w, a->who, procurer) == TIE_NONE;
}

static enum rc link_op(const struct ask *a)
{
	uint32_t procurer = ORG_NONE, supplier = ORG_NONE;
	struct rec link;
	bool exists = find_link(a, &procurer, &supplier, &link) == RC_OK;

	if (procurer == ORG_NONE)
		return refuse(a, TIE_NONE, a->op->a);
	if (access_owns(a->w, a->who, procurer))
		return own_link(a, exists ? &link : NULL);
	if (exists && access_owns(a->w, a->who, supplier) && hides(a, procurer))
		return refuse(a, TIE_NONE, a->op->a);
	if (exists && access_owns(a->w, a->who, supplier)) /* the supplier's own plan stands on the link to it */
		return a->op->kind == OP_MERGE && names_only(a->op, BIT(LINK_PLANNED_ON)) ? RC_OK
											  : forbidden(a, NULL);
	return others_link(a, procurer, exists ? &link : NULL);
}

/* ---- certificates ---- */

/* Would the record stay as it is, but for some fields? */
static bool leaves(const struct op *op, const struct rec *stored, uint64_t but)
{
	struct rd rd = rd_of(op->fields);
	uint64_t said = but;
	unsigned id;
	bool bad = false;
	struct view v;

	while (fl_next(&rd, &id, &v, &bad)) {
		said |= BIT(id);
		if (!(but >> id & 1) &&
		    (v.p ? !rec_has(stored, id) || !view_eq(stored->f[id], v) : rec_has(stored, id)))
			return false;
	}
	for (id = 0; op->kind == OP_PUT && id < META_ID; id++)
		if (rec_has(stored, id) && !(said >> id & 1) && id != CERT_SUSPENSIONS && id != CERT_STATUS)
			return false;
	return !bad;
}

/* A procurer that has seen the proof says so, and adds what is missing; what others recorded stays theirs. */
static bool confirms(const struct ask *a, const struct rec *stored)
{
	static const uint64_t details = BIT(CERT_ASSESSOR) | BIT(CERT_REGISTRATION_NO) | BIT(CERT_SCOPE_TEXT) |
					BIT(CERT_CATALOG);
	uint64_t open = 0;

	if (a->op->kind == OP_DELETE || !is_procurer(a))
		return false;
	for (unsigned id = 0; id < META_ID; id++)
		if ((details >> id & 1) && !rec_has(stored, id))
			open |= BIT(id);
	if (rec_int(stored, CERT_EVIDENCE, EVIDENCE_WORD) == EVIDENCE_WORD)
		open |= BIT(CERT_EVIDENCE);
	return leaves(a->op, stored, open);
}

/* Does the op change when the certificate was suspended or revoked? */
static bool touches_end(const struct ask *a, const struct rec *stored)
{
	static const unsigned ends[] = { CERT_SUSPENDED_FROM, CERT_SUSPENDED_TO, CERT_REVOKED_ON };
	struct rec says;
	struct view v;

	rec_init(&says);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		bool named_it = named(a->op, ends[i], &v);
		if (!named_it && a->op->kind == OP_MERGE)
			continue;
		if (named_it && v.p ? !rec_has(stored, ends[i]) || !view_eq(stored->f[ends[i]], v)
				    : rec_has(stored, ends[i]))
			return true;
	}
	if (!named(a->op, CERT_STATUS, &v) || !v.p)
		return false;
	says.f[CERT_STATUS] = v;
	return rec_int(&says, CERT_STATUS, 0) != (int64_t)cert_status_on(stored, graph_today(a->w));
}

/* Is this record the caller's to change? As long as nobody else wrote it. The organisation itself may go on to speak of
 * what others recorded, which makes that its word; but it does not take back that it was suspended or revoked. */
static bool may_change_cert(const struct ask *a, enum access_tie tie, const struct rec *stored)
{
	if (access_made(a->w, a->who, stored))
		return true;
	if (a->op->kind == OP_DELETE)
		return false;
	return leaves(a->op, stored, 0) || confirms(a, stored) || (tie == TIE_OWN && !touches_end(a, stored));
}

/* What a supplier says of itself is its word, until somebody else has seen the proof. */
static enum rc own_word(const struct ask *a, const struct rec *stored)
{
	struct rec says;
	struct view v;

	rec_init(&says);
	if (named(a->op, CERT_EVIDENCE, &v) && v.p) {
		says.f[CERT_EVIDENCE] = v;
		if (rec_int(&says, CERT_EVIDENCE, EVIDENCE_WORD) != EVIDENCE_WORD)
			return forbidden(a, "evidence");
	}
	if (stored && leaves(a->op, stored, 0))
		return RC_OK;
	return set_enum(a, CERT_EVIDENCE, EVIDENCE_WORD);
}

static enum rc cert_op(const struct ask *a)
{
	uint32_t org;
	struct rec cert;

	if (org_find(a->w, a->op->a, &org) != RC_OK)
		return is_procurer(a) ? RC_OK : refuse(a, TIE_NONE, a->op->a);
	enum access_tie tie = access_tie(a->w, a->who, org);
	bool exists = cert_get(a->w, org, a->op->b, &cert) == RC_OK;
	if (tie < TIE_ENTERED || (!is_procurer(a) && tie != TIE_OWN))
		return refuse(a, tie, a->op->a);
	if (exists && !may_change_cert(a, tie, &cert))
		return forbidden(a, NULL);
	if (a->op->kind == OP_DELETE)
		return RC_OK;
	return is_procurer(a) && tie != TIE_OWN ? RC_OK : own_word(a, exists ? &cert : NULL);
}

/* ---- what is a procurer's alone ---- */

static enum rc own_only(const struct ask *a)
{
	uint32_t org;

	if (org_find(a->w, a->op->a, &org) != RC_OK)
		return refuse(a, TIE_NONE, a->op->a);
	if (!is_procurer(a) || !access_owns(a->w, a->who, org))
		return refuse(a, access_tie(a->w, a->who, org), a->op->a);
	return RC_OK;
}

enum rc access_permit(void *permit, struct txn *w, struct op *op, struct err *e)
{
	const struct permit *p = permit;
	const struct ask a = { p, p->who, w, op, e };

	if (p->who->role == ROLE_ADMIN)
		return RC_OK;
	if (p->who->role != ROLE_PROCURER && p->who->role != ROLE_SUPPLIER)
		return forbidden(&a, NULL);
	switch ((enum ent)op->ent) {
	case ENT_ORG:
		return org_op(&a);
	case ENT_LINK:
		return link_op(&a);
	case ENT_CERT:
		return cert_op(&a);
	case ENT_CLAUSE:
	case ENT_TARGETS:
	case ENT_DRILL:
		return own_only(&a);
	case ENT__COUNT:
		break;
	}
	return forbidden(&a, NULL);
}
