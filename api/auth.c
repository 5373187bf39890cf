/* auth.c - see auth.h. */
#include "api/auth.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/util.h"

#define TOKEN_TEXT_MAX 128

struct auth_token {
	struct identity who;
	atomic_int_fast64_t used_ms;
};

struct auth_key {
	uint8_t hash[TOKEN_HASH_BYTES];
	uint32_t token;   /* in tokens */
	int64_t until_ms; /* 0: without end */
};

void auth_hash(struct view token, uint8_t out[TOKEN_HASH_BYTES])
{
	static const uint8_t label[] = "tierwatch token";
	crypto_generichash_state h;

	crypto_generichash_init(&h, NULL, 0, TOKEN_HASH_BYTES);
	crypto_generichash_update(&h, label, sizeof(label));
	crypto_generichash_update(&h, token.p, token.n);
	crypto_generichash_final(&h, out, TOKEN_HASH_BYTES);
}

void auth_init(struct auth *a)
{
	*a = (struct auth){ 0 };
	pthread_rwlock_init(&a->lock, NULL);
}

static void table_free(struct auth *a)
{
	free(a->tokens);
	free(a->keys);
	free(a->index);
	a->tokens = NULL;
	a->keys = NULL;
	a->index = NULL;
	a->n_tokens = a->n_keys = a->mask = 0;
}

void auth_done(struct auth *a)
{
	table_free(a);
	pthread_rwlock_destroy(&a->lock);
}

/* ---- making the table ---- */

struct making {
	struct txn *t;
	struct auth table; /* tokens, keys, index only */
	size_t cap_tokens, cap_keys;
	enum rc rc;
};

static bool add_key(struct making *m, const uint8_t hash[TOKEN_HASH_BYTES], int64_t until_ms)
{
	struct auth *a = &m->table;
	void *keys = a->keys;
	bool ok = list_grow(&keys, &m->cap_keys, a->n_keys, sizeof(*a->keys));

	a->keys = keys;
	if (!ok)
		return false;
	a->keys[a->n_keys] = (struct auth_key){ .token = (uint32_t)a->n_tokens - 1, .until_ms = until_ms };
	memcpy(a->keys[a->n_keys++].hash, hash, TOKEN_HASH_BYTES);
	return true;
}

static struct auth_token *add_token(struct making *m)
{
	struct auth *a = &m->table;
	void *tokens = a->tokens;
	bool ok = list_grow(&tokens, &m->cap_tokens, a->n_tokens, sizeof(*a->tokens));

	a->tokens = tokens;
	if (!ok)
		return NULL;
	a->tokens[a->n_tokens] = (struct auth_token){ 0 };
	return &a->tokens[a->n_tokens++];
}

/* Who is bound to organisations signs with the first of them. */
static void name_of(struct making *m, const struct token_rec *k, char out[ACTOR_MAX])
{
	struct view org = k->n_orgs ? org_id(m->t, k->orgs[0]) : view_of("", 0);

	snprintf(out, ACTOR_MAX, "%.*s%s%.*s", (int)k->name.n, (const char *)k->name.p, org.n ? "@" : "",
		 (int)org.n, (const char *)org.p);
}

static bool take(void *arg, const struct token_rec *k)
{
	struct making *m = arg;
	struct auth_token *token;
	bool ok;

	if (k->revoked_ms || k->role <= ROLE_NONE || k->role >= ROLE__COUNT)
		return true;
	token = add_token(m);
	if (!token) {
		m->rc = RC_NOMEM;
		return false;
	}
	token->who = (struct identity){ .token = k->id, .role = (enum role)k->role, .expires_ms = k->expires_ms };
	token->who.n_orgs = MIN(k->n_orgs, (unsigned)SCOPE_MAX);
	memcpy(token->who.orgs, k->orgs, token->who.n_orgs * sizeof(*k->orgs));
	name_of(m, k, token->who.name);
	atomic_init(&token->used_ms, token_used(m->t, k->id));
	ok = add_key(m, k->hash, k->expires_ms);
	if (ok && k->old_until_ms)
		ok = add_key(m, k->old_hash,
			     k->expires_ms ? MIN(k->old_until_ms, k->expires_ms) : k->old_until_ms);
	m->rc = ok ? RC_OK : RC_NOMEM;
	return ok;
}

/* The administrator, whose token lies in a file beside the store (admin_token.c). */
static bool take_admin(struct making *m)
{
	struct view hash;
	struct auth_token *token;

	if (meta_get(m->t, "admin_token", &hash) != RC_OK || hash.n != TOKEN_HASH_BYTES)
		return true;
	token = add_token(m);
	if (!token)
		return false;
	token->who = (struct identity){ .name = "admin", .role = ROLE_ADMIN };
	atomic_init(&token->used_ms, token_used(m->t, 0));
	return add_key(m, hash.p, 0);
}

static size_t slot_of(const struct auth *a, const uint8_t *hash) { return (size_t)be64_get(hash) & a->mask; }

static bool make_index(struct auth *a)
{
	size_t slots = 16;

	while (slots < a->n_keys * 2)
		slots *= 2;
	a->index = calloc(slots, sizeof(*a->index));
	if (!a->index)
		return false;
	a->mask = slots - 1;
	for (size_t i = 0; i < a->n_keys; i++) {
		size_t at = slot_of(a, a->keys[i].hash);
		while (a->index[at])
			at = (at + 1) & a->mask;
		a->index[at] = (uint32_t)i + 1;
	}
	return true;
}

static const struct auth_token *token_by_id(const struct auth *a, uint64_t id)
{
	size_t from = 0, to = a->n_tokens;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		if (a->tokens[mid].who.token < id)
			from = mid + 1;
		else
			to = mid;
	}
	return from < a->n_tokens && a->tokens[from].who.token == id ? &a->tokens[from] : NULL;
}

/* What was used since the store was told goes over to the new table. */
static void keep_uses(struct auth *to, const struct auth *from)
{
	for (size_t i = 0; i < to->n_tokens; i++) {
		const struct auth_token *old = token_by_id(from, to->tokens[i].who.token);
		if (old)
			atomic_store(&to->tokens[i].used_ms,
				     MAX(atomic_load(&to->tokens[i].used_ms), atomic_load(&old->used_ms)));
	}
}

static void swap_in(struct auth *a, struct auth *table)
{
	pthread_rwlock_wrlock(&a->lock);
	keep_uses(table, a);
	table_free(a);
	a->tokens = table->tokens;
	a->keys = table->keys;
	a->index = table->index;
	a->n_tokens = table->n_tokens;
	a->n_keys = table->n_keys;
	a->mask = table->mask;
	atomic_fetch_add(&a->generation, 1);
	pthread_rwlock_unlock(&a->lock);
}

enum rc auth_load(struct auth *a, struct txn *t, struct err *e)
{
	struct making m = { .t = t };

	if (!take_admin(&m))
		m.rc = RC_NOMEM;
	if (!m.rc)
		token_each(t, 0, take, &m);
	if (!m.rc)
		m.rc = txn_rc(t);
	if (!m.rc && !make_index(&m.table))
		m.rc = RC_NOMEM;
	if (m.rc) {
		table_free(&m.table);
		return err_set(e, m.rc, NULL, "%s", "the tokens");
	}
	swap_in(a, &m.table);
	return RC_OK;
}

/* ---- looking up ---- */

struct view auth_bearer(struct view v)
{
	static const char scheme[] = "bearer ";
	const char *p = v.p;

	for (size_t i = 0; i < sizeof(scheme) - 1; i++)
		if (v.n <= i || (i < 6 ? p[i] | 32 : p[i]) != scheme[i])
			return view_of("", 0);
	p += sizeof(scheme) - 1;
	v.n -= sizeof(scheme) - 1;
	while (v.n && *p == ' ')
		p++, v.n--;
	return view_of(p, v.n);
}

static bool is_over(int64_t until_ms, int64_t now_ms) { return until_ms && now_ms >= until_ms; }

static const struct auth_key *find_key(const struct auth *a, const uint8_t hash[TOKEN_HASH_BYTES])
{
	if (!a->index)
		return NULL;
	for (size_t at = slot_of(a, hash); a->index[at]; at = (at + 1) & a->mask) {
		const struct auth_key *k = &a->keys[a->index[at] - 1];
		if (sodium_memcmp(hash, k->hash, sizeof(k->hash)) == 0)
			return k;
	}
	return NULL;
}

/* Under the lock. */
static bool find(struct auth *a, const uint8_t hash[TOKEN_HASH_BYTES], int64_t now_ms, struct auth_memo *m)
{
	const struct auth_key *k = find_key(a, hash);
	if (!k || is_over(k->until_ms, now_ms))
		return false;
	atomic_store_explicit(&a->tokens[k->token].used_ms, now_ms, memory_order_relaxed);
	m->who = a->tokens[k->token].who;
	m->who.by_key = true;
	memcpy(m->who.key, hash, sizeof(m->who.key));
	m->until_ms = k->until_ms;
	m->noted_ms = now_ms;
	m->generation = atomic_load(&a->generation);
	return true;
}

static bool remembers(const struct auth *a, const struct auth_memo *m, struct view token, int64_t now_ms)
{
	return m->n && m->n == token.n && m->generation == atomic_load(&a->generation) &&
	       sodium_memcmp(m->text, token.p, token.n) == 0 && !is_over(m->until_ms, now_ms) &&
	       now_ms - m->noted_ms < AUTH_USE_MS;
}

bool auth_find(struct auth *a, struct auth_memo *m, struct view token, int64_t now_ms, struct identity *out)
{
	uint8_t hash[TOKEN_HASH_BYTES];
	bool found;

	if (token.n == 0 || token.n > TOKEN_TEXT_MAX)
		return false;
	if (!remembers(a, m, token, now_ms)) {
		auth_hash(token, hash);
		pthread_rwlock_rdlock(&a->lock);
		found = find(a, hash, now_ms, m);
		pthread_rwlock_unlock(&a->lock);
		m->n = found ? token.n : 0;
		if (!found)
			return false;
		memcpy(m->text, token.p, token.n);
	}
	*out = m->who;
	return true;
}

bool auth_find_hash(struct auth *a, const uint8_t hash[TOKEN_HASH_BYTES], int64_t now_ms, struct identity *out)
{
	struct auth_memo m;
	bool found;

	pthread_rwlock_rdlock(&a->lock);
	found = find(a, hash, now_ms, &m);
	pthread_rwlock_unlock(&a->lock);
	if (found)
		*out = m.who;
	return found;
}

/* A name has no '@'; what follows one is the organisation (name_of). */
static bool is_named(const struct identity *who, const char *name)
{
	size_t n = strlen(name);

	return who->token && strncmp(who->name, name, n) == 0 && (who->name[n] == '\0' || who->name[n] == '@');
}

bool auth_find_named(struct auth *a, const char *name, int64_t now_ms, struct identity *out)
{
	bool found = false;

	pthread_rwlock_rdlock(&a->lock);
	for (size_t i = 0; i < a->n_tokens && !found; i++) {
		struct auth_token *k = &a->tokens[i];
		if (!is_named(&k->who, name) || is_over(k->who.expires_ms, now_ms))
			continue;
		atomic_store_explicit(&k->used_ms, now_ms, memory_order_relaxed);
		*out = k->who;
		found = true;
	}
	pthread_rwlock_unlock(&a->lock);
	return found;
}

void auth_memo_done(struct auth_memo *m) { sodium_memzero(m, sizeof(*m)); }

bool auth_still(struct auth *a, const struct identity *who, int64_t now_ms)
{
	bool still;

	if (is_over(who->expires_ms, now_ms))
		return false;
	if (!who->by_key && who->token == 0)
		return true; /* came in another way: whoever let it in looks after that */
	pthread_rwlock_rdlock(&a->lock);
	if (who->by_key) {
		const struct auth_key *k = find_key(a, who->key);
		still = k && !is_over(k->until_ms, now_ms);
	} else {
		still = token_by_id(a, who->token) != NULL;
	}
	pthread_rwlock_unlock(&a->lock);
	return still;
}

void auth_used(struct auth *a, int64_t since_ms, void (*fn)(void *arg, uint64_t token, int64_t at_ms), void *arg)
{
	pthread_rwlock_rdlock(&a->lock);
	for (size_t i = 0; i < a->n_tokens; i++) {
		int64_t at = atomic_load_explicit(&a->tokens[i].used_ms, memory_order_relaxed);
		if (at > since_ms)
			fn(arg, a->tokens[i].who.token, at);
	}
	pthread_rwlock_unlock(&a->lock);
}

int64_t auth_last_used(struct auth *a, uint64_t id)
{
	pthread_rwlock_rdlock(&a->lock);
	const struct auth_token *k = token_by_id(a, id);
	int64_t at = k ? atomic_load_explicit(&k->used_ms, memory_order_relaxed) : 0;
	pthread_rwlock_unlock(&a->lock);
	return at;
}
