/*
 * demogen - writes the files of a fictional supply chain, for `script/demo-load`.
 *
 * The same day and seed give the same bytes. Nothing here is a real company (see demo.h).
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/date.h"
#include "base/util.h"
#include "data/demo.h"

#define SEED 20260327u

static void targets(struct demo_world *w, FILE *f)
{
	for (int i = 0; i < DEMO_BUYERS; i++)
		demo_write_targets(w, i, f);
}

static const struct {
	const char *name;
	demo_writer *write;
} files[] = {
	{ "orgs.csv", demo_write_orgs },
	{ "links.csv", demo_write_links },
	{ "certificates.csv", demo_write_certificates },
	{ "clauses.csv", demo_write_clauses },
	{ "rules.json", demo_write_rules },
	{ "targets.txt", targets },
};

static bool write_file(struct demo_world *w, const char *dir, size_t i)
{
	char path[4096];
	FILE *f;
	bool failed;

	if (snprintf(path, sizeof(path), "%s/%s", dir, files[i].name) >= (int)sizeof(path))
		return false;
	f = fopen(path, "w");
	if (!f) {
		fprintf(stderr, "demogen: %s: %s\n", path, strerror(errno));
		return false;
	}
	files[i].write(w, f);
	failed = ferror(f) != 0;
	failed |= fclose(f) != 0;
	if (failed)
		fprintf(stderr, "demogen: %s: cannot write\n", path);
	return !failed;
}

static bool write_all(const char *dir, int32_t today)
{
	struct demo_world w;
	bool ok = demo_world_make(&w, today, SEED);

	if (!ok)
		fputs("demogen: out of memory\n", stderr);
	if (ok && mkdir(dir, 0777) != 0 && errno != EEXIST) {
		fprintf(stderr, "demogen: %s: %s\n", dir, strerror(errno));
		ok = false;
	}
	for (size_t i = 0; ok && i < ARRAY_LEN(files); i++)
		ok = write_file(&w, dir, i);
	if (ok)
		fprintf(stderr, "demogen: %u organisations, %u links\n", w.org_count, w.link_count);
	demo_world_done(&w);
	return ok;
}

static int usage(void)
{
	fputs("usage: demogen [--today YYYY-MM-DD] OUTDIR\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "today", required_argument, NULL, 't' }, { 0 } };
	int32_t today = day_of_instant_jst((int64_t)time(NULL) * 1000);
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (c != 't' || !day_parse(view_str(optarg), &today))
			return usage();
	if (optind + 1 != argc)
		return usage();
	return write_all(argv[optind], today) ? 0 : 1;
}
