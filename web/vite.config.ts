/*
 * Builds the pages into plain files with stable names: tierwatchd embeds them (api/assets.def) and
 * answers with an ETag of their content, so that names need no hash. What pages share is in base.js; pages
 * that are loaded when one of them is first shown are a few files: what is alike packs better together.
 */
import { defineConfig } from "vitest/config";

export default defineConfig({
	oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
	build: {
		outDir: "dist",
		emptyOutDir: true,
		target: "es2022",
		modulePreload: false,
		assetsInlineLimit: 0,
		cssCodeSplit: false,
		rolldownOptions: {
			output: {
				entryFileNames: "assets/app.js",
				chunkFileNames: ({ name }) => `assets/${name.toLowerCase()}.js`,
				assetFileNames: "assets/app[extname]",
				/* Else what two pages share becomes a file with a name that nobody chose. */
				codeSplitting: {
					groups: [
						{ name: "base", test: /node_modules|src\/(?!pages)|src\/pages\/[^/]+$/ },
						{ name: "suppliers", test: /src\/pages\/suppliers?\// },
						{ name: "desk", test: /src\/pages\/(import|settings)\// },
						{ name: "figures", test: /src\/pages\/(gaps|incident|renewals|targets|trends|what-if)\// },
					],
				},
			},
		},
	},
	server: { proxy: { "/v1": "http://127.0.0.1:8650" } },
	test: { include: ["src/**/*.test.ts"] },
});
