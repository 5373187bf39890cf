# The command line client: HTTP only.
#bin_PROGRAMS += tierwatch
#tierwatch_SOURCES = \
#	%D%/args.c \
#	%D%/args.h \
#	%D%/cli.h \
#	%D%/http.c \
#	%D%/http.h \
#	%D%/msg.c \
#	%D%/msg.h \
#	%D%/options.def \
#	%D%/out.c \
#	%D%/out.h \
#	%D%/rows.c \
#	%D%/rows.h \
#	%D%/settings.c \
#	%D%/settings.h \
#	%D%/table.c \
#	%D%/table.h \
#	%D%/verbs.c \
#	%D%/verbs.h \
#	%D%/version.h \
#	%D%/words.def
#tierwatch_LDADD = $(cli_libs)
