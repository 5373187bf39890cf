/* bulk_int.h - what the three files behind POST /v1/bulk share: the body (bulk_body.c), the choice of links and the ops
 * on them (bulk_choose.c), the command and its answer (bulk.c). */
#pragma once

#include "api/request.h"

#define BULK_LINKS_MAX 200000u
#define BULK_SAMPLE_MAX 20u

enum bulk_active { ACTIVE_NO, ACTIVE_YES, ACTIVE_ANY };

/* Which links; all that it names has to fit. */
struct bulk_filter {
	uint32_t *suppliers; /* numbers, ascending */
	size_t n_suppliers;
	bool by_supplier;
	struct buf fields; /* a field list: what each has to be; cleared: absent */
	enum bulk_active active;
	/* of the direct supplier, today, in a chain of this depth */
	unsigned states, timings; /* bits; 0: any */
	int32_t due_from, due_to;
	unsigned depth;
	struct view q; /* .n 0: any name */
};
void bulk_filter_done(struct bulk_filter *f);

struct bulk_sampled {
	struct view supplier, name;
	uint32_t org;
};

/* All memory but the request's own buffers lies in its arena. */
struct bulk {
	struct request *r;
	struct view procurer; /* canonical id */
	uint32_t procurer_org;
	bool preview;
	int64_t expect_matched; /* -1: any */
	bool has_change;        /* of the links: r->fields */
	int clause;             /* its number; -1: none is changed */
	struct view clause_fields, contacts; /* contacts.n 0: none are set */
	bool keep_sides;                     /* contacts of a side that contacts do not name stay */
	size_t matched;
	struct op *ops;
	struct op_result *results;
	struct personal *personal;
	size_t n_ops, cap_ops, n_personal, cap_personal;
	struct bulk_sampled sample[BULK_SAMPLE_MAX + 1]; /* the smallest ids, ascending */
	size_t n_sample;
};

/* Puts the member's name before the pointer of an error within it. */
enum rc bulk_inside(struct err *e, const char *member, enum rc rc);
MUST_USE enum rc bulk_read(struct bulk *b, struct bulk_filter *f, struct err *e);
/* The ops on the links that fit, each with the revision of the record that was looked at. */
MUST_USE enum rc bulk_choose(struct bulk *b, const struct bulk_filter *f, struct err *e);
