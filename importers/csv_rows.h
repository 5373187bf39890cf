/* csv_rows.h - inside of importers/: the rows of a CSV file under a header that has been read, in parts. */
#pragma once

#include "importers/columns.h"
#include "importers/piece.h"
#include "importers/run.h"

/* What the rows of a file share. */
struct rows_head {
	struct columns columns;
	char delim;
	struct view default_procurer; /* "": none */
};

/* The rows that begin in [from, limit) of the source's text; line: of from; resumed: see struct csv. */
struct rows_part {
	const char *from, *limit;
	unsigned line, resumed;
};
/* Gives them to the sink, and says in *piece how it went. run is only read. */
void rows_part(const struct run *run, const struct rows_head *head, const struct import_sink *sink,
	       struct import_piece *piece, const struct rows_part *part);
/* All rows of the text, by several threads, to the run's sink; line: of its first byte. */
MUST_USE enum rc rows_parallel(struct run *run, const struct rows_head *head, struct view text, unsigned line);
