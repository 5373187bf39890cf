/* help.c - --help in both languages, from the tables of verbs and options. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/util.h"
#include "cli/out.h"
#include "cli/verbs.h"

#define INDENT "  "

static void text(struct buf *b, const struct cli *c, enum msg m)
{
	buf_adds(b, msg_text(m, c->lang));
}

static void pad_to(struct buf *b, size_t from, size_t width)
{
	size_t columns = utf8_columns(view_of(b->p + from, b->n - from));

	do
		buf_addc(b, ' ');
	while (++columns < width);
}

static void heading(struct buf *b, const struct cli *c, enum msg m)
{
	buf_addc(b, '\n');
	text(b, c, m);
	buf_addc(b, '\n');
}

static void verb_line(struct buf *b, const struct cli *c, const struct verb *v)
{
	size_t from = b->n;

	buf_addf(b, INDENT "%s%s%s%s%s", v->noun, v->action ? " " : "", v->action ? v->action : "",
		 *v->args ? " " : "", v->args);
	if (buf_ok(b) && b->n - from >= 38 && utf8_columns(view_of(b->p + from, b->n - from)) >= 38) {
		buf_addc(b, '\n'); /* too long for its column: the summary goes below */
		from = b->n;
	}
	if (buf_ok(b))
		pad_to(b, from, 38);
	text(b, c, v->summary);
	buf_addc(b, '\n');
}

/* A few options mean something of their own to a verb; v NULL: none. */
static enum msg help_of(const struct verb *v, enum opt o)
{
	if (v && o == OPT_LIMIT && v->run == verb_simulate)
		return M_H_LIMIT_SIMULATE;
	if (v && o == OPT_LIMIT && !(v->opts & OPT_BIT(ALL)))
		return M_H_LIMIT_NONE;
	if (v && o == OPT_KEY)
		return M_H_VERIFY_KEY;
	return opt_def(o)->help;
}

/* --key is global, but says another thing here. */
static uint64_t shown_options(const struct verb *v)
{
	return v->opts | (v->run == verb_audit_verify ? OPT_BIT(KEY) : 0);
}

static void option_line(struct buf *b, const struct cli *c, const struct verb *v, enum opt o)
{
	const struct opt_def *d = opt_def(o);
	size_t from = b->n;

	if (d->letter)
		buf_addf(b, INDENT "-%c, ", d->letter);
	else
		buf_adds(b, INDENT "    ");
	buf_addf(b, "--%s%s%s", d->name, d->meta ? " " : "", d->meta ? d->meta : "");
	if (buf_ok(b))
		pad_to(b, from, 26);
	text(b, c, help_of(v, o));
	buf_addc(b, '\n');
}

static void global_options(struct buf *b, const struct cli *c)
{
	heading(b, c, M_HELP_GLOBAL);
	for (enum opt o = 0; o < OPT__GLOBAL_COUNT; o++)
		option_line(b, c, NULL, o);
}

static int finish(struct buf *b)
{
	if (buf_ok(b))
		out_write(buf_view(b));
	return buf_ok(b) ? CLI_OK : CLI_FAILED;
}

int help_all(struct cli *c)
{
	AUTO(buf_done) struct buf b = BUF_INIT;

	text(&b, c, M_HELP_USAGE);
	buf_adds(&b, " tierwatch [OPTION…] VERB [ARGUMENT…]\n");
	text(&b, c, M_HELP_ABOUT);
	heading(&b, c, M_HELP_VERBS);
	for (size_t i = 0; i < verbs_count; i++)
		verb_line(&b, c, &verbs[i]);
	global_options(&b, c);
	heading(&b, c, M_HELP_EXIT_HEAD);
	text(&b, c, M_HELP_EXIT);
	return finish(&b);
}

int help_noun(struct cli *c, const char *noun)
{
	AUTO(buf_done) struct buf b = BUF_INIT;

	text(&b, c, M_HELP_USAGE);
	buf_addf(&b, " tierwatch %s ACTION [ARGUMENT…]\n", noun);
	heading(&b, c, M_HELP_VERBS);
	for (size_t i = 0; i < verbs_count; i++)
		if (strcmp(verbs[i].noun, noun) == 0)
			verb_line(&b, c, &verbs[i]);
	return finish(&b);
}

static bool takes_org(const struct verb *v)
{
	return strcmp(v->args, "P") == 0 || strcmp(v->args, "S") == 0 ||
	       strncmp(v->args, "P ", 2) == 0 || strcmp(v->args, "ID") == 0 ||
	       strncmp(v->args, "ID ", 3) == 0 ||
	       strncmp(v->args, "ORG", 3) == 0;
}

int help_verb(struct cli *c, const struct verb *v)
{
	AUTO(buf_done) struct buf b = BUF_INIT;

	text(&b, c, M_HELP_USAGE);
	buf_addf(&b, " tierwatch %s%s%s%s%s%s\n", v->noun, v->action ? " " : "",
		 v->action ? v->action : "", *v->args ? " " : "", v->args,
		 v->opts ? " [OPTION…]" : "");
	text(&b, c, v->summary);
	buf_addc(&b, '\n');
	if (takes_org(v))
		text(&b, c, M_HELP_IDS);
	if (strstr(v->args, "FILTER=VALUE"))
		text(&b, c, M_HELP_FILTERS);
	if (v->run == verb_simulate)
		text(&b, c, M_HELP_CHANGES);
	if (strstr(v->args, "FIELD=VALUE"))
		text(&b, c, M_HELP_FIELDS);
	if (v->opts) {
		heading(&b, c, M_HELP_OPTIONS);
		for (enum opt o = 0; o < OPT__COUNT; o++)
			if (shown_options(v) >> o & 1)
				option_line(&b, c, v, o);
	}
	if (v->run == verb_audit_verify) {
		heading(&b, c, M_HELP_EXIT_HEAD);
		text(&b, c, M_HELP_EXIT_VERIFY);
	}
	heading(&b, c, M_HELP_EXAMPLE);
	buf_addf(&b, INDENT "%s\n", v->example);
	buf_addc(&b, '\n');
	text(&b, c, M_HELP_MORE);
	return finish(&b);
}

int verb_help(struct cli *c, const struct args *a)
{
	const char *noun = a->n_pos > 0 ? a->pos[0] : NULL;
	const char *action = a->n_pos > 1 ? a->pos[1] : NULL;
	const struct verb *v = noun ? verb_find(noun, action) : NULL;

	if (!noun)
		return help_all(c);
	if (v)
		return help_verb(c, v);
	if (!action && verb_is_noun(noun))
		return help_noun(c, noun);
	SAY(c, verb_is_noun(noun) ? M_ACTION_UNKNOWN : M_VERB_UNKNOWN, noun, action ? action : "");
	return CLI_USAGE;
}
