/* The picture as a file of its own: colours and fonts stand in it, all text is escaped, nothing is loaded. */
import { saveFile } from "../../save";
import type { Scene } from "./scene";
import type { Shape } from "./shapes";

/* Of the light colours in styles/app.css. */
const C = {
	panel: "#ffffff",
	raised: "#f7f9fb",
	text: "#18212b",
	muted: "#52606d",
	line: "#d9dfe5",
	strong: "#8593a1",
	accent: "#1d4f73",
	soft: "#e8f1f7",
	gap: "#b4372b",
	expiring: "#e2a93b",
	met: "#2f6f8f",
	unknown: "#e6e9ed",
	unknownLine: "#aab4be",
	unknownText: "#27313b",
	lit: "#8a4b00",
} as const;

type Look = Record<string, string | number>;

/* One for each class of styles in chain.css and of the states; later classes of an element win. */
export const LOOKS: Readonly<Record<string, Look>> = {
	seg: { stroke: C.panel },
	"seg-gap": { fill: C.gap },
	"seg-expiring": { fill: C.expiring },
	"seg-met": { fill: C.met },
	"seg-undecided": { fill: "url(#hatch-undecided)", stroke: C.unknownLine },
	"seg-unconfirmed": { fill: "url(#hatch-unconfirmed)", stroke: C.unknownLine },
	"seg-not-asked": { fill: C.panel, stroke: C.strong },
	mark: { fill: C.unknownText },
	"mark-gap": { fill: "#ffffff" },
	"mark-expiring": { fill: "#241a04" },
	"mark-met": { fill: "#ffffff" },
	"mark-undecided": { "paint-order": "stroke", stroke: C.unknown, "stroke-width": 4, "stroke-linejoin": "round" },
	"mark-unconfirmed": { "paint-order": "stroke", stroke: C.unknown, "stroke-width": 4, "stroke-linejoin": "round" },
	"mark-not-asked": {},
	"chain-head": { fill: C.text },
	"chain-muted": { fill: C.muted },
	"chain-name": { fill: C.text },
	"chain-small": { fill: C.muted },
	"chain-caret": { fill: C.accent },
	"chain-halo": { "paint-order": "stroke", stroke: C.panel, "stroke-width": 4, "stroke-linejoin": "round", fill: C.text },
	"chain-label": { fill: C.raised, stroke: C.line },
	"chain-cell": { fill: C.panel, stroke: C.strong },
	"chain-cell-open": { fill: C.soft, stroke: C.accent, "stroke-width": 2 },
	"chain-empty": { fill: "none", stroke: C.line },
	"chain-unknown": { fill: "url(#hatch-unconfirmed)", stroke: C.unknownLine },
	"chain-question": { fill: C.unknownText, "paint-order": "stroke", stroke: C.unknown, "stroke-width": 4, "stroke-linejoin": "round" },
	"chain-rule": { fill: "none", stroke: C.line },
	"chain-root": { fill: C.accent },
	"chain-root-name": { fill: "#ffffff" },
	"chain-root-small": { fill: "#d7e5ef" },
	"chain-box": { fill: C.panel, stroke: C.strong },
	"chain-box-hidden": { fill: "url(#hatch-unconfirmed)" },
	"chain-box-lit": { stroke: C.lit, "stroke-width": 2.5 },
	"chain-tab": { fill: C.raised, stroke: C.strong },
	"chain-tab-open": { fill: C.soft, stroke: C.accent },
	"chain-tab-deep": { fill: "url(#hatch-unconfirmed)", stroke: C.unknownLine },
	"chain-tab-text": { fill: C.text },
	"chain-more": { fill: C.raised, stroke: C.strong, "stroke-dasharray": "4 3" },
	"chain-badge": { fill: C.text, stroke: C.panel },
	"chain-badge-text": { fill: C.panel },
	"chain-edge": { fill: "none", stroke: C.strong },
	"chain-edge-plain": {},
	"chain-edge-loose": { "stroke-dasharray": "2 3" },
	"chain-edge-picked": { stroke: C.accent, "stroke-width": 2 },
	"chain-edge-lit": { stroke: C.lit, "stroke-width": 3 },
	"chain-arrow": { fill: C.strong },
	"chain-arrow-plain": {},
	"chain-arrow-picked": { fill: C.accent },
	"chain-arrow-lit": { fill: C.lit },
	"chain-share": { fill: C.panel, stroke: C.lit },
	"chain-share-text": { fill: C.lit },
	"chain-dim": { opacity: 0.35 },
};

/* Characters that XML cannot have are left out. */
export const escape = (text: string): string =>
	text
		.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;")
		.replaceAll('"', "&quot;");

const attrsText = (attrs: Look): string =>
	Object.entries(attrs)
		.map(([name, value]) => ` ${name}="${escape(String(value))}"`)
		.join("");

function shapeText({ tag, css, attrs, text }: Shape): string {
	const look: Look = {};
	for (const name of css.split(" ")) Object.assign(look, LOOKS[name]);
	const open = `<${tag}${attrsText({ ...look, ...attrs })}`;
	return text === undefined ? `${open}/>` : `${open}>${escape(text)}</${tag}>`;
}

const hatch = (id: string, turn: number, width: number): string =>
	`<pattern id="${id}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(${turn})">` +
	`<rect width="6" height="6" fill="${C.unknown}"/><rect width="${width}" height="6" fill="${C.unknownLine}"/></pattern>`;

export interface Words {
	title: string;
	desc: string;
	lang: string;
	family: string;
}

const HEAD = 48; /* above the picture: what it is of, and as of when */
const EDGE = 12;

export function svgText({ width, height, back, things }: Scene, { title, desc, lang, family }: Words): string {
	const w = Math.ceil(width) + 2 * EDGE;
	const h = Math.ceil(height) + HEAD + EDGE;
	const parts = things.map(
		(thing) =>
			`<g${thing.dim ? ' opacity="0.35"' : ""}><title>${escape(thing.title)}</title>${thing.shapes.map(shapeText).join("")}</g>`,
	);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" xml:lang="${escape(lang)}" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="${escape(family)}">`,
		`<title>${escape(title)}</title><desc>${escape(desc)}</desc>`,
		`<defs>${hatch("hatch-undecided", 45, 2)}${hatch("hatch-unconfirmed", -45, 1)}</defs>`,
		`<rect width="${w}" height="${h}" fill="${C.panel}"/>`,
		`<text x="${EDGE}" y="22" font-size="15" font-weight="600" fill="${C.text}">${escape(title)}</text>`,
		`<text x="${EDGE}" y="39" font-size="12" fill="${C.muted}">${escape(desc)}</text>`,
		`<g transform="translate(${EDGE} ${HEAD})">${back.map(shapeText).join("")}${parts.join("")}</g>`,
		"</svg>\n",
	].join("\n");
}

export const saveSvg = (file: string, scene: Scene, words: Words): void =>
	saveFile(file, "image/svg+xml", [svgText(scene, words)]);

const SIDE_MOST = 16000;
const AREA_MOST = 100e6;

/* At twice the size, or as large as a canvas takes. A data: address, since pictures may come from nowhere else. */
export async function savePng(file: string, scene: Scene, words: Words): Promise<void> {
	const picture = new Image();
	picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(scene, words))}`;
	await picture.decode();
	const { naturalWidth: w, naturalHeight: h } = picture;
	const scale = Math.min(2, SIDE_MOST / Math.max(w, h), Math.sqrt(AREA_MOST / (w * h)));
	const canvas = document.createElement("canvas");
	canvas.width = Math.floor(w * scale);
	canvas.height = Math.floor(h * scale);
	canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
	const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
	if (blob === null) throw new Error("no picture");
	saveFile(file, "image/png", [blob]);
}
