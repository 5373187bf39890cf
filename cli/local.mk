# The command line client: HTTP only. All but main.c is an archive, for the tests too.
noinst_LIBRARIES += %D%/libcli.a
%C%_libcli_a_SOURCES = \
	%D%/args.c \
	%D%/args.h \
	%D%/call.c \
	%D%/call.h \
	%D%/chain.h \
	%D%/changes.c \
	%D%/changes.h \
	%D%/cli.h \
	%D%/completion.c \
	%D%/fields.c \
	%D%/fields.h \
	%D%/help.c \
	%D%/http.c \
	%D%/http.h \
	%D%/lines.c \
	%D%/lines.h \
	%D%/list.c \
	%D%/list.h \
	%D%/msg.c \
	%D%/msg.def \
	%D%/msg.h \
	%D%/names.c \
	%D%/names.h \
	%D%/options.def \
	%D%/out.c \
	%D%/out.h \
	%D%/outfile.c \
	%D%/outfile.h \
	%D%/rows.c \
	%D%/rows.h \
	%D%/save.c \
	%D%/save.h \
	%D%/say.c \
	%D%/settings.c \
	%D%/settings.h \
	%D%/table.c \
	%D%/table.h \
	%D%/verb_audit.c \
	%D%/verb_cert.c \
	%D%/verb_chain.c \
	%D%/verb_clause.c \
	%D%/verb_drill.c \
	%D%/verb_events.c \
	%D%/verb_export.c \
	%D%/verb_exposure.c \
	%D%/verb_renewals.c \
	%D%/verb_impact.c \
	%D%/verb_import.c \
	%D%/verb_incident.c \
	%D%/verb_link.c \
	%D%/verb_offline.c \
	%D%/verb_org.c \
	%D%/verb_simulate.c \
	%D%/verb_status.c \
	%D%/verb_target.c \
	%D%/verb_token.c \
	%D%/verb_undo.c \
	%D%/verb_why.c \
	%D%/verbs.c \
	%D%/verbs.h \
	%D%/version.h \
	%D%/words.def

bin_PROGRAMS += tierwatch
tierwatch_SOURCES = %D%/main.c
tierwatch_LDADD = cli/libcli.a $(cli_libs)

# Made by the program itself, so that they know every verb.
completions = %D%/completions/tierwatch %D%/completions/_tierwatch %D%/completions/tierwatch.fish
bashcompdir = $(datadir)/bash-completion/completions
zshcompdir = $(datadir)/zsh/site-functions
fishcompdir = $(datadir)/fish/vendor_completions.d
bashcomp_DATA = %D%/completions/tierwatch
zshcomp_DATA = %D%/completions/_tierwatch
fishcomp_DATA = %D%/completions/tierwatch.fish
CLEANFILES += $(completions)

make_completion = $(AM_V_GEN)$(MKDIR_P) %D%/completions && \
	LC_ALL=C ./tierwatch$(EXEEXT) completion
%D%/completions/tierwatch: tierwatch$(EXEEXT)
	$(make_completion) bash > $@.tmp && mv $@.tmp $@
%D%/completions/_tierwatch: tierwatch$(EXEEXT)
	$(make_completion) zsh > $@.tmp && mv $@.tmp $@
%D%/completions/tierwatch.fish: tierwatch$(EXEEXT)
	$(make_completion) fish > $@.tmp && mv $@.tmp $@

dist_man1_MANS = docs/man/tierwatch.1
jaman1dir = $(mandir)/ja/man1
dist_jaman1_DATA = docs/man/ja/tierwatch.1
