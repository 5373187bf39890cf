/* entity_out.c - the views of the entities: what GET adds to the stored fields. */
#include "api/entity_out.h"

#include <sodium.h>
#include <stdio.h>

#include "base/pack.h"

#define BIT(id) ((uint64_t)1 << (id))

void entity_etag(uint64_t stored, struct view body, char out[48])
{
	static const uint8_t key[crypto_shorthash_KEYBYTES] = "tierwatch entity";
	static const char hex[] = "0123456789abcdef";
	uint8_t hash[crypto_shorthash_BYTES];
	char text[2 * sizeof(hash) + 1] = "";

	crypto_shorthash(hash, body.p, body.n, key);
	for (size_t i = 0; i < sizeof(hash); i++) {
		text[2 * i] = hex[hash[i] >> 4];
		text[2 * i + 1] = hex[hash[i] & 15];
	}
	snprintf(out, 48, "\"%llu.%s\"", (unsigned long long)stored, text);
}

static void key_str(struct json *j, const char *key, struct view v)
{
	json_key(j, key);
	json_strv(j, v);
}

static void key_bool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}

static void key_int(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

/* Who wrote the record last, and when; the log may have been compacted since. */
static void recorded_by_json(struct json *j, struct txn *t, const struct rec *r)
{
	uint64_t revision = (uint64_t)rec_int(r, META_REV, 0);
	struct log_head h = { 0 };
	bool known = revision && log_head(t, revision, &h) == RC_OK;

	json_key(j, "recorded_by");
	json_obj(j);
	json_key(j, "actor");
	if (known)
		json_strv(j, h.actor);
	else
		json_nil(j);
	json_key(j, "at");
	if (known)
		json_instant(j, h.at_ms);
	else
		json_nil(j);
	json_key(j, "revision");
	json_uint(j, revision);
	json_obj_end(j);
}

/* A field that has a default of its own stands always. */
static void default_enum(struct json *j, enum ent ent, const struct rec *r, unsigned id)
{
	const struct field *f = field_by_id(ent, (uint8_t)id);

	json_key(j, f->name);
	json_str(j, entity_enum_text(
			    ent, id,
			    rec_int(r, id,
				    ent == ENT_CERT && id == CERT_EVIDENCE ? EVIDENCE_WORD : 0)));
}

enum rc org_json(struct json *j, struct txn *t, uint32_t org, int32_t today, struct rec *out_rec)
{
	struct rec r;
	enum rc rc = org_get(t, org, &r);
	uint32_t suppliers, procurers;
	int32_t until;

	if (rc)
		return rc;
	if (out_rec)
		*out_rec = r;
	link_active_counts(t, org, today, &suppliers, &procurers);
	json_obj(j);
	key_str(j, "id", org_id(t, org));
	default_enum(j, ENT_ORG, &r, ORG_KIND);
	entity_fields_json(j, t, ENT_ORG, &r, BIT(ORG_STUB) | BIT(ORG_KIND));
	key_bool(j, "stub", rec_bool(&r, ORG_STUB) == 1);
	key_int(j, "held", held_run(t, org, today, &until).level);
	json_key(j, "held_until");
	json_day(j, until);
	key_int(j, "suppliers", suppliers);
	key_int(j, "procurers", procurers);
	recorded_by_json(j, t, &r);
	json_obj_end(j);
	return txn_rc(t);
}

static void level_source_json(struct json *j, const struct level_result *lr)
{
	static const char *const kinds[] = { "none", "explicit", "rule" };

	json_key(j, "level_source");
	json_obj(j);
	json_key(j, "kind");
	json_str(j, kinds[lr->source]);
	if (lr->source == LEVEL_RULE)
		key_int(j, "rule", lr->rule);
	json_obj_end(j);
}

static void clause_state_json(struct json *j, const struct clause_view *c, unsigned no)
{
	static const char *const names[] = { "missing", "drafted", "agreed", "waived" };

	json_key(j, "status");
	json_str(j, names[c->status[no]]);
	key_bool(j, "due", c->state[no] == CS_GAP || c->state[no] == CS_FINE);
	key_bool(j, "gap", c->state[no] == CS_GAP);
	key_bool(j, "undetermined", c->state[no] == CS_UNDETERMINED);
	key_bool(j, "late", c->late[no]);
}

static void link_clauses_json(struct json *j, struct txn *t, const struct link_out *l)
{
	struct clause_view c;

	clauses_of_link(t, l->procurer, l->supplier, l->rec, l->tg->own_level, l->today, &c);
	json_key(j, "clauses");
	json_obj(j);
	for (unsigned no = 0; no < CL__COUNT; no++) {
		json_key(j, clause_names[no]);
		json_obj(j);
		clause_state_json(j, &c, no);
		json_obj_end(j);
	}
	json_obj_end(j);
}

void link_json(struct json *j, struct txn *t, const struct link_out *l)
{
	struct level_result lr;
	int held = held_on(t, l->supplier, l->today).level;
	bool active = link_active(l->rec, l->today);
	bool misfit = rec_int(l->rec, LINK_SCOPE_FIT, FIT_YES) == FIT_NO;

	level_of_link(l->tg, l->rec, &lr);
	json_obj(j);
	key_str(j, "procurer", org_id(t, l->procurer));
	key_str(j, "supplier", org_id(t, l->supplier));
	default_enum(j, ENT_LINK, l->rec, LINK_DISCLOSURE);
	entity_fields_json(j, t, ENT_LINK, l->rec, BIT(LINK_DISCLOSURE));
	key_int(j, "effective_level", lr.level);
	level_source_json(j, &lr);
	key_int(j, "held", held);
	key_bool(j, "gap", active && (held < lr.level || (lr.level > 0 && misfit)));
	key_bool(j, "undecided", lr.undecided);
	key_bool(j, "exception", lr.exception);
	key_bool(j, "active", active);
	if (l->listed) {
		key_str(j, "procurer_name", org_name(t, l->procurer));
		key_str(j, "supplier_name", org_name(t, l->supplier));
	} else {
		link_clauses_json(j, t, l);
	}
	recorded_by_json(j, t, l->rec);
	json_obj_end(j);
}

void cert_json(struct json *j, struct txn *t, uint32_t org, struct view cert, const struct rec *r,
	       int32_t today)
{
	json_obj(j);
	key_str(j, "org", org_id(t, org));
	key_str(j, "certificate", cert);
	entity_fields_json(j, t, ENT_CERT, r,
			   BIT(CERT_STATUS) | BIT(CERT_SUSPENSIONS) | BIT(CERT_SCOPE) |
				   BIT(CERT_EVIDENCE));
	default_enum(j, ENT_CERT, r, CERT_SCOPE);
	default_enum(j, ENT_CERT, r, CERT_EVIDENCE);
	json_key(j, "status");
	json_str(j, entity_enum_text(ENT_CERT, CERT_STATUS, cert_status_on(r, today)));
	json_key(j, "suspensions");
	entity_periods_json(j, r->f[CERT_SUSPENSIONS]);
	key_bool(j, "in_force", cert_valid_on(r, today));
	recorded_by_json(j, t, r);
	json_obj_end(j);
}

static void reasons_json(struct json *j, unsigned bits)
{
	json_key(j, "reasons");
	json_arr(j);
	for (unsigned i = 0; i < 6; i++)
		if (bits >> i & 1)
			json_str(j, clause_reason_names[i]);
	json_arr_end(j);
}

void clause_json(struct json *j, struct txn *t, uint32_t procurer, uint32_t supplier,
		 enum clause_no no, const struct rec *r, const struct clause_view *state)
{
	struct rec none;

	rec_init(&none);
	json_obj(j);
	key_str(j, "procurer", org_id(t, procurer));
	key_str(j, "supplier", org_id(t, supplier));
	json_key(j, "no");
	json_str(j, clause_names[no]);
	clause_state_json(j, state, no);
	reasons_json(j, state->reasons[no]);
	entity_fields_json(j, t, ENT_CLAUSE, r ? r : &none, BIT(CLAUSE_STATUS));
	if (r) {
		recorded_by_json(j, t, r);
	} else {
		json_key(j, "recorded_by");
		json_nil(j);
	}
	json_obj_end(j);
}

void targets_json(struct json *j, struct txn *t, uint32_t org, const struct rec *r,
		  const struct targets *tg)
{
	json_obj(j);
	key_str(j, "org", org_id(t, org));
	key_int(j, "own_level", tg->own_level);
	json_key(j, "rules");
	entity_rules_json(j, tg->rules, tg->n_rules);
	json_key(j, "tiers");
	entity_tiers_json(j, r->f[TARGETS_TIERS]);
	if (tg->due != DAY_NONE) {
		json_key(j, "due");
		json_day(j, tg->due);
	}
	key_int(j, "depth", tg->depth);
	key_bool(j, "default_rules", tg->metis_tree);
	recorded_by_json(j, t, r);
	json_obj_end(j);
}
