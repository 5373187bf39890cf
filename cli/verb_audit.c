/* verb_audit.c - audit export|head|sign from a server; audit verify without one. */
#include <string.h>

#include "base/util.h"
#include "cli/call.h"
#include "cli/verbs.h"

int verb_audit_export(struct cli *c, const struct args *a)
{
	AUTO(buf_done) struct buf path = BUF_INIT;
	const char *file = a->n_pos ? a->pos[0] : "-";

	buf_adds(&path, "/v1/audit");
	path_query(&path, "after", a->opt[OPT_AFTER]);
	path_query(&path, "limit", a->opt[OPT_LIMIT]);
	if (!path_end(c, &path))
		return CLI_FAILED;
	return download(c, path.p, strcmp(file, "-") == 0 ? NULL : file);
}

int verb_audit_head(struct cli *c, const struct args *a)
{
	(void)a;
	return call_show(c, "/v1/audit/head");
}

int verb_audit_key(struct cli *c, const struct args *a)
{
	(void)a;
	return call_show(c, "/v1/audit/key");
}

int verb_audit_sign(struct cli *c, const struct args *a)
{
	AUTO(call_reply_done) struct call_reply r = CALL_REPLY_INIT;
	int status = call_json(c, "POST", "/v1/audit/head", NULL, NULL, false, &r);

	return status == CLI_OK ? verb_audit_head(c, a) : status;
}

int verb_audit_verify(struct cli *c, const struct args *a)
{
	const char *key = a->opt[OPT_KEY], *head = a->opt[OPT_HEAD];
	const char *words[8];
	size_t n = 0;

	words[n++] = "audit-verify";
	if (key) {
		words[n++] = "--verify-key";
		words[n++] = key;
	}
	if (head) {
		words[n++] = "--verify-head";
		words[n++] = head;
	}
	words[n++] = a->pos[0];
	return offline_run_words(c, words, n);
}
