# Organisations, links, certificates; commands and walks.
noinst_LIBRARIES += %D%/libgraph.a
%C%_libgraph_a_SOURCES = \
	%D%/adj.c \
	%D%/adj.h \
	%D%/answers.h \
	%D%/apply.c \
	%D%/apply_cert.c \
	%D%/apply_clause.c \
	%D%/apply_link.c \
	%D%/apply_org.c \
	%D%/apply_targets.c \
	%D%/calendar.c \
	%D%/calendar.h \
	%D%/chain.c \
	%D%/chain.h \
	%D%/change.c \
	%D%/check.c \
	%D%/clauses.c \
	%D%/cmd.c \
	%D%/cmd.h \
	%D%/contacts.c \
	%D%/contacts.h \
	%D%/events.c \
	%D%/exposure.c \
	%D%/field.c \
	%D%/field.h \
	%D%/fields.def \
	%D%/figures.c \
	%D%/graph.h \
	%D%/impact.c \
	%D%/import.c \
	%D%/link.c \
	%D%/list.c \
	%D%/names.c \
	%D%/names.h \
	%D%/org.c \
	%D%/radix.c \
	%D%/radix.h \
	%D%/record.c \
	%D%/rules.c \
	%D%/rules.h \
	%D%/state.h \
	%D%/steps.c \
	%D%/steps.h \
	%D%/tick.c \
	%D%/walk.c \
	%D%/walk.h
