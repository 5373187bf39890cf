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

/* Who wrote the record last, and when; the log may have been compacted since. Who it was is told to those who see
 * everything and to its own. */
static void recorded_by_json(struct json *j, struct sight *s, const struct rec *r)
{
	uint64_t revision = (uint64_t)rec_int(r, META_REV, 0);
	struct log_head h = { 0 };
	bool known = revision && log_head(s->t, revision, &h) == RC_OK;

	json_key(j, "recorded_by");
	json_obj(j);
	json_key(j, "actor");
	if (known && sight_actor(s, revision))
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

static void key_count(struct json *j, const char *key, uint32_t n)
{
	json_key(j, key);
	if (n == UINT32_MAX)
		json_nil(j);
	else
		json_int(j, n);
}

static void counts_json(struct json *j, struct sight *s, uint32_t org, enum standing at)
{
	uint32_t suppliers, procurers;

	if (at == AT_OWN)
		link_active_counts(s->t, org, s->today, &suppliers, &procurers);
	else
		sight_counts(s, org, &suppliers, &procurers);
	key_count(j, "suppliers", suppliers);
	key_count(j, "procurers", procurers);
}

static void org_held_json(struct json *j, struct sight *s, uint32_t org, const struct shown *sh)
{
	int32_t until;

	key_int(j, "held", held_run(s->t, org, s->today, &until).level);
	if (!shows_member(sh, OM_HELD_UNTIL))
		return;
	json_key(j, "held_until");
	json_day(j, until);
}

/* What stands in place of one without a name. */
static void nameless_json(struct json *j, struct sight *s, uint32_t org, const struct org_sight *os)
{
	char room[PSEUDONYM_TEXT];

	key_str(j, "id", sight_id(s, org, true, os->viewer, room));
	json_key(j, "name");
	json_nil(j);
}

enum rc org_json(struct json *j, struct sight *s, uint32_t org, struct org_sight os, struct rec *out_rec)
{
	const struct shown *sh = &org_shown[os.at];
	struct rec r;
	enum rc rc = org_get(s->t, org, &r);

	if (rc)
		return rc;
	if (out_rec)
		*out_rec = r;
	json_obj(j);
	if (os.at <= AT_ANONYMOUS)
		nameless_json(j, s, org, &os);
	else
		key_str(j, "id", org_id(s->t, org));
	if (shows(sh, ORG_KIND))
		default_enum(j, ENT_ORG, &r, ORG_KIND);
	entity_fields_json(j, s->t, ENT_ORG, &r, ~sh->fields | BIT(ORG_STUB) | BIT(ORG_KIND));
	if (shows_member(sh, OM_STUB))
		key_bool(j, "stub", rec_bool(&r, ORG_STUB) == 1);
	if (shows_member(sh, OM_HELD))
		org_held_json(j, s, org, sh);
	if (shows_member(sh, OM_COUNTS))
		counts_json(j, s, org, os.at);
	if (shows_member(sh, OM_RECORDED_BY))
		recorded_by_json(j, s, &r);
	json_obj_end(j);
	return txn_rc(s->t);
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

static void link_clauses_json(struct json *j, struct sight *s, const struct link_out *l)
{
	struct clause_view c;

	clauses_of_link(s->t, l->procurer, l->supplier, l->rec, l->tg->own_level, s->today, &c);
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

static void name_json(struct json *j, const char *key, struct sight *s, uint32_t org, bool hidden)
{
	json_key(j, key);
	if (hidden)
		json_nil(j);
	else
		json_strv(j, org_name(s->t, org));
}

/* What stands in place of the stored day and dependency for those whose link it is not. */
static void asked_json(struct json *j, const struct link_out *l, const struct level_result *lr, const struct shown *sh)
{
	int32_t due = lr->level ? link_due(l->tg, l->rec, lr) : DAY_NONE;
	bool defaulted;

	if (shows_member(sh, LM_DUE) && due != DAY_NONE) {
		json_key(j, "due");
		json_day(j, due);
	}
	if (shows_member(sh, LM_DEPENDENCY)) {
		json_key(j, "dependency");
		json_dec4(j, link_dependency(l->rec, &defaulted));
	}
}

/* What follows from the record today. */
static void link_members_json(struct json *j, struct sight *s, const struct link_out *l, const struct shown *sh)
{
	struct level_result lr;
	int held = held_on(s->t, l->supplier, s->today).level;
	bool active = link_active(l->rec, s->today);
	bool misfit = rec_int(l->rec, LINK_SCOPE_FIT, FIT_YES) == FIT_NO;

	level_of_link(l->tg, l->rec, &lr);
	if (shows_member(sh, LM_EFFECTIVE_LEVEL) ||
	    (shows_member(sh, LM_STATED_LEVEL) && lr.source == LEVEL_EXPLICIT))
		key_int(j, "effective_level", lr.level);
	asked_json(j, l, &lr, sh);
	if (shows_member(sh, LM_LEVEL_SOURCE))
		level_source_json(j, &lr);
	if (shows_member(sh, LM_HELD))
		key_int(j, "held", held);
	if (shows_member(sh, LM_GAP))
		key_bool(j, "gap", active && (held < lr.level || (lr.level > 0 && misfit)));
	if (shows_member(sh, LM_UNDECIDED))
		key_bool(j, "undecided", lr.undecided);
	if (shows_member(sh, LM_EXCEPTION))
		key_bool(j, "exception", lr.exception);
	if (shows_member(sh, LM_ACTIVE))
		key_bool(j, "active", active);
}

void link_json(struct json *j, struct sight *s, const struct link_out *l)
{
	const struct shown *sh = &link_shown[l->see.place];
	char room[2][PSEUDONYM_TEXT];

	json_obj(j);
	key_str(j, "procurer", sight_id(s, l->procurer, l->see.procurer_hidden, l->see.viewer, room[0]));
	key_str(j, "supplier", sight_id(s, l->supplier, l->see.supplier_hidden, l->see.viewer, room[1]));
	if (shows(sh, LINK_DISCLOSURE))
		default_enum(j, ENT_LINK, l->rec, LINK_DISCLOSURE);
	entity_fields_json(j, s->t, ENT_LINK, l->rec, ~sh->fields | BIT(LINK_DISCLOSURE));
	link_members_json(j, s, l, sh);
	if (l->listed || shows_member(sh, LM_NAMES)) {
		name_json(j, "procurer_name", s, l->procurer, l->see.procurer_hidden);
		name_json(j, "supplier_name", s, l->supplier, l->see.supplier_hidden);
	}
	if (!l->listed && shows_member(sh, LM_CLAUSES))
		link_clauses_json(j, s, l);
	if (shows_member(sh, LM_RECORDED_BY))
		recorded_by_json(j, s, l->rec);
	json_obj_end(j);
}

void cert_json(struct json *j, struct sight *s, const struct cert_out *c)
{
	const struct rec *r = c->rec;
	const struct shown *sh = &cert_shown[sight_cert(s, c->at, r)];

	json_obj(j);
	key_str(j, "org", org_id(s->t, c->org));
	key_str(j, "certificate", c->name);
	entity_fields_json(j, s->t, ENT_CERT, r,
			   ~sh->fields | BIT(CERT_STATUS) | BIT(CERT_SUSPENSIONS) | BIT(CERT_SCOPE) | BIT(CERT_EVIDENCE));
	if (shows(sh, CERT_SCOPE))
		default_enum(j, ENT_CERT, r, CERT_SCOPE);
	if (shows(sh, CERT_EVIDENCE))
		default_enum(j, ENT_CERT, r, CERT_EVIDENCE);
	if (shows_member(sh, CM_STATUS)) {
		json_key(j, "status");
		json_str(j, entity_enum_text(ENT_CERT, CERT_STATUS, cert_status_on(r, s->today)));
	}
	if (shows(sh, CERT_SUSPENSIONS)) {
		json_key(j, "suspensions");
		entity_periods_json(j, r->f[CERT_SUSPENSIONS]);
	}
	if (shows_member(sh, CM_IN_FORCE))
		key_bool(j, "in_force", cert_valid_on(r, s->today));
	if (shows_member(sh, CM_RECORDED_BY))
		recorded_by_json(j, s, r);
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

/* Clauses and targets are read by their owner alone. */
void clause_json(struct json *j, struct sight *s, const struct clause_out *c)
{
	struct rec none;

	rec_init(&none);
	json_obj(j);
	key_str(j, "procurer", org_id(s->t, c->procurer));
	key_str(j, "supplier", org_id(s->t, c->supplier));
	json_key(j, "no");
	json_str(j, clause_names[c->no]);
	clause_state_json(j, c->state, c->no);
	reasons_json(j, c->state->reasons[c->no]);
	entity_fields_json(j, s->t, ENT_CLAUSE, c->rec ? c->rec : &none, BIT(CLAUSE_STATUS));
	if (c->rec) {
		recorded_by_json(j, s, c->rec);
	} else {
		json_key(j, "recorded_by");
		json_nil(j);
	}
	json_obj_end(j);
}

void drill_json(struct json *j, struct sight *s, uint32_t org, struct view name, const struct rec *r)
{
	json_obj(j);
	key_str(j, "org", org_id(s->t, org));
	key_str(j, "drill", name);
	default_enum(j, ENT_DRILL, r, DRILL_KIND);
	entity_fields_json(j, s->t, ENT_DRILL, r, BIT(DRILL_KIND));
	recorded_by_json(j, s, r);
	json_obj_end(j);
}

void targets_json(struct json *j, struct sight *s, uint32_t org, const struct rec *r, const struct targets *tg)
{
	json_obj(j);
	key_str(j, "org", org_id(s->t, org));
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
	recorded_by_json(j, s, r);
	json_obj_end(j);
}
