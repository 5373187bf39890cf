/*
 * test_audit_verify.c - an export of random commands, changed in every way there is: each byte of each line edited, taken out,
 * doubled; lines dropped, doubled, swapped, cut off; entries cut into parts where the server does not cut them. The verifier
 * finds all of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/audit_verify.h"
#include "base/util.h"
#include "tests/graph/domain_kit.h"
#include "tests/graph/world_ops.h"
#include "tests/run.h"

#define LINES 256

static char *line[LINES];
static size_t length[LINES], n_lines;

static uint64_t seed;

static unsigned roll(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static void random_command(void)
{
	static const char *const ids[] = { "P", "A", "B", "C" };
	const char *p = ids[roll(4)], *s = ids[roll(4)];
	char text[160];

	snprintf(text, sizeof(text), "annual_spend=%u note=n%u required_level=%u", roll(1000), roll(9), roll(6));
	switch (roll(6)) {
	case 0:
		snprintf(text, sizeof(text), "name=N%u_%u country=JP", roll(99), roll(99));
		kit_org(p, text);
		return;
	case 1:
		snprintf(text, sizeof(text), "scheme=scs level=%u issued=2027-04-%02u evidence=copy", 3 + roll(3), 1 + roll(28));
		kit_cert(p, roll(2) ? "c1" : "c2", text);
		return;
	case 2:
		kit_targets(p, roll(2) ? "due=2027-12-31 rules=confidential:yes>4@2027-03-31;>3" : "tiers=2:3;4:4");
		return;
	case 3:
		(void)kit_write(OP_DELETE, OPF_CASCADE, ENT_ORG, s, "", "", "");
		kit_org(s, "name=again");
		return;
	default:
		(void)kit_write(roll(2) ? OP_PUT : OP_MERGE, 0, ENT_LINK, p, s, "", text);
		return;
	}
}

static void write_head(void)
{
	static uint8_t secret[64];
	uint8_t public[32], bytes[AUDIT_HEAD_BYTES];
	struct audit_head h = { .revision = graph_revision(kit_txn), .at_ms = 99 };
	struct cmd c = { .type = CMD_HEAD, .at_ms = 99, .actor = VIEW_LIT("system"), .blob = view_of(bytes, sizeof(bytes)) };
	AUTO(batch_free_p) struct batch *b = NULL;
	struct err e = { 0 };
	uint64_t revision;

	ck_assert_int_eq(crypto_sign_keypair(public, secret), 0);
	ck_rc(audit_hash_at(kit_txn, h.revision, h.hash), RC_OK);
	audit_head_sign(&h, secret);
	audit_head_encode(&h, bytes);
	ck_rc(batch_new(kit_txn, &b), RC_OK);
	ck_rc(graph_apply(b, &c, &revision, &e), RC_OK);
	ck_rc(batch_finish(b), RC_OK);
}

struct images {
	struct past p[200];
	size_t n;
	uint64_t revision;
};

static bool gather(void *arg, const struct past *p)
{
	struct images *x = arg;

	if (p->revision != x->revision)
		return false;
	ck_assert_uint_lt(x->n, ARRAY_LEN(x->p));
	x->p[x->n++] = *p;
	return true;
}

static void export_lines(void)
{
	uint8_t prev[AUDIT_HASH] = { 0 }, hash[AUDIT_HASH];

	n_lines = 0;
	for (uint64_t rev = 1; rev <= graph_revision(kit_txn) && n_lines < LINES / 2; rev++) {
		AUTO(buf_done) struct buf command = BUF_INIT;
		struct buf out = BUF_INIT;
		struct images x = { .revision = rev };

		ck_rc(log_read(kit_txn, rev, &command), RC_OK);
		past_each(kit_txn, rev, gather, &x);
		ck_rc(audit_hash_at(kit_txn, rev, hash), RC_OK);
		struct audit_line l = { .revision = rev, .first = true, .last = true, .command = buf_view(&command),
					.images = x.p, .n_images = x.n, .prev = prev, .hash = hash };
		ck_assert(audit_line(&out, &l));
		length[n_lines] = out.n - 1;
		line[n_lines++] = buf_steal(&out);
		memcpy(prev, hash, AUDIT_HASH);
	}
}

static struct audit_expect expect;

/* Verifies the lines in the order of `at`; one of them may be another text. */
static bool sound(const size_t *at, size_t n, size_t changed, struct view text)
{
	struct audit_verifier *v;
	struct audit_result r;
	bool go = true;

	ck_rc(audit_verifier_new(&expect, &v), RC_OK);
	for (size_t i = 0; i < n && go; i++)
		go = audit_verify_line(v, i == changed ? text : view_of(line[at[i]], length[at[i]]));
	bool ok = audit_verify_end(v, false, &r);
	audit_verifier_free(v);
	return ok;
}

static void make(uint64_t with)
{
	seed = with;
	kit_org("P", "name=P");
	kit_org("A", "name=A");
	kit_org("B", "name=B");
	kit_org("C", "name=C");
	for (int i = 0; i < 8; i++)
		random_command();
	write_head();
	random_command();
	export_lines();
}

static void drop_lines(void)
{
	while (n_lines)
		free(line[--n_lines]);
}

static void begin(size_t at[LINES])
{
	for (size_t i = 0; i < LINES; i++)
		at[i] = i;
	expect = (struct audit_expect){ 0 };
}

START_TEST(every_byte)
{
	size_t at[LINES], tried = 0;
	char *copy;

	make(100 + (uint64_t)_i);
	begin(at);
	ck_assert(sound(at, n_lines, SIZE_MAX, VIEW_LIT("")));
	for (size_t i = 0; i < n_lines; i++) {
		copy = malloc(length[i] + 2);
		for (size_t k = 0; k < length[i]; k += 1 + roll(9), tried++) {
			memcpy(copy, line[i], length[i]);
			copy[k] = (char)(copy[k] ^ (1 << roll(7)));
			ck_assert_msg(!sound(at, n_lines, i, view_of(copy, length[i])), "line %zu, byte %zu edited", i, k);
			memcpy(copy, line[i], k);
			memcpy(copy + k, line[i] + k + 1, length[i] - k - 1);
			ck_assert_msg(!sound(at, n_lines, i, view_of(copy, length[i] - 1)), "line %zu, byte %zu out", i, k);
			memcpy(copy + k, line[i] + k, 1);
			memcpy(copy + k + 1, line[i] + k, length[i] - k);
			ck_assert_msg(!sound(at, n_lines, i, view_of(copy, length[i] + 1)), "line %zu, byte %zu twice", i, k);
		}
		free(copy);
	}
	ck_assert_uint_gt(tried, 1000);
	drop_lines();
}
END_TEST

START_TEST(every_line)
{
	size_t at[LINES + 1];

	make(200 + (uint64_t)_i);
	for (size_t i = 0; i < n_lines; i++) {
		begin(at);
		memmove(at + i, at + i + 1, (n_lines - i - 1) * sizeof(*at));
		if (i > 0 && i < n_lines - 1)
			ck_assert_msg(!sound(at, n_lines - 1, SIZE_MAX, VIEW_LIT("")), "line %zu dropped", i);
		begin(at);
		memmove(at + i + 1, at + i, (n_lines - i) * sizeof(*at));
		ck_assert_msg(!sound(at, n_lines + 1, SIZE_MAX, VIEW_LIT("")), "line %zu twice", i);
		for (size_t k = i + 1; k < n_lines; k++) {
			begin(at);
			at[i] = k;
			at[k] = i;
			ck_assert_msg(!sound(at, n_lines, SIZE_MAX, VIEW_LIT("")), "lines %zu and %zu swapped", i, k);
		}
	}
	/* cut off at the end: only what was noted earlier tells; at the beginning it is a part, and whole */
	begin(at);
	expect.has_head = true;
	expect.head_revision = graph_revision(kit_txn);
	ck_rc(audit_hash_at(kit_txn, expect.head_revision, expect.head), RC_OK);
	ck_assert(sound(at, n_lines, SIZE_MAX, VIEW_LIT("")));
	for (size_t n = 0; n < n_lines; n++)
		ck_assert_msg(!sound(at, n, SIZE_MAX, VIEW_LIT("")), "cut behind %zu", n);
	ck_assert(sound(at + 3, n_lines - 3, SIZE_MAX, VIEW_LIT("")));
	drop_lines();
}
END_TEST

/* ---- parts ---- */

/* An entry, cut into parts by limits that may not be the server's. */
struct entry {
	struct buf command;
	struct images x;
	uint8_t prev[AUDIT_HASH], hash[AUDIT_HASH];
	unsigned part;
};

static void entry_read(struct entry *n, uint64_t rev)
{
	*n = (struct entry){ .x = { .revision = rev } };
	ck_rc(log_read(kit_txn, rev, &n->command), RC_OK);
	past_each(kit_txn, rev, gather, &n->x);
	ck_rc(audit_hash_at(kit_txn, rev - 1, n->prev), RC_OK);
	ck_rc(audit_hash_at(kit_txn, rev, n->hash), RC_OK);
}

static void entry_line(struct entry *n, struct audit_line l)
{
	struct buf out = BUF_INIT;

	l.revision = n->x.revision;
	l.prev = n->prev;
	l.hash = n->hash;
	ck_assert(audit_line(&out, &l));
	ck_assert_uint_lt(n_lines, LINES);
	length[n_lines] = out.n - 1;
	line[n_lines++] = buf_steal(&out);
}

static void cut_images(struct entry *n, size_t room)
{
	for (size_t i = 0, k; i < n->x.n; i = k) {
		size_t bytes = 0;
		for (k = i; k < n->x.n && bytes < room; k++)
			bytes += n->x.p[k].whole.n + n->x.p[k].rec.n;
		entry_line(n, (struct audit_line){ .part = ++n->part, .images = n->x.p + i, .n_images = k - i });
	}
}

static void cut_command(struct entry *n, size_t room)
{
	enum cmd_type type = (enum cmd_type)n->command.p[1];

	for (size_t at = 0, size = 0; at < n->command.n; at += size) {
		struct view rest = view_of(n->command.p + at, n->command.n - at);
		size = MIN(rest.n, room);
		if (size < rest.n && type == CMD_OPS)
			size = audit_whole_ops(view_of(rest.p, size), at == 0);
		ck_assert_uint_gt(size, 0);
		entry_line(n, (struct audit_line){ .part = ++n->part, .first = at == 0, .last = size == rest.n, .type = type,
						   .command = view_of(rest.p, size) });
	}
}

static bool cut_sound(uint64_t rev, size_t images, size_t command)
{
	struct entry n;
	size_t at[LINES];

	begin(at);
	entry_read(&n, rev);
	if (command) {
		cut_images(&n, images);
		cut_command(&n, command);
	} else {
		entry_line(&n, (struct audit_line){ .first = true, .last = true, .command = buf_view(&n.command), .images = n.x.p,
						    .n_images = n.x.n });
	}
	bool ok = sound(at, n_lines, SIZE_MAX, VIEW_LIT(""));
	drop_lines();
	buf_done(&n.command);
	return ok;
}

/* One command that writes n organisations of about 4 KB; its revision. */
static uint64_t large(unsigned n, char c)
{
	AUTO(batch_free_p) struct batch *b = NULL;
	struct buf fields = BUF_INIT;
	char note[3900], ids[100][24];
	struct op ops[100];
	struct cmd cmd = { .type = CMD_OPS, .at_ms = 9, .actor = VIEW_LIT("x"), .ops = ops, .n_ops = n };
	struct err e = { 0 };
	uint64_t revision;

	memset(note, c, sizeof(note));
	fl_bytes(&fields, ORG_NAME, VIEW_LIT("L"));
	fl_bytes(&fields, ORG_NOTE, view_of(note, sizeof(note)));
	for (unsigned i = 0; i < n; i++) {
		snprintf(ids[i], sizeof(ids[i]), "XX-LOCAL-L%02u", i);
		ops[i] = (struct op){ .kind = OP_PUT, .ent = ENT_ORG, .a = view_str(ids[i]), .fields = buf_view(&fields) };
	}
	ck_rc(batch_new(kit_txn, &b), RC_OK);
	ck_rc(graph_apply(b, &cmd, &revision, &e), RC_OK);
	ck_rc(batch_finish(b), RC_OK);
	buf_done(&fields);
	return revision;
}

/* A small entry has one line, and no other. */
START_TEST(small_entries_are_not_cut)
{
	make(300 + (uint64_t)_i);
	drop_lines();
	for (uint64_t rev = 1; rev <= graph_revision(kit_txn); rev++) {
		struct entry n;
		size_t at[LINES];

		ck_assert(cut_sound(rev, 0, 0));
		ck_assert_msg(!cut_sound(rev, AUDIT_PART, AUDIT_PART), "revision %u in parts", (unsigned)rev);
		/* one line that calls itself a part */
		begin(at);
		entry_read(&n, rev);
		for (int with = 0; with < 2; with++) {
			entry_line(&n, (struct audit_line){ .part = 1, .first = true, .last = true, .images = n.x.p,
							    .command = buf_view(&n.command), .n_images = with ? n.x.n : 0 });
			ck_assert_msg(!sound(at, n_lines, SIZE_MAX, VIEW_LIT("")), "revision %u as part 1", (unsigned)rev);
			drop_lines();
		}
		buf_done(&n.command);
	}
	ck_assert(!cut_sound(large(20, 'a'), AUDIT_PART, AUDIT_PART)); /* nor is one of several parts' size */
	ck_assert(cut_sound(graph_revision(kit_txn), 0, 0));
}
END_TEST

START_TEST(large_entries_are_cut_in_one_way)
{
	static const size_t others[] = { 5000, AUDIT_PART / 2, AUDIT_PART - 5000, AUDIT_PART + 5000, 2 * AUDIT_PART, 1u << 20 };
	uint64_t rev[2];

	kit_org("P", "name=P");
	rev[0] = large(90, 'a'); /* no images */
	rev[1] = large(90, 'b');
	for (size_t i = 0; i < ARRAY_LEN(rev); i++) {
		ck_assert(cut_sound(rev[i], AUDIT_PART, AUDIT_PART));
		ck_assert_msg(!cut_sound(rev[i], 0, 0), "entry %zu in one line", i);
		for (size_t k = 0; k < ARRAY_LEN(others); k++) {
			ck_assert_msg(!cut_sound(rev[i], AUDIT_PART, others[k]), "entry %zu, operations by %zu", i, others[k]);
			if (i == 1)
				ck_assert_msg(!cut_sound(rev[i], others[k], AUDIT_PART), "images by %zu", others[k]);
		}
	}
}
END_TEST

static Suite *verify_suite(void)
{
	Suite *s = suite_create("audit-verify");
	TCase *tc = tcase_create("changes");

	tcase_add_checked_fixture(tc, kit_open, kit_close);
	tcase_add_loop_test(tc, every_byte, 0, 2);
	tcase_add_loop_test(tc, every_line, 0, 4);
	tcase_add_loop_test(tc, small_entries_are_not_cut, 0, 4);
	tcase_add_test(tc, large_entries_are_cut_in_one_way);
	tcase_set_timeout(tc, 300);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	suite_make *const suites[] = { verify_suite };

	return run_suites(suites, ARRAY_LEN(suites));
}
