/*
 * test_damage.c - files with flipped bytes and cut files: an open answers, and whatever it lets
 * through can be read, changed and copied without a crash.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/store/suites.h"

#define PAGE 4096u

static struct tmpdir dir;
static char path[256];
static uint8_t *image; /* the sound file */
static size_t image_n;

/* A store with branches, long values, deleted records and a list of free pages. */
static void setup(void)
{
	struct store_options o = { .create = true, .map_bytes = 64u << 20 };
	struct store *s;
	struct stat st;
	int fd;

	tmpdir_make(&dir);
	s = open_ok(&dir, &o);
	ck_assert_int_eq(fill(s, DB_ORG, 0, 400, 40), RC_OK);
	ck_assert_int_eq(fill(s, DB_LOG, 0, 6, 20000), RC_OK);
	for (unsigned i = 0; i < 6; i++)
		ck_assert_int_eq(fill(s, DB_ORG, i * 50, 50, 60), RC_OK);
	ck_assert_int_eq(fill(s, DB_LOG, 0, 3, 9000), RC_OK);
	store_close(s);
	snprintf(path, sizeof(path), "%s/data.mdb", dir.path);
	fd = open(path, O_RDONLY);
	ck_assert_int_eq(fstat(fd, &st), 0);
	image_n = (size_t)st.st_size;
	image = malloc(image_n);
	ck_assert_int_eq(read(fd, image, image_n), (ssize_t)image_n);
	close(fd);
}

static void teardown(void)
{
	free(image);
	tmpdir_remove(&dir);
}

static void write_image(const uint8_t *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, n), (ssize_t)n);
	close(fd);
}

/* Reads, changes and copies all that an accepted file has. Answers do not matter, survival does. */
static void use(struct store *s)
{
	int null = open("/dev/null", O_WRONLY);
	struct txn *t;
	enum rc rc;

	if (txn_begin_read(s, &t) == RC_OK) {
		for (int db = 0; db < DB__COUNT; db++) {
			AUTO_CUR struct cur c;
			unsigned sum = 0;

			cur_open(&c, t, (enum db)db);
			for (cur_first(&c); c.valid; cur_next(&c))
				for (size_t i = 0; i < c.val.n; i += 100)
					sum += ((const uint8_t *)c.val.p)[i];
			ck_assert_uint_ge(sum, 0);
		}
		txn_abort(t);
	}
	if (txn_begin_write(s, &t) == RC_OK) {
		for (unsigned i = 0; i < 400; i += 7) {
			char key[16];

			snprintf(key, sizeof(key), "key-%06u", i);
			(void)txn_del(t, DB_ORG, view_str(key));
			txn_put(t, DB_LOG, view_str(key), view_str(key));
		}
		rc = txn_commit(t);
		ck_assert_int_lt(rc, RC__COUNT);
	}
	rc = store_copy_fd(s, null);
	ck_assert_int_lt(rc, RC__COUNT);
	close(null);
}

static enum rc open_and_use(struct err *e)
{
	struct store_options o = { .map_bytes = 64u << 20 };
	struct store *s = NULL;
	enum rc rc = store_open(dir.path, &o, &s, NULL, e);

	if (rc == RC_OK) {
		struct err e2;

		ck_assert_int_eq(store_verify_pages(s, &e2), RC_OK);
		use(s);
	} else {
		ck_assert_msg(rc == RC_DAMAGED || rc == RC_FORMAT_NEWER || rc == RC_IO, "%s: %s",
			      rc_code(rc), e->arg);
		ck_assert_uint_gt(strlen(e->arg), 0);
	}
	store_close(s);
	return rc;
}

START_TEST(a_sound_file_passes)
{
	struct err e;

	ck_assert_int_eq(open_and_use(&e), RC_OK);
}
END_TEST

START_TEST(a_cut_file_is_refused)
{
	struct err e;

	for (size_t n = PAGE; n < image_n; n += PAGE) {
		write_image(image, n);
		/* free pages at the very end are all that may be missing */
		if (n < image_n / 2)
			ck_assert_int_eq(open_and_use(&e), RC_DAMAGED);
		else
			(void)open_and_use(&e);
	}
	for (size_t n = 1; n < PAGE; n += 91) {
		write_image(image, n);
		ck_assert_int_eq(open_and_use(&e), RC_DAMAGED);
	}
}
END_TEST

START_TEST(a_page_of_other_bytes_is_found)
{
	static const int patterns[] = { 0x00, 0xff, 0x55 };
	unsigned found = 0, tried = 0;
	struct err e;

	for (size_t page = 2; page < image_n / PAGE; page++) {
		uint8_t saved[PAGE];

		memcpy(saved, image + page * PAGE, PAGE);
		memset(image + page * PAGE, patterns[page % 3], PAGE);
		write_image(image, image_n);
		found += open_and_use(&e) != RC_OK;
		tried++;
		memcpy(image + page * PAGE, saved, PAGE);
	}
	/* the rest are free pages and the insides of long values */
	ck_assert_uint_gt(found, tried / 4);
}
END_TEST

/* _i: which share of the positions. Headers and pointers lie at the start of a page, nodes at its end. */
START_TEST(flipped_bits_never_crash)
{
	unsigned found = 0, tried = 0;
	struct err e;

	for (size_t page = 0; page < image_n / PAGE; page++) {
		unsigned step = page < 2 ? 3 : 11; /* meta pages are looked at more closely */

		for (unsigned at = (unsigned)(page + (unsigned)_i) % step; at < PAGE;
		     at += at < 200 ? step : 97) {
			uint8_t *p = image + page * PAGE + at;
			uint8_t bit = (uint8_t)(1u << ((at + page + (unsigned)_i) % 8));

			*p ^= bit;
			write_image(image, image_n);
			found += open_and_use(&e) != RC_OK;
			tried++;
			*p ^= bit;
		}
	}
	ck_assert_uint_gt(found, 0);
	ck_assert_uint_gt(tried, 1000);
}
END_TEST

START_TEST(a_missing_database_is_named)
{
	struct err e;
	uint8_t *p = NULL;

	for (size_t i = 0; i + 8 < image_n && !p; i++)
		if (memcmp(image + i, "personal", 8) == 0)
			p = image + i;
	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i + 8 < image_n; i++) /* in every copy of the main tree's page */
		if (memcmp(image + i, "personal", 8) == 0)
			image[i + 7] = 'x';
	write_image(image, image_n);
	ck_assert_int_eq(open_and_use(&e), RC_DAMAGED);
	ck_assert_ptr_nonnull(strstr(e.arg, "personal"));
}
END_TEST

START_TEST(only_a_file_closed_well_is_taken_as_it_is)
{
	struct store_options o = { .map_bytes = 64u << 20 };
	uint8_t *p = image + 5 * PAGE;
	struct store *s;
	struct err e;

	ck_assert_int_eq(store_open(dir.path, &o, &s, NULL, &e), RC_OK);
	store_close(s);
	ck_assert_int_eq(store_open(dir.path, &o, &s, NULL, &e), RC_OK);
	store_close(s);
	for (size_t i = 2; i < image_n / PAGE; i++) { /* the same size, another time: looked at */
		p = image + i * PAGE;
		p[10] ^= 0x40;
		write_image(image, image_n);
		if (store_open(dir.path, &o, &s, NULL, &e) != RC_OK)
			return;
		store_close(s);
		p[10] ^= 0x40;
	}
	ck_abort_msg("no damage was found");
}
END_TEST

Suite *damage_suite(void)
{
	Suite *s = suite_create("store/damage");
	TCase *tc = tcase_create("damage");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, a_sound_file_passes);
	tcase_add_test(tc, a_cut_file_is_refused);
	tcase_add_test(tc, a_page_of_other_bytes_is_found);
	tcase_add_loop_test(tc, flipped_bits_never_crash, 0, getenv("TIERWATCH_LONG") ? 88 : 1);
	tcase_add_test(tc, a_missing_database_is_named);
	tcase_add_test(tc, only_a_file_closed_well_is_taken_as_it_is);
	suite_add_tcase(s, tc);
	return s;
}
