/* event_filter.c - see event_filter.h. */
#include "api/event_filter.h"

#include <stdio.h>

#include "api/known.h"
#include "base/json_out.h"
#include "base/util.h"

enum nearness { NEAR_NONE, NEAR_ANONYMOUS, NEAR_BELOW, NEAR_OWN };

void event_filter_begin(struct event_filter *f, struct api *a, struct txn *t, struct scratch *s,
			const struct identity *who)
{
	*f = (struct event_filter){ .api = a, .t = t, .s = s, .who = who };
	f->rc = known_own(t, who, &f->own);
}

void event_filter_done(struct event_filter *f)
{
	buf_done(&f->own);
	buf_done(&f->subject);
	buf_done(&f->data);
	buf_done(&f->cause_subject);
	buf_done(&f->cause_data);
}

/* ---- where the caller stands ---- */

static uint32_t own_at(const struct event_filter *f, size_t i)
{
	uint32_t org;

	memcpy(&org, f->own.p + i * sizeof(org), sizeof(org));
	return org;
}

static bool is_own(const struct event_filter *f, uint32_t org)
{
	size_t from = 0, to = f->own.n / sizeof(org);

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		if (own_at(f, mid) < org)
			from = mid + 1;
		else
			to = mid;
	}
	return from < f->own.n / sizeof(org) && own_at(f, from) == org;
}

/* By its chains: named in any of them, or anonymous; *out_viewer: whose pseudonym it has. */
static enum nearness by_chains(struct event_filter *f, uint32_t org, uint32_t *out_viewer)
{
	enum nearness rel = NEAR_NONE;

	for (size_t i = 0; i < f->own.n / sizeof(uint32_t) && rel != NEAR_BELOW && !f->rc; i++) {
		enum seen seen = SEEN_NOT;
		f->rc = known_seen(f->api, f->t, f->s, own_at(f, i), org, &seen);
		if (seen == SEEN_NAMED) {
			rel = NEAR_BELOW;
		} else if (seen == SEEN_ANONYMOUS && rel == NEAR_NONE) {
			rel = NEAR_ANONYMOUS;
			*out_viewer = own_at(f, i);
		}
	}
	return rel;
}

static enum nearness nearness(struct event_filter *f, uint32_t org, uint32_t *out_viewer)
{
	if (is_own(f, org))
		return NEAR_OWN;
	if (access_tie(f->t, f->who, org) >= TIE_ENTERED)
		return NEAR_BELOW;
	return known_reads_chains(f->who) ? by_chains(f, org, out_viewer) : NEAR_NONE;
}

/* Targets, clauses, figures: not for suppliers, as their routes say. */
static bool reads_as_procurer(const struct event_filter *f) { return f->who->role != ROLE_SUPPLIER; }

/* ---- texts ---- */

/* The organisation in front of a subject's '/'; *out_rest: what stands behind it. */
static bool subject_org(struct event_filter *f, struct view subject, uint32_t *out, struct view *out_rest)
{
	const char *slash = subject.n ? memchr(subject.p, '/', subject.n) : NULL;
	size_t n = slash ? (size_t)(slash - (const char *)subject.p) : subject.n;

	*out_rest = slash ? view_of(slash + 1, subject.n - n - 1) : view_of("", 0);
	return org_find(f->t, view_of(subject.p, n), out) == RC_OK;
}

/* {"KEY":"TEXT" and what follows; false: the data does not begin so. */
static bool data_begins(struct view data, const char *key, struct view text, struct view *out_rest)
{
	char head[64];
	int k = snprintf(head, sizeof(head), "{\"%s\":\"", key);
	size_t n = (size_t)k + text.n;
	const char *p = data.p;

	if (data.n <= n || memcmp(p, head, (size_t)k) != 0 || memcmp(p + k, text.p, text.n) != 0 || p[n] != '"')
		return false;
	*out_rest = view_of(p + n + 1, data.n - n - 1);
	return true;
}

static bool made(struct event_filter *f, const struct event *ev, struct event *out)
{
	if (!buf_ok(&f->subject) || !buf_ok(&f->data)) {
		f->rc = RC_NOMEM;
		return false;
	}
	*out = *ev;
	out->subject = buf_view(&f->subject);
	out->data = buf_view(&f->data);
	return true;
}

/* ---- by type ---- */

/* An organisation in a chain, without its name. */
static bool show_anonymous(struct event_filter *f, const struct event *ev, uint32_t viewer, uint32_t org,
			   struct event *out)
{
	char text[PSEUDONYM_TEXT];
	struct view rest;

	if (!data_begins(ev->data, "supplier", ev->subject, &rest))
		return false;
	pseudonym_make(api_secret(f->api), viewer, org, text);
	buf_clear(&f->subject);
	buf_adds(&f->subject, text);
	buf_clear(&f->data);
	buf_addf(&f->data, "{\"supplier\":\"%s\"", text);
	buf_addv(&f->data, rest);
	return made(f, ev, out);
}

static bool show_supplier(struct event_filter *f, const struct event *ev, struct event *out)
{
	uint32_t org, viewer = ORG_NONE;
	struct view rest;

	if (!subject_org(f, ev->subject, &org, &rest))
		return false;
	switch (nearness(f, org, &viewer)) {
	case NEAR_OWN:
	case NEAR_BELOW:
		*out = *ev;
		return true;
	case NEAR_ANONYMOUS:
		return show_anonymous(f, ev, viewer, org, out);
	case NEAR_NONE:
		break;
	}
	return false;
}

static bool show_org(struct event_filter *f, const struct event *ev, struct event *out)
{
	uint32_t org, viewer;
	struct view rest;

	*out = *ev;
	return subject_org(f, ev->subject, &org, &rest) && nearness(f, org, &viewer) >= NEAR_BELOW;
}

static bool show_cert(struct event_filter *f, const struct event *ev, struct event *out)
{
	uint32_t org, viewer;
	struct view rest;

	*out = *ev;
	if (!subject_org(f, ev->subject, &org, &rest))
		return false;
	return is_own(f, org) || (reads_as_procurer(f) && nearness(f, org, &viewer) >= NEAR_BELOW);
}

/* To the supplier of a link: who asks, and what happened; nothing of what the procurer wrote. */
static bool show_asked(struct event_filter *f, const struct event *ev, uint32_t procurer, uint32_t supplier,
		       struct event *out)
{
	bool shown = access_shown(f->t, procurer);
	char text[PSEUDONYM_TEXT];
	uint32_t viewer;
	struct view id = org_id(f->t, procurer);
	struct json j;

	if (!ev->change)
		return false;
	if (!shown && nearness(f, procurer, &viewer) < NEAR_BELOW) {
		pseudonym_make(api_secret(f->api), supplier, procurer, text);
		id = view_str(text);
	}
	buf_clear(&f->subject);
	buf_addv(&f->subject, id);
	buf_addc(&f->subject, '/');
	buf_addv(&f->subject, org_id(f->t, supplier));
	buf_clear(&f->data);
	json_init(&j, &f->data);
	json_obj(&j);
	json_key(&j, "procurer");
	json_strv(&j, id);
	json_key(&j, "supplier");
	json_strv(&j, org_id(f->t, supplier));
	json_key(&j, "change");
	json_str(&j, ev->change);
	json_obj_end(&j);
	return made(f, ev, out);
}

static bool show_link(struct event_filter *f, const struct event *ev, struct event *out)
{
	uint32_t procurer, supplier;
	struct view rest;

	*out = *ev;
	if (!subject_org(f, ev->subject, &procurer, &rest))
		return false;
	if (is_own(f, procurer))
		return true;
	return org_find(f->t, rest, &supplier) == RC_OK && is_own(f, supplier) &&
	       show_asked(f, ev, procurer, supplier, out);
}

/* What the caller reads of its own organisations as a procurer. */
static bool show_own(struct event_filter *f, const struct event *ev, struct event *out)
{
	uint32_t org;
	struct view rest;

	*out = *ev;
	return reads_as_procurer(f) && subject_org(f, ev->subject, &org, &rest) && is_own(f, org);
}

static bool show_import(struct event_filter *f, const struct event *ev, struct event *out)
{
	struct job_report report;
	uint64_t job = 0;
	bool own;

	*out = *ev;
	for (size_t i = 0; i < ev->subject.n; i++) {
		char digit = ((const char *)ev->subject.p)[i];
		if (digit < '0' || digit > '9' || i > 18)
			return false;
		job = job * 10 + (uint64_t)(digit - '0');
	}
	if (!f->api->c.jobs || jobs_get(f->api->c.jobs, f->t, job, &report) != RC_OK)
		return false;
	own = strcmp(report.actor, f->who->name) == 0;
	job_report_done(&report);
	return own;
}

static bool decide(struct event_filter *f, const struct event *ev, struct event *out);

/* May the caller know of the event behind a change of figures? One event is often behind many. */
static bool cause_shown(struct event_filter *f, struct view id)
{
	struct event cause, seen;
	uint64_t revision;
	uint32_t seq;

	if (view_is(id, f->cause))
		return f->cause_shown;
	if (!event_id_parse(id, &revision, &seq))
		return false;
	memcpy(f->cause, id.p, EVENT_ID_TEXT - 1);
	f->cause_shown = event_get(f->t, revision, seq, &cause, &f->cause_subject, &f->cause_data) == RC_OK &&
			 cause.type != EV_EXPOSURE_CHANGED && decide(f, &cause, &seen);
	return f->cause_shown;
}

/* The caller's own figures; their cause only as far as the caller sees it, too. */
static bool show_exposure(struct event_filter *f, const struct event *ev, struct event *out)
{
	static const char key[] = ",\"cause\":\"";
	struct view rest, id;
	const char *p;

	if (!show_own(f, ev, out) || !data_begins(ev->data, "procurer", ev->subject, &rest))
		return false;
	p = rest.p;
	if (rest.n < sizeof(key) - 1 + EVENT_ID_TEXT || memcmp(p, key, sizeof(key) - 1) != 0)
		return rest.n > 13 && memcmp(p, ",\"cause\":null", 13) == 0;
	id = view_of(p + sizeof(key) - 1, EVENT_ID_TEXT - 1);
	if (p[sizeof(key) - 1 + id.n] != '"')
		return false;
	if (cause_shown(f, id))
		return true;
	rest = view_of(p + sizeof(key) + id.n, rest.n - sizeof(key) - id.n);
	buf_clear(&f->subject);
	buf_addv(&f->subject, ev->subject);
	buf_clear(&f->data);
	buf_adds(&f->data, "{\"procurer\":\"");
	buf_addv(&f->data, ev->subject);
	buf_adds(&f->data, "\",\"cause\":null");
	buf_addv(&f->data, rest);
	return made(f, ev, out);
}

static bool decide(struct event_filter *f, const struct event *ev, struct event *out)
{
	switch (ev->type) {
	case EV_SUPPLIER_LAPSED:
	case EV_SUPPLIER_RESTORED:
	case EV_SUPPLIER_EXPIRING:
		return show_supplier(f, ev, out);
	case EV_ORG_CHANGED:
		return show_org(f, ev, out);
	case EV_CERTIFICATE_CHANGED:
		return show_cert(f, ev, out);
	case EV_LINK_CHANGED:
		return show_link(f, ev, out);
	case EV_TARGETS_CHANGED:
	case EV_CLAUSE_CHANGED:
	case EV_CLAUSE_DUE:
	case EV_DRILL_CHANGED:
		return show_own(f, ev, out);
	case EV_EXPOSURE_CHANGED:
		return show_exposure(f, ev, out);
	case EV_IMPORT_FINISHED:
		return show_import(f, ev, out);
	case EV_REMINDER_SENT: /* not decided yet, so not shown */
	case EV_REMINDER_FAILED:
	case EV__COUNT:
		break;
	}
	return false;
}

bool event_filter_show(struct event_filter *f, const struct event *ev, struct event *out)
{
	bool shown = !f->rc && decide(f, ev, out);

	if (!f->rc)
		f->rc = txn_rc(f->t);
	return shown && !f->rc;
}
