# The pages' sources, and what `npm run build` makes of them. A tarball carries web/dist, so that
# building from it takes no node.
web_assets = $(shell sed -n 's/^ASSET([^,]*, *"\([^"]*\)".*/\1/p' $(srcdir)/api/assets.def 2>/dev/null)

EXTRA_DIST += $(web_assets) %D%/index.html %D%/package.json %D%/package-lock.json \
	%D%/tsconfig.json %D%/vite.config.ts %D%/src %D%/public
