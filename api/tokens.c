/*
 * tokens.c - making, listing, rotating and revoking tokens: /v1/tokens. A token's text is shown once, to who made
 * it; the store and the log have its hash. The answer to a change comes when the table of auth.c has it, so a token
 * that was revoked does not come in again.
 */
#include <sodium.h>
#include <stdio.h>

#include "api/api_int.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "base/json_out.h"
#include "base/pack.h"
#include "base/text.h"
#include "base/tokentext.h"
#include "base/util.h"
#include "importers/json_fields.h"
#include "importers/json_values.h"

#define DAY_MS ((int64_t)86400000)
#define DAYS_DEFAULT 365
#define DAYS_MAX 1830
#define AUDITOR_DAYS_MAX 366
#define KEEP_OLD_HOURS_MAX 168

struct token_change_run {
	struct request *r;
	char text[TOKEN_TEXT]; /* "": none is shown */
	uint64_t id;
	bool created;
};

/* ---- the answer ---- */

static void key_instant(struct json *j, const char *key, int64_t ms)
{
	json_key(j, key);
	if (ms)
		json_instant(j, ms);
	else
		json_nil(j);
}

static const char *state_of(const struct token_rec *k, int64_t now_ms)
{
	if (k->revoked_ms)
		return "revoked";
	return k->expires_ms && now_ms >= k->expires_ms ? "expired" : "active";
}

static void token_json(struct request *r, struct json *j, const struct token_rec *k, const char *text)
{
	int64_t now_ms = clock_now_ms(r->api->c.clock);

	json_obj(j);
	json_key(j, "id");
	json_uint(j, k->id);
	json_key(j, "name");
	json_strv(j, k->name);
	json_key(j, "role");
	json_str(j, role_names[k->role < ROLE__COUNT ? k->role : 0]);
	json_key(j, "orgs");
	json_arr(j);
	for (unsigned i = 0; i < k->n_orgs; i++)
		if (org_id(r->txn, k->orgs[i]).n)
			json_strv(j, org_id(r->txn, k->orgs[i]));
	json_arr_end(j);
	json_key(j, "state");
	json_str(j, state_of(k, now_ms));
	key_instant(j, "created_at", k->created_ms);
	json_key(j, "created_by");
	json_strv(j, k->created_by);
	key_instant(j, "expires_at", k->expires_ms);
	key_instant(j, "revoked_at", k->revoked_ms);
	key_instant(j, "old_until", k->old_until_ms > now_ms ? k->old_until_ms : 0);
	key_instant(j, "last_used_at", MAX(auth_last_used(&r->api->auth, k->id), token_used(r->txn, k->id)));
	if (text && *text) {
		json_key(j, "token");
		json_str(j, text);
	}
	json_obj_end(j);
}

static struct token_rec admin_rec(void)
{
	return (struct token_rec){ .role = ROLE_ADMIN, .name = VIEW_LIT("admin"), .created_by = VIEW_LIT("system") };
}

/* ---- reading ---- */

struct token_page {
	struct request *r;
	struct json *j;
	size_t left;
	uint64_t last;
	bool more;
};

static bool list_token(void *arg, const struct token_rec *k)
{
	struct token_page *p = arg;

	p->more = p->left == 0;
	if (p->more)
		return false;
	token_json(p->r, p->j, k, NULL);
	p->last = k->id;
	p->left--;
	return true;
}

enum rc tokens_list(struct request *r, struct err *e)
{
	struct json j;
	struct token_page p = { .r = r, .j = &j, .left = (size_t)r->query.v[Q_limit].n };
	struct token_rec admin = admin_rec();
	struct view after;
	uint8_t key[8];
	enum rc rc = request_cursor(r, &after, e);

	if (rc)
		return rc;
	if (after.p && after.n != sizeof(key))
		return err_set(e, RC_BAD_CURSOR, "cursor", "%s", "");
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "items");
	json_arr(&j);
	if (!after.p)
		list_token(&p, &admin);
	token_each(r->txn, after.p ? be64_get(after.p) : 0, list_token, &p);
	json_arr_end(&j);
	be64_put(key, p.last);
	rc = request_next(r, &j, p.more ? view_of(key, sizeof(key)) : view_of(NULL, 0));
	json_obj_end(&j);
	return rc;
}

/* The number in the path; the administrator's own is 0 and no record. */
static enum rc path_token(const struct request *r, uint64_t *out, struct err *e)
{
	const char *p = r->param[0].p;
	uint64_t id = 0;
	bool ok = r->param[0].n > 0 && r->param[0].n <= 18;

	for (size_t i = 0; i < r->param[0].n && ok; i++) {
		ok = p[i] >= '0' && p[i] <= '9';
		id = id * 10 + (uint64_t)(p[i] - '0');
	}
	*out = id;
	return ok ? RC_OK
		  : err_set(e, RC_NOT_FOUND, NULL, "tokens/%.*s", (int)utf8_cut(r->param[0], 40), p);
}

static enum rc find_token(struct request *r, uint64_t id, struct token_rec *out, struct err *e)
{
	enum rc rc = id ? token_get(r->txn, id, out) : RC_OK;

	if (!id)
		*out = admin_rec();
	if (rc == RC_NOT_FOUND)
		return err_set(e, rc, NULL, "tokens/%llu", (unsigned long long)id);
	return rc;
}

enum rc token_show(struct request *r, struct err *e)
{
	struct token_rec k;
	struct json j;
	uint64_t id;
	enum rc rc = path_token(r, &id, e);

	if (!rc)
		rc = find_token(r, id, &k, e);
	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	token_json(r, &j, &k, NULL);
	return RC_OK;
}

/* ---- changing ---- */

/* On the writer's thread, behind the commit: the table first, then the answer. */
static enum rc show_changed(struct token_change_run *c, struct err *e)
{
	struct request *r = c->r;
	struct token_rec k;
	struct json j;
	struct txn *t;
	enum rc rc = txn_begin_read(r->api->c.store, &t);

	if (rc)
		return rc;
	rc = auth_load(&r->api->auth, t, e);
	if (!rc)
		rc = token_get(t, c->id, &k);
	if (!rc) {
		r->txn = t;
		json_init(&j, &r->reply.body);
		token_json(r, &j, &k, c->text);
		r->txn = NULL;
	}
	txn_abort(t);
	return rc;
}

static void change_done(struct submission *sub)
{
	struct token_change_run *c = sub->arg;
	struct request *r = c->r;
	enum rc rc = sub->rc;

	c->id = c->created ? sub->cmd.job : c->id;
	if (!rc)
		rc = show_changed(c, &sub->err);
	sodium_memzero(c->text, sizeof(c->text));
	if (rc) {
		answer_fail(r, rc, &sub->err);
		return;
	}
	r->reply.revision = sub->revision;
	if (r->method == HTTP_DELETE) {
		buf_clear(&r->reply.body);
		r->reply.status = 204;
	} else {
		r->reply.status = c->created ? 201 : 200;
	}
	if (c->created)
		reply_header(&r->reply, "Location", "/v1/tokens/%llu", (unsigned long long)c->id);
	answer_send(r);
}

static enum rc submit(struct request *r, struct token_change_run *c)
{
	r->sub.cmd = (struct cmd){ .type = CMD_TOKEN, .actor = view_str(r->who.name), .job = c->id };
	r->sub.cmd.blob = arena_copy(r->arena, buf_view(&r->fields));
	r->sub.done = change_done;
	r->sub.arg = c;
	return buf_ok(&r->fields) && r->sub.cmd.blob.p ? RC_OK : RC_NOMEM;
}

static void fresh_token(struct token_change_run *c, uint8_t hash[TOKEN_HASH_BYTES])
{
	uint8_t bytes[TOKEN_BYTES];

	randombytes_buf(bytes, sizeof(bytes));
	token_text_make(bytes, c->text);
	auth_hash(view_str(c->text), hash);
	sodium_memzero(bytes, sizeof(bytes));
}

/* ---- the body of a new one ---- */

struct wish {
	struct view name;
	enum role role;
	struct view orgs[SCOPE_MAX];
	unsigned n_orgs;
	int64_t expires_ms;
};

static enum rc read_name(const json_t *v, struct wish *w, struct err *e)
{
	if (!v)
		return err_set(e, RC_REQUIRED, "name", "%s", "name");
	if (!json_is_string(v))
		return err_set(e, RC_WRONG_TYPE, "name", "%s", "string");
	w->name = json_text(v);
	if (w->name.n > TOKEN_NAME_MAX)
		return err_set(e, RC_TOO_LONG, "name", "%d", TOKEN_NAME_MAX);
	if (w->name.n == 0 || text_has_control(w->name) || memchr(w->name.p, '@', w->name.n))
		return err_set(e, RC_BAD_VALUE, "name", "%s", "1..63 bytes, != '@', != U+0000..U+001F, U+007F");
	return RC_OK;
}

static enum rc read_role(const json_t *v, struct wish *w, struct err *e)
{
	if (!v)
		return err_set(e, RC_REQUIRED, "role", "%s", "role");
	w->role = role_find(json_text(v));
	if (w->role != ROLE_NONE)
		return RC_OK;
	return err_set(e, RC_BAD_VALUE, "role", "%s", "admin | risk | procurer | supplier | auditor");
}

/* Who reads all is bound to nothing; an auditor looks at one. */
static enum rc read_orgs(struct request *r, const json_t *v, struct wish *w, struct err *e)
{
	bool bound = w->role != ROLE_ADMIN && w->role != ROLE_RISK;
	size_t n = json_array_size(v);
	char pointer[32];

	if (v && !json_is_array(v))
		return err_set(e, RC_WRONG_TYPE, "orgs", "%s", "array");
	if (!bound && n > 0)
		return err_set(e, RC_ROLE_NO_ORGS, "orgs", "%s", role_names[w->role]);
	if (w->role == ROLE_AUDITOR && n != 1)
		return err_set(e, RC_ROLE_ONE_ORG, "orgs", "%s", role_names[w->role]);
	if (bound && n == 0)
		return err_set(e, RC_REQUIRED, "orgs", "%s", "orgs");
	if (n > SCOPE_MAX)
		return err_set(e, RC_OUT_OF_RANGE, "orgs", "%s: 1..%d", role_names[w->role], SCOPE_MAX);
	for (; w->n_orgs < n; w->n_orgs++) {
		const json_t *item = json_array_get(v, w->n_orgs);
		uint32_t org;
		snprintf(pointer, sizeof(pointer), "orgs/%u", w->n_orgs);
		if (!json_is_string(item))
			return err_set(e, RC_WRONG_TYPE, pointer, "%s", "string");
		struct view id = json_text(item);
		if (org_find(r->txn, id, &org) != RC_OK)
			return err_set(e, RC_NO_SUCH_ORG, pointer, "%.*s", (int)utf8_cut(id, 130),
				       (const char *)id.p);
		w->orgs[w->n_orgs] = arena_copy(r->arena, org_id(r->txn, org));
		if (!w->orgs[w->n_orgs].p)
			return RC_NOMEM;
	}
	return RC_OK;
}

/* An instant, or a day whose end in Tokyo it is; absent: a year from now. */
static enum rc read_expiry(const struct request *r, const json_t *v, struct wish *w, struct err *e)
{
	int64_t now_ms = clock_now_ms(r->api->c.clock);
	int64_t max = (w->role == ROLE_AUDITOR ? AUDITOR_DAYS_MAX : DAYS_MAX) * DAY_MS;
	char last[DAY_TEXT];
	int32_t day;

	w->expires_ms = now_ms + DAYS_DEFAULT * DAY_MS;
	if (!v || json_is_null(v))
		return RC_OK;
	if (!json_is_string(v))
		return err_set(e, RC_WRONG_TYPE, "expires_at", "%s", "string");
	if (!instant_parse(json_text(v), &w->expires_ms)) {
		if (!day_parse(json_text(v), &day))
			return err_set(e, RC_BAD_DATE, "expires_at", "%.*s", (int)utf8_cut(json_text(v), 60),
				       json_string_value(v));
		w->expires_ms = instant_of_day_jst(day + 1);
	}
	if (w->expires_ms <= now_ms || w->expires_ms > now_ms + max) {
		/* the last day whose end is not behind the bound */
		day_format(day_of_instant_jst(now_ms + max) - 1, last);
		return err_set(e, RC_OUT_OF_RANGE, "expires_at", "> now, <= %s", last);
	}
	return RC_OK;
}

/* No body is an empty object; whether it is one at all, jv_check_members() says. */
static enum rc parse_body(struct request *r, json_t **out, struct err *e)
{
	return json_parse(r->body.n ? r->body : VIEW_LIT("{}"), out, e);
}

enum rc token_create(struct request *r, struct err *e)
{
	static const char *const names[] = { "name", "role", "orgs", "expires_at", NULL };
	struct token_change_run *c = arena_zalloc(r->arena, sizeof(*c));
	struct wish w = { 0 };
	uint8_t hash[TOKEN_HASH_BYTES];
	json_t *obj;
	enum rc rc = c ? parse_body(r, &obj, e) : RC_NOMEM;

	if (rc)
		return rc;
	rc = jv_check_members(obj, "", names, e);
	if (!rc)
		rc = read_name(json_object_get(obj, "name"), &w, e);
	if (!rc)
		rc = read_role(json_object_get(obj, "role"), &w, e);
	if (!rc)
		rc = read_orgs(r, json_object_get(obj, "orgs"), &w, e);
	if (!rc)
		rc = read_expiry(r, json_object_get(obj, "expires_at"), &w, e);
	if (!rc) {
		*c = (struct token_change_run){ .r = r, .created = true };
		fresh_token(c, hash);
		token_create_blob(&r->fields, (uint8_t)w.role, hash, w.expires_ms, w.name, w.orgs, w.n_orgs);
		rc = submit(r, c);
	}
	json_decref(obj);
	return rc;
}

/* ---- rotating, revoking ---- */

/* The administrator's is changed where it lies. */
static enum rc changeable(struct request *r, uint64_t *out_id, struct err *e)
{
	struct token_rec k;
	enum rc rc = path_token(r, out_id, e);

	if (!rc)
		rc = find_token(r, *out_id, &k, e);
	if (!rc && *out_id == 0)
		rc = err_set(e, RC_ADMIN_TOKEN, NULL, "%s", "DIR/admin.token");
	return rc;
}

static enum rc read_keep(json_t *obj, int64_t *out_hours, struct err *e)
{
	static const char *const names[] = { "keep_old_hours", NULL };
	const json_t *v = json_object_get(obj, "keep_old_hours");
	enum rc rc = jv_check_members(obj, "", names, e);

	*out_hours = 0;
	if (rc || !v)
		return rc;
	if (!json_is_integer(v))
		return err_set(e, RC_WRONG_TYPE, "keep_old_hours", "%s", "integer");
	*out_hours = json_integer_value(v);
	if (*out_hours < 0 || *out_hours > KEEP_OLD_HOURS_MAX)
		return err_set(e, RC_OUT_OF_RANGE, "keep_old_hours", "0..%d", KEEP_OLD_HOURS_MAX);
	return RC_OK;
}

enum rc token_rotate(struct request *r, struct err *e)
{
	struct token_change_run *c = arena_zalloc(r->arena, sizeof(*c));
	uint8_t hash[TOKEN_HASH_BYTES];
	int64_t hours;
	json_t *obj;
	enum rc rc = c ? parse_body(r, &obj, e) : RC_NOMEM;

	if (rc)
		return rc;
	rc = read_keep(obj, &hours, e);
	json_decref(obj);
	if (!rc)
		rc = changeable(r, &c->id, e);
	if (rc)
		return rc;
	c->r = r;
	fresh_token(c, hash);
	token_rotate_blob(&r->fields, hash, hours ? clock_now_ms(r->api->c.clock) + hours * 3600000 : 0);
	return submit(r, c);
}

enum rc token_revoke(struct request *r, struct err *e)
{
	struct token_change_run *c = arena_zalloc(r->arena, sizeof(*c));
	enum rc rc = c ? changeable(r, &c->id, e) : RC_NOMEM;

	if (rc)
		return rc;
	c->r = r;
	token_revoke_blob(&r->fields, auth_last_used(&r->api->auth, c->id));
	return submit(r, c);
}
