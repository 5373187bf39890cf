/* clock.c - the wall clock with its offset, and the steady clock for durations. */
#include "base/clock.h"

#include <time.h>

static int64_t real_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void clock_init_real(struct clock *c) { c->offset_ms = 0; }

void clock_init_at(struct clock *c, int64_t start_ms) { c->offset_ms = start_ms - real_now_ms(); }

int64_t clock_now_ms(const struct clock *c) { return real_now_ms() + c->offset_ms; }

int32_t clock_today(const struct clock *c) { return day_of_instant_jst(clock_now_ms(c)); }

int64_t monotonic_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}
