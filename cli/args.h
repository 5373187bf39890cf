/*
 * args.h - the command line against the table of verbs. Options may stand anywhere, as --name=value
 * or --name value; "--" ends them. Pure: nothing is printed, nothing is read but argv.
 */
#pragma once

#include "cli/cli.h"

#define ARGS_MAX_POS 256
#define ARGS_MAX_TIERS 32

enum opt {
#define OPT(sym, name, letter, meta, words, help) OPT_##sym,
#include "cli/options.def"
#undef OPT
	OPT__COUNT
};
#define OPT__GLOBAL_COUNT OPT_DEPTH
#define OPT_BIT(sym) (UINT64_C(1) << OPT_##sym)
_Static_assert(OPT__COUNT <= 64, "a verb's options are a 64-bit set");

struct opt_def {
	const char *name;
	char letter;
	const char *meta;  /* NULL: a switch */
	const char *words; /* for completion: words, "@file" or "" */
	enum msg help;
};

struct verb;

struct args {
	const struct verb *verb;          /* NULL: none was given */
	const char *pos[ARGS_MAX_POS];    /* what follows the verb */
	size_t n_pos;
	const char *opt[OPT__COUNT];      /* the last value; "" for a switch; NULL: not given */
	const char *tiers[ARGS_MAX_TIERS]; /* --tier may be repeated */
	size_t n_tiers;
	const char *noun;                 /* a noun without a known action ("org", "org lst") */
};

struct args_error {
	enum msg msg;
	const char *arg[2];
	char hint[64]; /* "did you mean", or "" */
};

const struct opt_def *opt_def(enum opt o);
/* False: *e says what is wrong. With --help and --version given, a missing verb, wrong counts and
 * the like are no error. */
bool args_parse(int argc, char **argv, struct args *out, struct args_error *e);
static inline bool args_has(const struct args *a, enum opt o) { return a->opt[o] != NULL; }
