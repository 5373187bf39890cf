/* csv_out.c - see csv_out.h. */
#include "api/csv_out.h"

#include <stdio.h>

#include "api/entity_out.h"
#include "base/date.h"
#include "base/util.h"

void csv_cell(struct buf *out, struct view v)
{
	const char *p = v.p;
	bool formula = v.n && memchr("=+-@\t\r", p[0], 6) != NULL;
	bool quote = v.n && (p[0] == ' ' || p[v.n - 1] == ' ');

	for (size_t i = 0; i < v.n && !quote; i++)
		quote = p[i] == '"' || p[i] == ',' || p[i] == '\n' || p[i] == '\r' || p[i] == ';' ||
			p[i] == '\t';
	if (quote)
		buf_addc(out, '"');
	if (formula)
		buf_addc(out, '\'');
	for (size_t i = 0; i < v.n; i++) {
		if (p[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, p[i]);
	}
	if (quote)
		buf_addc(out, '"');
}

static void add_day(struct buf *out, int64_t day)
{
	char text[DAY_TEXT];

	day_format((int32_t)day, text);
	buf_adds(out, text);
}

/* Units of 1/10000, all digits: the importer reads the same number. */
static void add_dec4(struct buf *out, int64_t v)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%lld.%04lld", (long long)(v / 10000),
			 (long long)(v % 10000));

	while (n > 1 && text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	buf_add(out, text, (size_t)n);
}

static void add_list(struct buf *out, const struct field *f, struct view v)
{
	struct rd r = rd_of(v);
	AUTO(buf_done) struct buf b = BUF_INIT;

	while (rd_more(&r)) {
		if (b.n)
			buf_addc(&b, ';');
		if (f->type == FT_DATES)
			add_day(&b, rd_svarint(&r));
		else
			buf_addv(&b, rd_lenbytes(&r));
	}
	csv_cell(out, buf_view(&b));
	out->failed = out->failed || !buf_ok(&b);
}

void csv_value(struct buf *out, enum ent ent, const struct field *f, struct view v)
{
	struct rd r = rd_of(v);

	if (!v.p)
		return;
	switch (f->type) {
	case FT_BOOL:
		buf_adds(out, rd_u8(&r) ? "true" : "false");
		return;
	case FT_INT:
		buf_addf(out, "%lld", (long long)rd_svarint(&r));
		return;
	case FT_DEC4:
		add_dec4(out, rd_svarint(&r));
		return;
	case FT_ENUM: {
		const char *name = entity_enum_text(ent, f->id, rd_svarint(&r));
		buf_adds(out, name ? name : "");
		return;
	}
	case FT_DATE:
		add_day(out, rd_svarint(&r));
		return;
	case FT_STRS:
	case FT_DATES:
		add_list(out, f, v);
		return;
	case FT_STR:
	case FT_ORG:
		csv_cell(out, v);
		return;
	case FT_PERIODS:
	case FT_GRANTS:
	case FT_JSON:
	case FT_CONTACTS:
	case FT_RULES:
	case FT_TIERS:
		return; /* no columns */
	}
}
