/*
 * shown.h - organisations of a chain as the caller may see them: those not named for the chain's procurer by their
 * pseudonym and without a name (domain.md, "Who may see what"; ADR 0053).
 */
#pragma once

#include "api/request.h"

/* The id as shown to who reads the viewer's chain; lies in the arena. */
struct view shown_id(struct request *r, uint32_t viewer, uint32_t org, bool named);
void shown_id_json(struct request *r, struct json *j, uint32_t viewer, uint32_t org, bool named);
/* The name, or null. */
void shown_name_json(struct request *r, struct json *j, uint32_t org, bool named);

/* The organisation of an id, alias, or pseudonym that was made for the viewer of the chain; *out_hidden: it was one. Whether
 * the caller may know it is not asked. RC_NOT_FOUND. */
MUST_USE enum rc shown_find(const struct request *r, uint32_t viewer, struct view text, uint32_t *out, bool *out_hidden);
/* That of path parameter i. */
MUST_USE enum rc request_known_org(const struct request *r, unsigned i, uint32_t viewer, uint32_t *out,
				   bool *out_hidden, struct err *e);
/* For whom an impact is told: all, or the caller's own organisations and their units; lies in the arena. */
MUST_USE enum rc request_caller(struct request *r, struct caller *out);

/* A count of organisations that the caller cannot see one by one: null where it is so small that it could tell who
 * they are (setting small_count). Those who see all, and owners, are shown every count: they do not come here. */
void small_count_json(const struct request *r, struct json *j, uint64_t n);
