/*
 * assets.c - the table of embedded files. assets_bytes.S has the bytes, assets.def names both.
 */
#include "api/assets.h"

#include <sodium.h>

#include "base/util.h"

#define HASH_BYTES 16

#define ASSET(name, file, url, mime)                                                               \
	extern const unsigned char asset_##name##_start[];                                         \
	extern const unsigned char asset_##name##_end[];
#include "api/assets.def"
#undef ASSET

struct entry {
	const char *url;
	const char *mime;
	const unsigned char *start;
	const unsigned char *end;
};

static const struct entry table[ASSETS_COUNT] = {
#define ASSET(name, file, url, mime) { url, mime, asset_##name##_start, asset_##name##_end },
#include "api/assets.def"
#undef ASSET
};

static bool etag_of(struct view body, char out[36])
{
	unsigned char hash[HASH_BYTES];

	if (crypto_generichash(hash, sizeof(hash), body.p, body.n, NULL, 0) != 0)
		return false;
	out[0] = '"';
	sodium_bin2hex(out + 1, 2 * HASH_BYTES + 1, hash, sizeof(hash));
	out[2 * HASH_BYTES + 1] = '"';
	out[2 * HASH_BYTES + 2] = '\0';
	return true;
}

enum rc assets_init(struct assets *out)
{
	struct assets made;

	for (size_t i = 0; i < ASSETS_COUNT; i++) {
		const struct entry *e = &table[i];
		struct asset *a = &made.items[i];

		a->url = e->url;
		a->mime = e->mime;
		a->body = view_of(e->start, (size_t)(e->end - e->start));
		if (!etag_of(a->body, a->etag))
			return RC_INTERNAL;
	}
	*out = made;
	return RC_OK;
}

const struct asset *assets_find(const struct assets *a, struct view path)
{
	for (size_t i = 0; i < ASSETS_COUNT; i++)
		if (view_is(path, a->items[i].url))
			return &a->items[i];
	return NULL;
}
