/* say.c - what goes to standard error, and the flag that signals set. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"
#include "cli/cli.h"
#include "cli/http.h"

/* The one piece of state that a signal handler can reach. */
static volatile sig_atomic_t interrupted;

void cli_say(const struct cli *c, enum msg m, const char *const *args)
{
	AUTO(buf_done) struct buf b = BUF_INIT;

	buf_adds(&b, "tierwatch: ");
	msg_format(&b, m, c->lang, args);
	buf_addc(&b, '\n');
	if (buf_ok(&b))
		fwrite(b.p, 1, b.n, stderr);
}

void cli_note(const struct cli *c, enum msg m, const char *const *args)
{
	if (!c->quiet)
		cli_say(c, m, args);
}

static void tell_hint(const struct cli *c, const char *field)
{
	if (strcmp(field, HTTP_HINT_SOCKET) == 0)
		SAY0(c, M_SOCKET_HINT);
	else if (strcmp(field, HTTP_HINT_PLAIN) == 0)
		SAY0(c, M_PLAIN_HINT);
	else if (strcmp(field, HTTP_HINT_CACERT) == 0)
		SAY0(c, M_CACERT_HINT);
}

int cli_fail(const struct cli *c, const struct err *e)
{
	char text[512];

	if (e->rc == RC_CANCELLED)
		return CLI_INTERRUPTED;
	err_text(e, c->lang, text, sizeof(text));
	SAY(c, M_PLAIN, text);
	if (e->rc == RC_UNREACHABLE) {
		tell_hint(c, e->field);
		return CLI_UNREACHABLE;
	}
	return e->rc == RC_USAGE ? CLI_USAGE : CLI_FAILED;
}

struct num_text cli_num(int64_t n)
{
	struct num_text t;

	snprintf(t.s, sizeof(t.s), "%lld", (long long)n);
	return t;
}

bool cli_interrupted(void)
{
	return interrupted != 0;
}

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* The first signal asks for an orderly end (temporary files go away), the second one kills. */
void cli_catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESETHAND };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sa = (struct sigaction){ .sa_handler = SIG_IGN };
	sigaction(SIGPIPE, &sa, NULL);
}
