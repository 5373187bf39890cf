/*
 * test_api.c - the parts of api/ that need no server: queries, cursors, problems, languages, entity
 * tags, routes, CSV cells, and what the tables promise.
 */
#include <stdio.h>
#include <string.h>

#include "api/cursor.h"
#include "api/csv_out.h"
#include "api/entity_out.h"
#include "api/looks.h"
#include "api/problem.h"
#include "api/query.h"
#include "api/routes.h"
#include "api/url.h"
#include "api/writes.h"
#include "base/util.h"
#include "tests/run.h"

static struct arena *arena;

static void setup(void) { arena = arena_new(); }
static void teardown(void) { arena_free(arena); }

/* ---- queries ---- */

static enum rc parse(const char *text, query_bits allowed, struct query *q, struct err *e)
{
	*e = (struct err){ 0 };
	return query_parse(text ? view_str(text) : view_of(NULL, 0), allowed, arena, q, e);
}

START_TEST(query_reads_what_the_table_allows)
{
	query_bits allowed =
		QBIT(q) | QBIT(depth) | QBIT(on) | QBIT(watched) | QBIT(gap_kind) | QBIT(limit);
	struct query q;
	struct err e;

	ck_assert_int_eq(parse("q=%E3%82%A2+b&depth=24&on=2027-02-28&watched=1&kind=lapsed",
			       allowed, &q, &e),
			 RC_OK);
	ck_assert(view_is(q.v[Q_q].s, "ア b"));
	ck_assert_int_eq(q.v[Q_depth].n, 24);
	ck_assert_int_eq(q.v[Q_on].n, day_from_ymd(2027, 2, 28));
	ck_assert_int_eq(q.v[Q_watched].n, 1);
	ck_assert_int_eq(q.v[Q_gap_kind].n, 2);
	ck_assert_int_eq(q.v[Q_limit].n, 50); /* its default */
	ck_assert(query_has(&q, Q_depth) && !query_has(&q, Q_limit));
	ck_assert_int_eq(parse(NULL, allowed, &q, &e), RC_OK);
	ck_assert_int_eq(parse("&&", allowed, &q, &e), RC_OK);
	ck_assert(q.given == 0);
}
END_TEST

START_TEST(query_refuses_the_rest_and_names_it)
{
	static const struct {
		const char *text, *field;
	} bad[] = {
		{ "depth=0", "depth" },
		{ "depth=25", "depth" },
		{ "depth=", "depth" },
		{ "depth", "depth" },
		{ "depth=+4", "depth" },
		{ "depth=4.0", "depth" },
		{ "depth=-4", "depth" },
		{ "depth=99999999999999999999", "depth" },
		{ "depth=18446744073709551620", "depth" },
		{ "on=2026-02-30", "on" },
		{ "on=today", "on" },
		{ "watched=yes", "watched" },
		{ "kind=worst", "kind" },
		{ "limit=0", "limit" },
		{ "limit=1001", "limit" },
		{ "depth=4&depth=4", "depth" },
		{ "colour=red", "colour" },
		{ "Depth=4", "Depth" },
		{ "=4", "" },
		{ "q=%ff", "" },
		{ "q=%zz", "" },
		{ "q=%00", "" },
		{ "q=%", "" },
	};
	query_bits allowed =
		QBIT(q) | QBIT(depth) | QBIT(on) | QBIT(watched) | QBIT(gap_kind) | QBIT(limit);
	struct query q;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		ck_assert_msg(parse(bad[i].text, allowed, &q, &e) == RC_BAD_QUERY, "%s",
			      bad[i].text);
		ck_assert_msg(strcmp(e.field, bad[i].field) == 0, "%s: %s", bad[i].text, e.field);
	}
	/* a parameter of the table that this route does not take */
	ck_assert_int_eq(parse("horizon=4", allowed, &q, &e), RC_BAD_QUERY);
}
END_TEST

START_TEST(query_survives_a_flood)
{
	char text[4096];
	size_t n = 0;
	struct query q;
	struct err e;

	while (n < sizeof(text) - 4)
		n += (size_t)sprintf(text + n, "a&");
	ck_assert_int_eq(parse(text, QBIT(q), &q, &e), RC_BAD_QUERY);
}
END_TEST

START_TEST(every_default_is_within_its_bounds)
{
	for (int i = 0; i < Q__COUNT; i++) {
		char text[128];
		struct query q;
		struct err e;
		if (!query_defs[i].def)
			continue;
		snprintf(text, sizeof(text), "%s=%s", query_defs[i].name, query_defs[i].def);
		ck_assert_msg(parse(text, (uint64_t)1 << i, &q, &e) == RC_OK, "%s", text);
	}
}
END_TEST

/* ---- cursors ---- */

START_TEST(cursor_opens_only_as_it_was_sealed)
{
	uint8_t secret[32] = { 1, 2, 3 }, other[32] = { 4 };
	struct view scope = VIEW_LIT("gaps/P/4"), key = VIEW_LIT("\1\0\2key"), got;
	struct err e = { 0 };
	const char *text = cursor_seal(secret, scope, key, arena);
	size_t n = strlen(text);

	ck_assert_int_eq(cursor_open(secret, scope, view_of(text, n), arena, &got, &e), RC_OK);
	ck_assert(view_eq(got, key));
	ck_assert_int_eq(cursor_open(other, scope, view_of(text, n), arena, &got, &e),
			 RC_BAD_CURSOR);
	ck_assert_int_eq(
		cursor_open(secret, VIEW_LIT("gaps/P/5"), view_of(text, n), arena, &got, &e),
		RC_BAD_CURSOR);
	for (size_t cut = 0; cut < n; cut++)
		ck_assert_int_eq(cursor_open(secret, scope, view_of(text, cut), arena, &got, &e),
				 RC_BAD_CURSOR);
	for (size_t i = 0; i < n; i++) {
		char changed[512];
		memcpy(changed, text, n);
		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		if (changed[i] == text[i])
			continue;
		ck_assert_int_eq(cursor_open(secret, scope, view_of(changed, n), arena, &got, &e),
				 RC_BAD_CURSOR);
	}
}
END_TEST

START_TEST(cursor_scope_and_key_do_not_run_together)
{
	uint8_t secret[32] = { 9 };
	struct err e = { 0 };
	struct view got;
	const char *a = cursor_seal(secret, VIEW_LIT("ab"), VIEW_LIT("c"), arena);
	const char *b = cursor_seal(secret, VIEW_LIT("a"), VIEW_LIT("bc"), arena);

	ck_assert(strncmp(a, b, 20) != 0);
	ck_assert_int_eq(cursor_open(secret, VIEW_LIT("a"), view_str(a), arena, &got, &e),
			 RC_BAD_CURSOR);
	char big[CURSOR_KEY_MAX + 1] = { 0 };
	ck_assert_ptr_null(cursor_seal(secret, VIEW_LIT("a"), view_of(big, sizeof(big)), arena));
}
END_TEST

/* ---- problems ---- */

static char *problem_text(enum rc rc, const char *field, const char *arg, bool query,
			  enum lang lang)
{
	struct problem p = { .query = query };
	struct buf b = BUF_INIT;
	char *out;

	err_set(&p.err, rc, field, "%s", arg);
	problem_json(&b, &p, lang);
	out = arena_strdup(arena, buf_view(&b));
	buf_done(&b);
	return out;
}

START_TEST(problem_has_its_members)
{
	const char *t = problem_text(RC_UNKNOWN_FIELD, "colour", "colour", false, LANG_EN);

	ck_assert_ptr_nonnull(strstr(t, "\"type\":\"/problems/unknown-field\""));
	ck_assert_ptr_nonnull(strstr(t, "\"status\":422"));
	ck_assert_ptr_nonnull(strstr(t, "\"code\":\"unknown-field\""));
	ck_assert_ptr_nonnull(strstr(t, "\"pointer\":\"/colour\""));
	t = problem_text(RC_BAD_QUERY, "depth", "depth=0", true, LANG_JA);
	ck_assert_ptr_nonnull(strstr(t, "\"in\":\"query\""));
	ck_assert_ptr_nonnull(strstr(t, "クエリパラメーター"));
	t = problem_text(RC_NOT_FOUND, NULL, "\"<x>\"\n", false, LANG_EN);
	ck_assert_ptr_null(strstr(t, "errors"));
	ck_assert_ptr_nonnull(strstr(t, "\\\"<x>\\\"?"));
}
END_TEST

START_TEST(language_is_what_was_preferred)
{
	static const struct {
		const char *text;
		enum lang want;
	} cases[] = {
		{ "ja", LANG_JA },
		{ "JA-jp", LANG_JA },
		{ "en", LANG_EN },
		{ "", LANG_EN },
		{ "fr", LANG_EN },
		{ "en;q=0.5, ja;q=0.8", LANG_JA },
		{ "ja;q=0.5,en;q=0.8", LANG_EN },
		{ "ja;q=0,en;q=0", LANG_EN },
		{ "ja;q=0.001", LANG_JA },
		{ "ja;q=2", LANG_EN },
		{ "ja;q=", LANG_EN },
		{ "ja;;", LANG_EN },
		{ "jam", LANG_EN },
		{ "fr, ja;q=0.1", LANG_JA },
		{ ",,ja", LANG_JA },
		{ "ja;q=1.000", LANG_JA },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		ck_assert_msg(problem_lang(view_str(cases[i].text)) == cases[i].want, "%s",
			      cases[i].text);
	ck_assert_int_eq(problem_lang(view_of(NULL, 0)), LANG_EN);
}
END_TEST

/* ---- entity tags ---- */

START_TEST(etags_are_read_strictly)
{
	struct view list = VIEW_LIT(" \"12.ab\" , W/\"3.x\",\"7.0\""), tag;
	uint64_t n = 0;
	char etag[48];

	ck_assert(etag_next(&list, &tag));
	ck_assert(etag_stored(tag, &n) && n == 12);
	ck_assert(etag_next(&list, &tag));
	ck_assert(!etag_stored(tag, &n)); /* a weak one matches nothing */
	ck_assert(etag_next(&list, &tag));
	ck_assert(etag_stored(tag, &n) && n == 7);
	ck_assert(!etag_next(&list, &tag));
	list = VIEW_LIT("12.ab");
	ck_assert(!etag_next(&list, &tag));
	list = VIEW_LIT("\"12.ab");
	ck_assert(!etag_next(&list, &tag));
	ck_assert(!etag_stored(VIEW_LIT("\"\""), &n));
	ck_assert(!etag_stored(VIEW_LIT("\".ab\""), &n));
	ck_assert(!etag_stored(VIEW_LIT("\"x.ab\""), &n));
	ck_assert(!etag_stored(VIEW_LIT("\"99999999999999999999999999.a\""), &n));
	entity_etag(42, VIEW_LIT("body"), etag);
	ck_assert(etag_stored(view_str(etag), &n) && n == 42);
}
END_TEST

/* ---- routes ---- */

static const struct route *find(enum http_method m, const char *path, struct view *params,
				unsigned *allow)
{
	return route_find(m, view_str(path), arena, params, allow);
}

START_TEST(routes_are_found_by_their_segments)
{
	struct view p[ROUTE_PARAMS_MAX];
	unsigned allow;
	char text[64];
	const struct route *r = find(HTTP_GET, "/v1/orgs/A/suppliers/B~1/clauses/2-1-1", p, &allow);

	ck_assert_ptr_nonnull(r);
	ck_assert_str_eq(r->path, "/v1/orgs/{p}/suppliers/{s}/clauses/{no}");
	ck_assert(view_is(p[0], "A") && view_is(p[1], "B~1") && view_is(p[2], "2-1-1"));
	r = find(HTTP_HEAD, "/v1/orgs/a%2Fb", p, &allow);
	ck_assert_ptr_nonnull(r);
	ck_assert_int_eq(r->method, HTTP_GET);
	ck_assert(view_is(p[0], "a/b"));
	ck_assert_ptr_null(find(HTTP_POST, "/v1/orgs/A", p, &allow));
	route_allow_text(allow, text, sizeof(text));
	ck_assert_str_eq(text, "GET, HEAD, PUT, PATCH, DELETE");
	static const char *const none[] = { "/",
					    "/v1",
					    "/v1/",
					    "/v1/orgs/",
					    "/v1/orgs//suppliers",
					    "/V1/orgs",
					    "/v1/orgs/A/suppliers/",
					    "*",
					    "",
					    "/v1/orgs/A/nothing",
					    "/v1/orgs/%ff" };
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		ck_assert_msg(!find(HTTP_GET, none[i], p, &allow), "%s", none[i]);
		ck_assert_uint_eq(allow, 0);
	}
}
END_TEST

START_TEST(routes_of_a_path_stand_together)
{
	for (size_t i = 0; i < routes_count; i++)
		for (size_t k = i + 1; k < routes_count; k++) {
			bool same = strcmp(routes[i].path, routes[k].path) == 0;
			ck_assert_msg(!same || routes[i].method != routes[k].method, "%s twice",
				      routes[i].path);
			if (same && k > i + 1)
				ck_assert_str_eq(routes[k - 1].path, routes[i].path);
		}
}
END_TEST

START_TEST(every_write_has_a_read_to_answer_like)
{
	for (size_t i = 0; i < routes_count; i++) {
		bool found = routes[i].run != RUN_WRITE || routes[i].method == HTTP_DELETE;
		for (size_t k = 0; k < routes_count && !found; k++)
			found = strcmp(routes[k].path, routes[i].path) == 0 &&
				routes[k].method == HTTP_GET && routes[k].run == RUN_LIGHT;
		ck_assert_msg(found, "%s", routes[i].path);
		bool is_login = strncmp(routes[i].path, "/v1/log", 7) == 0;
		if (strncmp(routes[i].path, "/v1/", 4) == 0 && !is_login)
			ck_assert_msg(routes[i].access, "%s is open to all",
				      routes[i].path);
	}
}
END_TEST

/* ---- CSV ---- */

static const char *cell(const char *text)
{
	struct buf b = BUF_INIT;
	csv_cell(&b, view_str(text));
	const char *out = arena_strdup(arena, buf_view(&b));
	buf_done(&b);
	return out ? out : "";
}

START_TEST(cells_are_quoted_and_defused)
{
	ck_assert_str_eq(cell("abc"), "abc");
	ck_assert_str_eq(cell("a,b"), "\"a,b\"");
	ck_assert_str_eq(cell("a\"b"), "\"a\"\"b\"");
	ck_assert_str_eq(cell("a\nb"), "\"a\nb\"");
	ck_assert_str_eq(cell(" a"), "\" a\"");
	ck_assert_str_eq(cell("=1+1"), "'=1+1");
	ck_assert_str_eq(cell("+81"), "'+81");
	ck_assert_str_eq(cell("-"), "'-");
	ck_assert_str_eq(cell("@a"), "'@a");
	ck_assert_str_eq(cell("\ta"), "\"'\ta\"");
	ck_assert_str_eq(cell("=a,b"), "\"'=a,b\"");
}
END_TEST

/* ---- who looked ---- */

/* A GET with an organisation in its path is a look at it, or stands here with why not. */
START_TEST(every_read_of_an_organisation_is_a_look)
{
	static const char *const excused[] = { "/v1/orgs/{id}/looks" /* the log itself */ };

	for (size_t i = 0; i < routes_count; i++) {
		const struct route *r = &routes[i];
		bool named = strncmp(r->path, "/v1/orgs/{", 10) == 0 || strstr(r->path, "/exports/");
		if (r->method != HTTP_GET || !named)
			continue;
		bool is_excused = false;
		for (size_t k = 0; k < ARRAY_LEN(excused); k++)
			is_excused = is_excused || strcmp(r->path, excused[k]) == 0;
		ck_assert_msg((look_kind_of(r) == LOOK__COUNT) == is_excused, "%s", r->path);
	}
}
END_TEST

static Suite *api_suite(void)
{
	const TTest *const tests[] = {
		query_reads_what_the_table_allows,
		query_refuses_the_rest_and_names_it,
		query_survives_a_flood,
		every_default_is_within_its_bounds,
		cursor_opens_only_as_it_was_sealed,
		cursor_scope_and_key_do_not_run_together,
		problem_has_its_members,
		language_is_what_was_preferred,
		etags_are_read_strictly,
		routes_are_found_by_their_segments,
		routes_of_a_path_stand_together,
		every_write_has_a_read_to_answer_like,
		cells_are_quoted_and_defused,
		every_read_of_an_organisation_is_a_look,
	};
	Suite *s = suite_create("api");
	TCase *c = tcase_create("parts");

	tcase_add_checked_fixture(c, setup, teardown);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(c, tests[i]);
	suite_add_tcase(s, c);
	return s;
}

int main(void)
{
	static suite_make *const makes[] = { api_suite };
	return run_suites(makes, ARRAY_LEN(makes));
}
