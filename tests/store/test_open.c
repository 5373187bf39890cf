/* test_open.c - making, opening and refusing stores; locks between processes. */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/pack.h"
#include "store/internal.h"
#include "tests/store/suites.h"

static struct tmpdir dir;

static void setup(void) { tmpdir_make(&dir); }
static void teardown(void) { tmpdir_remove(&dir); }

static enum rc try_open(const char *path, bool create, bool read_only, struct err *e)
{
	struct store_options o = { .create = create, .read_only = read_only };
	struct store *s = NULL;
	enum rc rc = store_open(path, &o, &s, NULL, e);

	store_close(s);
	return rc;
}

static void write_file(const char *name, const void *bytes, size_t n)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir.path, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, n), (ssize_t)n);
	close(fd);
}

START_TEST(a_new_store_is_made_once)
{
	struct store_options o = { .create = true };
	struct store *s;
	struct store_stat st;
	bool is_new = false;
	struct err e;

	ck_assert_int_eq(store_open(dir.path, &o, &s, &is_new, &e), RC_OK);
	ck_assert(is_new);
	ck_assert_str_eq(store_dir(s), dir.path);
	ck_assert_int_eq(store_stat(s, &st), RC_OK);
	ck_assert_uint_eq(st.map_bytes, (uint64_t)64 << 30);
	ck_assert_uint_eq(st.entries[DB_META], 1);
	ck_assert_uint_eq(st.entries[DB_LOG], 0);
	ck_assert_uint_gt(st.used_bytes, 0);
	store_close(s);
	ck_assert_int_eq(store_open(dir.path, &o, &s, &is_new, &e), RC_OK);
	ck_assert(!is_new);
	store_close(s);
}
END_TEST

START_TEST(the_directory_is_made_too)
{
	struct err e;
	char path[256];

	snprintf(path, sizeof(path), "%s/below", dir.path);
	ck_assert_int_eq(try_open(path, true, false, &e), RC_OK);
	ck_assert_int_eq(try_open(path, false, false, &e), RC_OK);
	ck_assert_int_eq(try_open(path, false, true, &e), RC_OK);
}
END_TEST

START_TEST(where_there_is_none_it_says_so)
{
	struct err e;
	char path[256];

	ck_assert_int_eq(try_open(dir.path, false, false, &e), RC_IO);
	ck_assert_ptr_nonnull(strstr(e.arg, "there is no store"));
	ck_assert_int_eq(try_open(dir.path, false, true, &e), RC_IO);
	ck_assert_int_eq(try_open(dir.path, true, true, &e), RC_IO);
	snprintf(path, sizeof(path), "%s/absent/deeper", dir.path);
	ck_assert_int_eq(try_open(path, true, false, &e), RC_IO);
	ck_assert_ptr_nonnull(strstr(e.arg, "No such file"));
	write_file("plain", "x", 1);
	snprintf(path, sizeof(path), "%s/plain", dir.path);
	ck_assert_int_eq(try_open(path, true, false, &e), RC_IO);
}
END_TEST

START_TEST(an_empty_file_is_a_new_store)
{
	struct err e;

	write_file("data.mdb", "", 0);
	ck_assert_int_eq(try_open(dir.path, false, false, &e), RC_IO);
	ck_assert_int_eq(try_open(dir.path, true, false, &e), RC_OK);
	ck_assert_int_eq(try_open(dir.path, false, false, &e), RC_OK);
}
END_TEST

START_TEST(a_strange_file_is_refused)
{
	static char noise[65536];
	struct err e;

	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)(i * 2654435761u >> 13);
	write_file("data.mdb", noise, sizeof(noise));
	ck_assert_int_eq(try_open(dir.path, true, false, &e), RC_DAMAGED);
	ck_assert_str_eq(e.arg, "data.mdb is not a store");
	write_file("data.mdb", "not a database", 14);
	ck_assert_int_eq(try_open(dir.path, true, false, &e), RC_DAMAGED);
	memset(noise, 0, sizeof(noise));
	write_file("data.mdb", noise, sizeof(noise));
	ck_assert_int_eq(try_open(dir.path, false, true, &e), RC_DAMAGED);
}
END_TEST

START_TEST(a_newer_format_is_refused)
{
	struct store *s = open_ok(&dir, NULL);
	struct txn *t;
	struct err e;
	uint8_t format[4];

	be32_put(format, 42);
	ck_assert_int_eq(txn_begin_write(s, &t), RC_OK);
	meta_put(t, "format", view_of(format, 4));
	ck_assert_int_eq(txn_commit(t), RC_OK);
	store_close(s);
	ck_assert_int_eq(try_open(dir.path, true, false, &e), RC_FORMAT_NEWER);
	ck_assert_str_eq(e.arg, "42");
	ck_assert_int_eq(try_open(dir.path, false, true, &e), RC_FORMAT_NEWER);
}
END_TEST

/* As a program of format 1 left it. */
static void make_old(void)
{
	struct store *s = open_ok(&dir, NULL);
	MDB_txn *mt;
	MDB_val key = { 6, (void *)(uintptr_t) "format" }, val = { 4, (void *)(uintptr_t) "\0\0\0\1" };

	ck_assert_int_eq(mdb_txn_begin(s->env, NULL, 0, &mt), 0);
	for (int db = 0; db < DB__COUNT; db++)
		if (store_since[db] > 1)
			ck_assert_int_eq(mdb_drop(mt, s->dbi[db], 1), 0);
	ck_assert_int_eq(mdb_put(mt, s->dbi[DB_META], &key, &val, 0), 0);
	ck_assert_int_eq(mdb_txn_commit(mt), 0);
	store_close(s);
}

START_TEST(an_older_format_lacks_nothing_afterwards)
{
	struct store_options reading = { .read_only = true };
	struct store *s;
	struct view v;
	struct txn *t;
	struct err e;

	make_old();
	ck_assert_int_eq(store_open(dir.path, &reading, &s, NULL, &e), RC_OK);
	ck_assert_int_eq(txn_begin_read(s, &t), RC_OK);
	ck_assert_int_eq(meta_get(t, "format", &v), RC_OK);
	ck_assert_uint_eq(be32_get(v.p), 1);
	for (int db = 0; db < DB__COUNT; db++) { /* what is not there is empty */
		if (store_since[db] < 2)
			continue;
		AUTO_CUR struct cur c;
		cur_open(&c, t, (enum db)db);
		ck_assert(!cur_first(&c) && !cur_ge(&c, VIEW_LIT("a")) && !cur_last(&c));
		ck_assert_int_eq(txn_get(t, (enum db)db, VIEW_LIT("a"), &v), RC_NOT_FOUND);
		ck_assert_uint_eq(txn_count(t, (enum db)db) + txn_bytes(t, (enum db)db), 0);
	}
	ck_assert_int_eq(txn_rc(t), RC_OK);
	txn_abort(t);
	ck_assert_int_eq(store_verify_pages(s, &e), RC_OK);
	store_close(s);
	for (int again = 0; again < 2; again++) {
		s = open_ok(&dir, NULL);
		ck_assert_int_eq(txn_begin_write(s, &t), RC_OK);
		ck_assert_int_eq(meta_get(t, "format", &v), RC_OK);
		ck_assert_uint_eq(be32_get(v.p), STORE_FORMAT);
		txn_put(t, DB_PAST, VIEW_LIT("a"), VIEW_LIT("b"));
		ck_assert_int_eq(txn_commit(t), RC_OK);
		store_close(s);
	}
}
END_TEST

START_TEST(one_process_opens_it_once)
{
	struct store *s = open_ok(&dir, NULL);
	struct err e;
	char mine[32];

	ck_assert_int_eq(try_open(dir.path, true, false, &e), RC_IN_USE);
	snprintf(mine, sizeof(mine), "pid %ld", (long)getpid());
	ck_assert_str_eq(e.arg, mine);
	store_close(s);
	ck_assert_int_eq(try_open(dir.path, true, false, &e), RC_OK);
}
END_TEST

static void read_line(int fd, char *out, size_t size)
{
	size_t n = 0;

	while (n + 1 < size && read(fd, out + n, 1) == 1 && out[n] != '\n')
		n++;
	out[n] = '\0';
}

START_TEST(a_second_process_is_refused_until_the_first_dies)
{
	struct err e;
	char line[128], want[64];
	int fd;
	pid_t pid;
	struct store *s = open_ok(&dir, NULL);

	pid = spawn_self("writer", dir.path, &fd);
	read_line(fd, line, sizeof(line));
	snprintf(want, sizeof(want), "in-use pid %ld", (long)getpid());
	ck_assert_str_eq(line, want);
	waitpid(pid, NULL, 0);
	close(fd);
	store_close(s);
	pid = spawn_self("writer", dir.path, &fd);
	read_line(fd, line, sizeof(line));
	ck_assert_str_eq(line, "ok ");
	ck_assert_int_eq(try_open(dir.path, true, false, &e), RC_IN_USE);
	snprintf(want, sizeof(want), "pid %ld", (long)pid);
	ck_assert_str_eq(e.arg, want);
	ck_assert_int_eq(try_open(dir.path, false, true, &e), RC_OK); /* reading is allowed */
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
	ck_assert_int_eq(try_open(dir.path, true, false, &e), RC_OK);
}
END_TEST

START_TEST(a_dead_reader_is_cleared)
{
	struct store *s = open_ok(&dir, NULL);
	char line[128];
	int fd;
	pid_t pid;

	ck_assert_int_eq(fill(s, DB_ORG, 0, 10, 100), RC_OK);
	pid = spawn_self("reader", dir.path, &fd);
	read_line(fd, line, sizeof(line));
	ck_assert_str_eq(line, "ok ");
	ck_assert_int_eq(store_reader_check(s), 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
	ck_assert_int_eq(store_reader_check(s), 1);
	ck_assert_int_eq(store_reader_check(s), 0);
	store_close(s);
}
END_TEST

START_TEST(a_directory_without_permission_says_so)
{
	struct err e;

	if (geteuid() != 0)
		ck_assert_int_eq(chmod(dir.path, 0500), 0);
	else /* root may do all: be somebody else for the attempt */
		ck_assert_int_eq(chmod(dir.path, 0755) + seteuid(65534), 0);
	ck_assert_int_eq(try_open(dir.path, true, false, &e), RC_IO);
	ck_assert_ptr_nonnull(strstr(e.arg, "Permission denied"));
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(chmod(dir.path, 0700), 0);
}
END_TEST

START_TEST(a_copy_is_read_without_writing_beside_it)
{
	struct store *s = open_ok(&dir, NULL);
	struct store_options o = { .read_only = true };
	struct view v;
	struct txn *t;
	struct err e;
	char path[256];

	ck_assert_int_eq(fill(s, DB_ORG, 0, 3, 100), RC_OK);
	store_close(s);
	snprintf(path, sizeof(path), "%s/lock.mdb", dir.path);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(store_open(dir.path, &o, &s, NULL, &e), RC_OK);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(txn_begin_read(s, &t), RC_OK);
	ck_assert_int_eq(txn_get(t, DB_ORG, VIEW_LIT("key-000001"), &v), RC_OK);
	txn_abort(t);
	ck_assert_int_eq(txn_begin_write(s, &t), RC_INTERNAL);
	ck_assert_int_eq(store_verify_pages(s, &e), RC_OK);
	store_close(s);
}
END_TEST

Suite *open_suite(void)
{
	Suite *s = suite_create("store/open");
	TCase *tc = tcase_create("open");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_new_store_is_made_once);
	tcase_add_test(tc, the_directory_is_made_too);
	tcase_add_test(tc, where_there_is_none_it_says_so);
	tcase_add_test(tc, an_empty_file_is_a_new_store);
	tcase_add_test(tc, a_strange_file_is_refused);
	tcase_add_test(tc, a_newer_format_is_refused);
	tcase_add_test(tc, an_older_format_lacks_nothing_afterwards);
	tcase_add_test(tc, one_process_opens_it_once);
	tcase_add_test(tc, a_second_process_is_refused_until_the_first_dies);
	tcase_add_test(tc, a_dead_reader_is_cleared);
	tcase_add_test(tc, a_directory_without_permission_says_so);
	tcase_add_test(tc, a_copy_is_read_without_writing_beside_it);
	suite_add_tcase(s, tc);
	return s;
}
