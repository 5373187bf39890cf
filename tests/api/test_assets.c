/* The embedded pages: every file is there, whole, with an ETag of its own. */
#include "api/assets.h"

#include <sodium.h>
#include <string.h>

#include "tests/run.h"

static struct assets assets;

static void setup(void)
{
	ck_assert_int_ge(sodium_init(), 0);
	ck_assert_int_eq(assets_init(&assets), RC_OK);
}

START_TEST(test_every_file_is_served)
{
	for (size_t i = 0; i < ASSETS_COUNT; i++) {
		const struct asset *a = &assets.items[i];

		ck_assert_ptr_eq(assets_find(&assets, view_str(a->url)), a);
		ck_assert_uint_gt(a->body.n, 100);
		ck_assert_uint_eq(strlen(a->etag), 34);
		ck_assert(a->etag[0] == '"' && a->etag[33] == '"');
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(a->etag, assets.items[j].etag);
	}
}
END_TEST

/* By the page, or by a script that loads it when it is needed. */
static bool is_named(const struct asset *a)
{
	const char *name = strrchr(a->url, '/');

	for (size_t i = 0; i < ASSETS_COUNT; i++)
		if (&assets.items[i] != a &&
		    memmem(assets.items[i].body.p, assets.items[i].body.n, name, strlen(name)))
			return true;
	return false;
}

START_TEST(test_the_page_names_its_parts)
{
	const struct asset *page = assets_find(&assets, VIEW_LIT("/"));

	ck_assert_ptr_nonnull(page);
	ck_assert_int_eq(memcmp(page->body.p, "<!doctype html>", 15), 0);
	for (size_t i = 0; i < ASSETS_COUNT; i++) {
		const struct asset *a = &assets.items[i];

		if (a != page)
			ck_assert_msg(is_named(a), "%s", a->url);
	}
}
END_TEST

START_TEST(test_nothing_else_is_served)
{
	ck_assert_ptr_null(assets_find(&assets, VIEW_LIT("")));
	ck_assert_ptr_null(assets_find(&assets, VIEW_LIT("/index.html")));
	ck_assert_ptr_null(assets_find(&assets, VIEW_LIT("/assets/app.js/")));
	ck_assert_ptr_null(assets_find(&assets, VIEW_LIT("/../etc/passwd")));
}
END_TEST

static Suite *suite_assets(void)
{
	Suite *s = suite_create("assets");
	TCase *tc = tcase_create("embedded");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, test_every_file_is_served);
	tcase_add_test(tc, test_the_page_names_its_parts);
	tcase_add_test(tc, test_nothing_else_is_served);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	suite_make *const makes[] = { suite_assets };

	return run_suites(makes, 1);
}
