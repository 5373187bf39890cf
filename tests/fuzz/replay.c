/*
 * replay.c - runs a fuzz target over stored inputs, without a fuzzer: what `make check` does with
 * the corpora. Linked with one fuzz_NAME.c. Arguments are files or directories; without any, the
 * program called fuzz_NAME or replay_NAME takes $srcdir/tests/fuzz/corpus/NAME. A corpus
 * that is missing or empty is a failure.
 */
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Returns how many inputs were run, -1 on an error. */
static int replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	if (!f || fstat(fileno(f), &st)) {
		perror(path);
		if (f)
			fclose(f);
		return -1;
	}
	/* Exactly as large as the input, so that a sanitizer sees a read past its end. */
	size_t n = (size_t)st.st_size;
	uint8_t *p = malloc(n ? n : 1);
	bool ok = p && fread(p, 1, n, f) == n;
	fclose(f);
	if (ok)
		LLVMFuzzerTestOneInput(p, n);
	free(p);
	return ok ? 1 : -1;
}

static int replay_dir(const char *path)
{
	struct dirent **names = NULL;
	int found = scandir(path, &names, NULL, alphasort);
	int ran = found < 0 ? -1 : 0;
	if (found < 0)
		perror(path);
	for (int i = 0; i < found; i++) {
		char file[PATH_MAX];
		int len = snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.' && len < (int)sizeof(file) && ran >= 0)
			ran = replay_file(file) < 0 ? -1 : ran + 1;
		free(names[i]);
	}
	free(names);
	return ran;
}

static int replay(const char *path)
{
	struct stat st;
	if (stat(path, &st)) {
		perror(path);
		return -1;
	}
	return S_ISDIR(st.st_mode) ? replay_dir(path) : replay_file(path);
}

int main(int argc, char **argv)
{
	char own[PATH_MAX];
	const char *dir = getenv("srcdir");
	const char *base = strrchr(argv[0], '/');
	const char *name = strchr(base ? base : argv[0], '_');
	int ran = 0;
	if (argc < 2) {
		snprintf(own, sizeof(own), "%s/tests/fuzz/corpus/%s", dir ? dir : ".",
			 name ? name + 1 : "");
		ran = replay(own);
	}
	for (int i = 1; i < argc && ran >= 0; i++) {
		int n = replay(argv[i]);
		ran = n < 0 ? -1 : ran + n;
	}
	if (ran <= 0) {
		fprintf(stderr, "replay: no input was run\n");
		return 1;
	}
	printf("replay: %d inputs\n", ran);
	return 0;
}
