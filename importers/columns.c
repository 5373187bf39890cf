/* columns.c - matching headings. Invariant: within a kind every heading leads to one column. */
#include "importers/columns.h"

#include <pthread.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/text.h"
#include "base/util.h"
#include "importers/value.h"

#define HEADING_MAX 256 /* bytes; longer ones are no known heading */

struct key {
	enum import_kind kind;
	const char *name;
	enum column_role role;
	int arg;
	const char *ja;
};

static const struct key keys[] = {
#define KEY(kind, name, role, arg, ja) { IK_##kind, name, ROLE_##role, arg, ja },
#define ALSO(kind, name, heading)
#include "importers/headings.def"
#undef KEY
#undef ALSO
};

static const struct {
	enum import_kind kind;
	const char *name, *heading;
} also[] = {
#define KEY(kind, name, role, arg, ja)
#define ALSO(kind, name, heading) { IK_##kind, name, heading },
#include "importers/headings.def"
#undef KEY
#undef ALSO
};

enum ent columns_ent(enum import_kind kind)
{
	switch ((int)kind) {
	case IK_LINKS:
		return ENT_LINK;
	case IK_CERTIFICATES:
		return ENT_CERT;
	case IK_CLAUSES:
		return ENT_CLAUSE;
	default:
		return ENT_ORG;
	}
}

static bool is_column(const struct field *f)
{
	switch ((int)f->type) {
	case FT_PERIODS:
	case FT_GRANTS:
	case FT_JSON:
	case FT_CONTACTS:
	case FT_RULES:
	case FT_TIERS:
		return false;
	default:
		return !(f->flags & FF_READONLY);
	}
}

/* ---- folding ---- */

/* NFKC, lower case, hiragana as katakana, without blanks, '_', '-' and dots. NUL-ended in out. */
static bool fold(struct view heading, char out[HEADING_MAX])
{
	utf8proc_uint8_t *nfkc = NULL;
	utf8proc_ssize_t len;
	size_t n = 0;

	if (heading.n == 0 || heading.n >= HEADING_MAX)
		return false;
	len = utf8proc_map(heading.p, (utf8proc_ssize_t)heading.n, &nfkc,
			   UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
				   UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
	for (utf8proc_ssize_t i = 0; i < len;) {
		utf8proc_int32_t cp;
		utf8proc_ssize_t k = utf8proc_iterate(nfkc + i, len - i, &cp);

		if (k <= 0 || n + 4 >= HEADING_MAX) {
			len = -1;
			break;
		}
		i += k;
		if (cp <= ' ' || cp == '_' || cp == '-' || cp == '.' || cp == 0x30fb)
			continue;
		if (cp >= 0x3041 && cp <= 0x3096)
			cp += 0x60;
		n += (size_t)utf8proc_encode_char(cp, (utf8proc_uint8_t *)out + n);
	}
	free(nfkc);
	out[n] = '\0';
	return len >= 0 && n > 0;
}

/* ---- the table of headings ---- */

#define ENTRIES_MAX 800

struct entry {
	enum import_kind kind;
	const char *heading;
	char *folded;
	struct column column;
};

/* Written once under entries_once, then only read. */
static struct entry entries[ENTRIES_MAX];
static unsigned n_entries;
static bool entries_short; /* of memory */
static pthread_once_t entries_once = PTHREAD_ONCE_INIT;

static void add_entry(enum import_kind kind, const char *heading, const struct column *col)
{
	char folded[HEADING_MAX];
	char *copy;

	if (!heading[0] || !fold(view_str(heading), folded))
		return;
	copy = strdup(folded);
	if (!copy || n_entries == ENTRIES_MAX) {
		free(copy);
		entries_short = true;
		return;
	}
	entries[n_entries++] = (struct entry){ kind, heading, copy, *col };
}

static struct column key_column(const struct key *k)
{
	struct column c = { .role = k->role, .name = k->name };

	if (k->role == ROLE_SUPPLIER)
		c.field = field_by_id(ENT_ORG, (uint8_t)k->arg);
	if (k->role == ROLE_CONTACT)
		c.part = (enum contact_part)k->arg;
	return c;
}

static void add_also(enum import_kind kind, const char *name, const char *heading)
{
	for (unsigned i = 0; i < n_entries; i++) {
		if (entries[i].kind == kind && strcmp(entries[i].column.name, name) == 0) {
			add_entry(kind, heading, &entries[i].column);
			return;
		}
	}
	entries_short = true; /* headings.def names a column that is not there; a test sees it */
}

static void add_fields(enum import_kind kind)
{
	const struct entity *ent = &entities[columns_ent(kind)];

	for (size_t i = 0; i < ent->n_fields; i++) {
		const struct field *f = &ent->fields[i];
		struct column c = { .role = ROLE_FIELD, .name = f->name, .field = f };

		if (!is_column(f))
			continue;
		add_entry(kind, f->name, &c);
		add_entry(kind, f->ja, &c);
	}
}

static void make_entries(void)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct column c = key_column(&keys[i]);

		add_entry(keys[i].kind, keys[i].name, &c);
		add_entry(keys[i].kind, keys[i].ja, &c);
	}
	for (int kind = IK_ORGS; kind < IK__COUNT; kind++)
		if (kind != IK_CONTACTS)
			add_fields((enum import_kind)kind);
	for (size_t i = 0; i < ARRAY_LEN(also); i++)
		add_also(also[i].kind, also[i].name, also[i].heading);
}

static bool find(enum import_kind kind, struct view heading, struct column *out)
{
	char folded[HEADING_MAX];

	pthread_once(&entries_once, make_entries);
	if (!fold(heading, folded))
		return false;
	for (unsigned i = 0; i < n_entries; i++) {
		if (entries[i].kind != kind || strcmp(entries[i].folded, folded) != 0)
			continue;
		*out = entries[i].column;
		return true;
	}
	return false;
}

unsigned columns_known(enum import_kind kind, const struct view *headings, unsigned n)
{
	struct column c;
	unsigned known = 0;

	for (unsigned i = 0; i < n; i++)
		known += find(kind, headings[i], &c);
	return known;
}

static bool has_role(enum import_kind kind, const struct view *headings, unsigned n,
		     enum column_role role)
{
	struct column c;

	for (unsigned i = 0; i < n; i++)
		if (find(kind, headings[i], &c) && c.role == role)
			return true;
	return false;
}

static bool has_column(enum import_kind kind, const struct view *headings, unsigned n,
		       const char *name)
{
	struct column c;

	for (unsigned i = 0; i < n; i++)
		if (find(kind, headings[i], &c) && strcmp(c.name, name) == 0)
			return true;
	return false;
}

/* Where kinds share columns, the one with the most telling key goes first. */
static bool may_be(enum import_kind kind, const struct view *h, unsigned n)
{
	switch ((int)kind) {
	case IK_CLAUSES:
		return has_role(kind, h, n, ROLE_CLAUSE);
	case IK_LINKS:
		return has_role(kind, h, n, ROLE_SUPPLIER_ID) || has_column(kind, h, n, "supplier_code");
	default:
		return has_role(kind, h, n, ROLE_ORG);
	}
}

enum import_kind columns_guess(const struct view *headings, unsigned n, unsigned *out_known)
{
	static const enum import_kind order[] = { IK_CLAUSES, IK_CERTIFICATES, IK_ORGS, IK_CONTACTS,
						  IK_LINKS };
	enum import_kind best = IK_AUTO;

	*out_known = 0;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		unsigned known = columns_known(order[i], headings, n);

		if (known > *out_known && may_be(order[i], headings, n)) {
			*out_known = known;
			best = order[i];
		}
	}
	return best;
}

/* ---- a header row ---- */

static enum rc bad_column(struct err *e, enum rc rc, unsigned column, struct view heading)
{
	err_set(e, rc, NULL, "%.*s", (int)utf8_cut(heading, 120),
		heading.n ? (const char *)heading.p : "");
	if (e) {
		e->line = 1;
		e->column = column;
	}
	return rc;
}

static enum rc add_column(struct columns *c, const struct column *col, struct view heading,
			  struct err *e)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->col[i].name && strcmp(c->col[i].name, col->name) == 0)
			return bad_column(e, RC_DUPLICATE_COLUMN, c->n + 1, heading);
	if (c->of_role[col->role] < 0)
		c->of_role[col->role] = (int)c->n;
	if (strcmp(col->name, "supplier_code") == 0)
		c->supplier_code = (int)c->n;
	return RC_OK;
}

static enum rc missing(struct err *e, const char *name)
{
	err_set(e, RC_MISSING_COLUMN, name, "%s", name);
	if (e)
		e->line = 1;
	return RC_MISSING_COLUMN;
}

static enum rc check_keys(const struct columns *c, bool procurer, struct err *e)
{
	bool pair = c->kind == IK_LINKS || c->kind == IK_CLAUSES;

	if (pair && c->of_role[ROLE_PROCURER] < 0 && !procurer)
		return missing(e, "procurer");
	if (pair && c->of_role[ROLE_SUPPLIER_ID] < 0 && c->supplier_code < 0)
		return missing(e, "supplier");
	if (c->kind == IK_CLAUSES && c->of_role[ROLE_CLAUSE] < 0)
		return missing(e, "no");
	if (!pair && c->of_role[ROLE_ORG] < 0)
		return missing(e, c->kind == IK_ORGS ? "id" : "org");
	return RC_OK;
}

static void list_unknown(struct buf *names, struct view heading)
{
	if (names->n)
		buf_adds(names, ", ");
	buf_add(names, heading.p, utf8_cut(heading, 60));
}

enum rc columns_read(struct columns *c, enum import_kind kind, const struct view *headings,
		     unsigned n, bool ignore_unknown, bool procurer, struct err *e)
{
	AUTO(buf_done) struct buf unknown = BUF_INIT;
	unsigned first_unknown = 0;

	pthread_once(&entries_once, make_entries);
	if (entries_short)
		return err_set(e, RC_NOMEM, NULL, NULL);
	*c = (struct columns){ .kind = kind, .ent = columns_ent(kind), .supplier_code = -1 };
	for (size_t i = 0; i < ARRAY_LEN(c->of_role); i++)
		c->of_role[i] = -1;
	for (unsigned i = 0; i < n; i++, c->n++) {
		struct column *col = &c->col[i];
		enum rc rc;

		*col = (struct column){ 0 };
		if (!find(kind, headings[i], col)) {
			bool blank = cell_blank(headings[i]);

			if (blank || ignore_unknown)
				continue;
			list_unknown(&unknown, headings[i]);
			if (!first_unknown)
				first_unknown = i + 1;
			continue;
		}
		rc = add_column(c, col, headings[i], e);
		if (rc)
			return rc;
	}
	if (!buf_ok(&unknown))
		return err_set(e, RC_NOMEM, NULL, NULL);
	if (first_unknown)
		return bad_column(e, RC_UNKNOWN_COLUMN, first_unknown, buf_view(&unknown));
	return check_keys(c, procurer, e);
}

bool columns_each(column_visit *visit, void *arg)
{
	pthread_once(&entries_once, make_entries);
	for (unsigned i = 0; i < n_entries; i++)
		visit(arg, entries[i].kind, entries[i].column.name, entries[i].heading);
	return !entries_short;
}
