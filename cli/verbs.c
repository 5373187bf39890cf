/* verbs.c - the table, and how words are found in it. */
#include "cli/verbs.h"

#include <string.h>

#include "base/util.h"

#define B(sym) OPT_BIT(sym)
#define PAGING (B(LIMIT) | B(ALL))
#define CHAIN (B(DEPTH) | B(ON) | B(AS_OF))

const struct verb verbs[] = {
	{ "status", NULL, "", 0, 0, 0, 0, verb_status, M_V_STATUS, "tierwatch status" },

	{ "org", "list", "[QUERY]", 0, 1, PAGING | B(HELD) | B(WATCHED) | B(AS_OF), 0, verb_org_list, M_V_ORG_LIST,
	  "tierwatch org list 東京電子 --held 3" },
	{ "org", "show", "ID", 1, 1, B(AS_OF), 0, verb_org_show, M_V_ORG_SHOW,
	  "tierwatch org show JP-JCN-2999900000017" },
	{ "org", "set", "ID [FIELD=VALUE…]", 1, ARGS_MAX_POS, 0, 0, verb_org_set, M_V_ORG_SET,
	  "tierwatch org set XX-LOCAL-A1 name=株式会社みほん country=JP" },
	{ "org", "rm", "ID", 1, 1, B(CASCADE), 0, verb_org_rm, M_V_ORG_RM,
	  "tierwatch org rm XX-LOCAL-A1 --cascade" },
	{ "org", "erase-contacts", "ID", 1, 1, B(CLAUSES), 0, verb_org_erase_contacts, M_V_ORG_ERASE_CONTACTS,
	  "tierwatch org erase-contacts XX-LOCAL-A1" },
	{ "org", "looks", "ID", 1, 1, PAGING | B(FROM) | B(TO), 0, verb_org_looks, M_V_ORG_LOOKS,
	  "tierwatch org looks XX-LOCAL-A1 --from 2027-04-01" },
	{ "org", "versions", "ID", 1, 1, PAGING, 0, verb_org_versions, M_V_ORG_VERSIONS,
	  "tierwatch org versions XX-LOCAL-BUYER" },

	{ "link", "list", "P", 1, 1, PAGING | B(REVERSE) | B(AS_OF), 0, verb_link_list, M_V_LINK_LIST,
	  "tierwatch link list XX-LOCAL-BUYER --all" },
	{ "link", "show", "P S", 2, 2, B(AS_OF), 0, verb_link_show, M_V_LINK_SHOW,
	  "tierwatch link show XX-LOCAL-BUYER XX-LOCAL-A1" },
	{ "link", "set", "P S [FIELD=VALUE…]", 2, ARGS_MAX_POS, 0, 0, verb_link_set,
	  M_V_LINK_SET,
	  "tierwatch link set XX-LOCAL-BUYER XX-LOCAL-A1 confidential=true due=2027-09-30" },
	{ "link", "rm", "P S", 2, 2, 0, 0, verb_link_rm, M_V_LINK_RM,
	  "tierwatch link rm XX-LOCAL-BUYER XX-LOCAL-A1" },
	{ "link", "versions", "P S", 2, 2, PAGING, 0, verb_link_versions, M_V_LINK_VERSIONS,
	  "tierwatch link versions XX-LOCAL-BUYER XX-LOCAL-A1" },

	{ "cert", "list", "ORG", 1, 1, B(AS_OF), 0, verb_cert_list, M_V_CERT_LIST,
	  "tierwatch cert list XX-LOCAL-A1" },
	{ "cert", "show", "ORG CERT", 2, 2, B(AS_OF), 0, verb_cert_show, M_V_CERT_SHOW,
	  "tierwatch cert show XX-LOCAL-A1 star3" },
	{ "cert", "set", "ORG CERT [FIELD=VALUE…]", 2, ARGS_MAX_POS, 0, 0, verb_cert_set,
	  M_V_CERT_SET,
	  "tierwatch cert set XX-LOCAL-A1 star3 scheme=scs level=3 issued=2027-04-01 "
	  "expires=2028-03-31 evidence=registry" },
	{ "cert", "rm", "ORG CERT", 2, 2, 0, 0, verb_cert_rm, M_V_CERT_RM,
	  "tierwatch cert rm XX-LOCAL-A1 star3" },
	{ "cert", "suspend", "ORG CERT", 2, 2, B(FROM) | B(TO), 0, verb_cert_suspend,
	  M_V_CERT_SUSPEND, "tierwatch cert suspend XX-LOCAL-A1 star3 --from 2027-08-01" },
	{ "cert", "resume", "ORG CERT", 2, 2, 0, 0, verb_cert_resume, M_V_CERT_RESUME,
	  "tierwatch cert resume XX-LOCAL-A1 star3" },
	{ "cert", "revoke", "ORG CERT", 2, 2, B(ON), 0, verb_cert_revoke, M_V_CERT_REVOKE,
	  "tierwatch cert revoke XX-LOCAL-A1 star3 --on 2027-08-01" },
	{ "cert", "versions", "ORG CERT", 2, 2, PAGING, 0, verb_cert_versions, M_V_CERT_VERSIONS,
	  "tierwatch cert versions XX-LOCAL-A1 star3" },

	{ "clause", "list", "P S", 2, 2, B(AS_OF), 0, verb_clause_list, M_V_CLAUSE_LIST,
	  "tierwatch clause list XX-LOCAL-BUYER XX-LOCAL-A1" },
	{ "clause", "show", "P S [NO]", 2, 3, B(AS_OF), 0, verb_clause_show, M_V_CLAUSE_SHOW,
	  "tierwatch clause show XX-LOCAL-BUYER XX-LOCAL-A1 2-1-2" },
	{ "clause", "set", "P S NO [FIELD=VALUE…]", 3, ARGS_MAX_POS, 0, 0, verb_clause_set,
	  M_V_CLAUSE_SET,
	  "tierwatch clause set XX-LOCAL-BUYER XX-LOCAL-A1 2-1-2 status=agreed "
	  "agreed_on=2027-04-01" },
	{ "clause", "rm", "P S NO", 3, 3, 0, 0, verb_clause_rm, M_V_CLAUSE_RM,
	  "tierwatch clause rm XX-LOCAL-BUYER XX-LOCAL-A1 2-1-2" },
	{ "clause", "versions", "P S NO", 3, 3, PAGING, 0, verb_clause_versions, M_V_CLAUSE_VERSIONS,
	  "tierwatch clause versions XX-LOCAL-BUYER XX-LOCAL-A1 2-1-2" },

	{ "drill", "list", "P", 1, 1, PAGING | B(AS_OF), 0, verb_drill_list, M_V_DRILL_LIST,
	  "tierwatch drill list XX-LOCAL-BUYER" },
	{ "drill", "show", "P DRILL", 2, 2, B(AS_OF), 0, verb_drill_show, M_V_DRILL_SHOW,
	  "tierwatch drill show XX-LOCAL-BUYER 2027-1" },
	{ "drill", "set", "P DRILL [FIELD=VALUE…]", 2, ARGS_MAX_POS, 0, 0, verb_drill_set, M_V_DRILL_SET,
	  "tierwatch drill set XX-LOCAL-BUYER 2027-1 held_on=2027-06-01 supplier=XX-LOCAL-A1 affected=12" },
	{ "drill", "rm", "P DRILL", 2, 2, 0, 0, verb_drill_rm, M_V_DRILL_RM,
	  "tierwatch drill rm XX-LOCAL-BUYER 2027-1" },

	{ "target", "show", "P", 1, 1, B(AS_OF), 0, verb_target_show, M_V_TARGET_SHOW,
	  "tierwatch target show XX-LOCAL-BUYER" },
	{ "target", "set", "P", 1, 1,
	  B(OWN_LEVEL) | B(DUE) | B(DEPTH) | B(TIER) | B(RULES) | B(METI), 0, verb_target_set,
	  M_V_TARGET_SET, "tierwatch target set XX-LOCAL-BUYER --due 2027-09-30 --tier 2=3" },
	{ "target", "rm", "P", 1, 1, 0, 0, verb_target_rm, M_V_TARGET_RM,
	  "tierwatch target rm XX-LOCAL-BUYER" },
	{ "target", "versions", "P", 1, 1, PAGING, 0, verb_target_versions, M_V_TARGET_VERSIONS,
	  "tierwatch target versions XX-LOCAL-BUYER" },

	{ "exposure", NULL, "P", 1, 1, CHAIN | B(HORIZON) | B(EXIT_CODE), 0, verb_exposure,
	  M_V_EXPOSURE, "tierwatch exposure XX-LOCAL-BUYER --depth 3 --on 2028-04-01" },
	{ "chain", NULL, "P [FILTER=VALUE…]", 1, ARGS_MAX_POS,
	  CHAIN | PAGING | B(HORIZON) | B(TIER) | B(KIND) | B(TIMING) | B(HELD) | B(SORT) | B(ORDER), 0, verb_chain,
	  M_V_CHAIN, "tierwatch chain XX-LOCAL-BUYER state=gap,undecided department=購買 --sort due" },
	{ "gaps", NULL, "P", 1, 1,
	  CHAIN | PAGING | B(TIER) | B(KIND) | B(TIMING) | B(EXIT_CODE), 0, verb_gaps,
	  M_V_GAPS, "tierwatch gaps XX-LOCAL-BUYER --kind lapsed --exit-code" },
	{ "expiring", NULL, "P", 1, 1, CHAIN | PAGING | B(HORIZON) | B(TIER) | B(KIND) | B(TIMING) | B(EXIT_CODE), 0,
	  verb_expiring, M_V_EXPIRING, "tierwatch expiring XX-LOCAL-BUYER --horizon 180" },
	{ "clause-gaps", NULL, "P", 1, 1, PAGING | B(ON) | B(AS_OF) | B(NO) | B(STATE) | B(EXIT_CODE), 0,
	  verb_clause_gaps, M_V_CLAUSE_GAPS, "tierwatch clause-gaps XX-LOCAL-BUYER --no 2-1-2" },
	{ "impact", NULL, "S", 1, 1, CHAIN | PAGING | B(HELD_LEVEL) | B(EXIT_CODE), 0,
	  verb_impact, M_V_IMPACT, "tierwatch impact XX-LOCAL-A1 --held-level 0" },
	{ "incident", NULL, "S", 1, 1, PAGING | B(DEPTH) | B(ON) | B(AT) | B(ORDER), 0, verb_incident, M_V_INCIDENT,
	  "tierwatch incident XX-LOCAL-A1 --at 2027-10-01T09:00:00+09:00 --all" },
	{ "why", NULL, "P S", 2, 2, CHAIN, 0, verb_why, M_V_WHY,
	  "tierwatch why XX-LOCAL-BUYER XX-LOCAL-A9" },
	{ "simulate", NULL, "P CHANGE…", 2, ARGS_MAX_POS, B(DEPTH) | B(ON) | B(HORIZON) | B(LIMIT), 0, verb_simulate,
	  M_V_SIMULATE, "tierwatch simulate XX-LOCAL-BUYER held:XX-LOCAL-A1=0 set:XX-LOCAL-BUYER/XX-LOCAL-A2,due=2028-03-31" },
	{ "history", NULL, "P", 1, 1, B(FROM) | B(TO), 0, verb_history, M_V_HISTORY,
	  "tierwatch history XX-LOCAL-BUYER --from 2027-04-01 -o csv" },
	{ "renewals", NULL, "P", 1, 1, CHAIN | B(FROM) | B(TO), 0, verb_renewals, M_V_RENEWALS,
	  "tierwatch renewals XX-LOCAL-BUYER --from 2027-04-01 --to 2028-03-31" },
	{ "calendar", NULL, "P", 1, 1, CHAIN | PAGING | B(FROM) | B(TO) | B(KIND) | B(FILE), 0, verb_calendar, M_V_CALENDAR,
	  "tierwatch calendar XX-LOCAL-BUYER --kind level-ends,contract-end --file renewals.ics" },

	{ "undo", NULL, "REVISION", 1, 1, B(YES), 0, verb_undo, M_V_UNDO, "tierwatch undo 1200 --yes" },

	{ "import", NULL, "FILE", 1, 1,
	  B(KIND) | B(FORMAT) | B(DRY_RUN) | B(STRICT) | B(IGNORE_UNKNOWN) | B(PROCURER), 0,
	  verb_import, M_V_IMPORT,
	  "tierwatch import vendors.csv --kind links --procurer XX-LOCAL-BUYER --dry-run" },
	{ "export", NULL, "orgs|links|certificates|clauses|contacts", 1, 1, B(FORMAT) | B(BOM) | B(FILE), 0, verb_export, M_V_EXPORT,
	  "tierwatch export links --format csv --file links.csv" },
	{ "events", NULL, "", 0, 0, B(FOLLOW) | B(AFTER) | B(LIMIT), 0, verb_events, M_V_EVENTS,
	  "tierwatch events --follow --after 1200 -o ndjson" },
	{ "audit", "export", "[FILE]", 0, 1, B(AFTER) | B(LIMIT), 0, verb_audit_export, M_V_AUDIT_EXPORT,
	  "tierwatch audit export audit-2027.ndjson" },
	{ "audit", "verify", "FILE", 1, 1, B(HEAD), VERB_LOCAL, verb_audit_verify, M_V_AUDIT_VERIFY,
	  "tierwatch audit verify audit-2027.ndjson --key audit.pub" },
	{ "audit", "head", "", 0, 0, 0, 0, verb_audit_head, M_V_AUDIT_HEAD, "tierwatch audit head" },
	{ "audit", "key", "", 0, 0, 0, 0, verb_audit_key, M_V_AUDIT_KEY, "tierwatch audit key -o json > audit.pub" },
	{ "audit", "sign", "", 0, 0, 0, 0, verb_audit_sign, M_V_AUDIT_SIGN, "tierwatch audit sign" },
	{ "backup", NULL, "FILE", 1, 1, 0, 0, verb_backup, M_V_BACKUP,
	  "tierwatch backup /var/backups/tierwatch.tw" },

	{ "token", "create", "NAME", 1, 1, B(ROLE) | B(ORG) | B(EXPIRES), 0, verb_token_create, M_V_TOKEN_CREATE,
	  "tierwatch token create osaka-desk --role procurer --org XX-LOCAL-BUYER --expires 2028-03-31" },
	{ "token", "list", "", 0, 0, PAGING, 0, verb_token_list, M_V_TOKEN_LIST, "tierwatch token list" },
	{ "token", "rotate", "ID|NAME", 1, 1, B(KEEP_OLD), 0, verb_token_rotate, M_V_TOKEN_ROTATE,
	  "tierwatch token rotate osaka-desk --keep-old 24" },
	{ "token", "revoke", "ID|NAME", 1, 1, 0, 0, verb_token_revoke, M_V_TOKEN_REVOKE,
	  "tierwatch token revoke osaka-desk" },

	{ "check", NULL, "DIR", 1, ARGS_MAX_POS, 0, VERB_LOCAL | VERB_RAW, verb_offline, M_V_CHECK,
	  "tierwatch check /var/lib/tierwatch" },
	{ "restore", NULL, "FILE DIR", 2, ARGS_MAX_POS, 0, VERB_LOCAL | VERB_RAW, verb_offline, M_V_RESTORE,
	  "tierwatch restore /var/backups/tierwatch.tw /var/lib/tierwatch" },
	{ "load", NULL, "DIR [FILE...]", 1, ARGS_MAX_POS, 0, VERB_LOCAL | VERB_RAW, verb_offline, M_V_LOAD,
	  "tierwatch load /var/lib/tierwatch orgs.csv certificates.csv links.csv" },

	{ "completion", NULL, "bash|zsh|fish", 1, 1, 0, VERB_LOCAL, verb_completion, M_V_COMPLETION,
	  "tierwatch completion bash > /etc/bash_completion.d/tierwatch" },
	{ "help", NULL, "[VERB]", 0, 2, 0, VERB_LOCAL, verb_help, M_V_HELP, "tierwatch help cert set" },
};
const size_t verbs_count = ARRAY_LEN(verbs);

const struct verb *verb_find(const char *noun, const char *action)
{
	for (size_t i = 0; i < verbs_count; i++) {
		const struct verb *v = &verbs[i];

		if (strcmp(v->noun, noun) == 0 &&
		    (v->action ? action && strcmp(v->action, action) == 0 : !action))
			return v;
	}
	return NULL;
}

bool verb_is_noun(const char *noun)
{
	for (size_t i = 0; i < verbs_count; i++)
		if (strcmp(verbs[i].noun, noun) == 0)
			return true;
	return false;
}

/* Insertions, deletions and exchanges that turn a into b; words longer than the table are far. */
static unsigned distance(const char *a, const char *b)
{
	enum { WORD_MAX = 24 };
	unsigned row[WORD_MAX + 1];
	size_t na = strlen(a), nb = strlen(b);

	if (na > WORD_MAX || nb > WORD_MAX)
		return UINT_MAX;
	for (size_t j = 0; j <= nb; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned above = row[j];
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			best = MIN(best, above + 1);
			row[j] = MIN(best, row[j - 1] + 1);
			diagonal = above;
		}
	}
	return row[nb];
}

static const char *nearer(const char *word, const char *candidate, unsigned *best, const char *now)
{
	unsigned d = distance(word, candidate);

	/* "ls" for "list": a beginning or two strokes off count as near */
	if (strncmp(word, candidate, strlen(word)) == 0)
		d = MIN(d, 1u);
	if (d < *best && d < strlen(candidate)) {
		*best = d;
		return candidate;
	}
	return now;
}

const char *verb_suggest_noun(const char *noun)
{
	const char *found = NULL;
	unsigned best = 3;

	for (size_t i = 0; *noun && i < verbs_count; i++)
		found = nearer(noun, verbs[i].noun, &best, found);
	return found;
}

const char *verb_suggest_action(const char *noun, const char *action)
{
	const char *found = NULL;
	unsigned best = 3;

	for (size_t i = 0; *action && i < verbs_count; i++)
		if (verbs[i].action && strcmp(verbs[i].noun, noun) == 0)
			found = nearer(action, verbs[i].action, &best, found);
	return found;
}
