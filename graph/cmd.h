/*
 * cmd.h - commands: the only way to change state. A command carries its own time, actor and ids;
 * graph_apply() applies it deterministically; its encoded form is what the log keeps.
 *
 * CMD_OPS holds one or many operations on entities. PUT replaces the record's writable fields,
 * MERGE sets and clears only those named (PATCH, imports), DELETE removes. Personal data travels
 * beside the command (struct personal) and is stored apart in the same transaction.
 */
#pragma once

#include "graph/field.h"

struct txn;

/* CMD_LOAD: what an empty store is filled with. Its ops are not in the log, which names the files and their digests
 * instead: given the same files it can be applied again. */
enum cmd_type { CMD_OPS = 1, CMD_TICK = 2, CMD_FIGURES = 3, CMD_JOB = 4, CMD_LOAD = 5,
		CMD_TOKEN = 6,
		CMD_LOOKS = 9,  /* blob: who looked at what (looks.h) */
		CMD_HEAD = 10,  /* blob: a signed head of the audit chain (audit.h) */
		CMD_PRUNE = 11, /* blob: the last entry that is dropped (prune.c) */
		CMD_ERASE = 12, /* blob: whose personal data goes (erase.c) */
};
enum op_kind { OP_PUT = 1, OP_MERGE = 2, OP_DELETE = 3 };
enum {
	OPF_CASCADE = 1,    /* delete an org's links, units and certificates too */
	OPF_MUST_EXIST = 2, /* PATCH: absent is RC_NOT_FOUND */
	OPF_STUBS = 4,      /* imports: make unknown organisations as stubs */
	OPF_BY_CODE = 8,    /* link: b is the procurer's own supplier code, c the id of the supplier that a code
			       not used before gets ("": refused). org: b is the procurer, c its code; the
			       organisation is the supplier of that code, else a. The log keeps the result. */
	OPF_AWARDS = 16,    /* link, from award data: annual_spend and spend_year replace an equal or older
			       (or no) spend_year only; start only moves earlier */
	OPF_CREATED = 128,  /* in the log only: the op made its record */
	OPF_ADD_CONTACT = 32, /* org: contacts carries one contact, which joins those stored (the same role
			       and e-mail is replaced); the log keeps the result, not the flag */
	OPF_MUST_NOT_EXIST = 64, /* If-None-Match: *: a record that stands is RC_PRECONDITION */
};

struct op {
	uint8_t kind, ent, flags;
	uint64_t if_match;   /* stored revision that must stand; 0: any */
	struct view a, b, c; /* org: id | link: procurer, supplier | certificate, drill: org, name |
				clause: procurer, supplier, number | targets: org */
	struct view fields;  /* field list (field.h); DELETE: empty */
	uint32_t line;       /* imports: row in the file, for reports; not stored */
	uint32_t key[2];     /* in the log only: numbers of the organisations in its record's key; 0: none */
};

/* A personal value and the reference under which the command's ops name it. The bytes are a list of
 * contacts (contacts.h) and are stored under ref by the same transaction. */
struct personal {
	uint8_t ref[16];
	struct view bytes;
};

/* Set when an op was tried. */
struct op_result {
	uint8_t rc;        /* enum rc */
	bool changed, created;
	uint8_t warnings;  /* WARN_ bits */
	uint32_t key[2];   /* of the record that changed: see struct op */
};
enum { WARN_NO_EXPIRY = 1, WARN_BEFORE_START = 2, WARN_EXCEPTION_REASON = 4, WARN_STUB_MADE = 8 };
const char *warning_code(unsigned bit);  /* kebab-case */
const char *warning_text(unsigned bit, enum lang lang);

/* How the ops of a load ended. */
struct op_tally {
	uint64_t refused, created, changed, unchanged, stubs, warnings;
};

struct cmd {
	enum cmd_type type;
	int64_t at_ms;
	struct view actor;      /* token name or "system" */
	/* CMD_OPS */
	struct op *ops;
	size_t n_ops;
	bool all_or_nothing;    /* strict imports: one bad op undoes the command */
	const struct personal *personal;
	size_t n_personal;
	bool dry_run;           /* tries everything, keeps nothing, logs nothing */
	/* May this op be done? Asked before each op in the transaction that writes; may complete the op with memory
	 * that lives as long as the command. NULL: everything may. Not kept in the log: what is there was allowed. */
	enum rc (*permit)(void *arg, struct txn *w, struct op *op, struct err *e);
	void *permit_arg;
	struct op_result *results; /* n_ops, filled; or NULL */
	void (*on_error)(void *arg, size_t op, const struct err *e); /* each refused op; may be NULL */
	void *on_error_arg;
	/* CMD_TICK */
	int32_t day;            /* the next processed day */
	/* CMD_FIGURES: kept figures of watched procurers: blob of figures_blob_add() (answers.h), and the
	 * revision up to which they stand. CMD_JOB: an import job's record to keep as blob. */
	struct view blob;
	uint64_t figured;
	uint64_t job;
	bool job_finished; /* emits import.finished */
	/* CMD_TOKEN: job is the token's number, blob what happens to it (token.h) */
	/* CMD_LOAD: brings more ops (and their personal values) into the command and forgets those before, until it
	 * answers RC_END; by then blob says what was loaded (docs/format.md). on_error gets the op's line
	 * for its index. */
	enum rc (*more)(void *arg, struct cmd *c, struct err *e);
	void *more_arg;
	struct op_tally tally;
	/* tests: from how many ops on a command is handled as one of many; 0: as usual */
	size_t many;
};

/* How many bytes the command's ops and personal values may have in all. */
#define CMD_MAX_BYTES (512u << 20)

/* Encodes what the log keeps: only the ops whose result says changed (all, where results is NULL). */
void cmd_encode(const struct cmd *c, struct buf *out);
/* Decodes from log bytes; ops come from malloc: free(c->ops). Views point into bytes. */
MUST_USE enum rc cmd_decode(struct view bytes, struct cmd *c);
/* One op of a CMD_OPS; false: rd is bad, which in a part of the bytes may only mean that more follows. */
bool op_decode(struct rd *rd, struct op *op);
bool op_sound(const struct op *op); /* its kind and entity exist */
/* The members that name what an op of the log is about: "procurer", "supplier", … */
struct json;
void op_names_json(struct json *j, const struct op *op);
/* The reference under which contacts of one entity are kept: BLAKE2b keyed with the store's secret
 * over the entity's key and the bytes, so equal contents give the same reference and nobody without the secret
 * can test a guess. */
void personal_ref(const uint8_t secret[32], enum ent ent, const struct op *op, struct view bytes,
		  uint8_t out[16]);
