# Tests of cli/.
check_PROGRAMS += %D%/test_cli
TESTS += %D%/test_cli
%C%_test_cli_SOURCES = tests/run.h \
	%D%/suites.h \
	%D%/test_args.c \
	%D%/test_changes.c \
	%D%/test_cli.c \
	%D%/test_fields.c \
	%D%/test_lines.c \
	%D%/test_msg.c \
	%D%/test_out.c \
	%D%/test_settings.c \
	%D%/test_table.c
%C%_test_cli_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_cli_LDADD = cli/libcli.a $(cli_libs) $(CHECK_LIBS)
