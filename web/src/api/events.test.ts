import { describe, expect, it } from "vitest";
import { SseParser } from "./events";

describe("event stream", () => {
	it("puts messages together however they are cut", () => {
		const text = ": hello\n\nid: 7-1\nevent: exposure.changed\ndata: {\"a\":\ndata: 1}\n\nid: 8-1\r\ndata:x\r\n\r\n";
		const want = [
			{ id: "7-1", event: "exposure.changed", data: '{"a":\n1}' },
			{ id: "8-1", event: "message", data: "x" },
		];
		for (let size = 1; size < text.length; size++) {
			const parser = new SseParser();
			const got = [];
			for (let i = 0; i < text.length; i += size) got.push(...parser.push(text.slice(i, i + size)));
			expect(got, `pieces of ${size}`).toEqual(want);
		}
	});
	it("says nothing of a message without data", () => {
		expect(new SseParser().push("event: ping\n\n")).toEqual([]);
	});
});
