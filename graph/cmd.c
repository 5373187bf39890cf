/*
 * cmd.c - commands as bytes: what the log keeps.
 *
 * Layout: u8 version (1), u8 type, zigzag at_ms, actor; then by type
 *   OPS:     varint count, per op: u8 kind, u8 entity, u8 flags, a, b, c, fields (varint length + bytes each); where
 *            the kind's highest bit is set, two varints: the numbers in its record's key (since format 2)
 *   TICK:    zigzag day
 *   FIGURES: varint figured, blob
 *   JOB:     varint job, u8 finished, blob
 *   LOAD, LOOKS, HEAD, PRUNE, ERASE: blob
 *   TOKEN:   varint token, blob (token.h)
 */
#include "graph/cmd.h"

#include <sodium.h>

#include "base/util.h"

#define CMD_VERSION 1

#define KIND_HAS_KEY 0x80u

static void op_encode(struct buf *out, const struct op *op, bool created, const uint32_t key[2])
{
	buf_addc(out, (char)(op->kind | (key[0] ? KIND_HAS_KEY : 0)));
	buf_addc(out, (char)op->ent);
	buf_addc(out, (char)((op->flags & ~OPF_CREATED) | (created ? OPF_CREATED : 0)));
	buf_lenbytes(out, op->a);
	buf_lenbytes(out, op->b);
	buf_lenbytes(out, op->c);
	buf_lenbytes(out, op->fields);
	for (int i = 0; i < 2 && key[0]; i++)
		buf_varint(out, key[i]);
}

void cmd_encode(const struct cmd *c, struct buf *out)
{
	buf_addc(out, CMD_VERSION);
	buf_addc(out, (char)c->type);
	buf_svarint(out, c->at_ms);
	buf_lenbytes(out, c->actor);
	switch (c->type) {
	case CMD_OPS: {
		size_t n = 0;
		for (size_t i = 0; i < c->n_ops; i++)
			n += !c->results || c->results[i].changed;
		buf_varint(out, n);
		for (size_t i = 0; i < c->n_ops; i++)
			if (!c->results || c->results[i].changed)
				op_encode(out, &c->ops[i], c->results && c->results[i].created,
					  c->results ? c->results[i].key : c->ops[i].key);
		break;
	}
	case CMD_TICK:
		buf_svarint(out, c->day);
		break;
	case CMD_FIGURES:
		buf_varint(out, c->figured);
		buf_lenbytes(out, c->blob);
		break;
	case CMD_JOB:
		buf_varint(out, c->job);
		buf_addc(out, c->job_finished);
		buf_lenbytes(out, c->blob);
		break;
	case CMD_LOAD:
	case CMD_LOOKS:
	case CMD_HEAD:
	case CMD_PRUNE:
	case CMD_ERASE:
		buf_lenbytes(out, c->blob);
		break;
	case CMD_TOKEN:
		buf_varint(out, c->job);
		buf_lenbytes(out, c->blob);
		break;
	}
}

bool op_decode(struct rd *rd, struct op *op)
{
	*op = (struct op){ 0 };
	op->kind = rd_u8(rd);
	op->ent = rd_u8(rd);
	op->flags = rd_u8(rd);
	op->a = rd_lenbytes(rd);
	op->b = rd_lenbytes(rd);
	op->c = rd_lenbytes(rd);
	op->fields = rd_lenbytes(rd);
	for (int i = 0; i < 2 && (op->kind & KIND_HAS_KEY); i++)
		op->key[i] = (uint32_t)rd_varint(rd);
	op->kind &= (uint8_t)~KIND_HAS_KEY;
	return !rd->bad;
}

bool op_sound(const struct op *op)
{
	return op->kind >= OP_PUT && op->kind <= OP_DELETE && op->ent < ENT__COUNT;
}

static enum rc ops_decode(struct rd *rd, struct cmd *c)
{
	uint64_t n = rd_varint(rd);
	/* an op takes at least 7 bytes, so a count beyond that is damage, not a wish for memory */
	if (rd->bad || n > (uint64_t)(rd->end - rd->p) / 7 + 1)
		return RC_DAMAGED;
	AUTO_FREE struct op *ops = calloc(n ? n : 1, sizeof *ops);
	if (!ops)
		return RC_NOMEM;
	for (size_t i = 0; i < n; i++)
		if (!op_decode(rd, &ops[i]) || !op_sound(&ops[i]))
			return RC_DAMAGED;
	c->ops = STEAL(ops);
	c->n_ops = n;
	return RC_OK;
}

enum rc cmd_decode(struct view bytes, struct cmd *c)
{
	struct rd rd = rd_of(bytes);
	*c = (struct cmd){ 0 };
	if (rd_u8(&rd) != CMD_VERSION)
		return RC_DAMAGED;
	c->type = rd_u8(&rd);
	c->at_ms = rd_svarint(&rd);
	c->actor = rd_lenbytes(&rd);
	if (rd.bad)
		return RC_DAMAGED;
	switch (c->type) {
	case CMD_OPS:
		return ops_decode(&rd, c);
	case CMD_TICK:
		c->day = (int32_t)rd_svarint(&rd);
		break;
	case CMD_FIGURES:
		c->figured = rd_varint(&rd);
		c->blob = rd_lenbytes(&rd);
		break;
	case CMD_JOB:
		c->job = rd_varint(&rd);
		c->job_finished = rd_u8(&rd) != 0;
		c->blob = rd_lenbytes(&rd);
		break;
	case CMD_LOAD:
	case CMD_LOOKS:
	case CMD_HEAD:
	case CMD_PRUNE:
	case CMD_ERASE:
		c->blob = rd_lenbytes(&rd);
		break;
	case CMD_TOKEN:
		c->job = rd_varint(&rd);
		c->blob = rd_lenbytes(&rd);
		break;
	default:
		return RC_DAMAGED;
	}
	return rd.bad ? RC_DAMAGED : RC_OK;
}

void personal_ref(const uint8_t secret[32], enum ent ent, const struct op *op, struct view bytes,
		  uint8_t out[16])
{
	crypto_generichash_state st;
	uint8_t head[5];
	const struct view parts[4] = { op->a, op->b, op->c, bytes };

	crypto_generichash_init(&st, secret, 32, 16);
	for (int i = 0; i < 4; i++) {
		head[0] = (uint8_t)ent;
		be32_put(head + 1, (uint32_t)parts[i].n);
		crypto_generichash_update(&st, head, sizeof head);
		crypto_generichash_update(&st, parts[i].p, parts[i].n);
	}
	crypto_generichash_final(&st, out, 16);
}

static const struct {
	const char *code, *en, *ja;
} warnings[] = {
	{ "no-expiry", "a certificate of ★3 or above without an expiry date",
	  "★3以上の登録に有効期限がありません" },
	{ "before-scheme-start", "issued before the scheme started; please check the date",
	  "制度の開始前の登録日です。日付をご確認ください" },
	{ "exception-unexplained", "an exception needs a reason and an end (reason, until)",
	  "例外には理由（reason）と期限（until）をご記入ください" },
	{ "stub-made", "an organisation that was not known yet was added with its id as name",
	  "未登録の組織を、識別子を名称として追加しました" },
};

const char *warning_code(unsigned bit)
{
	for (unsigned i = 0; i < ARRAY_LEN(warnings); i++)
		if (bit == 1u << i)
			return warnings[i].code;
	return "";
}

const char *warning_text(unsigned bit, enum lang lang)
{
	for (unsigned i = 0; i < ARRAY_LEN(warnings); i++)
		if (bit == 1u << i)
			return lang == LANG_JA ? warnings[i].ja : warnings[i].en;
	return "";
}
