/*
 * field.h - the table of fields (fields.def) and records: sparse lists of typed fields.
 *
 * A value's bytes: BOOL u8; INT, ENUM, DATE, DEC4 zigzag varint; STR, ORG text; STRS varint
 * length + bytes each; DATES zigzag varint each (sorted, unique); PERIODS two zigzag varints each
 * (DAY_NONE: open); GRANTS varint length + viewer id, u8 form (enum grant_form), zigzag until
 * (DAY_NONE: open) each; JSON compact JSON text; CONTACTS the 16-byte reference into PERSONAL (contacts.h);
 * RULES, TIERS see rules.h.
 * A record's bytes: u8 field id, varint length, value; ascending ids. A field list (in an op) is the
 * same with varint length + 1, where 0 clears the field.
 */
#pragma once

#include "base/buf.h"
#include "base/date.h"
#include "base/pack.h"

enum ent { ENT_ORG, ENT_LINK, ENT_CERT, ENT_CLAUSE, ENT_TARGETS, ENT_DRILL, ENT__COUNT };

enum field_type { FT_BOOL, FT_INT, FT_ENUM, FT_DATE, FT_DEC4, FT_STR, FT_ORG, FT_STRS, FT_DATES,
		  FT_PERIODS, FT_GRANTS, FT_JSON, FT_CONTACTS, FT_RULES, FT_TIERS };

enum { FF_CSV = 1, FF_READONLY = 2, FF_PERSONAL = 4,
       FF_TEXTS = 8 /* STRS: of any words; else identifiers */ };

struct enum_name {
	const char *name; /* as in JSON and CSV; NULL ends the list */
	const char *ja;   /* as in Japanese files */
};

struct field {
	uint8_t id;
	const char *name;
	enum field_type type;
	unsigned flags;
	int64_t min, max;
	const struct enum_name *names; /* FT_ENUM: value i is names[i] */
	const char *shape;             /* FT_JSON: "a:…" or "o:…" */
	const char *ja;                /* heading in Japanese files; "" where none */
	const char *doc;
};

struct entity {
	const char *name;        /* "org", "link", "certificate", "clause", "targets", "drill" */
	const struct field *fields;
	size_t n_fields;
};
extern const struct entity entities[ENT__COUNT];

const struct field *field_by_name(enum ent e, struct view name); /* NULL: none */
const struct field *field_by_id(enum ent e, uint8_t id);
int field_enum_value(const struct field *f, struct view name); /* JSON names; -1: none */
/* RC_BAD_VALUE that names the choices there are; with_ja: also as Japanese files write them. */
enum rc field_enum_refuse(const struct field *f, struct view v, const char *pointer, bool with_ja,
			  struct err *e);

/* Field ids: ORG_NAME, LINK_DUE, CERT_LEVEL, CLAUSE_STATUS, TARGETS_RULES, … */
enum {
#define F(ent, sym, id, name, type, flags, min, max, names, ja, doc) ent##_##sym = id,
#include "graph/fields.def"
#undef F
	META_ID = 61,      /* organisations: the canonical id */
	META_REV = 62,     /* revision of the last stored change */
	META_CREATED = 63, /* revision that made the record; absent: the same */
	REC_FIELDS = 64
};

enum kind { KIND_ENTITY, KIND_DIVISION, KIND_SITE };
enum relation { RELATION_BUSINESS, RELATION_IT_SERVICE };
enum criticality { CRIT_HIGH, CRIT_MEDIUM, CRIT_LOW };
enum disclosure { DISC_UPSTREAM, DISC_ANONYMOUS, DISC_PRIVATE };
enum grant_form { GRANT_NAMED, GRANT_ANONYMOUS };
enum scope_fit { FIT_YES, FIT_PARTLY, FIT_NO, FIT_UNKNOWN };
enum cert_status { CERT_VALID, CERT_SUSPENDED, CERT_REVOKED };
enum cert_scope { SCOPE_ENTITY, SCOPE_UNIT };
enum evidence { EVIDENCE_REGISTRY, EVIDENCE_COPY, EVIDENCE_WORD };
enum clause_status { CLAUSE_MISSING, CLAUSE_DRAFTED, CLAUSE_AGREED, CLAUSE_WAIVED };
enum drill_kind { DRILL_DRILL, DRILL_INCIDENT };
enum clause_result { RESULT_OK, RESULT_FINDINGS, RESULT_FAILED };
/* Clause numbers as stored: the order in which they are listed. */
enum clause_no { CL_2_1_1, CL_2_1_2, CL_2_1_3, CL_2_1_4, CL_2_1_5, CL_3_1_3, CL__COUNT };
extern const char *const clause_names[CL__COUNT];
int clause_no_parse(struct view v); /* -1: none; also takes 2_1_1 and full-width dashes folded before */

/* A record decoded: views into its bytes; .p NULL where absent. */
struct rec {
	struct view f[REC_FIELDS];
};
void rec_init(struct rec *r);
bool rec_decode(struct rec *r, struct view bytes); /* false: damaged */
void rec_encode(const struct rec *r, struct buf *out);
static inline bool rec_has(const struct rec *r, unsigned id) { return r->f[id].p != NULL; }
int64_t rec_int(const struct rec *r, unsigned id, int64_t def);
int32_t rec_day(const struct rec *r, unsigned id); /* DAY_NONE: absent */
int rec_bool(const struct rec *r, unsigned id);    /* 1, 0, -1 absent */
static inline struct view rec_str(const struct rec *r, unsigned id) { return r->f[id]; }

/* Writing field lists (for ops): */
void fl_clear(struct buf *b, unsigned id);
void fl_bytes(struct buf *b, unsigned id, struct view v);
void fl_int(struct buf *b, unsigned id, int64_t v); /* INT, ENUM, DATE, DEC4 */
void fl_bool(struct buf *b, unsigned id, bool v);
/* Reading them: false at the end or, with *bad set, on damage. clear: out_v->p is NULL. */
bool fl_next(struct rd *r, unsigned *out_id, struct view *out_v, bool *bad);
/* Checks a value's bytes against its field (type, bounds, enum range, UTF-8, length, id form). */
MUST_USE enum rc field_check(const struct field *f, struct view v, struct err *e);
