/* args.c - see args.h. */
#include "cli/args.h"

#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "cli/verbs.h"

static const struct opt_def options[] = {
#define OPT(sym, name, letter, meta, words, help) \
	[OPT_##sym] = { name, letter, meta, words, M_##help },
#include "cli/options.def"
#undef OPT
};

struct parser {
	int argc;
	char **argv;
	int at;
	struct args *out;
	struct args_error *e;
	const char *word; /* the noun whose action is still to come */
};

const struct opt_def *opt_def(enum opt o)
{
	return &options[o];
}

static bool fail(struct args_error *e, enum msg m, const char *a, const char *b)
{
	*e = (struct args_error){ .msg = m, .arg = { a, b } };
	return false;
}

static enum opt find_long(const char *name, size_t n)
{
	enum opt o = 0;

	while (o < OPT__COUNT &&
	       (strlen(options[o].name) != n || memcmp(options[o].name, name, n) != 0))
		o++;
	return o;
}

static bool take_option(struct parser *p, enum opt o, const char *shown, const char *value)
{
	struct args *out = p->out;

	if (!options[o].meta) {
		if (value)
			return fail(p->e, M_OPT_NO_VALUE, shown, value);
		out->opt[o] = "";
		return true;
	}
	if (!value) {
		if (p->at + 1 >= p->argc)
			return fail(p->e, M_OPT_NEEDS_VALUE, shown, options[o].meta);
		value = p->argv[++p->at];
	}
	if (o == OPT_TIER) {
		if (out->n_tiers == ARGS_MAX_TIERS)
			return fail(p->e, M_TOO_MANY_ARGS, shown, NULL);
		out->tiers[out->n_tiers++] = value;
	}
	out->opt[o] = value;
	return true;
}

static bool take_long(struct parser *p, const char *arg)
{
	const char *eq = strchr(arg, '=');
	enum opt o = find_long(arg + 2, eq ? (size_t)(eq - arg - 2) : strlen(arg + 2));

	if (o == OPT__COUNT)
		return fail(p->e, M_OPT_UNKNOWN, arg, NULL);
	return take_option(p, o, options[o].name, eq ? eq + 1 : NULL);
}

/* -qo json, -ojson */
static bool take_short(struct parser *p, const char *arg)
{
	for (const char *s = arg + 1; *s; s++) {
		enum opt o = 0;

		while (o < OPT__COUNT && options[o].letter != *s)
			o++;
		if (o == OPT__COUNT)
			return fail(p->e, M_OPT_UNKNOWN, arg, NULL);
		if (options[o].meta)
			return take_option(p, o, options[o].name, s[1] ? s + 1 : NULL);
		if (!take_option(p, o, options[o].name, NULL))
			return false;
	}
	return true;
}

static bool unknown_verb(struct parser *p, const char *noun, const char *action)
{
	const char *near = action ? verb_suggest_action(noun, action) : verb_suggest_noun(noun);

	fail(p->e, action ? M_ACTION_UNKNOWN : M_VERB_UNKNOWN, noun, action);
	if (near)
		snprintf(p->e->hint, sizeof(p->e->hint), "%s%s%s", action ? noun : "",
			 action ? " " : "", near);
	return false;
}

static bool take_word(struct parser *p, const char *arg)
{
	struct args *out = p->out;

	if (out->verb) {
		if (out->n_pos == ARGS_MAX_POS)
			return fail(p->e, M_TOO_MANY_ARGS, out->verb->noun, NULL);
		out->pos[out->n_pos++] = arg;
		return true;
	}
	if (p->word) {
		out->verb = verb_find(p->word, arg);
		return out->verb ? true : unknown_verb(p, p->word, arg);
	}
	out->verb = verb_find(arg, NULL);
	if (out->verb)
		return true;
	if (!verb_is_noun(arg))
		return unknown_verb(p, arg, NULL);
	p->word = out->noun = arg;
	return true;
}

static bool check(const struct args *a, struct args_error *e)
{
	const struct verb *v = a->verb;

	if (args_has(a, OPT_HELP) || args_has(a, OPT_VERSION))
		return true;
	if (!v)
		return a->noun ? fail(e, M_ACTION_MISSING, a->noun, NULL) : true;
	for (enum opt o = OPT__GLOBAL_COUNT; o < OPT__COUNT; o++)
		if (a->opt[o] && !(v->opts >> o & 1))
			return fail(e, M_OPT_NOT_HERE, options[o].name, v->noun);
	if (a->n_pos < v->min)
		return fail(e, M_ARGS_MISSING, v->args, NULL);
	if (a->n_pos > v->max)
		return fail(e, M_ARGS_SURPLUS, a->pos[v->max], NULL);
	return true;
}

bool args_parse(int argc, char **argv, struct args *out, struct args_error *e)
{
	struct parser p = { .argc = argc, .argv = argv, .at = 1, .out = out, .e = e };
	bool ended = false;

	memset(out, 0, sizeof(*out));
	*e = (struct args_error){ 0 };
	for (; p.at < argc; p.at++) {
		const char *arg = argv[p.at];
		bool raw = out->verb && (out->verb->flags & VERB_RAW) && !out->opt[OPT_HELP];
		bool ok;

		if (raw && strcmp(arg, "--help") != 0)
			ok = take_word(&p, arg);
		else if (ended || arg[0] != '-' || arg[1] == '\0')
			ok = take_word(&p, arg);
		else if (strcmp(arg, "--") == 0)
			ok = ended = true;
		else
			ok = arg[1] == '-' ? take_long(&p, arg) : take_short(&p, arg);
		if (!ok)
			return false;
	}
	return check(out, e);
}
