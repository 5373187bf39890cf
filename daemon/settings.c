/* settings.c - the table of settings and the reading of the command line. */
#include "daemon/settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/util.h"

const struct option_def settings_table[] = {
#define S(name, type, def, min, max, unit, command_line, doc)                                      \
	{                                                                                          \
		#name, OPT_##type,  offsetof(struct settings, name), def, min, max, unit,          \
		doc,   command_line                                                                \
	},
#include "daemon/settings.def"
#undef S
};
const size_t settings_count = ARRAY_LEN(settings_table);

static const struct option_def *find(struct view name)
{
	for (size_t i = 0; i < settings_count; i++)
		if (view_is(name, settings_table[i].name))
			return &settings_table[i];
	return NULL;
}

/* "--json-max-bytes" -> "json_max_bytes"; *value: behind a '=', else .p NULL. */
static bool split(const char *arg, char *name, size_t name_size, struct view *value)
{
	const char *eq = strchr(arg, '=');
	size_t n = eq ? (size_t)(eq - arg) : strlen(arg);

	*value = eq ? view_str(eq + 1) : view_of(NULL, 0);
	if (n >= name_size)
		return false;
	for (size_t i = 0; i < n; i++)
		name[i] = arg[i] == '-' ? '_' : arg[i];
	name[n] = '\0';
	return true;
}

/* Sets what argv[*i] says; *i moves over a value of its own. */
static enum rc set_one(int argc, char **argv, int *i, struct settings *s, struct err *e)
{
	char name[64];
	struct view value;
	const struct option_def *d =
		split(argv[*i] + 2, name, sizeof(name), &value) ? find(view_str(name)) : NULL;

	if (!d || !d->command_line)
		return err_set(e, RC_USAGE, NULL, "unknown option %s", argv[*i]);
	if (!value.p && d->type == OPT_BOOL) {
		value = VIEW_LIT("true");
	} else if (!value.p) {
		if (*i + 1 >= argc)
			return err_set(e, RC_USAGE, NULL, "%s needs a value", argv[*i]);
		value = view_str(argv[++*i]);
	}
	return options_set(settings_table, settings_count, s, view_str(name), value, e);
}

/* The whole command line over *s; what is no option is an argument of the offline verb. */
static enum rc read_command_line(int argc, char **argv, struct settings *s, struct err *e)
{
	s->n_args = 0;
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--", 2) != 0) {
			s->args[s->n_args++] = argv[i];
			continue;
		}
		enum rc rc = set_one(argc, argv, &i, s, e);
		if (rc)
			return rc;
	}
	return RC_OK;
}

enum rc settings_read(int argc, char **argv, struct settings *out, struct err *e)
{
	static char *args[64];
	enum rc rc;

	options_defaults(settings_table, settings_count, out);
	if (argc > (int)ARRAY_LEN(args))
		return err_set(e, RC_USAGE, NULL, "%s", "too many arguments");
	out->args = args;
	rc = read_command_line(argc, argv, out, e);
	if (rc || !out->config[0])
		return rc;
	/* the file lies under the command line: read it, then the command line once more */
	char config[sizeof(out->config)];
	snprintf(config, sizeof(config), "%s", out->config);
	options_defaults(settings_table, settings_count, out);
	rc = options_file(settings_table, settings_count, out, config, e);
	if (rc == RC_IO)
		rc = e->rc = RC_USAGE; /* a file that cannot be read is wrong configuration too */
	if (!rc &&
	    (out->config[0] || out->clock[0] || out->offline[0] || out->new_secret || out->help || out->version))
		rc = err_set(e, RC_USAGE, NULL,
			     "%s: config, clock, offline, new_secret, help and version belong "
			     "on the command line",
			     config);
	return rc ? rc : read_command_line(argc, argv, out, e);
}

enum rc settings_listen(const struct settings *s, char host[256], uint16_t *out_port, struct err *e)
{
	const char *colon = strrchr(s->listen, ':');
	const char *from = s->listen;
	char *end;
	size_t n;

	if (!colon || !colon[1])
		return err_set(e, RC_USAGE, "listen", "listen: '%s' is not HOST:PORT", s->listen);
	long port = strtol(colon + 1, &end, 10);
	if (*end || port < 0 || port > 65535 || colon[1] == '+' || colon[1] == '-')
		return err_set(e, RC_USAGE, "listen", "listen: '%s' has no port 0-65535",
			       s->listen);
	n = (size_t)(colon - from);
	if (n >= 2 && from[0] == '[' && from[n - 1] == ']') {
		from++;
		n -= 2;
	}
	memcpy(host, from, n);
	host[n] = '\0';
	*out_port = (uint16_t)port;
	return RC_OK;
}

enum rc settings_clock(const struct settings *s, struct clock *out, struct err *e)
{
	int64_t ms;

	clock_init_real(out);
	if (!s->clock[0])
		return RC_OK;
	if (!instant_parse(view_str(s->clock), &ms))
		return err_set(e, RC_USAGE, "clock", "clock: '%s' is not an RFC 3339 instant", s->clock);
	clock_init_at(out, ms);
	return RC_OK;
}

void settings_help(void)
{
	printf("usage: tierwatchd --data DIR [--listen HOST:PORT] [--config FILE] [OPTION…]\n"
	       "       tierwatchd --offline check DIR\n"
	       "       tierwatchd --offline restore FILE DIR\n"
	       "       tierwatchd --offline load [--strict] DIR [FILE…]\n"
	       "       tierwatchd --offline audit-verify [--verify-key KEY] [--verify-head HASH] FILE\n\n");
	for (size_t i = 0; i < settings_count; i++) {
		const struct option_def *d = &settings_table[i];
		char name[64];
		size_t n = 0;
		if (!d->command_line)
			continue;
		for (; n < sizeof(name) - 1 && d->name[n]; n++)
			name[n] = d->name[n] == '_' ? '-' : d->name[n];
		name[n] = '\0';
		printf("  --%-24s %s", name, d->doc);
		if (d->type != OPT_BOOL && d->def[0])
			printf(" [%s%s%s]", d->def, *d->unit ? " " : "", d->unit);
		printf("\n");
	}
	printf("\nExit status: 0 ok, 1 failure, 2 usage or configuration, 3 the data directory is "
	       "damaged or in use.\n");
}
