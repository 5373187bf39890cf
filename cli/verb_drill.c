/* verb_drill.c - drill list|show|set|rm: drills and incidents as a procurer records them. */
#include "base/util.h"
#include "cli/call.h"
#include "cli/list.h"
#include "cli/save.h"
#include "cli/verbs.h"

static const struct column columns[] = {
	{ "held_on", CELL_TEXT },         { "drill", CELL_TEXT },          { "kind", CELL_WORD },
	{ "supplier", CELL_TEXT },        { "affected", CELL_NUM },        { "contacts_tried", CELL_NUM },
	{ "contacts_reached", CELL_NUM }, { "first_notice_minutes", CELL_NUM }, { "follow_up_due", CELL_TEXT },
	{ "scenario", CELL_TEXT },
};

static bool drill_path(const struct cli *c, struct buf *path, const struct args *a)
{
	if (!path_org(c, path, a->pos[0]))
		return false;
	buf_adds(path, "/drills");
	if (a->n_pos > 1)
		path_seg(path, a->pos[1]);
	path_query(path, "as_of", a->opt[OPT_AS_OF]); /* given to list and show only */
	return path_end(c, path);
}

int verb_drill_list(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	struct list l = { .cols = columns, .n_cols = ARRAY_LEN(columns) };

	if (!drill_path(c, &path, a))
		return CLI_FAILED;
	l.path = path.p;
	return list_print(c, a, &l, NULL, NULL);
}

int verb_drill_show(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	return drill_path(c, &path, a) ? call_show(c, path.p) : CLI_FAILED;
}

int verb_drill_set(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	return drill_path(c, &path, a) ? save_fields(c, path.p, a->pos + 2, a->n_pos - 2) : CLI_FAILED;
}

int verb_drill_rm(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;

	return drill_path(c, &path, a) ? call_delete(c, path.p, a->pos[1]) : CLI_FAILED;
}
