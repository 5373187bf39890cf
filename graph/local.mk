# Organisations, links, certificates; commands and walks.
noinst_LIBRARIES += %D%/libgraph.a
%C%_libgraph_a_SOURCES = \
	%D%/answers.h \
	%D%/cmd.h \
	%D%/contacts.c \
	%D%/contacts.h \
	%D%/field.h \
	%D%/fields.def \
	%D%/graph.h \
	%D%/rules.h
