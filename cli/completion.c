/*
 * completion.c - completion bash|zsh|fish: scripts made from the tables of verbs and options, so
 * that a new verb is completed without further ado.
 */
#include <string.h>

#include "base/util.h"
#include "cli/out.h"
#include "cli/verbs.h"

/* Nouns once each, in the order of the table. */
static bool is_first(size_t i)
{
	return i == 0 || strcmp(verbs[i].noun, verbs[i - 1].noun) != 0;
}

static void nouns(struct buf *b)
{
	for (size_t i = 0; i < verbs_count; i++)
		if (is_first(i))
			buf_addf(b, "%s%s", i ? " " : "", verbs[i].noun);
}

static void actions(struct buf *b, const char *noun)
{
	for (size_t i = 0; i < verbs_count; i++)
		if (verbs[i].action && strcmp(verbs[i].noun, noun) == 0)
			buf_addf(b, "%s ", verbs[i].action);
}

static void option_words(struct buf *b, uint64_t set)
{
	for (enum opt o = 0; o < OPT__COUNT; o++)
		if (o < OPT__GLOBAL_COUNT || (set >> o & 1))
			buf_addf(b, "--%s ", opt_def(o)->name);
}

/* The words that may stand as arguments: "bash|zsh|fish" in the synopsis. */
static void argument_words(struct buf *b, const char *args)
{
	if (strchr(args, '|'))
		for (const char *s = args; *s; s++)
			buf_addc(b, *s == '|' ? ' ' : *s);
}

static bool takes_file(const struct verb *v)
{
	return strstr(v->args, "FILE") || strstr(v->args, "DIR");
}

/* A shell function that sets `found` for the value of option $1; true where there are some. */
static void value_cases(struct buf *b)
{
	buf_adds(b, "_tierwatch_value() {\n\tcase $1 in\n");
	for (enum opt o = 0; o < OPT__COUNT; o++) {
		const struct opt_def *d = opt_def(o);

		if (!d->meta)
			continue;
		buf_addf(b, "\t--%s", d->name);
		if (d->letter)
			buf_addf(b, "|-%c", d->letter);
		buf_addf(b, ") found='%s' ;;\n", d->words);
	}
	buf_adds(b, "\t*) return 1 ;;\n\tesac\n}\n");
}

/* Sets `found` for a verb ("org list", "gaps"); "@file" stands for file names. */
static void verb_cases(struct buf *b)
{
	buf_adds(b, "_tierwatch_verb() {\n\tcase $1 in\n");
	for (size_t i = 0; i < verbs_count; i++) {
		const struct verb *v = &verbs[i];

		if (v->action && is_first(i)) {
			buf_addf(b, "\t'%s') found='", v->noun);
			actions(b, v->noun);
			buf_adds(b, "' ;;\n");
		}
		buf_addf(b, "\t'%s%s%s') found='", v->noun, v->action ? " " : "",
			 v->action ? v->action : "");
		argument_words(b, v->args);
		if (takes_file(v))
			buf_adds(b, "@file");
		buf_adds(b, "' options='");
		option_words(b, v->opts);
		buf_adds(b, "' ;;\n");
	}
	buf_adds(b, "\t*) found='");
	nouns(b);
	buf_adds(b, "' ;;\n\tesac\n}\n");
}

/* Walks over the words typed so far: global options and their values are skipped, the first one
 * or two others are the verb. Shared by bash and zsh (both index with ${@}). */
static void parse_function(struct buf *b)
{
	buf_adds(b,
		 "_tierwatch_words() {\n"
		 "\tlocal w verb='' skip=''\n"
		 "\tfor w in \"$@\"; do\n"
		 "\t\tif [ -n \"$skip\" ]; then skip=''; continue; fi\n"
		 "\t\tcase $w in\n"
		 "\t\t--*=*) continue ;;\n"
		 "\t\t-*) if _tierwatch_value \"$w\"; then skip=1; fi; continue ;;\n"
		 "\t\tesac\n"
		 "\t\tif [ -z \"$verb\" ]; then verb=$w; continue; fi\n"
		 "\t\tcase $verb in *' '*) continue ;; esac\n"
		 "\t\tfound='' options=''; _tierwatch_verb \"$verb\"\n"
		 "\t\tcase \" $found \" in *\" $w \"*) if [ -z \"$options\" ]; then verb=\"$verb $w\"; fi ;; "
		 "esac\n"
		 "\tdone\n"
		 "\tfound='' options='");
	option_words(b, 0);
	buf_adds(b, "'\n\t_tierwatch_verb \"$verb\"\n}\n");
}

static void bash_script(struct buf *b)
{
	buf_adds(b, "# bash completion for tierwatch\n");
	value_cases(b);
	verb_cases(b);
	parse_function(b);
	buf_adds(b,
		 "_tierwatch() {\n"
		 "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		 "\tlocal found='' options='' IFS=$' \\t\\n'\n"
		 "\tCOMPREPLY=()\n"
		 "\tif ! { [ \"$COMP_CWORD\" -gt 1 ] && _tierwatch_value \"$prev\"; }; then\n"
		 "\t\t_tierwatch_words \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"\n"
		 "\t\tcase $cur in -*) found=$options ;; esac\n"
		 "\tfi\n"
		 "\tcase $found in\n"
		 "\t*@file) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;;\n"
		 "\t*) mapfile -t COMPREPLY < <(compgen -W \"$found\" -- \"$cur\") ;;\n"
		 "\tesac\n"
		 "}\n"
		 "complete -o filenames -F _tierwatch tierwatch\n");
}

static void zsh_script(struct buf *b)
{
	buf_adds(b, "#compdef tierwatch\n");
	value_cases(b);
	verb_cases(b);
	parse_function(b);
	buf_adds(b,
		 "_tierwatch() {\n"
		 "\temulate -L zsh\n"
		 "\tlocal cur=${words[CURRENT]} prev=${words[CURRENT-1]}\n"
		 "\tlocal -a typed=(\"${(@)words[2,CURRENT-1]}\")\n"
		 "\tlocal found='' options=''\n"
		 "\tif ! { (( CURRENT > 2 )) && _tierwatch_value \"$prev\"; }; then\n"
		 "\t\t_tierwatch_words \"${typed[@]}\"\n"
		 "\t\tcase $cur in (-*) found=$options ;; esac\n"
		 "\tfi\n"
		 "\tcase $found in\n"
		 "\t(*@file) _files ;;\n"
		 "\t(*) compadd -- ${=found} ;;\n"
		 "\tesac\n"
		 "}\n"
		 "if [ \"$funcstack[1]\" = _tierwatch ]; then _tierwatch \"$@\"; "
		 "else compdef _tierwatch tierwatch; fi\n");
}

static void fish_quoted(struct buf *b, const char *s)
{
	buf_addc(b, '\'');
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			buf_addc(b, '\\');
		buf_addc(b, *s);
	}
	buf_addc(b, '\'');
}

static void fish_option(struct buf *b, const struct cli *c, enum opt o, const char *condition)
{
	const struct opt_def *d = opt_def(o);

	buf_addf(b, "complete -c tierwatch %s -l %s", condition, d->name);
	if (d->letter)
		buf_addf(b, " -s %c", d->letter);
	if (d->meta)
		buf_adds(b, " -x");
	if (strcmp(d->words, "@file") == 0)
		buf_adds(b, " -a '(__fish_complete_path)'");
	else if (*d->words)
		buf_addf(b, " -a '%s'", d->words);
	buf_adds(b, " -d ");
	fish_quoted(b, msg_text(d->help, c->lang));
	buf_addc(b, '\n');
}

static void fish_verb(struct buf *b, const struct cli *c, size_t i)
{
	const struct verb *v = &verbs[i];
	char seen[160];

	if (is_first(i)) {
		buf_addf(b, "complete -c tierwatch -n __fish_use_subcommand -a %s -d ", v->noun);
		fish_quoted(b, v->action ? "" : msg_text(v->summary, c->lang));
		buf_addc(b, '\n');
	}
	snprintf(seen, sizeof(seen), "-n '__fish_seen_subcommand_from %s%s%s'", v->noun,
		 v->action ? "; and __fish_seen_subcommand_from " : "", v->action ? v->action : "");
	if (v->action) {
		buf_addf(b,
			 "complete -c tierwatch -n '__fish_seen_subcommand_from %s; and test (count "
			 "(commandline -opc)) -eq 2' -a %s -d ",
			 v->noun, v->action);
		fish_quoted(b, msg_text(v->summary, c->lang));
		buf_addc(b, '\n');
	}
	if (takes_file(v))
		buf_addf(b, "complete -c tierwatch %s -F\n", seen);
	if (strchr(v->args, '|')) {
		buf_addf(b, "complete -c tierwatch %s -a '", seen);
		argument_words(b, v->args);
		buf_adds(b, "'\n");
	}
	for (enum opt o = OPT__GLOBAL_COUNT; o < OPT__COUNT; o++)
		if (v->opts >> o & 1)
			fish_option(b, c, o, seen);
}

static void fish_script(struct buf *b, const struct cli *c)
{
	buf_adds(b, "# fish completion for tierwatch\ncomplete -c tierwatch -f\n");
	for (enum opt o = 0; o < OPT__GLOBAL_COUNT; o++)
		fish_option(b, c, o, "");
	for (size_t i = 0; i < verbs_count; i++)
		fish_verb(b, c, i);
}

int verb_completion(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf b = BUF_INIT;

	if (strcmp(a->pos[0], "bash") == 0) {
		bash_script(&b);
	} else if (strcmp(a->pos[0], "zsh") == 0) {
		zsh_script(&b);
	} else if (strcmp(a->pos[0], "fish") == 0) {
		fish_script(&b, c);
	} else {
		SAY(c, M_BAD_SHELL, a->pos[0]);
		return CLI_USAGE;
	}
	if (!buf_ok(&b))
		return CLI_FAILED;
	out_write(buf_view(&b));
	return CLI_OK;
}
