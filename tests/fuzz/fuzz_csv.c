/*
 * fuzz_csv.c - every importer on arbitrary bytes. The first byte says kind and format asked for; the rest
 * is the file. Laws: what comes out obeys the field table, errors have their code, the same bytes give the
 * same answer twice.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/orgid.h"
#include "base/text.h"
#include "base/util.h"
#include "graph/contacts.h"
#include "importers/run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "broken law: %s\n", what);
	abort();
}

static void mix(uint64_t *h, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		*h = (*h ^ b[i]) * 0x100000001b3u;
}

static void check_fields(const struct op *op)
{
	struct rd rd = rd_of(op->fields);
	struct view v;
	unsigned id;
	bool bad = false;

	while (fl_next(&rd, &id, &v, &bad)) {
		const struct field *f = field_by_id((enum ent)op->ent, (uint8_t)id);
		struct err e;

		require(f != NULL, "the field is of the entity");
		require(!v.p || field_check(f, v, &e) == RC_OK, "the value fits its field");
	}
	require(!bad, "the field list can be read");
}

static enum rc take_op(void *arg, const struct op *op, const struct view *contacts)
{
	struct err e;

	require(op->kind == OP_MERGE && op->ent < ENT__COUNT, "a merge");
	require(orgid_check(op->a, "a", &e) == RC_OK, "the first key is an identifier");
	require(op->ent != ENT_LINK || (op->flags & OPF_BY_CODE) ||
			orgid_check(op->b, "b", &e) == RC_OK,
		"the second key is an identifier");
	require(op->ent != ENT_CLAUSE || clause_no_parse(op->c) >= 0, "the clause has a number");
	require(op->line > 0, "a line");
	check_fields(op);
	if (contacts) {
		struct rd rd = rd_of(*contacts);
		struct contact c;

		while (contact_next(&rd, &c))
			require(contact_check(&c, &e) == RC_OK, "the contact is sound");
		require(!rd.bad, "the contacts can be read");
		mix(arg, contacts->p, contacts->n);
	}
	mix(arg, op->a.p, op->a.n);
	mix(arg, op->b.p, op->b.n);
	mix(arg, op->fields.p, op->fields.n);
	mix(arg, &op->line, sizeof(op->line));
	return RC_OK;
}

static void check_err(uint64_t *h, const struct err *e)
{
	require(e->rc > RC_OK && e->rc < RC__COUNT && e->rc != RC_INTERNAL, "the error has a code");
	require(utf8_valid(view_str(e->arg)) && utf8_valid(view_str(e->field)), "texts are UTF-8");
	mix(h, &e->rc, sizeof(e->rc));
	mix(h, &e->line, sizeof(e->line));
	mix(h, &e->column, sizeof(e->column));
	mix(h, e->arg, strlen(e->arg));
}

static enum rc take_reject(void *arg, const struct err *e)
{
	require(e->line > 0, "a rejected row has a line");
	check_err(arg, e);
	return RC_OK;
}

static uint64_t run(struct view bytes, unsigned choice)
{
	AUTO(source_done) struct source src;
	struct import_params p = { .kind = (enum import_kind)(choice % IK__COUNT),
				   .format = (enum import_format)(choice / IK__COUNT % IF__COUNT),
				   .ignore_unknown = choice & 0x80 };
	uint64_t h = 0xcbf29ce484222325u;
	struct import_sink sink = { .arg = &h, .op = take_op, .reject = take_reject };
	struct import_result r;
	struct err e = { 0 };
	enum rc rc;

	if (choice & 0x40)
		snprintf(p.procurer, sizeof(p.procurer), "JP-JCN-7000012050002");
	rc = source_open_bytes(&src, bytes, &e);
	if (!rc)
		rc = import_source(&p, &sink, &src, &r, &e);
	if (rc) {
		require(rc == e.rc, "the code is the error's");
		check_err(&h, &e);
	}
	return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	require(run(view_of(data + 1, size - 1), data[0]) == run(view_of(data + 1, size - 1), data[0]),
		"the same bytes give the same answer");
	return 0;
}
