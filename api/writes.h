/* writes.h - reading entity tags: "STORED.DERIVED". Pure; the handlers are in handlers.h. */
#pragma once

#include <stdint.h>

#include "base/view.h"

/* The next tag of a list with its quotes; of a weak one only an empty view, which equals nothing.
 * False: the end, or no list of tags. */
bool etag_next(struct view *list, struct view *out);
/* The first part of a tag. */
bool etag_stored(struct view tag, uint64_t *out);
