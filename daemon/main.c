/*
 * main.c - tierwatchd: the parts put together, in order, and taken down the other way round.
 *
 * Order of start: the directory's lock and store, then the writer (which rolls the days over), the
 * figurer, the jobs, the API, the server: nothing answers before what it needs stands. Stop: the
 * server first, so that nothing new comes in while what is under way is finished and committed.
 * Nothing forks once the store is open.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "api/api.h"
#include "api/tls.h"
#include "base/clock.h"
#include "base/util.h"
#include "services/auditor.h"
#include "daemon/notify.h"
#include "daemon/offline.h"
#include "daemon/spool.h"
#include "daemon/transport.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

#define HOUSEKEEPING_S 60

struct daemon {
	struct settings s;
	char host[256];
	char spool[300];
	struct clock clock;
	struct store *store;
	struct writer *writer;
	struct figurer *figurer;
	struct jobs *jobs;
	struct looks *looks;
	struct auditor *auditor;
	struct api *api;
	struct server *server;
	struct server_config transport; /* host, port, TLS, proxies, socket: checked before the store is opened */
};

/* ---- start ---- */

/* A new store gets its names and its secret; also one whose making was cut short. */
static enum rc init_graph(struct daemon *d, struct err *e)
{
	struct txn *t;
	bool made;
	enum rc rc = txn_begin_read(d->store, &t);

	if (rc)
		return err_set(e, rc, NULL, "%s", "reading the store");
	made = graph_made(t);
	txn_abort(t);
	if (made)
		return graph_migrate(d->store, e);
	rc = txn_begin_write(d->store, &t);
	if (!rc)
		rc = graph_init(t, clock_now_ms(&d->clock));
	if (rc)
		return err_set(e, rc, NULL, "%s", "making the store");
	rc = txn_commit(t);
	return rc ? err_set(e, rc, NULL, "%s", "making the store") : RC_OK;
}

static enum rc open_store(struct daemon *d, struct err *e)
{
	struct store_options o = {
		.map_bytes = (uint64_t)d->s.map_bytes,
		.map_max_bytes = (uint64_t)d->s.map_max_bytes,
		.create = true,
		.new_secret = d->s.new_secret,
	};
	enum rc rc;

	if (mkdir(d->s.data, 0700) != 0 && errno != EEXIST)
		return err_set(e, RC_IO, NULL, "%s: %s", d->s.data, strerror(errno));
	rc = store_open(d->s.data, &o, &d->store, NULL, e);
	if (!rc)
		rc = init_graph(d, e);
	if (!rc)
		rc = api_admin_token(d->store, e);
	if (!rc)
		rc = spool_open(d->s.data, d->spool, sizeof(d->spool), e);
	return rc;
}

/* On the writer's thread, behind each commit. */
static void on_commit(void *arg, uint64_t revision)
{
	struct daemon *d = arg;

	api_poke(d->api, revision);
}

static struct login_config login_config(const struct settings *s)
{
	return (struct login_config){
		.session_idle_s = (unsigned)s->session_idle_s,
		.session_absolute_s = (unsigned)s->session_absolute_s,
		.sessions_max = (unsigned)s->sessions_max,
		.logins_per_minute = (unsigned)s->logins_per_minute,
		.oidc = {
			.issuer = s->oidc_issuer,
			.client_id = s->oidc_client_id,
			.secret_file = s->oidc_secret_file,
			.scopes = s->oidc_scopes,
			.public_url = s->public_url,
			.audience = s->oidc_audience,
			.clients = s->oidc_clients,
			.algs = s->oidc_algs,
			.role_claim = s->oidc_role_claim,
			.roles = s->oidc_roles,
			.orgs_claim = s->oidc_orgs_claim,
			.name_claim = s->oidc_name_claim,
			.ca_file = s->oidc_ca_file,
			.skew_s = (unsigned)s->oidc_skew_s,
			.refresh_s = (unsigned)s->oidc_refresh_s,
			.refetch_s = (unsigned)s->oidc_refetch_s,
			.timeout_s = (unsigned)s->oidc_timeout_s,
		},
	};
}

static enum rc start_services(struct daemon *d, struct err *e)
{
	struct writer_options w = {
		.queue_max = (size_t)d->s.queue_max,
		.queue_max_bytes = (size_t)d->s.queue_max_bytes,
		.batch_max = (size_t)d->s.batch_max,
	};
	struct api_config c = {
		.store = d->store,
		.clock = &d->clock,
		.spool_dir = d->spool,
		.version = PACKAGE_VERSION,
		.loops = (unsigned)d->s.loops,
		.pool_threads = (unsigned)d->s.pool_threads,
		.pool_queue = (size_t)d->s.pool_queue,
		.list_cache_bytes = (size_t)d->s.list_cache_bytes,
		.small_count = (unsigned)d->s.small_count,
		.json_max_bytes = (uint64_t)d->s.json_max_bytes,
		.import_max_bytes = (uint64_t)d->s.import_max_bytes,
		.limits = { (unsigned)d->s.rate_token, (unsigned)d->s.rate_trusted,
			    (unsigned)d->s.rate_address, (unsigned)d->s.failed_logins,
			    (unsigned)d->s.heavy_per_token, (unsigned)d->s.uploads_per_token,
			    (unsigned)d->s.streams_per_token },
		.login = login_config(&d->s),
	};
	uid_t admins[SOCKET_ADMINS_MAX];
	enum rc rc = transport_admins(&d->s, admins, &c.n_socket_admins, e);

	c.socket_admins = admins;
	if (!rc)
		rc = writer_start(d->store, &d->clock, &w, &d->writer, e);
	if (!rc)
		rc = figurer_start(d->store, d->writer, &d->figurer, e);
	if (!rc)
		rc = jobs_start(d->store, d->writer, d->spool, &d->jobs, e);
	if (!rc)
		rc = looks_start(d->store, d->writer, &(struct looks_options){ .keep_days = (int)d->s.looks_keep_days },
				 &d->looks, e);
	if (!rc)
		rc = auditor_start(d->store, d->writer, &d->clock,
				   &(struct auditor_options){ .dir = d->s.data,
							      .head_every = (uint64_t)d->s.audit_head_every,
							      .keep_days = (unsigned)d->s.audit_keep_days },
				   &d->auditor, e);
	c.auditor = d->auditor;
	c.looks = d->looks;
	c.writer = d->writer;
	c.figurer = d->figurer;
	c.jobs = d->jobs;
	if (!rc)
		rc = api_new(&c, &d->api, e);
	if (!rc)
		rc = transport_clients(&d->s, d->api, e);
	if (!rc)
		writer_on_commit(d->writer, on_commit, d);
	return rc;
}

static enum rc start_server(struct daemon *d, struct err *e)
{
	struct server_config c = d->transport;
	enum rc rc;

	c.loops = (unsigned)d->s.loops;
	c.spool_dir = d->spool;
	c.conns_max = (unsigned)d->s.conns_max;
	c.conns_per_address_max = (unsigned)d->s.conns_per_address_max;
	c.sse_max = (unsigned)d->s.streams_max;
	c.body_memory_bytes = (size_t)d->s.body_memory_bytes;
	c.body_memory_total_bytes = (size_t)d->s.body_memory_total_bytes;
	c.head_ms = (unsigned)d->s.head_s * 1000;
	c.idle_ms = (unsigned)d->s.idle_s * 1000;
	c.body_grace_ms = (unsigned)d->s.body_grace_s * 1000;
	c.body_rate = (unsigned)d->s.body_rate;
	c.write_grace_ms = (unsigned)d->s.write_grace_s * 1000;
	c.write_rate = (unsigned)d->s.write_rate;
	c.stop_ms = (unsigned)d->s.stop_s * 1000;
	api_handler(d->api, &c.handler);
	d->transport.tls = NULL; /* the server's from here on */
	rc = server_start(&c, &d->server, e);
	return rc ? rc : api_serve(d->api, d->server, e);
}

static void say_ready(const struct daemon *d)
{
	const char *colon = strrchr(d->s.listen, ':');
	size_t n = (size_t)(colon - d->s.listen);
	const char *host = n ? d->s.listen : "0.0.0.0";

	if (d->s.socket[0])
		log_info("main", "socket=%s", d->s.socket);
	fprintf(stderr, "tierwatchd %s: listening on %s://%.*s:%u\n", PACKAGE_VERSION,
		d->s.tls_cert[0] ? "https" : "http", n ? (int)n : 7, host, server_port(d->server));
	fflush(stderr);
	notify_service("READY=1");
}

/* ---- stop ---- */

static void stop(struct daemon *d)
{
	notify_service("STOPPING=1");
	if (d->server)
		server_stop(d->server);
	if (d->api)
		api_stop(d->api);
	if (d->jobs)
		jobs_stop(d->jobs);
	if (d->api)
		writer_off_commit(d->writer, on_commit, d);
	auditor_stop(d->auditor);
	looks_stop(d->looks);
	if (d->figurer)
		figurer_stop(d->figurer);
	if (d->writer)
		writer_stop(d->writer);
	server_free(d->server);
	tls_free(d->transport.tls);
	api_free(d->api);
	store_close(d->store);
}

/* ---- running ---- */

static void block_signals(sigset_t *out)
{
	sigemptyset(out);
	sigaddset(out, SIGTERM);
	sigaddset(out, SIGINT);
	sigaddset(out, SIGHUP);
	pthread_sigmask(SIG_BLOCK, out, NULL); /* threads inherit it */
	signal(SIGPIPE, SIG_IGN);
}

/* Waits for the end; the exit status. */
static int run(struct daemon *d, const sigset_t *signals)
{
	struct timespec second = { 1, 0 };
	unsigned seconds = 0;

	for (;;) {
		int sig = sigtimedwait(signals, NULL, &second);
		if (sig == SIGTERM || sig == SIGINT) {
			log_info("main", "stopping signal=%d", sig);
			return EXIT_OK;
		}
		if (sig == SIGHUP)
			transport_reload(&d->s, d->server, d->api);
		if (writer_dead(d->writer)) {
			log_error("main", "%s",
				  "a commit failed: the daemon ends and must be started again");
			return EXIT_FAILED;
		}
		if (sig >= 0 || ++seconds % HOUSEKEEPING_S != 0)
			continue;
		store_reader_check(d->store);
		malloc_trim(0);
	}
}

/* A page of the map could not be read: the disk or the file is broken, and nothing can be answered. */
static void on_bus_error(int sig)
{
	static const char text[] =
		"tierwatchd: the store cannot be read (bus error): damaged file or "
		"failing disk\n";

	(void)sig;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(EXIT_FAILED);
	_exit(EXIT_DAMAGED);
}

/* What is large goes back to the system at once: an import or a long list leaves no more behind than
 * the threads keep for their next work. Without this the threshold grows with what is freed. */
static void set_up_malloc(void)
{
	mallopt(M_MMAP_THRESHOLD, 256 << 10);
	mallopt(M_TRIM_THRESHOLD, 1 << 20);
	mallopt(M_ARENA_MAX, 4);
}

/* Memory holds tokens and the secret, and everybody's data: a crash must not leave it on a disk. (The process stays
 * dumpable otherwise, so that tools may read its memory figures.) */
static void no_core(void)
{
	struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
}

/* Files that we open must not become 0, 1 or 2. */
static void open_std_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static unsigned processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (unsigned)MIN(n, 64) : 1;
}

static enum rc read_transport(struct daemon *d, struct err *e)
{
	enum rc rc = settings_listen(&d->s, d->host, &d->transport.port, e);

	d->transport.host = d->host[0] ? d->host : NULL;
	return rc ? rc : transport_config(&d->s, &d->transport, e);
}

static enum rc start(struct daemon *d, struct err *e)
{
	enum log_level level;
	enum rc rc;

	if (!d->s.data[0])
		return err_set(e, RC_USAGE, "data", "%s", "--data DIR is required; see --help");
	if (d->s.n_args)
		return err_set(e, RC_USAGE, NULL, "unexpected argument %s", d->s.args[0]);
	if (!log_level_parse(d->s.log_level, &level))
		return err_set(e, RC_USAGE, "log_level", "log_level: '%s' is none", d->s.log_level);
	log_set_level(level);
	if (d->s.audit_keep_days && d->s.audit_keep_days < 400)
		return err_set(e, RC_USAGE, "audit_keep_days", "%s", "audit_keep_days: 0, or at least 400");
	d->s.loops = d->s.loops ? d->s.loops : processors();
	server_config_init(&d->transport);
	rc = read_transport(d, e);
	if (!rc)
		rc = settings_clock(&d->s, &d->clock, e);
	if (!rc)
		rc = open_store(d, e);
	if (!rc)
		rc = start_services(d, e);
	return rc ? rc : start_server(d, e);
}

int main(int argc, char **argv)
{
	struct daemon d = { 0 };
	struct err e = { 0 };
	sigset_t signals;
	int status;

	open_std_fds();
	no_core();
	set_up_malloc();
	umask(077);
	enum rc rc = settings_read(argc, argv, &d.s, &e);
	if (!rc && d.s.help) {
		settings_help();
		return EXIT_OK;
	}
	if (!rc && d.s.version) {
		printf("tierwatchd %s\n", PACKAGE_VERSION);
		return EXIT_OK;
	}
	if (!rc && d.s.offline[0])
		return offline_run(&d.s);
	block_signals(&signals);
	signal(SIGBUS, on_bus_error);
	if (!rc)
		rc = start(&d, &e);
	if (rc) {
		e.rc = rc;
		status = say_error(&e);
	} else {
		say_ready(&d);
		status = run(&d, &signals);
	}
	stop(&d);
	return status;
}
