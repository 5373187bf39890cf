/* login_routes.c - /v1/me, /v1/login with a token, /v1/logout, /v1/login/methods. */
#include "api/login_int.h"

#include "api/handlers.h"
#include "base/json_out.h"
#include "base/util.h"
#include "importers/json_fields.h"

/* ---- /v1/me ---- */

static enum rc write_orgs(struct request *r, struct json *j)
{
	json_key(j, "orgs");
	json_arr(j);
	for (unsigned i = 0; i < r->who.n_orgs; i++) {
		struct view id = org_id(r->txn, r->who.orgs[i]);
		if (id.n == 0)
			continue; /* removed in the meantime */
		json_obj(j);
		json_key(j, "id");
		json_strv(j, id);
		json_key(j, "name");
		json_strv(j, org_name(r->txn, r->who.orgs[i]));
		json_obj_end(j);
	}
	json_arr_end(j);
	return txn_rc(r->txn);
}

static void write_end(const struct request *r, struct json *j, const char *key, int64_t end_us)
{
	json_key(j, key);
	json_instant(j, clock_now_ms(r->api->c.clock) + (end_us - monotonic_us()) / 1000);
}

static void write_ends(const struct request *r, struct json *j)
{
	if (r->session) {
		write_end(r, j, "expires_at", r->session->end_us);
		write_end(r, j, "idle_at", MIN(r->session->idle_us, r->session->end_us));
		return;
	}
	json_key(j, "expires_at");
	if (r->who.expires_ms)
		json_instant(j, r->who.expires_ms);
	else
		json_nil(j);
	json_key(j, "idle_at");
	json_nil(j);
}

enum rc me_show(struct request *r, struct err *e)
{
	struct json j;
	enum rc rc;

	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "name");
	json_str(&j, r->who.name);
	json_key(&j, "role");
	json_str(&j, role_names[r->who.role]);
	rc = write_orgs(r, &j);
	json_key(&j, "by");
	json_str(&j, r->by_provider ? "company" : "token");
	json_key(&j, "session");
	json_bool(&j, r->session != NULL);
	write_ends(r, &j);
	json_obj_end(&j);
	return rc ? err_set(e, rc, NULL, "%s", "reading the store") : RC_OK;
}

/* ---- with a token ---- */

static enum rc read_token(const struct request *r, json_t **out_obj, const char **out, struct err *e)
{
	enum rc rc = json_parse(r->body, out_obj, e);
	json_t *v = json_object_get(*out_obj, "token");

	if (rc)
		return rc;
	if (json_object_size(*out_obj) > 1 || (json_object_size(*out_obj) == 1 && !v))
		return err_set(e, RC_UNKNOWN_FIELD, NULL, "%s", "only token");
	if (!v)
		return err_set(e, RC_REQUIRED, "token", "%s", "token");
	if (!json_is_string(v) || json_string_length(v) > AUTH_MEMO_MAX)
		return err_set(e, RC_WRONG_TYPE, "token", "%s", "string");
	*out = json_string_value(v);
	return RC_OK;
}

/* Only tokens of the store: those of the provider log in at the provider. */
static enum rc take_token(struct request *r, const char *token, struct session *new, struct err *e)
{
	int64_t now_ms = clock_now_ms(r->api->c.clock);

	auth_hash(view_str(token), new->token);
	if (!auth_find_hash(&r->api->auth, new->token, now_ms, &new->who))
		return err_set(e, RC_UNAUTHORIZED, NULL, NULL);
	if (new->who.expires_ms)
		new->end_us = monotonic_us() + (new->who.expires_ms - now_ms) * 1000;
	r->who = new->who;
	return RC_OK;
}

/* Answers as /v1/me does in the new session. */
enum rc login_with_token(struct request *r, struct err *e)
{
	struct session *s = arena_zalloc(r->arena, sizeof(*s));
	json_t *obj = NULL;
	const char *token = NULL;
	enum rc rc = s ? login_check_site(r, true, e) : RC_NOMEM;

	if (!rc)
		rc = login_count(r, e);
	if (!rc)
		rc = read_token(r, &obj, &token, e);
	if (!rc)
		rc = take_token(r, token, s, e);
	json_decref(obj);
	if (!rc)
		rc = login_begin(r, s, e);
	if (rc)
		return rc;
	r->session = s;
	return me_show(r, e);
}

enum rc logout(struct request *r, struct err *e)
{
	enum rc rc = login_end(r, e);

	r->reply.status = rc ? 0 : 204;
	return rc;
}

enum rc login_methods(struct request *r, struct err *e)
{
	struct json j;

	(void)e;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "token");
	json_bool(&j, true);
	json_key(&j, "company");
	json_bool(&j, r->api->login->oidc != NULL);
	json_key(&j, "session");
	json_bool(&j, login_has_session(r));
	json_obj_end(&j);
	return RC_OK;
}
