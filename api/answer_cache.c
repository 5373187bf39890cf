/* answer_cache.c - see answer_cache.h. One place for each path; who comes later takes it. */
#include "api/answer_cache.h"

#include "base/util.h"

static unsigned slot_of(struct view path)
{
	const unsigned char *p = path.p;
	uint32_t h = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < path.n; i++)
		h = (h ^ p[i]) * 16777619u;
	return (h ^ h >> 16) % ANSWER_SLOTS;
}

/* What callers bound to organisations may see differs from one to the next: it is not kept. */
static bool cacheable(const struct request *r)
{
	return (r->method == HTTP_GET || r->method == HTTP_HEAD) && r->raw_query.n == 0 &&
	       access_sees_all(&r->who);
}

bool answer_cache_get(const struct answer_cache *c, struct request *r, uint64_t snapshot)
{
	const struct answer_slot *s = &c->slots[slot_of(r->path)];

	if (!cacheable(r) || s->snapshot != snapshot || s->path_n != r->path.n ||
	    memcmp(s->bytes.p, r->path.p, s->path_n) != 0)
		return false;
	buf_add(&r->reply.body, s->bytes.p + s->path_n, s->bytes.n - s->path_n);
	memcpy(r->reply.etag, s->etag, sizeof(s->etag));
	r->reply.revision = s->revision;
	return true;
}

void answer_cache_put(struct answer_cache *c, const struct request *r, uint64_t snapshot)
{
	const struct reply *p = &r->reply;
	struct answer_slot *s = &c->slots[slot_of(r->path)];

	if (!cacheable(r) || p->status || !p->etag[0] || !buf_ok(&p->body) ||
	    r->path.n + p->body.n > ANSWER_BYTES_MAX)
		return;
	buf_clear(&s->bytes);
	buf_addv(&s->bytes, r->path);
	buf_addv(&s->bytes, buf_view(&p->body));
	s->snapshot = buf_ok(&s->bytes) ? snapshot : 0;
	s->revision = p->revision;
	s->path_n = r->path.n;
	memcpy(s->etag, p->etag, sizeof(s->etag));
}

void answer_cache_done(struct answer_cache *c)
{
	for (unsigned i = 0; i < ANSWER_SLOTS; i++)
		buf_done(&c->slots[i].bytes);
}
