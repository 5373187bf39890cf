/*
 * verbs.h - the table of verbs: it drives dispatch, help, completion and the check of arguments.
 */
#pragma once

#include <limits.h>

#include "cli/args.h"

enum {
	VERB_LOCAL = 1, /* needs no server */
	VERB_RAW = 2,   /* all that follows is handed on unread */
};

struct verb {
	const char *noun, *action; /* "org" "list"; action NULL: a verb of one word */
	const char *args;          /* as in the synopsis: "P S [NO]" */
	unsigned min, max;         /* how many positional arguments */
	uint64_t opts;             /* besides the global ones */
	unsigned flags;
	int (*run)(struct cli *c, const struct args *a);
	enum msg summary;
	const char *example;
};

extern const struct verb verbs[];
extern const size_t verbs_count;

/* Exact match; action may be NULL. */
const struct verb *verb_find(const char *noun, const char *action);
bool verb_is_noun(const char *noun);
/* The nearest noun (action NULL, noun given) or action of noun; NULL: nothing is near. */
const char *verb_suggest_noun(const char *noun);
const char *verb_suggest_action(const char *noun, const char *action);

/* help.c */
int help_all(struct cli *c);
int help_verb(struct cli *c, const struct verb *v);
int help_noun(struct cli *c, const char *noun);

/* verb_*.c */
int verb_status(struct cli *c, const struct args *a);
int verb_org_list(struct cli *c, const struct args *a);
int verb_org_show(struct cli *c, const struct args *a);
int verb_org_set(struct cli *c, const struct args *a);
int verb_undo(struct cli *c, const struct args *a);
int verb_org_versions(struct cli *c, const struct args *a);
int verb_link_versions(struct cli *c, const struct args *a);
int verb_cert_versions(struct cli *c, const struct args *a);
int verb_clause_versions(struct cli *c, const struct args *a);
int verb_target_versions(struct cli *c, const struct args *a);
int verb_org_looks(struct cli *c, const struct args *a);
int verb_org_rm(struct cli *c, const struct args *a);
int verb_link_list(struct cli *c, const struct args *a);
int verb_link_show(struct cli *c, const struct args *a);
int verb_link_set(struct cli *c, const struct args *a);
int verb_link_rm(struct cli *c, const struct args *a);
int verb_cert_list(struct cli *c, const struct args *a);
int verb_cert_show(struct cli *c, const struct args *a);
int verb_cert_set(struct cli *c, const struct args *a);
int verb_cert_rm(struct cli *c, const struct args *a);
int verb_cert_suspend(struct cli *c, const struct args *a);
int verb_cert_resume(struct cli *c, const struct args *a);
int verb_cert_revoke(struct cli *c, const struct args *a);
int verb_clause_list(struct cli *c, const struct args *a);
int verb_clause_show(struct cli *c, const struct args *a);
int verb_clause_set(struct cli *c, const struct args *a);
int verb_clause_rm(struct cli *c, const struct args *a);
int verb_drill_list(struct cli *c, const struct args *a);
int verb_drill_show(struct cli *c, const struct args *a);
int verb_drill_set(struct cli *c, const struct args *a);
int verb_drill_rm(struct cli *c, const struct args *a);
int verb_target_show(struct cli *c, const struct args *a);
int verb_target_set(struct cli *c, const struct args *a);
int verb_target_rm(struct cli *c, const struct args *a);
int verb_token_create(struct cli *c, const struct args *a);
int verb_token_list(struct cli *c, const struct args *a);
int verb_token_rotate(struct cli *c, const struct args *a);
int verb_token_revoke(struct cli *c, const struct args *a);
int verb_exposure(struct cli *c, const struct args *a);
int verb_chain(struct cli *c, const struct args *a);
int verb_gaps(struct cli *c, const struct args *a);
int verb_expiring(struct cli *c, const struct args *a);
int verb_clause_gaps(struct cli *c, const struct args *a);
int verb_impact(struct cli *c, const struct args *a);
int verb_incident(struct cli *c, const struct args *a);
int verb_simulate(struct cli *c, const struct args *a);
int verb_why(struct cli *c, const struct args *a);
int verb_history(struct cli *c, const struct args *a);
int verb_renewals(struct cli *c, const struct args *a);
int verb_calendar(struct cli *c, const struct args *a);
int verb_import(struct cli *c, const struct args *a);
int verb_export(struct cli *c, const struct args *a);
int verb_events(struct cli *c, const struct args *a);
int verb_audit_export(struct cli *c, const struct args *a);
int verb_audit_verify(struct cli *c, const struct args *a);
int verb_audit_head(struct cli *c, const struct args *a);
int verb_audit_key(struct cli *c, const struct args *a);
int verb_audit_sign(struct cli *c, const struct args *a);
int verb_org_erase_contacts(struct cli *c, const struct args *a);
/* GET path into a file (NULL: standard output), as it comes. verb_export.c. */
int download(const struct cli *c, const char *path, const char *name);
/* Runs tierwatchd --offline with these words; comes back only where that cannot be. */
int offline_run_words(struct cli *c, const char *const *words, size_t n);
int verb_backup(struct cli *c, const struct args *a);
int verb_offline(struct cli *c, const struct args *a);
int verb_completion(struct cli *c, const struct args *a);
int verb_help(struct cli *c, const struct args *a);
