# One file per format: bytes in, commands out.
noinst_LIBRARIES += %D%/libimporters.a
%C%_libimporters_a_SOURCES = \
	%D%/awards.c \
	%D%/columns.c \
	%D%/columns.h \
	%D%/cp932.c \
	%D%/cp932.h \
	%D%/csv.c \
	%D%/csv.h \
	%D%/csv_import.c \
	%D%/csv_layout.c \
	%D%/csv_layout.h \
	%D%/csv_rows.h \
	%D%/govs.c \
	%D%/govs.h \
	%D%/govs_data.S \
	%D%/headings.def \
	%D%/import.c \
	%D%/import.h \
	%D%/jpgovs.c \
	%D%/json_fields.c \
	%D%/json_fields.h \
	%D%/json_shape.c \
	%D%/json_targets.c \
	%D%/json_values.c \
	%D%/json_values.h \
	%D%/local_id.c \
	%D%/local_id.h \
	%D%/ndjson.c \
	%D%/nta.c \
	%D%/parallel.c \
	%D%/piece.c \
	%D%/piece.h \
	%D%/run.h \
	%D%/source.c \
	%D%/source.h \
	%D%/value.c \
	%D%/value.h
# The assembler does not tell make which bytes it binds in.
importers/importers_libimporters_a-govs_data.$(OBJEXT) importers/govs_data.$(OBJEXT): data/jpgovs.csv
