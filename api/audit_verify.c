/*
 * audit_verify.c - see audit_verify.h. A line is taken apart only for its bytes; from these it is written again and
 * must come out the same, byte for byte, with the hash that the chain gives. So every change of a line shows, however
 * small; what is missing or in another order shows by the numbers and by the hash.
 */
#include "api/audit_verify.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/util.h"

#define RING (1u << 17) /* hashes remembered for the heads that sign them */

/* A set of references: open addressing; they are hashes already. */
struct refs {
	uint8_t (*slot)[16];
	bool *used;
	size_t n, cap;
};

struct audit_verifier {
	struct audit_expect expect;
	struct audit_result r;
	crypto_generichash_state *chain; /* of the entry under way */
	struct past_hash *past;
	uint8_t hash[AUDIT_HASH];        /* of the last whole entry */
	uint64_t revision;               /* of the entry under way, or the last one */
	unsigned part;                   /* the last one of the entry under way; 0: none is */
	bool begun;                      /* the command has begun */
	uint64_t bytes;                  /* of its command and images so far */
	size_t room, held;               /* of its last part: how much it may hold, and holds */
	enum cmd_type type;
	bool found_head;
	uint64_t signed_to;
	uint8_t (*ring)[AUDIT_HASH];
	uint64_t ring_from;              /* the first revision whose hash was noted */
	struct refs shown, gone;         /* shown as kept; shown as erased, and not erased yet */
	/* the line under way */
	struct buf command, images, text;
	struct past *past_list;
	size_t n_past, cap_past;
	struct view line;
};

/* ---- references ---- */

static size_t ref_slot(const struct refs *s, const uint8_t ref[16])
{
	uint64_t h;

	memcpy(&h, ref, sizeof(h));
	for (size_t i = (size_t)h & (s->cap - 1);; i = (i + 1) & (s->cap - 1))
		if (!s->used[i] || memcmp(s->slot[i], ref, 16) == 0)
			return i;
}

static bool refs_has(const struct refs *s, const uint8_t ref[16])
{
	return s->cap && s->used[ref_slot(s, ref)];
}

static bool refs_grow(struct refs *s)
{
	struct refs bigger = { .cap = s->cap ? s->cap * 2 : 256 };

	bigger.slot = malloc(bigger.cap * sizeof(*bigger.slot));
	bigger.used = calloc(bigger.cap, sizeof(*bigger.used));
	if (!bigger.slot || !bigger.used) {
		free(bigger.slot);
		free(bigger.used);
		return false;
	}
	for (size_t i = 0; i < s->cap; i++) {
		if (!s->used[i])
			continue;
		size_t at = ref_slot(&bigger, s->slot[i]);
		memcpy(bigger.slot[at], s->slot[i], 16);
		bigger.used[at] = true;
	}
	bigger.n = s->n;
	free(s->slot);
	free(s->used);
	*s = bigger;
	return true;
}

static bool refs_add(struct refs *s, const uint8_t ref[16])
{
	if (2 * (s->n + 1) > s->cap && !refs_grow(s))
		return false;
	size_t i = ref_slot(s, ref);
	if (!s->used[i]) {
		memcpy(s->slot[i], ref, 16);
		s->used[i] = true;
		s->n++;
	}
	return true;
}

static void refs_del(struct refs *s, const uint8_t ref[16])
{
	if (!refs_has(s, ref))
		return;
	size_t i = ref_slot(s, ref);
	s->used[i] = false;
	s->n--;
	/* those behind it may have been pushed on by it */
	for (size_t k = (i + 1) & (s->cap - 1); s->used[k]; k = (k + 1) & (s->cap - 1)) {
		uint8_t moved[16];
		memcpy(moved, s->slot[k], 16);
		s->used[k] = false;
		size_t at = ref_slot(s, moved);
		memcpy(s->slot[at], moved, 16);
		s->used[at] = true;
	}
}

static void refs_done(struct refs *s)
{
	free(s->slot);
	free(s->used);
}

/* ---- the verifier ---- */

static void *aligned(size_t n) { return aligned_alloc(64, (n + 63) / 64 * 64); }

enum rc audit_verifier_new(const struct audit_expect *x, struct audit_verifier **out)
{
	struct audit_verifier *v = calloc(1, sizeof(*v));

	if (!v)
		return RC_NOMEM;
	v->expect = *x;
	v->chain = aligned(sizeof(*v->chain));
	v->past = aligned(sizeof(*v->past));
	v->ring = calloc(RING, AUDIT_HASH);
	if (!v->chain || !v->past || !v->ring || sodium_init() < 0) {
		audit_verifier_free(v);
		return RC_NOMEM;
	}
	*out = v;
	return RC_OK;
}

void audit_verifier_free(struct audit_verifier *v)
{
	if (!v)
		return;
	free(v->chain);
	free(v->past);
	free(v->ring);
	refs_done(&v->shown);
	refs_done(&v->gone);
	buf_done(&v->command);
	buf_done(&v->images);
	buf_done(&v->text);
	free(v->past_list);
	free(v);
}

static bool PRINTF(2, 3) wrong(struct audit_verifier *v, const char *fmt, ...)
{
	va_list ap;

	if (v->r.bad_line)
		return false;
	v->r.bad_line = v->r.lines ? v->r.lines : 1;
	v->r.bad_revision = v->revision;
	va_start(ap, fmt);
	vsnprintf(v->r.why, sizeof(v->r.why), fmt, ap);
	va_end(ap);
	return false;
}

/* ---- taking a line apart ---- */

static bool base64_get(const json_t *s, struct buf *out)
{
	size_t n = json_string_length(s), got = 0;

	if (!json_is_string(s) || !buf_reserve(out, n / 4 * 3 + 3))
		return false;
	if (sodium_base642bin((uint8_t *)out->p + out->n, out->cap - out->n, json_string_value(s), n, NULL, &got, NULL,
			      sodium_base64_VARIANT_ORIGINAL) != 0)
		return false;
	out->n += got;
	return true;
}

static bool hash_get(const json_t *s, uint8_t out[AUDIT_HASH])
{
	size_t n = 0;

	return json_is_string(s) && json_string_length(s) == 2 * AUDIT_HASH &&
	       sodium_hex2bin(out, AUDIT_HASH, json_string_value(s), 2 * AUDIT_HASH, NULL, &n, NULL) == 0 &&
	       n == AUDIT_HASH;
}

/* Where each image ends is noted first: the buffer moves while it grows. */
static bool images_get(struct audit_verifier *v, const json_t *past)
{
	AUTO(buf_done) struct buf ends = BUF_INIT;
	size_t n = json_array_size(past), from = 0;

	for (size_t i = 0; i < n; i++) {
		if (!base64_get(json_object_get(json_array_get(past, i), "bytes"), &v->images))
			return false;
		buf_add(&ends, &v->images.n, sizeof(v->images.n));
	}
	while (v->cap_past < n)
		if (!list_grow((void **)&v->past_list, &v->cap_past, v->cap_past, sizeof(*v->past_list)))
			return false;
	for (size_t i = 0; i < n; i++) {
		size_t end;
		memcpy(&end, ends.p + i * sizeof(end), sizeof(end));
		if (!audit_image_decode(view_of(v->images.p + from, end - from), v->revision, &v->past_list[i]))
			return false;
		from = end;
	}
	v->n_past = n;
	return buf_ok(&ends);
}

struct taken {
	uint64_t revision;
	unsigned part;
	bool last;
	uint8_t prev[AUDIT_HASH], hash[AUDIT_HASH];
};

static bool take_apart(struct audit_verifier *v, const json_t *o, struct taken *t)
{
	const json_t *rev = json_object_get(o, "revision"), *part = json_object_get(o, "part"),
		     *past = json_object_get(o, "past"), *command = json_object_get(o, "command"),
		     *hash = json_object_get(o, "hash");

	if (!json_is_integer(rev) || json_integer_value(rev) < 1)
		return wrong(v, "the line is no entry of an audit export");
	t->revision = (uint64_t)json_integer_value(rev);
	if (part && (!json_is_integer(part) || json_integer_value(part) < 1 || json_integer_value(part) > INT32_MAX))
		return wrong(v, "its part has no number");
	t->part = part ? (unsigned)json_integer_value(part) : 0;
	t->last = hash != NULL;
	if (!t->part && (!t->last || !command))
		return wrong(v, "the entry is not whole");
	if ((t->last && !hash_get(hash, t->hash)) || (t->part <= 1 && !hash_get(json_object_get(o, "prev"), t->prev)))
		return wrong(v, "its hash cannot be read");
	buf_clear(&v->command);
	buf_clear(&v->images);
	v->n_past = 0;
	if (command && !base64_get(command, &v->command))
		return wrong(v, "the bytes of its command cannot be read");
	uint64_t before = v->revision;
	v->revision = t->revision;
	bool ok = !past || images_get(v, past);
	v->revision = before;
	return ok ? true : wrong(v, "the bytes of what was there before cannot be read");
}

static bool note_hash(struct audit_verifier *v, const uint8_t hash[AUDIT_HASH], uint64_t revision)
{
	const struct audit_expect *x = &v->expect;

	memcpy(v->ring[revision % RING], hash, AUDIT_HASH);
	if (!x->has_head)
		return true;
	bool same = memcmp(hash, x->head, AUDIT_HASH) == 0;
	if (x->head_revision == revision && !same)
		return wrong(v, "revision %" PRIu64 " has another hash than was noted: the log was rewritten", revision);
	v->found_head = v->found_head || (same && (!x->head_revision || x->head_revision == revision));
	return true;
}

/* ---- the order of lines ---- */

static bool in_order(struct audit_verifier *v, const struct taken *t)
{
	if (v->part) { /* an entry is under way */
		if (t->revision != v->revision || t->part != v->part + 1)
			return wrong(v, "part %u of revision %" PRIu64 " is expected here", v->part + 1, v->revision);
		v->part = t->part;
		return true;
	}
	if (v->r.entries && t->revision != v->revision + 1) {
		uint64_t want = v->revision + 1;
		v->revision = t->revision;
		return wrong(v, "revision %" PRIu64 " is expected here: entries are missing, doubled or in another order",
			     want);
	}
	if (t->part > 1)
		return wrong(v, "the entry begins with part %u", t->part);
	v->revision = t->revision;
	v->part = t->part;
	v->begun = false;
	v->bytes = 0;
	v->room = v->held = 0;
	if (!v->r.entries) {
		v->r.first = v->ring_from = t->revision;
		if (t->revision > 1) {
			memcpy(v->hash, t->prev, AUDIT_HASH);
			if (!note_hash(v, t->prev, t->revision - 1))
				return false;
		}
	}
	if (memcmp(t->prev, v->hash, AUDIT_HASH) != 0)
		return wrong(v, "it is not chained to the entry before it");
	audit_begin(v->chain, v->hash, v->revision);
	past_hash_begin(v->past);
	return true;
}

/* ---- what the entry does to the verifier ---- */

static bool is_erased(void *arg, struct view ref)
{
	struct audit_verifier *v = arg;
	static const char tail[] = "\",\"erased\":true}";
	char want[2 * 16 + sizeof(tail)];

	if (ref.n != 16)
		return false;
	sodium_bin2hex(want, sizeof(want), ref.p, 16);
	memcpy(want + 32, tail, sizeof(tail));
	bool says = memmem(v->line.p, v->line.n, want, 32 + sizeof(tail) - 1) != NULL;
	if (!refs_add(says ? &v->gone : &v->shown, ref.p))
		wrong(v, "out of memory");
	return says;
}

static bool erase_seen(struct audit_verifier *v, struct view blob)
{
	struct erasure x;

	if (!erase_decode(blob, &x))
		return wrong(v, "the erasure cannot be read");
	for (size_t i = 0; i + 16 <= x.refs.n; i += 16) {
		const uint8_t *ref = (const uint8_t *)x.refs.p + i;
		if (refs_has(&v->shown, ref))
			return wrong(v, "it erased a value that an earlier line shows as kept");
		refs_del(&v->gone, ref);
	}
	return true;
}

/* What a head signs must be what the lines before it give. */
static bool head_seen(struct audit_verifier *v, struct view blob)
{
	struct audit_head h;
	const uint8_t *hash = NULL;

	if (!audit_head_decode(blob, &h))
		return wrong(v, "the signed head cannot be read");
	if (!audit_head_verify(&h))
		return wrong(v, "the signature of the head does not fit");
	if (v->expect.has_key && memcmp(h.key, v->expect.key, AUDIT_KEY) != 0)
		return wrong(v, "the head is signed with another key");
	if (h.revision >= v->revision)
		return wrong(v, "the head signs what comes after it");
	if (h.revision >= v->ring_from && v->revision - h.revision < RING)
		hash = v->ring[h.revision % RING];
	if (hash && memcmp(hash, h.hash, AUDIT_HASH) != 0)
		return wrong(v, "the head signs another hash for revision %" PRIu64, h.revision);
	if (!v->r.keys || memcmp(v->r.key, h.key, AUDIT_KEY) != 0)
		v->r.keys++;
	memcpy(v->r.key, h.key, AUDIT_KEY);
	v->r.heads += hash != NULL;
	v->r.heads_unchecked += hash == NULL;
	if (hash)
		v->signed_to = h.revision;
	return true;
}

/* Commands that concern the verifier come whole, or in parts that begin with the command. */
static bool command_seen(struct audit_verifier *v)
{
	struct cmd c;

	if (v->type != CMD_HEAD && v->type != CMD_ERASE)
		return true;
	if (cmd_decode(buf_view(&v->command), &c) != RC_OK)
		return wrong(v, "the command cannot be read");
	return v->type == CMD_HEAD ? head_seen(v, c.blob) : erase_seen(v, c.blob);
}

static bool entry_end(struct audit_verifier *v, const struct taken *t)
{
	uint8_t images[AUDIT_HASH];

	past_hash_end(v->past, images);
	audit_end(v->chain, images, v->hash);
	if (memcmp(t->hash, v->hash, AUDIT_HASH) != 0)
		return wrong(v, "its bytes give another hash: the entry was changed");
	if ((v->bytes > AUDIT_WHOLE) != (t->part > 0))
		return wrong(v, "an entry of its size is not written like this");
	v->r.entries++;
	v->r.last = v->revision;
	v->part = 0;
	return note_hash(v, v->hash, v->revision);
}

/* ---- how an entry is cut ---- */

/* In the store: with the revision and the entity before its key. */
static size_t image_bytes(const struct past *p) { return 8 + 1 + p->key.n + p->rec.n; }

static bool images_cut(struct audit_verifier *v)
{
	size_t all = 0, last = 0;

	for (size_t i = 0; i < v->n_past; i++) {
		last = image_bytes(&v->past_list[i]);
		all += last;
	}
	bool ok = all - last < AUDIT_PART && v->held >= v->room;
	v->room = AUDIT_PART;
	v->held = all;
	return ok;
}

/* The next operation did not fit into the part before. */
static bool command_cut(struct audit_verifier *v, bool first)
{
	struct view piece = buf_view(&v->command);
	size_t unit = v->type == CMD_OPS ? audit_first_whole(piece, first) : 1, room = AUDIT_PART;

	while (room < unit)
		room *= 2;
	bool ok = unit && piece.n <= room && (first || v->held + unit > v->room);
	v->room = room;
	v->held = piece.n;
	return ok;
}

/* Parts are what the server makes of these bytes: images first, each part as full as it gets. first: the command begins
 * in it. */
static bool well_cut(struct audit_verifier *v, const struct taken *t, bool first)
{
	bool ok = true;

	v->bytes += v->command.n;
	for (size_t i = 0; i < v->n_past; i++)
		v->bytes += image_bytes(&v->past_list[i]);
	if (t->part && v->n_past) /* held: of the images before, which left no room */
		ok = !v->command.n && !v->begun && images_cut(v);
	else if (t->part)
		ok = v->command.n && command_cut(v, first);
	return ok ? true : wrong(v, "the entry is not cut into parts as the server cuts it");
}

/* Written again from its bytes, the line must be the same. */
static bool same_text(struct audit_verifier *v, struct view line, const struct taken *t)
{
	struct audit_line l = {
		.revision = t->revision, .part = t->part, .first = v->command.n && !v->begun, .last = t->last,
		.type = v->type, .command = buf_view(&v->command), .images = v->past_list, .n_images = v->n_past,
		.prev = t->prev, .hash = t->hash, .erased = is_erased, .arg = v,
	};

	v->line = line;
	buf_clear(&v->text);
	if (!audit_line(&v->text, &l) || v->r.bad_line)
		return wrong(v, "its bytes make no entry");
	v->type = l.type;
	if (v->text.n != line.n + 1 || memcmp(v->text.p, line.p, line.n) != 0)
		return wrong(v, "what it says is not what its bytes say");
	if (!well_cut(v, t, l.first))
		return false;
	v->begun = v->begun || l.first;
	return true;
}

bool audit_verify_line(struct audit_verifier *v, struct view line)
{
	struct taken t = { 0 };
	json_error_t e;

	if (v->r.bad_line)
		return false;
	v->r.lines++;
	json_t *o = json_loadb(line.p ? line.p : "", line.n, JSON_REJECT_DUPLICATES, &e);
	if (!json_is_object(o)) {
		json_decref(o);
		return wrong(v, "the line is not JSON: it was cut or changed");
	}
	bool ok = take_apart(v, o, &t);
	json_decref(o);
	if (!ok || !in_order(v, &t) || !same_text(v, line, &t))
		return false;
	for (size_t i = 0; i < v->n_past; i++)
		audit_image_hash(v->past, &v->past_list[i]);
	audit_add(v->chain, buf_view(&v->command));
	if (v->command.n && !command_seen(v))
		return false;
	return !t.last || entry_end(v, &t);
}

bool audit_verify_end(struct audit_verifier *v, bool cut, struct audit_result *out)
{
	if (!v->r.bad_line && cut)
		wrong(v, "the last line is cut");
	if (!v->r.bad_line && !v->r.entries && !v->part)
		wrong(v, "there are no entries");
	if (!v->r.bad_line && v->part)
		wrong(v, "the export ends within an entry");
	if (!v->r.bad_line && v->gone.n)
		wrong(v, "a value is shown as erased, and no entry erases it: lines are missing at the end");
	if (!v->r.bad_line && v->expect.has_head && !v->found_head)
		wrong(v, "the noted head is not in it: the log was rewritten, or lines are missing");
	v->r.unsigned_entries = v->r.entries ? v->r.last - MAX(v->signed_to, v->r.first - 1) : 0;
	memcpy(v->r.hash, v->hash, AUDIT_HASH);
	*out = v->r;
	return !v->r.bad_line;
}
