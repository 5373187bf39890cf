/*
 * http_rig.h - a server with a handler that does what the path says, for the server's tests.
 *   /hello /echo /async /hold /big?BYTES /stream?PIECES /abort /file /fields /fixed?BYTES /sse
 * /small takes bodies of 10 bytes, /spool stores any, /no is refused at its head.
 */
#pragma once

#include <pthread.h>

#include "api/server.h"

#define RIG_HELD_MAX 64
#define RIG_LOOPS_MAX 4

struct rig {
	struct server_config config;
	struct server *server;
	uint16_t port;
	char dir[64];
	pthread_mutex_t lock;
	struct http_request *held[RIG_HELD_MAX]; /* under lock */
	unsigned held_count, sse_closed, sources_done, errors, drops, inits, dones, spooled;
	int loop_data[RIG_LOOPS_MAX];
};

/* Defaults of the server and a spool directory; change rig->config, then rig_start(). */
void rig_init(struct rig *r);
void rig_start(struct rig *r);
void rig_stop(struct rig *r);
struct server_stats rig_stats(struct rig *r);
unsigned rig_held(struct rig *r);
unsigned rig_count(struct rig *r, const unsigned *field);
/* A handler's on_error(): "STATUS DETAIL PATH-LENGTH" with the code in X-Code. */
void rig_on_error(void *user, struct http_request *req, int status, const char *code,
		  const char *detail);
/* Takes the oldest held request; the caller must reply. */
struct http_request *rig_take(struct rig *r);
void rig_reply(struct http_request *req, const char *text);
/* Sends text on every open stream, on its loop. */
void rig_sse_send(struct rig *r, const char *text);
