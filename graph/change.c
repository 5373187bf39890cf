/* change.c - what an op makes of a record: the same for every entity. */
#include "base/util.h"
#include "graph/state.h"

/* Fields that a replacing PUT must not lose: they are not the client's to write. */
static void keep_readonly(struct change *c, enum ent ent)
{
	for (size_t i = 0; i < entities[ent].n_fields; i++) {
		const struct field *f = &entities[ent].fields[i];
		if (f->flags & FF_READONLY)
			c->new.f[f->id] = c->old.f[f->id];
	}
	for (unsigned id = META_ID; id <= META_CREATED; id++)
		c->new.f[id] = c->old.f[id];
}

/* Values that mean the same as an absent field are not stored, so that writing back what was read is
 * no change. */
static bool is_default(enum ent ent, unsigned id, struct view v)
{
	static const struct {
		enum ent ent;
		unsigned id;
		int value;
	} defaults[] = {
		{ ENT_ORG, ORG_KIND, KIND_ENTITY },
		{ ENT_LINK, LINK_DISCLOSURE, DISC_UPSTREAM },
		{ ENT_CERT, CERT_SCOPE, SCOPE_ENTITY },
		{ ENT_CERT, CERT_EVIDENCE, EVIDENCE_WORD },
		{ ENT_DRILL, DRILL_KIND, DRILL_DRILL },
		{ ENT_TARGETS, TARGETS_OWN_LEVEL, OWN_LEVEL_DEFAULT },
		{ ENT_TARGETS, TARGETS_DEPTH, DEPTH_DEFAULT },
	};
	if (ent == ENT_TARGETS && id == TARGETS_RULES)
		return v.n && rules_are_metis(v);
	for (size_t i = 0; i < ARRAY_LEN(defaults); i++) {
		if (defaults[i].ent == ent && defaults[i].id == id && v.n) {
			struct rd rd = rd_of(v);
			return rd_svarint(&rd) == defaults[i].value;
		}
	}
	return false;
}

static enum rc set_fields(struct change *c, enum ent ent)
{
	struct rd rd = rd_of(c->op->fields);
	unsigned id;
	struct view v;
	bool bad = false;
	while (fl_next(&rd, &id, &v, &bad)) {
		const struct field *f = field_by_id(ent, (uint8_t)id);
		if (!f)
			return err_set(c->err, RC_UNKNOWN_FIELD, NULL, "%u", id);
		if (v.p) {
			enum rc rc = field_check(f, v, c->err);
			if (rc != RC_OK)
				return rc;
		}
		/* an empty text says no more than an absent one */
		c->new.f[id] = v.n && !is_default(ent, id, v) ? v : (struct view){ 0 };
		if (v.p && !v.n && (f->type == FT_RULES || f->type == FT_JSON))
			c->new.f[id] = v; /* an empty list of rules is not METI's tree */
	}
	return bad ? err_set(c->err, RC_INTERNAL, NULL, "field list") : RC_OK;
}

enum rc change_begin(struct batch *b, struct change *c, enum ent ent, enum rc found, struct view stored)
{
	rec_init(&c->old);
	c->exists = found == RC_OK;
	if (found != RC_OK && found != RC_NOT_FOUND)
		return found;
	if (c->exists) {
		c->old_bytes = arena_copy(b->arena, stored);
		if (!c->old_bytes.p)
			return RC_NOMEM;
		if (!rec_decode(&c->old, c->old_bytes))
			return err_set(c->err, RC_DAMAGED, NULL, "a %s record", entities[ent].name);
	}
	if (c->op->if_match && (!c->exists || (uint64_t)rec_int(&c->old, META_REV, 0) != c->op->if_match))
		return err_set(c->err, RC_PRECONDITION, NULL, "%s", "");
	if (c->exists && (c->op->flags & OPF_MUST_NOT_EXIST))
		return err_set(c->err, RC_PRECONDITION, NULL, "%s", "");
	if (!c->exists && (c->op->kind == OP_DELETE || (c->op->flags & OPF_MUST_EXIST)))
		return err_set(c->err, RC_NOT_FOUND, NULL, "such %s", entities[ent].name);
	if (c->op->kind == OP_PUT) {
		rec_init(&c->new);
		keep_readonly(c, ent);
	} else {
		c->new = c->old;
	}
	return c->op->kind == OP_DELETE ? RC_OK : set_fields(c, ent);
}

enum rc change_fresh(struct change *c, const struct op *op, enum ent ent, struct op_result *res, struct err *e)
{
	c->op = op;
	c->res = res;
	c->err = e;
	rec_init(&c->new); /* old stays empty */
	return set_fields(c, ent);
}

bool change_is_none(struct batch *b, struct change *c)
{
	(void)b;
	if (!c->exists)
		return false;
	for (unsigned id = 0; id < META_REV; id++) {
		if ((c->old.f[id].p != NULL) != (c->new.f[id].p != NULL) ||
		    !view_eq(c->old.f[id], c->new.f[id]))
			return false;
	}
	return true;
}

enum rc change_set_bytes(struct batch *b, struct change *c, unsigned id, struct view v)
{
	struct view copy = arena_copy(b->arena, v);
	if (!copy.p)
		return RC_NOMEM;
	c->new.f[id] = copy;
	return RC_OK;
}

enum rc change_set_int(struct batch *b, struct change *c, unsigned id, int64_t v)
{
	uint8_t tmp[10];
	return change_set_bytes(b, c, id, view_of(tmp, varint_put(tmp, zigzag(v))));
}

struct view change_bytes(struct batch *b, struct change *c)
{
	struct buf *out = &b->bulk.record; /* used again by every op */
	if (c->exists && !rec_has(&c->new, META_CREATED)) {
		c->new.f[META_CREATED] = c->old.f[META_REV];
	}
	if (change_set_int(b, c, META_REV, (int64_t)b->new_revision) != RC_OK)
		return (struct view){ 0 };
	buf_clear(out);
	rec_encode(&c->new, out);
	return buf_ok(out) ? buf_view(out) : (struct view){ 0 };
}
