/*
 * simulations.c - what the figures of a chain would be after changes: POST /v1/simulations. The changes are applied in an
 * overlay of the store by the code that writes (graph/simulate.h); both sides are computed there, and nothing is written.
 *
 * A bound caller may ask for its own chain only, and change only what it knows: links and targets of its own, what
 * organisations hold that it knows or that stand in its chain, and links of others that it sees. Whoever would only come
 * into its chain by a change is not shown by name (docs/decisions-on-meaning.md).
 */
#include <stdio.h>

#include "api/access.h"
#include "api/api_int.h"
#include "api/handlers.h"
#include "api/shown.h"
#include "base/clock.h"
#include "base/json_out.h"
#include "base/text.h"
#include "base/util.h"
#include "graph/simulate.h"
#include "importers/json_fields.h"
#include "importers/json_values.h"

#define CHANGES_MAX 1000u
#define TARGETS_MAX 3u /* each writes all links of a procurer anew */
#define ITEMS_DEFAULT 100
#define ITEMS_MAX 1000

struct side {
	struct exposure x;
	struct stand *stands;
	size_t n;
};

struct simulation {
	struct request *r;
	uint32_t procurer;
	struct chain_query q;
	int64_t limit;
	const json_t *changes; /* borrowed from the body */
	struct txn *o;
	struct side before, after;
	struct stand_diffs diffs;
	uint64_t opened_undecided;
	unsigned n_targets; /* changes of targets so far */
	bool unit_levels;   /* a level was set by a bound caller */
};

static void simulation_done(struct simulation *s)
{
	free(s->before.stands);
	free(s->after.stands);
	stand_diffs_done(&s->diffs);
	txn_abort(s->o);
}

static void body_done(json_t **obj) { json_decref(*obj); }

/* ---- errors: where in the body ---- */

/* Puts the place of the change before the pointer of an error within it. What a real write would answer with another
 * status than 422 becomes one here: of a list of changes it is the list that cannot be taken. */
static enum rc in_change(struct simulation *s, size_t i, enum rc rc, struct err *e)
{
	char field[sizeof(e->field)], text[sizeof(e->arg)];
	int n;

	if (!rc || rc_http(rc) >= 500)
		return rc;
	e->rc = rc;
	memcpy(field, e->field, sizeof(field));
	if (rc_http(rc) != 422 && rc_http(rc) != 413 && rc_http(rc) != 403) {
		err_text(e, s->r->lang, text, sizeof(text));
		rc = err_set(e, RC_INVALID, NULL, "%s", text);
	}
	n = snprintf(e->field, sizeof(e->field), "changes/%zu", i);
	if (field[0])
		snprintf(e->field + n, sizeof(e->field) - (size_t)n, "/%.*s",
			 (int)utf8_cut(view_str(field), sizeof(e->field) - 2 - (size_t)n), field);
	return rc;
}

/* ---- organisations ---- */

static enum rc no_such_org(struct err *e, const char *pointer, struct view id)
{
	return err_set(e, RC_NO_SUCH_ORG, pointer, "%.*s", (int)utf8_cut(id, 130), (const char *)id.p);
}

/* How a bound caller comes to know an organisation decides what it may suppose of it. A pseudonym counts while it stands
 * in the chain; a true id where the chain shows it by name, or the caller deals with it as a buyer: of whom it only sells
 * to it knows the name, and not what that one holds. */
static enum rc may_suppose(struct simulation *s, uint32_t org, bool hidden, bool *out)
{
	struct request *r = s->r;
	enum seen seen = SEEN_NOT;
	enum rc rc = RC_OK;

	*out = access_sees_all(&r->who) || (!hidden && access_tie(r->txn, &r->who, org) >= TIE_ENTERED);
	if (*out || s->procurer == ORG_NONE)
		return RC_OK;
	rc = known_seen(r->api, r->txn, r->scratch, s->procurer, org, &seen);
	*out = hidden ? seen == SEEN_ANONYMOUS : seen == SEEN_NAMED;
	return rc;
}

/* An organisation that the body names: one that the caller may not know of is answered as one that is not there. */
static enum rc find_org(struct simulation *s, const json_t *obj, const char *name, uint32_t *out, struct err *e)
{
	struct request *r = s->r;
	const json_t *v = json_object_get(obj, name);
	struct view id = json_text(v);
	bool hidden = false, known = false;

	if (!v)
		return err_set(e, RC_REQUIRED, name, "%s", name);
	if (!id.p)
		return err_set(e, RC_WRONG_TYPE, name, "%s", "string");
	enum rc rc = s->procurer ? shown_find(r, s->procurer, id, out, &hidden) : org_find(r->txn, id, out);
	if (!rc)
		rc = may_suppose(s, *out, hidden, &known);
	return rc == RC_NOT_FOUND || (!rc && !known) ? no_such_org(e, name, id) : rc;
}

/* The organisation whose records change must be the caller's own. */
static enum rc find_own(struct simulation *s, const json_t *obj, const char *name, uint32_t *out, struct err *e)
{
	struct request *r = s->r;
	enum rc rc = find_org(s, obj, name, out, e);

	if (!rc && !access_sees_all(&r->who) && !access_owns(r->txn, &r->who, *out))
		rc = err_set(e, RC_FORBIDDEN, name, NULL);
	return rc;
}

/* ---- changes ---- */

static enum rc change_held(struct simulation *s, const json_t *obj, struct err *e)
{
	static const char *const names[] = { "op", "org", "held_level", NULL };
	const json_t *level = json_object_get(obj, "held_level");
	uint32_t org;
	int64_t n;
	enum rc rc = jv_check_members(obj, "", names, e);

	if (!rc)
		rc = find_org(s, obj, "org", &org, e);
	if (!rc && !level)
		rc = err_set(e, RC_REQUIRED, "held_level", "%s", "held_level");
	if (!rc)
		rc = jv_int(level, "held_level", &n, e);
	if (!rc && (n < 0 || n > 5))
		rc = err_set(e, RC_OUT_OF_RANGE, "held_level", "%s", "0..5");
	if (rc)
		return rc;
	s->unit_levels = !access_sees_all(&s->r->who);
	return simulate_held(s->o, org, (unsigned)n, s->q.on, clock_now_ms(s->r->api->c.clock), e);
}

static bool view_of_anon(struct view id) { return id.n > 8 && memcmp(id.p, "XX-ANON-", 8) == 0; }

/* Both ends of a link. Others' links can only be dropped, by who sees them. */
static enum rc find_link(struct simulation *s, const json_t *obj, bool drop, struct op *op, struct err *e)
{
	struct request *r = s->r;
	struct rec link;
	uint32_t p, supplier;
	enum rc rc = drop ? find_org(s, obj, "procurer", &p, e) : find_own(s, obj, "procurer", &p, e);

	if (!rc)
		rc = find_org(s, obj, "supplier", &supplier, e);
	if (rc)
		return rc;
	if (!access_sees_all(&r->who) && !access_owns(r->txn, &r->who, p)) {
		struct sight sight;
		request_sight(r, &sight);
		if (sight.rc)
			return sight.rc;
		if (link_get(r->txn, p, supplier, &link) ||
		    sight_link(&sight, p, supplier, &link).place == PLACE_NONE)
			return err_set(e, RC_NOT_FOUND, NULL, "%s", "link");
	}
	/* its own link would show who stands behind a pseudonym */
	if (!drop && view_of_anon(json_text(json_object_get(obj, "supplier"))))
		return no_such_org(e, "supplier", json_text(json_object_get(obj, "supplier")));
	op->a = arena_copy(r->arena, org_id(r->txn, p));
	op->b = arena_copy(r->arena, org_id(r->txn, supplier));
	return op->a.p && op->b.p ? RC_OK : RC_NOMEM;
}

static enum rc change_link(struct simulation *s, const json_t *obj, enum op_kind kind, struct err *e)
{
	static const char *const all[] = { "op", "procurer", "supplier", NULL };
	AUTO(buf_done) struct buf fields = BUF_INIT;
	struct op op = { .kind = (uint8_t)kind, .ent = ENT_LINK };
	enum rc rc = kind == OP_DELETE ? jv_check_members(obj, "", all, e) : RC_OK;

	if (!rc)
		rc = find_link(s, obj, kind == OP_DELETE, &op, e);
	if (!rc && kind != OP_DELETE)
		rc = json_to_fields(ENT_LINK, obj, kind == OP_MERGE, all, &fields, NULL, e);
	if (rc)
		return rc;
	if (kind == OP_MERGE)
		op.flags = OPF_MUST_EXIST;
	op.fields = buf_view(&fields);
	return simulate_op(s->o, &op, clock_now_ms(s->r->api->c.clock), e);
}

static enum rc change_targets(struct simulation *s, const json_t *obj, struct err *e)
{
	static const char *const names[] = { "op", "org", "targets", NULL };
	const json_t *targets = json_object_get(obj, "targets");
	AUTO(buf_done) struct buf fields = BUF_INIT;
	struct op op = { .kind = OP_PUT, .ent = ENT_TARGETS };
	uint32_t org = s->procurer;
	enum rc rc = jv_check_members(obj, "", names, e);

	if (!rc && ++s->n_targets > TARGETS_MAX)
		rc = err_set(e, RC_OUT_OF_RANGE, NULL, "%u changes of targets", TARGETS_MAX);
	if (!rc && json_object_get(obj, "org"))
		rc = find_own(s, obj, "org", &org, e);
	if (!rc && !targets)
		rc = err_set(e, RC_REQUIRED, "targets", "%s", "targets");
	if (!rc && json_is_null(targets))
		op.kind = OP_DELETE;
	else if (!rc)
		rc = json_to_fields(ENT_TARGETS, targets, false, json_derived_names[ENT_TARGETS], &fields, NULL, e);
	if (rc)
		return rc;
	op.a = arena_copy(s->r->arena, org_id(s->r->txn, org));
	op.fields = buf_view(&fields);
	if (!op.a.p)
		return RC_NOMEM;
	rc = simulate_op(s->o, &op, clock_now_ms(s->r->api->c.clock), e);
	return rc == RC_NOT_FOUND && op.kind == OP_DELETE ? RC_OK : rc; /* there were none */
}

static enum rc change(struct simulation *s, const json_t *obj, struct err *e)
{
	const char *op = json_string_value(json_object_get(obj, "op"));

	if (!json_is_object(obj))
		return err_set(e, RC_WRONG_TYPE, NULL, "%s", "object");
	if (!json_object_get(obj, "op"))
		return err_set(e, RC_REQUIRED, "op", "%s", "op");
	if (op && strcmp(op, "set-held") == 0)
		return change_held(s, obj, e);
	if (op && strcmp(op, "drop-link") == 0)
		return change_link(s, obj, OP_DELETE, e);
	if (op && strcmp(op, "add-link") == 0)
		return change_link(s, obj, OP_PUT, e);
	if (op && strcmp(op, "set-link") == 0)
		return change_link(s, obj, OP_MERGE, e);
	if (op && strcmp(op, "set-targets") == 0)
		return change_targets(s, obj, e);
	return err_set(e, RC_BAD_VALUE, "op", "%s", "set-held, drop-link, add-link, set-link or set-targets");
}

/* ---- the body ---- */

/* A number that may be left out. */
static enum rc read_int(const json_t *obj, const char *name, int64_t min, int64_t max, int64_t *io, struct err *e)
{
	const json_t *v = jv_member(obj, name);
	int64_t n;

	if (!v)
		return RC_OK;
	enum rc rc = jv_int(v, name, &n, e);
	if (rc)
		return rc;
	if (n < min || n > max)
		return err_set(e, RC_OUT_OF_RANGE, name, "%lld..%lld", (long long)min, (long long)max);
	*io = n;
	return RC_OK;
}

static enum rc read_query(struct simulation *s, const json_t *obj, struct err *e)
{
	const json_t *on = jv_member(obj, "on");
	enum rc rc = request_chain(s->r, s->procurer, &s->q, e);
	int64_t depth = s->q.depth, horizon = s->q.horizon;

	if (!rc && on)
		rc = jv_day(on, "on", &s->q.on, e);
	if (!rc)
		rc = read_int(obj, "depth", 1, TIER_MAX, &depth, e);
	if (!rc)
		rc = read_int(obj, "horizon", 0, 3660, &horizon, e);
	s->limit = ITEMS_DEFAULT;
	if (!rc)
		rc = read_int(obj, "limit", 0, ITEMS_MAX, &s->limit, e);
	s->q.depth = (unsigned)depth;
	s->q.horizon = (int32_t)horizon;
	return rc;
}

static enum rc read_changes(struct simulation *s, const json_t *obj, struct err *e)
{
	s->changes = json_object_get(obj, "changes");
	if (!s->changes)
		return err_set(e, RC_REQUIRED, "changes", "%s", "changes");
	if (!json_is_array(s->changes))
		return err_set(e, RC_WRONG_TYPE, "changes", "%s", "array");
	if (json_array_size(s->changes) == 0)
		return err_set(e, RC_BAD_VALUE, "changes", "%s", "at least one change");
	if (json_array_size(s->changes) > CHANGES_MAX)
		return err_set(e, RC_TOO_LARGE, "changes", "%u", CHANGES_MAX);
	return RC_OK;
}

static enum rc read_body(struct simulation *s, json_t **out_obj, struct err *e)
{
	static const char *const names[] = { "procurer", "depth", "on", "horizon", "changes", "limit", NULL };
	uint32_t procurer = ORG_NONE;
	enum rc rc = s->r->body.n ? json_parse(s->r->body, out_obj, e)
				  : err_set(e, RC_BAD_JSON, NULL, "%s", "the body is empty");

	if (!rc && !json_is_object(*out_obj))
		rc = err_set(e, RC_WRONG_TYPE, NULL, "%s", "object");
	if (!rc)
		rc = jv_check_members(*out_obj, "", names, e);
	if (!rc)
		rc = find_own(s, *out_obj, "procurer", &procurer, e);
	s->procurer = procurer;
	if (!rc)
		rc = read_query(s, *out_obj, e);
	return rc ? rc : read_changes(s, *out_obj, e);
}

/* ---- both sides ---- */

static enum rc look(struct simulation *s, struct side *out)
{
	enum rc rc = exposure_compute(s->o, s->r->scratch, &s->q, &out->x);

	return rc ? rc : stands_compute(s->o, s->r->scratch, &s->q, &out->stands, &out->n);
}

/* Whoever was not in the chain is named to a bound caller only if it knows it anyway. */
static enum rc names_of(struct simulation *s)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < s->diffs.n && !rc && !access_sees_all(&s->r->who); i++) {
		struct stand_diff *d = &s->diffs.items[i];
		if (!d->before)
			rc = known_has(s->r->api, s->r->txn, s->r->scratch, &s->r->who, d->supplier, &d->named);
	}
	return rc;
}

/* Of those that come into gap: by how many a question of the tree is not answered on the procurer's own link. */
static void count_undecided(struct simulation *s)
{
	static const unsigned questions[] = { LINK_CONFIDENTIAL, LINK_CONTINUITY, LINK_SYSTEM_ACCESS };

	for (size_t i = 0; i < s->diffs.n; i++) {
		const struct stand_diff *d = &s->diffs.items[i];
		struct rec link;
		bool unknown = false;
		if (!d->after || d->after->state != ST_GAP || (d->before && d->before->state == ST_GAP) ||
		    link_get(s->o, s->procurer, d->supplier, &link))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(questions); k++)
			unknown = unknown || rec_bool(&link, questions[k]) < 0;
		s->opened_undecided += unknown;
	}
}

static enum rc simulate(struct simulation *s, struct err *e)
{
	enum rc rc = txn_begin_overlay(api_store(s->r->api), SIMULATE_BYTES_MAX, &s->o);

	if (!rc)
		rc = look(s, &s->before);
	if (!rc)
		s->r->reply.revision = graph_revision(s->o);
	for (size_t i = 0; !rc && i < json_array_size(s->changes); i++)
		rc = http_client_gone(s->r->http) ? RC_CANCELLED
		     : atomic_load(&s->r->api->stopping) ? RC_STOPPING
							 : in_change(s, i, change(s, json_array_get(s->changes, i), e), e);
	if (!rc)
		rc = look(s, &s->after);
	if (!rc)
		rc = stands_compare(s->before.stands, s->before.n, s->after.stands, s->after.n, &s->diffs);
	if (!rc)
		rc = names_of(s);
	if (rc)
		return rc;
	count_undecided(s);
	return txn_rc(s->o);
}

/* ---- the answer ---- */

static void stand_json(struct json *j, const char *key, const struct stand *st)
{
	json_key(j, key);
	if (!st) {
		json_nil(j);
		return;
	}
	json_obj(j);
	json_key(j, "state");
	json_str(j, state_names[st->state]);
	json_key(j, "required");
	json_int(j, st->required);
	json_key(j, "held");
	json_int(j, st->held);
	json_key(j, "timing");
	json_str(j, st->state == ST_GAP ? gap_timing_names[st->timing] : NULL);
	json_key(j, "due");
	json_day(j, st->due);
	json_obj_end(j);
}

static void item_json(struct simulation *s, struct json *j, const struct stand_diff *d)
{
	json_obj(j);
	json_key(j, "supplier");
	shown_id_json(s->r, j, s->procurer, d->supplier, d->named);
	json_key(j, "name");
	shown_name_json(s->r, j, d->supplier, d->named);
	json_key(j, "tier");
	json_int(j, d->tier);
	json_key(j, "change");
	json_str(j, stand_change_names[d->change]);
	stand_json(j, "before", d->before);
	stand_json(j, "after", d->after);
	json_obj_end(j);
}

/* The items of one tier, by id as shown; *left counts down. */
static enum rc tier_json(struct simulation *s, struct json *j, const struct veil *veil, size_t from, size_t to,
			 int64_t *left)
{
	struct id_set set = { .base = &s->diffs.items[from], .stride = sizeof(struct stand_diff), .n = to - from,
			      .veil = veil };
	struct id_order order;
	size_t at;
	enum rc rc = id_order_begin(&order, s->o, &set, (struct view){ 0 });

	while (!rc && *left > 0 && id_order_next(&order, &at)) {
		item_json(s, j, &s->diffs.items[from + at]);
		(*left)--;
	}
	id_order_done(&order);
	return rc ? rc : txn_rc(s->o);
}

/* A unit falls with its entity: that one hidden changes when a level is set would tell whose it is. They count. */
static void hidden_units_drop(struct simulation *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->diffs.n; i++) {
		struct view id = org_id(s->o, s->diffs.items[i].supplier);
		if (s->diffs.items[i].named || !id.n || !memchr(id.p, '~', id.n))
			s->diffs.items[n++] = s->diffs.items[i];
	}
	s->diffs.n = n;
}

static enum rc items_json(struct simulation *s, struct json *j)
{
	AUTO(veil_done) struct veil veil = { .viewer = s->procurer };
	const struct stand_diffs *d = &s->diffs;
	int64_t left = s->limit;
	enum rc rc = RC_OK;

	if (s->unit_levels)
		hidden_units_drop(s);
	for (size_t i = 0; i < d->n && !rc; i++)
		if (!d->items[i].named)
			rc = veil_hide(&veil, s->o, d->items[i].supplier);
	json_key(j, "items");
	json_arr(j);
	for (size_t from = 0, to; from < d->n && !rc && left > 0; from = to) {
		for (to = from + 1; to < d->n && d->items[to].tier == d->items[from].tier;)
			to++;
		rc = tier_json(s, j, &veil, from, to, &left);
	}
	json_arr_end(j);
	return rc;
}

static enum rc simulation_json(struct simulation *s)
{
	const struct { const char *key; uint64_t n; } counts[] = {
		{ "opened", s->diffs.opened },	 { "closed", s->diffs.closed },
		{ "entered", s->diffs.entered }, { "left", s->diffs.left },
		{ "opened_undecided", s->opened_undecided },
	};
	struct view id = org_id(s->o, s->procurer);
	struct json j;

	json_init(&j, &s->r->reply.body);
	json_obj(&j);
	json_key(&j, "procurer");
	json_strv(&j, id);
	json_key(&j, "on");
	json_day(&j, s->q.on);
	json_key(&j, "depth");
	json_uint(&j, s->q.depth);
	json_key(&j, "horizon");
	json_int(&j, s->q.horizon);
	json_key(&j, "before");
	exposure_json(&j, id, &s->before.x);
	json_key(&j, "after");
	exposure_json(&j, id, &s->after.x);
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		json_key(&j, counts[i].key);
		json_uint(&j, counts[i].n);
	}
	enum rc rc = items_json(s, &j);
	json_key(&j, "items_total");
	json_uint(&j, s->diffs.n);
	json_key(&j, "truncated");
	json_bool(&j, (uint64_t)s->limit < s->diffs.n);
	json_obj_end(&j);
	return rc;
}

enum rc simulation_run(struct request *r, struct err *e)
{
	AUTO(simulation_done) struct simulation s = { .r = r };
	AUTO(body_done) json_t *obj = NULL;
	struct txn *now = r->txn;
	enum rc rc = read_body(&s, &obj, e);

	if (!rc)
		rc = simulate(&s, e);
	if (rc)
		return rc;
	if (!access_owns(now, &r->who, s.procurer))
		looks_add(r->api->c.looks, s.procurer, LOOK_EXPOSURE, r->who.n_orgs ? r->who.orgs[0] : ORG_NONE,
			  view_str(r->who.name));
	r->txn = s.o; /* ids and names as they are there */
	rc = simulation_json(&s);
	r->txn = now;
	return rc;
}
