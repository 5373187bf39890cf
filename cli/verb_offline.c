/*
 * verb_offline.c - check, restore and load: the server's own program works on the directory; its exit
 * status is ours (0 sound, 3 damaged or in use).
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "cli/verbs.h"

#define SERVER "tierwatchd"

/* Beside this program, in the sbin beside its bin, then by PATH. */
static void find_and_run(char **argv)
{
	static const char *const places[] = { SERVER, "../sbin/" SERVER };
	char self[PATH_MAX], path[PATH_MAX + 32];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	for (size_t i = 0; slash && i < ARRAY_LEN(places); i++) {
		snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - self), self, places[i]);
		argv[0] = path;
		if (access(path, X_OK) == 0)
			execv(path, argv);
	}
	argv[0] = (char[]){ SERVER };
	execvp(SERVER, argv);
}

int offline_run_words(struct cli *c, const char *const *words, size_t n_words)
{
	char *argv[ARGS_MAX_POS + 8];
	size_t n = 0;

	setenv("LC_ALL", c->lang == LANG_JA ? "ja_JP.UTF-8" : "C.UTF-8", 1); /* one language */

	argv[n++] = NULL;
	argv[n++] = (char[]){ "--offline" };
	for (size_t i = 0; i < n_words; i++)
		argv[n++] = (char *)(uintptr_t)words[i];
	argv[n] = NULL;
	find_and_run(argv);
	SAY(c, M_NO_SERVER_PROGRAM, SERVER, strerror(errno));
	return CLI_FAILED;
}

int verb_offline(struct cli *c, const struct args *a)
{
	const char *words[ARGS_MAX_POS + 1];

	words[0] = a->verb->noun;
	for (size_t i = 0; i < a->n_pos; i++)
		words[i + 1] = a->pos[i];
	return offline_run_words(c, words, a->n_pos + 1);
}
