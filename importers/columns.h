/*
 * columns.h - from headings to what the cells below them mean. Headings are English names
 * (docs/import.md) or Japanese ones (headings.def, graph/fields.def) in any order.
 */
#pragma once

#include "graph/contacts.h"
#include "importers/csv.h"
#include "importers/import.h"

enum column_role {
	ROLE_NONE,	  /* empty heading, or unknown and to be ignored */
	ROLE_FIELD,	  /* a field of the kind's entity */
	ROLE_ORG,	  /* the organisation that the row is about */
	ROLE_PROCURER,
	ROLE_SUPPLIER_ID,
	ROLE_CODE,	  /* the procurer's code of the supplier, where it is no field */
	ROLE_SUPPLIER,	  /* a field of the supplier, in a file of links */
	ROLE_CERTIFICATE,
	ROLE_CLAUSE,
	ROLE_CONTACT
};

struct column {
	enum column_role role;
	const char *name;	   /* canonical; NULL: ROLE_NONE */
	const struct field *field; /* ROLE_FIELD, ROLE_SUPPLIER */
	enum contact_part part;	   /* ROLE_CONTACT */
};

/* What a header row says. */
struct columns {
	enum import_kind kind;
	enum ent ent;
	struct column col[CSV_COLUMNS_MAX];
	unsigned n;
	int of_role[ROLE_CONTACT + 1]; /* first column with the role, -1: none */
	int supplier_code;	       /* column, -1: none */
};

enum ent columns_ent(enum import_kind kind);
/* How many of the headings a file of this kind may have; for telling kinds and delimiters. */
unsigned columns_known(enum import_kind kind, const struct view *headings, unsigned n);
/* The kind whose columns fit best; IK_AUTO: none fits. *out_known as columns_known(). */
enum import_kind columns_guess(const struct view *headings, unsigned n, unsigned *out_known);
/* RC_UNKNOWN_COLUMN (unless ignore_unknown; e->arg names them all), RC_DUPLICATE_COLUMN,
 * RC_MISSING_COLUMN (a key; procurer: whether rows need none of their own). */
MUST_USE enum rc columns_read(struct columns *c, enum import_kind kind, const struct view *headings,
			      unsigned n, bool ignore_unknown, bool procurer, struct err *e);
/* Every heading, for docs and tests: canonical column and one accepted heading. False: the table
 * could not be made. */
typedef void column_visit(void *arg, enum import_kind kind, const char *column, const char *heading);
bool columns_each(column_visit *visit, void *arg);
