/*
 * test_place.c - which fields leave the server at which place: every field of every entity at every place, against
 * lists written apart from the tables. A new field is in none of them, so that it has to be decided here.
 */
#include <string.h>

#include "api/place.h"
#include "base/util.h"
#include "tests/run.h"

#define ALL "*"

static const char org_public[] = "name name_kana name_en kind parent country address closed_on close_cause successor ";

/* By place, names with a blank behind each. */
static const char *const link_want[PLACE__COUNT] = {
	[PLACE_NONE] = "",
	[PLACE_UPSTREAM] = "",
	[PLACE_SUPPLIER] = "planned_on start end ",
	[PLACE_RECORDED] = ALL,
	[PLACE_OWN] = ALL,
};
static const char *const org_want[AT__COUNT] = {
	[AT_NONE] = "",
	[AT_HIDDEN] = "",
	[AT_ANONYMOUS] = "kind ",
	[AT_ABOVE] = "name name_kana name_en country ",
	[AT_BELOW] = org_public,
	[AT_SUPPLIER] = "name name_kana name_en kind parent country address closed_on close_cause successor "
			"aliases contacts subtier_attested_on ",
	[AT_ENTERED] = "name name_kana name_en kind parent country address closed_on close_cause successor "
		       "aliases contacts subtier_attested_on note ",
	[AT_OWN] = ALL,
};
static const char *const cert_want[AT__COUNT] = {
	[AT_NONE] = "",
	[AT_HIDDEN] = "",
	[AT_ANONYMOUS] = "",
	[AT_ABOVE] = "",
	[AT_BELOW] = ("scheme level registration_no issued expires suspended_from suspended_to revoked_on "
		      "suspensions evidence "),
	[AT_SUPPLIER] = ALL,
	[AT_ENTERED] = ALL,
	[AT_OWN] = ALL,
};

static bool listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	if (strcmp(list, ALL) == 0)
		return true;
	for (const char *p = list; (p = strstr(p, name)) != NULL; p++)
		if ((p == list || p[-1] == ' ') && p[n] == ' ')
			return true;
	return false;
}

static void compare(enum ent ent, const struct shown *table, const char *const *want, int n_places)
{
	const struct entity *en = &entities[ent];

	for (int place = 0; place < n_places; place++)
		for (size_t i = 0; i < en->n_fields; i++)
			ck_assert_msg(shows(&table[place], en->fields[i].id) == listed(want[place], en->fields[i].name),
				      "%s.%s at %d", en->name, en->fields[i].name, place);
}

START_TEST(fields_by_place)
{
	compare(ENT_LINK, link_shown, link_want, PLACE__COUNT);
	compare(ENT_ORG, org_shown, org_want, AT__COUNT);
	compare(ENT_CERT, cert_shown, cert_want, AT__COUNT);
}
END_TEST

#define M(member) (1u << (member))

START_TEST(derived_members_by_place)
{
	ck_assert_uint_eq(link_shown[PLACE_NONE].members, 0);
	ck_assert_uint_eq(link_shown[PLACE_UPSTREAM].members, M(LM_EFFECTIVE_LEVEL) | M(LM_HELD) | M(LM_ACTIVE) |
								      M(LM_NAMES) | M(LM_DEPENDENCY));
	ck_assert_uint_eq(link_shown[PLACE_SUPPLIER].members, M(LM_EFFECTIVE_LEVEL) | M(LM_HELD) | M(LM_GAP) |
								      M(LM_ACTIVE) | M(LM_NAMES) | M(LM_DUE));
	/* who records a link of others learns nothing of its procurer's rules */
	ck_assert_uint_eq(link_shown[PLACE_RECORDED].members, M(LM_STATED_LEVEL) | M(LM_HELD) | M(LM_ACTIVE) |
								      M(LM_RECORDED_BY));
	ck_assert(!shows_member(&link_shown[PLACE_OWN], LM_STATED_LEVEL));
	/* what is derived for others stands for its own as stored */
	ck_assert(!shows_member(&link_shown[PLACE_OWN], LM_DUE) && !shows_member(&link_shown[PLACE_OWN], LM_DEPENDENCY));
	for (int at = AT_NONE; at <= AT_ABOVE; at++) {
		ck_assert_uint_eq(org_shown[at].members, at == AT_ANONYMOUS ? M(OM_HELD) : 0);
		ck_assert_uint_eq(cert_shown[at].members, 0);
	}
	for (int at = AT_BELOW; at < AT__COUNT; at++)
		ck_assert_uint_eq(org_shown[at].members, M(OM__COUNT) - 1);
}
END_TEST

/* Who stands nearer sees no less. */
START_TEST(places_are_in_order)
{
	for (int at = AT_BELOW; at + 1 < AT__COUNT; at++) {
		ck_assert_uint_eq(org_shown[at].fields & ~org_shown[at + 1].fields, 0);
		ck_assert_uint_eq(cert_shown[at].fields & ~cert_shown[at + 1].fields, 0);
	}
}
END_TEST

static Suite *place_suite(void)
{
	Suite *s = suite_create("api/place");
	TCase *c = tcase_create("tables");

	tcase_add_test(c, fields_by_place);
	tcase_add_test(c, derived_members_by_place);
	tcase_add_test(c, places_are_in_order);
	suite_add_tcase(s, c);
	return s;
}

int main(void)
{
	suite_make *const makes[] = { place_suite };

	return run_suites(makes, ARRAY_LEN(makes));
}
