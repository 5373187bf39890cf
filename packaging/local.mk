# The unit file names the place of the daemon, which only make knows.
EXTRA_DIST += %D%/tierwatchd.service.in
CLEANFILES += %D%/tierwatchd.service
systemdsystemunit_DATA = %D%/tierwatchd.service

%D%/tierwatchd.service: $(srcdir)/%D%/tierwatchd.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && sed 's|@sbindir@|$(sbindir)|g' $(srcdir)/%D%/tierwatchd.service.in > $@.tmp && mv $@.tmp $@
