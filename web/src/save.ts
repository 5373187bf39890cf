/* Hands a file that the page made to the browser, and CSV that spreadsheets read as text. */
export function saveFile(name: string, type: string, parts: BlobPart[]): void {
	const url = URL.createObjectURL(new Blob(parts, { type }));
	const link = document.createElement("a");
	link.href = url;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/* A cell that a spreadsheet would run as a formula gets a leading apostrophe, as in the server's exports. */
export function csvCell(value: string | number | boolean | null | undefined): string {
	const text = value === null || value === undefined ? "" : String(value);
	const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvLine = (cells: readonly (string | number | boolean | null | undefined)[]): string =>
	`${cells.map(csvCell).join(",")}\r\n`;

/* With a byte order mark: Excel takes it as UTF-8 then. */
export const saveCsv = (name: string, lines: string[]): void =>
	saveFile(name, "text/csv; charset=utf-8", ["\ufeff", ...lines]);
