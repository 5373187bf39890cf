/*
 * piece.h - operations of a stretch of a file, with all that they point to in one arena: what goes from the threads
 * that read to the one that applies.
 */
#pragma once

#include "base/arena.h"
#include "importers/import.h"

struct piece_contacts {
	size_t op; /* which op's entity gets them */
	struct view bytes;
};

struct import_piece {
	struct arena *arena;
	struct op *ops;
	size_t n_ops, cap_ops;
	struct piece_contacts *contacts;
	size_t n_contacts, cap_contacts;
	struct err *rejects;
	size_t n_rejects, cap_rejects;
	uint64_t rows;	    /* read, good and bad */
	uint64_t bytes;	    /* of the file, up to the piece's end */
	/* how the reading went (parallel.c) */
	const char *from, *to; /* the text that was read */
	unsigned lines;	    /* line ends in it */
	unsigned resumed;   /* see struct csv */
	bool over;
	enum rc rc;	    /* of the file as a whole */
	struct err err;
};

struct import_piece *piece_new(void); /* NULL: out of memory */
void piece_free(struct import_piece *p);
/* A sink that fills the piece; arg is the piece. Copies what it is given. */
struct import_sink piece_sink(struct import_piece *p);
