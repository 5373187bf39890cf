/*
 * audit.c - /v1/audit: the log as a file that can be verified, its head, and the key that signs; and the erasure of
 * contacts. Entries are written in steps, each with a snapshot of its own: the log does not change.
 */
#include <stdio.h>

#include "api/api_int.h"
#include "api/audit_line.h"
#include "api/handlers.h"
#include "base/json_out.h"
#include "base/util.h"
#include "services/auditor.h"

struct auditing {
	struct stream s; /* first */
	uint64_t next, until;
	/* a large entry under way; part 0: none */
	unsigned part;
	bool in_command;
	enum cmd_type type;
	uint64_t at;         /* bytes of its command that are written */
	struct buf last_key; /* of its images */
	/* this step */
	struct txn *t;
	struct past *images;
	size_t n_images, cap_images;
};

struct asking {
	struct txn *t;
	uint64_t revision, until;
};

static bool is_erased(void *arg, struct view ref)
{
	const struct asking *a = arg;

	return erased_between(a->t, ref, a->revision - 1, a->until);
}

/* ---- images ---- */

/* Those of the entry behind last_key, as many as max bytes hold and one. *out_more: there are more. */
static enum rc images_read(struct auditing *x, uint64_t max, bool *out_more)
{
	uint8_t first[8];
	uint64_t bytes = 0;
	AUTO_CUR struct cur c = { 0 };

	x->n_images = 0;
	be64_put(first, x->next);
	cur_open(&c, x->t, DB_PAST);
	bool ok = cur_ge(&c, x->last_key.n ? buf_view(&x->last_key) : view_of(first, 8));
	if (ok && view_eq(c.key, buf_view(&x->last_key)))
		ok = cur_next(&c);
	*out_more = false;
	for (; ok && cur_in(&c, view_of(first, 8)); ok = cur_next(&c)) {
		const uint8_t *k = c.key.p;

		*out_more = bytes >= max;
		if (*out_more)
			break;
		if (c.key.n < 10 || !list_grow((void **)&x->images, &x->cap_images, x->n_images, sizeof(*x->images)))
			return c.key.n < 10 ? RC_DAMAGED : RC_NOMEM;
		x->images[x->n_images++] = (struct past){ .revision = x->next, .ent = (enum ent)k[8],
							  .key = view_of(k + 9, c.key.n - 9), .rec = c.val,
							  .whole = c.key };
		bytes += c.key.n + c.val.n;
	}
	return txn_rc(x->t);
}

/* ---- one line ---- */

static enum rc line_write(struct auditing *x, struct audit_line *l, struct buf *out)
{
	struct asking a = { x->t, x->next, x->until };
	uint8_t prev[AUDIT_HASH], hash[AUDIT_HASH];
	enum rc rc = l->part <= 1 ? audit_hash_at(x->t, x->next - 1, prev) : RC_OK;

	if (rc == RC_OK && l->last)
		rc = audit_hash_at(x->t, x->next, hash);
	if (rc != RC_OK)
		return rc;
	l->revision = x->next;
	l->prev = prev;
	l->hash = hash;
	l->erased = is_erased;
	l->arg = &a;
	if (!audit_line(out, l))
		return buf_ok(out) ? RC_DAMAGED : RC_NOMEM;
	return RC_OK;
}

static void entry_done(struct auditing *x)
{
	x->next++;
	x->part = 0;
	x->at = 0;
	x->in_command = false;
	buf_clear(&x->last_key);
}

static enum rc whole_write(struct auditing *x, struct buf *out)
{
	AUTO(buf_done) struct buf command = BUF_INIT;
	bool more;
	enum rc rc = log_read(x->t, x->next, &command);

	if (rc == RC_OK)
		rc = images_read(x, UINT64_MAX, &more);
	struct audit_line l = { .first = true, .last = true, .command = buf_view(&command), .images = x->images,
				.n_images = x->n_images };
	if (rc == RC_OK)
		rc = line_write(x, &l, out);
	if (rc == RC_OK)
		entry_done(x);
	return rc;
}

static enum rc images_write(struct auditing *x, struct buf *out)
{
	bool more;
	enum rc rc = images_read(x, AUDIT_PART, &more);

	x->in_command = !more;
	if (rc != RC_OK || !x->n_images)
		return rc;
	struct audit_line l = { .part = ++x->part, .images = x->images, .n_images = x->n_images };
	rc = line_write(x, &l, out);
	buf_clear(&x->last_key);
	buf_addv(&x->last_key, x->images[x->n_images - 1].whole);
	return buf_ok(&x->last_key) ? rc : RC_NOMEM;
}

/* The next piece of the command: operations are not cut. */
static enum rc piece_read(struct auditing *x, uint64_t size, struct buf *piece)
{
	enum rc rc = RC_OK;

	for (size_t want = AUDIT_PART; rc == RC_OK; want *= 2) {
		buf_clear(piece);
		rc = audit_command_slice(x->t, x->next, x->at, want, piece);
		if (rc != RC_OK || piece->n < 2)
			return rc != RC_OK ? rc : RC_DAMAGED;
		if (x->at == 0)
			x->type = (enum cmd_type)(uint8_t)piece->p[1];
		if (x->type != CMD_OPS || x->at + piece->n == size)
			return RC_OK;
		size_t whole = audit_whole_ops(buf_view(piece), x->at == 0);
		if (whole) {
			piece->n = whole;
			return RC_OK;
		}
	}
	return rc;
}

static enum rc command_write(struct auditing *x, uint64_t size, struct buf *out)
{
	AUTO(buf_done) struct buf piece = BUF_INIT;
	enum rc rc = piece_read(x, size, &piece);

	if (rc != RC_OK)
		return rc;
	struct audit_line l = { .part = ++x->part, .first = x->at == 0, .last = x->at + piece.n == size,
				.type = x->type, .command = buf_view(&piece) };
	rc = line_write(x, &l, out);
	x->at += piece.n;
	if (rc == RC_OK && l.last)
		entry_done(x);
	return rc;
}

static enum rc entry_write(struct auditing *x, struct buf *out)
{
	uint64_t size = audit_command_bytes(x->t, x->next);

	if (!size)
		return txn_rc(x->t) != RC_OK ? txn_rc(x->t) : RC_COMPACTED; /* dropped meanwhile */
	if (!x->part && size + audit_past_bytes(x->t, x->next) <= AUDIT_WHOLE)
		return whole_write(x, out);
	return x->in_command ? command_write(x, size, out) : images_write(x, out);
}

static enum rc audit_fill(struct stream *s, struct txn *t, struct buf *out, bool *out_end)
{
	struct auditing *x = (struct auditing *)(void *)s;
	enum rc rc = RC_OK;

	x->t = t;
	while (rc == RC_OK && x->next <= x->until && out->n < STREAM_STEP)
		rc = entry_write(x, out);
	*out_end = x->next > x->until;
	return rc;
}

static void audit_free(struct stream *s)
{
	struct auditing *x = (struct auditing *)(void *)s;

	buf_done(&x->last_key);
	free(x->images);
	free(x);
}

enum rc audit_open(struct request *r, struct err *e)
{
	uint64_t after = query_has(&r->query, Q_after) ? (uint64_t)r->query.v[Q_after].n : 0;
	struct audit_base base;
	enum rc rc = audit_base(r->txn, &base);

	if (rc)
		return rc;
	if (after && after < base.revision)
		return err_set(e, RC_COMPACTED, NULL, "%llu", (unsigned long long)base.revision + 1);
	struct auditing *x = calloc(1, sizeof(*x));
	if (!x)
		return RC_NOMEM;
	x->s = (struct stream){ .fill = audit_fill, .free = audit_free };
	x->next = MAX(after, base.revision) + 1;
	x->until = graph_revision(r->txn);
	if (query_has(&r->query, Q_changes_limit))
		x->until = MIN(x->until, x->next - 1 + (uint64_t)r->query.v[Q_changes_limit].n);
	r->stream = &x->s;
	r->reply.type = "application/x-ndjson";
	return RC_OK;
}

/* ---- key and head ---- */

enum rc audit_key_show(struct request *r, struct err *e)
{
	uint8_t key[AUDIT_KEY];
	struct json j;

	if (!r->api->c.auditor)
		return err_set(e, RC_NOT_FOUND, NULL, "%s", "key");
	auditor_key(r->api->c.auditor, key);
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "algorithm");
	json_str(&j, "Ed25519");
	audit_hex(&j, "key", key, sizeof(key));
	json_obj_end(&j);
	return RC_OK;
}

static void signed_json(struct json *j, const struct audit_head *h)
{
	json_obj(j);
	json_key(j, "revision");
	json_uint(j, h->revision);
	audit_hex(j, "hash", h->hash, sizeof(h->hash));
	json_key(j, "at");
	json_instant(j, h->at_ms);
	audit_hex(j, "key", h->key, sizeof(h->key));
	audit_hex(j, "signature", h->signature, sizeof(h->signature));
	json_obj_end(j);
}

static enum rc head_json(struct request *r, struct txn *t)
{
	struct audit_base base;
	struct audit_head h;
	uint8_t hash[AUDIT_HASH];
	struct json j;
	uint64_t revision = graph_revision(t);
	enum rc rc = audit_hash_at(t, revision, hash);

	if (!rc)
		rc = audit_base(t, &base);
	if (rc)
		return rc;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "revision");
	json_uint(&j, revision);
	audit_hex(&j, "hash", hash, sizeof(hash));
	json_key(&j, "first");
	json_uint(&j, base.revision + 1);
	rc = audit_head_last(t, &h);
	json_key(&j, "signed");
	if (rc == RC_OK)
		signed_json(&j, &h);
	else
		json_nil(&j);
	json_obj_end(&j);
	r->reply.revision = revision;
	return rc == RC_NOT_FOUND ? RC_OK : rc;
}

enum rc audit_head_show(struct request *r, struct err *e)
{
	(void)e;
	return head_json(r, r->txn);
}

/* On the writer's thread. */
static void signed_done(struct submission *sub)
{
	struct request *r = sub->arg;
	struct txn *t;
	enum rc rc = sub->rc == RC_CONFLICT ? RC_OK : sub->rc; /* another one was quicker */

	if (!rc && (rc = txn_begin_read(api_store(r->api), &t)) == RC_OK) {
		rc = head_json(r, t);
		txn_abort(t);
	}
	if (rc)
		answer_fail(r, rc, &sub->err);
	else
		answer_send(r);
}

enum rc audit_head_sign_now(struct request *r, struct err *e)
{
	(void)e;
	uint8_t *head = arena_alloc(r->arena, AUDIT_HEAD_BYTES);
	enum rc rc = head && r->api->c.auditor ? auditor_sign(r->api->c.auditor, r->txn, head) : RC_NOMEM;

	if (rc == RC_CONFLICT) { /* there is nothing new to sign */
		r->reply.status = 200;
		return head_json(r, r->txn);
	}
	if (rc)
		return rc;
	r->sub.cmd = (struct cmd){ .type = CMD_HEAD, .actor = view_str(r->who.name),
				   .blob = view_of(head, AUDIT_HEAD_BYTES) };
	r->sub.done = signed_done;
	r->sub.arg = r;
	return RC_OK;
}

/* ---- erasing contacts ---- */

static void erased_done(struct submission *sub)
{
	struct request *r = sub->arg;

	if (sub->rc) {
		answer_fail(r, sub->rc, &sub->err);
		return;
	}
	if (r->api->c.auditor)
		auditor_scrub(r->api->c.auditor);
	r->reply.status = 204;
	r->reply.revision = sub->revision;
	answer_send(r);
}

enum rc contacts_erase(struct request *r, struct err *e)
{
	bool clauses = r->query.v[Q_clauses].n != 0;
	uint32_t org;
	enum rc rc = request_org(r, 0, &org, e);

	if (rc)
		return rc;
	if (clauses && r->who.role != ROLE_ADMIN) /* they are the procurers' too */
		return err_set(e, RC_FORBIDDEN, "clauses", "%s", "clauses");
	erase_encode(&r->fields, org_id(r->txn, org), clauses);
	r->sub.cmd = (struct cmd){ .type = CMD_ERASE, .actor = view_str(r->who.name),
				   .blob = arena_copy(r->arena, buf_view(&r->fields)) };
	r->sub.done = erased_done;
	r->sub.arg = r;
	return buf_ok(&r->fields) && r->sub.cmd.blob.p ? RC_OK : RC_NOMEM;
}
