/*
 * check.c - the checks of a whole file: its meta pages, then every tree that the newest one names.
 */
#include "store/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

#define META_MAGIC 0xBEEFC0DEu
#define META_VERSION 1u
#define PAGE_MIN 512u
#define PAGE_MAX 32768u
#define SNAPSHOT_TRIES 100

enum rc meta_read(int fd, uint64_t offset, struct meta_page *out, struct err *e)
{
	uint8_t raw[PAGE_HEADER + sizeof(*out)];
	uint16_t flags;
	ssize_t n = pread(fd, raw, sizeof(raw), (off_t)offset);
	uint32_t psize;

	if (n < 0)
		return err_set(e, RC_IO, NULL, "data.mdb: %s", strerror(errno));
	if ((size_t)n < sizeof(raw))
		return err_set(e, RC_DAMAGED, NULL, "data.mdb is cut short");
	memcpy(&flags, raw + 10, sizeof(flags));
	memcpy(out, raw + PAGE_HEADER, sizeof(*out));
	if (flags != PF_META || out->magic != META_MAGIC)
		return err_set(e, RC_DAMAGED, NULL, "data.mdb is not a store");
	if (out->version != META_VERSION)
		return err_set(e, RC_DAMAGED, NULL, "data.mdb has the layout %u of LMDB, not %u",
			       out->version, META_VERSION);
	psize = out->free.pad;
	if (psize < PAGE_MIN || psize > PAGE_MAX || (psize & (psize - 1)) != 0)
		return err_set(e, RC_DAMAGED, NULL, "data.mdb: its page size makes no sense");
	if (out->last_page == 0 || out->last_page >= (uint64_t)INT64_MAX / psize - 1)
		return err_set(e, RC_DAMAGED, NULL, "data.mdb: its size makes no sense");
	return RC_OK;
}

static enum rc metas_read(int fd, struct meta_page out[2], struct err *e)
{
	enum rc rc = meta_read(fd, 0, &out[0], e);

	if (rc == RC_OK)
		rc = meta_read(fd, out[0].free.pad, &out[1], e);
	if (rc == RC_OK && out[0].free.pad != out[1].free.pad)
		return err_set(e, RC_DAMAGED, NULL, "data.mdb: its meta pages differ in page size");
	return rc;
}

/* The named trees of the main tree: it is small, so its leaves are read again one by one. */
struct names {
	struct tree tree[DB__COUNT];
	bool found[DB__COUNT];
};

static void names_of_leaf(const uint8_t *page, struct names *out)
{
	uint16_t lower;

	memcpy(&lower, page + 12, sizeof(lower));
	for (size_t i = 0; i < (lower - PAGE_HEADER) / 2u; i++) {
		uint16_t at, key_n;
		const uint8_t *p;

		memcpy(&at, page + PAGE_HEADER + 2 * i, sizeof(at));
		p = page + at;
		memcpy(&key_n, p + 6, sizeof(key_n));
		for (int db = 0; db < DB__COUNT; db++) {
			if (!view_eq(view_of(p + NODE_HEADER, key_n), view_str(store_schema[db].name)))
				continue;
			memcpy(&out->tree[db], p + NODE_HEADER + key_n, sizeof(struct tree));
			out->found[db] = true;
		}
	}
}

static enum rc walk_all(struct walk *w, const struct meta_page *m)
{
	struct names names = { 0 };
	enum rc rc;

	w->is_main = true;
	rc = walk_tree(w, &m->main, "main");
	if (rc != RC_OK)
		return rc;
	/* the schema's names fit one page, whose copy the walk has left behind */
	if (m->main.depth > 1)
		return err_set(w->e, RC_DAMAGED, NULL, "main: too many databases");
	if (m->main.depth == 1)
		names_of_leaf(w->page[0], &names);
	w->is_main = false;
	for (int db = 0; rc == RC_OK && db < DB__COUNT; db++) {
		if (!names.found[db] && store_since[db])
			continue; /* a store of an older format */
		if (!names.found[db])
			return err_set(w->e, RC_DAMAGED, NULL, "the database '%s' is missing",
				       store_schema[db].name);
		rc = walk_tree(w, &names.tree[db], store_schema[db].name);
	}
	if (rc != RC_OK)
		return rc;
	w->is_free = true;
	return walk_tree(w, &m->free, "free pages");
}

static enum rc check_meta(int fd, const struct meta_page *m, struct page_counts *out, struct err *e)
{
	struct walk w = { .fd = fd, .psize = m->free.pad, .pages = m->last_page + 1, .e = e };
	enum rc rc;

	w.seen = calloc(1, (size_t)(w.pages / 8 + 1));
	rc = w.seen ? walk_all(&w, m) : err_set(e, RC_NOMEM, NULL, NULL);
	for (int i = 0; i < DEPTH_MAX; i++)
		free(w.page[i]);
	free(w.seen);
	if (rc == RC_OK && out)
		*out = (struct page_counts){ w.pages, w.in_use + 2, w.free,
					     w.pages - 2 - w.in_use - w.free };
	return rc;
}

enum rc pages_check_file(const char *path, bool deep, bool *out_empty, struct err *e)
{
	struct meta_page m[2];
	struct stat st;
	enum rc rc;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(e, RC_IO, NULL, "%s: %s", path, strerror(errno));
	rc = metas_read(fd, m, e);
	if (rc == RC_OK && fstat(fd, &st) == 0) {
		const struct meta_page *newest = &m[m[0].txnid < m[1].txnid];

		/* a bound for the check's memory; pages at the end may never have been written */
		if (newest->last_page / 2 > (uint64_t)st.st_size / newest->free.pad + (1u << 20))
			rc = err_set(e, RC_DAMAGED, NULL, "data.mdb is cut short");
		*out_empty = newest->txnid == 0;
		if (rc == RC_OK && deep && newest->txnid > 0)
			rc = check_meta(fd, newest, NULL, e);
	}
	close(fd);
	return rc;
}

enum rc pages_check_snapshot(int fd, uint64_t txnid, struct page_counts *out, struct err *e)
{
	for (int i = 0; i < SNAPSHOT_TRIES; i++) {
		struct meta_page m[2];
		enum rc rc = metas_read(fd, m, e);

		if (rc != RC_OK)
			return rc;
		for (int k = 0; k < 2; k++)
			if (m[k].txnid == txnid)
				return check_meta(fd, &m[k], out, e);
	}
	return err_set(e, RC_BUSY, NULL, "too much is written");
}
