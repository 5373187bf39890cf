/* verb_cert.c - cert list|show|set|rm|suspend|resume|revoke */
#include "base/util.h"
#include "cli/call.h"
#include "cli/list.h"
#include "cli/save.h"
#include "cli/verbs.h"

static const struct column columns[] = {
	{ "certificate", CELL_TEXT }, { "scheme", CELL_TEXT },  { "level", CELL_NUM },
	{ "status", CELL_WORD },      { "issued", CELL_TEXT },  { "expires", CELL_TEXT },
	{ "evidence", CELL_WORD },    { "scope", CELL_WORD },   { "registration_no", CELL_TEXT },
};

static bool cert_path(const struct cli *c, struct buf *path, const struct args *a)
{
	if (!path_org(c, path, a->pos[0]))
		return false;
	buf_adds(path, "/certificates");
	if (a->n_pos > 1)
		path_seg(path, a->pos[1]);
	path_query(path, "as_of", a->opt[OPT_AS_OF]); /* given to list and show only */
	return path_end(c, path);
}

int verb_cert_list(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	struct list l = { .cols = columns, .n_cols = ARRAY_LEN(columns), .whole = true };

	if (!cert_path(c, &path, a))
		return CLI_FAILED;
	l.path = path.p;
	return list_print(c, a, &l, NULL, NULL);
}

int verb_cert_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	return cert_path(c, &path, a) ? call_show(c, path.p) : CLI_FAILED;
}

int verb_cert_set(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	return cert_path(c, &path, a) ? save_fields(c, path.p, a->pos + 2, a->n_pos - 2)
				      : CLI_FAILED;
}

int verb_cert_rm(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	return cert_path(c, &path, a) ? call_delete(c, path.p, a->pos[1]) : CLI_FAILED;
}

/* Dates that are not given are left to the server, which fills in today. */
static int change_status(const struct cli *c, const struct args *a, const char *status,
			 const char *const *names, const char *const *dates)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	json_t *body = json_pack("{s:s}", "status", status);

	for (size_t i = 0; body && names[i]; i++) {
		if (dates[i] && json_object_set_new(body, names[i], json_string(dates[i])) != 0) {
			SAY(c, M_OPT_BAD_VALUE, names[i], dates[i]);
			json_decref(body);
			return CLI_USAGE;
		}
	}
	if (!cert_path(c, &path, a)) {
		json_decref(body);
		return CLI_FAILED;
	}
	return save_patch(c, path.p, body);
}

int verb_cert_suspend(struct cli *c, const struct args *a)
{
	return change_status(c, a, "suspended",
			     (const char *const[]){ "suspended_from", "suspended_to", NULL },
			     (const char *const[]){ a->opt[OPT_FROM], a->opt[OPT_TO] });
}

int verb_cert_resume(struct cli *c, const struct args *a)
{
	return change_status(c, a, "valid", (const char *const[]){ NULL },
			     (const char *const[]){ NULL });
}

int verb_cert_revoke(struct cli *c, const struct args *a)
{
	return change_status(c, a, "revoked", (const char *const[]){ "revoked_on", NULL },
			     (const char *const[]){ a->opt[OPT_ON] });
}
