/*
 * schema.c - the table of databases, and the names in META:
 *   format      be32  STORE_FORMAT of the program that wrote last
 *   revision    be64  number of the last applied command
 *   today       be64  the processed day + 2^31: held levels, events and figures stand as of it
 *   next_org    be64  the next organisation number; numbers are never used again
 *   links       be64  how many links there are
 *   secret_id   8 bytes  which secret is this store's (store/secret.h); the secret lies outside
 *   figured     be64  the revision up to which kept figures are computed
 *   created     be64  instant at which the store was made, ms
 *   audit_base  be64 revision, 32-byte hash: the last entry that was dropped from LOG and AUDIT; absent: none was
 *   audit_head  be64 revision of the last signed head, be64 the revision that it signs; absent: none yet
 *   audit_kept  the newest signed head among the dropped entries (graph/audit.h); absent: none
 *   scrubbed    be64  number of the commit before free pages were last written over
 *   past_from   be64  the revision from which on PAST tells what records were before
 */
#include "store/schema.h"

const struct db_def store_schema[DB__COUNT] = {
#define DB(sym, name, doc) [DB_##sym] = { name, doc },
	STORE_DATABASES(DB)
#undef DB
};

const unsigned store_since[DB__COUNT] = {
#define SINCE(sym, format) [DB_##sym] = format,
	STORE_SINCE(SINCE)
#undef SINCE
};
