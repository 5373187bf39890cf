# The store: the only user of LMDB.
noinst_LIBRARIES += %D%/libstore.a
%C%_libstore_a_SOURCES = \
	%D%/schema.c \
	%D%/schema.h \
	%D%/store.h
