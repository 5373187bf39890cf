/* export_rows.c - one row of an export: CSV with the columns that an import takes, or NDJSON. */
#include <string.h>

#include "api/csv_out.h"
#include "api/entity_out.h"
#include "api/export_int.h"
#include "base/json_out.h"
#include "base/util.h"

/* Columns in the documented order. '@' names what is no field of the entity. */
static const char *const columns[KO__COUNT] = {
	[KO_ORGS] = "@id,name,name_kana,name_en,kind,parent,country,aliases,@contact_email,"
		    "@contact_lang,subtier_attested_on",
	[KO_LINKS] =
		"@procurer,@supplier,supplier_code,required_level,due,until,relation,criticality,"
		"confidential,continuity,system_access,decided_on,decided_by,reason,sole_source,"
		"annual_spend,dependency,disclosure,scope_fit,department,owner,planned_on,source,"
		"confirmed_on,start,end,note",
	[KO_CERTIFICATES] =
		"@org,@certificate,scheme,level,registration_no,issued,expires,@status,"
		"suspended_from,suspended_to,revoked_on,assessor,scope,scope_text,evidence,"
		"self_assessments",
	[KO_CLAUSES] = "@procurer,@supplier,@no,status,reason,agreed_on,review_by,document,"
		       "reviewed_on,reviewed_by,checked_on,checked_by,method,result,"
		       "defines_confidential,limits_use,return_or_disposal,notify_within_hours,"
		       "confirmed_on,note",
	[KO_CONTACTS] = "@org,@role,@name,@email,@lang,@phone",
};
const char *const export_names[KO__COUNT] = { "orgs", "links", "certificates", "clauses",
						   "contacts" };
static const char *const line_kinds[KO__COUNT] = { "org", "link", "certificate", "clause",
						   "contact" };
static const enum ent kind_ents[KO__COUNT] = { ENT_ORG, ENT_LINK, ENT_CERT, ENT_CLAUSE, ENT_ORG };

/* The contact that the columns contact_email and contact_lang stand for: the one without a role. */
static bool plain_contact(struct txn *t, const struct rec *r, struct contact *out)
{
	struct view bytes;

	if (!rec_has(r, ORG_CONTACTS) || personal_get(t, r->f[ORG_CONTACTS], &bytes) != RC_OK)
		return false;
	struct rd rd = rd_of(bytes);
	while (contact_next(&rd, out))
		if (out->part[CP_ROLE].n == 0)
			return true;
	return false;
}

static struct view key_cell(struct exporting *x, const struct row *row, struct view name)
{
	struct contact c;

	if (view_is(name, "id") || view_is(name, "procurer") || view_is(name, "org"))
		return row->key[0];
	if (view_is(name, "supplier") || view_is(name, "certificate"))
		return row->key[1];
	if (view_is(name, "no"))
		return view_str(row->no);
	if (view_is(name, "status"))
		return view_str(entity_enum_text(ENT_CERT, CERT_STATUS,
						 cert_status_on(row->rec, graph_today(x->t))));
	if (view_is(name, "contact_email") || view_is(name, "contact_lang")) {
		if (!plain_contact(x->t, row->rec, &c))
			return view_of(NULL, 0);
		return c.part[view_is(name, "contact_email") ? CP_EMAIL : CP_LANG];
	}
	for (int i = 0; i < CP__COUNT && row->contact; i++)
		if (view_is(name, contact_part_names[i]))
			return row->contact->part[i];
	return view_of(NULL, 0);
}

/* What an absent field stands for, as GET shows it; NULL: nothing. */
static const char *implied(enum ent ent, unsigned id)
{
	static const struct {
		enum ent ent;
		unsigned id;
		int value;
	} all[] = {
		{ ENT_ORG, ORG_KIND, KIND_ENTITY },
		{ ENT_LINK, LINK_DISCLOSURE, DISC_UPSTREAM },
		{ ENT_CERT, CERT_SCOPE, SCOPE_ENTITY },
		{ ENT_CERT, CERT_EVIDENCE, EVIDENCE_WORD },
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i].ent == ent && all[i].id == id)
			return entity_enum_text(ent, id, all[i].value);
	return NULL;
}

static void csv_field(struct exporting *x, enum ent ent, const struct field *f, struct view v)
{
	const char *text = v.n ? NULL : implied(ent, f->id);

	if (text)
		csv_cell(x->out, view_str(text));
	else
		csv_value(x->out, ent, f, v);
}

/* A field of an organisation that the caller does not get. */
static bool hides(const struct exporting *x, unsigned id) { return x->kind == KO_ORGS && !shows(x->shown, id); }

static void csv_row(struct exporting *x, const struct row *row)
{
	enum ent ent = kind_ents[x->kind];

	for (size_t i = 0; i < x->n_columns; i++) {
		const struct column *c = &x->columns[i];
		if (i > 0)
			buf_addc(x->out, ',');
		if (c->field && hides(x, c->field->id))
			continue;
		if (c->field)
			csv_field(x, ent, c->field, row->rec->f[c->field->id]);
		else
			csv_cell(x->out, key_cell(x, row, c->name));
	}
	buf_adds(x->out, "\r\n");
}

void export_columns(struct exporting *x)
{
	for (const char *p = columns[x->kind]; *p && x->n_columns < COLUMNS_MAX;) {
		struct column *c = &x->columns[x->n_columns++];
		bool key = *p == '@';
		p += key;
		c->name = view_of(p, strcspn(p, ","));
		c->field = key ? NULL : field_by_name(kind_ents[x->kind], c->name);
		p += c->name.n;
		p += *p == ',';
	}
}

void export_head(struct exporting *x)
{
	if (x->bom)
		buf_adds(x->out, "\xef\xbb\xbf");
	for (size_t i = 0; i < x->n_columns; i++) {
		if (i > 0)
			buf_addc(x->out, ',');
		buf_addv(x->out, x->columns[i].name);
	}
	buf_adds(x->out, "\r\n");
}

static void key_json(struct json *j, const char *name, struct view v)
{
	json_key(j, name);
	json_strv(j, v);
}

static void contact_members(struct json *j, const struct row *row)
{
	key_json(j, "org", row->key[0]);
	for (int i = 0; i <= CP_PHONE; i++)
		if (row->contact->part[i].n)
			key_json(j, contact_part_names[i], row->contact->part[i]);
}

static void fields_json(struct exporting *x, struct json *j, enum ent ent, const struct rec *rec,
			uint64_t skip)
{
	const struct entity *en = &entities[ent];

	entity_fields_json(j, x->t, ent, rec, skip);
	for (size_t i = 0; i < en->n_fields; i++) {
		unsigned id = en->fields[i].id;
		const char *text = implied(ent, id);
		if (text && !rec_has(rec, id) && !(skip >> id & 1))
			key_json(j, en->fields[i].name, view_str(text));
	}
}

/* "kind" is the line's here; an organisation's own is "org_kind". */
static void json_row(struct exporting *x, const struct row *row)
{
	enum ent ent = kind_ents[x->kind];
	const struct entity *en = &entities[ent];
	uint64_t skip = ent == ENT_ORG ? (uint64_t)1 << ORG_KIND : 0;
	struct json j;

	for (size_t i = 0; i < en->n_fields; i++)
		if ((en->fields[i].flags & FF_READONLY) || hides(x, en->fields[i].id))
			skip |= (uint64_t)1 << en->fields[i].id;
	json_init(&j, x->out);
	json_obj(&j);
	json_key(&j, "kind");
	json_str(&j, line_kinds[x->kind]);
	if (x->kind == KO_ORGS) {
		key_json(&j, "id", row->key[0]);
		key_json(&j, "org_kind",
			 view_str(entity_enum_text(ENT_ORG, ORG_KIND,
						   rec_int(row->rec, ORG_KIND, KIND_ENTITY))));
	} else if (x->kind == KO_CERTIFICATES) {
		key_json(&j, "org", row->key[0]);
		key_json(&j, "certificate", row->key[1]);
	} else if (x->kind != KO_CONTACTS) {
		key_json(&j, "procurer", row->key[0]);
		key_json(&j, "supplier", row->key[1]);
	}
	if (row->no)
		key_json(&j, "no", view_str(row->no));
	if (x->kind == KO_CONTACTS)
		contact_members(&j, row);
	else
		fields_json(x, &j, ent, row->rec, skip);
	json_obj_end(&j);
	buf_addc(x->out, '\n');
}

void export_row(struct exporting *x, const struct row *row)
{
	if (x->csv)
		csv_row(x, row);
	else
		json_row(x, row);
}
