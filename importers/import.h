/*
 * import.h - bytes in, operations out. An importer knows a format and the field table; it knows
 * nothing of storage and never looks anything up: unknown organisations, supplier codes and
 * unchanged rows are the apply function's business.
 */
#pragma once

#include "graph/cmd.h"

enum import_kind { IK_AUTO, IK_ORGS, IK_LINKS, IK_CERTIFICATES, IK_CLAUSES, IK_CONTACTS, IK__COUNT };
extern const char *const import_kind_names[IK__COUNT]; /* "auto", "orgs", … */
enum import_format { IF_AUTO, IF_CSV, IF_NDJSON, IF_NTA, IF_GBIZINFO_PROCUREMENT, IF_JPGOVS,
		     IF__COUNT };
extern const char *const import_format_names[IF__COUNT]; /* "auto", "csv", "ndjson", "nta", … */

#define IMPORT_COLUMNS_MAX 512

struct import_params {
	char path[1024];
	enum import_format format;
	enum import_kind kind;
	bool dry_run, strict, ignore_unknown;
	char procurer[129];   /* rows without a procurer column belong to this one; "" none */
	unsigned threads;     /* that may read a large CSV file together; 0, 1: only the caller */
	size_t stretch;	      /* tests: bytes that a thread takes at a time; 0: as usual */
};

struct import_piece; /* piece.h */

/* What an importer tells its caller. Every callback answers RC_OK to go on; anything else stops the
 * import, which then returns it. */
struct import_sink {
	void *arg;
	/* One operation; its views are valid only during the call. contacts: NULL, or the encoded
	 * contacts (graph/contacts.h) that the op's entity gets; the caller keys them and adds
	 * the field. */
	enum rc (*op)(void *arg, const struct op *op, const struct view *contacts);
	/* A row that cannot be used: e->line, e->column, e->field, e->rc. */
	enum rc (*reject)(void *arg, const struct err *e);
	/* Every few thousand rows, and at the end. */
	enum rc (*progress)(void *arg, uint64_t rows, uint64_t bytes);
	/* Before the first row of a file with headings: the columns by their names in docs/import.md
	 * (NULL: passed over), so that what is refused later can be told by column. The names
	 * stand for good, the list of them only during the call; at most IMPORT_COLUMNS_MAX. May
	 * be NULL. */
	void (*columns)(void *arg, const char *const *names, unsigned n);
	/* Many operations and rejected rows at once, which the callee frees, instead of one by one; only
	 * where several threads read. May be NULL. */
	enum rc (*piece)(void *arg, struct import_piece *piece);
};

struct import_result {
	enum import_format format; /* found */
	enum import_kind kind;
	uint64_t rows;
};

/* Reads the whole file. Errors of the file as a whole (encoding, header, format) come back as rc
 * and *e; bad rows go to reject. */
MUST_USE enum rc import_run(const struct import_params *p, const struct import_sink *sink,
			    struct import_result *out, struct err *e);
