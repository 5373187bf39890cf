/*
 * Builds the pages into plain files with stable names: tierwatchd embeds them (api/assets.def) and
 * answers with an ETag of their content, so that names need no hash.
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
				assetFileNames: "assets/app[extname]",
				codeSplitting: false,
			},
		},
	},
	server: { proxy: { "/v1": "http://127.0.0.1:8650" } },
	test: { include: ["src/**/*.test.ts"] },
});
