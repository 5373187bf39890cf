# The generator of the demo's files: built with everything, not installed.
noinst_PROGRAMS += %D%/demogen
%C%_demogen_SOURCES = \
	%D%/demo.h \
	%D%/demo_certs.c \
	%D%/demo_names.c \
	%D%/demo_names.def \
	%D%/demo_world.c \
	%D%/demo_write.c \
	%D%/demogen.c
%C%_demogen_LDADD = $(base_libs)
EXTRA_DIST += %D%/README.md %D%/jpgovs.csv
