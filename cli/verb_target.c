/*
 * verb_target.c - target show|set|rm. set changes what is given and keeps the rest; --meti drops
 * the rules, and targets written without rules get METI's tree.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cli/call.h"
#include "cli/save.h"
#include "cli/verbs.h"

static bool target_path(const struct cli *c, struct buf *path, const struct args *a)
{
	if (!path_org(c, path, a->pos[0]))
		return false;
	buf_adds(path, "/targets");
	return path_end(c, path);
}

int verb_target_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	if (!target_path(c, &path, a))
		return CLI_FAILED;
	path_query(&path, "as_of", a->opt[OPT_AS_OF]);
	return path_end(c, &path) ? call_show(c, path.p) : CLI_FAILED;
}

int verb_target_rm(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	return target_path(c, &path, a) ? call_delete(c, path.p, a->pos[0]) : CLI_FAILED;
}

/* A small whole number, or null for "". */
static json_t *small_number(const char *s)
{
	char *end;
	long n;

	if (!*s)
		return json_null();
	n = strtol(s, &end, 10);
	return *end || *s < '0' || *s > '9' || n > 1000000 ? NULL : json_integer(n);
}

static bool add_number(const struct cli *c, json_t *body, const char *field, const char *name,
		       const char *value)
{
	json_t *n = value ? small_number(value) : NULL;

	if (!value)
		return true;
	if (n && json_object_set_new(body, field, n) == 0)
		return true;
	SAY(c, M_OPT_BAD_VALUE, name, value);
	return false;
}

/* An array of rules, or an object that has them under "rules" (as target show -o json gives). */
static bool add_rules(const struct cli *c, json_t *body, const char *path)
{
	json_t *doc, *rules;
	bool ok;

	if (!path)
		return true;
	doc = save_read(c, path);
	if (!doc)
		return false;
	rules = json_is_array(doc) ? doc : json_object_get(doc, "rules");
	ok = json_is_array(rules) && json_object_set(body, "rules", rules) == 0;
	if (!ok)
		SAY(c, M_NO_RULES, path);
	json_decref(doc);
	return ok;
}

/* --tier 2=3; "2=" takes the level of tier 2 away */
static bool add_tier(const struct cli *c, json_t *tiers, const char *arg)
{
	const char *eq = strchr(arg, '=');
	char key[8];
	json_t *level;

	if (eq && eq != arg && (size_t)(eq - arg) < sizeof(key)) {
		memcpy(key, arg, (size_t)(eq - arg));
		key[eq - arg] = '\0';
		level = small_number(eq + 1);
		if (level && json_object_set_new(tiers, key, level) == 0)
			return true;
	}
	SAY(c, M_OPT_BAD_VALUE, "tier", arg);
	return false;
}

/* The tiers that stand, with the changes merged in. */
static int add_tiers(const struct cli *c, const struct args *a, const json_t *old, json_t *body)
{
	json_t *tiers = json_object_get(old, "tiers"), *merged;
	bool ok = true;

	if (a->n_tiers == 0)
		return CLI_OK;
	merged = json_is_object(tiers) ? json_copy(tiers) : json_object();
	for (size_t i = 0; merged && ok && i < a->n_tiers; i++)
		ok = add_tier(c, merged, a->tiers[i]);
	for (size_t i = 0; merged && ok && i < a->n_tiers; i++) {
		char key[8];

		snprintf(key, sizeof(key), "%.*s", (int)strcspn(a->tiers[i], "="), a->tiers[i]);
		if (json_is_null(json_object_get(merged, key)))
			json_object_del(merged, key);
	}
	if (!ok || !merged) {
		json_decref(merged);
		return ok ? call_nomem(c) : CLI_USAGE;
	}
	return json_object_set_new(body, "tiers", merged) == 0 ? CLI_OK : call_nomem(c);
}

static bool add_plain(const struct cli *c, const struct args *a, json_t *body)
{
	const char *due = a->opt[OPT_DUE];

	if (args_has(a, OPT_METI) && args_has(a, OPT_RULES)) {
		SAY(c, M_OPT_EXCLUDE, "meti", "rules");
		return false;
	}
	if (args_has(a, OPT_METI) && json_object_set_new(body, "rules", json_null()) != 0)
		return false;
	if (due && json_object_set_new(body, "due", *due ? json_string(due) : json_null()) != 0) {
		SAY(c, M_OPT_BAD_VALUE, "due", due);
		return false;
	}
	return add_number(c, body, "own_level", "own-level", a->opt[OPT_OWN_LEVEL]) &&
	       add_number(c, body, "depth", "depth", a->opt[OPT_DEPTH]) &&
	       add_rules(c, body, a->opt[OPT_RULES]);
}

/* What depends on the targets that stand. Rules that are METI's own are not written back: they
 * would read as the procurer's from then on. */
static int add_merged(const struct cli *c, const struct args *a, const char *path, json_t *body)
{
	struct call_reply old = CALL_REPLY_INIT;
	struct http_request get = { .path = path };
	int status = call_send(c, &get, true, &old);

	if (status == CLI_OK || status == CLI_NOT_FOUND) {
		if (json_is_true(json_object_get(old.json, "default_rules")) &&
		    !args_has(a, OPT_RULES))
			json_object_set_new(body, "rules", json_null());
		status = add_tiers(c, a, old.json, body);
	}
	call_reply_done(&old);
	return status;
}

int verb_target_set(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	json_t *body = json_object();
	int status;

	if (!body)
		return call_nomem(c);
	if (!target_path(c, &path, a)) {
		json_decref(body);
		return CLI_FAILED;
	}
	status = add_plain(c, a, body) ? add_merged(c, a, path.p, body) : CLI_USAGE;
	if (status == CLI_OK)
		return save_merged(c, path.p, body);
	json_decref(body);
	return status;
}
