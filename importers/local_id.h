/*
 * local_id.h - identifiers for organisations that a file names in no registered way. Stable: the
 * same file gives the same ids in every store.
 */
#pragma once

#include "base/buf.h"

/* XX-LOCAL-<procurer>-<code>; a code with characters that ids do not allow, or too long, is
 * replaced by a hash of it ("x" and 20 hex digits). '~' in the procurer becomes '.'. Appends. */
void local_id_of_code(struct buf *out, struct view procurer, struct view code);
/* XX-LOCAL-GOV-<16 hex digits of the hash of the folded name>. Appends. */
void local_id_of_government(struct buf *out, struct view folded_name);
