/*
 * events.c - the events: what changed (read from the log) and what followed from it (kept in OUTBOX).
 *
 * Within a revision the changed entities come first, numbered by their place among the logged ops;
 * what follows continues the numbering. OUTBOX value: u8 type, varint length + subject, data.
 */
#include <stdio.h>

#include "base/json_out.h"
#include "base/util.h"
#include "graph/state.h"
#include "graph/steps.h"

const char *const event_names[EV__COUNT] = {
	"supplier.lapsed", "supplier.restored", "supplier.expiring", "exposure.changed", "link.changed",
	"certificate.changed", "clause.due", "reminder.sent", "reminder.failed", "import.finished",
	"org.changed", "targets.changed", "clause.changed", "drill.changed",
};

void event_id_format(uint64_t revision, uint32_t seq, char out[EVENT_ID_TEXT])
{
	snprintf(out, EVENT_ID_TEXT, "%013llu%07u", (unsigned long long)(revision % 10000000000000ull),
		 seq % 10000000u);
}

bool event_id_parse(struct view v, uint64_t *out_revision, uint32_t *out_seq)
{
	uint64_t rev = 0;
	uint32_t seq = 0;
	if (v.n != EVENT_ID_TEXT - 1)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		char ch = ((const char *)v.p)[i];
		if (ch < '0' || ch > '9')
			return false;
		if (i < 13)
			rev = rev * 10 + (uint64_t)(ch - '0');
		else
			seq = seq * 10 + (uint32_t)(ch - '0');
	}
	*out_revision = rev;
	*out_seq = seq;
	return true;
}

void event_put(struct batch *b, enum event_type type, struct view subject, struct view data)
{
	uint8_t key[12];
	AUTO(buf_done) struct buf v = BUF_INIT;
	be64_put(key, b->new_revision);
	be32_put(key + 8, b->seq++);
	buf_addc(&v, (char)type);
	buf_lenbytes(&v, subject);
	buf_addv(&v, data);
	if (buf_ok(&v))
		txn_put(b->w, DB_OUTBOX, view_of(key, 12), buf_view(&v));
	else
		txn_fail(b->w, RC_NOMEM);
}

/* ---- lapses and restorations ---- */

static bool expiring_in(const struct step *s, uint32_t n, int32_t day)
{
	return step_held(steps_at(s, n, day + HORIZON_DEFAULT)) < step_held(steps_at(s, n, day));
}

static bool expiring_on(struct txn *t, uint32_t org, int32_t day)
{
	return held_on(t, org, day + HORIZON_DEFAULT).level < held_on(t, org, day).level;
}

void held_note_steps(struct batch *b, uint32_t org, const struct step *s, uint32_t n)
{
	if (b->quiet)
		return;
	if (b->n_held == b->cap_held) {
		size_t cap = b->cap_held ? b->cap_held * 2 : 16;
		struct held_before *p = realloc(b->held, cap * sizeof *p);
		if (!p) {
			txn_fail(b->w, RC_NOMEM);
			return;
		}
		b->held = p;
		b->cap_held = cap;
	}
	b->held[b->n_held] = (struct held_before){ org, (uint32_t)b->n_held,
						   (uint8_t)step_held(steps_at(s, n, b->today)),
						   expiring_in(s, n, b->today) };
	b->n_held++;
}

void held_note(struct batch *b, uint32_t org)
{
	struct step_reader r;
	uint32_t n;
	step_reader_init(&r, b->w);
	const struct step *s = steps_of(&r, org, &n);
	held_note_steps(b, org, s, n);
}

static int held_cmp(const void *pa, const void *pb)
{
	const struct held_before *a = pa, *c = pb;
	if (a->org != c->org)
		return a->org < c->org ? -1 : 1;
	return a->order < c->order ? -1 : 1;
}

static void held_event(struct batch *b, uint32_t org, struct view id, unsigned before, unsigned now, bool was_expiring)
{
	AUTO(buf_done) struct buf data = BUF_INIT;
	struct json j;
	enum event_type type = now < before ? EV_SUPPLIER_LAPSED : EV_SUPPLIER_RESTORED;
	bool expiring = expiring_on(b->w, org, b->today);
	json_init(&j, &data);
	if (now != before) {
		json_obj(&j);
		json_key(&j, "supplier");
		json_strv(&j, id);
		json_key(&j, "held_before");
		json_int(&j, (int64_t)before);
		json_key(&j, "held");
		json_int(&j, (int64_t)now);
		json_key(&j, "on");
		json_day(&j, b->today);
		json_obj_end(&j);
		event_put(b, type, id, buf_view(&data));
	}
	if (!expiring || was_expiring)
		return;
	buf_clear(&data);
	json_init(&j, &data);
	json_obj(&j);
	json_key(&j, "supplier");
	json_strv(&j, id);
	json_key(&j, "held");
	json_int(&j, (int64_t)now);
	json_key(&j, "until");
	json_day(&j, held_until(b->w, org, b->today));
	json_obj_end(&j);
	event_put(b, EV_SUPPLIER_EXPIRING, id, buf_view(&data));
}

void held_events(struct batch *b)
{
	if (b->n_held > 1)
		qsort(b->held, b->n_held, sizeof *b->held, held_cmp);
	for (size_t i = 0; i < b->n_held; i++) {
		const struct held_before *h = &b->held[i];
		if (i > 0 && b->held[i - 1].org == h->org)
			continue;
		struct view id = org_id(b->w, h->org);
		if (!id.n) /* deleted: org.changed says so */
			continue;
		id = arena_copy(b->keep, id);
		unsigned now = held_on(b->w, h->org, b->today).level;
		if (id.p)
			held_event(b, h->org, id, h->held, now, h->expiring);
	}
	b->n_held = 0;
}

/* ---- reading ---- */

static enum event_type type_of_op(const struct op *op)
{
	switch ((enum ent)op->ent) {
	case ENT_ORG:
		return EV_ORG_CHANGED;
	case ENT_LINK:
		return EV_LINK_CHANGED;
	case ENT_CERT:
		return EV_CERTIFICATE_CHANGED;
	case ENT_CLAUSE:
		return EV_CLAUSE_CHANGED;
	case ENT_DRILL:
		return EV_DRILL_CHANGED;
	case ENT_TARGETS:
	case ENT__COUNT:
		break;
	}
	return EV_TARGETS_CHANGED;
}

void op_names_json(struct json *j, const struct op *op)
{
	static const char *const names[ENT__COUNT][3] = {
		[ENT_ORG] = { "org" },
		[ENT_LINK] = { "procurer", "supplier" },
		[ENT_CERT] = { "org", "certificate" },
		[ENT_CLAUSE] = { "procurer", "supplier", "no" },
		[ENT_TARGETS] = { "org" },
		[ENT_DRILL] = { "org", "drill" },
	};
	const struct view v[3] = { op->a, op->b, op->c };
	for (int i = 0; i < 3 && names[op->ent][i]; i++) {
		json_key(j, names[op->ent][i]);
		json_strv(j, v[i]);
	}
}

static void op_event(const struct op *op, struct event *ev, struct buf *subject, struct buf *data)
{
	struct json j;
	ev->type = type_of_op(op);
	buf_clear(subject);
	buf_addv(subject, op->a);
	if (op->b.n) {
		buf_addc(subject, '/');
		buf_addv(subject, op->b);
	}
	buf_clear(data);
	json_init(&j, data);
	json_obj(&j);
	op_names_json(&j, op);
	ev->change = op->kind == OP_DELETE ? "deleted" : op->flags & OPF_CREATED ? "created" : "updated";
	json_key(&j, "change");
	json_str(&j, ev->change);
	json_obj_end(&j);
	ev->subject = buf_view(subject);
	ev->data = buf_view(data);
}

struct reading {
	struct txn *t;
	uint64_t after_revision;
	uint32_t after_seq;
	size_t left;
	bool stopped;
	bool (*fn)(void *arg, const struct event *ev);
	void *arg;
	struct event_place *place; /* may be NULL */
	struct buf subject, data;
};

static bool wanted(const struct reading *r, const struct event *ev)
{
	return ev->revision > r->after_revision || ev->seq > r->after_seq;
}

static void deliver(struct reading *r, const struct event *ev)
{
	if (!wanted(r, ev) || r->stopped)
		return;
	if (r->left == 0) {
		r->stopped = true;
		return;
	}
	r->left--;
	if (!r->fn(r->arg, ev))
		r->stopped = true;
}

static bool outbox_decode(struct view v, struct event *ev)
{
	struct rd rd = rd_of(v);
	unsigned type = rd_u8(&rd);
	ev->subject = rd_lenbytes(&rd);
	ev->data = rd_bytes(&rd, (size_t)(rd.end - rd.p));
	ev->type = (enum event_type)type;
	return !rd.bad && type < EV__COUNT;
}

static void outbox_read(struct reading *r, uint64_t revision, int64_t at_ms)
{
	uint8_t key[12] = { 0 };
	AUTO_CUR struct cur c;
	be64_put(key, revision);
	if (revision == r->after_revision)
		be32_put(key + 8, r->after_seq);
	cur_open(&c, r->t, DB_OUTBOX);
	for (bool ok = cur_ge(&c, view_of(key, 12)); ok && !r->stopped && cur_in(&c, view_of(key, 8)); ok = cur_next(&c)) {
		struct event ev = { .revision = revision, .at_ms = at_ms };
		ev.seq = be32_get((const uint8_t *)c.key.p + 8);
		if (!outbox_decode(c.val, &ev)) {
			txn_fail(r->t, RC_DAMAGED);
			return;
		}
		deliver(r, &ev);
	}
}

static enum rc ops_read(struct reading *r, uint64_t revision)
{
	struct op_reader ops;
	struct op op;
	/* a place beyond the wanted op would pass over some */
	bool behind = r->place && revision == r->after_revision && r->place->op <= (uint64_t)r->after_seq + 1;
	enum rc rc = op_reader_open(&ops, r->t, revision, behind ? r->place : NULL);

	while (rc == RC_OK && !r->stopped) {
		struct event ev = { .revision = revision, .seq = (uint32_t)ops.place.op, .at_ms = ops.at_ms };
		bool want = wanted(r, &ev);
		if (want && r->left == 0) {
			r->stopped = ops.place.op < ops.n;
			break;
		}
		if (!op_reader_next(&ops, &op))
			break;
		if (!want)
			continue;
		op_event(&op, &ev, &r->subject, &r->data);
		deliver(r, &ev);
	}
	if (rc == RC_OK)
		rc = ops.rc;
	if (r->place)
		*r->place = ops.place;
	op_reader_done(&ops);
	return rc;
}

static enum rc revision_read(struct reading *r, uint64_t revision)
{
	struct log_head head;
	enum rc rc = log_head(r->t, revision, &head);
	if (rc != RC_OK)
		return rc == RC_NOT_FOUND ? RC_COMPACTED : rc;
	if (revision == r->after_revision && r->after_seq == UINT32_MAX)
		return RC_OK;
	if (head.type == CMD_OPS && (rc = ops_read(r, revision)) != RC_OK)
		return rc;
	if (!r->stopped)
		outbox_read(r, revision, head.at_ms);
	return txn_rc(r->t);
}

enum rc events_read_on(struct txn *t, uint64_t after_revision, uint32_t after_seq, size_t max,
		       bool (*fn)(void *arg, const struct event *ev), void *arg, struct event_place *place)
{
	struct reading r = { .t = t, .after_revision = after_revision, .after_seq = after_seq, .left = max,
			     .fn = fn, .arg = arg, .place = place };
	uint64_t last = graph_revision(t), first = log_first(t);
	enum rc rc = RC_OK;
	if (after_revision && first > 1 && after_revision + 1 < first)
		return RC_COMPACTED;
	uint64_t from = after_revision;
	if (from < first)
		from = first;
	for (uint64_t rev = from; first && rev <= last && !r.stopped && rc == RC_OK; rev++)
		rc = revision_read(&r, rev);
	buf_done(&r.subject);
	buf_done(&r.data);
	return rc;
}

enum rc events_read(struct txn *t, uint64_t after_revision, uint32_t after_seq, size_t max,
		    bool (*fn)(void *arg, const struct event *ev), void *arg)
{
	return events_read_on(t, after_revision, after_seq, max, fn, arg, NULL);
}

enum rc event_get(struct txn *t, uint64_t revision, uint32_t seq, struct event *out, struct buf *subject,
		  struct buf *data)
{
	struct op_reader ops;
	struct log_head head;
	struct op op;
	struct view v;
	uint8_t key[12];
	enum rc rc = log_head(t, revision, &head);
	if (rc != RC_OK)
		return rc;
	*out = (struct event){ .revision = revision, .seq = seq, .at_ms = head.at_ms };
	be64_put(key, revision);
	be32_put(key + 8, seq);
	if (txn_get(t, DB_OUTBOX, view_of(key, 12), &v) == RC_OK)
		return outbox_decode(v, out) ? RC_OK : RC_DAMAGED;
	if (head.type != CMD_OPS || seq >= EVENT_GET_OPS)
		return RC_NOT_FOUND;
	rc = op_reader_open(&ops, t, revision, NULL);
	bool found = false;
	for (uint32_t i = 0; rc == RC_OK && !found && op_reader_next(&ops, &op); i++)
		found = i == seq;
	if (found)
		op_event(&op, out, subject, data);
	rc = rc != RC_OK ? rc : ops.rc;
	op_reader_done(&ops);
	return rc != RC_OK ? rc : found ? RC_OK : RC_NOT_FOUND;
}
