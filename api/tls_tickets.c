/*
 * tls_tickets.c - the keys of session tickets. A new key seals from the first ticket on that is asked for six
 * hours after the last one was made; the one before still opens for as long, then nothing does. OpenSSL's
 * own key would stay the same while the context lives, and one stolen key would open all that time.
 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <pthread.h>

#include "api/tls.h"
#include "base/clock.h"
#include "base/util.h"

#define LIFE_US (6 * 3600 * (int64_t)1000000)
#define NAME_BYTES 16
#define IV_BYTES 16

struct key {
	unsigned char name[NAME_BYTES], cipher[32], mac[32];
	int64_t made_us; /* 0: there is none */
};

struct tickets {
	pthread_mutex_t lock;
	struct key now, before;
};

static int tickets_index = -1;
static pthread_once_t index_once = PTHREAD_ONCE_INIT;

static void tickets_free(void *parent, void *ptr, CRYPTO_EX_DATA *ad, int idx, long argl, void *argp)
{
	struct tickets *t = ptr;
	(void)parent, (void)ad, (void)idx, (void)argl, (void)argp;
	if (!t)
		return;
	OPENSSL_cleanse(&t->now, sizeof(t->now));
	OPENSSL_cleanse(&t->before, sizeof(t->before));
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static void make_index(void)
{
	tickets_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, tickets_free);
}

/* Under the lock. False: no random bytes. */
static bool rotate(struct tickets *t, int64_t now_us)
{
	if (t->now.made_us && now_us - t->now.made_us < LIFE_US)
		return true;
	struct key fresh = { .made_us = MAX(now_us, 1) };
	if (RAND_bytes(fresh.name, NAME_BYTES) != 1 ||
	    RAND_bytes(fresh.cipher, sizeof(fresh.cipher)) != 1 ||
	    RAND_bytes(fresh.mac, sizeof(fresh.mac)) != 1)
		return false;
	if (t->now.made_us && now_us - t->now.made_us < 2 * LIFE_US)
		t->before = t->now;
	else
		OPENSSL_cleanse(&t->before, sizeof(t->before));
	t->now = fresh;
	OPENSSL_cleanse(&fresh, sizeof(fresh));
	return true;
}

/* The key to seal with, or the one of that name. False: none. */
static bool take_key(struct tickets *t, const unsigned char *name, struct key *out, bool *old)
{
	pthread_mutex_lock(&t->lock);
	int64_t now_us = monotonic_us();
	bool ok = rotate(t, now_us);
	*old = ok && name && CRYPTO_memcmp(name, t->now.name, NAME_BYTES) != 0;
	*out = *old ? t->before : t->now;
	pthread_mutex_unlock(&t->lock);
	return ok && (!*old || (out->made_us && now_us - out->made_us < 2 * LIFE_US &&
				CRYPTO_memcmp(name, out->name, NAME_BYTES) == 0));
}

static bool set_mac(EVP_MAC_CTX *mac, struct key *k)
{
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, k->mac, sizeof(k->mac)),
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	return EVP_MAC_CTX_set_params(mac, params) == 1;
}

/* SSL_CTX_set_tlsext_ticket_key_evp_cb(3): 0 no such key, 1 fine, 2 fine but to be renewed, -1 failure. */
static int on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
		     EVP_MAC_CTX *mac, int seal)
{
	struct tickets *t = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), tickets_index);
	struct key k;
	bool old;
	if (!t || !take_key(t, seal ? NULL : name, &k, &old))
		return seal ? -1 : 0;
	bool ok = set_mac(mac, &k);
	if (seal) {
		memcpy(name, k.name, NAME_BYTES);
		ok = ok && RAND_bytes(iv, IV_BYTES) == 1 &&
		     EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, k.cipher, iv) == 1;
	} else {
		ok = ok && EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, k.cipher, iv) == 1;
	}
	OPENSSL_cleanse(&k, sizeof(k));
	return ok ? old ? 2 : 1 : -1;
}

enum rc tls_tickets_install(struct ssl_ctx_st *ctx)
{
	struct tickets *t = calloc(1, sizeof(*t));
	pthread_once(&index_once, make_index);
	if (!t || tickets_index < 0) {
		free(t);
		return RC_NOMEM;
	}
	pthread_mutex_init(&t->lock, NULL);
	if (SSL_CTX_set_ex_data(ctx, tickets_index, t) != 1) {
		tickets_free(NULL, t, NULL, 0, 0, NULL);
		return RC_NOMEM;
	}
	if (SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, on_ticket) != 1)
		return RC_INTERNAL;
	SSL_CTX_set_timeout(ctx, LIFE_US / 1000000);
	return RC_OK;
}
