/*
 * test_memory.c - buffers and arenas, also when memory runs out: malloc and realloc of this program
 * fail at the n-th call while `fail_in` counts down (not under sanitizers, which own malloc).
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/util.h"
#include "tests/base/suites.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_MALLOC 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OWN_MALLOC 0
#endif
#endif
#ifndef OWN_MALLOC
#define OWN_MALLOC 1
#endif

#if OWN_MALLOC
void *__real_malloc(size_t n);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_realloc(void *p, size_t n);

static long fail_in = -1; /* -1: never */

static bool fails_now(void) { return fail_in >= 0 && fail_in-- == 0; }

void *__wrap_malloc(size_t n) { return fails_now() ? NULL : __real_malloc(n); }
void *__wrap_realloc(void *p, size_t n) { return fails_now() ? NULL : __real_realloc(p, n); }

/* Some work on a buffer; true if it held. A failure must leave the written part whole. */
static bool fill_buf(struct buf *b)
{
	for (int i = 0; i < 200; i++)
		buf_addf(b, "%d,", i);
	buf_adds(b, "end");
	return buf_ok(b);
}

START_TEST(buf_survives_every_failure)
{
	AUTO(buf_done) struct buf whole = BUF_INIT;
	long n = 0;

	ck_assert(fill_buf(&whole));
	for (;; n++) {
		AUTO(buf_done) struct buf b = BUF_INIT;
		bool ok;

		fail_in = n;
		ok = fill_buf(&b);
		fail_in = -1;
		ck_assert_uint_le(b.n, whole.n);
		if (b.n)
			ck_assert_mem_eq(b.p, whole.p, b.n);
		if (ok)
			break;
		ck_assert_uint_lt(b.n, whole.n);
		ck_assert_ptr_null(buf_steal(&b));
	}
	ck_assert_int_gt(n, 2);
}
END_TEST

static bool fill_arena(struct arena *a)
{
	for (size_t i = 0; i < 100; i++) {
		unsigned char *p = arena_zalloc(a, i * 100);
		if (!p)
			return false;
		memset(p, 0xff, i * 100);
	}
	return arena_printf(a, "%0500d", 7) && arena_strdup(a, VIEW_LIT("x"));
}

START_TEST(arena_survives_every_failure)
{
	long n = 0;

	for (bool ok = false; !ok; n++) {
		struct arena *a;

		fail_in = n;
		a = arena_new();
		ok = a && fill_arena(a);
		fail_in = -1;
		if (a) { /* what failed once works again */
			arena_reset(a);
			ck_assert(fill_arena(a));
		}
		arena_free(a);
	}
	ck_assert_int_gt(n, 3);
}
END_TEST

START_TEST(name_key_says_when_memory_is_short)
{
	AUTO(buf_done) struct buf b = BUF_INIT;

	fail_in = 0;
	ck_assert(text_name_key(&b, view_str("株式会社東海")));
	fail_in = -1;
	ck_assert(!buf_ok(&b));
}
END_TEST
#endif

START_TEST(buf_appends_and_grows)
{
	AUTO(buf_done) struct buf b = BUF_INIT;
	char *p;

	buf_adds(&b, "ab");
	buf_addc(&b, 'c');
	buf_addv(&b, VIEW_LIT("\0d"));
	buf_addf(&b, "%s-%d", "e", 42);
	ck_assert(view_eq(buf_view(&b), VIEW_LIT("abc\0de-42")));
	buf_clear(&b);
	ck_assert_uint_eq(b.n, 0);
	for (int i = 0; i < 10000; i++)
		buf_addf(&b, "%04d", i);
	ck_assert_uint_eq(b.n, 40000);
	ck_assert_mem_eq(b.p + 4 * 9999, "9999", 4);
	p = buf_steal(&b);
	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_null(b.p);
	free(p);
}
END_TEST

START_TEST(buf_refuses_absurd_sizes)
{
	AUTO(buf_done) struct buf b = BUF_INIT;

	buf_adds(&b, "kept");
	ck_assert(!buf_reserve(&b, SIZE_MAX - 2));
	ck_assert(!buf_ok(&b));
	buf_adds(&b, "no-op");
	ck_assert(view_is(buf_view(&b), "kept"));
	buf_clear(&b);
	ck_assert(buf_ok(&b));
}
END_TEST

START_TEST(arena_aligns_and_resets)
{
	struct arena *a = arena_new();
	char *first = arena_alloc(a, 1), *s;

	ck_assert_uint_eq((uintptr_t)first % 16, 0);
	for (size_t n = 0; n < 5000; n += 7) {
		char *p = arena_alloc(a, n);
		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq((uintptr_t)p % 16, 0);
		if (n)
			memset(p, 1, n);
	}
	s = arena_alloc(a, 5 << 20);
	ck_assert_ptr_nonnull(s);
	s[(5 << 20) - 1] = 1;
	ck_assert_uint_gt(arena_used(a), 5 << 20);
	arena_reset(a);
	ck_assert_uint_eq(arena_used(a), 0);
	ck_assert_ptr_eq(arena_alloc(a, 1), first);
	s = arena_strdup(a, view_of("abcdef", 3));
	ck_assert_str_eq(s, "abc");
	ck_assert_str_eq(arena_printf(a, "%s/%d", "x", 5), "x/5");
	ck_assert(view_is(arena_copy(a, VIEW_LIT("copy")), "copy"));
	arena_free(a);
	arena_free(NULL);
}
END_TEST

START_TEST(arena_keeps_to_its_cap)
{
	struct arena *a = arena_new();

	arena_cap(a, 1000);
	ck_assert_ptr_nonnull(arena_alloc(a, 900));
	ck_assert_ptr_null(arena_alloc(a, 200));
	ck_assert_ptr_null(arena_alloc(a, SIZE_MAX));
	ck_assert_ptr_nonnull(arena_alloc(a, 64));
	arena_reset(a);
	ck_assert_ptr_nonnull(arena_alloc(a, 900));
	arena_free(a);
}
END_TEST

START_TEST(views_order_like_memcmp)
{
	ck_assert_int_lt(view_cmp(VIEW_LIT("a"), VIEW_LIT("b")), 0);
	ck_assert_int_lt(view_cmp(VIEW_LIT("a"), VIEW_LIT("aa")), 0);
	ck_assert_int_gt(view_cmp(VIEW_LIT("\xff"), VIEW_LIT("\x01")), 0);
	ck_assert_int_eq(view_cmp(view_of(NULL, 0), VIEW_LIT("")), 0);
	ck_assert(view_eq(view_str(NULL), VIEW_LIT("")));
	ck_assert(!view_is(VIEW_LIT("ab"), "abc"));
}
END_TEST

Suite *memory_suite(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = tcase_create("memory");

	tcase_add_test(tc, buf_appends_and_grows);
	tcase_add_test(tc, buf_refuses_absurd_sizes);
	tcase_add_test(tc, arena_aligns_and_resets);
	tcase_add_test(tc, arena_keeps_to_its_cap);
	tcase_add_test(tc, views_order_like_memcmp);
#if OWN_MALLOC
	tcase_add_test(tc, buf_survives_every_failure);
	tcase_add_test(tc, arena_survives_every_failure);
	tcase_add_test(tc, name_key_says_when_memory_is_short);
#endif
	suite_add_tcase(s, tc);
	return s;
}
