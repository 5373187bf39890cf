/* load_files.c - see load_files.h. */
#include "daemon/load_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json_out.h"
#include "base/util.h"

#define READ_BYTES (1u << 20)

/* ---- what a file is ---- */

static enum rc first_op(void *arg, const struct op *op, const struct view *contacts)
{
	(void)arg;
	(void)op;
	(void)contacts;
	return RC_END;
}

static enum rc first_reject(void *arg, const struct err *e)
{
	(void)arg;
	(void)e;
	return RC_END;
}

/* Reads the header and the first row. */
static enum rc look_into(struct load_file *f, struct err *e)
{
	struct import_params p = { 0 };
	struct import_sink sink = { .op = first_op, .reject = first_reject };
	struct import_result res;

	snprintf(p.path, sizeof(p.path), "%s", f->path);
	enum rc rc = import_run(&p, &sink, &res, e);
	f->format = res.format;
	f->kind = res.kind;
	return rc == RC_END ? RC_OK : rc;
}

/* Links need what they link, clauses need links; the rest says itself what it needs, and goes last. */
static int rank(const struct load_file *f)
{
	static const enum import_kind order[] = { IK_ORGS, IK_CONTACTS, IK_CERTIFICATES, IK_LINKS, IK_CLAUSES };

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (f->kind == order[i] && f->format != IF_NDJSON)
			return (int)i;
	return ARRAY_LEN(order);
}

static int file_cmp(const void *pa, const void *pb)
{
	const struct load_file *a = pa, *b = pb;

	return rank(a) != rank(b) ? rank(a) - rank(b) : strcmp(a->path, b->path);
}

/* ---- finding ---- */

static enum rc add_file(struct load_files *f, const char *path, const struct stat *st, struct err *e)
{
	struct load_file *more = realloc(f->file, (f->n + 1) * sizeof(*more));

	if (!more)
		return RC_NOMEM;
	f->file = more;
	struct load_file *x = &f->file[f->n];
	*x = (struct load_file){ .bytes = (uint64_t)st->st_size };
	if (snprintf(x->path, sizeof(x->path), "%s", path) >= (int)sizeof(x->path))
		return err_set(e, RC_IO, NULL, "%s: %s", path, strerror(ENAMETOOLONG));
	f->n++;
	f->bytes += x->bytes;
	enum rc rc = look_into(x, e);
	if (rc)
		say_row_error(x->path, e);
	return rc;
}

static bool has_ending(const char *name)
{
	static const char *const endings[] = { ".csv", ".tsv", ".txt", ".ndjson", ".jsonl" };
	size_t n = strlen(name);

	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (n > strlen(endings[i]) && strcmp(name + n - strlen(endings[i]), endings[i]) == 0)
			return true;
	return false;
}

static enum rc add_folder(struct load_files *f, const char *path, struct err *e)
{
	char name[PATH_MAX];
	struct dirent *d;
	struct stat st;
	enum rc rc = RC_OK;
	DIR *dir = opendir(path);

	if (!dir)
		return err_set(e, RC_IO, NULL, "%s: %s", path, strerror(errno));
	while (!rc && (d = readdir(dir)) != NULL) {
		if (!has_ending(d->d_name) || snprintf(name, sizeof(name), "%s/%s", path, d->d_name) >= PATH_MAX)
			continue;
		if (stat(name, &st) == 0 && S_ISREG(st.st_mode))
			rc = add_file(f, name, &st, e);
	}
	closedir(dir);
	return rc;
}

static enum rc add(struct load_files *f, const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return err_set(e, RC_IO, NULL, "%s: %s", path, strerror(errno));
	return S_ISDIR(st.st_mode) ? add_folder(f, path, e) : add_file(f, path, &st, e);
}

enum rc load_files_find(struct load_files *f, const char *dir, char **names, size_t n, struct err *e)
{
	char own[PATH_MAX];
	enum rc rc = RC_OK;
	uint64_t before = 0;

	for (size_t i = 0; i < n && !rc; i++)
		rc = add(f, names[i], e);
	if (n == 0) {
		snprintf(own, sizeof(own), "%s/import", dir);
		rc = add(f, own, e);
	}
	if (!rc && f->n == 0)
		rc = err_set(e, RC_USAGE, NULL, "%s: .csv, .ndjson: 0", n ? names[0] : own);
	if (rc)
		return rc;
	qsort(f->file, f->n, sizeof(*f->file), file_cmp);
	for (size_t i = 0; i < f->n; i++) {
		f->file[i].before = before;
		before += f->file[i].bytes;
		/* no file has more lines than bytes */
		f->file[i].first_place = (uint32_t)MIN(f->file[i].before, (uint64_t)UINT32_MAX);
	}
	return f->bytes >= UINT32_MAX ? err_set(e, RC_TOO_LARGE, NULL, "%llu / 4 GB", (unsigned long long)f->bytes)
				      : RC_OK;
}

void load_files_done(struct load_files *f)
{
	if (f->hashing)
		pthread_join(f->hasher, NULL);
	free(f->file);
}

uint32_t load_place(const struct load_files *f, size_t file, uint32_t line)
{
	return f->file[file].first_place + line;
}

size_t load_file_of(const struct load_files *f, uint32_t place, unsigned *out_line)
{
	size_t i = f->n - 1;

	while (i > 0 && f->file[i].first_place >= place)
		i--;
	*out_line = place - f->file[i].first_place;
	return i;
}

/* ---- digests ---- */

static enum rc hash_file(struct load_file *f, unsigned char *buf)
{
	crypto_generichash_state st;
	int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 0;

	crypto_generichash_init(&st, NULL, 0, sizeof(f->digest));
	while (fd >= 0 && (n = read(fd, buf, READ_BYTES)) > 0)
		crypto_generichash_update(&st, buf, (unsigned long long)n);
	crypto_generichash_final(&st, f->digest, sizeof(f->digest));
	if (fd >= 0)
		close(fd);
	return n < 0 ? RC_IO : RC_OK;
}

static void *hash_all(void *arg)
{
	struct load_files *f = arg;
	AUTO_FREE unsigned char *buf = malloc(READ_BYTES);

	f->hash_rc = buf ? RC_OK : RC_NOMEM;
	for (size_t i = 0; i < f->n && !f->hash_rc; i++)
		f->hash_rc = hash_file(&f->file[i], buf);
	return NULL;
}

void load_files_hash(struct load_files *f)
{
	f->hashing = pthread_create(&f->hasher, NULL, hash_all, f) == 0;
	f->hash_rc = f->hashing ? RC_OK : RC_NOMEM;
}

enum rc load_files_hashed(struct load_files *f)
{
	if (f->hashing)
		pthread_join(f->hasher, NULL);
	f->hashing = false;
	return f->hash_rc;
}

void load_files_manifest(const struct load_files *f, struct buf *out)
{
	struct json j;
	char hex[2 * sizeof(f->file[0].digest) + 1];

	json_init(&j, out);
	json_obj(&j);
	json_key(&j, "files");
	json_arr(&j);
	for (size_t i = 0; i < f->n; i++) {
		const struct load_file *x = &f->file[i];
		const char *slash = strrchr(x->path, '/');

		sodium_bin2hex(hex, sizeof(hex), x->digest, sizeof(x->digest));
		json_obj(&j);
		json_key(&j, "name");
		json_str(&j, slash ? slash + 1 : x->path);
		json_key(&j, "format");
		json_str(&j, import_format_names[x->format]);
		json_key(&j, "kind");
		json_str(&j, import_kind_names[x->kind]);
		json_key(&j, "bytes");
		json_int(&j, (int64_t)x->bytes);
		json_key(&j, "rows");
		json_int(&j, (int64_t)x->rows);
		json_key(&j, "blake2b");
		json_str(&j, hex);
		json_obj_end(&j);
	}
	json_arr_end(&j);
	json_obj_end(&j);
}
