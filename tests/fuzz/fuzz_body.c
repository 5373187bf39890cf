/*
 * fuzz_body.c - the body of a write, for every entity: parsed, turned into fields, and back into
 * JSON, which must parse again and give the same fields.
 */
#include <stdint.h>
#include <stdlib.h>

#include "api/entity_out.h"
#include "base/util.h"
#include "importers/json_fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The field list as a record, as apply would keep it. */
static void to_record(struct view fields, struct rec *out)
{
	struct rd r = rd_of(fields);
	struct view v;
	unsigned id;
	bool bad = false;

	rec_init(out);
	while (fl_next(&r, &id, &v, &bad))
		if (v.p)
			out->f[id] = v;
	if (bad)
		abort();
}

static void there_and_back(enum ent ent, struct view fields)
{
	AUTO(buf_done) struct buf text = BUF_INIT;
	AUTO(buf_done) struct buf again = BUF_INIT;
	AUTO(buf_done) struct buf contacts = BUF_INIT;
	struct err e = { 0 };
	struct rec rec;
	struct json j;
	json_t *obj = NULL;

	to_record(fields, &rec);
	json_init(&j, &text);
	json_obj(&j);
	entity_fields_json(&j, NULL, ent, &rec, 0);
	json_obj_end(&j);
	if (!buf_ok(&text))
		return;
	if (json_parse(buf_view(&text), &obj, &e) != RC_OK)
		abort();
	if (json_to_fields(ent, obj, false, NULL, &again, &contacts, &e) != RC_OK)
		abort();
	if (!view_eq(fields, buf_view(&again)))
		abort();
	json_decref(obj);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(buf_done) struct buf fields = BUF_INIT;
	AUTO(buf_done) struct buf contacts = BUF_INIT;
	struct err e = { 0 };
	json_t *obj = NULL;

	if (size < 1)
		return 0;
	enum ent ent = (enum ent)(data[0] % ENT__COUNT);
	bool merge = data[0] & 0x80;
	if (json_parse(view_of(data + 1, size - 1), &obj, &e) != RC_OK)
		return 0;
	enum rc rc = json_to_fields(ent, obj, merge, NULL, &fields, &contacts, &e);
	if (rc && (fields.n || contacts.n))
		abort(); /* a refusal leaves nothing behind */
	if (!rc && !merge)
		there_and_back(ent, buf_view(&fields));
	json_decref(obj);
	return 0;
}
