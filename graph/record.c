/*
 * record.c - the bytes of records and field lists (layout: field.h), and the check of a value against
 * its field, which every writer of state passes.
 */
#include "base/orgid.h"
#include "base/text.h"
#include "graph/field.h"

#define STRS_TEXT_MAX 512

void rec_init(struct rec *r)
{
	memset(r, 0, sizeof *r);
}

bool rec_decode(struct rec *r, struct view bytes)
{
	rec_init(r);
	struct rd rd = rd_of(bytes);
	while (rd_more(&rd)) {
		unsigned id = rd_u8(&rd);
		struct view v = rd_lenbytes(&rd);
		if (rd.bad || id >= REC_FIELDS)
			return false;
		r->f[id] = v.n ? v : VIEW_LIT("");
	}
	return !rd.bad;
}

void rec_encode(const struct rec *r, struct buf *out)
{
	for (unsigned id = 0; id < REC_FIELDS; id++) {
		const struct view v = r->f[id];
		if (!v.p)
			continue;
		if (v.n < 0x80 && buf_reserve(out, v.n + 2)) { /* nearly all */
			out->p[out->n++] = (char)id;
			out->p[out->n++] = (char)v.n;
			memcpy(out->p + out->n, v.p, v.n);
			out->n += v.n;
			continue;
		}
		buf_addc(out, (char)id);
		buf_lenbytes(out, v);
	}
}

int64_t rec_int(const struct rec *r, unsigned id, int64_t def)
{
	if (!r->f[id].p)
		return def;
	struct rd rd = rd_of(r->f[id]);
	int64_t v = rd_svarint(&rd);
	return rd.bad ? def : v;
}

int32_t rec_day(const struct rec *r, unsigned id)
{
	return (int32_t)rec_int(r, id, DAY_NONE);
}

int rec_bool(const struct rec *r, unsigned id)
{
	struct view v = r->f[id];
	return v.p && v.n == 1 ? *(const uint8_t *)v.p != 0 : -1;
}

void fl_clear(struct buf *b, unsigned id)
{
	buf_addc(b, (char)id);
	buf_addc(b, 0);
}

void fl_bytes(struct buf *b, unsigned id, struct view v)
{
	buf_addc(b, (char)id);
	buf_varint(b, v.n + 1);
	buf_addv(b, v);
}

void fl_int(struct buf *b, unsigned id, int64_t v)
{
	uint8_t tmp[10];
	size_t n = varint_put(tmp, zigzag(v));
	fl_bytes(b, id, view_of(tmp, n));
}

void fl_bool(struct buf *b, unsigned id, bool v)
{
	uint8_t one = v;
	fl_bytes(b, id, view_of(&one, 1));
}

bool fl_next(struct rd *r, unsigned *out_id, struct view *out_v, bool *bad)
{
	if (!rd_more(r))
		return false;
	*out_id = rd_u8(r);
	uint64_t n = rd_varint(r);
	*out_v = (struct view){ 0 };
	if (n > 0) {
		*out_v = rd_bytes(r, (size_t)(n - 1));
		if (!out_v->n)
			*out_v = VIEW_LIT("");
	}
	if (r->bad || *out_id == 0 || *out_id >= REC_FIELDS) {
		*bad = true;
		return false;
	}
	return true;
}

/* ---- checks ---- */

static enum rc check_number(const struct field *f, struct view v, struct err *e)
{
	struct rd rd = rd_of(v);
	int64_t x = rd_svarint(&rd);
	if (rd.bad || rd.p != rd.end)
		return err_set(e, RC_WRONG_TYPE, f->name, "%s", "a number");
	if (f->type == FT_DATE)
		return x >= DAY_MIN && x <= DAY_MAX ? RC_OK
						    : err_set(e, RC_BAD_DATE, f->name, "%lld", (long long)x);
	if (f->type == FT_ENUM) {
		for (int i = 0; f->names[i].name; i++)
			if (i == x)
				return RC_OK;
		return err_set(e, RC_BAD_VALUE, f->name, "%lld", (long long)x);
	}
	if (x < f->min || x > f->max)
		return err_set(e, RC_OUT_OF_RANGE, f->name, "%lld (%lld-%lld)", (long long)x,
			       (long long)f->min, (long long)f->max);
	return RC_OK;
}

static enum rc check_text(const struct field *f, struct view v, int64_t max, struct err *e)
{
	if (!utf8_valid(v))
		return err_set(e, RC_BAD_UTF8, f->name, "%s", "");
	if ((int64_t)v.n > max)
		return err_set(e, RC_TOO_LONG, f->name, "%lld bytes", (long long)max);
	if (memchr(v.p, 0, v.n))
		return err_set(e, RC_BAD_VALUE, f->name, "%s", "NUL");
	return RC_OK;
}

static enum rc check_str(const struct field *f, struct view v, struct err *e)
{
	enum rc rc = check_text(f, v, f->max, e);
	if (rc == RC_OK && (int64_t)v.n < f->min)
		rc = err_set(e, RC_BAD_VALUE, f->name, "at least %lld characters", (long long)f->min);
	return rc;
}

static enum rc check_list(const struct field *f, struct view v, struct err *e)
{
	struct rd rd = rd_of(v);
	int64_t n = 0;
	while (rd_more(&rd)) {
		if (++n > f->max)
			return err_set(e, RC_TOO_LONG, f->name, "%lld items", (long long)f->max);
		enum rc rc = RC_OK;
		if (f->type == FT_STRS) {
			struct view s = rd_lenbytes(&rd);
			rc = check_text(f, s, STRS_TEXT_MAX, e);
		} else if (f->type == FT_GRANTS) {
			struct view id = rd_lenbytes(&rd);
			uint8_t form = rd_u8(&rd);
			int64_t until = rd_svarint(&rd);
			if (form > GRANT_ANONYMOUS || (until != DAY_NONE && (until < DAY_MIN || until > DAY_MAX)))
				return err_set(e, RC_BAD_VALUE, f->name, "grant %lld", (long long)n);
			rc = rd.bad ? RC_OK : orgid_check(id, f->name, e);
		} else {
			int64_t d = rd_svarint(&rd);
			if (d != DAY_NONE && (d < DAY_MIN || d > DAY_MAX))
				return err_set(e, RC_BAD_DATE, f->name, "%lld", (long long)d);
		}
		if (rd.bad)
			return err_set(e, RC_WRONG_TYPE, f->name, "%s", "a list");
		if (rc != RC_OK)
			return rc;
	}
	return RC_OK;
}

enum rc field_check(const struct field *f, struct view v, struct err *e)
{
	switch (f->type) {
	case FT_BOOL:
		return v.n == 1 && *(const uint8_t *)v.p <= 1
			       ? RC_OK
			       : err_set(e, RC_WRONG_TYPE, f->name, "%s", "true or false");
	case FT_INT:
	case FT_ENUM:
	case FT_DATE:
	case FT_DEC4:
		return check_number(f, v, e);
	case FT_STR:
		return check_str(f, v, e);
	case FT_ORG:
		return orgid_check(v, f->name, e);
	case FT_STRS:
	case FT_DATES:
	case FT_PERIODS:
	case FT_GRANTS:
		return check_list(f, v, e);
	case FT_JSON:
		return check_text(f, v, f->max, e);
	case FT_CONTACTS:
		return v.n == 16 ? RC_OK : err_set(e, RC_WRONG_TYPE, f->name, "%s", "contacts");
	case FT_RULES:
	case FT_TIERS:
		return RC_OK; /* decoded and checked where targets are applied */
	}
	return err_set(e, RC_INTERNAL, f->name, "%s", "field type");
}
