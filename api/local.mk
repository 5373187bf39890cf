# The HTTP server, its routes, JSON, the embedded pages.
noinst_LIBRARIES += %D%/libapi.a
%C%_libapi_a_SOURCES = \
	%D%/access.c \
	%D%/access.h \
	%D%/admit.c \
	%D%/admin_token.c \
	%D%/answer.c \
	%D%/answer_cache.c \
	%D%/answer_cache.h \
	%D%/api.c \
	%D%/api.h \
	%D%/api_int.h \
	%D%/assets.c \
	%D%/assets.def \
	%D%/assets.h \
	%D%/assets_bytes.S \
	%D%/auth.c \
	%D%/auth.h \
	%D%/backup.c \
	%D%/bulk.c \
	%D%/chain.c \
	%D%/chokepoints.c \
	%D%/chain.h \
	%D%/clause_gaps.c \
	%D%/csv_out.c \
	%D%/csv_out.h \
	%D%/cursor.c \
	%D%/cursor.h \
	%D%/dispatch.c \
	%D%/dispatch_pool.c \
	%D%/entity_fields.c \
	%D%/entity_out.c \
	%D%/entity_out.h \
	%D%/events_out.c \
	%D%/events_out.h \
	%D%/exports.c \
	%D%/feed.c \
	%D%/handlers.h \
	%D%/http1.c \
	%D%/http1.h \
	%D%/http1_body.c \
	%D%/http1_int.h \
	%D%/incident.c \
	%D%/list_cache.c \
	%D%/list_cache.h \
	%D%/lists.c \
	%D%/openapi.c \
	%D%/openapi.def \
	%D%/orgs.c \
	%D%/pool.c \
	%D%/pool.h \
	%D%/problem.c \
	%D%/problem.h \
	%D%/query.c \
	%D%/query.def \
	%D%/query.h \
	%D%/request.c \
	%D%/request.h \
	%D%/routes.c \
	%D%/routes.def \
	%D%/routes.h \
	%D%/server.c \
	%D%/server.h \
	%D%/server_conn.c \
	%D%/server_gzip.c \
	%D%/server_int.h \
	%D%/server_listen.c \
	%D%/server_reply.c \
	%D%/server_request.c \
	%D%/server_send.c \
	%D%/server_sse.c \
	%D%/shown.c \
	%D%/shown.h \
	%D%/streams.c \
	%D%/system.c \
	%D%/tokens.c \
	%D%/uploads.c \
	%D%/url.c \
	%D%/url.h \
	%D%/waiters.c \
	%D%/writes.c \
	%D%/writes.h

# The pages are built into web/dist (see web/local.mk) and embedded byte for byte by api/assets_bytes.S,
# which reads them by .incbin, so that the object has to follow every one of them.
%D%/assets_bytes.$(OBJEXT): $(srcdir)/%D%/assets.def $(web_built)
