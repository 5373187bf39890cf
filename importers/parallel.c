/*
 * parallel.c - a CSV file read by many threads. The text is cut at fixed places; each thread takes the next stretch,
 * begins behind the first line end in it and reads rows as csv.c does. The stretches are given on in order, and
 * each must begin where the one before it ended: one that does not (a line end within quotation marks stood at
 * the cut), or in which something was odd, is read again from the right place. So it is csv.c alone that says what
 * a row is, and what comes out, its lines and its errors are those of reading from front to back.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/util.h"
#include "importers/csv_rows.h"
#include "importers/piece.h"

#define STRETCH ((size_t)1 << 20) /* bytes; import_params has another one for tests */
#define THREADS_MAX 16u
#define WAITING_MAX (2 * THREADS_MAX + 2) /* stretches read and not given on */

struct parallel {
	const struct rows_head *head;
	struct run *run;
	const char *from, *end; /* the rows' text */
	size_t stretch;
	size_t n, window;	/* stretches; how many may be under way */
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	size_t next, given;	/* stretches taken by threads; given on */
	bool stop;
	struct import_piece *piece[WAITING_MAX];
};

static const char *cut(const struct parallel *p, size_t i)
{
	return i >= p->n ? p->end : p->from + i * p->stretch;
}

/* Rows that begin in [from, limit). line: of from. */
static struct import_piece *read_rows(const struct parallel *p, const char *from, const char *limit,
				      unsigned line, unsigned resumed)
{
	struct import_piece *piece = piece_new();

	if (piece) {
		struct import_sink sink = piece_sink(piece);

		rows_part(p->run, p->head, &sink, piece,
			  &(struct rows_part){ from, limit, line, resumed });
	}
	return piece;
}

static struct import_piece *read_stretch(const struct parallel *p, size_t i)
{
	const char *from = cut(p, i), *limit = cut(p, i + 1);

	if (i > 0) {
		from = memchr(from - 1, '\n', (size_t)(limit - from + 1));
		from = from ? from + 1 : limit;
	}
	return read_rows(p, from, limit, 1, 0);
}

static void *reader(void *arg)
{
	struct parallel *p = arg;

	pthread_mutex_lock(&p->mutex);
	for (;;) {
		while (!p->stop && p->next < p->n && p->next >= p->given + p->window)
			pthread_cond_wait(&p->changed, &p->mutex);
		if (p->stop || p->next >= p->n)
			break;
		size_t i = p->next++;

		pthread_mutex_unlock(&p->mutex);
		struct import_piece *piece = read_stretch(p, i);
		pthread_mutex_lock(&p->mutex);
		if (!piece) {
			p->stop = true; /* out of memory */
			break;
		}
		p->piece[i % WAITING_MAX] = piece;
		pthread_cond_broadcast(&p->changed);
	}
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->mutex);
	return NULL;
}

static struct import_piece *wait_for(struct parallel *p, size_t i)
{
	struct import_piece *piece;

	pthread_mutex_lock(&p->mutex);
	while (!p->piece[i % WAITING_MAX] && !p->stop)
		pthread_cond_wait(&p->changed, &p->mutex);
	piece = p->piece[i % WAITING_MAX];
	p->piece[i % WAITING_MAX] = NULL;
	p->given = i + 1;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->mutex);
	return piece;
}

/* ---- in order ---- */

/* Where reading from front to back stands. */
struct front {
	const char *at;
	unsigned line, resumed;
};

/* Lines become the file's. */
static void count_from(struct import_piece *piece, unsigned line)
{
	for (size_t i = 0; i < piece->n_ops; i++)
		piece->ops[i].line += line - 1;
	for (size_t i = 0; i < piece->n_rejects; i++)
		piece->rejects[i].line += line - 1;
}

static enum rc give_one_by_one(struct run *run, struct import_piece *piece)
{
	enum rc rc = RC_OK;
	size_t i = 0, k = 0, n = 0;

	while (!rc && (i < piece->n_ops || n < piece->n_rejects)) {
		if (i >= piece->n_ops || (n < piece->n_rejects && piece->rejects[n].line < piece->ops[i].line)) {
			rc = run_reject(run, &piece->rejects[n++]);
			continue;
		}
		bool has = k < piece->n_contacts && piece->contacts[k].op == i;

		rc = run_op(run, &piece->ops[i++], has ? piece->contacts[k++].bytes : (struct view){ 0 });
	}
	piece_free(piece);
	return rc;
}

static enum rc give(struct parallel *p, struct front *f, struct import_piece *piece)
{
	struct run *run = p->run;
	enum rc rc = piece->rc;

	run->rows += piece->rows;
	f->at = piece->to;
	f->line += piece->lines;
	f->resumed = piece->resumed;
	piece->bytes = source_offset(run->src, piece->to);
	if (rc) {
		*run->e = piece->err;
		piece_free(piece);
		return rc;
	}
	if (run->sink->progress)
		rc = run->sink->progress(run->sink->arg, run->rows, piece->bytes);
	if (rc) {
		piece_free(piece);
		return rc;
	}
	return run->sink->piece ? run->sink->piece(run->sink->arg, piece) : give_one_by_one(run, piece);
}

static enum rc give_all(struct parallel *p, struct front *f)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < p->n && !rc; i++) {
		struct import_piece *piece = wait_for(p, i);
		bool odd = piece && (piece->from != f->at || piece->resumed || piece->over || piece->rc);

		if (piece && odd && f->at < cut(p, i + 1)) {
			piece_free(piece);
			piece = read_rows(p, f->at, cut(p, i + 1), f->line, f->resumed);
		} else if (piece && odd) { /* a row from before reaches over all of it */
			piece_free(piece);
			continue;
		} else if (piece) {
			count_from(piece, f->line);
			piece->resumed = f->resumed;
		}
		rc = piece ? give(p, f, piece) : err_set(p->run->e, RC_NOMEM, NULL, NULL);
	}
	return rc;
}

enum rc rows_parallel(struct run *run, const struct rows_head *head, struct view text, unsigned line)
{
	struct parallel p = { .head = head, .run = run, .from = text.p };
	struct front f = { text.p, line, 0 };
	pthread_t threads[THREADS_MAX];
	unsigned want = MIN(run->p->threads, THREADS_MAX), n = 0;
	enum rc rc;

	p.end = p.from + text.n;
	p.stretch = run->p->stretch ? run->p->stretch : STRETCH;
	p.n = (text.n + p.stretch - 1) / p.stretch;
	p.window = 2 * (size_t)want + 2;
	pthread_mutex_init(&p.mutex, NULL);
	pthread_cond_init(&p.changed, NULL);
	while (n < want && pthread_create(&threads[n], NULL, reader, &p) == 0)
		n++;
	rc = n ? give_all(&p, &f) : err_set(run->e, RC_NOMEM, NULL, NULL);
	pthread_mutex_lock(&p.mutex);
	p.stop = true;
	pthread_cond_broadcast(&p.changed);
	pthread_mutex_unlock(&p.mutex);
	while (n > 0)
		pthread_join(threads[--n], NULL);
	for (size_t i = 0; i < WAITING_MAX; i++)
		piece_free(p.piece[i]);
	pthread_cond_destroy(&p.changed);
	pthread_mutex_destroy(&p.mutex);
	return rc;
}
