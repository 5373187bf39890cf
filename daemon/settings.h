/* settings.h - the daemon's settings: read once from the command line and a file, then const. */
#pragma once

#include "base/log.h"
#include "base/options.h"

struct settings {
	/* the command line alone */
	char config[256];
	char clock[256];
	char offline[256]; /* verb */
	bool help, version, strict, new_secret;
	char verify_key[256], verify_head[256];
	/* and the file */
	char data[256];
	char listen[256];
	char log_level[256];
	char tls_cert[256], tls_key[256], tls_client_ca[256], tls_client_auth[256], tls_clients[256];
	char trusted_proxies[256], proxy_field[256];
	char socket[256], socket_mode[256], socket_group[256], socket_admin_uids[256];
	int64_t hsts_s;
	bool allow_plain, proxy_protocol;
	int64_t loops, pool_threads, pool_queue;
	int64_t json_max_bytes, import_max_bytes, body_memory_bytes, body_memory_total_bytes;
	int64_t list_cache_bytes;
	int64_t small_count;
	int64_t rate_token, rate_trusted, rate_address, failed_logins;
	int64_t heavy_per_token, uploads_per_token, streams_per_token;
	int64_t conns_max, conns_per_address_max, streams_max;
	int64_t head_s, idle_s, body_grace_s, body_rate, write_grace_s, write_rate, stop_s;
	int64_t map_bytes, map_max_bytes, queue_max, queue_max_bytes, batch_max;
	int64_t audit_keep_days, audit_head_every;
	int64_t looks_keep_days;
	char public_url[256];
	int64_t session_idle_s, session_absolute_s, sessions_max, logins_per_minute;
	char oidc_issuer[256], oidc_client_id[256], oidc_secret_file[256], oidc_scopes[256];
	char oidc_audience[256], oidc_clients[256], oidc_algs[256], oidc_role_claim[256], oidc_roles[256];
	char oidc_orgs_claim[256], oidc_name_claim[256], oidc_ca_file[256];
	int64_t oidc_skew_s, oidc_refresh_s, oidc_refetch_s, oidc_timeout_s;
	/* what is left of the command line: arguments of the offline verb */
	char **args;
	int n_args;
};

extern const struct option_def settings_table[];
extern const size_t settings_count;

/* RC_USAGE with the reason in e->arg. */
MUST_USE enum rc settings_read(int argc, char **argv, struct settings *out, struct err *e);
/* HOST:PORT, [IPV6]:PORT. host may be "" (all addresses). */
MUST_USE enum rc settings_listen(const struct settings *s, char host[256], uint16_t *out_port,
				 struct err *e);
/* The real clock, or the one that --clock asks for. */
struct clock;
MUST_USE enum rc settings_clock(const struct settings *s, struct clock *out, struct err *e);
void settings_help(void);
