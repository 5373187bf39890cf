/*
 * clauses.c - which contract clauses are due for a link, and which of them are gaps (domain.md,
 * "Clauses (2-1-x and 3-1-3), per link"). Pure functions over records.
 */
#include "graph/chain.h"

#define REVIEW_DAYS 365

const char *const clause_reason_names[6] = {
	"not-agreed", "review-passed", "not-reviewed", "not-checked", "check-failed", "not-confirmed",
};

enum due { DUE_NO, DUE_YES, DUE_UNKNOWN };

static enum due due_of_flag(int flag)
{
	return flag == 1 ? DUE_YES : flag == 0 ? DUE_NO : DUE_UNKNOWN;
}

/* Any yes is yes; else any unknown is unknown. */
static enum due due_of_any(const int *flags, int n)
{
	enum due d = DUE_NO;
	for (int i = 0; i < n; i++) {
		if (flags[i] == 1)
			return DUE_YES;
		if (flags[i] < 0)
			d = DUE_UNKNOWN;
	}
	return d;
}

static enum due clause_due(enum clause_no no, const struct rec *k, int own_level, int32_t on)
{
	bool active = link_active(k, on);
	int confidential = rec_bool(k, LINK_CONFIDENTIAL), access = rec_bool(k, LINK_SYSTEM_ACCESS);
	const int q[3] = { confidential, rec_bool(k, LINK_CONTINUITY), access };
	const int at_end[2] = { confidential, access };
	int32_t end = rec_day(k, LINK_END);

	switch (no) {
	case CL_2_1_1:
		return active ? DUE_YES : DUE_NO;
	case CL_2_1_2:
	case CL_2_1_4:
		return active ? due_of_flag(confidential) : DUE_NO;
	case CL_3_1_3:
		return active && rec_int(k, LINK_RELATION, -1) == RELATION_IT_SERVICE ? due_of_flag(confidential)
										      : DUE_NO;
	case CL_2_1_3:
		return active && own_level >= 4 ? due_of_any(q, 3) : DUE_NO;
	case CL_2_1_5:
		return own_level >= 4 && end != DAY_NONE && end < on ? due_of_any(at_end, 2) : DUE_NO;
	case CL__COUNT:
		break;
	}
	return DUE_NO;
}

static bool too_old(int32_t day, int32_t on)
{
	return day == DAY_NONE || (int64_t)on - day > REVIEW_DAYS;
}

/* Why a due clause that is not waived is a gap; 0: it is fine. */
static unsigned gap_reasons(enum clause_no no, const struct rec *r, enum clause_status status, int32_t on)
{
	unsigned why = 0;
	int32_t review_by = rec_day(r, CLAUSE_REVIEW_BY);
	if (status != CLAUSE_AGREED)
		why |= CR_NOT_AGREED;
	if (review_by != DAY_NONE && review_by < on)
		why |= CR_REVIEW_PASSED;
	if (no == CL_2_1_1 && too_old(rec_day(r, CLAUSE_REVIEWED_ON), on))
		why |= CR_NOT_REVIEWED;
	if (no == CL_2_1_3 && too_old(rec_day(r, CLAUSE_CHECKED_ON), on))
		why |= CR_NOT_CHECKED;
	if (no == CL_2_1_3 && rec_int(r, CLAUSE_RESULT, -1) == RESULT_FAILED)
		why |= CR_CHECK_FAILED;
	if (no == CL_2_1_5 && !rec_has(r, CLAUSE_CONFIRMED_ON))
		why |= CR_NOT_CONFIRMED;
	return why;
}

/* The earliest of the days up to which what was reviewed or checked is recent enough. */
static int32_t review_day(enum clause_no no, const struct rec *r)
{
	int32_t day = rec_day(r, CLAUSE_REVIEW_BY), looked = DAY_NONE;
	if (no == CL_2_1_1)
		looked = rec_day(r, CLAUSE_REVIEWED_ON);
	if (no == CL_2_1_3)
		looked = rec_day(r, CLAUSE_CHECKED_ON);
	if (looked != DAY_NONE && (day == DAY_NONE || looked + REVIEW_DAYS < day))
		day = looked + REVIEW_DAYS;
	return day;
}

static void clause_judge(enum clause_no no, const struct rec *r, const struct rec *link, int own_level, int32_t on,
			 struct clause_view *out)
{
	enum clause_status status = (enum clause_status)rec_int(r, CLAUSE_STATUS, CLAUSE_MISSING);
	enum due due = clause_due(no, link, own_level, on);
	int32_t start = rec_day(link, LINK_START), agreed = rec_day(r, CLAUSE_AGREED_ON);

	out->status[no] = status;
	out->reasons[no] = 0;
	out->review[no] = DAY_NONE;
	out->late[no] = start != DAY_NONE && agreed != DAY_NONE && agreed > start;
	if (due != DUE_YES) {
		out->state[no] = due == DUE_UNKNOWN ? CS_UNDETERMINED : CS_NOT_DUE;
		return;
	}
	if (status != CLAUSE_WAIVED) {
		out->reasons[no] = gap_reasons(no, r, status, on);
		out->review[no] = review_day(no, r);
	}
	out->state[no] = out->reasons[no] ? CS_GAP : CS_FINE;
}

static void reader_open(struct clause_reader *r, struct txn *t, uint32_t procurer, uint32_t supplier)
{
	uint8_t key[8];
	*r = (struct clause_reader){ .procurer = procurer };
	be32_put(key, procurer);
	be32_put(key + 4, supplier);
	cur_open(&r->cur, t, DB_CLAUSE);
	cur_ge(&r->cur, view_of(key, 8));
}

void clause_reader_init(struct clause_reader *r, struct txn *t, uint32_t procurer)
{
	reader_open(r, t, procurer, 0);
}

void clause_reader_done(struct clause_reader *r)
{
	cur_close(&r->cur);
}

void clause_reader_link(struct clause_reader *r, uint32_t supplier, const struct rec *link, int own_level,
			int32_t on, struct clause_view *out)
{
	uint8_t key[8];
	struct rec none, rec;
	rec_init(&none);
	be32_put(key, r->procurer);
	be32_put(key + 4, supplier);
	for (int no = 0; no < CL__COUNT; no++)
		clause_judge((enum clause_no)no, &none, link, own_level, on, out);
	/* most links have no written clause: the cursor then stands further on already */
	while (r->cur.valid && r->cur.key.n == 9 && memcmp(r->cur.key.p, key, 8) < 0)
		cur_next(&r->cur);
	while (cur_in(&r->cur, view_of(key, 8))) {
		unsigned no = ((const uint8_t *)r->cur.key.p)[8];
		if (no < CL__COUNT && rec_decode(&rec, r->cur.val))
			clause_judge((enum clause_no)no, &rec, link, own_level, on, out);
		cur_next(&r->cur);
	}
}

void clauses_of_link(struct txn *t, uint32_t procurer, uint32_t supplier, const struct rec *link,
		     int own_level, int32_t on, struct clause_view *out)
{
	struct clause_reader r;
	reader_open(&r, t, procurer, supplier);
	clause_reader_link(&r, supplier, link, own_level, on, out);
	clause_reader_done(&r);
}
