/*
 * server_socket.c - the Unix socket beside the TCP port: for the command line on the same machine, whose user
 * the kernel names. The first loop alone takes its connections; they are few.
 */
#include <errno.h>
#include <event2/event.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "api/server_int.h"
#include "base/log.h"

#define BACKLOG 64
#define ACCEPT_BATCH 16

/* --- opening --- */

/* A socket file outlives a daemon that was killed. Nobody answers there: it may go. */
static enum rc remove_stale(const struct sockaddr_un *sa, struct err *e)
{
	struct stat st;
	if (lstat(sa->sun_path, &st))
		return errno == ENOENT ? RC_OK
				       : err_set(e, RC_USAGE, "socket", "socket: %s: %s", sa->sun_path,
						 strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, RC_USAGE, "socket", "socket: %s exists and is no socket",
			       sa->sun_path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool used = fd >= 0 && (connect(fd, (const void *)sa, sizeof(*sa)) == 0 || errno == EAGAIN);
	if (fd >= 0)
		close(fd);
	if (used)
		return err_set(e, RC_USAGE, "socket", "socket: another program serves %s",
			       sa->sun_path);
	unlink(sa->sun_path);
	return RC_OK;
}

/* Mode and group stand before anybody can connect. */
static int bind_socket(const struct server_config *c, const struct sockaddr_un *sa)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	bool bound = bind(fd, (const void *)sa, sizeof(*sa)) == 0;
	bool ok = bound && chmod(sa->sun_path, c->socket_mode & 0777) == 0 &&
		  (c->socket_group == (gid_t)-1 || chown(sa->sun_path, (uid_t)-1, c->socket_group) == 0) &&
		  listen(fd, BACKLOG) == 0;
	if (ok)
		return fd;
	int saved = errno;
	if (bound)
		unlink(sa->sun_path);
	close(fd);
	errno = saved;
	return -1;
}

enum rc socket_open(struct server *s, struct err *e)
{
	const char *path = s->config.socket;
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	if (!path)
		return RC_OK;
	if (strlen(path) >= sizeof(sa.sun_path))
		return err_set(e, RC_USAGE, "socket", "socket: a path has at most %zu bytes",
			       sizeof(sa.sun_path) - 1);
	memcpy(sa.sun_path, path, strlen(path) + 1);
	enum rc rc = remove_stale(&sa, e);
	if (rc)
		return rc;
	s->loops[0].socket_fd = bind_socket(&s->config, &sa);
	if (s->loops[0].socket_fd < 0)
		return err_set(e, RC_USAGE, "socket", "socket: %s: %s", path, strerror(errno));
	return RC_OK;
}

/* --- accepting --- */

static void on_local(evutil_socket_t listen_fd, short what, void *arg)
{
	struct loop *l = arg;
	(void)what;
	for (int i = 0; i < ACCEPT_BATCH && l->socket_fd >= 0; i++) {
		struct ucred who;
		socklen_t n = sizeof(who);
		int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return; /* out of descriptors: whoever waits is taken when some are free */
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n)) {
			close(fd);
			continue;
		}
		struct peer peer = { .local = true, .uid = who.uid };
		listen_admit(l, fd, &peer);
	}
}

bool socket_start(struct loop *l)
{
	if (l->socket_fd < 0)
		return true;
	l->socket_event = event_new(l->base, l->socket_fd, EV_READ | EV_PERSIST, on_local, l);
	return l->socket_event && event_add(l->socket_event, NULL) == 0;
}

void socket_stop(struct loop *l)
{
	if (l->socket_event)
		event_free(l->socket_event);
	l->socket_event = NULL;
	if (l->socket_fd < 0)
		return;
	unlink(l->server->config.socket);
	close(l->socket_fd);
	l->socket_fd = -1;
}
