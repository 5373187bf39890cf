/*
 * fuzz_audit.c - an audit export by a stranger. First byte even: lines as they come, through the verifier. Odd: bytes of a
 * command behind an image, written as a line (which must stay one line), and that line through the verifier.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/audit_verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void verify(const char *p, size_t n)
{
	struct audit_expect x = { 0 };
	struct audit_verifier *v;
	struct audit_result r;

	if (audit_verifier_new(&x, &v) != RC_OK)
		return;
	while (n > 0) {
		const char *end = memchr(p, '\n', n);
		size_t line = end ? (size_t)(end - p) : n;
		(void)audit_verify_line(v, view_of(p, line));
		p += line + (end != NULL);
		n -= line + (end != NULL);
	}
	if (audit_verify_end(v, false, &r) != (r.bad_line == 0))
		abort();
	audit_verifier_free(v);
}

static bool some_erased(void *arg, struct view ref)
{
	(void)arg;
	return ref.n && *(const uint8_t *)ref.p & 1;
}

static void write_line(const uint8_t *data, size_t size)
{
	static const uint8_t hash[AUDIT_HASH] = { 7 };
	struct buf out = BUF_INIT;
	struct past image;
	size_t n = data[0] & 2 && size > 1 ? data[1] : 0;
	struct audit_line l = { .revision = 5, .part = data[0] >> 4, .first = true, .last = !(data[0] & 4),
				.prev = hash, .hash = hash, .erased = some_erased };

	data += 1 + (n > 0);
	size -= 1 + (n > 0);
	n = n < size ? n : size;
	if (n && audit_image_decode(view_of(data, n), l.revision, &image)) {
		l.images = &image;
		l.n_images = 1;
	}
	l.command = view_of(data + n, size - n);
	(void)audit_whole_ops(l.command, true);
	if (audit_line(&out, &l)) {
		if (memchr(out.p, '\n', out.n) != out.p + out.n - 1)
			abort();
		verify(out.p, out.n);
	}
	buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	if (data[0] & 1)
		write_line(data, size);
	else
		verify((const char *)data + 1, size - 1);
	return 0;
}
