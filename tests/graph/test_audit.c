/*
 * test_audit.c - the chain over the log: what it vouches for, signed heads, dropping what is old, and personal data
 * that goes while the chain stays.
 */
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "graph/audit.h"
#include "graph/contacts.h"
#include "tests/graph/domain_kit.h"
#include "tests/graph/world_ops.h"
#include "tests/run.h"

static size_t findings;
static char first_finding[256];

static void on_finding(void *arg, const char *sentence)
{
	(void)arg;
	if (!findings++)
		snprintf(first_finding, sizeof(first_finding), "%s", sentence);
}

static size_t check_chain(void)
{
	findings = 0;
	return audit_check(kit_txn, on_finding, NULL);
}

static enum rc apply(struct cmd *c)
{
	AUTO(batch_free_p) struct batch *b = NULL;
	struct err e = { 0 };
	uint64_t revision;

	c->at_ms = c->at_ms ? c->at_ms : instant_of_day_jst(graph_today(kit_txn));
	c->actor = VIEW_LIT("tester");
	ck_rc(batch_new(kit_txn, &b), RC_OK);
	enum rc rc = graph_apply(b, c, &revision, &e);
	if (txn_rc(kit_txn) == RC_OK)
		ck_rc(batch_finish(b), RC_OK);
	return rc;
}

static void some_writes(void)
{
	kit_org("P", "name=P");
	kit_org("A", "name=A");
	kit_link("P", "A", "annual_spend=10 confidential=yes");
	kit_link("P", "A", "annual_spend=20");
	kit_targets("P", "due=2027-12-31");
	kit_cert("A", "c", "scheme=scs level=3 issued=2027-04-01 expires=2028-03-31");
	kit_tick("2027-06-03");
}

static struct view log_key(uint8_t key[12], uint64_t revision)
{
	memset(key, 0, 12);
	be64_put(key, revision);
	return view_of(key, 12);
}

START_TEST(every_entry_is_chained)
{
	uint8_t h[AUDIT_HASH] = { 0 }, made[AUDIT_HASH], kept[AUDIT_HASH];

	some_writes();
	ck_assert_uint_ge(graph_revision(kit_txn), 8);
	for (uint64_t rev = 1; rev <= graph_revision(kit_txn); rev++) {
		ck_rc(audit_compute(kit_txn, rev, h, made), RC_OK);
		ck_rc(audit_hash_at(kit_txn, rev, kept), RC_OK);
		ck_assert_mem_eq(made, kept, AUDIT_HASH);
		ck_assert_mem_ne(made, h, AUDIT_HASH);
		memcpy(h, made, AUDIT_HASH);
	}
	ck_assert_uint_eq(check_chain(), 0);
}
END_TEST

/* Each byte of each entry, and of each image. */
START_TEST(changed_bytes_are_found)
{
	const enum db dbs[] = { DB_LOG, DB_PAST };
	unsigned tried = 0;

	some_writes();
	for (size_t d = 0; d < ARRAY_LEN(dbs); d++) {
		AUTO(buf_done) struct buf keys = BUF_INIT;
		{
			AUTO_CUR struct cur c = { 0 };
			cur_open(&c, kit_txn, dbs[d]);
			for (bool ok = cur_first(&c); ok; ok = cur_next(&c))
				buf_lenbytes(&keys, c.key);
		}
		struct rd rd = rd_of(buf_view(&keys));
		while (rd_more(&rd)) {
			struct view key = rd_lenbytes(&rd), v;
			AUTO(buf_done) struct buf was = BUF_INIT;
			ck_rc(txn_get(kit_txn, dbs[d], key, &v), RC_OK);
			buf_addv(&was, v);
			for (size_t i = 0; i < was.n; i += 3, tried++) {
				was.p[i] ^= 4;
				txn_put(kit_txn, dbs[d], key, buf_view(&was));
				ck_assert_uint_eq(check_chain(), 1);
				was.p[i] ^= 4;
			}
			txn_put(kit_txn, dbs[d], key, buf_view(&was));
		}
	}
	ck_assert_uint_gt(tried, 50);
	ck_assert_uint_eq(check_chain(), 0);
}
END_TEST

START_TEST(dropped_and_swapped_entries_are_found)
{
	uint8_t k1[12], k2[12];
	struct view v;
	AUTO(buf_done) struct buf a = BUF_INIT;
	AUTO(buf_done) struct buf b = BUF_INIT;

	some_writes();
	ck_rc(txn_get(kit_txn, DB_LOG, log_key(k1, 3), &v), RC_OK);
	buf_addv(&a, v);
	ck_rc(txn_get(kit_txn, DB_LOG, log_key(k2, 4), &v), RC_OK);
	buf_addv(&b, v);
	txn_put(kit_txn, DB_LOG, log_key(k1, 3), buf_view(&b));
	txn_put(kit_txn, DB_LOG, log_key(k2, 4), buf_view(&a));
	ck_assert_uint_eq(check_chain(), 2);
	txn_put(kit_txn, DB_LOG, log_key(k1, 3), buf_view(&a));
	txn_del(kit_txn, DB_LOG, log_key(k2, 4));
	ck_assert_uint_ge(check_chain(), 1);
	ck_assert_ptr_nonnull(strstr(first_finding, "revision 4"));
	txn_put(kit_txn, DB_LOG, log_key(k2, 4), buf_view(&b));
	ck_assert_uint_eq(check_chain(), 0);
}
END_TEST

/* ---- heads ---- */

static uint8_t secret[64];

static void make_key(void)
{
	uint8_t public[32];
	ck_assert_int_eq(crypto_sign_keypair(public, secret), 0);
}

static struct audit_head head_of(uint64_t revision)
{
	struct audit_head h = { .revision = revision, .at_ms = 77 };

	ck_rc(audit_hash_at(kit_txn, revision, h.hash), RC_OK);
	audit_head_sign(&h, secret);
	return h;
}

static enum rc put_head(const struct audit_head *h)
{
	uint8_t bytes[AUDIT_HEAD_BYTES];
	struct cmd c = { .type = CMD_HEAD, .blob = view_of(bytes, sizeof(bytes)) };

	audit_head_encode(h, bytes);
	return apply(&c);
}

START_TEST(heads_sign_what_is_there)
{
	struct audit_head h, got;
	struct audit_signed s;

	make_key();
	some_writes();
	uint64_t last = graph_revision(kit_txn);
	ck_rc(audit_head_last(kit_txn, &got), RC_NOT_FOUND);
	h = head_of(last);
	h.hash[3] ^= 1;
	ck_rc(put_head(&h), RC_INVALID); /* not what was signed */
	audit_head_sign(&h, secret);
	ck_rc(put_head(&h), RC_INVALID); /* signed, and not the log's */
	h = head_of(last);
	h.revision--;
	audit_head_sign(&h, secret);
	ck_rc(put_head(&h), RC_INVALID);
	h = head_of(last);
	ck_rc(put_head(&h), RC_OK);
	ck_rc(put_head(&h), RC_CONFLICT); /* nothing new */
	ck_rc(audit_signed(kit_txn, &s), RC_OK);
	ck_assert_uint_eq(s.own, last + 1);
	ck_assert_uint_eq(s.revision, last);
	ck_rc(audit_head_last(kit_txn, &got), RC_OK);
	ck_assert_mem_eq(&got, &h, sizeof(h));
	ck_assert(audit_head_verify(&got));
	for (size_t i = 0; i < AUDIT_HEAD_BYTES; i++) {
		uint8_t bytes[AUDIT_HEAD_BYTES];
		audit_head_encode(&h, bytes);
		bytes[i] ^= 1;
		ck_assert(audit_head_decode(view_of(bytes, sizeof(bytes)), &got));
		ck_assert_msg(!audit_head_verify(&got), "byte %zu", i);
	}
	ck_assert_uint_eq(check_chain(), 0);
}
END_TEST

/* ---- dropping ---- */

static void figured_to(uint64_t revision)
{
	struct cmd c = { .type = CMD_FIGURES, .figured = revision };
	ck_rc(apply(&c), RC_OK);
}

static enum rc prune(int64_t before_ms, uint64_t *out)
{
	uint8_t bytes[PRUNE_BYTES];
	struct cmd c = { .type = CMD_PRUNE, .blob = view_of(bytes, sizeof(bytes)) };

	ck_rc(prune_find(kit_txn, before_ms, bytes, out), RC_OK);
	return *out ? apply(&c) : RC_OK;
}

static bool any_event(void *arg, const struct event *ev)
{
	(void)ev;
	++*(size_t *)arg;
	return true;
}

START_TEST(old_entries_go_and_the_rest_verifies)
{
	struct audit_head h, got;
	struct audit_base base;
	uint8_t at_cut[AUDIT_HASH];
	uint64_t cut;
	size_t n = 0;

	make_key();
	some_writes();
	ck_rc(prune(INT64_MAX, &cut), RC_OK);
	ck_assert_uint_eq(cut, 0); /* nothing is signed */
	h = head_of(graph_revision(kit_txn));
	ck_rc(put_head(&h), RC_OK);
	ck_rc(prune(INT64_MAX, &cut), RC_OK);
	ck_assert_uint_eq(cut, 0); /* the figures need it */
	figured_to(4);
	ck_rc(audit_hash_at(kit_txn, 4, at_cut), RC_OK);
	ck_rc(prune(INT64_MAX, &cut), RC_OK);
	ck_assert_uint_eq(cut, 4);
	ck_rc(audit_base(kit_txn, &base), RC_OK);
	ck_assert_uint_eq(base.revision, 4);
	ck_assert_mem_eq(base.hash, at_cut, AUDIT_HASH);
	ck_assert_uint_eq(log_first(kit_txn), 5);
	ck_assert_uint_eq(check_chain(), 0);
	ck_rc(events_read(kit_txn, 1, UINT32_MAX, 100, any_event, &n), RC_COMPACTED);
	ck_rc(events_read(kit_txn, 4, UINT32_MAX, 100, any_event, &n), RC_OK);
	ck_assert_uint_gt(n, 0);
	/* the head outlives its entry */
	kit_org("B", "name=B");
	uint64_t end = graph_revision(kit_txn);
	h = head_of(end);
	ck_rc(put_head(&h), RC_OK);
	figured_to(end);
	ck_rc(prune(INT64_MAX, &cut), RC_OK);
	ck_assert_uint_eq(cut, end);
	ck_rc(prune(INT64_MAX, &cut), RC_OK);
	ck_assert_uint_eq(cut, 0);
	ck_rc(audit_head_last(kit_txn, &got), RC_OK);
	ck_assert_uint_eq(got.revision, end);
	kit_org("C", "name=C");
	ck_assert_uint_eq(check_chain(), 0);
}
END_TEST

START_TEST(only_what_is_old_enough_goes)
{
	int64_t day1 = instant_of_day_jst(kit_day(TODAY));
	struct audit_head h;
	uint64_t cut, before;

	make_key();
	kit_org("A", "name=A");
	before = graph_revision(kit_txn);
	kit_tick("2027-06-02");
	kit_org("B", "name=B");
	h = head_of(graph_revision(kit_txn));
	ck_rc(put_head(&h), RC_OK);
	figured_to(graph_revision(kit_txn));
	ck_rc(prune(day1, &cut), RC_OK);
	ck_assert_uint_eq(cut, 0);
	ck_rc(prune(instant_of_day_jst(kit_day("2027-06-02")), &cut), RC_OK);
	ck_assert_uint_eq(cut, before);
}
END_TEST

/* ---- erasing ---- */

static struct view contacts(struct buf *b, const char *email)
{
	struct contact c = { .part[CP_ROLE] = VIEW_LIT("security"), .part[CP_EMAIL] = view_str(email) };

	buf_clear(b);
	contact_encode(b, &c);
	return buf_view(b);
}

/* One op that brings contacts. */
static void write_contacts(enum ent ent, const char *a, const char *b, const char *c, const char *email, uint8_t ref[16])
{
	AUTO(buf_done) struct buf bytes = BUF_INIT;
	AUTO(buf_done) struct buf fields = BUF_INIT;
	struct personal p = { .bytes = contacts(&bytes, email) };
	struct op op = { .kind = OP_MERGE, .ent = (uint8_t)ent, .a = view_str(a), .b = view_str(b), .c = view_str(c) };
	uint8_t key[32];

	ck_rc(graph_secret(kit_txn, key), RC_OK);
	personal_ref(key, ent, &op, p.bytes, p.ref);
	memcpy(ref, p.ref, 16);
	fl_bytes(&fields, ent == ENT_ORG ? ORG_CONTACTS : CLAUSE_CONTACTS, view_of(p.ref, 16));
	if (ent == ENT_CLAUSE)
		fl_int(&fields, CLAUSE_STATUS, CLAUSE_DRAFTED);
	op.fields = buf_view(&fields);
	struct cmd cmd = { .type = CMD_OPS, .ops = &op, .n_ops = 1, .personal = &p, .n_personal = 1 };
	ck_rc(apply(&cmd), RC_OK);
}

static enum rc erase(const char *id, bool clauses)
{
	AUTO(buf_done) struct buf blob = BUF_INIT;

	erase_encode(&blob, view_str(id), clauses);
	struct cmd c = { .type = CMD_ERASE, .blob = buf_view(&blob) };
	return apply(&c);
}

static bool kept(const uint8_t ref[16])
{
	struct view v;
	return personal_get(kit_txn, view_of(ref, 16), &v) == RC_OK;
}

START_TEST(erased_values_go_and_the_chain_stays)
{
	uint8_t first[16], second[16], clause[16];
	uint64_t before;
	struct rec r;

	some_writes();
	write_contacts(ENT_ORG, "XX-LOCAL-A", "", "", "old@example.jp", first);
	write_contacts(ENT_ORG, "XX-LOCAL-A", "", "", "taro@example.jp", second);
	ck_assert(!kept(first) && kept(second)); /* what is replaced goes at once */
	write_contacts(ENT_CLAUSE, "XX-LOCAL-P", "XX-LOCAL-A", "2-1-4", "jiro@example.jp", clause);
	before = graph_revision(kit_txn);
	ck_rc(erase("XX-LOCAL-A", false), RC_OK);
	ck_assert_uint_eq(graph_revision(kit_txn), before + 1);
	ck_assert(!kept(second) && kept(clause));
	ck_rc(org_get(kit_txn, kit_num("A"), &r), RC_OK);
	ck_assert(!rec_has(&r, ORG_CONTACTS));
	ck_assert(erased_between(kit_txn, view_of(second, 16), 1, before + 1));
	ck_assert(!erased_between(kit_txn, view_of(second, 16), 1, before));
	ck_assert(!erased_between(kit_txn, view_of(second, 16), before + 1, UINT64_MAX));
	ck_assert(!erased_between(kit_txn, view_of(first, 16), 0, UINT64_MAX));
	ck_rc(erase("XX-LOCAL-A", false), RC_OK);
	ck_assert_uint_eq(graph_revision(kit_txn), before + 1); /* nothing was left */
	ck_rc(erase("XX-LOCAL-A", true), RC_OK);
	ck_assert(!kept(clause));
	ck_assert_uint_eq(txn_count(kit_txn, DB_PERSONAL), 0);
	ck_rc(erase("XX-LOCAL-NOBODY", true), RC_NOT_FOUND);
	ck_assert_uint_eq(check_chain(), 0);
}
END_TEST

static Suite *audit_suite(void)
{
	Suite *s = suite_create("audit");
	TCase *tc = tcase_create("audit");

	tcase_add_checked_fixture(tc, kit_open, kit_close);
	tcase_add_test(tc, every_entry_is_chained);
	tcase_add_test(tc, changed_bytes_are_found);
	tcase_add_test(tc, dropped_and_swapped_entries_are_found);
	tcase_add_test(tc, heads_sign_what_is_there);
	tcase_add_test(tc, old_entries_go_and_the_rest_verifies);
	tcase_add_test(tc, only_what_is_old_enough_goes);
	tcase_add_test(tc, erased_values_go_and_the_chain_stays);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	suite_make *const suites[] = { audit_suite };

	return run_suites(suites, ARRAY_LEN(suites));
}
