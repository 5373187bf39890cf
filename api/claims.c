/* claims.c - see claims.h. Times are NumericDate, whole or not; an absent or misshapen claim never passes. */
#include "api/claims.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "importers/json_fields.h"

#define VALUES_MAX 2000 /* of one claim; Entra ID sends at most 200 groups */
#define TIME_MAX 253402300799.0 /* 9999-12-31 */
#define NAME_PREFIX "oidc:"

/* ---- one claim ---- */

static const json_t *claim_find(const json_t *claims, const char *name)
{
	const json_t *v = json_object_get(claims, name);
	char part[256];

	while (!v && claims && *name) {
		size_t n = strcspn(name, ".");
		if (n == 0 || n >= sizeof(part))
			return NULL;
		memcpy(part, name, n);
		part[n] = '\0';
		claims = json_object_get(claims, part);
		name += n;
		if (!*name++)
			return claims;
	}
	return v;
}

/* The i-th value of a claim that is a text or a list of texts. False: there is none. */
static bool claim_value(const json_t *v, size_t i, struct view *out)
{
	if (json_is_array(v))
		*out = json_text(i < VALUES_MAX ? json_array_get(v, i) : NULL);
	else
		*out = i == 0 ? json_text(v) : view_of(NULL, 0);
	return json_is_array(v) ? i < MIN(json_array_size(v), (size_t)VALUES_MAX) : out->p != NULL;
}

static bool claim_has(const json_t *v, struct view want)
{
	struct view one;

	for (size_t i = 0; claim_value(v, i, &one); i++)
		if (one.p && view_eq(one, want))
			return true;
	return false;
}

static bool claim_time(const json_t *v, double *out)
{
	*out = json_is_number(v) ? json_number_value(v) : -1;
	return isfinite(*out) && *out >= 0 && *out <= TIME_MAX;
}

/* ---- is it for us, and now? ---- */

static const char *check_times(const json_t *c, const struct claim_rules *r)
{
	const json_t *nbf = json_object_get(c, "nbf"), *iat = json_object_get(c, "iat");
	double t, now = (double)r->now_s, skew = (double)r->skew_s;

	if (!claim_time(json_object_get(c, "exp"), &t) || now >= t + skew)
		return "exp";
	if (nbf && (!claim_time(nbf, &t) || now + skew < t))
		return "nbf";
	if ((iat || r->id_token) && (!claim_time(iat, &t) || now + skew < t))
		return "iat";
	return NULL;
}

static bool list_has(const char *list, struct view want)
{
	for (size_t n; *list; list += n + (list[n] != '\0')) {
		n = strcspn(list, ", ");
		if (n && view_eq(view_of(list, n), want))
			return true;
	}
	return false;
}

static const char *check_parties(const json_t *c, const struct claim_rules *r)
{
	const json_t *aud = json_object_get(c, "aud"), *azp = json_object_get(c, "azp");

	if (!claim_has(aud, view_str(r->audience)))
		return "aud";
	if (!azp)
		return r->id_token && json_is_array(aud) && json_array_size(aud) > 1 ? "azp" : NULL;
	if (view_is(json_text(azp), r->client_id))
		return NULL;
	return !r->id_token && json_text(azp).n && list_has(r->clients, json_text(azp)) ? NULL : "azp";
}

const char *claims_check(const json_t *c, const struct claim_rules *r)
{
	struct view sub = json_text(json_object_get(c, "sub"));
	const char *wrong;

	if (!view_is(json_text(json_object_get(c, "iss")), r->issuer))
		return "iss";
	wrong = check_parties(c, r);
	if (!wrong)
		wrong = check_times(c, r);
	if (wrong)
		return wrong;
	if (sub.n == 0 || sub.n > 255)
		return "sub";
	if (r->id_token && !view_is(json_text(json_object_get(c, "nonce")), r->nonce))
		return "nonce";
	return NULL;
}

/* ---- who is it here? ---- */

/* "value:role"; the last colon counts, since values may be addresses. */
static bool map_row(struct view v, struct role_map *m)
{
	const char *p = v.p, *colon = v.n ? memrchr(p, ':', v.n) : NULL;

	if (!colon || m->n == ROLE_MAP_MAX)
		return false;
	m->rows[m->n].value = view_trim(view_of(p, (size_t)(colon - p)));
	m->rows[m->n].role = role_find(view_trim(view_of(colon + 1, v.n - (size_t)(colon + 1 - p))));
	return m->rows[m->n].value.n && m->rows[m->n++].role != ROLE_NONE;
}

enum rc role_map_parse(struct view text, struct role_map *out, struct err *e)
{
	const char *p = text.n ? text.p : "", *end = p + text.n;

	out->n = 0;
	while (p < end) {
		const char *comma = memchr(p, ',', (size_t)(end - p));
		struct view row = view_trim(view_of(p, (size_t)((comma ? comma : end) - p)));
		if (row.n && !map_row(row, out))
			return err_set(e, RC_USAGE, NULL, "'%.*s' is not VALUE:ROLE",
				       (int)MIN(row.n, (size_t)100), (const char *)row.p);
		p = comma ? comma + 1 : end;
	}
	return RC_OK;
}

/* A name for the log: short, in one line, never one that a token could have, and without '@', behind which the
 * log has the organisation. */
static bool name_from(const json_t *claims, const char *claim, char out[CLAIM_NAME_MAX])
{
	struct view v = json_text(claim_find(claims, claim));
	const unsigned char *p = v.p;
	size_t n = sizeof(NAME_PREFIX) - 1;

	memcpy(out, NAME_PREFIX, n);
	for (size_t i = 0; i < v.n; i++) {
		bool escape = p[i] == '@' || p[i] == '%';
		if (n + 3 >= CLAIM_NAME_MAX || p[i] < 0x20 || p[i] == 0x7f)
			return false;
		if (escape)
			snprintf(out + n, 4, "%%%02X", p[i]);
		else
			out[n] = (char)p[i];
		n += escape ? 3 : 1;
	}
	out[n] = '\0';
	return v.n > 0;
}

static void name_of(const json_t *claims, const char *claim, char out[CLAIM_NAME_MAX])
{
	struct view sub = json_text(json_object_get(claims, "sub"));
	uint8_t hash[16];
	char hex[2 * sizeof(hash) + 1];

	if (name_from(claims, claim, out) || name_from(claims, "sub", out))
		return;
	crypto_generichash(hash, sizeof(hash), sub.p, sub.n, NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	snprintf(out, CLAIM_NAME_MAX, NAME_PREFIX "%s", hex);
}

static enum rc read_orgs(const json_t *v, struct claimed *out, struct err *e)
{
	struct view one;

	for (size_t i = 0; claim_value(v, i, &one); i++) {
		if (one.n == 0)
			continue;
		if (out->n_orgs == SCOPE_MAX)
			return err_set(e, RC_NO_ROLE, NULL, "more than %d organisations", SCOPE_MAX);
		out->orgs[out->n_orgs++] = one;
	}
	return RC_OK;
}

enum rc claims_caller(const json_t *claims, const struct caller_rules *r, struct claimed *out,
		      struct err *e)
{
	const json_t *values = claim_find(claims, r->role_claim);
	double expires = 0;

	*out = (struct claimed){ 0 };
	name_of(claims, r->name_claim, out->name);
	claim_time(json_object_get(claims, "exp"), &expires);
	out->expires_s = (int64_t)expires;
	for (size_t i = 0; i < r->roles->n && !out->role; i++)
		if (claim_has(values, r->roles->rows[i].value))
			out->role = r->roles->rows[i].role;
	if (!out->role)
		return err_set(e, RC_NO_ROLE, NULL, "%s", out->name);
	if (out->role == ROLE_ADMIN || out->role == ROLE_RISK)
		return RC_OK;
	enum rc rc = read_orgs(claim_find(claims, r->orgs_claim), out, e);
	if (!rc && !out->n_orgs)
		rc = err_set(e, RC_NO_ROLE, NULL, "%s (%s)", out->name, role_names[out->role]);
	return rc;
}
