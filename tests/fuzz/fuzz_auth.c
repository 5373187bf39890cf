/*
 * fuzz_auth.c - who a caller is and what it may do: the Authorization header, the texts of tokens, opaque ids and
 * cursors, and the judgement of operations against a small store. The first byte picks the path. Whatever comes: no
 * stranger gets in, nothing opens that was not made here, and nobody writes what is another's.
 */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/auth.h"
#include "api/cursor.h"
#include "base/tokentext.h"
#include "base/util.h"
#include "graph/pseudonym.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t secret[32] = { 4, 2 };
static char dir[] = "/tmp/fuzz-auth-XXXXXX";
static struct store *store;
static uint32_t own, foreign;

static void must(bool ok)
{
	if (!ok)
		abort();
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void done(void)
{
	store_close(store);
	nftw(dir, drop, 8, FTW_DEPTH | FTW_PHYS);
}

/* Two organisations that have nothing to do with each other. */
static void fill(struct txn *w)
{
	struct buf name = BUF_INIT;
	struct op ops[2] = { { .ent = ENT_ORG, .a = VIEW_LIT("XX-LOCAL-OWN") },
			     { .ent = ENT_ORG, .a = VIEW_LIT("XX-LOCAL-FOREIGN") } };
	struct cmd c = { .type = CMD_OPS, .at_ms = 1, .actor = VIEW_LIT("admin"), .ops = ops, .n_ops = 2 };
	struct batch *b = NULL;
	uint64_t revision;
	struct err e = { 0 };

	fl_bytes(&name, ORG_NAME, VIEW_LIT("n"));
	ops[0].fields = ops[1].fields = buf_view(&name);
	ops[0].kind = ops[1].kind = OP_PUT;
	must(graph_init(w, 1) == RC_OK && batch_new(w, &b) == RC_OK);
	must(graph_apply(b, &c, &revision, &e) == RC_OK && batch_finish(b) == RC_OK);
	batch_free(b);
	must(org_find(w, ops[0].a, &own) == RC_OK && org_find(w, ops[1].a, &foreign) == RC_OK);
	buf_done(&name);
}

static void begin(void)
{
	struct store_options o = { .create = true, .map_bytes = 1 << 24 };
	struct txn *w;
	struct err e = { 0 };

	must(mkdtemp(dir) && store_open(dir, &o, &store, NULL, &e) == RC_OK);
	must(txn_begin_write(store, &w) == RC_OK);
	fill(w);
	must(txn_commit(w) == RC_OK);
	atexit(done);
}

static void header(struct view v)
{
	static struct auth a;
	static bool made;
	struct auth_memo memo = { 0 };
	struct identity who;
	struct view token = auth_bearer(v);

	if (!made)
		auth_init(&a);
	made = true;
	must(token.n <= v.n);
	must(!auth_find(&a, &memo, token, 1, &who)); /* there are no tokens */
	(void)token_text_check(token);
}

static void texts(struct view v)
{
	struct arena *arena = arena_new();
	struct view key;
	struct err e = { 0 };
	char again[PSEUDONYM_TEXT];
	uint32_t org = pseudonym_open(secret, 7, v);

	if (org) { /* only what is written just so opens */
		pseudonym_make(secret, 7, org, again);
		must(view_is(v, again));
		must(pseudonym_open(secret, 8, v) == 0);
	}
	if (arena && cursor_open(secret, VIEW_LIT("list"), v, arena, &key, &e) == RC_OK)
		must(key.n <= CURSOR_KEY_MAX);
	arena_free(arena);
}

static struct view take(struct view *v)
{
	size_t n = v->n ? MIN((size_t) * (const uint8_t *)v->p, v->n - 1) : 0;
	struct view piece = view_of(v->n ? (const char *)v->p + 1 : "", n);

	*v = v->n ? view_of((const char *)v->p + 1 + n, v->n - 1 - n) : *v;
	return piece;
}

/* An operation of any bytes by a caller that is bound to one organisation. */
static void judge(const uint8_t *p, struct view rest)
{
	struct identity who = { .name = "desk@XX-LOCAL-OWN", .token = 1, .n_orgs = 1 };
	struct arena *memory = arena_new();
	struct permit permit = { .who = &who, .memory = memory };
	struct op op = { .kind = (uint8_t)(1 + p[0] % 3), .ent = (uint8_t)(p[1] % ENT__COUNT), .flags = p[2] };
	struct err e = { 0 };
	struct txn *w = NULL;

	who.role = (enum role)(p[3] % ROLE__COUNT);
	who.orgs[0] = own;
	op.a = p[4] & 1 ? VIEW_LIT("XX-LOCAL-FOREIGN") : take(&rest);
	op.b = p[4] & 2 ? VIEW_LIT("XX-LOCAL-OWN") : take(&rest);
	op.c = take(&rest);
	op.fields = rest;
	must(memory && txn_begin_write(store, &w) == RC_OK);
	bool foreign_org = p[4] & 1 && !(op.flags & OPF_BY_CODE);
	enum rc rc = access_permit(&permit, w, &op, &e);
	if (who.role != ROLE_ADMIN && foreign_org) /* a name in a file of links is let in, and dropped */
		must(rc != RC_OK || (op.ent == ENT_ORG && op.fields.n == 0));
	if (who.role == ROLE_NONE || who.role == ROLE_RISK || who.role == ROLE_AUDITOR)
		must(rc != RC_OK);
	txn_abort(w);
	arena_free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!store)
		begin();
	if (size < 6)
		return 0;
	switch (data[0] % 3) {
	case 0:
		header(view_of(data + 1, size - 1));
		break;
	case 1:
		texts(view_of(data + 1, size - 1));
		break;
	default:
		judge(data + 1, view_of(data + 6, size - 6));
	}
	return 0;
}
