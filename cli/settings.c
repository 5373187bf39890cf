/*
 * settings.c - see settings.h. A token never has to stand on the command line: the environment,
 * the file and --token-file come beside it.
 */
#include "cli/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/options.h"
#include "base/util.h"

#define DEFAULT_URL "http://127.0.0.1:8650"

static const struct option_def file_options[] = {
	{ "url", OPT_STR, offsetof(struct settings, url), "", 0, 0, "", "the server", false },
	{ "token", OPT_STR, offsetof(struct settings, token), "", 0, 0, "", "the token", false },
	{ "token_file", OPT_STR, offsetof(struct settings, token_file), "", 0, 0, "",
	  "a file with the token", false },
	{ "cacert", OPT_STR, offsetof(struct settings, cacert), "", 0, 0, "",
	  "who signed the server's certificate", false },
	{ "cert", OPT_STR, offsetof(struct settings, cert), "", 0, 0, "", "the client's certificate",
	  false },
	{ "key", OPT_STR, offsetof(struct settings, key), "", 0, 0, "", "its key", false },
	{ "lang", OPT_STR, offsetof(struct settings, lang), "", 0, 0, "", "ja or en", false },
	{ "output", OPT_STR, offsetof(struct settings, output), "", 0, 0, "",
	  "table, json, ndjson or csv", false },
};

bool settings_path(char *out, size_t size)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int n = -1;

	if (xdg && *xdg == '/')
		n = snprintf(out, size, "%s/tierwatch/config", xdg);
	else if (home && *home)
		n = snprintf(out, size, "%s/.config/tierwatch/config", home);
	return n > 0 && (size_t)n < size;
}

enum rc settings_file(struct settings *s, const char *path, struct err *e)
{
	options_defaults(file_options, ARRAY_LEN(file_options), s);
	if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return RC_OK;
	return options_file(file_options, ARRAY_LEN(file_options), s, path, e);
}

static bool put(char *out, size_t size, const char *value)
{
	size_t n = strlen(value);

	if (n >= size)
		return false;
	memcpy(out, value, n + 1);
	return true;
}

/* The first line, blanks trimmed; "-" is standard input. */
enum rc settings_token(struct settings *s, struct err *e)
{
	const char *path = s->token_file;
	char line[sizeof(s->token) + 2];
	bool got;
	FILE *f;

	if (s->token[0] || !path[0])
		return RC_OK;
	f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (!f)
		return err_set(e, RC_IO, "token_file", "%s: %s", path, strerror(errno));
	got = fgets(line, sizeof(line), f) != NULL;
	if (f != stdin)
		fclose(f);
	if (got)
		line[strcspn(line, " \t\r\n")] = '\0';
	if (!got || !*line || !put(s->token, sizeof(s->token), line))
		return err_set(e, RC_USAGE, "token_file", "%s", path);
	explicit_bzero(line, sizeof(line));
	return RC_OK;
}

/* One of the two places where a token comes from shuts out the other and all lower sources. */
static bool take_token(struct settings *s, const char *token, const char *file)
{
	if (!token && !file)
		return true;
	s->token[0] = s->token_file[0] = '\0';
	return token ? put(s->token, sizeof(s->token), token)
		     : put(s->token_file, sizeof(s->token_file), file);
}

static const char *environment(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

/* Option before environment before what stands there. */
static bool take_file(char *out, size_t size, const char *option, const char *variable)
{
	const char *path = option ? option : environment(variable);

	return !path || put(out, size, path);
}

static bool take_files(struct settings *s, const struct args *a)
{
	return take_file(s->cacert, sizeof(s->cacert), a->opt[OPT_CACERT], "TIERWATCH_CACERT") &&
	       take_file(s->cert, sizeof(s->cert), a->opt[OPT_CERT], "TIERWATCH_CERT") &&
	       take_file(s->key, sizeof(s->key), a->opt[OPT_KEY], "TIERWATCH_KEY");
}

enum rc settings_read(struct settings *s, const struct args *a, struct err *e)
{
	char path[4096];
	const char *url = a->opt[OPT_URL] ? a->opt[OPT_URL] : environment("TIERWATCH_URL");
	enum rc rc = RC_OK;
	struct stat st;

	memset(s, 0, sizeof(*s));
	if (settings_path(path, sizeof(path))) {
		rc = settings_file(s, path, e);
		s->exposed = s->token[0] && stat(path, &st) == 0 && (st.st_mode & 077);
	}
	if (rc != RC_OK) {
		if (!e->field[0])
			put(e->field, sizeof(e->field), "config");
		return rc;
	}
	if (!put(s->url, sizeof(s->url), url ? url : s->url[0] ? s->url : DEFAULT_URL))
		return err_set(e, RC_USAGE, "url", "%s", url);
	if (!take_token(s, environment("TIERWATCH_TOKEN"), environment("TIERWATCH_TOKEN_FILE")) ||
	    !take_token(s, a->opt[OPT_TOKEN], a->opt[OPT_TOKEN_FILE]))
		return err_set(e, RC_USAGE, "token", "token");
	if (!take_files(s, a))
		return err_set(e, RC_USAGE, "cacert", "%s", "cacert, cert, key");
	return RC_OK;
}

static bool starts_ja(const char *s)
{
	return s[0] == 'j' && s[1] == 'a';
}

bool settings_lang(const char *option, const char *file, enum lang *out)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *word = option ? option : file && *file ? file : NULL;

	*out = LANG_EN;
	if (word) {
		if (strcmp(word, "ja") == 0)
			*out = LANG_JA;
		return *out == LANG_JA || strcmp(word, "en") == 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *v = environment(names[i]);

		if (v) {
			*out = starts_ja(v) ? LANG_JA : LANG_EN;
			break;
		}
	}
	return true;
}

bool settings_output(const char *word, enum cli_output *out)
{
	static const char *const names[] = { "table", "json", "ndjson", "csv" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(word, names[i]) == 0) {
			*out = (enum cli_output)i;
			return true;
		}
	}
	return false;
}
