/* findings.c - see findings.h. */
#include "graph/findings.h"

#include <stdarg.h>
#include <stdio.h>

void finding(struct findings *f, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	if (f->n++ >= f->max)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	f->report(f->arg, text);
}
