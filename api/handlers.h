/* handlers.h - one function a route; what each answers stands in routes.def. */
#pragma once

#include "api/request.h"

MUST_USE enum rc orgs_list(struct request *r, struct err *e);
MUST_USE enum rc org_show(struct request *r, struct err *e);
MUST_USE enum rc org_put(struct request *r, struct err *e);
MUST_USE enum rc org_patch(struct request *r, struct err *e);
MUST_USE enum rc org_delete(struct request *r, struct err *e);
MUST_USE enum rc suppliers_list(struct request *r, struct err *e);
MUST_USE enum rc procurers_list(struct request *r, struct err *e);
MUST_USE enum rc link_show(struct request *r, struct err *e);
MUST_USE enum rc link_put(struct request *r, struct err *e);
MUST_USE enum rc link_patch(struct request *r, struct err *e);
MUST_USE enum rc link_delete(struct request *r, struct err *e);
MUST_USE enum rc clauses_list(struct request *r, struct err *e);
MUST_USE enum rc clause_show(struct request *r, struct err *e);
MUST_USE enum rc clause_put(struct request *r, struct err *e);
MUST_USE enum rc clause_delete(struct request *r, struct err *e);
MUST_USE enum rc certs_list(struct request *r, struct err *e);
MUST_USE enum rc cert_show(struct request *r, struct err *e);
MUST_USE enum rc cert_put(struct request *r, struct err *e);
MUST_USE enum rc cert_patch(struct request *r, struct err *e);
MUST_USE enum rc cert_delete(struct request *r, struct err *e);
MUST_USE enum rc targets_show(struct request *r, struct err *e);
MUST_USE enum rc targets_put(struct request *r, struct err *e);
MUST_USE enum rc targets_delete(struct request *r, struct err *e);
MUST_USE enum rc exposure_show(struct request *r, struct err *e);
MUST_USE enum rc gaps_list(struct request *r, struct err *e);
MUST_USE enum rc expiring_list(struct request *r, struct err *e);
MUST_USE enum rc clause_gaps_list(struct request *r, struct err *e);
MUST_USE enum rc impact_show(struct request *r, struct err *e);
MUST_USE enum rc chokepoints_list(struct request *r, struct err *e);
MUST_USE enum rc incident_show(struct request *r, struct err *e);
MUST_USE enum rc dependency_show(struct request *r, struct err *e);
MUST_USE enum rc looks_list(struct request *r, struct err *e);
MUST_USE enum rc history_list(struct request *r, struct err *e);
MUST_USE enum rc bulk_change(struct request *r, struct err *e);
MUST_USE enum rc import_start(struct request *r, struct err *e);
MUST_USE enum rc import_show(struct request *r, struct err *e);
MUST_USE enum rc export_open(struct request *r, struct err *e);
MUST_USE enum rc changes_open(struct request *r, struct err *e);
MUST_USE enum rc events_open(struct request *r, struct err *e);
MUST_USE enum rc tokens_list(struct request *r, struct err *e);
MUST_USE enum rc token_show(struct request *r, struct err *e);
MUST_USE enum rc token_create(struct request *r, struct err *e);
MUST_USE enum rc token_rotate(struct request *r, struct err *e);
MUST_USE enum rc token_revoke(struct request *r, struct err *e);
MUST_USE enum rc status_show(struct request *r, struct err *e);
MUST_USE enum rc healthz_show(struct request *r, struct err *e);
MUST_USE enum rc readyz_show(struct request *r, struct err *e);
MUST_USE enum rc metrics_show(struct request *r, struct err *e);
MUST_USE enum rc openapi_show(struct request *r, struct err *e);
