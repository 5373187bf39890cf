/* Tests of store/secret.c: where the secret lies, and what a store without it says. */
#include <errno.h>
#include <fcntl.h>

#include "base/util.h"
#include "store/secret.h"
#include "tests/store/suites.h"
#include "tests/tmpdir.h"

static struct tmpdir dir;

static void set_up(void)
{
	unsetenv("CREDENTIALS_DIRECTORY");
	tmpdir_make(&dir);
}
static void tear_down(void) { tmpdir_remove(&dir); }

static const char *in(const char *name)
{
	static char path[4][256];
	static unsigned i;

	i = (i + 1) % 4;
	snprintf(path[i], sizeof(path[i]), "%s/%s", dir.path, name);
	return path[i];
}

static void put_file(const char *path, const void *p, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, p, n), (ssize_t)n);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

static enum rc try(bool renew, struct store **out, struct err *e)
{
	struct store_options o = { .create = true, .map_bytes = 1 << 22, .new_secret = renew };

	*e = (struct err){ 0 };
	return store_open(dir.path, &o, out, NULL, e);
}

static struct store *again(void)
{
	struct store *s;
	struct err e;

	ck_assert_int_eq(try(false, &s, &e), RC_OK);
	return s;
}

/* What graph_init() does about it. */
static void init(struct store *s, uint8_t out[STORE_SECRET_BYTES])
{
	struct txn *w;
	struct err e = { 0 };

	ck_assert_int_eq(store_secret_make(s, &e), RC_OK);
	ck_assert_int_eq(txn_begin_write(s, &w), RC_OK);
	store_secret_note(w);
	ck_assert_int_eq(txn_commit(w), RC_OK);
	ck_assert(store_secret(s, out));
}

static void make(uint8_t out[STORE_SECRET_BYTES])
{
	struct store *s = again();

	init(s, out);
	store_close(s);
}

static bool holds(const char *path, const void *what, size_t n)
{
	static uint8_t bytes[1 << 22];
	int fd = open(path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));

	ck_assert_int_ge(got, (ssize_t)n);
	close(fd);
	return memmem(bytes, (size_t)got, what, n) != NULL;
}

START_TEST(it_lies_beside_the_store)
{
	uint8_t secret[32], second[32];
	struct stat st;

	make(secret);
	ck_assert_int_eq(stat(in("secret.key"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(st.st_size, 65);
	ck_assert(!holds(in("data.mdb"), secret, 32));
	struct store *s = again();
	ck_assert(store_secret(s, second));
	ck_assert_mem_eq(secret, second, 32);
	store_close(s);
}
END_TEST

START_TEST(a_store_without_it_says_so)
{
	uint8_t secret[32], other[32];
	struct store *s;
	struct err e;
	char text[600];

	make(secret);
	ck_assert_int_eq(unlink(in("secret.key")), 0);
	ck_assert_int_eq(try(false, &s, &e), RC_NO_SECRET);
	ck_assert_str_eq(e.arg, in("secret.key"));
	err_text(&e, LANG_EN, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "--new-secret"));
	ck_assert_int_eq(access(in("secret.key"), F_OK), -1); /* none was made in silence */
	ck_assert_int_eq(try(true, &s, &e), RC_OK);
	ck_assert(store_secret(s, other));
	ck_assert_mem_ne(secret, other, 32);
	store_close(s);
	s = again(); /* from now on it is this store's */
	store_close(s);
}
END_TEST

START_TEST(a_restored_copy_may_have_a_new_one)
{
	uint8_t secret[32], got[32];

	make(secret);
	ck_assert_int_eq(unlink(in("secret.key")), 0);
	put_file(in(STORE_SECRET_NEW), "", 0, 0600);
	struct store *s = again();
	ck_assert(store_secret(s, got));
	ck_assert_mem_ne(secret, got, 32);
	store_close(s);
	ck_assert_int_eq(access(in(STORE_SECRET_NEW), F_OK), -1);
	ck_assert_int_eq(unlink(in("secret.key")), 0); /* once: now it is missed again */
	struct err e;
	ck_assert_int_eq(try(false, &s, &e), RC_NO_SECRET);
	tmpdir_remove(&dir); /* and where its own was put beside it, that one is used */
	tmpdir_make(&dir);
	make(secret);
	put_file(in(STORE_SECRET_NEW), "", 0, 0600);
	s = again();
	ck_assert(store_secret(s, got));
	ck_assert_mem_eq(secret, got, 32);
	store_close(s);
}
END_TEST

START_TEST(another_stores_is_not_taken_for_it)
{
	uint8_t secret[32], raw[32];
	struct store *s;
	struct err e;

	make(secret);
	memset(raw, 7, sizeof(raw));
	put_file(in("secret.key"), raw, sizeof(raw), 0600);
	ck_assert_int_eq(try(false, &s, &e), RC_OTHER_SECRET);
	put_file(in("secret.key"), secret, sizeof(secret), 0600); /* raw bytes will do */
	s = again();
	store_close(s);
}
END_TEST

START_TEST(a_file_that_others_may_read_is_refused)
{
	uint8_t secret[32];
	struct store *s;
	struct err e;

	make(secret);
	ck_assert_int_eq(chmod(in("secret.key"), 0640), 0);
	ck_assert_int_eq(try(false, &s, &e), RC_IO);
	ck_assert_int_eq(chmod(in("secret.key"), 0600), 0);
	ck_assert_int_eq(rename(in("secret.key"), in("elsewhere")), 0);
	ck_assert_int_eq(symlink("elsewhere", in("secret.key")), 0);
	ck_assert_int_eq(try(false, &s, &e), RC_IO);
	ck_assert_int_eq(unlink(in("secret.key")), 0);
	put_file(in("secret.key"), "not digits", 10, 0600);
	ck_assert_int_eq(try(false, &s, &e), RC_IO);
	ck_assert_ptr_nonnull(strstr(e.arg, "64"));
}
END_TEST

START_TEST(a_credential_goes_before_the_file)
{
	uint8_t secret[32], got[32];

	ck_assert_int_eq(mkdir(in("credentials"), 0700), 0);
	memset(secret, 9, sizeof(secret));
	put_file(in("credentials/secret.key"), secret, sizeof(secret), 0440);
	setenv("CREDENTIALS_DIRECTORY", in("credentials"), 1);
	make(got);
	ck_assert_mem_eq(secret, got, 32);
	ck_assert_int_eq(access(in("secret.key"), F_OK), -1); /* it needs no second place */
	unsetenv("CREDENTIALS_DIRECTORY");
	struct store *s;
	struct err e;
	ck_assert_int_eq(try(false, &s, &e), RC_NO_SECRET);
}
END_TEST

/* As a program of format 1 left it: in META. */
static void make_old(uint8_t secret[32])
{
	struct store *s = again();
	struct txn *w;

	for (int i = 0; i < 32; i++)
		secret[i] = (uint8_t)(i * 7 + 1);
	for (int i = 0; i < 5; i++) { /* several pages have held it */
		ck_assert_int_eq(txn_begin_write(s, &w), RC_OK);
		meta_put(w, "secret", view_of(secret, 32));
		meta_put_u64(w, "revision", (uint64_t)i);
		ck_assert_int_eq(txn_commit(w), RC_OK);
	}
	store_close(s);
}

START_TEST(an_older_store_hands_it_over)
{
	uint8_t secret[32], got[32];
	struct txn *t;
	struct view v;

	make_old(secret);
	ck_assert(holds(in("data.mdb"), secret, 32));
	struct store *s = again();
	ck_assert(store_secret(s, got));
	ck_assert_mem_eq(secret, got, 32);
	ck_assert_int_eq(txn_begin_read(s, &t), RC_OK);
	ck_assert_int_eq(meta_get(t, "secret", &v), RC_NOT_FOUND);
	ck_assert_uint_eq(meta_get_u64(t, "revision", 99), 4);
	txn_abort(t);
	struct err e;
	ck_assert_int_eq(store_verify_pages(s, &e), RC_OK);
	store_close(s);
	ck_assert(!holds(in("data.mdb"), secret, 32)); /* nor in free pages */
	s = again();
	ck_assert(store_secret(s, got));
	ck_assert_mem_eq(secret, got, 32);
	store_close(s);
}
END_TEST

/* The power went behind the file, before META. */
START_TEST(a_hand_over_cut_short_goes_on)
{
	uint8_t secret[32], other[32] = { 1 };
	struct store *s;
	struct err e;

	make_old(secret);
	put_file(in("secret.key"), secret, 32, 0600);
	s = again();
	store_close(s);
	ck_assert(!holds(in("data.mdb"), secret, 32));
	tmpdir_remove(&dir);
	tmpdir_make(&dir);
	make_old(secret);
	put_file(in("secret.key"), other, 32, 0600);
	ck_assert_int_eq(try(false, &s, &e), RC_OTHER_SECRET);
	ck_assert(holds(in("data.mdb"), secret, 32)); /* nothing was lost */
}
END_TEST

Suite *secret_suite(void)
{
	Suite *s = suite_create("secret");
	TCase *tc = tcase_create("secret");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, it_lies_beside_the_store);
	tcase_add_test(tc, a_store_without_it_says_so);
	tcase_add_test(tc, a_restored_copy_may_have_a_new_one);
	tcase_add_test(tc, another_stores_is_not_taken_for_it);
	tcase_add_test(tc, a_file_that_others_may_read_is_refused);
	tcase_add_test(tc, a_credential_goes_before_the_file);
	tcase_add_test(tc, an_older_store_hands_it_over);
	tcase_add_test(tc, a_hand_over_cut_short_goes_on);
	suite_add_tcase(s, tc);
	return s;
}
