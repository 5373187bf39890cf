/* clock.h - wall time, real or started at a given instant and running on (--clock, tests). */
#pragma once

#include "date.h"

struct clock {
	int64_t offset_ms; /* added to the real clock */
};

void clock_init_real(struct clock *c);
void clock_init_at(struct clock *c, int64_t start_ms);
int64_t clock_now_ms(const struct clock *c);
int32_t clock_today(const struct clock *c); /* the day in Tokyo */
int64_t monotonic_us(void);
