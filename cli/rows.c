/* rows.c - see rows.h. */
#include "cli/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cli/out.h"
#include "cli/table.h"

enum { SGR_RED = 31, SGR_YELLOW = 33 };

struct rows {
	const struct cli *c;
	const struct column *cols;
	size_t n_cols;
	const char *list;    /* what its own headings begin with, or NULL */
	struct table *table; /* OUT_TABLE */
	struct buf line;     /* OUT_CSV */
	bool heading_done;
};

const json_t *json_at(const json_t *object, const char *path)
{
	const char *dot = strchr(path, '.');
	char key[64];
	size_t n = dot ? (size_t)(dot - path) : strlen(path);

	if (!dot)
		return json_object_get(object, path);
	if (n >= sizeof(key))
		return NULL;
	memcpy(key, path, n);
	key[n] = '\0';
	object = json_object_get(object, key);
	return object ? json_at(object, dot + 1) : NULL;
}

static void add_int(struct buf *b, json_int_t v, bool thousands)
{
	char digits[32];
	int n = snprintf(digits, sizeof(digits), "%" JSON_INTEGER_FORMAT, v);
	int first = digits[0] == '-';

	for (int i = 0; i < n; i++) {
		if (thousands && i > first && (n - i) % 3 == 0)
			buf_addc(b, ',');
		buf_addc(b, digits[i]);
	}
}

static void add_array(struct buf *b, const struct cli *c, const json_t *v, enum cell kind,
		      bool human)
{
	const char *between = !human ? ";" : kind == CELL_PATH ? " > " : ", ";

	for (size_t i = 0; i < json_array_size(v); i++) {
		if (i > 0)
			buf_adds(b, between);
		cell_text(b, c, json_array_get(v, i), kind, human);
	}
}

/* A field's heading; flags look under "due?" first. */
static const char *label_of(const char *field, bool flag, enum lang lang)
{
	char key[160];
	const char *label;

	if (flag) {
		snprintf(key, sizeof(key), "%s?", field);
		label = msg_label(key, lang);
		if (label != key)
			return label;
	}
	return msg_label(field, lang);
}

/* The few fields whose values need a translation or separators; all others show as they are. */
static enum cell kind_of(const char *field)
{
	static const char *const words[] = {
		"kind", "criticality", "relation", "disclosure", "scope_fit", "status", "scope",
		"evidence", "timing", "method", "result", "state", "reasons", "form",
	};
	static const char *const money[] = { "annual_spend", "spend_behind_gaps" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i], field) == 0)
			return CELL_WORD;
	for (size_t i = 0; i < ARRAY_LEN(money); i++)
		if (strcmp(money[i], field) == 0)
			return CELL_MONEY;
	return strcmp(field, "path") == 0 ? CELL_PATH : CELL_TEXT;
}

/* "role=security, name=…", short enough for one line. English keeps the API's names: headings are
 * in capitals. */
static void add_object(struct buf *b, const struct cli *c, const json_t *v)
{
	json_t *object = (json_t *)(uintptr_t)v;
	const char *sep = "";

	for (void *it = json_object_iter(object); it; it = json_object_iter_next(object, it)) {
		const char *key = json_object_iter_key(it);
		const json_t *member = json_object_iter_value(it);

		if (json_is_null(member))
			continue;
		buf_adds(b, sep);
		buf_adds(b, c->lang == LANG_JA ? label_of(key, json_is_boolean(member), c->lang)
					       : key);
		buf_adds(b, json_is_object(member) ? "={" : "=");
		cell_text(b, c, member, kind_of(key), true);
		if (json_is_object(member))
			buf_addc(b, '}');
		sep = ", ";
	}
}

void cell_text(struct buf *b, const struct cli *c, const json_t *v, enum cell kind, bool human)
{
	const char *s = json_string_value(v);

	if (!v || json_is_null(v))
		return;
	if (s && human && kind == CELL_WORD)
		buf_adds(b, msg_word(s, c->lang));
	else if (s)
		buf_add(b, s, json_string_length(v));
	else if (json_is_integer(v))
		add_int(b, json_integer_value(v), human && kind == CELL_MONEY);
	else if (json_is_boolean(v) && human)
		buf_adds(b, msg_word(json_is_true(v) ? "yes" : "no", c->lang));
	else if (json_is_array(v))
		add_array(b, c, v, kind, human);
	else if (json_is_object(v) && human)
		add_object(b, c, v);
	else
		buf_json(b, v);
}

struct rows *rows_new(const struct cli *c, const struct column *cols, size_t n_cols)
{
	struct rows *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->c = c;
	r->cols = cols;
	r->n_cols = n_cols;
	if (c->output == OUT_TABLE) {
		r->table = table_new(n_cols);
		if (!r->table) {
			free(r);
			return NULL;
		}
		for (size_t i = 0; i < n_cols; i++)
			if (cols[i].kind == CELL_NUM || cols[i].kind == CELL_MONEY)
				table_right(r->table, i);
	}
	return r;
}

void rows_of(struct rows *r, const char *list)
{
	r->list = list;
}

void rows_free(struct rows *r)
{
	if (!r)
		return;
	table_free(r->table);
	buf_done(&r->line);
	free(r);
}

static int paint_of(const struct column *col, const json_t *v)
{
	const char *s = json_string_value(v);

	if (!s || col->kind != CELL_WORD)
		return 0;
	if (strcmp(s, "overdue") == 0 || strcmp(s, "lapsed") == 0 || strcmp(s, "revoked") == 0)
		return SGR_RED;
	return strcmp(s, "suspended") == 0 || strcmp(s, "missing") == 0 ? SGR_YELLOW : 0;
}

/* "token.state" where that has an entry, else NULL. */
static const char *own(const struct rows *r, const char *name,
		       const char *(*look_up)(const char *, enum lang))
{
	char key[160];
	const char *found;

	if (!r->list || !name)
		return NULL;
	snprintf(key, sizeof(key), "%s.%s", r->list, name);
	found = look_up(key, r->c->lang);
	return found != key ? found : NULL;
}

static const char *heading_of(const struct rows *r, const struct column *col)
{
	const char *found = own(r, col->field, msg_label);

	return found ? found : label_of(col->field, col->kind == CELL_FLAG, r->c->lang);
}

static void heading(struct rows *r)
{
	if (r->heading_done)
		return;
	r->heading_done = true;
	for (size_t i = 0; i < r->n_cols; i++) {
		if (r->table) {
			table_cells(r->table, heading_of(r, &r->cols[i]));
			continue;
		}
		if (i > 0)
			buf_addc(&r->line, ',');
		csv_field(&r->line, view_str(r->cols[i].field), true);
	}
	if (!r->table)
		buf_adds(&r->line, "\r\n");
}

/* Where no name is known an organisation has its id for one: there is nothing to show twice. */
static bool is_id_as_name(const json_t *item, const char *field, const json_t *v)
{
	static const char *const ids[] = { "id", "supplier", "procurer" };
	const char *name = json_string_value(v);
	size_t n = strlen(field);

	if (!name || n < 4 || strcmp(field + n - 4, "name") != 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		const char *id = json_string_value(json_object_get(item, ids[i]));

		if (id && strcmp(id, name) == 0)
			return true;
	}
	return false;
}

static bool table_item(struct rows *r, const json_t *item)
{
	AUTO(buf_done) struct buf text = BUF_INIT;

	heading(r);
	for (size_t i = 0; i < r->n_cols; i++) {
		const json_t *v = json_at(item, r->cols[i].field);
		const char *word;

		buf_clear(&text);
		word = r->cols[i].kind == CELL_WORD ? own(r, json_string_value(v), msg_word) : NULL;
		if (word)
			buf_adds(&text, word);
		else if (!is_id_as_name(item, r->cols[i].field, v))
			cell_text(&text, r->c, v, r->cols[i].kind, true);
		if (text.n == 0)
			buf_addc(&text, '-');
		if (!buf_ok(&text))
			return false;
		table_cell(r->table, buf_view(&text));
		table_paint(r->table, paint_of(&r->cols[i], v));
	}
	return true;
}

static bool csv_flush(struct rows *r)
{
	if (!buf_ok(&r->line))
		return false;
	out_write(buf_view(&r->line));
	buf_clear(&r->line);
	return true;
}

static bool csv_item(struct rows *r, const json_t *item)
{
	AUTO(buf_done) struct buf text = BUF_INIT;

	heading(r);
	for (size_t i = 0; i < r->n_cols; i++) {
		const json_t *v = json_at(item, r->cols[i].field);

		buf_clear(&text);
		cell_text(&text, r->c, v, r->cols[i].kind, false);
		if (i > 0)
			buf_addc(&r->line, ',');
		csv_field(&r->line, buf_view(&text), !json_is_number(v));
	}
	buf_adds(&r->line, "\r\n");
	return buf_ok(&text) && csv_flush(r);
}

bool rows_item(struct rows *r, const json_t *item)
{
	switch (r->c->output) {
	case OUT_TABLE:
		return table_item(r, item);
	case OUT_CSV:
		return csv_item(r, item);
	case OUT_NDJSON:
		out_json_line(item);
		return true;
	case OUT_JSON:
		break;
	}
	return true;
}

bool rows_end(struct rows *r)
{
	AUTO(buf_done) struct buf out = BUF_INIT;

	if (r->c->output == OUT_CSV) {
		heading(r);
		return csv_flush(r);
	}
	if (r->table && table_rows(r->table) > 0) {
		if (!table_render(r->table, &out, true, r->c->color))
			return false;
		out_write(buf_view(&out));
	}
	return true;
}

static bool record_member(struct table *t, const struct cli *c, const char *field, const json_t *v);

static bool record_object(struct table *t, const struct cli *c, const char *prefix, const json_t *o)
{
	json_t *object = (json_t *)(uintptr_t)o;
	char field[128];

	for (void *it = json_object_iter(object); it; it = json_object_iter_next(object, it)) {
		snprintf(field, sizeof(field), "%s%s%s", prefix, *prefix ? "." : "",
			 json_object_iter_key(it));
		if (!record_member(t, c, field, json_object_iter_value(it)))
			return false;
	}
	return true;
}

/* "clauses.2-1-1" has no heading of its own: those of its parts, one after the other. */
static void record_label(struct table *t, const char *field, bool flag, enum lang lang)
{
	AUTO(buf_done) struct buf b = BUF_INIT;
	const char *dot, *whole = label_of(field, flag, lang);
	char part[64];

	if (whole != field) {
		table_cells(t, whole);
		return;
	}
	for (; (dot = strchr(field, '.')) != NULL; field = dot + 1) {
		snprintf(part, sizeof(part), "%.*s", (int)(dot - field), field);
		buf_addf(&b, "%s ", msg_label(part, lang));
	}
	buf_adds(&b, label_of(field, flag, lang));
	table_cell(t, buf_view(&b));
}

static bool record_line(struct table *t, const struct cli *c, const char *field, const json_t *v)
{
	AUTO(buf_done) struct buf text = BUF_INIT;
	const char *dot = strrchr(field, '.');

	cell_text(&text, c, v, kind_of(dot ? dot + 1 : field), true);
	if (!buf_ok(&text))
		return false;
	table_cell(t, text.n ? buf_view(&text) : VIEW_LIT("-"));
	return true;
}

/* What is not there takes no line. */
static bool is_empty(const json_t *v)
{
	return json_is_null(v) || (json_is_array(v) && json_array_size(v) == 0) ||
	       (json_is_object(v) && json_object_size(v) == 0);
}

/* Objects within objects take a line each, objects in an array, too. */
static bool record_member(struct table *t, const struct cli *c, const char *field, const json_t *v)
{
	bool ok = true;

	if (is_empty(v))
		return true;
	if (json_is_object(v) && json_object_size(v) > 0 && !strchr(field, '.'))
		return record_object(t, c, field, v);
	record_label(t, field, json_is_boolean(v), c->lang);
	if (!json_is_array(v) || !json_is_object(json_array_get(v, 0)))
		return record_line(t, c, field, v);
	for (size_t i = 0; ok && i < json_array_size(v); i++) {
		if (i > 0)
			table_cells(t, "");
		ok = record_line(t, c, field, json_array_get(v, i));
	}
	return ok;
}

/* The clauses of a link, a row each; those that nobody asks for and nobody wrote are left out. */
static bool record_clauses(const struct cli *c, json_t *clauses)
{
	static const struct column columns[] = {
		{ "no", CELL_TEXT },	      { "status", CELL_WORD },	 { "due", CELL_FLAG },
		{ "undetermined", CELL_FLAG }, { "gap", CELL_FLAG },	 { "late", CELL_FLAG },
	};
	struct rows *r = rows_new(c, columns, ARRAY_LEN(columns));
	bool ok = r != NULL;

	for (void *it = json_object_iter(clauses); ok && it;
	     it = json_object_iter_next(clauses, it)) {
		json_t *clause = json_object_iter_value(it);
		const char *status = json_string_value(json_object_get(clause, "status"));

		if (!json_is_true(json_object_get(clause, "due")) &&
		    !json_is_true(json_object_get(clause, "undetermined")) &&
		    (!status || strcmp(status, "missing") == 0))
			continue;
		ok = json_object_set_new(clause, "no", json_string(json_object_iter_key(it))) == 0 &&
		     rows_item(r, clause);
	}
	if (ok && table_rows(r->table) > 0)
		out_write(VIEW_LIT("\n"));
	ok = ok && rows_end(r);
	rows_free(r);
	return ok;
}

static bool record_table(const struct cli *c, json_t *object)
{
	AUTO(buf_done) struct buf out = BUF_INIT;
	json_t *clauses = json_object_get(object, "clauses");
	struct table *t = table_new(2);
	bool ok;

	clauses = json_is_object(clauses) ? json_deep_copy(clauses) : NULL;
	if (clauses)
		json_object_del(object, "clauses");
	ok = t && record_object(t, c, "", object) && table_render(t, &out, false, false);
	table_free(t);
	if (ok)
		out_write(buf_view(&out));
	if (ok && clauses)
		ok = record_clauses(c, clauses);
	json_decref(clauses);
	return ok;
}

static bool record_csv(const struct cli *c, const json_t *o)
{
	AUTO(buf_done) struct buf head = BUF_INIT, line = BUF_INIT, text = BUF_INIT;
	json_t *object = (json_t *)(uintptr_t)o;

	for (void *it = json_object_iter(object); it; it = json_object_iter_next(object, it)) {
		const json_t *v = json_object_iter_value(it);

		if (head.n) {
			buf_addc(&head, ',');
			buf_addc(&line, ',');
		}
		csv_field(&head, view_str(json_object_iter_key(it)), true);
		buf_clear(&text);
		cell_text(&text, c, v, CELL_TEXT, false);
		csv_field(&line, buf_view(&text), !json_is_number(v));
	}
	buf_adds(&head, "\r\n");
	buf_adds(&line, "\r\n");
	if (!buf_ok(&head) || !buf_ok(&line) || !buf_ok(&text))
		return false;
	out_write(buf_view(&head));
	out_write(buf_view(&line));
	return true;
}

/* Warnings have been told already. */
static bool record_human(const struct cli *c, const json_t *object)
{
	json_t *shown = json_copy((json_t *)(uintptr_t)object);
	bool ok = shown != NULL;

	json_object_del(shown, "warnings");
	ok = ok && (c->output == OUT_CSV ? record_csv(c, shown) : record_table(c, shown));
	json_decref(shown);
	return ok;
}

bool record_print(const struct cli *c, const json_t *object)
{
	switch (c->output) {
	case OUT_TABLE:
	case OUT_CSV:
		return record_human(c, object);
	case OUT_NDJSON:
		out_json_line(object);
		return true;
	case OUT_JSON:
		out_json(object);
		break;
	}
	return true;
}
