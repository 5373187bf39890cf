# The HTTP server, its routes, JSON, the embedded pages.
noinst_LIBRARIES += %D%/libapi.a
%C%_libapi_a_SOURCES = \
	%D%/assets.c \
	%D%/assets.def \
	%D%/assets.h \
	%D%/assets_bytes.S \
	%D%/cursor.c \
	%D%/cursor.h \
	%D%/entity_fields.c \
	%D%/entity_out.c \
	%D%/entity_out.h \
	%D%/handlers.h \
	%D%/http1.c \
	%D%/http1.h \
	%D%/http1_body.c \
	%D%/http1_int.h \
	%D%/lists.c \
	%D%/orgs.c \
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
	%D%/server_sse.c

# The pages are built into web/dist (see web/local.mk) and embedded byte for byte by api/assets_bytes.S,
# which reads them by .incbin, so that the object has to follow every one of them.
%D%/assets_bytes.$(OBJEXT): $(srcdir)/%D%/assets.def $(web_built)
