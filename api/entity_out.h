/*
 * entity_out.h - the stored entities as the API shows them: their fields from the one field table,
 * then what is derived from them today, both as far as the caller may see them (place.h). Fields that are
 * absent are left out; derived ones always stand. Every function writes one JSON object.
 */
#pragma once

#include "api/sight.h"
#include "base/json_out.h"
#include "graph/answers.h"

/* As it stands for a caller who stands there (not AT_NONE). *out_rec (may be NULL): its record. RC_NOT_FOUND, hard
 * errors of the transaction. */
MUST_USE enum rc org_json(struct json *j, struct sight *s, uint32_t org, struct org_sight os,
			  struct rec *out_rec);

/* One link; tg: the procurer's targets; see: not PLACE_NONE. */
struct link_out {
	uint32_t procurer, supplier;
	const struct rec *rec;
	const struct targets *tg;
	struct link_sight see;
	bool listed; /* in a list: names are added, clauses left out */
};
void link_json(struct json *j, struct sight *s, const struct link_out *l);

/* at: where the caller stands at the organisation, AT_BELOW at the least. */
struct cert_out {
	uint32_t org;
	enum standing at;
	struct view name;
	const struct rec *rec;
};
void cert_json(struct json *j, struct sight *s, const struct cert_out *c);
/* rec: NULL where nothing was written. state: of all clauses of the link. */
struct clause_out {
	uint32_t procurer, supplier;
	enum clause_no no;
	const struct rec *rec;
	const struct clause_view *state;
};
void clause_json(struct json *j, struct sight *s, const struct clause_out *c);
/* Read by its owner alone, as clauses and targets are. */
void drill_json(struct json *j, struct sight *s, uint32_t org, struct view name, const struct rec *r);
void targets_json(struct json *j, struct sight *s, uint32_t org, const struct rec *r, const struct targets *tg);

/* The fields alone: skip is a set of bits by field id (ids are below 60). */
void entity_fields_json(struct json *j, struct txn *t, enum ent ent, const struct rec *r,
			uint64_t skip);
/* "STORED.DERIVED" with its quotes: the record's revision and a hash of the body. */
void entity_etag(uint64_t stored, struct view body, char out[48]);

/* One field's value. t: where contacts are looked up. */
void entity_value_json(struct json *j, struct txn *t, enum ent ent, const struct field *f, struct view v);
/* Pieces that the views share with it (entity_fields.c). */
const char *entity_enum_text(enum ent ent, unsigned id, int64_t v); /* NULL: no such value */
/* ref: what a record keeps in place of its contacts; erased ones are an empty list. */
void entity_contacts_json(struct json *j, struct txn *t, struct view ref);
struct contact;
void entity_contact_json(struct json *j, const struct contact *c);
void entity_periods_json(struct json *j, struct view v);
void entity_rules_json(struct json *j, const struct rule *rules, unsigned n);
void entity_tiers_json(struct json *j, struct view v);
