/*
 * cursor.c - text = base64url(tag of 16 bytes, key). The tag is BLAKE2b keyed with the store's
 * secret over the scope's length, the scope and the key, compared in constant time.
 */
#include "api/cursor.h"

#include <sodium.h>

#include "base/pack.h"

#define TAG_BYTES 16
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

static void make_tag(const uint8_t secret[32], struct view scope, struct view key,
		     uint8_t out[TAG_BYTES])
{
	static const uint8_t label[8] = "cursor1";
	crypto_generichash_state h;
	uint8_t len[8];

	be64_put(len, scope.n);
	crypto_generichash_init(&h, secret, 32, TAG_BYTES);
	crypto_generichash_update(&h, label, sizeof(label));
	crypto_generichash_update(&h, len, sizeof(len));
	if (scope.n)
		crypto_generichash_update(&h, scope.p, scope.n);
	if (key.n)
		crypto_generichash_update(&h, key.p, key.n);
	crypto_generichash_final(&h, out, TAG_BYTES);
}

const char *cursor_seal(const uint8_t secret[32], struct view scope, struct view key,
			struct arena *a)
{
	uint8_t raw[TAG_BYTES + CURSOR_KEY_MAX];
	size_t n = TAG_BYTES + key.n, max = sodium_base64_encoded_len(n, BASE64);
	char *text;

	if (key.n > CURSOR_KEY_MAX)
		return NULL;
	text = arena_alloc(a, max);
	if (!text)
		return NULL;
	make_tag(secret, scope, key, raw);
	if (key.n)
		memcpy(raw + TAG_BYTES, key.p, key.n);
	return sodium_bin2base64(text, max, raw, n, BASE64);
}

enum rc cursor_open(const uint8_t secret[32], struct view scope, struct view text, struct arena *a,
		    struct view *out_key, struct err *e)
{
	uint8_t raw[TAG_BYTES + CURSOR_KEY_MAX], tag[TAG_BYTES];
	size_t n = 0;

	if (sodium_base642bin(raw, sizeof(raw), text.p, text.n, NULL, &n, NULL, BASE64) ||
	    n < TAG_BYTES)
		return err_set(e, RC_BAD_CURSOR, "cursor", "%s", "");
	struct view key = view_of(raw + TAG_BYTES, n - TAG_BYTES);
	make_tag(secret, scope, key, tag);
	if (sodium_memcmp(tag, raw, TAG_BYTES))
		return err_set(e, RC_BAD_CURSOR, "cursor", "%s", "");
	key = arena_copy(a, view_of(key.p, key.n));
	if (!key.p)
		return RC_NOMEM;
	*out_key = key;
	return RC_OK;
}
