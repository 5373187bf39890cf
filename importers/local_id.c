/* local_id.c - see local_id.h. Hashes are BLAKE2b without a key: they hide nothing, they only
 * name. */
#include "importers/local_id.h"

#include <sodium.h>

#include "base/orgid.h"

#define HASH_MAX 16

static void add_hash(struct buf *out, struct view v, size_t bytes)
{
	unsigned char hash[HASH_MAX];

	/* bytes out of a longer hash, so that the length may grow without other ids */
	crypto_generichash(hash, sizeof(hash), v.p, v.n, NULL, 0);
	for (size_t i = 0; i < bytes; i++)
		buf_addf(out, "%02x", hash[i]);
}

/* No '~', which would make it a unit's id. */
static bool fits(struct view code)
{
	const char *p = code.p;

	for (size_t i = 0; i < code.n; i++)
		if (!((p[i] >= '0' && p[i] <= '9') || (p[i] >= 'A' && p[i] <= 'Z') ||
		      (p[i] >= 'a' && p[i] <= 'z') || p[i] == '.' || p[i] == '_' || p[i] == '-'))
			return false;
	return code.n > 0;
}

void local_id_of_code(struct buf *out, struct view procurer, struct view code)
{
	const char *p = procurer.p;
	size_t room = ORGID_MAX - sizeof("XX-LOCAL--") + 1;

	buf_adds(out, "XX-LOCAL-");
	if (procurer.n + HASH_MAX * 2 < room) {
		for (size_t i = 0; i < procurer.n; i++)
			buf_addc(out, p[i] == '~' ? '.' : p[i]);
		room -= procurer.n;
	} else {
		add_hash(out, procurer, 10);
		room -= 20;
	}
	buf_addc(out, '-');
	if (fits(code) && code.n <= room) {
		buf_addv(out, code);
	} else {
		buf_addc(out, 'x');
		add_hash(out, code, 10);
	}
}

void local_id_of_government(struct buf *out, struct view folded_name)
{
	buf_adds(out, "XX-LOCAL-GOV-");
	add_hash(out, folded_name, 8);
}
