/*
 * http_hello.c - the server with a handler that does nothing, to measure what the front door
 * itself costs: http_hello [loops] [bytes]; then wrk -c64 -t1 http://127.0.0.1:PORT/
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/server.h"

static char text[1 << 20];

static void on_request(void *user, struct http_request *req)
{
	const size_t *bytes = user;
	req->res.status = 200;
	req->res.type = "application/json";
	buf_add(&req->res.body, text, *bytes);
	http_reply(req);
}

int main(int argc, char **argv)
{
	struct server_config c;
	struct server *s;
	struct err e;
	size_t bytes = argc > 2 ? strtoul(argv[2], NULL, 10) : 1024;
	server_config_init(&c);
	c.loops = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
	c.handler.on_request = on_request;
	c.handler.user = &bytes;
	memset(text, 'a', sizeof(text));
	bytes = bytes < sizeof(text) ? bytes : sizeof(text);
	if (server_start(&c, &s, &e)) {
		fprintf(stderr, "http_hello: %s\n", e.arg);
		return 1;
	}
	fprintf(stderr, "listening on http://127.0.0.1:%u\n", server_port(s));
	for (;;)
		pause();
}
