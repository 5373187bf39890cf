/*
 * sessions.h - logged-in browsers. A session is a random id in a cookie, of which only a keyed hash is kept here,
 * in memory: a restart ends them all. Each ends when it was not used for a while, at latest some hours after it
 * began, at logout, and with the token or the account that it was made from. Thread-safe.
 */
#pragma once

#include "graph/token.h"
#include "services/access.h"

#define SESSION_ID_TEXT 44 /* 256 random bits as base64url, and NUL */
#define SESSIONS_PER_CALLER 32 /* then its oldest one ends */

struct sessions;

struct session_limits {
	unsigned max;
	unsigned idle_s, absolute_s;
};

struct session {
	struct identity who;
	bool oidc;                       /* logged in at the provider, not with a token */
	uint8_t token[TOKEN_HASH_BYTES]; /* of the text of that token */
	uint8_t hash[32];                /* of its own id */
	int64_t idle_us, end_us;         /* monotonic: ends then unless used; ends then at latest */
};

struct sessions *sessions_new(const struct session_limits *l); /* NULL: out of memory */
void sessions_free(struct sessions *s); /* accepts NULL */

/* new: who, and how it logged in; end_us where it ends at latest by that, else 0. Its ends are filled in. RC_BUSY:
 * too many. */
MUST_USE enum rc sessions_make(struct sessions *s, struct session *new, char out_id[SESSION_ID_TEXT]);
/* used: this is the caller at work, which puts the idle limit off. False: there is no such session (any more). */
bool sessions_find(struct sessions *s, struct view id, bool used, struct session *out);
/* The same session, later. */
bool sessions_alive(struct sessions *s, const struct session *found);
void sessions_end(struct sessions *s, struct view id);
unsigned sessions_count(struct sessions *s);
