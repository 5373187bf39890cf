/*
 * verb_why.c - why P S: the walk through which a procurer depends most on a supplier, one
 * organisation a line, with the dependency of each link and what is left of it so far.
 */
#include <stdio.h>

#include "base/util.h"
#include "cli/chain.h"
#include "cli/names.h"
#include "cli/out.h"
#include "cli/rows.h"
#include "cli/table.h"
#include "cli/verbs.h"

/* A name is a courtesy. */
static void add_name(const struct cli *c, struct buf *out, const char *id)
{
	AUTO(buf_done) struct buf name = BUF_INIT;

	if (name_of(c, id, &name)) {
		buf_adds(out, "  ");
		buf_addv(out, buf_view(&name));
	}
}

static void add_step(const struct cli *c, struct buf *out, const json_t *o, size_t i, double *so_far)
{
	const char *id = json_string_value(json_array_get(json_object_get(o, "path"), i));
	const json_t *link = i > 0 ? json_array_get(json_object_get(o, "links"), i - 1) : NULL;
	double d = json_number_value(json_object_get(link, "dependency"));

	for (size_t k = 1; k < i; k++)
		buf_adds(out, "    ");
	if (i > 0)
		buf_addf(out, "  %-6.4g-> ", d);
	text_plain(out, view_str(id ? id : "?"));
	add_name(c, out, id ? id : "");
	if (i > 1) {
		*so_far *= d;
		buf_addf(out, "  (= %.9g)", *so_far);
	} else if (i == 1) {
		*so_far = d;
	}
	buf_addc(out, '\n');
}

static int print_chain(const struct cli *c, const json_t *o)
{
	AUTO(buf_done) struct buf out = BUF_INIT, head = BUF_INIT, number = BUF_INIT;
	size_t n = json_array_size(json_object_get(o, "path"));
	double so_far = 1;

	buf_addf(&number, "%.9g", json_number_value(json_object_get(o, "dependency")));
	buf_addc(&number, '\0');
	if (!buf_ok(&number))
		return call_nomem(c);
	msg_format(&head, M_WHY_HEAD, c->lang,
		   (const char *const[]){
			   number.p, NUM(json_integer_value(json_object_get(o, "tier"))), NULL });
	buf_addc(&head, '\n');
	for (size_t i = 0; i < n; i++)
		add_step(c, &out, o, i, &so_far);
	if (!buf_ok(&head) || !buf_ok(&out))
		return call_nomem(c);
	out_write(buf_view(&head));
	out_write(buf_view(&out));
	return CLI_OK;
}

static int print_links(const struct cli *c, const json_t *o)
{
	static const struct column columns[] = {
		{ "procurer", CELL_TEXT },
		{ "supplier", CELL_TEXT },
		{ "dependency", CELL_NUM },
	};
	const json_t *links = json_object_get(o, "links");
	struct rows *r = rows_new(c, columns, ARRAY_LEN(columns));
	bool ok = r != NULL;

	for (size_t i = 0; ok && i < json_array_size(links); i++)
		ok = rows_item(r, json_array_get(links, i));
	ok = ok && rows_end(r);
	rows_free(r);
	return ok ? CLI_OK : call_nomem(c);
}

int verb_why(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	int status;

	if (!path_pair(c, &path, a->pos[0], "dependencies", a->pos[1]))
		return CLI_FAILED;
	path_query(&path, "depth", a->opt[OPT_DEPTH]);
	path_query(&path, "on", a->opt[OPT_ON]);
	path_query(&path, "as_of", a->opt[OPT_AS_OF]);
	if (!path_end(c, &path))
		return CLI_FAILED;
	status = call_get(c, path.p, &r);
	if (status == CLI_NOT_FOUND)
		SAY0(c, M_WHY_HINT);
	if (status != CLI_OK)
		return status;
	if (c->output == OUT_TABLE)
		return print_chain(c, r.json);
	if (c->output == OUT_CSV)
		return print_links(c, r.json);
	return record_print(c, r.json) ? CLI_OK : call_nomem(c);
}
