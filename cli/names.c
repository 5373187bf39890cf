/* names.c - see names.h. */
#include "cli/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/orgid.h"
#include "base/text.h"
#include "base/util.h"
#include "cli/call.h"
#include "cli/table.h"

#define ORGS "/v1/orgs/"

bool name_of(const struct cli *c, const char *id, struct buf *out)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	AUTO(http_reply_done) struct http_reply r = HTTP_REPLY_INIT;
	struct http_request rq = { 0 };
	struct err e;
	json_t *o = NULL;
	const char *name;
	bool found;

	if (!path_org(c, &path, id))
		return false;
	rq.path = path.p;
	if (http_send(c->http, &rq, &r, &e) == RC_OK && r.status == 200)
		o = json_loadb(r.body.p, r.body.n, 0, NULL);
	name = json_string_value(json_object_get(o, "name"));
	found = name && strcmp(name, id) != 0;
	if (found)
		text_plain(out, view_str(name));
	json_decref(o);
	return found;
}

void names_add(const struct cli *c, json_t *record)
{
	static const char *const keys[] = { "procurer", "supplier", "org" };

	for (size_t i = 0; c->output == OUT_TABLE && i < ARRAY_LEN(keys); i++) {
		AUTO(buf_done) struct buf b = BUF_INIT;
		const char *id = json_string_value(json_object_get(record, keys[i]));

		if (!id)
			continue;
		buf_addf(&b, "%s  ", id);
		if (name_of(c, id, &b) && buf_ok(&b))
			json_object_set_new(record, keys[i], json_stringn(b.p, b.n));
	}
}

static int hex(char ch)
{
	return ch >= '0' && ch <= '9'	? ch - '0'
	       : ch >= 'A' && ch <= 'F' ? ch - 'A' + 10
	       : ch >= 'a' && ch <= 'f' ? ch - 'a' + 10
					: -1;
}

/* The segment at p without its escapes; answers what follows it. */
static const char *segment(const char *p, struct buf *out)
{
	for (; *p && *p != '/' && *p != '?'; p++) {
		if (*p == '%' && hex(p[1]) >= 0 && hex(p[2]) >= 0) {
			buf_addc(out, (char)(hex(p[1]) * 16 + hex(p[2])));
			p += 2;
		} else {
			buf_addc(out, *p);
		}
	}
	return p;
}

static void hint_id(const struct cli *c, struct buf *id)
{
	AUTO(buf_done) struct buf folded = BUF_INIT, plain = BUF_INIT;
	struct err e = { 0 };

	if (orgid_from_text(buf_view(id), &folded, NULL, &e) == RC_OK)
		return;
	if (e.rc == RC_CHECK_DIGIT || e.rc == RC_NOT_CORPORATE) {
		cli_fail(c, &e);
		return;
	}
	text_plain(&plain, buf_view(id));
	buf_addc(&plain, '\0');
	if (buf_ok(&plain) && !strchr(plain.p, '-'))
		SAY(c, M_ID_HINT, plain.p);
}

void names_hint(const struct cli *c, const char *path)
{
	AUTO(buf_done) struct buf first = BUF_INIT, second = BUF_INIT;
	const char *p = path + strlen(ORGS);

	if (strncmp(path, ORGS, strlen(ORGS)) != 0)
		return;
	p = segment(p, &first);
	hint_id(c, &first);
	for (size_t i = 0; i < 2 && *p == '/'; i++) {
		buf_clear(&second);
		p = segment(p + 1, &second);
		if (i == 0 && !view_is(buf_view(&second), "suppliers") &&
		    !view_is(buf_view(&second), "dependencies"))
			return;
		if (i == 1)
			hint_id(c, &second);
	}
}
