/*
 * ics.c - the calendar as an iCalendar file (RFC 5545): an event of a whole day for each item. An event keeps its UID as
 * long as it is about the same thing, so that a file that is read in again moves what has moved.
 */
#include <sodium.h>
#include <stdio.h>
#include <time.h>

#include "api/api_int.h"
#include "api/renewals.h"
#include "api/shown.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/util.h"

#define LINE_MAX_BYTES 75 /* of a line, without its end */

/* ---- lines ---- */

/* A text as a value: what has a meaning there is escaped, control characters go. */
static void text(struct buf *b, struct view v)
{
	const char *p = v.p;

	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)p[i];
		if (c == '\n')
			buf_adds(b, "\\n");
		else if (c == '\\' || c == ';' || c == ',')
			buf_addf(b, "\\%c", c);
		else if (c >= 0x20 && c != 0x7f)
			buf_addc(b, p[i]);
	}
}

static void text_of(struct buf *b, const char *s) { text(b, view_str(s)); }

/* Ends the line in `line`: folded, never inside a character, and emptied. */
static void end_line(struct buf *out, struct buf *line)
{
	size_t room = LINE_MAX_BYTES, at = 0;

	if (!buf_ok(line))
		out->failed = true;
	while (buf_ok(line) && line->n - at > room) {
		size_t n = room;
		while (n > 1 && ((unsigned char)line->p[at + n] & 0xc0) == 0x80)
			n--;
		buf_add(out, line->p + at, n);
		buf_adds(out, "\r\n ");
		at += n;
		room = LINE_MAX_BYTES - 1;
	}
	if (buf_ok(line))
		buf_add(out, line->p + at, line->n - at);
	buf_adds(out, "\r\n");
	buf_clear(line);
}

static void plain(struct buf *out, const char *s)
{
	buf_adds(out, s);
	buf_adds(out, "\r\n");
}

static void day_line(struct buf *out, const char *name, int32_t day)
{
	int y, m, d;

	day_to_ymd(day, &y, &m, &d);
	buf_addf(out, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, y, m, d);
}

/* ---- words ---- */

/* %u: a level. Said to the buyer, of its own chain; the supplier comes behind, in Japanese in front. */
static void summary(struct buf *b, enum lang lang, const struct renewal *it, struct view who)
{
	static const char *const en[RN__COUNT] = {
		"★%u ends: ",        "Yearly ★%u self-assessment due: ", "Contract ends: ", "Clause review due: ",
		"Exception ends: ", "★%u wanted by today: ",
	};
	static const char *const ja[RN__COUNT] = {
		"：★%uの有効期限", "：★%uの年次自己評価の期限", "：契約の終了日", "：契約条項の見直し期限",
		"：例外の期限",     "：★%u取得の期限",
	};
	const char *words = lang == LANG_JA ? ja[it->kind] : en[it->kind], *star = strstr(words, "%u");
	unsigned level = it->kind == RN_GAP_DUE ? it->required : it->level;

	if (lang == LANG_JA)
		text(b, who);
	text(b, view_of(words, star ? (size_t)(star - words) : strlen(words)));
	if (star) {
		buf_addu(b, level);
		text_of(b, star + 2);
	}
	if (lang != LANG_JA)
		text(b, who);
	if (it->kind == RN_CLAUSE_REVIEW)
		buf_addf(b, lang == LANG_JA ? "（%s）" : " (%s)", clause_names[it->no]);
}

static void description(struct buf *b, enum lang lang, const struct renewal *it, struct view id)
{
	bool ja = lang == LANG_JA;

	text(b, id);
	if (it->tier)
		buf_addf(b, ja ? "\\n%u次" : "\\nTier %u", it->tier);
	if (it->kind == RN_GAP_DUE || it->kind == RN_LEVEL_ENDS)
		buf_addf(b, ja ? "\\n保有: ★%u\\n要求: ★%u" : "\\nHeld: ★%u\\nRequired: ★%u", it->level, it->required);
	if (it->below)
		buf_adds(b, ja ? "\\n更新の登録がなければ、翌日から要求を下回ります。" :
				 "\\nWith no renewal recorded it is below what is required from the next day on.");
}

/* ---- the file ---- */

/* What the event is about, not when: but a supplier has a self-assessment a year. */
static void uid(struct buf *out, const struct renewal *it, struct view procurer, struct view id)
{
	unsigned char hash[16];
	char hex[2 * sizeof(hash) + 1];
	AUTO(buf_done) struct buf b = BUF_INIT;

	buf_addf(&b, "%s %d %d ", renewal_kind_names[it->kind], it->no, it->kind == RN_SELF_ASSESSMENT ? it->day : 0);
	buf_addv(&b, procurer);
	buf_addc(&b, ' ');
	buf_addv(&b, id);
	if (!buf_ok(&b))
		out->failed = true;
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)b.p, b.n, NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	buf_addf(out, "UID:%s@tierwatch\r\n", hex);
}

static void event(struct request *r, const struct renewals_query *q, const struct renewal *it, const char *stamp,
		  struct buf *line)
{
	struct buf *out = &r->reply.body;
	struct view id = shown_id(r, q->q.procurer, it->supplier, it->named);
	struct view name = it->named ? org_name(r->txn, it->supplier) : id;

	plain(out, "BEGIN:VEVENT");
	uid(out, it, org_id(r->txn, q->q.procurer), id);
	buf_addf(out, "DTSTAMP:%s\r\n", stamp);
	day_line(out, "DTSTART", it->day);
	if (it->day < DAY_MAX)
		day_line(out, "DTEND", it->day + 1);
	buf_adds(line, "SUMMARY:");
	summary(line, r->lang, it, name.n ? name : id);
	end_line(out, line);
	buf_adds(line, "DESCRIPTION:");
	description(line, r->lang, it, id);
	end_line(out, line);
	buf_addf(out, "CATEGORIES:%s\r\n", renewal_kind_names[it->kind]);
	plain(out, "TRANSP:TRANSPARENT");
	plain(out, "END:VEVENT");
}

static void stamp_now(const struct request *r, char out[17])
{
	time_t s = (time_t)(clock_now_ms(r->api->c.clock) / 1000);
	struct tm tm;

	if (!gmtime_r(&s, &tm) || !strftime(out, 17, "%Y%m%dT%H%M%SZ", &tm))
		snprintf(out, 17, "%s", "19700101T000000Z");
}

static void begin(struct request *r, const struct renewals_query *q, struct buf *line)
{
	struct buf *out = &r->reply.body;
	bool ja = r->lang == LANG_JA;

	plain(out, "BEGIN:VCALENDAR");
	plain(out, "VERSION:2.0");
	plain(out, ja ? "PRODID:-//Tierwatch//Renewals//JA" : "PRODID:-//Tierwatch//Renewals//EN");
	plain(out, "CALSCALE:GREGORIAN");
	buf_adds(line, "X-WR-CALNAME:");
	if (!ja)
		text_of(line, "Renewals: ");
	text(line, org_name(r->txn, q->q.procurer));
	if (ja)
		text_of(line, "：更新予定");
	end_line(out, line);
}

enum rc renewals_ics(struct request *r, const struct renewals_query *q, const struct renewal_list *l, struct err *e)
{
	AUTO(buf_done) struct buf line = BUF_INIT;
	const struct renewal *item;
	struct renewal_iter it;
	char stamp[17];

	if (l->n > ICS_EVENTS_MAX)
		return err_set(e, RC_TOO_LARGE, NULL, "%zu > %d (from, to, kind, depth)", l->n, ICS_EVENTS_MAX);
	stamp_now(r, stamp);
	begin(r, q, &line);
	renewal_iter_begin(&it, l, r->txn, 0, view_of(NULL, 0));
	while ((item = renewal_iter_next(&it)))
		event(r, q, item, stamp, &line);
	plain(&r->reply.body, "END:VCALENDAR");
	r->reply.type = "text/calendar; charset=utf-8";
	reply_header(&r->reply, "Content-Disposition", "attachment; filename=\"renewals-%.*s.ics\"", (int)r->param[0].n,
		     (const char *)r->param[0].p);
	return renewal_iter_done(&it);
}
