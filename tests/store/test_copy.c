/* test_copy.c - hot copies, and the check of a store that is being written. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "tests/store/suites.h"

static struct tmpdir dir, copy;

static void setup(void)
{
	tmpdir_make(&dir);
	tmpdir_make(&copy);
}

static void teardown(void)
{
	tmpdir_remove(&dir);
	tmpdir_remove(&copy);
}

static enum rc copy_to_dir(struct store *s)
{
	char path[256];
	int fd;
	enum rc rc;

	snprintf(path, sizeof(path), "%s/data.mdb", copy.path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	rc = store_copy_fd(s, fd);
	close(fd);
	return rc;
}

START_TEST(a_copy_is_a_store)
{
	struct store *s = open_ok(&dir, NULL), *c;
	struct store_stat st, st2;
	struct err e;

	ck_assert_int_eq(fill(s, DB_ORG, 0, 1000, 500), RC_OK);
	ck_assert_int_eq(fill(s, DB_ORG, 0, 1000, 400), RC_OK);
	ck_assert_int_eq(copy_to_dir(s), RC_OK);
	c = open_ok(&copy, NULL);
	ck_assert_int_eq(store_verify_pages(c, &e), RC_OK);
	ck_assert_int_eq(store_stat(s, &st), RC_OK);
	ck_assert_int_eq(store_stat(c, &st2), RC_OK);
	ck_assert_mem_eq(st.entries, st2.entries, sizeof(st.entries));
	ck_assert_uint_lt(st2.used_bytes, st.used_bytes); /* compacted */
	ck_assert_int_eq(fill(c, DB_ORG, 500, 1000, 300), RC_OK);
	store_close(c);
	store_close(s);
}
END_TEST

START_TEST(a_reader_that_hangs_up_is_an_error)
{
	struct store *s = open_ok(&dir, NULL);
	int p[2];

	ck_assert_int_eq(fill(s, DB_ORG, 0, 1000, 500), RC_OK);
	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(p), 0);
	close(p[0]);
	ck_assert_int_eq(store_copy_fd(s, p[1]), RC_IO);
	close(p[1]);
	ck_assert_int_eq(fill(s, DB_ORG, 0, 10, 500), RC_OK);
	store_close(s);
}
END_TEST

struct churn {
	struct store *store;
	atomic_bool stop;
	enum rc rc;
};

/* Commits of 20 records: every snapshot has a multiple of 20. */
static void *churn(void *arg)
{
	struct churn *c = arg;

	for (unsigned i = 0; !atomic_load(&c->stop) && c->rc == RC_OK; i++)
		c->rc = fill(c->store, DB_ORG, i * 20 % 4000, 20, 100 + i % 900);
	return NULL;
}

START_TEST(copies_and_checks_while_it_is_written)
{
	struct churn c = { .store = open_ok(&dir, NULL) };
	struct store_stat st;
	pthread_t thread;
	struct store *d;
	struct err e;

	ck_assert_int_eq(pthread_create(&thread, NULL, churn, &c), 0);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(store_verify_pages(c.store, &e), RC_OK);
		ck_assert_int_eq(copy_to_dir(c.store), RC_OK);
		d = open_ok(&copy, NULL);
		ck_assert_int_eq(store_stat(d, &st), RC_OK);
		ck_assert_uint_eq(st.entries[DB_ORG] % 20, 0);
		store_close(d);
	}
	atomic_store(&c.stop, true);
	pthread_join(thread, NULL);
	ck_assert_int_eq(c.rc, RC_OK);
	store_close(c.store);
}
END_TEST

Suite *copy_suite(void)
{
	Suite *s = suite_create("store/copy");
	TCase *tc = tcase_create("copy");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_copy_is_a_store);
	tcase_add_test(tc, a_reader_that_hangs_up_is_an_error);
	tcase_add_test(tc, copies_and_checks_while_it_is_written);
	suite_add_tcase(s, tc);
	return s;
}
