/* load_files.h - the files of a bulk load: which there are, in which order they go in, and what names them for good. */
#pragma once

#include <limits.h>
#include <pthread.h>

#include "graph/cmd.h"
#include "importers/import.h"

struct load_file {
	char path[1024];
	enum import_format format; /* found */
	enum import_kind kind;
	uint64_t bytes, before;	   /* before: of the files that go in before it */
	uint64_t rows;		   /* when it has been read */
	uint32_t first_place;	   /* see load_place() */
	uint8_t digest[32];	   /* BLAKE2b-256, when load_files_hashed() has answered */
};

struct load_files {
	struct load_file *file;
	size_t n;
	uint64_t bytes;
	pthread_t hasher;
	bool hashing;
	enum rc hash_rc;
};

/* The files named, and those of the folders named; without names those of DIR/import. In the order in which they
 * can go in: organisations, contacts, certificates, links, clauses, other formats. RC_IO, RC_UNKNOWN_FORMAT, RC_USAGE
 * (there is none). */
MUST_USE enum rc load_files_find(struct load_files *f, const char *dir, char **names, size_t n, struct err *e);
void load_files_done(struct load_files *f);
/* Begins to compute the digests on a thread of its own. */
void load_files_hash(struct load_files *f);
MUST_USE enum rc load_files_hashed(struct load_files *f);
/* JSON: per file name, kind, bytes, rows, digest. */
void load_files_manifest(const struct load_files *f, struct buf *out);

/* A number for a line of any of the files, and back. */
uint32_t load_place(const struct load_files *f, size_t file, uint32_t line);
size_t load_file_of(const struct load_files *f, uint32_t place, unsigned *out_line);

/* load_say.c: on standard error, in the language of the environment */
void say_row_error(const char *path, const struct err *e);
void say_progress(uint64_t rows, double seconds, double share);
void say_loaded(uint64_t rows, uint64_t rejected, const struct op_tally *t, double seconds);
