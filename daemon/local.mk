# The daemon: options, wiring, start and stop.
sbin_PROGRAMS += tierwatchd
tierwatchd_SOURCES = \
	%D%/load_files.c \
	%D%/load_files.h \
	%D%/load_say.c \
	%D%/main.c \
	%D%/notify.c \
	%D%/notify.h \
	%D%/offline.c \
	%D%/offline.h \
	%D%/offline_audit.c \
	%D%/offline_load.c \
	%D%/settings.c \
	%D%/settings.def \
	%D%/settings.h \
	%D%/spool.c \
	%D%/spool.h \
	%D%/transport.c \
	%D%/transport.h
tierwatchd_LDADD = $(api_libs)

dist_man8_MANS = docs/man/tierwatchd.8
jaman8dir = $(mandir)/ja/man8
dist_jaman8_DATA = docs/man/ja/tierwatchd.8
