/* harness.c - see harness.h. */
#include "tests/importers/harness.h"

#include <iconv.h>
#include <stdlib.h>

#include "base/util.h"
#include "graph/contacts.h"
#include "importers/run.h"

struct collector {
	struct buf out;
	struct outcome *outcome;
};

static void show_text(struct buf *out, struct view v)
{
	buf_addc(out, '\'');
	buf_addv(out, v);
	buf_addc(out, '\'');
}

static void show_grants(struct buf *out, struct view v)
{
	struct rd rd = rd_of(v);

	while (rd_more(&rd)) {
		struct view viewer = rd_lenbytes(&rd);
		unsigned form = rd_u8(&rd);
		char day[DAY_TEXT];

		day_format((int32_t)rd_svarint(&rd), day);
		buf_addf(out, "(%.*s %u %s)", (int)viewer.n, (const char *)viewer.p, form, day);
	}
}

static void show_value(struct buf *out, const struct field *f, struct view v)
{
	struct rd rd = rd_of(v);
	char day[DAY_TEXT];

	switch ((int)f->type) {
	case FT_STR:
	case FT_ORG:
	case FT_JSON:
		show_text(out, v);
		return;
	case FT_BOOL:
		buf_adds(out, rd_u8(&rd) ? "yes" : "no");
		return;
	case FT_DATE:
	case FT_DATES:
		while (rd_more(&rd)) {
			day_format((int32_t)rd_svarint(&rd), day);
			buf_addf(out, "%s;", day);
		}
		if (v.n)
			out->n--;
		return;
	case FT_STRS:
		while (rd_more(&rd)) {
			struct view s = rd_lenbytes(&rd);

			buf_addf(out, "%.*s;", (int)s.n, (const char *)s.p);
		}
		return;
	case FT_ENUM:
		buf_adds(out, f->names[rd_svarint(&rd)].name);
		return;
	case FT_GRANTS:
		show_grants(out, v);
		return;
	case FT_INT:
	case FT_DEC4:
		buf_addf(out, "%lld", (long long)rd_svarint(&rd));
		return;
	default:
		for (size_t i = 0; i < v.n; i++)
			buf_addf(out, "%02x", ((const uint8_t *)v.p)[i]);
		return;
	}
}

void show_fields(struct buf *out, enum ent ent, struct view fields)
{
	struct rd rd = rd_of(fields);
	struct view v;
	unsigned id;
	bool bad = false;

	while (fl_next(&rd, &id, &v, &bad)) {
		const struct field *f = field_by_id(ent, (uint8_t)id);

		ck_assert_ptr_nonnull(f);
		buf_addf(out, " %s=", f->name);
		if (!v.p)
			buf_addc(out, '-');
		else
			show_value(out, f, v);
		if (v.p) {
			struct err e = { 0 };

			ck_assert_msg(field_check(f, v, &e) == RC_OK, "%s", f->name);
		}
	}
	ck_assert(!bad);
}

static void show_contacts(struct buf *out, struct view v)
{
	struct rd rd = rd_of(v);
	struct contact c;

	while (contact_next(&rd, &c)) {
		buf_addc(out, ' ');
		buf_addc(out, '<');
		for (int i = 0; i < CP__COUNT; i++) {
			if (i)
				buf_addc(out, '|');
			buf_addv(out, c.part[i]);
		}
		buf_addc(out, '>');
	}
	ck_assert(!rd.bad);
}

static enum rc take_op(void *arg, const struct op *op, const struct view *contacts)
{
	static const struct { unsigned bit; const char *name; } flags[] = {
		{ OPF_STUBS, "stubs" },		{ OPF_BY_CODE, "code" },
		{ OPF_AWARDS, "awards" },	{ OPF_ADD_CONTACT, "contact" },
		{ OPF_MUST_EXIST, "exist" },
	};
	struct collector *c = arg;
	struct view keys[] = { op->a, op->b, op->c };

	ck_assert_int_eq(op->kind, OP_MERGE);
	buf_addf(&c->out, "%u %s", op->line, entities[op->ent].name);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (keys[i].n)
			buf_addf(&c->out, " %.*s", (int)keys[i].n, (const char *)keys[i].p);
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (op->flags & flags[i].bit)
			buf_addf(&c->out, " %s", flags[i].name);
	show_fields(&c->out, (enum ent)op->ent, op->fields);
	if (contacts)
		show_contacts(&c->out, *contacts);
	buf_addc(&c->out, '\n');
	return RC_OK;
}

static enum rc take_reject(void *arg, const struct err *e)
{
	struct collector *c = arg;

	buf_addf(&c->out, "!%u:%u %s %s %s\n", e->line, e->column, rc_code(e->rc),
		 e->field[0] ? e->field : "-", e->arg);
	return RC_OK;
}

static enum rc take_progress(void *arg, uint64_t rows, uint64_t bytes)
{
	struct collector *c = arg;

	ck_assert_uint_ge(rows, c->outcome->progressed);
	ck_assert_uint_ge(bytes, c->outcome->bytes);
	c->outcome->progressed = rows;
	c->outcome->bytes = bytes;
	return RC_OK;
}

struct outcome import_bytes(const struct import_params *p, struct view bytes)
{
	AUTO(source_done) struct source src;
	struct outcome o = { 0 };
	struct collector c = { .outcome = &o };
	struct import_sink sink = { .arg = &c, .op = take_op, .reject = take_reject, .progress = take_progress };
	struct err e = { 0 };
	/* exactly as large as the input: a read past the end shows under a sanitizer */
	char *copy = malloc(bytes.n ? bytes.n : 1);
	enum rc rc;

	ck_assert_ptr_nonnull(copy);
	if (bytes.n)
		memcpy(copy, bytes.p, bytes.n);
	rc = source_open_bytes(&src, view_of(copy, bytes.n), &e);
	if (!rc)
		rc = import_source(p, &sink, &src, &o.result, &e);
	if (rc) {
		ck_assert_int_eq(rc, e.rc);
		buf_addf(&c.out, "=%s %u:%u %s %s\n", rc_code(rc), e.line, e.column,
			 e.field[0] ? e.field : "-", e.arg);
	}
	buf_addc(&c.out, '\0');
	free(copy);
	o.text = buf_steal(&c.out);
	ck_assert_ptr_nonnull(o.text);
	return o;
}

void expect_import(const struct import_params *p, struct view bytes, const char *want)
{
	struct outcome o = import_bytes(p, bytes);

	ck_assert_msg(strcmp(o.text, want) == 0, "got\n%swanted\n%s", o.text, want);
	free(o.text);
	if (p->threads)
		return;
	/* cut anywhere and read by several, it is the same */
	static const size_t stretches[] = { 1, 7, 40 };
	for (size_t i = 0; i < ARRAY_LEN(stretches); i++) {
		struct import_params q = *p;
		q.threads = 3;
		q.stretch = stretches[i];
		expect_import(&q, bytes, want);
	}
}

size_t count_text(const char *text, const char *needle)
{
	size_t n = 0, len = strlen(needle);

	for (const char *end = text + strlen(text); (size_t)(end - text) >= len; text++)
		n += memcmp(text, needle, len) == 0;
	return n;
}

struct view to_cp932(const char *utf8)
{
	iconv_t cd = iconv_open("CP932", "UTF-8");
	AUTO_FREE char *in = strdup(utf8);
	size_t in_left = strlen(utf8), out_left = in_left + 16, size = out_left;
	char *out = malloc(out_left), *from = in, *to = out;

	ck_assert_ptr_nonnull(in);
	ck_assert_ptr_nonnull(out);
	ck_assert(iconv(cd, &from, &in_left, &to, &out_left) != (size_t)-1);
	iconv_close(cd);
	return view_of(out, size - out_left);
}
