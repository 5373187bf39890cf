/*
 * schema.h - every named database of the store: what its keys and values are, in bytes.
 * The table in schema.c is the on-disk format's index; docs/format.md explains it with examples.
 */
#pragma once

#include <stdint.h>

#define STORE_FORMAT 3u

/* DB(symbol, name, key => value) */
#define STORE_DATABASES(DB)                                                                        \
	DB(META, "meta", "name => value: see store/schema.c for the names")                        \
	DB(LOG, "log", "be64 revision, be32 part => a slice of the encoded command")               \
	DB(ORG_ID, "org_id", "id or alias => be32 org, u8 is_alias")                               \
	DB(ORG, "org", "be32 org => record of enum org_field")                                     \
	DB(NAME, "name", "be32 org/256 => names block: what a search reads")                       \
	DB(STEP, "step", "be32 org/256 => steps block: what an org held on which day")             \
	DB(OUT, "out", "be32 org/64 => adjacency block: suppliers")                                \
	DB(IN, "in", "be32 org/64 => adjacency block: procurers")                                  \
	DB(HUB, "hub", "u8 direction, be32 org, be32 first peer => adjacency run of a hub")        \
	DB(LINK, "link", "be32 procurer, be32 first supplier => segment of link records")          \
	DB(CERT, "cert", "be32 org, certificate id => record of enum cert_field")                  \
	DB(CLAUSE, "clause", "be32 procurer, be32 supplier, u8 number => record of clause fields") \
	DB(TARGETS, "targets", "be32 org => record of enum targets_field")                         \
	DB(GRANT, "grant", "be32 viewer, be32 procurer, be32 supplier => u8 form, beday until")    \
	DB(CODE, "code", "be32 procurer, supplier code => be32 supplier")                          \
	DB(CALENDAR, "calendar", "beday, u8 kind, be32 a, be32 b => nothing")                      \
	DB(OUTBOX, "outbox", "be64 revision, be32 sequence => event")                              \
	DB(FIGURES, "figures", "be32 org => kept exposure of a watched procurer")                  \
	DB(HISTORY, "history", "be32 org, beday => exposure of that day")                          \
	DB(PERSONAL, "personal", "16-byte reference => contacts as JSON; never in the log")        \
	DB(TOKEN, "token", "be64 number => token record (graph/token.h)")                          \
	DB(TOKEN_USE, "token_use", "be64 number => be64 ms: when it was used last")                \
	DB(JOB, "job", "be64 job => import job record")                                            \
	DB(IDEMPOTENCY, "idempotency", "32-byte hash => be64 instant, stored answer")              \
	DB(PAST, "past", "be64 revision, u8 entity, key => the record before that revision")       \
	DB(AUDIT, "audit", "be64 revision => 32-byte hash of the log up to it")                    \
	DB(ERASED, "erased", "16-byte reference, be64 revision that erased its value => nothing")  \
	DB(LOOK, "look", "be32 subject, be64 ms, be32 number => who looked (graph/looks.h)")       \
	DB(DRILL, "drill", "be32 org, name => record of enum drill_field")

/* Databases that stores of an older format lack; opening one for writing makes them. */
#define STORE_SINCE(SINCE) SINCE(PAST, 2u) SINCE(AUDIT, 2u) SINCE(ERASED, 2u) SINCE(TOKEN_USE, 2u) \
	SINCE(LOOK, 2u) SINCE(DRILL, 3u)

enum db {
#define DB(sym, name, doc) DB_##sym,
	STORE_DATABASES(DB)
#undef DB
	DB__COUNT
};

struct db_def {
	const char *name;
	const char *doc;
};

extern const struct db_def store_schema[DB__COUNT];
extern const unsigned store_since[DB__COUNT]; /* the first format that has it; 0: all do */
