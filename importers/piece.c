/* piece.c - see piece.h. */
#include "importers/piece.h"

#include <stdlib.h>

#include "base/util.h"

struct import_piece *piece_new(void)
{
	struct import_piece *p = calloc(1, sizeof(*p));

	if (p && !(p->arena = arena_new())) {
		free(p);
		return NULL;
	}
	return p;
}

void piece_free(struct import_piece *p)
{
	if (!p)
		return;
	arena_free(p->arena);
	free(p->ops);
	free(p->contacts);
	free(p->rejects);
	free(p);
}

static char *put(char *at, struct view *v)
{
	if (v->n)
		memcpy(at, v->p, v->n);
	v->p = at;
	return at + v->n;
}

static enum rc on_op(void *arg, const struct op *op, const struct view *contacts)
{
	struct import_piece *p = arg;
	void *ops = p->ops, *list = p->contacts;
	bool ok = list_grow(&ops, &p->cap_ops, p->n_ops, sizeof(*p->ops));
	struct op to = *op;
	char *at;

	p->ops = ops;
	ok = ok && list_grow(&list, &p->cap_contacts, p->n_contacts, sizeof(*p->contacts));
	p->contacts = list;
	at = ok ? arena_alloc(p->arena, op->a.n + op->b.n + op->c.n + op->fields.n +
					       (contacts ? contacts->n : 0))
		: NULL;
	if (!at)
		return RC_NOMEM;
	at = put(at, &to.a);
	at = put(at, &to.b);
	at = put(at, &to.c);
	at = put(at, &to.fields);
	if (contacts) {
		struct piece_contacts *c = &p->contacts[p->n_contacts++];

		*c = (struct piece_contacts){ p->n_ops, *contacts };
		(void)put(at, &c->bytes);
	}
	p->ops[p->n_ops++] = to;
	return RC_OK;
}

static enum rc on_reject(void *arg, const struct err *e)
{
	struct import_piece *p = arg;
	void *rejects = p->rejects;
	bool ok = list_grow(&rejects, &p->cap_rejects, p->n_rejects, sizeof(*p->rejects));

	p->rejects = rejects;
	if (!ok)
		return RC_NOMEM;
	p->rejects[p->n_rejects++] = *e;
	return RC_OK;
}

struct import_sink piece_sink(struct import_piece *p)
{
	return (struct import_sink){ .arg = p, .op = on_op, .reject = on_reject };
}
