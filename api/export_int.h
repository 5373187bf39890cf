/* export_int.h - inside of the exports: what is remembered between the steps, and how a row is written. */
#pragma once

#include "api/place.h"
#include "api/request.h"
#include "base/orgid.h"
#include "graph/contacts.h"

#define NAME_MAX_BYTES 512

enum kind_out { KO_ORGS, KO_LINKS, KO_CERTIFICATES, KO_CLAUSES, KO_CONTACTS, KO__COUNT };
extern const char *const export_names[KO__COUNT];

/* A column, looked up once. */
struct column {
	struct view name;
	const struct field *field; /* NULL: no field of the entity */
};

#define COLUMNS_MAX 32

struct exporting {
	struct stream s; /* first */
	enum kind_out kind;
	size_t n_columns;
	struct column columns[COLUMNS_MAX];
	bool csv, bom, begun;
	/* behind which the next step goes on */
	char org[ORGID_MAX + 1]; /* done with, and all before it */
	size_t org_n;
	char inner_org[ORGID_MAX + 1]; /* under way */
	size_t inner_org_n;
	uint32_t supplier;
	char cert[NAME_MAX_BYTES];
	size_t cert_n;
	/* a bound caller's organisations, in id order, and how many are done with */
	bool bound;
	struct identity who;
	uint32_t *orgs;
	size_t n_orgs, at;
	/* this step */
	const struct shown *shown; /* of the organisation under way, as far as it is one that is exported */
	struct txn *t;
	struct buf *out;
	size_t visited;
	bool stopped;
};

/* One row's keys and record: what the columns are filled from. */
struct row {
	const struct rec *rec;
	struct view key[2]; /* id; procurer, supplier; org, certificate */
	const char *no;
	const struct contact *contact;
};

void export_columns(struct exporting *x); /* looks them up; begins a CSV file */
void export_head(struct exporting *x);
void export_row(struct exporting *x, const struct row *row);
