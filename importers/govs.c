/*
 * govs.c - the table is read once from the bytes that importers/govs_data.S binds in, sorted by
 * folded name; then it is only read.
 */
#include "importers/govs.h"

#include <pthread.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/orgid.h"
#include "base/util.h"
#include "importers/csv.h"
#include "importers/local_id.h"

extern const char govs_csv[], govs_csv_end[];

struct gov {
	char *name; /* NFKC */
	char number[14];
};

#define GOVS_MAX 4096

static struct gov govs[GOVS_MAX];
static size_t n_govs;
static pthread_once_t govs_once = PTHREAD_ONCE_INIT;

/* NUL-ended copy to be freed; NULL: no memory, or no UTF-8. */
static char *fold(struct view v)
{
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t n = utf8proc_map(v.p, (utf8proc_ssize_t)v.n, &out,
					  UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);

	return n < 0 ? NULL : (char *)out;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct gov *)a)->name, ((const struct gov *)b)->name);
}

static void add(struct view number, struct view name)
{
	struct gov *g = &govs[n_govs];

	if (n_govs == GOVS_MAX || !corporate_number_ok(number))
		return;
	g->name = fold(name);
	if (!g->name)
		return;
	memcpy(g->number, number.p, 13);
	g->number[13] = '\0';
	n_govs++;
}

static void read_table(void)
{
	AUTO(source_done) struct source src;
	AUTO(csv_done) struct csv c = { 0 };
	struct view bytes = view_of(govs_csv, (size_t)(govs_csv_end - govs_csv));

	if (source_open_bytes(&src, bytes, NULL) || csv_open(&c, &src, ',', NULL) ||
	    csv_next(&c, NULL))
		return;
	while (csv_next(&c, NULL) == RC_OK)
		if (c.n >= 2)
			add(c.cells[0], c.cells[1]);
	qsort(govs, n_govs, sizeof(govs[0]), by_name);
}

size_t gov_count(void)
{
	pthread_once(&govs_once, read_table);
	return n_govs;
}

static bool is_alone(const struct gov *g)
{
	size_t i = (size_t)(g - govs);

	return !(i > 0 && strcmp(govs[i - 1].name, g->name) == 0) &&
	       !(i + 1 < n_govs && strcmp(govs[i + 1].name, g->name) == 0);
}

enum rc gov_id(struct view name, struct buf *out)
{
	AUTO_FREE char *folded = NULL;
	const struct gov *g;

	pthread_once(&govs_once, read_table);
	folded = fold(name);
	if (!folded)
		return RC_NOMEM;
	g = bsearch(&(struct gov){ .name = folded }, govs, n_govs, sizeof(govs[0]), by_name);
	if (g && is_alone(g)) {
		buf_adds(out, "JP-JCN-");
		buf_adds(out, g->number);
	} else {
		local_id_of_government(out, view_str(folded));
	}
	return buf_ok(out) ? RC_OK : RC_NOMEM;
}
