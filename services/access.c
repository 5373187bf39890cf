/* access.c - see access.h: what ties a caller to an organisation. */
#include "services/access.h"

#include <string.h>

#include "base/orgid.h"

const char *const role_names[ROLE__COUNT] = { "none", "admin", "risk", "procurer", "supplier", "auditor" };

enum role role_find(struct view name)
{
	for (int i = ROLE_NONE + 1; i < ROLE__COUNT; i++)
		if (view_is(name, role_names[i]))
			return (enum role)i;
	return ROLE_NONE;
}

bool access_sees_all(const struct identity *who)
{
	return who->role == ROLE_ADMIN || who->role == ROLE_RISK;
}

struct caller access_caller(const struct identity *who)
{
	return (struct caller){ .sees_all = access_sees_all(who), .own = who->orgs, .n_own = who->n_orgs };
}

/* The entity of a unit's id: what stands before the '~'. */
static struct view entity_of(struct view id)
{
	const char *tilde = id.n ? memchr(id.p, '~', id.n) : NULL;

	return tilde ? view_of(id.p, (size_t)(tilde - (const char *)id.p)) : id;
}

bool access_owns(struct txn *t, const struct identity *who, uint32_t org)
{
	struct view id, entity;
	uint32_t parent;

	for (unsigned i = 0; i < who->n_orgs; i++)
		if (who->orgs[i] == org)
			return true;
	if (who->n_orgs == 0 || org == ORG_NONE)
		return false;
	id = org_id(t, org);
	entity = entity_of(id);
	if (entity.n == id.n || org_find(t, entity, &parent) != RC_OK)
		return false;
	for (unsigned i = 0; i < who->n_orgs; i++)
		if (who->orgs[i] == parent)
			return true;
	return false;
}

/* Actors of bound callers are NAME@ID; names hold no '@'. */
bool access_wrote(struct txn *t, const struct identity *who, uint64_t revision)
{
	struct log_head head;
	const char *at;
	uint32_t org;

	if (!revision || log_head(t, revision, &head) != RC_OK)
		return false;
	if (view_is(head.actor, who->name))
		return true;
	at = head.actor.n ? memchr(head.actor.p, '@', head.actor.n) : NULL;
	if (!at || who->n_orgs == 0)
		return false;
	size_t before = (size_t)(at + 1 - (const char *)head.actor.p);
	return org_find(t, view_of(at + 1, head.actor.n - before), &org) == RC_OK &&
	       access_owns(t, who, org);
}

/* The revision that made a record. */
static uint64_t made_by(const struct rec *r)
{
	return (uint64_t)rec_int(r, META_CREATED, rec_int(r, META_REV, 0));
}

bool access_made(struct txn *t, const struct identity *who, const struct rec *r)
{
	return access_wrote(t, who, made_by(r)) && access_wrote(t, who, (uint64_t)rec_int(r, META_REV, 0));
}

bool access_shown(struct txn *t, uint32_t procurer)
{
	struct rec rec;

	return org_get(t, procurer, &rec) == RC_OK && rec_bool(&rec, ORG_SHOWN_TO_SUPPLIERS) != 0;
}

/* ---- own organisations and their units ---- */

struct units {
	struct view prefix;
	bool (*fn)(void *arg, uint32_t org);
	void *arg;
	bool go_on;
};

static bool each_unit(void *arg, struct view id, uint32_t org)
{
	struct units *u = arg;

	if (id.n < u->prefix.n || memcmp(id.p, u->prefix.p, u->prefix.n) != 0)
		return false;
	u->go_on = u->fn(u->arg, org);
	return u->go_on;
}

void access_own_each(struct txn *t, const struct identity *who, bool (*fn)(void *arg, uint32_t org), void *arg)
{
	char prefix[ORGID_MAX + 1];

	for (unsigned i = 0; i < who->n_orgs; i++) {
		struct view id = org_id(t, who->orgs[i]);
		struct units u = { .fn = fn, .arg = arg, .go_on = true };
		if (!id.n || id.n > ORGID_MAX)
			continue;
		memcpy(prefix, id.p, id.n);
		prefix[id.n] = '~';
		u.prefix = view_of(prefix, id.n + 1);
		if (!fn(arg, who->orgs[i]))
			return;
		org_each(t, u.prefix, each_unit, &u);
		if (!u.go_on)
			return;
	}
}

struct tied {
	struct txn *t;
	uint32_t org;
	enum access_tie tie;
};

static bool tie_to(void *arg, uint32_t own)
{
	struct tied *x = arg;
	struct rec rec;

	if (link_get(x->t, own, x->org, &rec) == RC_OK)
		x->tie = TIE_SUPPLIER;
	else if (x->tie == TIE_NONE && link_get(x->t, x->org, own, &rec) == RC_OK && access_shown(x->t, x->org))
		x->tie = TIE_ABOVE;
	return x->tie != TIE_SUPPLIER;
}

enum access_tie access_tie(struct txn *t, const struct identity *who, uint32_t org)
{
	struct tied x = { .t = t, .org = org };
	struct rec rec;

	if (access_owns(t, who, org))
		return TIE_OWN;
	access_own_each(t, who, tie_to, &x);
	if (x.tie == TIE_SUPPLIER)
		return x.tie;
	if (org_get(t, org, &rec) == RC_OK && access_made(t, who, &rec))
		return TIE_ENTERED;
	return x.tie;
}
