/*
 * apply_org.c - organisations: create, change, delete. Checks come before writes (state.h).
 */
#include "base/orgid.h"
#include "base/util.h"
#include "graph/contacts.h"
#include "graph/state.h"
#include "graph/steps.h"

static void id_put(struct batch *b, struct view id, uint32_t org, bool alias)
{
	uint8_t v[5];
	be32_put(v, org);
	v[4] = alias;
	txn_put(b->w, DB_ORG_ID, id, view_of(v, 5));
}

/* f: the filler of new records, or NULL. */
static enum rc record_write(struct batch *b, uint32_t org, struct change *c, struct filler *f)
{
	uint8_t key[4];
	struct view bytes = change_bytes(b, c);
	be32_put(key, org);
	if (!bytes.p || !name_edit_add(&b->names, org, &c->new))
		return RC_NOMEM;
	past_keep(b, ENT_ORG, view_of(key, 4), c->old_bytes);
	if (f)
		filler_put(f, view_of(key, 4), bytes);
	else
		txn_put(b->w, DB_ORG, view_of(key, 4), bytes);
	return txn_rc(b->w);
}

/* ---- aliases ---- */

static bool alias_in(struct view list, struct view alias)
{
	struct rd rd = rd_of(list);
	while (rd_more(&rd))
		if (view_eq(rd_lenbytes(&rd), alias))
			return true;
	return false;
}

static enum rc aliases_check(struct batch *b, struct change *c, struct view id, uint32_t org)
{
	struct rd rd = rd_of(c->new.f[ORG_ALIASES]);
	AUTO(buf_done) struct buf unique = BUF_INIT;
	while (rd_more(&rd)) {
		struct view a = rd_lenbytes(&rd);
		uint32_t other;
		enum rc rc = orgid_check(a, "aliases", c->err);
		if (rc != RC_OK)
			return rc;
		if (view_eq(a, id) || (org_find(b->w, a, &other) == RC_OK && other != org))
			return err_set(c->err, RC_ID_TAKEN, "aliases", "%.*s", (int)a.n, (const char *)a.p);
		if (!alias_in(buf_view(&unique), a))
			buf_lenbytes(&unique, a);
	}
	if (!buf_ok(&unique))
		return RC_NOMEM;
	return unique.n ? change_set_bytes(b, c, ORG_ALIASES, buf_view(&unique)) : RC_OK;
}

static void aliases_write(struct batch *b, struct change *c, uint32_t org)
{
	struct rd rd = rd_of(c->old.f[ORG_ALIASES]);
	while (rd_more(&rd)) {
		struct view a = rd_lenbytes(&rd);
		if (!alias_in(c->new.f[ORG_ALIASES], a))
			txn_del(b->w, DB_ORG_ID, a);
	}
	rd = rd_of(c->new.f[ORG_ALIASES]);
	while (rd_more(&rd)) {
		struct view a = rd_lenbytes(&rd);
		if (!alias_in(c->old.f[ORG_ALIASES], a))
			id_put(b, a, org, true);
	}
}

void org_names(struct batch *b, uint32_t org, const struct rec *r, bool put)
{
	struct rd rd = rd_of(r->f[ORG_ALIASES]);
	if (put)
		id_put(b, r->f[META_ID], org, false);
	else
		txn_del(b->w, DB_ORG_ID, r->f[META_ID]);
	while (rd_more(&rd)) {
		struct view a = rd_lenbytes(&rd);
		if (put)
			id_put(b, a, org, true);
		else
			txn_del(b->w, DB_ORG_ID, a);
	}
}

/* ---- units ---- */

#define ALIAS_OF_PARENT "a unit's id begins with its parent's own id, not an alias"

/* A unit whose entity is not known yet: imports make it, once nothing else speaks against the unit. */
static enum rc parent_check(struct batch *b, struct change *c, struct view of_id, bool may_make, bool *out_make)
{
	struct view named = c->new.f[ORG_PARENT];
	uint32_t parent, by_field;
	struct rec r;
	bool known = org_find(b->w, of_id, &parent) == RC_OK;

	*out_make = !known && may_make;
	if (!known && !may_make)
		return err_set(c->err, RC_NO_SUCH_ORG, "parent", "%.*s", (int)of_id.n, (const char *)of_id.p);
	if (named.p && (known ? org_find(b->w, named, &by_field) != RC_OK || by_field != parent
			      : !view_eq(named, of_id)))
		return err_set(c->err, RC_BAD_PARENT, "parent", "%.*s", (int)named.n, (const char *)named.p);
	if (!known)
		return change_set_bytes(b, c, ORG_PARENT, of_id);
	if (org_get(b->w, parent, &r) != RC_OK || org_is_unit(&r))
		return err_set(c->err, RC_BAD_PARENT, "parent", "%s", "the parent must be an entity");
	if (!view_eq(r.f[META_ID], of_id)) /* its units are found by its own id */
		return err_set(c->err, RC_BAD_PARENT, "parent", "%.*s is an alias", (int)of_id.n, (const char *)of_id.p);
	return change_set_bytes(b, c, ORG_PARENT, of_id);
}

static enum rc unit_check(struct batch *b, struct change *c, struct view id, bool may_make, bool *out_make)
{
	struct view of_id = orgid_parent(id);
	bool unit = org_is_unit(&c->new);

	*out_make = false;
	if (!unit && of_id.n)
		return err_set(c->err, RC_BAD_PARENT, "kind", "%s", "an id with '~' is a division or a site");
	if (!unit && rec_has(&c->new, ORG_PARENT))
		return err_set(c->err, RC_BAD_PARENT, "parent", "%s", "an entity has no parent");
	if (!unit)
		return RC_OK;
	if (!of_id.n)
		return err_set(c->err, RC_BAD_PARENT, "kind", "%s",
			       "the id of a division or site is its parent's id, '~' and a code");
	return parent_check(b, c, of_id, may_make, out_make);
}

void units_of(struct txn *t, struct view id, struct buf *out)
{
	uint8_t key[ORGID_MAX + 1];
	AUTO_CUR struct cur c = { 0 };
	if (id.n > ORGID_MAX)
		return;
	memcpy(key, id.p, id.n);
	key[id.n] = '~';
	struct view prefix = view_of(key, id.n + 1);
	cur_open(&c, t, DB_ORG_ID);
	for (bool ok = cur_ge(&c, prefix); ok && cur_in(&c, prefix); ok = cur_next(&c)) {
		const uint8_t *v = c.val.p;
		if (c.val.n != 5 || v[4])
			continue;
		uint32_t org = be32_get(v);
		buf_add(out, &org, 4);
	}
}

/* ---- contacts ---- */

static bool contact_same_place(const struct contact *a, const struct contact *b)
{
	return view_eq(a->part[CP_ROLE], b->part[CP_ROLE]) && view_eq(a->part[CP_EMAIL], b->part[CP_EMAIL]);
}

/* OPF_ADD_CONTACT: the one contact that the op brings joins those stored; the op then carries the
 * reference of the whole list, which is what the log keeps. */
static enum rc contact_join(struct batch *b, struct op *op, struct change *c)
{
	struct view added, stored = { 0 };
	struct contact one, old;
	AUTO(buf_done) struct buf all = BUF_INIT;
	AUTO(buf_done) struct buf fields = BUF_INIT;
	uint8_t ref[16];

	if (!rec_has(&c->new, ORG_CONTACTS) || personal_get(b->w, c->new.f[ORG_CONTACTS], &added) != RC_OK)
		return RC_OK;
	struct rd rd = rd_of(added);
	if (!contact_next(&rd, &one))
		return RC_OK;
	if (rec_has(&c->old, ORG_CONTACTS))
		(void)personal_get(b->w, c->old.f[ORG_CONTACTS], &stored);
	rd = rd_of(stored);
	bool placed = false;
	unsigned n = 0;
	while (contact_next(&rd, &old)) {
		bool same = contact_same_place(&old, &one);
		contact_encode(&all, same ? &one : &old);
		placed = placed || same;
		n++;
	}
	if (!placed && n >= CONTACTS_MAX)
		return err_set(c->err, RC_TOO_LONG, "contacts", "%d items", CONTACTS_MAX);
	if (!placed)
		contact_encode(&all, &one);
	personal_ref(b->secret, ENT_ORG, op, buf_view(&all), ref);
	struct view bytes = arena_copy(b->arena, buf_view(&all));
	if (!buf_ok(&all) || !bytes.p || change_set_bytes(b, c, ORG_CONTACTS, view_of(ref, 16)) != RC_OK)
		return RC_NOMEM;
	txn_put(b->w, DB_PERSONAL, view_of(ref, 16), bytes);
	struct rd in = rd_of(op->fields);
	unsigned id;
	struct view v;
	bool bad = false;
	while (fl_next(&in, &id, &v, &bad)) {
		if (id == ORG_CONTACTS)
			v = view_of(ref, 16);
		if (v.p)
			fl_bytes(&fields, id, v);
		else
			fl_clear(&fields, id);
	}
	op->fields = arena_copy(b->keep, buf_view(&fields));
	op->flags &= (uint8_t)~OPF_ADD_CONTACT;
	return bad || !buf_ok(&fields) || !op->fields.p ? RC_NOMEM : RC_OK;
}

static void personal_drop(struct batch *b, const struct change *c)
{
	if (rec_has(&c->old, ORG_CONTACTS) && !view_eq(c->old.f[ORG_CONTACTS], c->new.f[ORG_CONTACTS]))
		personal_wipe(b->w, c->old.f[ORG_CONTACTS]);
}

/* ---- create and change ---- */

static enum rc stub_make(struct batch *b, struct view id, uint32_t *out);

static enum rc org_write(struct batch *b, struct change *c, struct view id, uint32_t org)
{
	bool steps = org_is_unit(&c->new) ? !c->exists : false;
	steps = steps || rec_day(&c->old, ORG_SUBTIER_ATTESTED_ON) != rec_day(&c->new, ORG_SUBTIER_ATTESTED_ON);
	if (!c->exists) {
		org = ++b->max_org;
		id_put(b, id, org, false);
		ids_add(b, id, org);
		b->bulk.units = b->bulk.units || org_is_unit(&c->new);
	}
	if (!view_eq(c->old.f[ORG_ALIASES], c->new.f[ORG_ALIASES]))
		ids_forget(b);
	aliases_write(b, c, org);
	personal_drop(b, c);
	enum rc rc = record_write(b, org, c, NULL);
	return rc == RC_OK && steps ? steps_rebuild(b, &org, 1) : rc;
}

/* No client may: it is put back to how it stood (revert.h). */
static bool says_stub(const struct op *op)
{
	struct rd rd = rd_of(op->fields);
	unsigned id;
	struct view v;
	bool bad = false, found = false;

	while (fl_next(&rd, &id, &v, &bad))
		found = found || id == ORG_STUB;
	return found;
}

static enum rc org_check(struct batch *b, struct change *c, struct op *op, struct view id, uint32_t org,
			 bool *out_make_parent)
{
	enum rc rc = RC_OK;
	if (!rec_has(&c->new, ORG_NAME)) {
		if (op->kind == OP_PUT || c->exists)
			return err_set(c->err, RC_REQUIRED, "name", "%s", "name");
		if ((rc = change_set_bytes(b, c, ORG_NAME, id)) != RC_OK)
			return rc;
	} else if ((!view_eq(c->old.f[ORG_NAME], c->new.f[ORG_NAME]) || op->kind == OP_PUT) && !says_stub(op)) {
		change_clear(c, ORG_STUB);
	}
	if ((rc = unit_check(b, c, id, op->flags & OPF_STUBS, out_make_parent)) != RC_OK ||
	    (rc = aliases_check(b, c, id, org)) != RC_OK)
		return rc;
	return op->flags & OPF_ADD_CONTACT ? contact_join(b, op, c) : RC_OK;
}

enum rc org_new(struct batch *b, struct change *c, struct view id, uint32_t *out)
{
	struct op op = *c->op;
	bool make_parent;
	enum rc rc = orgid_check(id, "id", c->err);
	if (rc == RC_OK)
		rc = change_set_bytes(b, c, META_ID, id);
	if (rc == RC_OK)
		rc = org_check(b, c, &op, id, ORG_NONE, &make_parent);
	if (rc != RC_OK)
		return rc;
	*out = ++b->max_org;
	ids_new(b, id, *out);
	if (rec_has(&c->new, ORG_SUBTIER_ATTESTED_ON))
		held_later(b, *out);
	return record_write(b, *out, c, &b->bulk.orgs);
}

static enum rc org_delete(struct batch *b, struct op *op, struct change *c, uint32_t org);

/* A row of a vendor master: the supplier that the procurer's code already names, else a. */
static enum rc code_resolve(struct batch *b, struct op *op)
{
	uint32_t p, s;
	if (org_find(b->w, op->b, &p) == RC_OK && code_find(b->w, p, op->c, &s) == RC_OK)
		op->a = arena_copy(b->keep, org_id(b->w, s));
	op->b = op->c = (struct view){ 0 };
	op->flags &= (uint8_t)~OPF_BY_CODE;
	return op->a.p ? RC_OK : RC_NOMEM;
}

enum rc apply_org(struct batch *b, struct op *op, struct op_result *res, struct err *e)
{
	struct change c = { .op = op, .res = res, .err = e };
	uint32_t org = ORG_NONE, parent;
	struct view stored = { 0 }, id;
	bool make_parent = false;
	uint8_t key[4];

	if ((op->flags & OPF_BY_CODE) && code_resolve(b, op) != RC_OK)
		return RC_NOMEM;
	id = op->a;
	enum rc rc = orgid_check(op->a, "id", e);
	if (rc != RC_OK)
		return op->kind == OP_DELETE ? err_set(e, RC_NOT_FOUND, NULL, "organisation '%.*s'",
						       (int)op->a.n, (const char *)op->a.p) : rc;
	rc = org_find(b->w, op->a, &org);
	if (rc == RC_OK) {
		be32_put(key, org);
		rc = txn_get(b->w, DB_ORG, view_of(key, 4), &stored);
	}
	if ((rc = change_begin(b, &c, ENT_ORG, rc, stored)) != RC_OK)
		return rc;
	if (c.exists) {
		id = c.old.f[META_ID];
		if (op->kind == OP_PUT && !view_eq(id, op->a))
			return err_set(e, RC_ID_TAKEN, "id", "%.*s", (int)op->a.n, (const char *)op->a.p);
	} else if ((rc = change_set_bytes(b, &c, META_ID, id)) != RC_OK) {
		return rc;
	}
	res->key[0] = org;
	if (op->kind == OP_DELETE)
		return org_delete(b, op, &c, org);
	if ((rc = org_check(b, &c, op, id, org, &make_parent)) != RC_OK)
		return rc;
	if (change_is_none(b, &c))
		return RC_OK;
	if (make_parent && (rc = stub_make(b, orgid_parent(id), &parent)) != RC_OK)
		return rc;
	res->changed = true;
	res->created = !c.exists;
	rc = org_write(b, &c, id, org);
	if (!c.exists)
		res->key[0] = b->max_org;
	return rc;
}

static enum rc stub_make(struct batch *b, struct view id, uint32_t *out)
{
	struct op op = { .kind = OP_MERGE, .ent = ENT_ORG, .flags = OPF_STUBS, .a = id };
	struct change c = { .op = &op };
	uint8_t yes = 1;
	uint32_t parent;
	enum rc rc = change_begin(b, &c, ENT_ORG, RC_NOT_FOUND, (struct view){ 0 });

	if (rc == RC_OK && orgid_parent(id).n) {
		rc = change_set_int(b, &c, ORG_KIND, KIND_SITE);
		if (rc == RC_OK)
			rc = change_set_bytes(b, &c, ORG_PARENT, orgid_parent(id));
		if (rc == RC_OK && org_find(b->w, orgid_parent(id), &parent) != RC_OK)
			rc = stub_make(b, orgid_parent(id), &parent);
	}
	if (rc == RC_OK)
		rc = change_set_bytes(b, &c, META_ID, id);
	if (rc == RC_OK)
		rc = change_set_bytes(b, &c, ORG_NAME, id);
	if (rc == RC_OK)
		rc = change_set_bytes(b, &c, ORG_STUB, view_of(&yes, 1));
	if (rc == RC_OK)
		rc = org_write(b, &c, id, ORG_NONE);
	*out = b->max_org;
	return rc;
}

enum rc stub_check(struct batch *b, struct view id, const char *field, struct err *e)
{
	uint32_t parent;
	struct view of_id = orgid_parent(id);
	enum rc rc = orgid_check(id, field, e);
	if (rc == RC_OK && of_id.n && org_find(b->w, of_id, &parent) == RC_OK &&
	    !view_eq(org_id(b->w, parent), of_id))
		return err_set(e, RC_BAD_PARENT, field, ALIAS_OF_PARENT);
	return rc;
}

enum rc org_resolve(struct batch *b, struct view id, bool may_make, uint32_t *out, struct op_result *res)
{
	enum rc rc = org_find(b->w, id, out);
	if (rc != RC_NOT_FOUND || !may_make)
		return rc;
	res->warnings |= WARN_STUB_MADE;
	return stub_make(b, id, out);
}

enum rc org_resolve_checked(struct batch *b, struct view id, const char *field, uint32_t *out,
			    struct op_result *res, struct err *e)
{
	enum rc rc = stub_check(b, id, field, e);
	return rc == RC_OK ? org_resolve(b, id, true, out, res) : rc;
}

/* ---- delete ---- */

static bool has_any(struct txn *t, enum db db, uint32_t org)
{
	uint8_t key[4];
	AUTO_CUR struct cur c;
	be32_put(key, org);
	cur_open(&c, t, db);
	return cur_ge(&c, view_of(key, 4)) && cur_in(&c, view_of(key, 4));
}

static enum rc links_remove(struct batch *b, uint32_t org, bool as_procurer)
{
	AUTO_FREE uint32_t *list = NULL;
	size_t n = 0;
	struct rec r;
	enum rc rc = as_procurer ? link_suppliers(b->w, org, &list, &n) : link_procurers(b->w, org, &list, &n);
	for (size_t i = 0; i < n && rc == RC_OK; i++) {
		uint32_t p = as_procurer ? org : list[i], s = as_procurer ? list[i] : org;
		struct view bytes;
		rc = batch_link_bytes(b, p, s, &bytes);
		if (rc == RC_OK) {
			bytes = arena_copy(b->arena, bytes);
			rc = bytes.p && rec_decode(&r, bytes) ? RC_OK : RC_NOMEM;
		}
		if (rc == RC_OK)
			link_remove(b, p, s, &r);
		else if (rc == RC_NOT_FOUND) /* an edit of this batch already removed it */
			rc = RC_OK;
	}
	return rc;
}

/* Certificates, or drills. */
static void named_clear(struct batch *b, enum ent ent, enum db db, uint32_t org)
{
	uint8_t key[4];
	be32_put(key, org);
	for (;;) {
		struct view k;
		{
			AUTO_CUR struct cur c;
			cur_open(&c, b->w, db);
			if (!cur_ge(&c, view_of(key, 4)) || !cur_in(&c, view_of(key, 4)))
				return;
			k = arena_copy(b->arena, c.key);
		}
		if (!k.p)
			txn_fail(b->w, RC_NOMEM);
		record_drop(b, ent, db, k);
		if (txn_rc(b->w) != RC_OK)
			return;
	}
}

static void prefix_clear(struct batch *b, enum db db, uint32_t org)
{
	uint8_t key[4];
	be32_put(key, org);
	for (;;) {
		AUTO_CUR struct cur c;
		cur_open(&c, b->w, db);
		if (!cur_ge(&c, view_of(key, 4)) || !cur_in(&c, view_of(key, 4)))
			return;
		cur_del(&c);
		if (txn_rc(b->w) != RC_OK)
			return;
	}
}

/* Grants that name the organisation as viewer go with it. */
static enum rc grants_drop(struct batch *b, uint32_t viewer)
{
	uint8_t key[4];
	AUTO(buf_done) struct buf pairs = BUF_INIT;
	be32_put(key, viewer);
	{
		AUTO_CUR struct cur c;
		cur_open(&c, b->w, DB_GRANT);
		for (bool ok = cur_ge(&c, view_of(key, 4)); ok && cur_in(&c, view_of(key, 4)); ok = cur_next(&c))
			buf_add(&pairs, (const uint8_t *)c.key.p + 4, 8);
	}
	for (size_t i = 0; i + 8 <= pairs.n; i += 8) {
		enum rc rc = link_drop_viewer(b, be32_get(pairs.p + i), be32_get(pairs.p + i + 4), viewer);
		if (rc != RC_OK)
			return rc;
	}
	prefix_clear(b, DB_GRANT, viewer);
	return buf_ok(&pairs) ? RC_OK : RC_NOMEM;
}

static enum rc org_forget(struct batch *b, struct change *c, uint32_t org)
{
	uint8_t key[4];
	be32_put(key, org);
	ids_forget(b);
	enum rc rc = grants_drop(b, org);
	if (rc != RC_OK)
		return rc;
	held_note(b, org);
	named_clear(b, ENT_CERT, DB_CERT, org);
	named_clear(b, ENT_DRILL, DB_DRILL, org);
	steps_clear(b->w, org);
	prefix_clear(b, DB_HISTORY, org);
	targets_forget(b, org);
	txn_del(b->w, DB_FIGURES, view_of(key, 4));
	if (rec_has(&c->old, ORG_CONTACTS))
		personal_wipe(b->w, c->old.f[ORG_CONTACTS]);
	org_names(b, org, &c->old, false);
	past_keep(b, ENT_ORG, view_of(key, 4), c->old_bytes);
	txn_del(b->w, DB_ORG, view_of(key, 4));
	return name_edit_add(&b->names, org, NULL) ? txn_rc(b->w) : RC_NOMEM;
}

static enum rc units_delete(struct batch *b, struct op *op, const struct buf *units)
{
	for (size_t i = 0; i < units->n; i += 4) {
		uint32_t u;
		uint8_t key[4];
		struct view stored;
		memcpy(&u, units->p + i, 4);
		be32_put(key, u);
		struct op sub = { .kind = OP_DELETE, .ent = ENT_ORG, .flags = op->flags };
		struct op_result res = { 0 };
		struct change c = { .op = &sub, .res = &res, .err = NULL };
		enum rc rc = txn_get(b->w, DB_ORG, view_of(key, 4), &stored);
		if ((rc = change_begin(b, &c, ENT_ORG, rc, stored)) != RC_OK ||
		    (rc = org_delete(b, &sub, &c, u)) != RC_OK)
			return rc;
	}
	return buf_ok(units) ? RC_OK : RC_NOMEM;
}

static enum rc org_delete(struct batch *b, struct op *op, struct change *c, uint32_t org)
{
	AUTO(buf_done) struct buf units = BUF_INIT;
	adj_flush(b->w, &b->edits); /* the lists below must know this batch's links */
	units_of(b->w, c->old.f[META_ID], &units);
	AUTO_FREE uint32_t *up = NULL;
	size_t n_up = 0;
	enum rc rc = link_procurers(b->w, org, &up, &n_up);
	if (rc != RC_OK)
		return rc;
	if (!(op->flags & OPF_CASCADE) && (units.n || n_up || has_any(b->w, DB_LINK, org)))
		return err_set(c->err, RC_HAS_LINKS, NULL, "%s", "");
	rc = units_delete(b, op, &units);
	if (rc == RC_OK)
		rc = links_remove(b, org, true);
	if (rc == RC_OK)
		rc = links_remove(b, org, false);
	if (rc == RC_OK)
		rc = org_forget(b, c, org);
	adj_flush(b->w, &b->edits);
	c->res->changed = rc == RC_OK;
	return rc;
}
