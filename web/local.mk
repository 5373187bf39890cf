# The pages' sources, and what `npm run build` makes of them. A tarball carries web/dist, so that
# building from it takes no node. The list is api/assets.def's: the first text of each line.
web_assets = $(shell sed -n 's/^ASSET[^"]*"\([^"]*\)".*/\1/p' $(srcdir)/api/assets.def 2>/dev/null)
web_built = $(web_assets:%=$(srcdir)/%)
web_sources = $(shell find $(srcdir)/web/src $(srcdir)/web/public -type f ! -name '*.test.ts') \
	$(srcdir)/%D%/index.html $(srcdir)/%D%/vite.config.ts $(srcdir)/%D%/package-lock.json

EXTRA_DIST += $(web_assets) %D%/index.html %D%/package.json %D%/package-lock.json %D%/.npmrc \
	%D%/tsconfig.json %D%/vite.config.ts %D%/src %D%/public

# One run makes them all; index.html stands for the run.
$(srcdir)/%D%/dist/index.html: $(web_sources)
	$(AM_V_GEN)cd $(srcdir)/%D% && { test -d node_modules || npm ci; } && npm run --silent build >&2
$(filter-out %/index.html,$(web_built)): $(srcdir)/%D%/dist/index.html
	@:
