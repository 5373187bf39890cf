/* save.c - see save.h. */
#include "cli/save.h"

#include <errno.h>
#include <string.h>

#include "cli/call.h"
#include "cli/fields.h"
#include "cli/names.h"
#include "cli/rows.h"

json_t *save_parse(const struct cli *c, const char *const *fields, size_t n, int *out_status)
{
	struct fields_error e;
	json_t *body = fields_parse(fields, n, &e);

	if (body)
		return body;
	*out_status = CLI_USAGE;
	if (e.msg == M_NONE)
		*out_status = call_nomem(c);
	else
		SAY(c, e.msg, e.arg);
	return NULL;
}

json_t *save_read(const struct cli *c, const char *path)
{
	json_error_t je;
	json_t *doc;

	errno = 0;
	doc = strcmp(path, "-") == 0 ? json_loadf(stdin, JSON_REJECT_DUPLICATES, &je)
				     : json_load_file(path, JSON_REJECT_DUPLICATES, &je);
	if (!doc && je.line < 0)
		SAY(c, M_CANNOT_READ, path, strerror(errno));
	else if (!doc)
		SAY(c, M_BAD_JSON_FILE, path, NUM(je.line), NUM(je.column), je.text);
	return doc;
}

static int print_saved(const struct cli *c, int status, const struct call_reply *r)
{
	if (status == CLI_OK && r->json)
		names_add(c, r->json);
	if (status == CLI_OK && r->json && !record_print(c, r->json))
		return call_nomem(c);
	return status;
}

static int put(const struct cli *c, const char *path, const json_t *body, const char *if_match,
	       struct call_reply *r)
{
	json_t *full = fields_without_null(body);
	int status = full ? call_json(c, "PUT", path, full, if_match, false, r) : call_nomem(c);

	json_decref(full);
	return status;
}

int save_fields(const struct cli *c, const char *path, const char *const *fields, size_t n)
{
	struct call_reply r = CALL_REPLY_INIT;
	int status = CLI_OK;
	json_t *body = save_parse(c, fields, n, &status);

	if (!body)
		return status;
	status = call_json(c, "PATCH", path, body, NULL, true, &r);
	if (status == CLI_NOT_FOUND)
		status = put(c, path, body, NULL, &r);
	status = print_saved(c, status, &r);
	call_reply_done(&r);
	json_decref(body);
	return status;
}

int save_patch(const struct cli *c, const char *path, json_t *body)
{
	struct call_reply r = CALL_REPLY_INIT;
	int status = body ? call_json(c, "PATCH", path, body, NULL, false, &r) : call_nomem(c);

	status = print_saved(c, status, &r);
	call_reply_done(&r);
	json_decref(body);
	return status;
}

int save_merged(const struct cli *c, const char *path, json_t *changes)
{
	struct call_reply old = CALL_REPLY_INIT, r = CALL_REPLY_INIT;
	struct http_request get = { .path = path };
	int status = changes ? call_send(c, &get, true, &old) : call_nomem(c);

	if (status == CLI_OK && json_is_object(old.json)) {
		const char *etag = old.http.etag[0] ? old.http.etag : NULL;

		if (json_object_update(old.json, changes) != 0)
			status = call_nomem(c);
		else
			status = put(c, path, old.json, etag, &r);
	} else if (status == CLI_NOT_FOUND) {
		status = put(c, path, changes, NULL, &r);
	}
	status = print_saved(c, status, &r);
	call_reply_done(&old);
	call_reply_done(&r);
	json_decref(changes);
	return status;
}
