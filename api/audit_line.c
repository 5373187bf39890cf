/* audit_line.c - see audit_line.h. Everything here may be fed with bytes of strangers. */
#include "api/audit_line.h"

#include <stdio.h>

#include "api/entity_out.h"
#include "base/util.h"

static const char *const kind_names[] = { [OP_PUT] = "put", [OP_MERGE] = "merge", [OP_DELETE] = "delete" };

const char *audit_type_name(enum cmd_type type)
{
	switch (type) {
	case CMD_OPS:
		return "ops";
	case CMD_TICK:
		return "day";
	case CMD_FIGURES:
		return "figures";
	case CMD_JOB:
		return "job";
	case CMD_LOAD:
		return "load";
	case CMD_TOKEN:
		return "token";
	case CMD_LOOKS:
		return "looks";
	case CMD_HEAD:
		return "head";
	case CMD_PRUNE:
		return "prune";
	case CMD_ERASE:
		return "erase";
	}
	return "unknown";
}

/* ---- bytes as text ---- */

void audit_hex(struct json *j, const char *key, const uint8_t *p, size_t n)
{
	char text[129];

	if (key)
		json_key(j, key);
	n = MIN(n, sizeof(text) / 2);
	sodium_bin2hex(text, sizeof(text), p, n);
	json_strv(j, view_of(text, 2 * n));
}

static void base64(struct json *j, struct view v)
{
	enum { STEP = 3000 };
	char text[STEP / 3 * 4 + 5];
	struct buf *out = j->b;

	json_raw(j, VIEW_LIT("\""));
	for (size_t at = 0; at < v.n; at += STEP) {
		size_t n = MIN(v.n - at, (size_t)STEP);

		sodium_bin2base64(text, sizeof(text), (const uint8_t *)v.p + at, n, sodium_base64_VARIANT_ORIGINAL);
		buf_adds(out, text);
	}
	buf_addc(out, '"');
}

/* ---- records and fields ---- */

static void contacts_ref(struct json *j, const struct audit_line *l, struct view ref)
{
	json_obj(j);
	audit_hex(j, "reference", ref.p, ref.n);
	if (l->erased && l->erased(l->arg, ref)) {
		json_key(j, "erased");
		json_bool(j, true);
	}
	json_obj_end(j);
}

static void field_json(struct json *j, const struct audit_line *l, enum ent ent, const struct field *f, struct view v)
{
	json_key(j, f->name);
	if (!v.p)
		json_nil(j);
	else if (f->type == FT_CONTACTS)
		contacts_ref(j, l, v);
	else if (f->type == FT_JSON) /* as it was written: JSON inside a text cannot break the line */
		json_strv(j, v);
	else
		entity_value_json(j, NULL, ent, f, v);
}

static void record_json(struct json *j, const struct audit_line *l, enum ent ent, struct view bytes)
{
	struct rec r;

	if (!rec_decode(&r, bytes)) {
		json_nil(j);
		return;
	}
	json_obj(j);
	if (ent == ENT_ORG) {
		json_key(j, "id");
		json_strv(j, r.f[META_ID]);
	}
	for (size_t i = 0; i < entities[ent].n_fields; i++) {
		const struct field *f = &entities[ent].fields[i];
		if (rec_has(&r, f->id))
			field_json(j, l, ent, f, r.f[f->id]);
	}
	json_key(j, "revision");
	json_uint(j, rec_revision(&r));
	json_obj_end(j);
}

static void fields_json(struct json *j, const struct audit_line *l, const struct op *op)
{
	struct rd rd = rd_of(op->fields);
	unsigned id;
	struct view v;
	bool bad = false;

	json_obj(j);
	while (fl_next(&rd, &id, &v, &bad)) {
		const struct field *f = field_by_id((enum ent)op->ent, (uint8_t)id);
		if (f)
			field_json(j, l, (enum ent)op->ent, f, v);
	}
	json_obj_end(j);
}

/* ---- keys of records ---- */

#define KEY_TEXT 320

static void key_text(enum ent ent, struct view key, char out[KEY_TEXT])
{
	const uint8_t *p = key.p;
	unsigned a = key.n >= 4 ? be32_get(p) : 0, b = key.n >= 8 ? be32_get(p + 4) : 0;
	unsigned no = key.n == 9 ? p[8] : 0;

	if (ent == ENT_LINK)
		snprintf(out, KEY_TEXT, "%u/%u", a, b);
	else if (ent == ENT_CLAUSE)
		snprintf(out, KEY_TEXT, "%u/%u/%s", a, b, clause_names[no < CL__COUNT ? no : 0]);
	else if (ent == ENT_CERT || ent == ENT_DRILL)
		snprintf(out, KEY_TEXT, "%u/%.*s", a, key.n > 4 ? (int)key.n - 4 : 0, (const char *)p + 4);
	else
		snprintf(out, KEY_TEXT, "%u", a);
}

/* The key of an op's record; n 0: the log does not tell, or it is none. */
static struct view op_key(const struct op *op, uint8_t out[4 + 128])
{
	int no;

	be32_put(out, op->key[0]);
	be32_put(out + 4, op->key[1]);
	if (!op->key[0])
		return view_of(out, 0);
	switch ((enum ent)op->ent) {
	case ENT_ORG:
	case ENT_TARGETS:
		return view_of(out, 4);
	case ENT_LINK:
		return view_of(out, 8);
	case ENT_CLAUSE:
		no = clause_no_parse(op->c);
		out[8] = (uint8_t)(no < 0 ? 0 : no);
		return view_of(out, no < 0 ? 0 : 9);
	case ENT_CERT:
	case ENT_DRILL:
		if (op->b.n > 128)
			break;
		memcpy(out + 4, op->b.p, op->b.n);
		return view_of(out, 4 + op->b.n);
	case ENT__COUNT:
		break;
	}
	return view_of(out, 0);
}

/* Images are in key order. */
static const struct past *image_find(const struct audit_line *l, enum ent ent, struct view key)
{
	size_t lo = 0, hi = l->n_images;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct past *p = &l->images[mid];
		int d = p->ent != ent ? (p->ent < ent ? -1 : 1) : view_cmp(p->key, key);
		if (d == 0)
			return p;
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* ---- operations ---- */

static void op_json(struct json *j, const struct audit_line *l, const struct op *op, uint8_t *named)
{
	uint8_t bytes[4 + 128];
	char text[KEY_TEXT];
	struct view key = op_key(op, bytes);
	const struct past *before = key.n && !l->part ? image_find(l, (enum ent)op->ent, key) : NULL;

	json_obj(j);
	json_key(j, "op");
	json_str(j, kind_names[op->kind]);
	json_key(j, "entity");
	json_str(j, entities[op->ent].name);
	op_names_json(j, op);
	if (key.n) {
		key_text((enum ent)op->ent, key, text);
		json_key(j, "key");
		json_str(j, text);
	}
	json_key(j, "created");
	json_bool(j, op->flags & OPF_CREATED);
	if (op->kind != OP_DELETE) {
		json_key(j, "after");
		fields_json(j, l, op);
	}
	if (before) {
		json_key(j, "before");
		record_json(j, l, before->ent, before->rec);
		named[before - l->images] = 1;
	} else if (key.n && !l->part) {
		json_key(j, "before");
		json_nil(j);
	}
	json_obj_end(j);
}

static bool ops_json(struct json *j, const struct audit_line *l, struct rd *rd, uint8_t *named)
{
	struct op op;

	json_key(j, "ops");
	json_arr(j);
	while (rd_more(rd)) {
		if (!op_decode(rd, &op) || !op_sound(&op))
			return false;
		op_json(j, l, &op, named);
	}
	json_arr_end(j);
	return !rd->bad;
}

static void skip_head(struct rd *rd)
{
	(void)rd_u8(rd);
	(void)rd_u8(rd);
	(void)rd_svarint(rd);
	(void)rd_lenbytes(rd);
	(void)rd_varint(rd);
}

size_t audit_first_whole(struct view piece, bool first)
{
	struct rd rd = rd_of(piece);
	const uint8_t *from = rd.p;
	struct op op;

	if (first)
		skip_head(&rd);
	else if (!op_decode(&rd, &op))
		return 0;
	return rd.bad ? 0 : (size_t)(rd.p - from);
}

size_t audit_whole_ops(struct view piece, bool first)
{
	struct rd rd = rd_of(piece);
	const uint8_t *end = rd.p, *from = rd.p;
	struct op op;

	if (first) {
		skip_head(&rd);
		end = rd.bad ? from : rd.p;
	}
	while (rd_more(&rd) && op_decode(&rd, &op))
		end = rd.p;
	return (size_t)(end - from);
}

/* ---- what other commands say ---- */

static void head_json(struct json *j, struct view blob)
{
	struct audit_head h;

	if (!audit_head_decode(blob, &h))
		return;
	json_key(j, "head");
	json_obj(j);
	json_key(j, "revision");
	json_uint(j, h.revision);
	audit_hex(j, "hash", h.hash, sizeof(h.hash));
	json_key(j, "at");
	json_instant(j, h.at_ms);
	audit_hex(j, "key", h.key, sizeof(h.key));
	audit_hex(j, "signature", h.signature, sizeof(h.signature));
	json_obj_end(j);
}

static void prune_json(struct json *j, struct view blob)
{
	if (blob.n != PRUNE_BYTES)
		return;
	json_key(j, "dropped_to");
	json_uint(j, be64_get(blob.p));
	audit_hex(j, "dropped_hash", (const uint8_t *)blob.p + 8, AUDIT_HASH);
}

static void erase_json(struct json *j, struct view blob)
{
	struct erasure x;

	if (!erase_decode(blob, &x))
		return;
	json_key(j, "org");
	json_strv(j, x.org);
	json_key(j, "clauses");
	json_bool(j, x.clauses);
	json_key(j, "references");
	json_arr(j);
	for (size_t i = 0; i + 16 <= x.refs.n; i += 16)
		audit_hex(j, NULL, (const uint8_t *)x.refs.p + i, 16);
	json_arr_end(j);
}

/* What comes behind the head of a command that is no list of operations. part: only what stands at its beginning. */
static void details_json(struct json *j, const struct audit_line *l, struct rd *rd)
{
	switch (l->type) {
	case CMD_TICK:
		json_key(j, "day");
		json_day(j, (int32_t)rd_svarint(rd));
		return;
	case CMD_FIGURES:
		json_key(j, "figured");
		json_uint(j, rd_varint(rd));
		return;
	case CMD_JOB:
		json_key(j, "job");
		json_uint(j, rd_varint(rd));
		json_key(j, "finished");
		json_bool(j, rd_u8(rd) != 0);
		return;
	case CMD_TOKEN:
		json_key(j, "token");
		json_uint(j, rd_varint(rd));
		return;
	case CMD_LOAD:
		if (l->part)
			return;
		json_key(j, "load");
		json_strv(j, rd_lenbytes(rd));
		return;
	case CMD_HEAD:
		head_json(j, rd_lenbytes(rd));
		return;
	case CMD_PRUNE:
		prune_json(j, rd_lenbytes(rd));
		return;
	case CMD_ERASE:
		if (!l->part)
			erase_json(j, rd_lenbytes(rd));
		return;
	case CMD_LOOKS:
	case CMD_OPS:
		return;
	}
}

/* ---- the line ---- */

static bool command_json(struct json *j, struct audit_line *l, uint8_t *named)
{
	struct rd rd = rd_of(l->command);

	if (l->first) {
		(void)rd_u8(&rd);
		l->type = (enum cmd_type)rd_u8(&rd);
		json_key(j, "at");
		json_instant(j, rd_svarint(&rd));
		json_key(j, "actor");
		json_strv(j, rd_lenbytes(&rd));
		json_key(j, "type");
		json_str(j, audit_type_name(l->type));
		if (l->type == CMD_OPS)
			(void)rd_varint(&rd); /* how many: they follow */
		else
			details_json(j, l, &rd);
		if (rd.bad)
			return false;
	}
	return l->type != CMD_OPS || ops_json(j, l, &rd, named);
}

static void past_json(struct json *j, const struct audit_line *l, const uint8_t *named)
{
	AUTO(buf_done) struct buf bytes = BUF_INIT;
	char text[KEY_TEXT];

	json_key(j, "past");
	json_arr(j);
	for (size_t i = 0; i < l->n_images; i++) {
		const struct past *p = &l->images[i];

		key_text(p->ent, p->key, text);
		json_obj(j);
		json_key(j, "entity");
		json_str(j, entities[p->ent].name);
		json_key(j, "key");
		json_str(j, text);
		if (!named[i]) {
			json_key(j, "before");
			record_json(j, l, p->ent, p->rec);
		}
		buf_clear(&bytes);
		audit_image_encode(&bytes, p);
		json_key(j, "bytes");
		base64(j, buf_view(&bytes));
		json_obj_end(j);
	}
	json_arr_end(j);
	if (!buf_ok(&bytes))
		j->b->failed = true;
}

bool audit_line(struct buf *out, struct audit_line *l)
{
	AUTO_FREE uint8_t *named = calloc(l->n_images + 1, 1);
	bool ok = named != NULL;
	struct json j;

	json_init(&j, out);
	json_obj(&j);
	json_key(&j, "revision");
	json_uint(&j, l->revision);
	if (l->part) {
		json_key(&j, "part");
		json_uint(&j, l->part);
	}
	if (ok && l->command.n)
		ok = command_json(&j, l, named);
	if (!ok) /* the writer is in the midst of it: what was written is dropped by the caller */
		return false;
	if (l->n_images || !l->part)
		past_json(&j, l, named);
	if (l->command.n) {
		json_key(&j, "command");
		base64(&j, l->command);
	}
	if (l->part <= 1)
		audit_hex(&j, "prev", l->prev, AUDIT_HASH);
	if (l->last)
		audit_hex(&j, "hash", l->hash, AUDIT_HASH);
	json_obj_end(&j);
	buf_addc(out, '\n');
	return buf_ok(out);
}
