/*
 * offline_audit.c - audit-verify FILE: whether an export of the audit log is whole. Needs no server and no data
 * directory: an auditor runs it on another machine, with the public key and heads that were noted earlier.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/audit_verify.h"
#include "base/util.h"
#include "daemon/offline.h"

#define LINE_MAX_BYTES ((size_t)256 << 20)

static bool hex32(const char *text, uint8_t out[32])
{
	size_t n = 0;

	return strlen(text) == 64 && sodium_hex2bin(out, 32, text, 64, NULL, &n, NULL) == 0 && n == 32;
}

/* 64 hexadecimal digits, or the name of a file that holds them (alone, or as the server's answer). */
static bool key_read(const char *text, uint8_t out[32])
{
	char buf[512], digits[65];
	FILE *f;

	if (hex32(text, out))
		return true;
	f = fopen(text, "re");
	size_t n = f ? fread(buf, 1, sizeof(buf) - 1, f) : 0;
	if (f)
		fclose(f);
	buf[n] = '\0';
	for (const char *p = buf; *p; p += strcspn(p, "0123456789abcdef") ? strcspn(p, "0123456789abcdef") : 1) {
		if (strspn(p, "0123456789abcdef") != 64)
			continue;
		memcpy(digits, p, 64);
		digits[64] = '\0';
		return hex32(digits, out);
	}
	return false;
}

/* HASH or REVISION:HASH */
static bool head_read(const char *text, struct audit_expect *x)
{
	const char *colon = strchr(text, ':');

	x->has_head = true;
	x->head_revision = colon ? strtoull(text, NULL, 10) : 0;
	return (!colon || x->head_revision) && hex32(colon ? colon + 1 : text, x->head);
}

/* ---- what is said ---- */

static void hex_text(const uint8_t *p, size_t n, char *out) { sodium_bin2hex(out, 2 * n + 1, p, n); }

static void say_sound(const struct audit_result *r, bool pinned, bool ja)
{
	char key[65], hash[65], print[17];
	uint8_t digest[32];

	hex_text(r->key, 32, key);
	hex_text(r->hash, 32, hash);
	crypto_generichash(digest, sizeof(digest), r->key, sizeof(r->key), NULL, 0);
	hex_text(digest, 8, print);
	printf(ja ? "記録は完全です: %" PRIu64 " 件、リビジョン %" PRIu64 "–%" PRIu64 "\n"
		  : "sound: %" PRIu64 " entries, revisions %" PRIu64 "-%" PRIu64 "\n",
	       r->entries, r->first, r->last);
	printf(ja ? "末尾: %" PRIu64 ":%s\n" : "head: %" PRIu64 ":%s\n", r->last, hash);
	printf(ja ? "検証した署名: %" PRIu64 " 件" : "signed heads checked: %" PRIu64, r->heads);
	if (r->heads_unchecked)
		printf(ja ? "（範囲外を署名するもの: %" PRIu64 " 件）" : " (%" PRIu64 " more sign what lies outside)",
		       r->heads_unchecked);
	printf("\n");
	if (r->keys)
		printf(ja ? "鍵: %s（指紋 %s）%s\n" : "key: %s (fingerprint %s)%s\n", key, print,
		       pinned        ? ""
		       : r->keys > 1 ? (ja ? "、途中で鍵が変わっています" : "; the key changed on the way")
				     : (ja ? "、--key で照合していません" : "; not compared: no --key was given"));
	if (r->heads + r->heads_unchecked == 0)
		printf("%s\n", ja ? "署名はありません" : "nothing is signed");
	else if (r->unsigned_entries)
		printf(ja ? "最後の署名より後の未署名の記録: %" PRIu64 " 件\n" : "entries after the last signed head: %" PRIu64 "\n",
		       r->unsigned_entries);
}

static int say(const struct audit_result *r, bool pinned)
{
	bool ja = offline_language() == LANG_JA;

	/* who names a key wants to know that it signed: a log that nobody signed proves nothing */
	if (!r->bad_line && pinned && r->heads == 0) {
		printf("%s\n", ja ? "この鍵による署名が一つもありません（tierwatch audit sign で署名できます）"
				  : "nothing is signed with this key (tierwatch audit sign makes a signature)");
		return EXIT_DAMAGED;
	}
	if (!r->bad_line) {
		say_sound(r, pinned, ja);
		return EXIT_OK;
	}
	printf(ja ? "記録は損なわれています: %" PRIu64 " 行目（リビジョン %" PRIu64 "）: %s\n"
		  : "damaged: line %" PRIu64 " (revision %" PRIu64 "): %s\n",
	       r->bad_line, r->bad_revision, r->why);
	return EXIT_DAMAGED;
}

/* ---- reading ---- */

static bool read_lines(FILE *f, struct audit_verifier *v, bool *out_cut)
{
	AUTO_FREE char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	*out_cut = false;
	while ((n = getline(&line, &cap, f)) > 0) {
		*out_cut = line[n - 1] != '\n';
		if (*out_cut) /* told at the end: a cut line is no more than that */
			return true;
		if ((size_t)n > LINE_MAX_BYTES || !audit_verify_line(v, view_of(line, (size_t)n - 1)))
			return true;
	}
	return !ferror(f);
}

static int bad_usage(const char *what, const char *value)
{
	fprintf(stderr, "tierwatchd: %s: '%s'\n", what, value);
	return EXIT_USAGE;
}

int offline_audit(const struct settings *s)
{
	struct audit_expect x = { .has_key = s->verify_key[0] != '\0' };
	struct audit_verifier *v;
	struct audit_result r;
	bool cut, standard = strcmp(s->args[0], "-") == 0;

	if (sodium_init() < 0)
		return EXIT_FAILED;
	if (x.has_key && !key_read(s->verify_key, x.key))
		return bad_usage("--verify-key", s->verify_key);
	if (s->verify_head[0] && !head_read(s->verify_head, &x))
		return bad_usage("--verify-head", s->verify_head);
	FILE *f = standard ? stdin : fopen(s->args[0], "re");
	if (!f || audit_verifier_new(&x, &v) != RC_OK) {
		fprintf(stderr, "tierwatchd: %s: %s\n", s->args[0], strerror(f ? ENOMEM : errno));
		return EXIT_FAILED;
	}
	bool ok = read_lines(f, v, &cut);
	int code = errno;
	if (!standard)
		fclose(f);
	(void)audit_verify_end(v, cut, &r);
	audit_verifier_free(v);
	if (ok)
		return say(&r, x.has_key);
	fprintf(stderr, "tierwatchd: %s: %s\n", s->args[0], strerror(code));
	return EXIT_FAILED;
}
