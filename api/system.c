/* system.c - what the process says of itself: health, status, metrics; and opening the event stream. */
#include "api/api_int.h"
#include "api/events_out.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "base/json_out.h"
#include "base/util.h"

static enum rc say(struct request *r, const char *status)
{
	struct json j;

	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "status");
	json_str(&j, status);
	json_obj_end(&j);
	return RC_OK;
}

enum rc healthz_show(struct request *r, struct err *e)
{
	(void)e;
	return say(r, "ok");
}

enum rc readyz_show(struct request *r, struct err *e)
{
	if (writer_dead(api_writer(r->api)))
		return err_set(e, RC_STOPPING, NULL, NULL);
	return say(r, "ready");
}

/* How much there is in all is told to those who see all. */
static void totals_json(struct json *j, const struct request *r)
{
	const struct {
		const char *name;
		uint64_t n;
	} totals[] = {
		{ "orgs", txn_count(r->txn, DB_ORG) },
		{ "links", graph_link_count(r->txn) },
		{ "certificates", txn_count(r->txn, DB_CERT) },
		{ "clauses", txn_count(r->txn, DB_CLAUSE) },
		{ "watched", txn_count(r->txn, DB_TARGETS) },
	};

	for (size_t i = 0; i < ARRAY_LEN(totals); i++) {
		json_key(j, totals[i].name);
		if (access_sees_all(&r->who))
			json_uint(j, totals[i].n);
		else
			json_nil(j);
	}
}

enum rc status_show(struct request *r, struct err *e)
{
	struct txn *t = r->txn;
	struct json j;

	(void)e;
	json_init(&j, &r->reply.body);
	json_obj(&j);
	json_key(&j, "version");
	json_str(&j, r->api->c.version);
	json_key(&j, "revision");
	json_uint(&j, graph_revision(t));
	json_key(&j, "today");
	json_day(&j, graph_today(t));
	json_key(&j, "now");
	json_instant(&j, clock_now_ms(r->api->c.clock));
	totals_json(&j, r);
	json_key(&j, "figured_revision");
	if (r->api->c.figurer)
		json_uint(&j, figurer_done(r->api->c.figurer));
	else
		json_nil(&j);
	json_key(&j, "log_first");
	json_uint(&j, log_first(t));
	json_obj_end(&j);
	return RC_OK;
}

/* ---- metrics ---- */

static void metric(struct buf *b, const char *name, const char *type, const char *help, uint64_t v)
{
	buf_addf(b, "# HELP tierwatch_%s %s\n# TYPE tierwatch_%s %s\ntierwatch_%s %llu\n", name,
		 help, name, type, name, (unsigned long long)v);
}

static void metrics_of_store(struct buf *b, struct request *r)
{
	struct store_stat st;

	metric(b, "revision", "gauge", "Number of the last command.", graph_revision(r->txn));
	metric(b, "orgs", "gauge", "Organisations.", txn_count(r->txn, DB_ORG));
	metric(b, "links", "gauge", "Links.", graph_link_count(r->txn));
	metric(b, "certificates", "gauge", "Certificates.", txn_count(r->txn, DB_CERT));
	metric(b, "watched", "gauge", "Organisations with targets.", txn_count(r->txn, DB_TARGETS));
	if (store_stat(api_store(r->api), &st) != RC_OK)
		return;
	metric(b, "store_used_bytes", "gauge", "Bytes of the store in use.", st.used_bytes);
	metric(b, "store_map_bytes", "gauge", "Bytes that the store may grow to now.",
	       st.map_bytes);
	metric(b, "store_readers", "gauge", "Read transactions.", st.readers);
}

static void metrics_of_looks(struct buf *b, struct looks *l)
{
	struct looks_stats s;

	looks_stats(l, &s);
	metric(b, "looks_written_total", "counter", "Reads of others' data that were logged.", s.written);
	metric(b, "looks_pending", "gauge", "Of these, still in memory.", s.pending);
	metric(b, "looks_dropped_total", "counter", "Of these, lost because they could not be written.", s.dropped);
	metric(b, "looks_failures_total", "counter", "Times that they could not be written.", s.failures);
}

static void metrics_of_writer(struct buf *b, struct request *r)
{
	struct writer_stats w;

	writer_stats(api_writer(r->api), &w);
	metric(b, "writer_batches_total", "counter", "Batches made durable.", w.batches);
	metric(b, "writer_commands_total", "counter", "Commands applied.", w.commands);
	metric(b, "writer_refused_total", "counter", "Commands refused.", w.refused);
	metric(b, "writer_queue", "gauge", "Commands waiting.", w.queued);
	if (r->api->c.looks)
		metrics_of_looks(b, r->api->c.looks);
	if (r->api->c.figurer)
		metric(b, "figured_revision", "gauge", "Revision up to which figures are kept.",
		       figurer_done(r->api->c.figurer));
}

static void metrics_of_server(struct buf *b, struct request *r)
{
	struct server_stats s;

	server_stats(atomic_load(&r->api->server), &s);
	metric(b, "http_connections", "gauge", "Connections.", s.conns);
	metric(b, "http_event_streams", "gauge", "Event streams.", s.streams);
	metric(b, "http_accepted_total", "counter", "Connections taken.", s.accepted);
	metric(b, "http_refused_total", "counter", "Connections refused.", s.refused);
	metric(b, "http_requests_total", "counter", "Requests read.", s.requests);
	metric(b, "http_bad_requests_total", "counter", "Requests that could not be read.",
	       s.bad_requests);
	metric(b, "http_timeouts_total", "counter", "Connections closed by a deadline.",
	       s.timeouts);
	metric(b, "http_tls_handshakes_total", "counter", "TLS handshakes done.", s.tls_handshakes);
	metric(b, "http_tls_failures_total", "counter", "TLS handshakes that failed.", s.tls_failed);
	metric(b, "http_accept_pauses_total", "counter", "Times that descriptors ran out.",
	       s.paused);
	buf_adds(b, "# HELP tierwatch_http_answers_total Answers by class.\n"
		    "# TYPE tierwatch_http_answers_total counter\n");
	for (unsigned i = 2; i < 6; i++)
		buf_addf(b, "tierwatch_http_answers_total{class=\"%uxx\"} %llu\n", i,
			 (unsigned long long)atomic_load(&r->api->answers[i]));
	metric(b, "pool_queue", "gauge", "Heavy reads waiting.", pool_waiting(r->api->pool));
	metric(b, "uptime_seconds", "gauge", "Since the start.",
	       (uint64_t)(monotonic_us() - r->api->started_us) / 1000000);
}

static void metrics_of_login(struct buf *b, struct request *r)
{
	struct login_stats l;

	login_stats(r->api->login, &l);
	metric(b, "sessions", "gauge", "Browsers that are logged in.", l.sessions);
	if (!l.provider)
		return;
	metric(b, "oidc_keys", "gauge", "Keys of the OpenID provider in use.", l.oidc.keys);
	metric(b, "oidc_fetches_total", "counter", "Times that its keys were asked for.", l.oidc.fetches);
	metric(b, "oidc_failures_total", "counter", "Of these in vain.", l.oidc.failures);
	metric(b, "oidc_verified_total", "counter", "Tokens whose signature was checked and good.",
	       l.oidc.verified);
	metric(b, "oidc_cached_total", "counter", "Tokens that had been checked a moment before.",
	       l.oidc.cached);
	metric(b, "oidc_refused_total", "counter", "Tokens refused.", l.oidc.refused);
}

enum rc metrics_show(struct request *r, struct err *e)
{
	struct buf *b = &r->reply.body;

	(void)e;
	metrics_of_store(b, r);
	metrics_of_writer(b, r);
	metrics_of_server(b, r);
	metrics_of_login(b, r);
	r->reply.type = "text/plain; version=0.0.4; charset=utf-8";
	return RC_OK;
}

/* ---- events ---- */

static bool look(void *arg, const struct event *ev)
{
	(void)arg;
	(void)ev;
	return false;
}

enum rc events_open(struct request *r, struct err *e)
{
	uint64_t revision = graph_revision(r->txn);
	uint32_t seq = UINT32_MAX;
	bool given;
	enum rc rc = event_position(r, &revision, &seq, &given, e);

	if (!rc)
		rc = events_read(r->txn, revision, seq, 1, look, NULL);
	if (rc == RC_COMPACTED)
		return err_set(e, rc, NULL, "%llu", (unsigned long long)log_first(r->txn));
	r->reply.revision = graph_revision(r->txn);
	if (rc)
		return rc;
	return access_sees_all(&r->who) ? sse_open(r->http->loop_data, r, revision, seq)
					: narrow_open(r->http->loop_data, r, revision, seq);
}
