/*
 * pages.c - checks the trees of an LMDB file with pread alone, bounds before use, so that a file
 * of any content gives an answer and never a signal.
 *
 * What it guarantees for a file that passes: every page that a meta page reaches is whole, of the
 * right kind and reached once; nodes lie inside their pages; keys ascend, within leaves, across
 * leaves and against the branches; overflow runs and the list of free pages stay inside the file
 * and overlap nothing. So LMDB can read and write such a file without leaving its map.
 */
#include "store/pages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum rc damaged(struct walk *w, uint64_t number, const char *what)
{
	return err_set(w->e, RC_DAMAGED, NULL, "%s: page %llu: %s", w->name,
		       (unsigned long long)number, what);
}

/* Marks n pages as used; false where one is outside or marked already. */
static bool claim(struct walk *w, uint64_t number, uint64_t n)
{
	if (number < 2 || number >= w->pages || n == 0 || n > w->pages - number)
		return false;
	for (uint64_t i = number; i < number + n; i++) {
		uint8_t bit = (uint8_t)(1u << (i & 7));

		if (w->seen[i >> 3] & bit)
			return false;
		w->seen[i >> 3] |= bit;
	}
	return true;
}

static enum rc read_page(struct walk *w, uint64_t number, void *out, size_t n)
{
	ssize_t got = pread(w->fd, out, n, (off_t)(number * w->psize));

	if (got < 0)
		return err_set(w->e, RC_IO, NULL, "page %llu: %s", (unsigned long long)number,
			       strerror(errno));
	return (size_t)got == n ? RC_OK : damaged(w, number, "the file ends before it");
}

static uint16_t u16_at(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint64_t u64_at(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static struct page_head head_of(const uint8_t *page)
{
	struct page_head h = { u64_at(page), u16_at(page + 8), u16_at(page + 10), u16_at(page + 12),
			       u16_at(page + 14) };

	return h;
}

static size_t count_of(const struct page_head *h) { return (h->lower - PAGE_HEADER) / 2u; }

/* Node i of a page; false where it does not lie inside. *out_size is what it takes. */
static bool node_at(const struct walk *w, const uint8_t *page, const struct page_head *h, size_t i,
		    struct node *out, size_t *out_size)
{
	size_t at = u16_at(page + PAGE_HEADER + 2 * i);
	bool leaf = h->flags == PF_LEAF;
	const uint8_t *p = page + at;
	uint16_t lo, hi;

	if (at < h->upper || at % 2 != 0 || at + NODE_HEADER > w->psize)
		return false;
	lo = u16_at(p);
	hi = u16_at(p + 2);
	*out = (struct node){ .flags = u16_at(p + 4), .key_n = u16_at(p + 6), .key = p + NODE_HEADER };
	out->data_n = (uint32_t)lo | (uint32_t)hi << 16;
	out->child = out->data_n | (uint64_t)out->flags << 32;
	out->data = out->key + out->key_n;
	*out_size = NODE_HEADER + (size_t)out->key_n;
	if (leaf)
		*out_size += out->flags & NF_BIG ? sizeof(uint64_t) : out->data_n;
	return *out_size <= w->psize - at;
}

/* The header and the nodes' places. */
static enum rc check_shape(struct walk *w, uint64_t number, const uint8_t *page, bool leaf)
{
	struct page_head h = head_of(page);
	size_t used = 0, n, least = leaf || w->is_free ? 1 : 2;

	if (h.number != number)
		return damaged(w, number, "it carries another page's number");
	if (h.flags != (leaf ? PF_LEAF : PF_BRANCH))
		return damaged(w, number, "it is not of the kind that its place asks for");
	if (h.lower < PAGE_HEADER || h.lower % 2 != 0 || h.upper < h.lower || h.upper > w->psize)
		return damaged(w, number, "its bounds make no sense");
	n = count_of(&h);
	if (n < least)
		return damaged(w, number, "it has too few entries");
	for (size_t i = 0; i < n; i++) {
		struct node node;
		size_t size;

		if (!node_at(w, page, &h, i, &node, &size))
			return damaged(w, number, "an entry lies outside of it");
		used += size + (size & 1);
		if ((leaf || i > 0) && (node.key_n == 0 || node.key_n > 511))
			return damaged(w, number, "a key's length makes no sense");
	}
	return used <= w->psize - h.upper ? RC_OK : damaged(w, number, "entries overlap");
}

static int key_cmp(const struct walk *w, const uint8_t *a, size_t an, const uint8_t *b, size_t bn)
{
	if (w->is_free && an == 8 && bn == 8) { /* the only tree with numbers as keys */
		uint64_t x = u64_at(a), y = u64_at(b);

		return x < y ? -1 : x > y;
	}
	return view_cmp(view_of(a, an), view_of(b, bn));
}

/* A value that lies on pages of its own. */
static enum rc check_overflow(struct walk *w, uint64_t number, const struct node *node)
{
	uint64_t first = u64_at(node->data), need;
	uint8_t head[PAGE_HEADER];
	uint32_t have;
	enum rc rc;

	if (first < 2 || first >= w->pages)
		return damaged(w, number, "a value lies outside of the file");
	rc = read_page(w, first, head, sizeof(head));
	if (rc != RC_OK)
		return rc;
	memcpy(&have, head + 12, sizeof(have));
	need = (PAGE_HEADER - 1 + (uint64_t)node->data_n) / w->psize + 1;
	if (u64_at(head) != first || u16_at(head + 10) != PF_OVERFLOW || have < need)
		return damaged(w, first, "it is not the long value that it should be");
	if (!claim(w, first, have))
		return damaged(w, first, "a long value overlaps other pages");
	w->in_use += have;
	rc = read_page(w, first + need - 1, head, 1); /* the file reaches that far */
	return rc;
}

/* A record of the list of free pages: how many, then their numbers, falling. */
static enum rc check_free(struct walk *w, uint64_t number, const struct node *node)
{
	uint8_t *list = NULL;
	const uint8_t *p = node->data;
	uint64_t n, last = PAGE_NONE;
	enum rc rc = RC_OK;

	if (node->key_n != 8 || node->data_n < 8)
		return damaged(w, number, "a list of free pages is cut short");
	if (node->flags & NF_BIG) {
		list = malloc(node->data_n);
		if (!list)
			return err_set(w->e, RC_NOMEM, NULL, NULL);
		if (pread(w->fd, list, node->data_n,
			  (off_t)(u64_at(node->data) * w->psize + PAGE_HEADER)) !=
		    (ssize_t)node->data_n)
			rc = damaged(w, number, "a list of free pages cannot be read");
		p = list;
	}
	n = rc == RC_OK ? u64_at(p) : 0;
	if (n > node->data_n / 8 - 1)
		rc = damaged(w, number, "a list of free pages is cut short");
	for (uint64_t i = 1; rc == RC_OK && i <= n; i++) {
		uint64_t page = u64_at(p + 8 * i);

		if (page >= last || !claim(w, page, 1))
			rc = damaged(w, page, "listed as free and in use, or twice");
		last = page;
		w->free++;
	}
	free(list);
	return rc;
}

static enum rc check_value(struct walk *w, uint64_t number, const struct node *node)
{
	enum rc rc = RC_OK;

	if (w->is_main ? node->flags != NF_SUBTREE || node->data_n != sizeof(struct tree)
		       : (node->flags & ~NF_BIG) != 0)
		return damaged(w, number, "an entry's flags make no sense");
	if (node->flags & NF_BIG)
		rc = check_overflow(w, number, node);
	if (rc == RC_OK && w->is_free)
		rc = check_free(w, number, node);
	return rc;
}

static enum rc check_leaf(struct walk *w, uint64_t number, const uint8_t *page)
{
	struct page_head h = head_of(page);
	size_t n = count_of(&h);

	for (size_t i = 0; i < n; i++) {
		struct node node;
		size_t size;
		enum rc rc;

		(void)node_at(w, page, &h, i, &node, &size);
		if ((w->has_last &&
		     key_cmp(w, node.key, node.key_n, w->last_key, w->last_n) <= 0) ||
		    (w->has_low && key_cmp(w, node.key, node.key_n, w->low_key, w->low_n) < 0))
			return damaged(w, number, "keys are out of order");
		w->has_low = false;
		w->has_last = true;
		w->last_n = node.key_n;
		memcpy(w->last_key, node.key, node.key_n);
		rc = check_value(w, number, &node);
		if (rc != RC_OK)
			return rc;
	}
	w->entries += n;
	return RC_OK;
}

/* level: 1 is the root; the recursion is as deep as the tree says, at most DEPTH_MAX. */
static enum rc walk_page(struct walk *w, uint64_t number, unsigned level, unsigned depth)
{
	bool leaf = level == depth;
	struct page_head h;
	uint8_t *page = w->page[level - 1];
	enum rc rc;

	if (!claim(w, number, 1))
		return damaged(w, number, "outside of the file, or in use twice");
	w->in_use++;
	if (!page)
		page = w->page[level - 1] = malloc(w->psize);
	if (!page)
		return err_set(w->e, RC_NOMEM, NULL, NULL);
	rc = read_page(w, number, page, w->psize);
	if (rc == RC_OK)
		rc = check_shape(w, number, page, leaf);
	if (rc != RC_OK || leaf)
		return rc == RC_OK ? check_leaf(w, number, page) : rc;
	h = head_of(page);
	for (size_t i = 0; rc == RC_OK && i < count_of(&h); i++) {
		struct node node;
		size_t size;

		(void)node_at(w, page, &h, i, &node, &size);
		if (i > 0) { /* the first entry of a branch stands for "everything below" */
			if (w->has_last &&
			    key_cmp(w, w->last_key, w->last_n, node.key, node.key_n) >= 0)
				return damaged(w, number, "a branch sends keys the wrong way");
			w->has_low = true;
			w->low_n = node.key_n;
			memcpy(w->low_key, node.key, node.key_n);
		}
		rc = walk_page(w, node.child, level + 1, depth);
	}
	return rc;
}

enum rc walk_tree(struct walk *w, const struct tree *t, const char *name)
{
	enum rc rc;

	w->name = name;
	w->has_last = w->has_low = false;
	w->entries = 0;
	if (t->flags != (w->is_free ? TF_INTEGER_KEY : 0))
		return err_set(w->e, RC_DAMAGED, NULL, "%s: its flags make no sense", name);
	if (t->root == PAGE_NONE)
		return t->entries == 0 && t->depth == 0
			       ? RC_OK
			       : err_set(w->e, RC_DAMAGED, NULL, "%s: its root is missing", name);
	if (t->depth == 0 || t->depth > DEPTH_MAX)
		return err_set(w->e, RC_DAMAGED, NULL, "%s: its depth makes no sense", name);
	rc = walk_page(w, t->root, 1, t->depth);
	if (rc == RC_OK && w->entries != t->entries)
		return err_set(w->e, RC_DAMAGED, NULL, "%s: it has %llu entries, not %llu", name,
			       (unsigned long long)w->entries, (unsigned long long)t->entries);
	return rc;
}
