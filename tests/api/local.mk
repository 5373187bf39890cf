# Tests of api/: add programs to check_PROGRAMS and TESTS (see tests/base/local.mk).

check_PROGRAMS += %D%/test_assets
TESTS += %D%/test_assets
%C%_test_assets_SOURCES = tests/run.h %D%/test_assets.c
%C%_test_assets_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_assets_LDADD = $(api_libs) $(CHECK_LIBS)

# Queries, cursors, problems, tables.
check_PROGRAMS += %D%/test_api
TESTS += %D%/test_api
%C%_test_api_SOURCES = tests/run.h %D%/test_api.c
%C%_test_api_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_api_LDADD = $(api_libs) $(CHECK_LIBS)

# How much one caller may ask for.
check_PROGRAMS += %D%/test_limits
TESTS += %D%/test_limits
%C%_test_limits_SOURCES = tests/run.h %D%/test_limits.c
%C%_test_limits_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_limits_LDADD = $(api_libs) $(CHECK_LIBS)

# Which fields leave the server.
check_PROGRAMS += %D%/test_place
TESTS += %D%/test_place
%C%_test_place_SOURCES = tests/run.h %D%/test_place.c
%C%_test_place_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_place_LDADD = $(api_libs) $(CHECK_LIBS)

# Logging in, but for the provider.
check_PROGRAMS += %D%/test_login
TESTS += %D%/test_login
%C%_test_login_SOURCES = tests/run.h %D%/test_login.c
%C%_test_login_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_login_LDADD = $(api_libs) $(CHECK_LIBS)

# The lanes of the compute pool.
check_PROGRAMS += %D%/test_pool
TESTS += %D%/test_pool
threaded_tests += %D%/test_pool
%C%_test_pool_SOURCES = tests/run.h tests/tmpdir.h %D%/test_pool.c
%C%_test_pool_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_pool_LDADD = $(api_libs) $(CHECK_LIBS)

# The request reader by itself.
check_PROGRAMS += %D%/test_http1
TESTS += %D%/test_http1
%C%_test_http1_SOURCES = tests/run.h %D%/test_http1.c
%C%_test_http1_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_http1_LDADD = $(api_libs) $(CHECK_LIBS)

# Who the client is: addresses, proxies, certificates; secrets in files.
check_PROGRAMS += %D%/test_transport
TESTS += %D%/test_transport
%C%_test_transport_SOURCES = tests/run.h tests/tmpdir.h %D%/test_transport.c
%C%_test_transport_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_transport_LDADD = $(api_libs) $(CHECK_LIBS)

# The server over real sockets.
server_tests = %D%/test_server %D%/test_server_limits
check_PROGRAMS += $(server_tests)
TESTS += $(server_tests)
threaded_tests += $(server_tests)
%C%_test_server_SOURCES = tests/run.h %D%/http_client.h %D%/http_rig.c %D%/http_rig.h \
	%D%/certs.c %D%/certs.h %D%/test_server.c
%C%_test_server_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_server_LDADD = $(api_libs) $(CHECK_LIBS)
%C%_test_server_limits_SOURCES = tests/run.h %D%/http_client.h %D%/http_rig.c %D%/http_rig.h \
	%D%/certs.c %D%/certs.h %D%/test_server_limits.c
%C%_test_server_limits_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_server_limits_LDADD = $(api_libs) $(CHECK_LIBS)

# Tells what the request reader makes of bytes: tests/integration/http1-vs-node.test.mjs asks it.
check_PROGRAMS += %D%/http1_verdict
%C%_http1_verdict_SOURCES = %D%/http1_verdict.c
%C%_http1_verdict_LDADD = $(api_libs)

# What the front door itself costs, beside bare bufferevents: http_hello server|bare, then wrk against it.
EXTRA_PROGRAMS += tests/bench/http_hello
tests_bench_http_hello_SOURCES = tests/bench/http_hello.c
tests_bench_http_hello_LDADD = $(api_libs)

# An audit export, changed in every way.
check_PROGRAMS += %D%/test_audit_verify
TESTS += %D%/test_audit_verify
%C%_test_audit_verify_SOURCES = tests/run.h \
	%D%/test_audit_verify.c \
	tests/graph/domain_kit.c \
	tests/graph/domain_kit.h \
	tests/graph/world_ops.c \
	tests/graph/world_ops.h \
	$(twin_sources)
%C%_test_audit_verify_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_audit_verify_LDADD = $(api_libs) $(CHECK_LIBS)
