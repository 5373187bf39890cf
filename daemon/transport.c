/* transport.c - see transport.h. */
#include "daemon/transport.h"

#include <grp.h>
#include <stdio.h>
#include <unistd.h>

#include "api/tls.h"
#include "base/util.h"

/* What the kernel says of users whom this namespace does not map (PrivateUsers= of systemd). */
#define NOBODY 65534

/* ---- TLS ---- */

static enum rc client_auth(const char *word, enum tls_client_auth *out, struct err *e)
{
	static const char *const words[] = { "none", "optional", "required" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(word, words[i]) == 0) {
			*out = (enum tls_client_auth)i;
			return RC_OK;
		}
	}
	return err_set(e, RC_USAGE, "tls_client_auth",
		       "tls_client_auth: '%s' is not none, optional or required", word);
}

static enum rc load(const struct settings *s, struct tls **out, struct err *e)
{
	struct tls_files f = { s->tls_cert, s->tls_key, s->tls_client_ca, TLS_CLIENT_NONE };
	enum rc rc = client_auth(s->tls_client_auth, &f.client_auth, e);
	char until[16];

	if (!rc)
		rc = tls_load(&f, out, e);
	if (rc)
		return rc;
	tls_expiry(*out, until, sizeof(until));
	log_info("tls", "certificate=%s valid_until=%s", s->tls_cert, until);
	return RC_OK;
}

static enum rc set_tls(const struct settings *s, struct server_config *c, struct err *e)
{
	bool asks = strcmp(s->tls_client_auth, "none") != 0;

	if (s->tls_clients[0] && !asks)
		return err_set(e, RC_USAGE, "tls_clients", "tls_clients needs tls_client_auth");
	if (!s->tls_cert[0] && !s->tls_key[0])
		return asks ? err_set(e, RC_USAGE, "tls_client_auth", "tls_client_auth needs tls_cert and tls_key")
			    : RC_OK;
	if (!s->tls_cert[0] || !s->tls_key[0])
		return err_set(e, RC_USAGE, "tls_cert", "tls_cert and tls_key belong together");
	return load(s, &c->tls, e);
}

enum rc transport_clients(const struct settings *s, struct api *api, struct err *e)
{
	struct client_certs certs;
	enum rc rc;

	if (!s->tls_clients[0])
		return RC_OK;
	rc = client_certs_read(s->tls_clients, &certs, e);
	if (rc)
		return rc;
	log_info("tls", "client certificates=%zu", certs.n);
	api_client_certs(api, &certs);
	return RC_OK;
}

void transport_reload(const struct settings *s, struct server *server, struct api *api)
{
	struct tls *tls;
	struct err e = { 0 };

	if (!s->tls_cert[0])
		return;
	if (load(s, &tls, &e))
		log_error("tls", "the certificate stays as it was: %s", e.arg);
	else
		server_tls_replace(server, tls);
	if (transport_clients(s, api, &e))
		log_error("tls", "whom client certificates stand for stays as it was: %s", e.arg);
}

/* ---- proxies ---- */

static enum rc proxy_field(const char *word, enum proxy_field *out, struct err *e)
{
	static const char *const words[] = { "none", "forwarded", "x-forwarded-for" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(word, words[i]) == 0) {
			*out = (enum proxy_field)i;
			return RC_OK;
		}
	}
	return err_set(e, RC_USAGE, "proxy_field",
		       "proxy_field: '%s' is not forwarded, x-forwarded-for or none", word);
}

static enum rc set_proxies(const struct settings *s, struct server_config *c, struct err *e)
{
	struct err why = { 0 };

	c->allow_plain = s->allow_plain;
	c->proxy_protocol = s->proxy_protocol;
	if (nets_parse(view_str(s->trusted_proxies), &c->proxies, &why))
		return err_set(e, RC_USAGE, "trusted_proxies", "trusted_proxies: %s", why.arg);
	if (s->proxy_protocol && c->proxies.n == 0)
		return err_set(e, RC_USAGE, "proxy_protocol", "proxy_protocol needs trusted_proxies");
	return proxy_field(s->proxy_field, &c->proxy_field, e);
}

/* ---- the Unix socket ---- */

/* Three or four octal digits; others than owner and group may never come in by accident of a digit too many. */
static bool parse_mode(const char *s, mode_t *out)
{
	size_t n = strspn(s, "01234567");

	*out = (mode_t)strtoul(s, NULL, 8);
	return (n == 3 || n == 4) && s[n] == '\0' && *out <= 0777;
}

static bool parse_id(const char *s, size_t n, unsigned long *out)
{
	char *end;

	if (n == 0 || n > 10 || strspn(s, "0123456789") < n)
		return false;
	*out = strtoul(s, &end, 10);
	return *out < UINT32_MAX;
}

static bool parse_group(const char *s, gid_t *out)
{
	unsigned long id;
	const struct group *g;

	*out = (gid_t)-1;
	if (!*s)
		return true;
	if (parse_id(s, strlen(s), &id)) {
		*out = (gid_t)id;
		return true;
	}
	g = getgrnam(s);
	if (g)
		*out = g->gr_gid;
	return g != NULL;
}

static enum rc set_socket(const struct settings *s, struct server_config *c, struct err *e)
{
	if (!s->socket[0])
		return RC_OK;
	c->socket = s->socket;
	if (!parse_mode(s->socket_mode, &c->socket_mode))
		return err_set(e, RC_USAGE, "socket_mode", "socket_mode: '%s' is not a mode as 0660",
			       s->socket_mode);
	if (!parse_group(s->socket_group, &c->socket_group))
		return err_set(e, RC_USAGE, "socket_group", "socket_group: there is no group '%s'",
			       s->socket_group);
	return RC_OK;
}

enum rc transport_admins(const struct settings *s, uid_t out[SOCKET_ADMINS_MAX], unsigned *out_n,
			 struct err *e)
{
	const char *p = s->socket_admin_uids;

	*out_n = 0;
	if (!*p) {
		out[(*out_n)++] = 0;
		if (geteuid() != 0)
			out[(*out_n)++] = geteuid();
		return RC_OK;
	}
	for (; strcmp(p, "none") != 0;) {
		unsigned long id;
		size_t n;
		p += strspn(p, ", ");
		n = strcspn(p, ", ");
		if (n == 0)
			break;
		if (*out_n == SOCKET_ADMINS_MAX || !parse_id(p, n, &id))
			return err_set(e, RC_USAGE, "socket_admin_uids",
				       "socket_admin_uids: '%s' is not a list of user numbers",
				       s->socket_admin_uids);
		if (id == NOBODY)
			return err_set(e, RC_USAGE, "socket_admin_uids",
				       "socket_admin_uids: %d stands for everybody who is not known here", NOBODY);
		out[(*out_n)++] = (uid_t)id;
		p += n;
	}
	return RC_OK;
}

enum rc transport_config(const struct settings *s, struct server_config *c, struct err *e)
{
	enum rc rc = set_proxies(s, c, e);

	c->hsts_s = (unsigned)s->hsts_s;
	if (!rc)
		rc = set_socket(s, c, e);
	return rc ? rc : set_tls(s, c, e);
}
