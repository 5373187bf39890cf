/* caller.c - see caller.h. */
#include "api/caller.h"

#include <stdio.h>
#include <strings.h>

#include "base/util.h"

void callers_init(struct callers *c, const uid_t *admins, unsigned n_admins)
{
	pthread_rwlock_init(&c->lock, NULL);
	c->n_admins = MIN(n_admins, SOCKET_ADMINS_MAX);
	for (unsigned i = 0; i < c->n_admins; i++)
		c->admins[i] = admins[i];
}

void callers_done(struct callers *c)
{
	client_certs_done(&c->certs);
	pthread_rwlock_destroy(&c->lock);
}

void callers_set_certs(struct callers *c, struct client_certs *certs)
{
	struct client_certs before;

	pthread_rwlock_wrlock(&c->lock);
	before = c->certs;
	c->certs = *certs;
	atomic_fetch_add(&c->generation, 1);
	pthread_rwlock_unlock(&c->lock);
	*certs = (struct client_certs){ 0 };
	client_certs_done(&before);
}

static bool local_admin(const struct callers *c, uid_t uid, struct identity *out)
{
	for (unsigned i = 0; i < c->n_admins; i++) {
		if (c->admins[i] != uid)
			continue;
		*out = (struct identity){ .role = ROLE_ADMIN };
		snprintf(out->name, sizeof(out->name), "uid:%u", (unsigned)uid);
		return true;
	}
	return false;
}

static bool same_text(struct view v, const char *text)
{
	return v.n == strlen(text) && strncasecmp(v.p, text, v.n) == 0;
}

/* "https://" and the host that the request is for. */
static bool own_origin(struct view origin, struct view host)
{
	static const char scheme[] = "https://";
	size_t n = sizeof(scheme) - 1;

	return host.n && origin.n == n + host.n && strncasecmp(origin.p, scheme, n) == 0 &&
	       strncasecmp((const char *)origin.p + n, host.p, host.n) == 0;
}

/* A browser shows the certificate for any site's sake, so that what another site's page sends is not its
 * user's will: https://www.w3.org/TR/fetch-metadata/. */
static bool from_elsewhere(const struct http_request *req)
{
	struct view site = http_header(req, "sec-fetch-site"), origin = http_header(req, "origin");

	if (site.p && !same_text(site, "same-origin") && !same_text(site, "none"))
		return true;
	return origin.p && !own_origin(origin, http_host(req));
}

static bool remembers(const struct callers *c, const struct auth *a, const struct cert_memo *m,
		      const char *fingerprint, int64_t now_ms)
{
	return m->fingerprint[0] && strcmp(m->fingerprint, fingerprint) == 0 &&
	       m->tokens == atomic_load(&a->generation) && m->certs == atomic_load(&c->generation) &&
	       now_ms >= m->noted_ms && now_ms - m->noted_ms < AUTH_USE_MS &&
	       (!m->who.expires_ms || now_ms < m->who.expires_ms);
}

static bool find_cert(struct callers *c, struct auth *a, struct cert_memo *m, const char *fingerprint,
		      int64_t now_ms)
{
	unsigned tokens = atomic_load(&a->generation);
	bool found;

	pthread_rwlock_rdlock(&c->lock);
	const char *name = client_certs_find(&c->certs, fingerprint);
	unsigned certs = atomic_load(&c->generation);
	found = name && auth_find_named(a, name, now_ms, &m->who);
	pthread_rwlock_unlock(&c->lock);
	m->fingerprint[0] = '\0';
	if (!found)
		return false;
	m->tokens = tokens;
	m->certs = certs;
	m->noted_ms = now_ms;
	snprintf(m->fingerprint, sizeof(m->fingerprint), "%s", fingerprint);
	return true;
}

bool caller_find(struct callers *c, struct auth *a, struct cert_memo *m, const struct http_request *req,
		 int64_t now_ms, struct identity *out)
{
	struct http_client_cert cert = http_client_cert(req);
	uid_t uid;

	if (http_peer_uid(req, &uid))
		return local_admin(c, uid, out);
	if (!cert.fingerprint[0] || from_elsewhere(req))
		return false;
	if (!remembers(c, a, m, cert.fingerprint, now_ms) && !find_cert(c, a, m, cert.fingerprint, now_ms))
		return false;
	*out = m->who;
	return true;
}
