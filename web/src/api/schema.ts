/* Made by script/api-types from the daemon's /openapi.json: not to be changed by hand. */
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Org: {
            /** @description Registered name, as written. */
            name: string | null;
            /** @description Reading in kana. */
            name_kana?: string;
            /** @description English name. */
            name_en?: string;
            /**
             * @description entity (default), division or site.
             * @enum {string}
             */
            kind?: "entity" | "division" | "site";
            /** @description For a division or site: the entity it belongs to. */
            parent?: string;
            /** @description ISO 3166-1 alpha-2. */
            country?: string;
            /** @description Other identifiers of the same organisation. */
            aliases?: string[];
            /** @description role, name, email, lang, phone. */
            contacts?: {
                role?: string;
                name?: string;
                email?: string;
                /** @enum {string} */
                lang?: "ja" | "en";
                phone?: string;
                side?: string;
            }[];
            /**
             * Format: date
             * @description Day on which it stated that it has no further suppliers that matter.
             */
            subtier_attested_on?: string;
            /** @description Registered address. */
            address?: string;
            /**
             * Format: date
             * @description Day on which the register closed the entry.
             */
            closed_on?: string;
            /** @description Cause code or words. */
            close_cause?: string;
            /** @description Organisation that took it over; may be unknown here. */
            successor?: string;
            /** @description Free text. */
            note?: string;
            /** @description True while it is known only from a link or certificate that named it. */
            readonly stub?: boolean;
            /** @description false: its suppliers do not see who it is; default true. */
            shown_to_suppliers?: boolean;
            /** @description Organisations of the same name that are others, as somebody said. */
            distinct_from?: string[];
            id: string;
            held?: 0 | 1 | 2 | 3 | 4 | 5;
            /** Format: date */
            held_until?: string | null;
            /** @description null: so few that it is not told (setting small_count). */
            suppliers?: number | null;
            procurers?: number;
            recorded_by?: {
                actor: string | null;
                /** Format: date-time */
                at: string | null;
                revision: number;
            } | null;
            /** @description Only in answers to writes. */
            warnings?: {
                code?: string;
                detail?: string;
            }[];
        };
        /** @description Unknown members are refused; those that GET adds are ignored. */
        OrgBody: {
            /** @description Registered name, as written. */
            name?: string;
            /** @description Reading in kana. */
            name_kana?: string;
            /** @description English name. */
            name_en?: string;
            /**
             * @description entity (default), division or site.
             * @enum {string}
             */
            kind?: "entity" | "division" | "site";
            /** @description For a division or site: the entity it belongs to. */
            parent?: string;
            /** @description ISO 3166-1 alpha-2. */
            country?: string;
            /** @description Other identifiers of the same organisation. */
            aliases?: string[];
            /** @description role, name, email, lang, phone. */
            contacts?: {
                role?: string;
                name?: string;
                email?: string;
                /** @enum {string} */
                lang?: "ja" | "en";
                phone?: string;
                side?: string;
            }[];
            /**
             * Format: date
             * @description Day on which it stated that it has no further suppliers that matter.
             */
            subtier_attested_on?: string;
            /** @description Registered address. */
            address?: string;
            /**
             * Format: date
             * @description Day on which the register closed the entry.
             */
            closed_on?: string;
            /** @description Cause code or words. */
            close_cause?: string;
            /** @description Organisation that took it over; may be unknown here. */
            successor?: string;
            /** @description Free text. */
            note?: string;
            /** @description false: its suppliers do not see who it is; default true. */
            shown_to_suppliers?: boolean;
            /** @description Organisations of the same name that are others, as somebody said. */
            distinct_from?: string[];
        };
        Link: {
            /** @description Explicit level; 0 asks nothing; absent: the rules decide. */
            required_level?: 0 | 1 | 2 | 3 | 4 | 5;
            /**
             * Format: date
             * @description Day by which the level is wanted.
             */
            due?: string;
            /**
             * Format: date
             * @description End of an exception.
             */
            until?: string;
            /**
             * @description business or it-service.
             * @enum {string}
             */
            relation?: "business" | "it-service";
            /**
             * @description high, medium or low.
             * @enum {string}
             */
            criticality?: "high" | "medium" | "low";
            /** @description Q1: handles our important confidential information. */
            confidential?: boolean;
            /** @description Q2: its standstill stops our business beyond what we bear. */
            continuity?: boolean;
            /** @description Q3: our internal systems can be reached from it. */
            system_access?: boolean;
            /**
             * Format: date
             * @description Day of the answers to Q1-Q3.
             */
            decided_on?: string;
            /** @description Who answered. */
            decided_by?: string;
            /** @description Why the level differs from the rules. */
            reason?: string;
            /** @description No other source. */
            sole_source?: boolean;
            /** @description JPY a year; absent: unknown. */
            annual_spend?: number;
            /** @description 0-1 in steps of 0.0001. */
            dependency?: number;
            /**
             * @description upstream, anonymous or private.
             * @enum {string}
             */
            disclosure?: "upstream" | "anonymous" | "private";
            /** @description viewer, form (named or anonymous), until. */
            grants?: {
                viewer: string;
                /** @enum {string} */
                form?: "named" | "anonymous";
                /** Format: date */
                until?: string;
            }[];
            /**
             * @description Does the registration's scope cover what this link buys.
             * @enum {string}
             */
            scope_fit?: "yes" | "partly" | "no" | "unknown";
            /** @description The procurer's own code, unique for it. */
            supplier_code?: string;
            /** @description The procurer's department. */
            department?: string;
            /** @description Who looks after the link. */
            owner?: string;
            /**
             * Format: date
             * @description The supplier's own plan.
             */
            planned_on?: string;
            /** @description Where the link is known from. */
            source?: string;
            /**
             * Format: date
             * @description Last day on which the link was confirmed.
             */
            confirmed_on?: string;
            /**
             * Format: date
             * @description First day; absent: open.
             */
            start?: string;
            /**
             * Format: date
             * @description Last day; absent: open.
             */
            end?: string;
            /** @description Free text. */
            note?: string;
            /** @description Yearly amount in spend_currency. */
            spend_amount?: number;
            /** @description ISO 4217, where it is not JPY. */
            spend_currency?: string;
            /** @description Fiscal year of an imported annual_spend. */
            readonly spend_year?: number;
            procurer: string;
            supplier: string;
            effective_level?: 0 | 1 | 2 | 3 | 4 | 5;
            level_source?: {
                /** @enum {string} */
                kind?: "explicit" | "rule" | "none";
                /** @description Index of the rule that gives the level. */
                rule?: number;
            };
            held: 0 | 1 | 2 | 3 | 4 | 5;
            /** @description This link alone, today. */
            gap?: boolean;
            undecided?: boolean;
            exception?: boolean;
            active: boolean;
            /** @description In lists, and where the link is not the caller’s own; null: not told. */
            procurer_name?: string | null;
            /** @description In lists, and where the link is not the caller’s own; null: not told. */
            supplier_name?: string | null;
            /** @description By number; not in lists. */
            clauses?: {
                [key: string]: {
                    /** @enum {string} */
                    status?: "missing" | "drafted" | "agreed" | "waived";
                    due?: boolean;
                    gap?: boolean;
                    undetermined?: boolean;
                    late?: boolean;
                };
            };
            recorded_by?: {
                actor: string | null;
                /** Format: date-time */
                at: string | null;
                revision: number;
            } | null;
            /** @description Only in answers to writes. */
            warnings?: {
                code?: string;
                detail?: string;
            }[];
        };
        /** @description Unknown members are refused; those that GET adds are ignored. */
        LinkBody: {
            /** @description Explicit level; 0 asks nothing; absent: the rules decide. */
            required_level?: 0 | 1 | 2 | 3 | 4 | 5;
            /**
             * Format: date
             * @description Day by which the level is wanted.
             */
            due?: string;
            /**
             * Format: date
             * @description End of an exception.
             */
            until?: string;
            /**
             * @description business or it-service.
             * @enum {string}
             */
            relation?: "business" | "it-service";
            /**
             * @description high, medium or low.
             * @enum {string}
             */
            criticality?: "high" | "medium" | "low";
            /** @description Q1: handles our important confidential information. */
            confidential?: boolean;
            /** @description Q2: its standstill stops our business beyond what we bear. */
            continuity?: boolean;
            /** @description Q3: our internal systems can be reached from it. */
            system_access?: boolean;
            /**
             * Format: date
             * @description Day of the answers to Q1-Q3.
             */
            decided_on?: string;
            /** @description Who answered. */
            decided_by?: string;
            /** @description Why the level differs from the rules. */
            reason?: string;
            /** @description No other source. */
            sole_source?: boolean;
            /** @description JPY a year; absent: unknown. */
            annual_spend?: number;
            /** @description 0-1 in steps of 0.0001. */
            dependency?: number;
            /**
             * @description upstream, anonymous or private.
             * @enum {string}
             */
            disclosure?: "upstream" | "anonymous" | "private";
            /** @description viewer, form (named or anonymous), until. */
            grants?: {
                viewer: string;
                /** @enum {string} */
                form?: "named" | "anonymous";
                /** Format: date */
                until?: string;
            }[];
            /**
             * @description Does the registration's scope cover what this link buys.
             * @enum {string}
             */
            scope_fit?: "yes" | "partly" | "no" | "unknown";
            /** @description The procurer's own code, unique for it. */
            supplier_code?: string;
            /** @description The procurer's department. */
            department?: string;
            /** @description Who looks after the link. */
            owner?: string;
            /**
             * Format: date
             * @description The supplier's own plan.
             */
            planned_on?: string;
            /** @description Where the link is known from. */
            source?: string;
            /**
             * Format: date
             * @description Last day on which the link was confirmed.
             */
            confirmed_on?: string;
            /**
             * Format: date
             * @description First day; absent: open.
             */
            start?: string;
            /**
             * Format: date
             * @description Last day; absent: open.
             */
            end?: string;
            /** @description Free text. */
            note?: string;
            /** @description Yearly amount in spend_currency. */
            spend_amount?: number;
            /** @description ISO 4217, where it is not JPY. */
            spend_currency?: string;
        };
        Certificate: {
            /** @description scs, security-action, or another scheme that gives no star. */
            scheme: string;
            /** @description 3-5 for scs, 1-2 for security-action. */
            level?: 0 | 1 | 2 | 3 | 4 | 5;
            /** @description Number in the register. */
            registration_no?: string;
            /**
             * Format: date
             * @description First day of validity.
             */
            issued?: string;
            /**
             * Format: date
             * @description Last day of validity.
             */
            expires?: string;
            /**
             * @description Derived from the dates; writing it fills in dates.
             * @enum {string}
             */
            status: "valid" | "suspended" | "revoked";
            /**
             * Format: date
             * @description First day of the suspension.
             */
            suspended_from?: string;
            /**
             * Format: date
             * @description Last day of the suspension; absent: open.
             */
            suspended_to?: string;
            /**
             * Format: date
             * @description Day from which it is revoked.
             */
            revoked_on?: string;
            /** @description Assessor or expert. */
            assessor?: string;
            /**
             * @description entity (default) or unit.
             * @enum {string}
             */
            scope?: "entity" | "unit";
            /** @description Scope as registered. */
            scope_text?: string;
            /**
             * @description registry, copy or word (default).
             * @enum {string}
             */
            evidence?: "registry" | "copy" | "word";
            /** @description Version of the criteria. */
            catalog?: string;
            /** @description Days of the yearly self-assessments. */
            self_assessments?: string[];
            /** @description Earlier suspensions, from and to. */
            readonly suspensions?: {
                /** Format: date */
                from?: string | null;
                /** Format: date */
                to?: string | null;
            }[];
            org: string;
            certificate: string;
            /** @description Valid today. */
            in_force: boolean;
            recorded_by: {
                actor: string | null;
                /** Format: date-time */
                at: string | null;
                revision: number;
            } | null;
            /** @description Only in answers to writes. */
            warnings?: {
                code?: string;
                detail?: string;
            }[];
        };
        /** @description Unknown members are refused; those that GET adds are ignored. */
        CertificateBody: {
            /** @description scs, security-action, or another scheme that gives no star. */
            scheme?: string;
            /** @description 3-5 for scs, 1-2 for security-action. */
            level?: 0 | 1 | 2 | 3 | 4 | 5;
            /** @description Number in the register. */
            registration_no?: string;
            /**
             * Format: date
             * @description First day of validity.
             */
            issued?: string;
            /**
             * Format: date
             * @description Last day of validity.
             */
            expires?: string;
            /**
             * @description Derived from the dates; writing it fills in dates.
             * @enum {string}
             */
            status?: "valid" | "suspended" | "revoked";
            /**
             * Format: date
             * @description First day of the suspension.
             */
            suspended_from?: string;
            /**
             * Format: date
             * @description Last day of the suspension; absent: open.
             */
            suspended_to?: string;
            /**
             * Format: date
             * @description Day from which it is revoked.
             */
            revoked_on?: string;
            /** @description Assessor or expert. */
            assessor?: string;
            /**
             * @description entity (default) or unit.
             * @enum {string}
             */
            scope?: "entity" | "unit";
            /** @description Scope as registered. */
            scope_text?: string;
            /**
             * @description registry, copy or word (default).
             * @enum {string}
             */
            evidence?: "registry" | "copy" | "word";
            /** @description Version of the criteria. */
            catalog?: string;
            /** @description Days of the yearly self-assessments. */
            self_assessments?: string[];
        };
        Clause: {
            /**
             * @description missing, drafted, agreed or waived.
             * @enum {string}
             */
            status: "missing" | "drafted" | "agreed" | "waived";
            /** @description Why it is waived. */
            reason?: string;
            /**
             * Format: date
             * @description Day of the agreement.
             */
            agreed_on?: string;
            /**
             * Format: date
             * @description Last day for the next review.
             */
            review_by?: string;
            /** @description Reference of the main document. */
            document?: string;
            /**
             * Format: date
             * @description 2-1-1: day of the last review.
             */
            reviewed_on?: string;
            /** @description 2-1-1: who reviewed. */
            reviewed_by?: string;
            /**
             * Format: date
             * @description 2-1-3: day of the last check.
             */
            checked_on?: string;
            /** @description 2-1-3: who checked. */
            checked_by?: string;
            /**
             * @description registry, star-answer, visit or check-sheet.
             * @enum {string}
             */
            method?: "registry" | "star-answer" | "visit" | "check-sheet";
            /**
             * @description ok, findings or failed.
             * @enum {string}
             */
            result?: "ok" | "findings" | "failed";
            /** @description 2-1-2: defines what is confidential. */
            defines_confidential?: boolean;
            /** @description 2-1-2: limits of use, storage, copying, third parties. */
            limits_use?: boolean;
            /** @description 2-1-2: return or disposal. */
            return_or_disposal?: boolean;
            /** @description 2-1-4: hours within which an incident is told. */
            notify_within_hours?: number;
            /**
             * Format: date
             * @description 2-1-5: return or destruction confirmed.
             */
            confirmed_on?: string;
            /** @description Free text. */
            note?: string;
            /** @description reference, title, sha256, signed_on, start, end. */
            documents?: {
                reference?: string;
                title?: string;
                sha256?: string;
                signed_on?: string;
                start?: string;
                end?: string;
            }[];
            /** @description 2-1-1: name, owner, means, direction, reviewed_on. */
            systems?: {
                name?: string;
                owner?: string;
                means?: string;
                direction?: string;
                reviewed_on?: string;
                note?: string;
            }[];
            /** @description 2-1-1: information assets. */
            assets?: {
                name?: string;
                class?: string;
                medium?: string;
                place?: string;
                keeper?: string;
                keep_until?: string;
                note?: string;
            }[];
            /** @description 2-1-4: contacts on both sides: side, role, name, email, phone, lang. */
            contacts?: {
                role?: string;
                name?: string;
                email?: string;
                /** @enum {string} */
                lang?: "ja" | "en";
                phone?: string;
                side?: string;
            }[];
            /** @description 2-1-4: duties of procurer and supplier. */
            duties?: {
                procurer?: string;
                supplier?: string;
            };
            /** @description 2-1-5: item, kind (information, access), done_on. */
            checklist?: {
                item?: string;
                kind?: string;
                done_on?: string;
                note?: string;
            }[];
            procurer: string;
            supplier: string;
            no: string;
            due: boolean;
            gap: boolean;
            undetermined: boolean;
            /** @description Agreed after the start of the link. */
            late: boolean;
            reasons: string[];
            recorded_by: {
                actor: string | null;
                /** Format: date-time */
                at: string | null;
                revision: number;
            } | null;
            /** @description Only in answers to writes. */
            warnings?: {
                code?: string;
                detail?: string;
            }[];
        };
        /** @description Unknown members are refused; those that GET adds are ignored. */
        ClauseBody: {
            /**
             * @description missing, drafted, agreed or waived.
             * @enum {string}
             */
            status?: "missing" | "drafted" | "agreed" | "waived";
            /** @description Why it is waived. */
            reason?: string;
            /**
             * Format: date
             * @description Day of the agreement.
             */
            agreed_on?: string;
            /**
             * Format: date
             * @description Last day for the next review.
             */
            review_by?: string;
            /** @description Reference of the main document. */
            document?: string;
            /**
             * Format: date
             * @description 2-1-1: day of the last review.
             */
            reviewed_on?: string;
            /** @description 2-1-1: who reviewed. */
            reviewed_by?: string;
            /**
             * Format: date
             * @description 2-1-3: day of the last check.
             */
            checked_on?: string;
            /** @description 2-1-3: who checked. */
            checked_by?: string;
            /**
             * @description registry, star-answer, visit or check-sheet.
             * @enum {string}
             */
            method?: "registry" | "star-answer" | "visit" | "check-sheet";
            /**
             * @description ok, findings or failed.
             * @enum {string}
             */
            result?: "ok" | "findings" | "failed";
            /** @description 2-1-2: defines what is confidential. */
            defines_confidential?: boolean;
            /** @description 2-1-2: limits of use, storage, copying, third parties. */
            limits_use?: boolean;
            /** @description 2-1-2: return or disposal. */
            return_or_disposal?: boolean;
            /** @description 2-1-4: hours within which an incident is told. */
            notify_within_hours?: number;
            /**
             * Format: date
             * @description 2-1-5: return or destruction confirmed.
             */
            confirmed_on?: string;
            /** @description Free text. */
            note?: string;
            /** @description reference, title, sha256, signed_on, start, end. */
            documents?: {
                reference?: string;
                title?: string;
                sha256?: string;
                signed_on?: string;
                start?: string;
                end?: string;
            }[];
            /** @description 2-1-1: name, owner, means, direction, reviewed_on. */
            systems?: {
                name?: string;
                owner?: string;
                means?: string;
                direction?: string;
                reviewed_on?: string;
                note?: string;
            }[];
            /** @description 2-1-1: information assets. */
            assets?: {
                name?: string;
                class?: string;
                medium?: string;
                place?: string;
                keeper?: string;
                keep_until?: string;
                note?: string;
            }[];
            /** @description 2-1-4: contacts on both sides: side, role, name, email, phone, lang. */
            contacts?: {
                role?: string;
                name?: string;
                email?: string;
                /** @enum {string} */
                lang?: "ja" | "en";
                phone?: string;
                side?: string;
            }[];
            /** @description 2-1-4: duties of procurer and supplier. */
            duties?: {
                procurer?: string;
                supplier?: string;
            };
            /** @description 2-1-5: item, kind (information, access), done_on. */
            checklist?: {
                item?: string;
                kind?: string;
                done_on?: string;
                note?: string;
            }[];
        };
        Targets: {
            /** @description The level the procurer itself holds or seeks; decides which clauses are due. */
            own_level?: 0 | 1 | 2 | 3 | 4 | 5;
            /** @description when{}, level, due; absent: METI's tree. */
            rules?: {
                when?: {
                    confidential?: boolean;
                    continuity?: boolean;
                    system_access?: boolean;
                    sole_source?: boolean;
                    /** @enum {string} */
                    criticality?: "high" | "medium" | "low";
                    /** @enum {string} */
                    relation?: "business" | "it-service";
                    department?: string;
                    annual_spend_min?: number;
                };
                level: 0 | 1 | 2 | 3 | 4 | 5;
                /** Format: date */
                due?: string;
            }[];
            /** @description Level hoped for per tier 2-24. */
            tiers?: {
                [key: string]: 0 | 1 | 2 | 3 | 4 | 5;
            };
            /**
             * Format: date
             * @description Due date for all that has none of its own.
             */
            due?: string;
            /** @description How many tiers are looked at. */
            depth?: number;
            org: string;
            /** @description True where none were written: the rules shown are those of the official decision tree. */
            default_rules: boolean;
            recorded_by: {
                actor: string | null;
                /** Format: date-time */
                at: string | null;
                revision: number;
            } | null;
            /** @description Only in answers to writes. */
            warnings?: {
                code?: string;
                detail?: string;
            }[];
        };
        /** @description Unknown members are refused; those that GET adds are ignored. */
        TargetsBody: {
            /** @description The level the procurer itself holds or seeks; decides which clauses are due. */
            own_level?: 0 | 1 | 2 | 3 | 4 | 5;
            /** @description when{}, level, due; absent: METI's tree. */
            rules?: {
                when?: {
                    confidential?: boolean;
                    continuity?: boolean;
                    system_access?: boolean;
                    sole_source?: boolean;
                    /** @enum {string} */
                    criticality?: "high" | "medium" | "low";
                    /** @enum {string} */
                    relation?: "business" | "it-service";
                    department?: string;
                    annual_spend_min?: number;
                };
                level: 0 | 1 | 2 | 3 | 4 | 5;
                /** Format: date */
                due?: string;
            }[];
            /** @description Level hoped for per tier 2-24. */
            tiers?: {
                [key: string]: 0 | 1 | 2 | 3 | 4 | 5;
            };
            /**
             * Format: date
             * @description Due date for all that has none of its own.
             */
            due?: string;
            /** @description How many tiers are looked at. */
            depth?: number;
        };
        Drill: {
            /**
             * Format: date
             * @description Day on which it was held, or the incident became known.
             */
            held_on: string;
            /**
             * @description drill (default), or incident: it was real.
             * @enum {string}
             */
            kind: "drill" | "incident";
            /** @description Organisation that was taken as breached; kept as it was written. */
            supplier?: string;
            /** @description What was assumed, or what happened. */
            scenario?: string;
            /** @description Who led it. */
            led_by?: string;
            /** @description Who took part: departments or functions. */
            participants?: string[];
            /** @description How many were listed as affected. */
            affected?: number;
            /** @description How many contacts were tried. */
            contacts_tried?: number;
            /** @description How many of them were reached. */
            contacts_reached?: number;
            /** @description Minutes until the first notice went out. */
            first_notice_minutes?: number;
            /** @description How many were told within the hours agreed with them. */
            hours_agreed_met?: number;
            /** @description What was found. */
            findings?: string;
            /** @description What is to be done. */
            follow_up?: string;
            /**
             * Format: date
             * @description Day by which it is to be done.
             */
            follow_up_due?: string;
            /** @description Tierwatch-Revision of the list of those affected. */
            seen_revision?: number;
            org: string;
            drill: string;
            recorded_by: {
                actor: string | null;
                /** Format: date-time */
                at: string | null;
                revision: number;
            } | null;
            /** @description Only in answers to writes. */
            warnings?: {
                code?: string;
                detail?: string;
            }[];
        };
        /** @description Unknown members are refused; those that GET adds are ignored. */
        DrillBody: {
            /**
             * Format: date
             * @description Day on which it was held, or the incident became known.
             */
            held_on?: string;
            /**
             * @description drill (default), or incident: it was real.
             * @enum {string}
             */
            kind?: "drill" | "incident";
            /** @description Organisation that was taken as breached; kept as it was written. */
            supplier?: string;
            /** @description What was assumed, or what happened. */
            scenario?: string;
            /** @description Who led it. */
            led_by?: string;
            /** @description Who took part: departments or functions. */
            participants?: string[];
            /** @description How many were listed as affected. */
            affected?: number;
            /** @description How many contacts were tried. */
            contacts_tried?: number;
            /** @description How many of them were reached. */
            contacts_reached?: number;
            /** @description Minutes until the first notice went out. */
            first_notice_minutes?: number;
            /** @description How many were told within the hours agreed with them. */
            hours_agreed_met?: number;
            /** @description What was found. */
            findings?: string;
            /** @description What is to be done. */
            follow_up?: string;
            /**
             * Format: date
             * @description Day by which it is to be done.
             */
            follow_up_due?: string;
            /** @description Tierwatch-Revision of the list of those affected. */
            seen_revision?: number;
        };
        Problem: {
            /** Format: uri-reference */
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @description Stable, kebab-case. */
            code: string;
            conflicts_total?: number;
            /** @description The first records that stand in the way; named by org, procurer and supplier, certificate, no. */
            conflicts?: {
                /** @enum {string} */
                entity: "org" | "link" | "certificate" | "clause" | "targets";
                org?: string | null;
                procurer?: string | null;
                supplier?: string | null;
                certificate?: string | null;
                no?: string | null;
                /** @enum {string} */
                reason: "changed" | "removed" | "in-use" | "taken" | "no-end";
                /** @description Of since: what changed it, made it, or found it changed. */
                revision: number | null;
            }[];
            errors?: {
                /** @description JSON pointer into the body, or the name of a query parameter. */
                pointer?: string;
                /** @enum {string} */
                in?: "query";
                line?: number;
                column?: number;
                code: string;
                detail: string;
            }[];
        };
        OrgList: {
            items: components["schemas"]["Org"][];
            /** @description Cursor of the next page. */
            next: string | null;
        };
        LinkList: {
            items: components["schemas"]["Link"][];
            /** @description Cursor of the next page. */
            next: string | null;
        };
        DrillList: {
            items: components["schemas"]["Drill"][];
            /** @description Cursor of the next page. */
            next: string | null;
        };
        CertificateList: {
            items: components["schemas"]["Certificate"][];
            /** @description Cursor of the next page. */
            next: string | null;
        };
        ClauseList: {
            items: components["schemas"]["Clause"][];
            /** @description Cursor of the next page. */
            next: string | null;
        };
        Exposure: {
            procurer: string;
            /** Format: date */
            on: string;
            depth: number;
            horizon: number;
            suppliers: number;
            gaps: number;
            expiring: number;
            at_risk: number;
            exceptions: number;
            clause_gaps: number;
            clauses_undetermined: number;
            gap_kinds: {
                never: number;
                below: number;
                lapsed: number;
                "out-of-scope": number;
            };
            gap_timing: {
                overdue: number;
                due: number;
                undated: number;
            };
            states: {
                gap: number;
                undecided: number;
                unconfirmed: number;
                expiring: number;
                met: number;
                "not-asked": number;
            };
            tiers: {
                tier: number;
                suppliers: number;
                gaps: number;
                unknown_below: number;
                held: {
                    [key: string]: number;
                };
                states: {
                    gap: number;
                    undecided: number;
                    unconfirmed: number;
                    expiring: number;
                    met: number;
                    "not-asked": number;
                };
            }[];
            annual_spend: number;
            spend_behind_gaps: number;
            spend_unknown: number;
            dependency_defaulted: number;
        };
        GapList: {
            items: {
                supplier: string;
                name: string | null;
                tier: number;
                required: 0 | 1 | 2 | 3 | 4 | 5;
                held: 0 | 1 | 2 | 3 | 4 | 5;
                /** @enum {string|null} */
                kind: "never" | "below" | "lapsed" | "out-of-scope" | null;
                /** @enum {string|null} */
                timing: "overdue" | "due" | "undated" | null;
                /** Format: date */
                due: string | null;
                due_in_days: number | null;
                /** Format: date */
                planned_on: string | null;
                dependency: number;
                path: string[];
            }[];
            /** @description Cursor of the next page. */
            next: string | null;
        };
        ExpiringList: {
            items: {
                supplier: string;
                name: string | null;
                tier: number;
                required: 0 | 1 | 2 | 3 | 4 | 5;
                held: 0 | 1 | 2 | 3 | 4 | 5;
                /** @enum {string|null} */
                kind: "never" | "below" | "lapsed" | "out-of-scope" | null;
                /** @enum {string|null} */
                timing: "overdue" | "due" | "undated" | null;
                /** Format: date */
                due: string | null;
                due_in_days: number | null;
                /** Format: date */
                planned_on: string | null;
                dependency: number;
                path: string[];
                /** Format: date */
                expires_on: string | null;
            }[];
            /** @description Cursor of the next page. */
            next: string | null;
        };
        ChainList: {
            procurer: string;
            /** Format: date */
            on: string;
            depth: number;
            horizon: number;
            /** @description In reach. */
            suppliers: number;
            /** @description That pass the filters, on all pages. */
            total: number;
            items: {
                supplier: string;
                name: string | null;
                tier: number;
                required: 0 | 1 | 2 | 3 | 4 | 5;
                held: 0 | 1 | 2 | 3 | 4 | 5;
                /** @enum {string|null} */
                kind: "never" | "below" | "lapsed" | "out-of-scope" | null;
                /** @enum {string|null} */
                timing: "overdue" | "due" | "undated" | null;
                /** Format: date */
                due: string | null;
                due_in_days: number | null;
                /** Format: date */
                planned_on: string | null;
                dependency: number;
                path: string[];
                /** @enum {string} */
                state: "gap" | "undecided" | "unconfirmed" | "expiring" | "met" | "not-asked";
                /**
                 * Format: date
                 * @description Last day of the unbroken run with the level held; null where it is open, nothing is held, or the supplier is hidden.
                 */
                held_until: string | null;
                /**
                 * Format: date
                 * @description Where it is expiring: the last day with what is required.
                 */
                expires_on: string | null;
                at_risk: boolean;
                unknown_below: boolean;
                /** @description Links of the chain that it has. */
                suppliers: number;
                /** @description Its own active link to a direct supplier. */
                link: {
                    required_level: 0 | 1 | 2 | 3 | 4 | 5 | null;
                    effective_level: 0 | 1 | 2 | 3 | 4 | 5;
                    /** Format: date */
                    due: string | null;
                    department: string | null;
                    owner: string | null;
                    /** @enum {string|null} */
                    relation: "business" | "it-service" | null;
                    /** @enum {string|null} */
                    criticality: "high" | "medium" | "low" | null;
                    confidential: boolean | null;
                    continuity: boolean | null;
                    system_access: boolean | null;
                    sole_source: boolean | null;
                    supplier_code: string | null;
                    annual_spend: number | null;
                    exception: boolean;
                    /** Format: date */
                    start: string | null;
                    /** Format: date */
                    end: string | null;
                } | null;
            }[];
            /** @description Cursor of the next page. */
            next: string | null;
        };
        ChainSupplier: {
            supplier: string;
            name: string | null;
            tier: number;
            required: 0 | 1 | 2 | 3 | 4 | 5;
            held: 0 | 1 | 2 | 3 | 4 | 5;
            /** @enum {string|null} */
            kind: "never" | "below" | "lapsed" | "out-of-scope" | null;
            /** @enum {string|null} */
            timing: "overdue" | "due" | "undated" | null;
            /** Format: date */
            due: string | null;
            due_in_days: number | null;
            /** Format: date */
            planned_on: string | null;
            dependency: number;
            path: string[];
            /** @enum {string} */
            state: "gap" | "undecided" | "unconfirmed" | "expiring" | "met" | "not-asked";
            /**
             * Format: date
             * @description Last day of the unbroken run with the level held; null where it is open, nothing is held, or the supplier is hidden.
             */
            held_until: string | null;
            /**
             * Format: date
             * @description Where it is expiring: the last day with what is required.
             */
            expires_on: string | null;
            at_risk: boolean;
            unknown_below: boolean;
            /** @description Links of the chain that it has. */
            suppliers: number;
            /** @description Its own active link to a direct supplier. */
            link: {
                required_level: 0 | 1 | 2 | 3 | 4 | 5 | null;
                effective_level: 0 | 1 | 2 | 3 | 4 | 5;
                /** Format: date */
                due: string | null;
                department: string | null;
                owner: string | null;
                /** @enum {string|null} */
                relation: "business" | "it-service" | null;
                /** @enum {string|null} */
                criticality: "high" | "medium" | "low" | null;
                confidential: boolean | null;
                continuity: boolean | null;
                system_access: boolean | null;
                sole_source: boolean | null;
                supplier_code: string | null;
                annual_spend: number | null;
                exception: boolean;
                /** Format: date */
                start: string | null;
                /** Format: date */
                end: string | null;
            } | null;
            /** @description The links asked of it, by tier of who asks, then id. */
            asked_by: {
                procurer: string;
                name: string | null;
                /** @description 0: the procurer of the chain. */
                tier: number;
                level: 0 | 1 | 2 | 3 | 4 | 5;
                own: boolean;
            }[];
            asked_by_total: number;
        };
        Breakdown: {
            procurer: string;
            /** Format: date */
            on: string;
            depth: number;
            /** @description In reach; for the rows of clauses its own links. */
            suppliers: number;
            rows: string[];
            columns: {
                /**
                 * @description name: a department or an owner; none: direct suppliers whose link has none; others: those of further names; deeper: suppliers below the direct ones.
                 * @enum {string}
                 */
                kind: "tier" | "name" | "none" | "others" | "deeper";
                /** @description The number of the tier, or the name; else null. */
                key: string | number | null;
            }[];
            /** @description Of each row, of each column. */
            cells: {
                suppliers?: number;
                gaps?: number;
                /** @description Undecided or unconfirmed. */
                unknown?: number;
                undetermined?: number;
                /** @description Links of which the clause is due; what gaps are a part of. */
                due?: number;
            }[][];
        };
        Renewals: {
            procurer: string;
            /** Format: date */
            on: string;
            depth: number;
            /** Format: date */
            from: string;
            /** Format: date */
            to: string;
            /** @description In reach. */
            suppliers: number;
            months: {
                month: string;
                levels: {
                    1: number;
                    2: number;
                    3: number;
                    4: number;
                    5: number;
                };
                /** @description Of those whose level ends: how many are then below what is required. */
                required: number;
                self_assessments: number;
                contract_ends: number;
                clause_reviews: number;
                exceptions: number;
                due: number;
            }[];
        };
        Calendar: {
            procurer: string;
            /** Format: date */
            on: string;
            depth: number;
            /** Format: date */
            from: string;
            /** Format: date */
            to: string;
            /** @description In reach. */
            suppliers: number;
            /** @description On all pages. */
            total: number;
            items: {
                /** Format: date */
                day: string;
                /** @enum {string} */
                kind: "level-ends" | "self-assessment" | "contract-end" | "clause-review" | "exception-ends" | "gap-due";
                supplier: string;
                name: string | null;
                /** @description null: an own link that is over. */
                tier: number | null;
                /** @description Held until then; of gap-due on the day asked for. */
                level: 0 | 1 | 2 | 3 | 4 | 5 | null;
                required: 0 | 1 | 2 | 3 | 4 | 5 | null;
                /** @enum {string|null} */
                clause: "2-1-1" | "2-1-2" | "2-1-3" | "2-1-4" | "2-1-5" | "3-1-3" | null;
                /** @description Of level-ends: whether less than required is held from the next day on. */
                below: boolean | null;
            }[];
            /** @description Cursor of the next page. */
            next: string | null;
        };
        ClauseGapList: {
            items: {
                supplier: string;
                name: string;
                no: string;
                /** @enum {string} */
                state: "gap" | "undetermined";
                status: string;
                reasons: string[];
                late: boolean;
                /** Format: date */
                agreed_on: string | null;
                /** Format: date */
                review_by: string | null;
            }[];
            /** @description Cursor of the next page. */
            next: string | null;
        };
        ChokepointList: {
            procurer: string;
            /** Format: date */
            on: string;
            depth: number;
            items: {
                supplier: string;
                name: string | null;
                tier: number;
                behind: number;
            }[];
            next: string | null;
        };
        Impact: {
            supplier?: string;
            /** Format: date */
            on?: string;
            depth?: number;
            held?: 0 | 1 | 2 | 3 | 4 | 5;
            procurers?: number;
            in_gap?: number;
            tiers?: {
                tier?: number;
                procurers?: number;
                in_gap?: number;
            }[];
            items?: {
                procurer?: string;
                name?: string | null;
                tier?: number;
                required?: 0 | 1 | 2 | 3 | 4 | 5;
                gap?: boolean;
            }[];
            next?: string | null;
        };
        Incident: {
            supplier: string;
            name: string;
            /** @description The supplier’s own, those for incidents first; null: not for the caller. */
            contacts: {
                [key: string]: string;
            }[] | null;
            /** Format: date */
            on: string;
            /** Format: date-time */
            at: string | null;
            depth: number;
            procurers: number;
            tiers: {
                tier: number;
                procurers: number;
            }[];
            items: {
                procurer: string;
                name: string;
                tier: number;
                /** @description One of the shortest ways, the procurer first; null: that procurer counts the supplier without knowing it. */
                path: string[] | null;
                /** @description Of direct buyers only. */
                link: {
                    confidential: boolean | null;
                    continuity: boolean | null;
                    system_access: boolean | null;
                    /** @enum {string|null} */
                    relation: "business" | "it-service" | null;
                    department: string | null;
                    owner: string | null;
                } | null;
                /** @description Clause 2-1-1, of direct buyers only: systems connected, information that the supplier has. */
                shared: {
                    /** @enum {string} */
                    status: "missing" | "drafted" | "agreed" | "waived";
                    /** Format: date */
                    reviewed_on: string | null;
                    /** @description null: never recorded. */
                    systems: {
                        [key: string]: string;
                    }[] | null;
                    /** @description null: never recorded. */
                    assets: {
                        [key: string]: string;
                    }[] | null;
                } | null;
                /** @description Clause 2-1-4, of direct buyers only. */
                clause: {
                    /** @enum {string} */
                    status: "missing" | "drafted" | "agreed" | "waived";
                    notify_within_hours: number | null;
                    duties: {
                        procurer?: string;
                        supplier?: string;
                    } | null;
                    contacts: {
                        [key: string]: string;
                    }[];
                    /** Format: date */
                    agreed_on: string | null;
                } | null;
                /**
                 * Format: date-time
                 * @description `at` and the agreed hours; null where either is missing.
                 */
                notify_by: string | null;
                contacts: {
                    [key: string]: string;
                }[];
            }[];
            next: string | null;
        };
        Dependency: {
            procurer: string;
            supplier: string;
            tier: number;
            dependency: number;
            path: string[];
            links: {
                procurer: string;
                supplier: string;
                dependency: number;
            }[];
        };
        History: {
            procurer?: string;
            /** Format: date */
            from?: string;
            /** Format: date */
            to?: string;
            items?: components["schemas"]["Exposure"][];
            next?: string | null;
        };
        LookList: {
            items: {
                /** Format: date-time */
                at: string;
                /** @enum {string} */
                kind: "org" | "certificates" | "link" | "clauses" | "targets" | "suppliers" | "procurers" | "impact" | "incident" | "dependency" | "exposure" | "gaps" | "expiring" | "clause-gaps" | "chokepoints" | "history" | "export" | "chain" | "drills";
                /** @description Whoever runs this server looked. */
                operator: boolean;
                /** @description The organisation that looked; an opaque id where it does not let itself be shown. */
                viewer: string | null;
                name: string | null;
                /** @description The token; for admin and risk only. */
                actor: string | null;
            }[];
            /** @description Cursor of the next page. */
            next: string | null;
        };
        Simulation: {
            procurer: string;
            /** Format: date */
            on: string;
            depth: number;
            horizon: number;
            before: components["schemas"]["Exposure"];
            after: components["schemas"]["Exposure"];
            /** @description In gap afterwards and not before. */
            opened: number;
            /** @description In gap before; in the chain and not in gap afterwards. */
            closed: number;
            entered: number;
            left: number;
            /** @description Of the opened ones: where a question of the decision tree is not answered on the procurer’s own link. */
            opened_undecided: number;
            items: {
                supplier: string;
                name: string | null;
                tier: number;
                /** @enum {string} */
                change: "opened" | "closed" | "entered" | "left" | "other";
                /** @description null: not in the chain. */
                before: {
                    /** @enum {string} */
                    state: "gap" | "undecided" | "unconfirmed" | "expiring" | "met" | "not-asked";
                    required: 0 | 1 | 2 | 3 | 4 | 5;
                    held: 0 | 1 | 2 | 3 | 4 | 5;
                    /** @enum {string|null} */
                    timing: "overdue" | "due" | "undated" | null;
                    /** Format: date */
                    due: string | null;
                } | null;
                /** @description null: not in the chain. */
                after: {
                    /** @enum {string} */
                    state: "gap" | "undecided" | "unconfirmed" | "expiring" | "met" | "not-asked";
                    required: 0 | 1 | 2 | 3 | 4 | 5;
                    held: 0 | 1 | 2 | 3 | 4 | 5;
                    /** @enum {string|null} */
                    timing: "overdue" | "due" | "undated" | null;
                    /** Format: date */
                    due: string | null;
                } | null;
            }[];
            items_total: number;
            truncated: boolean;
        };
        SimulationBody: {
            procurer: string;
            depth?: number | null;
            /** Format: date */
            on?: string | null;
            horizon?: number | null;
            /**
             * @description Most items of the answer.
             * @default 100
             */
            limit: number | null;
            changes: {
                /** @enum {string} */
                op: "set-held" | "drop-link" | "add-link" | "set-link" | "set-targets";
                org?: string;
                held_level?: 0 | 1 | 2 | 3 | 4 | 5;
                procurer?: string;
                supplier?: string;
                targets?: Record<string, never> | null;
            }[];
        };
        Bulk: {
            preview: boolean;
            matched: number;
            /** @description Links that change themselves; in a preview: that would. */
            changed: number;
            /** @description Only where a clause is changed. */
            clauses_changed?: number;
            /** @description Links of which nothing changes. */
            unchanged: number;
            /** @description Only in a preview: the first links, by id. */
            sample?: {
                procurer: string;
                supplier: string;
                name: string;
            }[];
            /** @description Of the change; what undo takes. */
            revision: number;
        };
        BulkBody: {
            procurer: string;
            /** @description All of what it names has to fit; a field that is null: the link has none. */
            filter?: {
                suppliers?: string[];
                department?: string | null;
                owner?: string | null;
                /** @enum {string|null} */
                relation?: "business" | "it-service" | null;
                /** @enum {string|null} */
                criticality?: "high" | "medium" | "low" | null;
                confidential?: boolean | null;
                continuity?: boolean | null;
                system_access?: boolean | null;
                required_level?: 0 | 1 | 2 | 3 | 4 | 5 | null;
                /** @description Of the direct supplier, today: one, or any of a list. */
                state?: ("gap" | "undecided" | "unconfirmed" | "expiring" | "met" | "not-asked") | ("gap" | "undecided" | "unconfirmed" | "expiring" | "met" | "not-asked")[];
                /** @description Only gaps of this timing, or of any of a list. */
                timing?: ("overdue" | "due" | "undated") | ("overdue" | "due" | "undated")[];
                /**
                 * Format: date
                 * @description Only gaps that are due on this day or later.
                 */
                due_from?: string;
                /**
                 * Format: date
                 * @description Only gaps that are due on this day or earlier.
                 */
                due_to?: string;
                /**
                 * @description Of the chain that state, timing and due dates are read from.
                 * @default 1
                 */
                depth: number;
                /** @description Only suppliers that a search finds. */
                q?: string;
                /**
                 * @description null: whether active or not.
                 * @default true
                 */
                active: boolean | null;
            };
            /** @description As in a PATCH of one link; neither supplier_code nor grants. */
            change?: components["schemas"]["LinkBody"];
            /** @description One clause of each of these links. */
            clause?: {
                /** @enum {string} */
                no: "2-1-1" | "2-1-2" | "2-1-3" | "2-1-4" | "2-1-5" | "3-1-3";
                /** @description As in a PUT of the clause, merged into what is there; null clears. */
                change: components["schemas"]["ClauseBody"];
                /**
                 * @description Contacts of a side that change names none of stay.
                 * @default false
                 */
                keep_other_sides: boolean;
            };
            /** @default true */
            preview: boolean;
            /** @description 409 where another number of links matches. */
            expect_matched?: number;
        } | unknown | unknown;
        VersionList: {
            items: {
                revision: number;
                /** Format: date-time */
                at: string | null;
                actor: string | null;
                /** @enum {string} */
                change: "created" | "updated";
                /** @description By field; null: not told any more. */
                changed: {
                    [key: string]: {
                        /** @description As in GET; null: not set. */
                        before?: unknown;
                        /** @description As in GET; null: not set. */
                        after?: unknown;
                        /** @description Of contacts, in place of both. */
                        changed?: boolean;
                    };
                } | null;
            }[];
            /** @description Cursor of the next page. */
            next: string | null;
            /** @description On the last page: whether all is told since it was made. */
            complete: boolean | null;
        };
        Undo: {
            preview: boolean;
            revision_undone: number;
            /** Format: date-time */
            at: string;
            actor: string | null;
            /** @description That the revision touched. */
            records: number;
            restored: number;
            /** @description Made by it, and gone again. */
            deleted: number;
            /** @description Removed by it, and back. */
            recreated: number;
            /** @description Records whose contacts of then are gone for good. */
            contacts_kept: number;
            /** @description Organisations that are there only because a row named them, and stay. */
            orgs_kept: number;
            conflicts_total: number;
            /** @description The first records that stand in the way; named by org, procurer and supplier, certificate, no. */
            conflicts: {
                /** @enum {string} */
                entity: "org" | "link" | "certificate" | "clause" | "targets";
                org?: string | null;
                procurer?: string | null;
                supplier?: string | null;
                certificate?: string | null;
                no?: string | null;
                /** @enum {string} */
                reason: "changed" | "removed" | "in-use" | "taken" | "no-end";
                /** @description Of since: what changed it, made it, or found it changed. */
                revision: number | null;
            }[];
            /** @description Of the command that took it back; not in a preview. */
            revision?: number;
        };
        UndoBody: {
            /** @default true */
            preview: boolean;
        };
        CandidateList: {
            total: number;
            /** @description false: there are more than are looked at. */
            complete: boolean;
            items: {
                left: {
                    id: string;
                    name: string | null;
                    name_kana: string | null;
                    address: string | null;
                    stub: boolean;
                    /** @description Active today, in both directions. */
                    links: number;
                };
                right: {
                    id: string;
                    name: string | null;
                    name_kana: string | null;
                    address: string | null;
                    stub: boolean;
                    /** @description Active today, in both directions. */
                    links: number;
                };
                evidence: ("name" | "kana")[];
                /** @enum {string} */
                keep: "left" | "right";
                /** @description The other one can become an alias of the one to keep. */
                joinable: boolean;
                /** @enum {string|null} */
                reason: "certificates" | "targets" | "drills" | "units" | "grants" | "each-other" | "links" | "large" | null;
            }[];
            next: string | null;
        };
        Candidate: {
            preview: boolean;
            /** @enum {string} */
            decision: "join" | "refuse";
            /** @description That move. */
            links: number;
            clauses: number;
            /** @description What undo takes. */
            revision: number;
        };
        CandidateBody: {
            left: string;
            right: string;
            /** @enum {string} */
            decision: "join" | "refuse";
            /**
             * @description With join: the one that stays.
             * @enum {string}
             */
            keep?: "left" | "right";
            /** @default false */
            preview: boolean;
        };
        Job: {
            job?: number;
            /** @enum {string} */
            state?: "queued" | "running" | "done" | "failed";
            format?: string;
            kind?: string;
            dry_run?: boolean;
            strict?: boolean;
            rows?: number;
            accepted?: number;
            rejected?: number;
            unchanged?: number;
            created?: number;
            changed?: number;
            warnings?: number;
            stubs?: number;
            bytes_done?: number;
            bytes_total?: number;
            rows_per_second?: number;
            /** @description While it runs, at the pace so far. */
            seconds_left?: number | null;
            /** @description 1: the file went in as one, or not at all. */
            commands?: number;
            revision?: number;
            /** Format: date-time */
            started_at?: string | null;
            /** Format: date-time */
            ended_at?: string | null;
            error?: {
                status?: number;
                code?: string;
                title?: string;
                detail?: string;
                line?: number;
                column?: number;
            } | null;
            errors?: {
                line?: number;
                column?: number;
                field?: string;
                code?: string;
                detail?: string;
            }[];
        };
        Token: {
            id: number;
            name: string;
            /** @enum {string} */
            role: "admin" | "risk" | "procurer" | "supplier" | "auditor";
            orgs: string[];
            /** @enum {string} */
            state: "active" | "expired" | "revoked";
            /** Format: date-time */
            created_at?: string | null;
            created_by?: string;
            /** Format: date-time */
            expires_at?: string | null;
            /** Format: date-time */
            revoked_at?: string | null;
            /**
             * Format: date-time
             * @description How long the text before the last rotation is still taken.
             */
            old_until?: string | null;
            /**
             * Format: date-time
             * @description To about a minute; kept to about an hour.
             */
            last_used_at?: string | null;
            /** @description Only in the answer that made it. */
            token?: string;
        };
        TokenList: {
            items: components["schemas"]["Token"][];
            /** @description Cursor of the next page. */
            next: string | null;
        };
        TokenBody: {
            name: string;
            /** @enum {string} */
            role: "admin" | "risk" | "procurer" | "supplier" | "auditor";
            /** @description What it is bound to: for procurer, supplier and auditor (one). */
            orgs?: string[];
            /** @description An instant, or a day that it includes; a year from now if absent; at most 1830 days away (auditor: 366). */
            expires_at?: string | null;
        };
        TokenRotate: components["schemas"]["Token"];
        TokenRotateBody: {
            /** @default 0 */
            keep_old_hours: number;
        };
        Status: {
            version?: string;
            revision?: number;
            /** Format: date */
            today?: string;
            /** Format: date-time */
            now?: string;
            /** @description Told to admin and risk. */
            orgs?: number | null;
            /** @description Told to admin and risk. */
            links?: number | null;
            /** @description Told to admin and risk. */
            certificates?: number | null;
            /** @description Told to admin and risk. */
            clauses?: number | null;
            /** @description Told to admin and risk. */
            watched?: number | null;
            figured_revision?: number | null;
            log_first?: number;
        };
        Me: {
            /** @description As the log names the caller. */
            name: string;
            /** @enum {string} */
            role: "admin" | "risk" | "procurer" | "supplier" | "auditor";
            /** @description What it is bound to. */
            orgs: {
                id?: string;
                name?: string;
            }[];
            /**
             * @description Who vouches for it: a token, or the OpenID provider.
             * @enum {string}
             */
            by: "token" | "company";
            session: boolean;
            /** Format: date-time */
            expires_at: string | null;
            /**
             * Format: date-time
             * @description A session ends then, unless it is used.
             */
            idle_at: string | null;
        };
        MeBody: {
            token: string;
        };
        LoginMethods: {
            token: boolean;
            /** @description GET /v1/login leads to the OpenID provider. */
            company: boolean;
            /** @description The browser is logged in. */
            session: boolean;
        };
        Event: {
            /** @description Unique; grows. */
            id: string;
            /** @enum {string} */
            type: "supplier.lapsed" | "supplier.restored" | "supplier.expiring" | "exposure.changed" | "link.changed" | "certificate.changed" | "clause.due" | "reminder.sent" | "reminder.failed" | "import.finished" | "org.changed" | "targets.changed" | "clause.changed" | "drill.changed";
            revision: number;
            /** Format: date-time */
            at: string;
            subject: string;
            data: Record<string, never>;
        };
        Change: components["schemas"]["Event"] | {
            /** @description false: there may be more behind; go on with after_event. */
            complete: boolean;
            /** @description The last one looked at. */
            revision: number;
            /** @description The last one looked at; null: all of that revision. */
            event: string | null;
        };
        AuditKey: {
            /** @constant */
            algorithm?: "Ed25519";
            key?: string;
        };
        AuditHead: {
            revision?: number;
            hash?: string;
            first?: number;
            signed?: {
                revision?: number;
                hash?: string;
                /** Format: date-time */
                at?: string;
                key?: string;
                signature?: string;
            } | null;
        };
        AuditEntry: {
            revision: number;
            /** @description Of a large entry, which takes several lines. */
            part?: number;
            /** Format: date-time */
            at?: string;
            actor?: string;
            type?: string;
            ops?: {
                /** @enum {string} */
                op?: "put" | "merge" | "delete";
                entity?: string;
                key?: string;
                created?: boolean | null;
                after?: Record<string, never>;
                before?: Record<string, never> | null;
            }[];
            past?: {
                entity?: string;
                key?: string;
                before?: Record<string, never>;
                bytes?: string;
            }[];
            command?: string;
            prev?: string;
            hash?: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
