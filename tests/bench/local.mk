# What measures; built by script/bench, not by `make`.
EXTRA_DIST += %D%/run.mjs %D%/compare.mjs %D%/goals.mjs %D%/postgres.mjs %D%/report.mjs %D%/sqlite.mjs
EXTRA_DIST += %D%/tierwatch.mjs %D%/tools.mjs
EXTRA_PROGRAMS += %D%/gen_graph %D%/bench_graph %D%/bench_http %D%/bench_lapse %D%/plain_arrays
%C%_gen_graph_SOURCES = %D%/gen_graph.c
%C%_gen_graph_LDADD = $(base_libs)
%C%_bench_graph_SOURCES = %D%/bench_graph.c
%C%_bench_graph_LDADD = $(graph_libs)
%C%_plain_arrays_SOURCES = %D%/plain_arrays.c
%C%_plain_arrays_LDADD = $(base_libs)
%C%_bench_lapse_SOURCES = %D%/bench_lapse.c
%C%_bench_lapse_LDADD = $(services_libs)
%C%_bench_http_SOURCES = %D%/bench_http.c
%C%_bench_http_LDADD = $(base_libs)

.PHONY: bench-programs
bench-programs: %D%/gen_graph %D%/bench_graph %D%/bench_http %D%/bench_lapse %D%/plain_arrays
