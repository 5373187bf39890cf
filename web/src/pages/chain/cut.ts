/* Names cut to a width as the font has it. */
export type Measure = (text: string, size: number, bold?: boolean) => number;

/* Characters that would break a line or turn the text of a picture around. */
export const plain = (text: string): string =>
	text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f\ufffe\uffff]/g, "");

/* As on a business card: the legal form takes one character, so that the name itself has room. */
const FORMS: readonly (readonly [RegExp, string])[] = [
	[/株式会社/g, "㈱"],
	[/有限会社/g, "㈲"],
	[/合同会社/g, "(同)"],
	[/合資会社/g, "㈾"],
];
export const short = (name: string): string => FORMS.reduce((text, [form, mark]) => text.replace(form, mark), name);

const parts = (text: string): string[] =>
	typeof Intl.Segmenter === "function"
		? Array.from(new Intl.Segmenter("ja").segment(text), ({ segment }) => segment)
		: Array.from(text);

export function cut(name: string, width: number, size: number, measure: Measure): string {
	const whole = plain(name);
	if (measure(whole, size) <= width) return whole;
	const text = short(whole);
	if (measure(text, size) <= width) return text;
	const pieces = parts(text.slice(0, 400));
	let low = 0;
	let high = pieces.length;
	while (low < high) {
		const middle = Math.ceil((low + high) / 2);
		if (measure(`${pieces.slice(0, middle).join("")}…`, size) <= width) low = middle;
		else high = middle - 1;
	}
	return `${pieces.slice(0, low).join("")}…`;
}

export function canvasMeasure(): Measure {
	const pen = document.createElement("canvas").getContext("2d");
	const family = getComputedStyle(document.body).fontFamily;
	const known = new Map<string, number>();
	return (text, size, bold = false) => {
		const key = `${bold}${size} ${text}`;
		const found = known.get(key);
		if (found !== undefined) return found;
		if (pen === null) return text.length * size;
		pen.font = `${bold ? "600 " : ""}${size}px ${family}`;
		const { width } = pen.measureText(text);
		if (known.size < 20000) known.set(key, width);
		return width;
	};
}
