# The HTTP server, its routes, JSON, the embedded pages.
noinst_LIBRARIES += %D%/libapi.a
%C%_libapi_a_SOURCES = \
	%D%/assets_bytes.S \
	%D%/assets.c \
	%D%/assets.def \
	%D%/assets.h \
	%D%/http1.c \
	%D%/http1.h \
	%D%/http1_body.c \
	%D%/http1_int.h

# The pages are built into web/dist (see web/local.mk) and embedded byte for byte by api/assets_bytes.S,
# which reads them by .incbin, so that the object has to follow every one of them.
%D%/assets_bytes.$(OBJEXT): $(srcdir)/%D%/assets.def $(web_built)
