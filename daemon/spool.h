/* spool.h - DIR/spool: bodies while they arrive, files of imports, copies for backups. */
#pragma once

#include "base/err.h"

/* Makes it or empties it of what an earlier run left; its path into out. RC_IO. */
MUST_USE enum rc spool_open(const char *data_dir, char *out, size_t out_size, struct err *e);
