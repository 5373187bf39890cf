/*
 * settings.h - where the server is and who we are: option, then environment, then the user's
 * configuration file, then the default.
 */
#pragma once

#include "cli/args.h"

struct settings {
	char url[256];
	char token[256];
	char token_file[256];
	char cacert[256], cert[256], key[256]; /* PEM files */
	char lang[256];
	char output[256];
	bool exposed; /* the configuration file holds a token and others may read it */
};

/* The language asked for by --lang, the file, LC_ALL, LC_MESSAGES or LANG, in this order. file
 * may be "". False: the word is neither ja nor en. */
bool settings_lang(const char *option, const char *file, enum lang *out);
bool settings_output(const char *word, enum cli_output *out);
/* Fills *s from all four sources; RC_USAGE and RC_IO carry file and line. A token file is only
 * named: settings_token() reads it. */
MUST_USE enum rc settings_read(struct settings *s, const struct args *a, struct err *e);
MUST_USE enum rc settings_token(struct settings *s, struct err *e);
/* The configuration file alone: "url = …", "token = …", "token_file = …", "cacert = …",
 * "cert = …", "key = …", "lang = …", "output = …". A file that does not exist is RC_OK. */
MUST_USE enum rc settings_file(struct settings *s, const char *path, struct err *e);
/* $XDG_CONFIG_HOME/tierwatch/config or ~/.config/tierwatch/config; false: no home. */
bool settings_path(char *out, size_t size);
