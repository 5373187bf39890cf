/* domain_write.c - what a write accepts, refuses and leaves behind: organisations and links. */
#include "base/util.h"
#include "tests/graph/domain_kit.h"
#include "tests/graph/domain_suites.h"

static enum rc put_org(const char *id, const char *text)
{
	return kit_write(OP_PUT, 0, ENT_ORG, id, "", "", text);
}

static enum rc put_link(const char *p, const char *s, const char *text)
{
	return kit_write(OP_PUT, 0, ENT_LINK, p, s, "", text);
}

static bool is_stub(const char *id)
{
	struct rec r;

	ck_rc(org_get(kit_txn, kit_num(id), &r), RC_OK);
	return rec_bool(&r, ORG_STUB) == 1;
}

/* "Numbers after JP-JCN- must pass the check digit"; characters [A-Za-z0-9._~-], at most 128. */
START_TEST(ids)
{
	char long_id[140] = "XX-LOCAL-";

	ck_rc(put_org("JP-JCN-7000012050002", "name=a"), RC_OK);
	ck_rc(put_org("JP-JCN-4000012090001", "name=a"), RC_OK);
	ck_rc(put_org("JP-JCN-1180301018771", "name=a"), RC_OK);
	ck_rc(put_org("JP-JCN-8000012050002", "name=a"), RC_CHECK_DIGIT);
	ck_rc(put_org("JP-JCN-700001205000", "name=a"), RC_BAD_ID);
	ck_rc(put_org("XI-LEI-353800TMPQGSGPQCSF67", "name=a"), RC_OK);
	ck_rc(put_org("GB-COH-00006400", "name=a"), RC_OK);
	ck_rc(put_org("XX-LOCAL-a.b_c-1", "name=a"), RC_OK);
	ck_rc(put_org("XX-LOCAL-a b", "name=a"), RC_BAD_ID);
	ck_rc(put_org("XX-LOCAL-あ", "name=a"), RC_BAD_ID);
	for (size_t i = 9; i < 128; i++)
		long_id[i] = 'x';
	ck_rc(put_org(long_id, "name=a"), RC_OK);
	long_id[128] = 'x';
	ck_rc(put_org(long_id, "name=a"), RC_BAD_ID);
}
END_TEST

/* Only divisions and sites have a parent, which is an entity; their id is its id, ~ and a code. */
START_TEST(units)
{
	uint32_t org;

	kit_org("A", "");
	kit_org("B", "");
	ck_rc(put_org("A~d1", "name=d kind=division parent=A"), RC_OK);
	ck_rc(put_org("A~s1", "name=s kind=site"), RC_OK);
	ck_rc(put_org("A~e1", "name=e kind=entity"), RC_BAD_PARENT);
	ck_rc(put_org("A~e1", "name=e"), RC_BAD_PARENT);
	ck_rc(put_org("C", "name=c kind=entity parent=A"), RC_BAD_PARENT);
	ck_rc(put_org("C", "name=c parent=A"), RC_BAD_PARENT);
	ck_rc(put_org("C", "name=c kind=division parent=A"), RC_BAD_PARENT);
	ck_rc(put_org("A~x", "name=c kind=site parent=B"), RC_BAD_PARENT);
	ck_rc(put_org("Z~x", "name=c kind=site parent=Z"), RC_NO_SUCH_ORG);
	kit_org("A", "aliases=A2"); /* its id, not another name of it, begins a unit's id */
	ck_rc(put_org("A2~x", "name=c kind=site"), RC_BAD_PARENT);
	ck_rc(put_org("A2~x", "name=c kind=site parent=A"), RC_BAD_PARENT);
	ck_rc(put_org("A~y", "name=c kind=site parent=A2"), RC_OK);
	ck_rc(kit_write(OP_MERGE, OPF_STUBS, ENT_LINK, "New", "A2~z", "", ""), RC_BAD_PARENT);
	ck_rc(org_find(kit_txn, VIEW_LIT("XX-LOCAL-New"), &org), RC_NOT_FOUND);
	ck_rc(kit_write(OP_MERGE, OPF_STUBS, ENT_LINK, "N~u", "N", "", ""), RC_OK);
	ck_assert_uint_eq(graph_max_org(kit_txn), 7);
	ck_assert_int_eq(rc_http(RC_BAD_PARENT), 422);
	ck_assert_int_eq(rc_http(RC_NO_SUCH_ORG), 422);
}
END_TEST

/* A look-up by an alias answers as the canonical org; an alias equal to another id or alias is 409. */
START_TEST(aliases)
{
	kit_org("A", "aliases=GB-COH-1111111;A2");
	kit_org("B", "");
	ck_assert_uint_eq(kit_num("GB-COH-1111111"), kit_num("A"));
	ck_rc(put_org("B", "name=b aliases=A"), RC_ID_TAKEN);
	ck_rc(put_org("B", "name=b aliases=A2"), RC_ID_TAKEN);
	ck_assert_int_eq(rc_http(RC_ID_TAKEN), 409);
	kit_link("B", "A2", "required_level=3");
	ck_rc(put_link("A2", "A", ""), RC_SELF_LINK);
	ck_rc(kit_write(OP_MERGE, 0, ENT_LINK, "B", "GB-COH-1111111", "", "required_level=4"), RC_OK);
	ck_assert_int_eq(kit_level("B", "A").level, 4);
	/* an alias that is given up is free again */
	ck_rc(kit_write(OP_MERGE, 0, ENT_ORG, "A", "", "", "aliases=GB-COH-1111111"), RC_OK);
	ck_rc(put_org("B", "name=b aliases=A2"), RC_OK);
	ck_assert_uint_eq(kit_num("A2"), kit_num("B"));
	kit_cert("A2", "c", "scheme=scs level=3 expires=2028-01-01");
	ck_assert_int_eq(kit_held("B", TODAY), 3);
}
END_TEST

/* An end that does not exist is 422; a self-link is 422; imports make stubs, named by their id. */
START_TEST(link_ends_and_stubs)
{
	kit_org("A", "");
	ck_rc(put_link("A", "B", ""), RC_NO_SUCH_ORG);
	ck_rc(put_link("B", "A", ""), RC_NO_SUCH_ORG);
	ck_rc(put_link("A", "A", ""), RC_SELF_LINK);
	ck_assert_int_eq(rc_http(RC_SELF_LINK), 422);
	ck_rc(kit_write(OP_MERGE, OPF_STUBS, ENT_LINK, "A", "B", "", "required_level=3"), RC_OK);
	ck_assert(kit_warnings & WARN_STUB_MADE);
	ck_assert(is_stub("B"));
	ck_assert(!is_stub("A"));
	ck_assert(view_is(org_name(kit_txn, kit_num("B")), "XX-LOCAL-B"));
	kit_org("B", "name=b");
	ck_assert(!is_stub("B"));
	ck_rc(kit_write(OP_MERGE, OPF_STUBS, ENT_CERT, "C", "c1", "", "scheme=scs level=3"), RC_OK);
	ck_assert(is_stub("C"));
	ck_rc(kit_write(OP_MERGE, OPF_STUBS, ENT_LINK, "A", "JP-JCN-8000012050002", "", ""),
	      RC_CHECK_DIGIT);
	ck_rc(kit_write(OP_PUT, 0, ENT_CERT, "D", "c1", "", "scheme=scs level=3"), RC_NOT_FOUND);
}
END_TEST

START_TEST(periods)
{
	kit_org("A", "");
	kit_org("B", "");
	ck_rc(put_link("A", "B", "start=2027-06-02 end=2027-06-01"), RC_BAD_PERIOD);
	ck_rc(put_link("A", "B", "start=2027-06-01 end=2027-06-01"), RC_OK);
	ck_rc(kit_write(OP_MERGE, 0, ENT_LINK, "A", "B", "", "end=2027-05-31"), RC_BAD_PERIOD);
	ck_assert_int_eq(rc_http(RC_BAD_PERIOD), 422);
}
END_TEST

/* supplier_code: the procurer's own, unique for it. */
START_TEST(supplier_codes)
{
	uint32_t s;

	kit_org("A", "");
	kit_org("B", "");
	kit_org("C", "");
	kit_link("A", "B", "supplier_code=V1");
	ck_rc(put_link("A", "C", "supplier_code=V1"), RC_CODE_TAKEN);
	ck_assert_int_eq(rc_http(RC_CODE_TAKEN), 409);
	kit_link("B", "C", "supplier_code=V1");
	kit_link("A", "B", "supplier_code=V2");
	kit_link("A", "C", "supplier_code=V1");
	ck_rc(code_find(kit_txn, kit_num("A"), VIEW_LIT("V1"), &s), RC_OK);
	ck_assert_uint_eq(s, kit_num("C"));
	ck_rc(kit_write(OP_DELETE, 0, ENT_LINK, "A", "C", "", ""), RC_OK);
	kit_link("A", "B", "supplier_code=V1");
	ck_rc(kit_write(OP_MERGE, OPF_BY_CODE, ENT_LINK, "A", "V1", "", "required_level=2"), RC_OK);
	ck_assert_int_eq(kit_level("A", "B").level, 2);
	ck_rc(kit_write(OP_MERGE, OPF_BY_CODE, ENT_LINK, "A", "V9", "", ""), RC_UNKNOWN_CODE);
}
END_TEST

/* DELETE of an org with links is 409 unless cascade. */
START_TEST(deleting)
{
	uint32_t org;

	kit_org("A", "");
	kit_org("B", "");
	kit_org("C", "");
	kit_org("B~u", "kind=site");
	kit_link("A", "B", "");
	kit_link("C", "B~u", "");
	kit_cert("B", "c", "scheme=scs level=4");
	ck_rc(kit_write(OP_DELETE, 0, ENT_ORG, "A", "", "", ""), RC_HAS_LINKS);
	ck_rc(kit_write(OP_DELETE, 0, ENT_ORG, "B", "", "", ""), RC_HAS_LINKS);
	ck_assert_int_eq(rc_http(RC_HAS_LINKS), 409);
	ck_assert_uint_eq(graph_link_count(kit_txn), 2);
	ck_rc(kit_write(OP_DELETE, OPF_CASCADE, ENT_ORG, "B", "", "", ""), RC_OK);
	ck_assert_uint_eq(graph_link_count(kit_txn), 0);
	ck_rc(org_find(kit_txn, VIEW_LIT("XX-LOCAL-B"), &org), RC_NOT_FOUND);
	ck_rc(org_find(kit_txn, VIEW_LIT("XX-LOCAL-B~u"), &org), RC_NOT_FOUND);
	ck_rc(kit_write(OP_DELETE, 0, ENT_ORG, "A", "", "", ""), RC_OK);
	ck_rc(kit_write(OP_DELETE, 0, ENT_ORG, "A", "", "", ""), RC_NOT_FOUND);
	kit_org("B", ""); /* made anew it holds nothing of before */
	ck_assert_int_eq(kit_held("B", TODAY), 0);
}
END_TEST

/* PUT is idempotent: the second writes nothing and the revision stays. */
START_TEST(the_same_again)
{
	static const struct {
		enum ent ent;
		const char *a, *b, *c, *text;
	} puts[] = {
		{ ENT_ORG, "A", "", "", "name=a name_kana=エー country=JP subtier_attested_on=2027-01-01" },
		{ ENT_LINK, "A", "B", "", "required_level=3 annual_spend=5 dependency=0.25 grants=B:named:" },
		{ ENT_CERT, "A", "c", "", "scheme=scs level=4 issued=2027-03-01 self_assessments=2027-05-01" },
		{ ENT_CLAUSE, "A", "B", "2-1-1", "status=agreed agreed_on=2027-01-01" },
		{ ENT_TARGETS, "A", "", "", "own_level=4 rules=confidential:yes>4;>3 tiers=2:3" },
		{ ENT_TARGETS, "B", "", "", "rules=[]" },
		{ ENT_TARGETS, "B", "", "", "" },
	};

	kit_org("A", "");
	kit_org("B", "");
	for (size_t i = 0; i < ARRAY_LEN(puts); i++) {
		uint64_t revision;

		ck_rc(kit_write(OP_PUT, 0, puts[i].ent, puts[i].a, puts[i].b, puts[i].c, puts[i].text), RC_OK);
		ck_assert(kit_changed);
		revision = graph_revision(kit_txn);
		ck_rc(kit_write(OP_PUT, 0, puts[i].ent, puts[i].a, puts[i].b, puts[i].c, puts[i].text), RC_OK);
		ck_assert(!kit_changed && !kit_created);
		ck_rc(kit_write(OP_MERGE, 0, puts[i].ent, puts[i].a, puts[i].b, puts[i].c, ""), RC_OK);
		ck_assert(!kit_changed);
		ck_assert_uint_eq(graph_revision(kit_txn), revision);
	}
}
END_TEST

/* A refused write leaves no trace. */
START_TEST(refused_leaves_no_trace)
{
	uint64_t revision;

	kit_org("A", "");
	kit_org("B", "");
	kit_link("A", "B", "required_level=3");
	revision = graph_revision(kit_txn);
	ck_rc(put_link("A", "B", "required_level=4 start=2027-06-02 end=2027-06-01"), RC_BAD_PERIOD);
	ck_rc(put_link("A", "B", "required_level=6"), RC_OUT_OF_RANGE);
	ck_rc(put_link("A", "B", "dependency=1.0001"), RC_OUT_OF_RANGE);
	ck_rc(put_link("A", "B", "annual_spend=-1"), RC_OUT_OF_RANGE);
	ck_rc(put_link("A", "B", "grants=Nobody:named:"), RC_NO_SUCH_ORG);
	ck_assert_uint_eq(graph_revision(kit_txn), revision);
	ck_assert_int_eq(kit_level("A", "B").level, 3);
}
END_TEST

/* PATCH of what does not exist is 404. */
START_TEST(must_exist)
{
	kit_org("A", "");
	kit_org("B", "");
	ck_rc(kit_write(OP_MERGE, OPF_MUST_EXIST, ENT_LINK, "A", "B", "", "required_level=3"), RC_NOT_FOUND);
	ck_rc(kit_write(OP_MERGE, OPF_MUST_EXIST, ENT_ORG, "C", "", "", "name=c"), RC_NOT_FOUND);
	ck_rc(kit_write(OP_MERGE, OPF_MUST_EXIST, ENT_CERT, "A", "c", "", "level=3"), RC_NOT_FOUND);
	ck_rc(kit_write(OP_MERGE, OPF_MUST_EXIST, ENT_TARGETS, "A", "", "", "depth=3"), RC_NOT_FOUND);
	ck_rc(kit_write(OP_DELETE, 0, ENT_LINK, "A", "B", "", ""), RC_NOT_FOUND);
	ck_rc(kit_write(OP_PUT, 0, ENT_CLAUSE, "A", "B", "2-1-1", "status=missing"), RC_NOT_FOUND);
}
END_TEST

/* Tiers: keys 2-24, else 422. */
START_TEST(target_tiers)
{
	kit_org("A", "");
	ck_rc(kit_write(OP_PUT, 0, ENT_TARGETS, "A", "", "", "tiers=2:3;24:5"), RC_OK);
	ck_assert_int_eq(rc_http(kit_write(OP_PUT, 0, ENT_TARGETS, "A", "", "", "tiers=1:3")), 422);
	ck_assert_int_eq(rc_http(kit_write(OP_PUT, 0, ENT_TARGETS, "A", "", "", "tiers=25:3")), 422);
	ck_assert_int_eq(rc_http(kit_write(OP_PUT, 0, ENT_TARGETS, "A", "", "", "tiers=2:6")), 422);
	ck_assert_int_eq(rc_http(kit_write(OP_PUT, 0, ENT_TARGETS, "A", "", "", "depth=0")), 422);
	ck_assert_int_eq(rc_http(kit_write(OP_PUT, 0, ENT_TARGETS, "A", "", "", "depth=25")), 422);
	ck_assert_int_eq(rc_http(kit_write(OP_PUT, 0, ENT_TARGETS, "Z", "", "", "depth=2")), 404);
}
END_TEST

/* Certificates: scs gives 3-5, security-action 1-2; the dates must fit. */
START_TEST(certificate_levels)
{
	kit_org("A", "");
	ck_rc(kit_write(OP_PUT, 0, ENT_CERT, "A", "c", "", "scheme=scs level=2"), RC_BAD_LEVEL);
	ck_rc(kit_write(OP_PUT, 0, ENT_CERT, "A", "c", "", "scheme=security-action level=3"), RC_BAD_LEVEL);
	ck_rc(kit_write(OP_PUT, 0, ENT_CERT, "A", "c", "", "scheme=iso27001"), RC_OK);
	ck_rc(kit_write(OP_PUT, 0, ENT_CERT, "A", "c", "",
			"scheme=scs level=3 issued=2027-06-02 expires=2027-06-01"), RC_BAD_PERIOD);
	ck_rc(kit_write(OP_PUT, 0, ENT_CERT, "A", "c", "",
			"scheme=scs level=3 suspended_from=2027-06-02 suspended_to=2027-06-01"), RC_BAD_PERIOD);
}
END_TEST

Suite *domain_write_suite(void)
{
	const TTest *const tests[] = {
		ids, units, aliases, link_ends_and_stubs, periods, supplier_codes, deleting,
		the_same_again, refused_leaves_no_trace, must_exist, target_tiers,
		certificate_levels,
	};
	Suite *s = suite_create("domain: writes");
	TCase *tc = tcase_create("writes");

	tcase_add_checked_fixture(tc, kit_open, kit_close);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return s;
}
