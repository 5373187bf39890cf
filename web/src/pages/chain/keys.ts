/* Where the arrow keys lead: to what is nearest in the column, or in the next one that has something. */
interface At {
	key: string;
	x: number;
	y: number;
}

const COLUMN = 8; /* things of a column begin at about the same x */

export function keyTo(things: readonly At[], key: string | null, press: string): string | null {
	const now = things.find((thing) => thing.key === key);
	if (now === undefined) return things[0]?.key ?? null;
	const column = things.filter((thing) => Math.abs(thing.x - now.x) < COLUMN).sort((a, b) => a.y - b.y);
	const at = column.findIndex((thing) => thing.key === now.key);
	const across = (wanted: (x: number) => boolean, nearest: (a: number, b: number) => number) => {
		const xs = things.filter((thing) => wanted(thing.x)).map((thing) => thing.x);
		if (xs.length === 0) return null;
		const x = xs.reduce(nearest);
		const beside = things.filter((thing) => Math.abs(thing.x - x) < COLUMN);
		return beside.reduce((a, b) => (Math.abs(b.y - now.y) < Math.abs(a.y - now.y) ? b : a)).key;
	};
	switch (press) {
		case "ArrowDown":
			return column[at + 1]?.key ?? null;
		case "ArrowUp":
			return column[at - 1]?.key ?? null;
		case "Home":
			return column[0]?.key ?? null;
		case "End":
			return column.at(-1)?.key ?? null;
		case "ArrowRight":
			return across((x) => x > now.x + COLUMN, (a, b) => Math.min(a, b));
		case "ArrowLeft":
			return across((x) => x < now.x - COLUMN, (a, b) => Math.max(a, b));
		default:
			return null;
	}
}
