check_PROGRAMS += %D%/test_base
TESTS += %D%/test_base
%C%_test_base_SOURCES = tests/run.h \
	%D%/suites.h \
	%D%/test_base.c \
	%D%/test_date.c \
	%D%/test_err.c \
	%D%/test_json.c \
	%D%/test_memory.c \
	%D%/test_options.c \
	%D%/test_orgid.c \
	%D%/test_pack.c \
	%D%/test_text.c \
	%D%/test_tokentext.c
%C%_test_base_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_base_LDADD = $(base_libs) $(CHECK_LIBS)
# The n-th allocation fails where the sanitizers leave malloc to us.
if !SANITIZER
%C%_test_base_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=realloc
endif
