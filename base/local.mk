# Errors, views, arenas, buffers, dates, text, log, options.
noinst_LIBRARIES += %D%/libbase.a
%C%_libbase_a_SOURCES = \
	%D%/arena.c \
	%D%/arena.h \
	%D%/base32.c \
	%D%/base32.h \
	%D%/buf.c \
	%D%/buf.h \
	%D%/clock.c \
	%D%/clock.h \
	%D%/date.c \
	%D%/date.h \
	%D%/err.c \
	%D%/err.h \
	%D%/json_out.c \
	%D%/json_out.h \
	%D%/log.c \
	%D%/log.h \
	%D%/options.c \
	%D%/options.h \
	%D%/orgid.c \
	%D%/orgid.h \
	%D%/pack.c \
	%D%/pack.h \
	%D%/rc.def \
	%D%/secret_file.c \
	%D%/secret_file.h \
	%D%/text.c \
	%D%/text.h \
	%D%/tokentext.c \
	%D%/tokentext.h \
	%D%/utf8.c \
	%D%/util.h \
	%D%/variants.def \
	%D%/view.c \
	%D%/view.h
