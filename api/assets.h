/*
 * assets.h - the pages, embedded in the program.
 *
 * The bytes are constant for the life of the process, so an answer may point at them without a copy.
 * Names carry no hash of their content: clients keep a file and ask again with its ETag.
 */
#pragma once

#include "base/err.h"
#include "base/view.h"

/* No inline script or style, nothing from elsewhere, no frames, no form that posts by itself. */
#define ASSETS_CSP \
	"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " \
	"img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
/* The pages need none of what a browser may ask its user for. */
#define ASSETS_PERMISSIONS                                                                         \
	"accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "  \
	"magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), "      \
	"screen-wake-lock=(), serial=(), usb=()"
#define ASSETS_CACHE_CONTROL "no-cache"

enum {
#define ASSET(name, file, url, mime) ASSET_##name,
#include "api/assets.def"
#undef ASSET
	ASSETS_COUNT
};

struct asset {
	const char *url;
	const char *mime;
	struct view body;
	char etag[36]; /* strong, with its quotes */
};

struct assets {
	struct asset items[ASSETS_COUNT];
};

/* Fills in the table and hashes every file once. RC_INTERNAL: the hash is not to be had. */
MUST_USE enum rc assets_init(struct assets *out);
/* The file served at a path (no query, no escapes); NULL: none. */
const struct asset *assets_find(const struct assets *a, struct view path);
