/*
 * problem.c - problem+json: `type` is a path of this server, `code` the stable name; `errors` says
 * where in the input the fault lies.
 */
#include "api/problem.h"

#include <stdio.h>

#include "base/json_out.h"

/* Client-caused and about a part of the input: those have a place to point at. */
static bool points_somewhere(const struct err *e)
{
	int http = rc_http(e->rc);

	return e->field[0] || e->line || http == 422 || e->rc == RC_BAD_JSON;
}

/* A JSON pointer: field is one without the leading '/'. */
static void write_pointer(struct json *j, const struct problem *p)
{
	char pointer[sizeof(p->err.field) + 2];

	if (!p->err.field[0] && p->err.line)
		return;
	snprintf(pointer, sizeof(pointer), "%s%s", p->err.field[0] ? "/" : "", p->err.field);
	json_key(j, "pointer");
	json_str(j, pointer);
	if (p->query) {
		json_key(j, "in");
		json_str(j, "query");
	}
}

static void write_errors(struct json *j, const struct problem *p, const char *detail)
{
	json_key(j, "errors");
	json_arr(j);
	json_obj(j);
	write_pointer(j, p);
	if (p->err.line) {
		json_key(j, "line");
		json_uint(j, p->err.line);
		json_key(j, "column");
		json_uint(j, p->err.column);
	}
	json_key(j, "code");
	json_str(j, rc_code(p->err.rc));
	json_key(j, "detail");
	json_str(j, detail);
	json_obj_end(j);
	json_arr_end(j);
}

static void write_head(struct json *j, const char *code, const char *title, int status,
		       const char *detail)
{
	char type[96];

	snprintf(type, sizeof(type), "/problems/%s", code);
	json_obj(j);
	json_key(j, "type");
	json_str(j, type);
	json_key(j, "title");
	json_str(j, title);
	json_key(j, "status");
	json_int(j, status);
	json_key(j, "detail");
	json_str(j, detail);
	json_key(j, "code");
	json_str(j, code);
}

void problem_json(struct buf *out, const struct problem *p, enum lang lang)
{
	char detail[512];
	struct json j;

	err_text(&p->err, lang, detail, sizeof(detail));
	json_init(&j, out);
	write_head(&j, rc_code(p->err.rc), rc_title(p->err.rc, lang), rc_http(p->err.rc), detail);
	if (points_somewhere(&p->err))
		write_errors(&j, p, detail);
	json_obj_end(&j);
}

void problem_json_plain(struct buf *out, int status, const char *code, const char *detail)
{
	struct json j;

	json_init(&j, out);
	write_head(&j, code, detail, status, detail);
	json_obj_end(&j);
}

/* Thousandths of a q-value, 1000 where there is none; -1: not one. */
static int weight(struct view params)
{
	static const int unit[] = { 1000, 0, 100, 10, 1 };
	const char *p = params.p;
	int w = 0;

	if (params.n == 0)
		return 1000;
	if (params.n < 3 || params.n > 7 || (p[0] | 32) != 'q' || p[1] != '=')
		return -1;
	for (size_t i = 2; i < params.n; i++) {
		if (i == 3 ? p[i] != '.' : p[i] < '0' || p[i] > '9')
			return -1;
		if (i != 3)
			w += (p[i] - '0') * unit[i - 2];
	}
	return w <= 1000 ? w : -1;
}

static bool is_lang(struct view tag, const char *two)
{
	const char *p = tag.p;

	return tag.n >= 2 && (p[0] | 32) == two[0] && (p[1] | 32) == two[1] &&
	       (tag.n == 2 || p[2] == '-');
}

enum lang problem_lang(struct view v)
{
	const char *p = v.n ? v.p : "", *end = p + v.n;
	int best_ja = 0, best_en = 0;

	while (p < end) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		const char *stop = comma ? comma : end;
		const char *semi = memchr(p, ';', (size_t)(stop - p));
		struct view tag = view_trim(view_of(p, (size_t)((semi ? semi : stop) - p)));
		int w = semi ? weight(view_trim(view_of(semi + 1, (size_t)(stop - semi - 1)))) : 1000;
		if (is_lang(tag, "ja") && w > best_ja)
			best_ja = w;
		if (is_lang(tag, "en") && w > best_en)
			best_en = w;
		p = comma ? comma + 1 : end;
	}
	return best_ja > best_en ? LANG_JA : LANG_EN;
}
