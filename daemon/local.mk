# The daemon: options, wiring, start and stop.
#sbin_PROGRAMS += tierwatchd
#tierwatchd_SOURCES = %D%/main.c
#tierwatchd_LDADD = $(api_libs)
