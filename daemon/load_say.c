/* load_say.c - what a bulk load tells on standard error, in the language of the environment. */
#include <stdio.h>
#include <unistd.h>

#include "daemon/load_files.h"
#include "daemon/offline.h"

/* "FILE:LINE:COLUMN: FIELD: TEXT [code]", as compilers do, so that editors can jump there. */
void say_row_error(const char *path, const struct err *e)
{
	char text[512], place[48] = "";

	err_text(e, offline_language(), text, sizeof(text));
	if (e->line && e->column)
		snprintf(place, sizeof(place), "%u:%u:", e->line, e->column);
	else if (e->line)
		snprintf(place, sizeof(place), "%u:", e->line);
	fprintf(stderr, "%s:%s %s%s%s [%s]\n", path, place, e->field, e->field[0] ? ": " : "", text,
		rc_code(e->rc));
}

/* On a terminal one line that is written over; elsewhere a line now and then. */
void say_progress(uint64_t rows, double seconds, double share)
{
	bool ja = offline_language() == LANG_JA, terminal = isatty(STDERR_FILENO);
	double rate = seconds > 0 ? (double)rows / seconds : 0;
	double left = share > 0 ? seconds / share - seconds : 0;

	fprintf(stderr,
		ja ? "%s%llu 行、%.0f 行/秒、%.0f%%、残り約 %.0f 秒%s"
		   : "%s%llu rows, %.0f rows/s, %.0f%%, about %.0f s left%s",
		terminal ? "\r\033[K" : "", (unsigned long long)rows, rate, share * 100, left, terminal ? "" : "\n");
}

void say_loaded(uint64_t rows, uint64_t rejected, const struct op_tally *t, double seconds)
{
	bool ja = offline_language() == LANG_JA;

	fprintf(stderr,
		ja ? "%s%llu 行を %.1f 秒で読み込みました（%.0f 行/秒）: 新規 %llu、更新 %llu、変更なし %llu、仮登録 %llu、"
		     "受付不可 %llu 行、警告 %llu\n"
		   : "%s%llu rows in %.1f s (%.0f rows/s): %llu created, %llu changed, %llu unchanged, %llu stubs, "
		     "%llu rows rejected, %llu warnings\n",
		isatty(STDERR_FILENO) ? "\r\033[K" : "", (unsigned long long)rows, seconds,
		seconds > 0 ? (double)rows / seconds : 0, (unsigned long long)t->created,
		(unsigned long long)t->changed, (unsigned long long)t->unchanged, (unsigned long long)t->stubs,
		(unsigned long long)rejected, (unsigned long long)t->warnings);
}
