/*
 * limits.h - how much one caller and one address may ask for: requests a second, failed authentications a minute,
 * and how many heavy answers, uploads and event streams at one time.
 *
 * What a token is not limited in: admin and risk, who read everything anyway, have a rate of their own that is
 * off at first. Whatever the clock does, a refusal names the seconds after which to come back.
 *
 * The tables are of fixed size, keyed with a random key of this process: whoever sends from many addresses pushes
 * out others' counts at worst, never memory. Any thread.
 */
#pragma once

#include "services/access.h"

struct limits;

/* 0: off */
struct limits_config {
	unsigned rate_token;    /* requests a second of a token that is bound to organisations */
	unsigned rate_trusted;  /* the same of an admin's or a risk manager's */
	unsigned rate_address;  /* requests a second of one address by callers who are bound or unknown */
	unsigned failed_logins; /* tokens that are none, a minute, of one address */
	unsigned heavy_per_token, uploads_per_token, streams_per_token; /* at one time, of a bound token */
};

enum limit_kind { LIMIT_TOKEN, LIMIT_ADDRESS, LIMIT_FAILED, LIMIT_HEAVY, LIMIT_UPLOADS, LIMIT_STREAMS, LIMIT__COUNT };

/* Why not, for the headers of the answer. */
struct limit_hit {
	enum limit_kind kind;
	unsigned quota, window_s, wait_s;
};
extern const char *const limit_names[LIMIT__COUNT];

struct limits *limits_new(const struct limits_config *c); /* NULL: out of memory */
void limits_free(struct limits *l);

/* One more request, at now_us of a monotonic clock; false: too many. */
bool limits_caller(struct limits *l, const struct identity *who, int64_t now_us, struct limit_hit *out);
bool limits_address(struct limits *l, const char *peer, int64_t now_us, struct limit_hit *out);
/* Whether this address may try another token, and that it tried one in vain. */
bool limits_may_try(struct limits *l, const char *peer, int64_t now_us, struct limit_hit *out);
void limits_failed(struct limits *l, const char *peer, int64_t now_us);

/* One more at the same time; *out_slot (0: not counted) is given back with limits_leave(). */
bool limits_enter(struct limits *l, enum limit_kind kind, const struct identity *who, uint32_t *out_slot,
		  struct limit_hit *out);
void limits_leave(struct limits *l, uint32_t slot); /* 0: nothing */
