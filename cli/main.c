/*
 * main.c - tierwatch, the command-line client. Reads the command line and the settings, finds the
 * verb, runs it. Exit status: 0 ok, 1 the server said no, 2 usage, 4 not found, 5 not reachable,
 * 6 found gaps (--exit-code), 130 interrupted; check and restore pass on the server's own.
 */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/tokentext.h"
#include "base/util.h"
#include "cli/cli.h"
#include "cli/http.h"
#include "cli/out.h"
#include "cli/settings.h"
#include "cli/verbs.h"
#include "cli/version.h"

#define TIMEOUT_DEFAULT_S 60

static bool is_dumb(void)
{
	const char *term = getenv("TERM");

	return !term || !*term || strcmp(term, "dumb") == 0;
}

static void set_terminal(struct cli *c, const struct args *a)
{
	const char *no_color = getenv("NO_COLOR");

	c->quiet = args_has(a, OPT_QUIET);
	c->color = isatty(STDOUT_FILENO) && !is_dumb() && !(no_color && *no_color) &&
		   !args_has(a, OPT_NO_COLOR);
	c->progress = isatty(STDERR_FILENO) && !is_dumb() && !c->quiet;
}

/* ps shows a command line to everybody: the token is blotted out once it has been copied. */
static void hide_token(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--token=", 8) == 0)
			memset(argv[i] + 8, 'x', strlen(argv[i] + 8));
		else if (strcmp(argv[i], "--token") == 0 && i + 1 < argc)
			memset(argv[i + 1], 'x', strlen(argv[i + 1]));
	}
}

static int wrong_usage(struct cli *c, const struct args *a, const struct args_error *e)
{
	const char *x = e->arg[0] ? e->arg[0] : "", *y = e->arg[1] ? e->arg[1] : "";

	SAY(c, e->msg, x, y);
	if (e->hint[0])
		SAY(c, M_DID_YOU_MEAN, e->hint);
	if (a->verb)
		SAY(c, M_SEE_HELP_VERB, a->verb->noun, a->verb->action ? " " : "",
		    a->verb->action ? a->verb->action : "");
	else
		SAY0(c, M_SEE_HELP);
	return CLI_USAGE;
}

static int show_help(struct cli *c, const struct args *a)
{
	if (a->verb)
		return help_verb(c, a->verb);
	return a->noun ? help_noun(c, a->noun) : help_all(c);
}

static bool parse_timeout(const char *s, long *out)
{
	char *end;

	*out = TIMEOUT_DEFAULT_S;
	if (!s)
		return true;
	*out = strtol(s, &end, 10);
	return *s >= '0' && *s <= '9' && !*end && *out <= 86400;
}

static int bad_settings(const struct cli *c, const struct err *e)
{
	char path[4096];

	if (e->line > 0 && settings_path(path, sizeof(path)))
		SAY(c, M_BAD_CONFIG, path, NUM(e->line), e->arg);
	else if (strcmp(e->field, "token_file") == 0)
		SAY(c, e->rc == RC_IO ? M_CANNOT_READ_TOKEN : M_EMPTY_TOKEN_FILE, e->arg);
	else
		return cli_fail(c, e);
	return e->rc == RC_IO ? CLI_FAILED : CLI_USAGE;
}

static void warn_exposed(const struct cli *c)
{
	char path[4096];

	if (settings_path(path, sizeof(path)))
		SAY(c, M_CONFIG_EXPOSED, path);
}

/* The one of the files of TLS that cannot be read; NULL: all can. */
static const char *unreadable(const struct settings *s)
{
	const char *const files[] = { s->cacert, s->cert, s->key };

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (*files[i] && access(files[i], R_OK) != 0)
			return files[i];
	return NULL;
}

static int connect_and_run(struct cli *c, const struct args *a, struct settings *s)
{
	struct http_settings hs = { .url = s->url, .token = s->token, .cacert = s->cacert, .cert = s->cert,
				    .key = s->key, .lang = c->lang };
	struct err e = { 0 };
	const char *file = unreadable(s);
	int status;

	if (file) {
		SAY(c, M_CANNOT_READ, file, strerror(errno));
		return CLI_USAGE;
	}
	if (settings_token(s, &e) != RC_OK)
		return bad_settings(c, &e);
	if (token_text_check(view_str(s->token)) == TOKEN_TEXT_BROKEN) { /* nobody needs to be asked */
		SAY0(c, M_TOKEN_BROKEN);
		return CLI_USAGE;
	}
	if (!parse_timeout(a->opt[OPT_TIMEOUT], &hs.timeout_s)) {
		SAY(c, M_OPT_BAD_VALUE, "timeout", a->opt[OPT_TIMEOUT]);
		return CLI_USAGE;
	}
	c->http = http_new(&hs, &e);
	if (!c->http) {
		if (e.rc != RC_USAGE)
			return cli_fail(c, &e);
		if (strcmp(e.field, "url") == 0)
			SAY(c, M_BAD_URL, s->url);
		else
			SAY0(c, M_BAD_TOKEN);
		return CLI_USAGE;
	}
	status = a->verb->run(c, a);
	http_free(STEAL(c->http));
	return status;
}

static int run(struct cli *c, int argc, char **argv)
{
	static struct args a; /* large, once */
	struct args_error ae;
	struct settings s = { 0 };
	struct err e = { 0 };
	bool parsed = args_parse(argc, argv, &a, &ae);
	enum rc rc;
	int status;

	settings_lang(NULL, NULL, &c->lang);
	set_terminal(c, &a);
	rc = settings_read(&s, &a, &e);
	if (!settings_lang(a.opt[OPT_LANG], s.lang, &c->lang)) {
		SAY(c, M_OPT_BAD_VALUE, "lang", a.opt[OPT_LANG] ? a.opt[OPT_LANG] : s.lang);
		return CLI_USAGE;
	}
	if (!parsed)
		return wrong_usage(c, &a, &ae);
	if (args_has(&a, OPT_VERSION)) {
		out_line("tierwatch " TIERWATCH_VERSION);
		return CLI_OK;
	}
	if (args_has(&a, OPT_HELP))
		return show_help(c, &a);
	if (!a.verb) {
		SAY0(c, M_SEE_HELP);
		return CLI_USAGE;
	}
	if (rc != RC_OK && !(a.verb->flags & VERB_LOCAL))
		return bad_settings(c, &e);
	if (!settings_output(a.opt[OPT_OUTPUT] ? a.opt[OPT_OUTPUT] : s.output[0] ? s.output : "table",
			     &c->output)) {
		SAY(c, M_OPT_BAD_VALUE, "output", a.opt[OPT_OUTPUT] ? a.opt[OPT_OUTPUT] : s.output);
		return CLI_USAGE;
	}
	hide_token(argc, argv);
	if (s.exposed)
		warn_exposed(c);
	status = a.verb->flags & VERB_LOCAL ? a.verb->run(c, &a) : connect_and_run(c, &a, &s);
	explicit_bzero(&s, sizeof(s));
	return status;
}

int main(int argc, char **argv)
{
	struct cli c = { .lang = LANG_EN };
	int status, error;

	cli_catch_signals();
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return CLI_FAILED;
	status = run(&c, argc, argv);
	if (!out_close(&error)) {
		SAY(&c, M_CANNOT_WRITE, strerror(error));
		status = status == CLI_OK ? CLI_FAILED : status;
	}
	curl_global_cleanup();
	return status;
}
