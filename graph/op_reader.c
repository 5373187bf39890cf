/*
 * op_reader.c - the ops of one logged command, one after another. The command lies in the log in parts;
 * only what is read is fetched, and reading can begin at an op that was met before. The log never changes, so
 * a place once met stays right.
 */
#include "base/util.h"
#include "graph/state.h"

/* Fetches one more part behind what is not read yet; false: there is none. */
static bool part_load(struct op_reader *r)
{
	uint8_t key[12];
	struct view v;
	size_t left = (size_t)(r->rd.end - r->rd.p);

	be64_put(key, r->revision);
	be32_put(key + 8, r->part);
	enum rc rc = txn_get(r->t, DB_LOG, view_of(key, 12), &v);
	if (rc != RC_OK) {
		r->rc = rc;
		return false;
	}
	if (left)
		memmove(r->bytes.p, r->rd.p, left);
	r->bytes.n = left;
	buf_addv(&r->bytes, v);
	if (!buf_ok(&r->bytes)) {
		r->rc = RC_NOMEM;
		return false;
	}
	r->part++;
	r->rd = rd_of(buf_view(&r->bytes));
	return true;
}

static enum rc head_read(struct op_reader *r)
{
	const uint8_t *from = r->rd.p;
	(void)rd_u8(&r->rd);
	unsigned type = rd_u8(&r->rd);
	r->at_ms = rd_svarint(&r->rd);
	(void)rd_lenbytes(&r->rd);
	if (type == CMD_OPS)
		r->n = rd_varint(&r->rd);
	r->place = (struct event_place){ r->revision, 0, (uint64_t)(r->rd.p - from) };
	return r->rd.bad ? RC_DAMAGED : RC_OK;
}

static enum rc place_take(struct op_reader *r, const struct event_place *from)
{
	r->part = (uint32_t)(from->at / LOG_PART);
	r->rd = rd_of((struct view){ 0 });
	if (!part_load(r))
		return r->rc == RC_NOT_FOUND ? RC_DAMAGED : r->rc;
	(void)rd_bytes(&r->rd, (size_t)(from->at % LOG_PART));
	r->place = *from;
	return r->rd.bad ? RC_DAMAGED : RC_OK;
}

enum rc op_reader_open(struct op_reader *r, struct txn *t, uint64_t revision, const struct event_place *from)
{
	*r = (struct op_reader){ .t = t, .revision = revision };
	if (!part_load(r))
		return r->rc;
	enum rc rc = head_read(r);
	if (rc != RC_OK || !from || from->revision != revision || from->op == 0)
		return rc;
	if (from->op < r->n)
		return place_take(r, from);
	r->place = *from; /* all have been read */
	return RC_OK;
}

bool op_reader_next(struct op_reader *r, struct op *out)
{
	if (r->place.op >= r->n || r->rc != RC_OK)
		return false;
	for (;;) {
		struct rd rd = r->rd;
		if (op_decode(&rd, out)) {
			r->place.op++;
			r->place.at += (uint64_t)(rd.p - r->rd.p);
			r->rd = rd;
			if (!op_sound(out))
				r->rc = RC_DAMAGED;
			return r->rc == RC_OK;
		}
		if (!part_load(r)) { /* the op ends nowhere */
			if (r->rc == RC_NOT_FOUND)
				r->rc = RC_DAMAGED;
			return false;
		}
	}
}

void op_reader_done(struct op_reader *r)
{
	buf_done(&r->bytes);
}
