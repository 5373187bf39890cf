/*
 * fuzz_dates.c - readers of single cells on arbitrary text. Laws: a date that is read writes and reads back
 * as itself; a number that is read has the digits that stand there; an identifier that is read is one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/orgid.h"
#include "base/text.h"
#include "base/util.h"
#include "importers/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "broken law: %s\n", what);
	abort();
}

static void check_day(struct view v)
{
	char text[DAY_TEXT];
	int32_t day = DAY_NONE, strict = DAY_NONE, again = DAY_NONE;
	bool odd;

	if (day_parse(v, &strict))
		require(day_parse_lenient(v, &day, NULL) && day == strict, "lenient takes what is strict");
	if (!day_parse_lenient(v, &day, &odd))
		return;
	require(day >= DAY_MIN && day <= DAY_MAX, "the day is in range");
	day_format(day, text);
	require(day_parse(view_str(text), &again) && again == day, "the day reads back");
}

static void check_number(struct view v)
{
	int64_t n = 0, digits = 0;
	const char *p = v.p;

	if (!whole_number(v, &n))
		return;
	for (size_t i = 0; i < v.n; i++)
		if (p[i] >= '0' && p[i] <= '9')
			digits = digits * 10 + (p[i] - '0');
	require(n == digits || n == -digits, "the number has the digits that stand there");
}

static void check_org(struct view v)
{
	AUTO(buf_done) struct buf id = BUF_INIT;
	struct err e;

	if (cell_to_org(v, &id, "id", &e) == RC_OK)
		require(orgid_check(buf_view(&id), "id", &e) == RC_OK, "what was read is an identifier");
	else
		require(id.n == 0, "nothing is left of a bad identifier");
}

static void check_fields(struct view v)
{
	AUTO(value_room_done) struct value_room room = { 0 };
	AUTO(buf_done) struct buf fields = BUF_INIT;
	const char *clause;
	struct err e;

	if (cell_blank(v))
		return;
	for (size_t i = 0; i < entities[ENT_LINK].n_fields; i++) {
		const struct field *f = &entities[ENT_LINK].fields[i];

		if (f->type == FT_GRANTS || f->type == FT_CONTACTS)
			continue;
		if (cell_to_field(&room, f, v, &fields, &e) != RC_OK)
			require(e.rc != RC_INTERNAL && utf8_valid(view_str(e.arg)), "a sound error");
	}
	if (cell_to_clause(&room, v, &clause, &e) == RC_OK)
		require(clause_no_parse(view_str(clause)) >= 0, "a clause");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view v = view_of(size ? (const void *)data : "", size);

	if (!utf8_valid(v)) /* cells always are */
		return 0;
	check_day(v);
	check_number(v);
	check_org(v);
	check_fields(v);
	return 0;
}
