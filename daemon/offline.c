/*
 * offline.c - see offline.h. A damaged file may crash whoever reads it through a map: the check runs in a
 * child, and how the child ends is part of the finding.
 */
#include "daemon/offline.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "graph/graph.h"
#include "store/store.h"

#define DATA_FILE "data.mdb"

enum lang offline_language(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < 3; i++) {
		const char *v = getenv(names[i]);
		if (v && *v)
			return strncmp(v, "ja", 2) == 0 ? LANG_JA : LANG_EN;
	}
	return LANG_EN;
}

int say_error(const struct err *e)
{
	char text[512], line[32] = "";

	err_text(e, offline_language(), text, sizeof(text));
	if (e->line)
		snprintf(line, sizeof(line), " (line %u)", e->line);
	fprintf(stderr, "tierwatchd: %s%s\n", text, line);
	if (e->rc == RC_USAGE)
		return EXIT_USAGE;
	if (e->rc == RC_NO_SECRET || e->rc == RC_OTHER_SECRET)
		return EXIT_USAGE;
	return e->rc == RC_IN_USE || e->rc == RC_DAMAGED ? EXIT_DAMAGED : EXIT_FAILED;
}

/* ---- check ---- */

static void report(void *arg, const char *sentence)
{
	(void)arg;
	printf("%s\n", sentence);
}

static int check_store(struct store *s)
{
	struct err e = { 0 };
	struct txn *t;
	enum rc rc = store_verify_pages(s, &e);

	if (rc) {
		e.rc = rc;
		return say_error(&e);
	}
	rc = txn_begin_read(s, &t);
	if (rc) {
		err_set(&e, rc, NULL, "%s", "no transaction");
		return say_error(&e);
	}
	size_t found = graph_check(t, report, NULL);
	if (found)
		fprintf(stderr, "tierwatchd: %zu findings: the store is damaged\n", found);
	else
		fprintf(stderr,
			"tierwatchd: sound: revision %llu, %llu organisations, %llu links\n",
			(unsigned long long)graph_revision(t),
			(unsigned long long)txn_count(t, DB_ORG),
			(unsigned long long)graph_link_count(t));
	txn_abort(t);
	return found ? EXIT_DAMAGED : EXIT_OK;
}

static int check_here(const char *dir)
{
	struct store_options o = { .read_only = true };
	struct err e = { 0 };
	struct store *s;
	enum rc rc = store_open(dir, &o, &s, NULL, &e);

	if (rc) {
		e.rc = rc;
		return say_error(&e);
	}
	int status = check_store(s);
	store_close(s);
	return status;
}

static int check(const char *dir)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		status = check_here(dir);
		fflush(NULL);
		_exit(status);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0) {
		fprintf(stderr, "tierwatchd: %s\n", strerror(errno));
		return EXIT_FAILED;
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	fprintf(stderr, "tierwatchd: the store is damaged: reading it failed with signal %d\n",
		WTERMSIG(status));
	return EXIT_DAMAGED;
}

/* ---- restore ---- */

static int fail_io(const char *what)
{
	fprintf(stderr, "tierwatchd: %s: %s\n", what, strerror(errno));
	return EXIT_FAILED;
}

/* Makes dir, or finds it empty. */
static bool is_empty_dir(const char *dir)
{
	struct dirent *d;
	bool empty = true;

	if (mkdir(dir, 0700) == 0)
		return true;
	DIR *h = errno == EEXIST ? opendir(dir) : NULL;
	if (!h)
		return false;
	while ((d = readdir(h)))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			empty = false;
	closedir(h);
	if (!empty)
		errno = ENOTEMPTY;
	return empty;
}

static bool copy_bytes(int from, int to)
{
	static char buf[1 << 16];
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		for (ssize_t at = 0, k; at < n; at += k) {
			k = write(to, buf + at, (size_t)(n - at));
			if (k < 0 && errno == EINTR)
				k = 0;
			else if (k < 0)
				return false;
		}
	}
	return fsync(to) == 0;
}

static int copy_file(const char *file, const char *path)
{
	int from = open(file, O_RDONLY | O_CLOEXEC), to, status = EXIT_OK;

	if (from < 0)
		return fail_io(file);
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to < 0 || !copy_bytes(from, to))
		status = fail_io(path);
	close(from);
	if (to >= 0 && close(to) != 0 && status == EXIT_OK)
		status = fail_io(path);
	return status;
}

/* The copy carries no secret: its own is put beside it before the first start, or it gets a new one there. */
static int allow_new_secret(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || close(fd) != 0)
		return fail_io(path);
	return EXIT_OK;
}

static int restore(const char *file, const char *dir)
{
	char path[PATH_MAX], lock[PATH_MAX], renew[PATH_MAX];
	int status;

	if (snprintf(path, sizeof(path), "%s/" DATA_FILE, dir) >= (int)sizeof(path))
		return EXIT_USAGE;
	snprintf(lock, sizeof(lock), "%s/lock.mdb", dir);
	snprintf(renew, sizeof(renew), "%s/" STORE_SECRET_NEW, dir);
	if (!is_empty_dir(dir))
		return fail_io(dir);
	status = copy_file(file, path);
	if (status == EXIT_OK)
		status = check(dir);
	if (status == EXIT_OK)
		status = allow_new_secret(renew);
	if (status != EXIT_OK) {
		unlink(path);
		unlink(lock);
	}
	return status;
}

int offline_run(const struct settings *s)
{
	const char *verb = s->offline;

	if (strcmp(verb, "check") == 0 && s->n_args == 1)
		return check(s->args[0]);
	if (strcmp(verb, "restore") == 0 && s->n_args == 2)
		return restore(s->args[0], s->args[1]);
	if (strcmp(verb, "load") == 0 && s->n_args >= 1)
		return offline_load(s);
	if (strcmp(verb, "audit-verify") == 0 && s->n_args == 1)
		return offline_audit(s);
	fprintf(stderr, "tierwatchd: usage: --offline audit-verify [--verify-key KEY] [--verify-head HASH] FILE | --offline check DIR | --offline restore FILE DIR | --offline load "
			"[--strict] DIR [FILE…]\n");
	return EXIT_USAGE;
}
