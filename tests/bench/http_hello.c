/*
 * http_hello.c - how much of an answer's cost is the server's own: `http_hello server` answers 1 kB from a
 * constant through api/server.h, `http_hello bare` does it with libevent's bufferevents and hardly reads the
 * request. One loop; the port is printed; ends with its standard input. Drive both with the same client, and
 * the daemon's GET /v1/orgs/{id} beside them.
 */
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/server.h"

#define BODY_BYTES 1000

static char body[BODY_BYTES + 1];
static char answer[BODY_BYTES + 256];

/* ---- through the server ---- */

static void on_request(void *user, struct http_request *req)
{
	(void)user;
	req->res.status = 200;
	req->res.type = "application/json";
	req->res.fixed = view_of(body, BODY_BYTES);
	http_reply(req);
}

static int serve(void)
{
	struct server_config c;
	struct server *s;
	struct err e = { 0 };
	char line[16];

	server_config_init(&c);
	c.handler.on_request = on_request;
	if (server_start(&c, &s, &e)) {
		fprintf(stderr, "http_hello: %s\n", e.arg);
		return 1;
	}
	printf("%u\n", server_port(s));
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		continue;
	server_stop(s);
	server_free(s);
	return 0;
}

/* ---- bare bufferevents ---- */

static void on_read(struct bufferevent *b, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(b);
	(void)arg;
	for (;;) {
		struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);
		if (end.pos < 0)
			return;
		evbuffer_drain(in, (size_t)end.pos + 4);
		bufferevent_write(b, answer, strlen(answer));
	}
}

static void on_event(struct bufferevent *b, short what, void *arg)
{
	(void)what, (void)arg;
	bufferevent_free(b);
}

static void on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *a, int n,
		      void *arg)
{
	struct bufferevent *b = bufferevent_socket_new(arg, fd, BEV_OPT_CLOSE_ON_FREE);
	(void)l, (void)a, (void)n;
	if (!b)
		return;
	bufferevent_setcb(b, on_read, NULL, on_event, NULL);
	bufferevent_enable(b, EV_READ | EV_WRITE);
}

static void on_stdin(evutil_socket_t fd, short what, void *arg)
{
	char bytes[16];
	(void)what;
	if (read(fd, bytes, sizeof(bytes)) <= 0)
		event_base_loopbreak(arg);
}

static int bare(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	struct event_base *base = event_base_new();
	struct evconnlistener *l =
		base ? evconnlistener_new_bind(base, on_accept, base, LEV_OPT_CLOSE_ON_FREE, 128,
					       (struct sockaddr *)&a, sizeof(a))
		     : NULL;
	struct event *ev = base ? event_new(base, 0, EV_READ | EV_PERSIST, on_stdin, base) : NULL;

	if (!l || !ev || event_add(ev, NULL) ||
	    getsockname(evconnlistener_get_fd(l), (struct sockaddr *)&a, &n))
		return 1;
	printf("%u\n", ntohs(a.sin_port));
	fflush(stdout);
	event_base_dispatch(base);
	event_free(ev);
	evconnlistener_free(l);
	event_base_free(base);
	return 0;
}

int main(int argc, char **argv)
{
	memset(body, 'x', BODY_BYTES);
	snprintf(answer, sizeof(answer),
		 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		 BODY_BYTES, body);
	if (argc == 2 && strcmp(argv[1], "server") == 0)
		return serve();
	if (argc == 2 && strcmp(argv[1], "bare") == 0)
		return bare();
	fprintf(stderr, "usage: http_hello server|bare\n");
	return 2;
}
