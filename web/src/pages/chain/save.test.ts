import { describe, expect, it } from "vitest";
import countsSource from "./counts.ts?raw";
import edgesSource from "./edges.ts?raw";
import { escape, LOOKS, svgText } from "./save";
import type { Scene } from "./scene";
import sceneSource from "./scene.ts?raw";

const scene: Scene = {
	width: 100.5,
	height: 50,
	back: [{ tag: "path", css: "chain-edge chain-edge-lit", attrs: { d: "M0 0h5" } }],
	things: [
		{
			key: "a",
			kind: "node",
			x: 0,
			y: 0,
			w: 10,
			h: 10,
			title: '<img src=x onerror="a">\u0000\ud800',
			shapes: [{ tag: "text", css: "chain-name", attrs: { x: 1, y: 2, "font-size": 12 }, text: "</text><script>&" }],
			dim: true,
			open: null,
			openings: [],
		},
	],
};

describe("the picture as a file", () => {
	const text = svgText(scene, { title: "A & B", desc: "<d>", lang: "ja", family: '"Hiragino Sans", serif' });
	it("escapes all text and loads nothing", () => {
		expect(text).toContain('<title>&lt;img src=x onerror=&quot;a&quot;&gt;</title>');
		expect(text).toContain("&lt;/text&gt;&lt;script&gt;&amp;</text>");
		expect(text).toContain("<title>A &amp; B</title><desc>&lt;d&gt;</desc>");
		expect(text).not.toMatch(/<script|<img|<style|class=|href|url\((?!#hatch)/);
		expect(text).toContain('font-family="&quot;Hiragino Sans&quot;, serif"');
	});
	it("has its colours as attributes", () => {
		expect(text).toContain('<path fill="none" stroke="#8a4b00" stroke-width="3" d="M0 0h5"/>');
		expect(text).toContain('<g opacity="0.35">');
	});
	it("leaves out what XML cannot have", () => {
		expect(escape("a\u0000b\ud800c\ufffed\u{1f600}\n")).toBe("abcd\u{1f600}\n");
	});
	it("knows a look for every class that the picture draws with", () => {
		const names = new Set([sceneSource, countsSource, edgesSource].join("\n").match(/\bchain-[a-z-]+[a-z]\b/g));
		expect(names.size).toBeGreaterThan(20);
		for (const name of names) expect(Object.keys(LOOKS), name).toContain(name);
	});
});
