# The store: the only user of LMDB.
noinst_LIBRARIES += %D%/libstore.a
%C%_libstore_a_SOURCES = \
	%D%/backup.c \
	%D%/check.c \
	%D%/cursor.c \
	%D%/internal.h \
	%D%/lock.c \
	%D%/lock.h \
	%D%/overlay.c \
	%D%/overlay.h \
	%D%/overlay_cur.c \
	%D%/pages.c \
	%D%/pages.h \
	%D%/schema.c \
	%D%/schema.h \
	%D%/secret.c \
	%D%/secret.h \
	%D%/scrub.c \
	%D%/store.c \
	%D%/store.h \
	%D%/txn.c
