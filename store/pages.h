/*
 * pages.h - the shape of an LMDB 0.9 file as the checker reads it: headers, nodes, trees.
 * LMDB writes these in the machine's own byte order; so do we read them.
 */
#pragma once

#include <stdint.h>

#include "store/internal.h"

#define PAGE_HEADER 16
#define NODE_HEADER 8
#define DEPTH_MAX 32
#define PAGE_NONE UINT64_MAX

enum { PF_BRANCH = 1, PF_LEAF = 2, PF_OVERFLOW = 4, PF_META = 8 };
enum { NF_BIG = 1, NF_SUBTREE = 2 };
enum { TF_INTEGER_KEY = 8 };

struct page_head {
	uint64_t number;
	uint16_t pad, flags;
	uint16_t lower, upper; /* of an overflow page: together the number of its pages */
};

/* A tree as a meta page or the main tree names it. */
struct tree {
	uint32_t pad;
	uint16_t flags, depth;
	uint64_t branch_pages, leaf_pages, overflow_pages, entries, root;
};

struct meta_page {
	uint32_t magic, version;
	uint64_t address, map_bytes;
	struct tree free, main; /* free.pad: the page size */
	uint64_t last_page, txnid;
};

struct node {
	uint32_t data_n;    /* of a leaf's node */
	uint64_t child;     /* of a branch's node */
	uint16_t flags, key_n;
	const uint8_t *key, *data;
};

/* One walk over the trees of one meta page. */
struct walk {
	int fd;
	size_t psize;
	uint64_t pages;       /* in the map: last page + 1 */
	uint8_t *seen;        /* one bit a page */
	uint64_t in_use, free;
	uint8_t *page[DEPTH_MAX];
	const char *name;     /* of the tree that is walked */
	bool is_free, is_main;
	uint64_t entries;
	uint8_t last_key[512], low_key[512];
	size_t last_n, low_n; /* low: no key of the next leaf may be below it */
	bool has_last, has_low;
	struct err *e;
};

MUST_USE enum rc walk_tree(struct walk *w, const struct tree *t, const char *name);
/* Reads the meta page at an offset; page sizes and numbers are sane afterwards. */
MUST_USE enum rc meta_read(int fd, uint64_t offset, struct meta_page *out, struct err *e);
