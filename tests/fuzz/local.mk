# Fuzz targets. `make check` replays tests/fuzz/corpus/NAME through each (fuzz_NAME without
# arguments); ./configure CC=clang --enable-fuzzers links them with libFuzzer instead.
if FUZZERS
fuzz_driver =
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
noinst_PROGRAMS += $(fuzz_targets)
else
fuzz_driver = %D%/replay.c
fuzz_ldflags = $(AM_LDFLAGS)
check_PROGRAMS += $(fuzz_targets)
TESTS += $(fuzz_targets)
endif

fuzz_targets = %D%/fuzz_http1 %D%/fuzz_csv %D%/fuzz_dates %D%/fuzz_query %D%/fuzz_body \
	%D%/fuzz_proxy %D%/fuzz_forwarded %D%/fuzz_auth %D%/fuzz_audit

fuzz_targets += %D%/fuzz_jwt
%C%_fuzz_jwt_SOURCES = %D%/fuzz_jwt.c $(fuzz_driver)
%C%_fuzz_jwt_LDADD = $(api_libs)
%C%_fuzz_jwt_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_http1_SOURCES = %D%/fuzz_http1.c $(fuzz_driver)
%C%_fuzz_http1_LDADD = $(api_libs)
%C%_fuzz_http1_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_csv_SOURCES = %D%/fuzz_csv.c $(fuzz_driver)
%C%_fuzz_csv_LDADD = $(importers_libs)
%C%_fuzz_csv_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_dates_SOURCES = %D%/fuzz_dates.c $(fuzz_driver)
%C%_fuzz_dates_LDADD = $(importers_libs)
%C%_fuzz_dates_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_query_SOURCES = %D%/fuzz_query.c $(fuzz_driver)
%C%_fuzz_query_LDADD = $(api_libs)
%C%_fuzz_query_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_body_SOURCES = %D%/fuzz_body.c $(fuzz_driver)
%C%_fuzz_body_LDADD = $(api_libs)
%C%_fuzz_body_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_proxy_SOURCES = %D%/fuzz_proxy.c $(fuzz_driver)
%C%_fuzz_proxy_LDADD = $(api_libs)
%C%_fuzz_proxy_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_forwarded_SOURCES = %D%/fuzz_forwarded.c $(fuzz_driver)
%C%_fuzz_forwarded_LDADD = $(api_libs)
%C%_fuzz_forwarded_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_audit_SOURCES = %D%/fuzz_audit.c $(fuzz_driver)
%C%_fuzz_audit_LDADD = $(api_libs)
%C%_fuzz_audit_LDFLAGS = $(fuzz_ldflags)

%C%_fuzz_auth_SOURCES = %D%/fuzz_auth.c $(fuzz_driver)
%C%_fuzz_auth_LDADD = $(api_libs)
%C%_fuzz_auth_LDFLAGS = $(fuzz_ldflags)
