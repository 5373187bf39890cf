/*
 * audit_line.h - one line of an audit export: what an entry of the log says, readable, beside the bytes that the chain
 * vouches for. The readable part follows from the bytes alone, so that whoever has the line can write it again and
 * compare: the server writes lines with this, the verifier checks them with it.
 *
 * An entry is one line; a large one (an import) is several, with "part" 1, 2, …: first the images of what was
 * there before, then the command cut between operations. prev stands in the first, hash in the last. What is cut and
 * where follows from the bytes, so that the verifier takes no other cut: the two sizes below belong to the format.
 */
#pragma once

#include "base/json_out.h"
#include "graph/audit.h"

#define AUDIT_WHOLE (256u << 10) /* bytes of command and images up to which an entry is one line */
/* Bytes of a part: images until it is reached, what is whole of the command within it; doubled for an operation that is
 * larger. Commands without operations are cut at it. */
#define AUDIT_PART (64u << 10)

struct audit_line {
	uint64_t revision;
	unsigned part;      /* 0: the entry is this line */
	bool first;         /* the command begins in it */
	bool last;          /* the entry ends with it */
	enum cmd_type type; /* of the command; set by audit_line() where it begins here */
	struct view command;
	const struct past *images; /* whole: all, in key order */
	size_t n_images;
	const uint8_t *prev, *hash; /* first line of an entry; last one */
	/* Whether the value under a reference was erased since; asked once for each that is shown. */
	bool (*erased)(void *arg, struct view ref);
	void *arg;
};
/* Appends the line with its line feed. False: the command cannot be read. */
bool audit_line(struct buf *out, struct audit_line *l);
/* How much of a piece of a command of operations ends with a whole one; first: its head comes before. */
size_t audit_whole_ops(struct view piece, bool first);
/* Bytes of what must not be cut at its beginning: the head, or an operation. */
size_t audit_first_whole(struct view piece, bool first);
const char *audit_type_name(enum cmd_type type);
void audit_hex(struct json *j, const char *key, const uint8_t *p, size_t n); /* key NULL: in an array */
