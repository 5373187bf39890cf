/*
 * Reads back, from the reader's own copy of a file, the rows that the server refused, so that the reason can stand
 * next to the row. The server decides what a row means; this only cuts cells (RFC 4180).
 */
export const READ_MOST = 30 * 1024 * 1024;

/* As the server tells encodings apart: what is UTF-8 is UTF-8, else CP932 (the browser's name of it is shift_jis). */
export function decode(bytes: ArrayBuffer): string {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder("shift_jis").decode(bytes);
	}
}

/* Comma, tab or semicolon: the one that the first line has most of. */
export function delimiterOf(text: string): string {
	const first = text.slice(0, text.search(/\r|\n|$/));
	const count = (mark: string) => first.split(mark).length;
	return [",", "\t", ";"].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

/* The cells of the rows that begin on the wanted lines (the first line is 1). */
export function rowsAt(text: string, wanted: ReadonlySet<number>): Map<number, string[]> {
	const mark = delimiterOf(text);
	const found = new Map<number, string[]>();
	let line = 1;
	let begins = 1;
	let cells: string[] = [];
	let cell = "";
	let quoted = false;
	const end = () => {
		if (wanted.has(begins)) found.set(begins, [...cells, cell]);
		cells = [];
		cell = "";
	};
	for (let i = 0; i < text.length && found.size < wanted.size; i++) {
		const c = text[i] ?? "";
		if (c === "\n" || (c === "\r" && text[i + 1] !== "\n")) line++;
		if (quoted) {
			if (c !== '"') cell += c;
			else if (text[i + 1] === '"') {
				cell += c;
				i++;
			} else quoted = false;
		} else if (c === '"' && cell === "") quoted = true;
		else if (c === mark) {
			cells.push(cell);
			cell = "";
		} else if (c === "\n" || c === "\r") {
			if (c === "\r" && text[i + 1] === "\n") continue;
			end();
			begins = line;
		} else cell += c;
	}
	if (cell !== "" || cells.length > 0) end();
	return found;
}
