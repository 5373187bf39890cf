/* client_certs.c - see client_certs.h. */
#include "api/client_certs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/util.h"

#define LINE_BYTES 512

static void close_file(FILE **f)
{
	if (*f)
		fclose(*f);
}

static char *skip_blanks(char *p) { return p + strspn(p, " \t"); }

/* Cuts blanks and line ends off the end. */
static void trim(char *p)
{
	size_t n = strlen(p);

	while (n && strchr(" \t\r\n", p[n - 1]))
		p[--n] = '\0';
}

/* 64 digits, a colon between pairs or not. */
static bool read_fingerprint(const char *p, char out[FINGERPRINT_HEX + 1])
{
	size_t n = 0;

	for (; *p; p++) {
		char c = *p >= 'A' && *p <= 'F' ? (char)(*p | 32) : *p;
		if (c == ':' && n > 0 && n % 2 == 0 && p[-1] != ':')
			continue;
		if (n == FINGERPRINT_HEX || !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return n == FINGERPRINT_HEX && p[-1] != ':';
}

/* NULL, or what is wrong with the line. */
static const char *read_line(char *line, struct client_cert_entry *out)
{
	static const char kind[] = "sha256:";
	char *eq = strchr(line, '=');

	if (!eq)
		return "a line is 'NAME = sha256:HEX'";
	*eq = '\0';
	trim(line);
	char *value = skip_blanks(eq + 1);
	if (!*line || strlen(line) > TOKEN_NAME_MAX)
		return "this is no token's name";
	snprintf(out->name, sizeof(out->name), "%s", line);
	if (strncmp(value, kind, sizeof(kind) - 1) != 0 ||
	    !read_fingerprint(value + sizeof(kind) - 1, out->fingerprint))
		return "a fingerprint is sha256: and 64 hexadecimal digits";
	return NULL;
}

static int by_fingerprint(const void *a, const void *b)
{
	const struct client_cert_entry *x = a, *y = b;

	return strcmp(x->fingerprint, y->fingerprint);
}

static const char *add_line(struct client_certs *c, size_t *cap, char *line)
{
	void *v = c->v;
	char *p = skip_blanks(line);

	trim(p);
	if (!*p || *p == '#')
		return NULL;
	if (c->n == CLIENT_CERTS_MAX)
		return "too many certificates";
	if (!list_grow(&v, cap, c->n, sizeof(*c->v)))
		return "out of memory";
	c->v = v;
	const char *why = read_line(p, &c->v[c->n]);
	c->n += !why;
	return why;
}

static enum rc read_lines(FILE *f, const char *path, struct client_certs *c, struct err *e)
{
	char line[LINE_BYTES];
	size_t cap = 0;
	unsigned number = 0;

	while (fgets(line, sizeof(line), f)) {
		number++;
		const char *why = strlen(line) == sizeof(line) - 1 ? "the line is too long"
								   : add_line(c, &cap, line);
		if (why)
			return err_set(e, RC_USAGE, "tls_clients", "tls_clients: %s:%u: %s", path, number, why);
	}
	if (ferror(f))
		return err_set(e, RC_USAGE, "tls_clients", "tls_clients: %s: cannot be read", path);
	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), by_fingerprint);
	for (size_t i = 1; i < c->n; i++)
		if (by_fingerprint(&c->v[i - 1], &c->v[i]) == 0)
			return err_set(e, RC_USAGE, "tls_clients", "tls_clients: %s: %s stands twice", path,
				       c->v[i].fingerprint);
	return RC_OK;
}

enum rc client_certs_read(const char *path, struct client_certs *out, struct err *e)
{
	AUTO(close_file) FILE *f = fopen(path, "re");
	struct client_certs c = { 0 };
	struct stat st;

	if (!f || fstat(fileno(f), &st))
		return err_set(e, RC_USAGE, "tls_clients", "tls_clients: %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) || (st.st_mode & 022))
		return err_set(e, RC_USAGE, "tls_clients", "tls_clients: others may write %s: chmod 644 it", path);
	enum rc rc = read_lines(f, path, &c, e);
	if (rc) {
		client_certs_done(&c);
		return rc;
	}
	*out = c;
	return RC_OK;
}

void client_certs_done(struct client_certs *c)
{
	free(c->v);
	*c = (struct client_certs){ 0 };
}

const char *client_certs_find(const struct client_certs *c, const char *fingerprint)
{
	struct client_cert_entry key;

	if (c->n == 0 || strlen(fingerprint) != FINGERPRINT_HEX)
		return NULL;
	memcpy(key.fingerprint, fingerprint, sizeof(key.fingerprint));
	const struct client_cert_entry *found = bsearch(&key, c->v, c->n, sizeof(*c->v), by_fingerprint);
	return found ? found->name : NULL;
}
