/* server_address.c - how many connections an address has: a table that all loops share. */
#include <string.h>

#include "api/server_int.h"

bool address_table_init(struct address_table *t, unsigned conns_max, unsigned max)
{
	size_t n = 16;
	while (n < 2 * (size_t)conns_max + 2)
		n *= 2;
	pthread_mutex_init(&t->lock, NULL);
	t->slots = calloc(n, sizeof(*t->slots));
	t->mask = n - 1;
	t->max = max;
	return t->slots;
}

void address_table_done(struct address_table *t)
{
	if (t->slots)
		pthread_mutex_destroy(&t->lock);
	free(t->slots);
}

static size_t address_home(const struct address_table *t, const struct address *a)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < sizeof(a->bytes); i++)
		h = (h ^ a->bytes[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 29) & t->mask;
}

static size_t address_slot(const struct address_table *t, const struct address *a)
{
	size_t i = address_home(t, a);
	while (t->slots[i].count && memcmp(&t->slots[i].address, a, sizeof(*a)) != 0)
		i = (i + 1) & t->mask;
	return i;
}

bool address_enter(struct address_table *t, const struct address *a)
{
	pthread_mutex_lock(&t->lock);
	struct address_count *slot = &t->slots[address_slot(t, a)];
	bool ok = slot->count < t->max;
	if (ok) {
		slot->address = *a;
		slot->count++;
	}
	pthread_mutex_unlock(&t->lock);
	return ok;
}

/* Closes the hole at i, so that every entry stays reachable from its home. */
static void address_remove(struct address_table *t, size_t i)
{
	for (size_t j = (i + 1) & t->mask; t->slots[j].count; j = (j + 1) & t->mask) {
		size_t home = address_home(t, &t->slots[j].address);
		if (((j - home) & t->mask) >= ((j - i) & t->mask)) {
			t->slots[i] = t->slots[j];
			i = j;
		}
	}
	t->slots[i].count = 0;
}

void address_leave(struct address_table *t, const struct address *a)
{
	pthread_mutex_lock(&t->lock);
	size_t i = address_slot(t, a);
	if (t->slots[i].count == 1)
		address_remove(t, i);
	else if (t->slots[i].count)
		t->slots[i].count--;
	pthread_mutex_unlock(&t->lock);
}

struct address address_of(const struct ip *ip)
{
	struct address a = { { 0 } };
	if (ip_is_v4(ip)) {
		memcpy(a.bytes, ip->bytes + 12, 4);
		return a;
	}
	a.bytes[0] = 1;
	memcpy(a.bytes + 1, ip->bytes, 8);
	return a;
}
