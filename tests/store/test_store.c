/* test_store.c - runs the suites of store/; also the second process that some of them need. */
#include <fcntl.h>
#include <sys/wait.h>

#include "base/util.h"
#include "tests/run.h"
#include "tests/store/suites.h"

struct store *open_ok(const struct tmpdir *d, const struct store_options *o)
{
	struct store_options def = { .create = true };
	struct store *s = NULL;
	struct err e = { 0 };
	enum rc rc = store_open(d->path, o ? o : &def, &s, NULL, &e);

	ck_assert_msg(rc == RC_OK, "%s: %s", rc_code(rc), e.arg);
	return s;
}

pid_t spawn_self(const char *mode, const char *dir, int *out_fd)
{
	int p[2];
	pid_t pid;

	ck_assert_int_eq(pipe2(p, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(p[1], STDOUT_FILENO);
		execl("/proc/self/exe", "test_store", mode, dir, (char *)NULL);
		_exit(127);
	}
	close(p[1]);
	*out_fd = p[0];
	return pid;
}

enum rc fill(struct store *s, enum db db, unsigned from, unsigned n, size_t size)
{
	struct txn *t;
	enum rc rc = txn_begin_write(s, &t);

	if (rc != RC_OK)
		return rc;
	for (unsigned i = from; i < from + n; i++) {
		char key[16];
		void *p;

		snprintf(key, sizeof(key), "key-%06u", i);
		p = txn_reserve(t, db, view_str(key), size);
		if (p)
			memset(p, (int)('a' + i % 26), size);
	}
	return txn_commit(t);
}

/* The second process: says what it came to, then (reader) holds a transaction until it is killed. */
static int second(const char *mode, const char *dir)
{
	bool reader = strcmp(mode, "reader") == 0;
	struct store_options o = { .read_only = reader };
	struct store *s;
	struct txn *t;
	struct err e = { 0 };
	enum rc rc = store_open(dir, &o, &s, NULL, &e);

	if (rc == RC_OK && reader)
		rc = txn_begin_read(s, &t);
	printf("%s %s\n", rc_code(rc), e.arg);
	fflush(stdout);
	if (rc == RC_OK)
		pause();
	return 0;
}

int main(int argc, char **argv)
{
	static suite_make *const suites[] = {
		open_suite, txn_suite, cursor_suite, grow_suite, damage_suite, copy_suite, overlay_suite, secret_suite,
	};

	if (argc == 3)
		return second(argv[1], argv[2]);
	return run_suites(suites, ARRAY_LEN(suites));
}
