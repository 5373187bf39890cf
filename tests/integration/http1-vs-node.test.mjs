// The request reader against node's: what node refuses we refuse, and where both accept they
// agree on method, target and length of body. Each case is the bytes of one connection, ended by
// a half-close. Seeded, so that a failure can be repeated: HTTP1_SEED, HTTP1_CASES.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import http from "node:http";
import net from "node:net";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const VERDICT =
	process.env.HTTP1_VERDICT ??
	fileURLToPath(new URL("../../build/tests/api/http1_verdict", import.meta.url));
const SEED = Number(process.env.HTTP1_SEED ?? 20261122);
const GENERATED = Number(process.env.HTTP1_CASES ?? 4000);
const PARALLEL = 64;

const H = "Host: x\r\n";
const get = (fields, version = "1.1") => `GET /a?b=c HTTP/${version}\r\n${fields}\r\n`;
const post = (fields, body) => `POST /p HTTP/1.1\r\n${H}${fields}\r\n${body}`;
const chunked = (body, more = "") => post(`Transfer-Encoding: chunked\r\n${more}`, body);
const line = (text) => `${text}\r\n${H}\r\n`;

// [name, bytes, how many requests we are to accept]
const CASES = [
	["plain", get(H), 1],
	["two lengths, same", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 0],
	["two lengths, different", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), 0],
	["a list of lengths", post("Content-Length: 3, 3\r\n", "abc"), 0],
	["length +3", post("Content-Length: +3\r\n", "abc"), 0],
	["length -1", post("Content-Length: -1\r\n", ""), 0],
	["length 0x3", post("Content-Length: 0x3\r\n", "abc"), 0],
	["length empty", post("Content-Length:\r\n", "abc"), 0],
	["length 3 3", post("Content-Length: 3 3\r\n", "abc"), 0],
	["length 3 and blanks", post("Content-Length: \t 3 \r\n", "abc"), 1],
	["length beyond 63 bits", post("Content-Length: 9223372036854775808\r\n", "abc"), 0],
	["length beyond 64 bits", post("Content-Length: 18446744073709551619\r\n", "abc"), 0],
	["length and coding", chunked("0\r\n\r\n", "Content-Length: 5\r\n"), 0],
	["NUL in a value", get(`${H}A: b\0c\r\n`), 0],
	["BEL in a value", get(`${H}A: b\x07c\r\n`), 0],
	["DEL in a value", get(`${H}A: b\x7fc\r\n`), 0],
	["TAB in a value", get(`${H}A: b\tc\r\n`), 1],
	["bytes above 0x7f in a value", get(`${H}A: \xe6\xa0\xaa\r\n`), 1],
	["empty value", get(`${H}A:\r\n`), 1],
	["empty name", get(`${H}: b\r\n`), 0],
	["blank before the colon", get(`${H}A : b\r\n`), 0],
	["no colon", get(`${H}Ab\r\n`), 0],
	["a name with a bracket", get(`${H}A[: b\r\n`), 0],
	["a name above 0x7f", get(`${H}A\xe9: b\r\n`), 0],
	["folded", get(`${H}A: b\r\n c\r\n`), 0],
	["folded at once", get(` ${H}`), 0],
	["bare LF", "GET / HTTP/1.1\nHost: x\n\n", 0],
	["bare LF in the fields", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 0],
	["bare LF at the end", "GET / HTTP/1.1\r\nHost: x\r\n\n", 0],
	["bare CR in a value", get(`${H}A: b\rc\r\n`), 0],
	["CR CR LF", get(`${H}A: b\r\r\n`), 0],
	["coding xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 0],
	["coding chunked, chunked", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 0],
	["coding gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 0],
	["coding identity", post("Transfer-Encoding: identity\r\n", ""), 0],
	["coding twice", chunked("0\r\n\r\n", "Transfer-Encoding: chunked\r\n"), 0],
	["coding CHUNKED", post("transfer-encoding: CHUNKED\r\n", "0\r\n\r\n"), 1],
	["coding with VT", post("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n"), 0],
	["coding in 1.0", `POST / HTTP/1.0\r\n${H}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 0],
	["chunks", chunked("5\r\nhello\r\n00a\r\n0123456789\r\n0\r\n\r\n"), 1],
	["chunk 0x3", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 0],
	["chunk +3", chunked("+3\r\nabc\r\n0\r\n\r\n"), 0],
	["chunk ' 3'", chunked(" 3\r\nabc\r\n0\r\n\r\n"), 0],
	["chunk '3 '", chunked("3 \r\nabc\r\n0\r\n\r\n"), 0],
	["chunk without size", chunked("\r\nabc\r\n0\r\n\r\n"), 0],
	["chunk of 17 digits", chunked("00000000000000003\r\nabc\r\n0\r\n\r\n"), 0],
	["chunk beyond 64 bits", chunked("10000000000000000\r\n"), 0],
	["chunk longer than said", chunked("3\r\nabcd\r\n0\r\n\r\n"), 0],
	["chunk shorter than said", chunked("4\r\nabc\r\n0\r\n\r\n"), 0],
	["chunk, bare LF", chunked("3\nabc\r\n0\r\n\r\n"), 0],
	["chunk data, bare LF", chunked("3\r\nabc\n0\r\n\r\n"), 0],
	["last chunk, bare LF", chunked("3\r\nabc\r\n0\n\n"), 0],
	["chunk extension", chunked('3;a;b=c;d="e;\\"f"\r\nabc\r\n0\r\n\r\n'), 1],
	["chunk extension, LF inside", chunked("3;a\nb\r\nabc\r\n0\r\n\r\n"), 0],
	["chunk extension, CR inside", chunked("3;a\rb\r\nabc\r\n0\r\n\r\n"), 0],
	["chunk extension, huge", chunked(`3;${"a".repeat(20000)}\r\nabc\r\n0\r\n\r\n`), 0],
	["trailer", chunked("0\r\nA: b\r\nC:\r\n\r\n"), 1],
	["trailer with a blank name", chunked("0\r\nA : b\r\n\r\n"), 0],
	["trailer with NUL", chunked("0\r\nA: \0\r\n\r\n"), 0],
	["trailer with a length", chunked("0\r\nContent-Length: 3\r\n\r\n"), 0],
	["trailer with a coding", chunked("0\r\nTransfer-Encoding: x\r\n\r\n"), 0],
	["length and TAB", post("Content-Length: 3 \t\r\n", "abc"), 0],
	["no end of chunks", chunked("3\r\nabc\r\n"), 0],
	["body cut short", post("Content-Length: 5\r\n", "abc"), 0],
	["no Host", get(""), 0],
	["no Host, 1.0", get("", "1.0"), 1],
	["two Hosts", get(`${H}Host: y\r\n`), 0],
	["two Hosts, same", get(`${H}${H}`), 0],
	["Host with a blank", get("Host: x y\r\n"), 0],
	["Host with a user", get("Host: u@x\r\n"), 0],
	["Host with a path", get("Host: x/y\r\n"), 0],
	["Host with a bad port", get("Host: x:99999\r\n"), 0],
	["Host, IPv6", get("Host: [::1]:80\r\n"), 1],
	["HTTP/1.9", get(H, "1.9"), 0],
	["HTTP/2.0", get(H, "2.0"), 0],
	["HTTP/0.9", get(H, "0.9"), 0],
	["HTTP/1.10", get(H, "1.10"), 0],
	["HTTP/01.1", get(H, "01.1"), 0],
	["http/1.1", line("GET / http/1.1"), 0],
	["no version", line("GET /"), 0],
	["two spaces", line("GET  / HTTP/1.1"), 0],
	["two spaces behind", line("GET /  HTTP/1.1"), 0],
	["a space behind", line("GET / HTTP/1.1 "), 0],
	["a space before", line(" GET / HTTP/1.1"), 0],
	["a TAB", line("GET\t/ HTTP/1.1"), 0],
	["small letters", line("get / HTTP/1.1"), 0],
	["unknown method", line("FROB / HTTP/1.1"), 0],
	["CONNECT", line("CONNECT x:80 HTTP/1.1"), 0],
	["PRI", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0],
	["no slash", line("GET a HTTP/1.1"), 0],
	["GET *", line("GET * HTTP/1.1"), 0],
	["OPTIONS *", line("OPTIONS * HTTP/1.1"), 1],
	["absolute", line("GET http://x/y?z HTTP/1.1"), 1],
	["absolute without host", line("GET http:///y HTTP/1.1"), 0],
	["absolute, other scheme", line("GET ftp://x/y HTTP/1.1"), 0],
	["a fragment", line("GET /a#b HTTP/1.1"), 0],
	["a quote in the path", line('GET /a"b HTTP/1.1'), 0],
	["a backslash in the path", line("GET /a\\b HTTP/1.1"), 0],
	["brackets in the query", line("GET /a?b[]={c|d} HTTP/1.1"), 1],
	["UTF-8 in the target", line("GET /\xe6\xa0\xaa HTTP/1.1"), 0],
	["a broken escape", line("GET /%zz HTTP/1.1"), 0],
	["a cut escape", line("GET /%2 HTTP/1.1"), 0],
	["101 fields", get(H + "a: b\r\n".repeat(100)), 0],
	["100 fields", get(H + "a: b\r\n".repeat(99)), 1],
	["100,000 fields", get(H + "a:b\r\n".repeat(100000)), 0],
	["a head of 17 kB", get(`${H}A: ${"b".repeat(17000)}\r\n`), 0],
	["a target of 8,193 bytes", line(`GET /${"a".repeat(8192)} HTTP/1.1`), 0],
	["expect something else", post("Expect: 200-ok\r\nContent-Length: 0\r\n", ""), 0],
	["expect 100", post("Expect: 100-Continue\r\nContent-Length: 2\r\n", "ab"), 1],
	["pipelined", get(H) + post("Content-Length: 2\r\n", "ab") + get(H), 3],
	["pipelined, then garbage", `${get(H)}garbage\r\n\r\n`, 1],
	["behind a close", get(`${H}Connection: close\r\n`) + get(H), 1],
	["1.0 and keep-alive", get("Connection: keep-alive\r\n", "1.0") + get("", "1.0"), 2],
	["1.0 closes", get("", "1.0") + get("", "1.0"), 1],
	["upgrade", get(`${H}Connection: upgrade\r\nUpgrade: h2c\r\n`) + get(H), 1],
	["empty line before", `\r\n${get(H)}`, 1],
	["LF before", `\n${get(H)}`, 0],
	["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 0],
	["nothing", "", 0],
];

// mulberry32
function random(seed) {
	let a = seed >>> 0;
	return (below) => {
		a = (a + 0x6d2b79f5) >>> 0;
		let t = Math.imul(a ^ (a >>> 15), a | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
	};
}

const SPICE = [
	"\r", "\n", "\r\n", "\0", " ", "\t", ":", ";", ",", "=", "\"", "+", "-", "0", "9", "f", "x",
	"\x0b", "\x7f", "\x80", "\xff", "%", "#", "?", "*", "/", "\\", "0\r\n\r\n", "\r\n\r\n",
	"Content-Length: 1\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n",
	"Transfer-Encoding: \r\n", "Connection: close\r\n", "Connection: keep-alive, upgrade\r\n",
	"Upgrade: x\r\n", "Host: y\r\n", "Expect: 100-continue\r\n", " HTTP/1.1\r\n", "GET / HTTP/1.1\r\n",
	"Trailer: a\r\n", "TE: trailers\r\n", "X: y\r\n ", "chunked", "1;a=b\r\nz\r\n",
];

function mutate(pick, text) {
	const rounds = 1 + pick(2);
	for (let i = 0; i < rounds; i++) {
		const at = pick(text.length + 1);
		const [head, tail] = [text.slice(0, at), text.slice(at)];
		switch (pick(6)) {
		case 0:
			text = head + SPICE[pick(SPICE.length)] + tail;
			break;
		case 1:
			text = head + tail.slice(1 + pick(3));
			break;
		case 2:
			text = head + String.fromCharCode(pick(256)) + tail.slice(1);
			break;
		case 3: {
			const lines = text.split("\r\n");
			const k = pick(lines.length);
			lines.splice(pick(lines.length), 0, lines[k]);
			text = lines.join("\r\n");
			break;
		}
		case 4: {
			const lines = text.split("\r\n");
			lines[pick(lines.length)] += SPICE[pick(SPICE.length)];
			text = lines.join("\r\n");
			break;
		}
		default: {
			const other = CASES[pick(CASES.length)][1];
			text = head + other.slice(pick(other.length + 1)).slice(0, 4000);
		}
		}
	}
	return text.slice(0, 12000);
}

function generated() {
	const pick = random(SEED);
	const bases = CASES.filter(([, text]) => text.length > 0 && text.length < 2000);
	const good = bases.filter(([, , taken]) => taken > 0);
	return Array.from({ length: GENERATED }, (_, i) => {
		const from = pick(3) ? good : bases;
		const [name, text] = from[pick(from.length)];
		return [`generated ${i} from ${name}`, mutate(pick, text)];
	});
}

async function ours(cases) {
	const child = spawn(VERDICT, ["--frames"], { stdio: ["pipe", "pipe", "inherit"] });
	const frames = cases.flatMap(([, text]) => {
		const bytes = Buffer.from(text, "latin1");
		const head = Buffer.alloc(4);
		head.writeUInt32BE(bytes.length);
		return [head, bytes];
	});
	child.stdin.on("error", () => {});
	child.stdin.end(Buffer.concat(frames));
	let out = "";
	for await (const piece of child.stdout) out += piece;
	return out.trimEnd().split("\n").map((text) => JSON.parse(text));
}

// Every request that node read to its end, by connection (remote port).
async function startNode() {
	const seen = new Map();
	const take = (req) => {
		const entry = { method: req.method, path: req.url, body: 0, req };
		seen.get(req.socket).push(entry);
		req.on("data", (piece) => (entry.body += piece.length));
		req.on("error", () => {});
	};
	const server = http.createServer((req, res) => {
		take(req);
		req.on("end", () => res.end("ok"));
	});
	server.on("connection", (socket) => seen.set(socket, []));
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	return { server, seen };
}

function ask(port, text) {
	return new Promise((done) => {
		let answer = "";
		let local = 0;
		const socket = net.connect({ port, host: "127.0.0.1" }, () => {
			local = socket.localPort;
			socket.end(Buffer.from(text, "latin1"));
		});
		socket.on("data", (piece) => (answer += piece.toString("latin1")));
		socket.on("error", () => {});
		socket.on("close", () => done({ local, answer }));
		socket.setTimeout(5000, () => socket.destroy());
	});
}

async function theirs(cases) {
	const { server, seen } = await startNode();
	const ports = new Map();
	server.on("connection", (socket) => ports.set(socket.remotePort, socket));
	const port = server.address().port;
	const results = new Array(cases.length);
	let next = 0;
	const worker = async () => {
		while (next < cases.length) {
			const i = next++;
			const { local, answer } = await ask(port, cases[i][1]);
			const entries = seen.get(ports.get(local)) ?? [];
			results[i] = { answer, requests: entries.filter(({ req }) => req.complete) };
		}
	};
	await Promise.all(Array.from({ length: PARALLEL }, worker));
	server.closeAllConnections();
	server.close();
	return results;
}

// Empty when the two agree as they must.
function complaint(us, node) {
	if (us.requests.length > node.requests.length)
		return `we took ${us.requests.length} requests, node ${node.requests.length}`;
	for (const [i, mine] of us.requests.entries()) {
		const theirs = node.requests[i];
		if (mine.method !== theirs.method || mine.body !== theirs.body)
			return `request ${i}: ${JSON.stringify(mine)} is ${theirs.method} ${theirs.body} for node`;
		if (theirs.path.startsWith("/") && mine.path !== theirs.path)
			return `request ${i}: path ${mine.path} is ${theirs.path} for node`;
	}
	return "";
}

const cases = [...CASES, ...generated()];
const verdicts = ours(cases);

test("the table has the verdicts it names", async () => {
	const us = await verdicts;
	assert.equal(us.length, cases.length);
	const wrong = CASES.flatMap(([name, , expected], i) =>
		us[i].requests.length === expected
			? []
			: [`${name}: took ${us[i].requests.length}, expected ${expected} (${us[i].reason})`],
	);
	assert.deepEqual(wrong, []);
});

test("what node refuses we refuse", async (t) => {
	const [us, node] = [await verdicts, await theirs(cases)];
	const wrong = cases.flatMap(([name, text], i) => {
		const text_ = complaint(us[i], node[i]);
		return text_ ? [`${name}: ${text_}: ${JSON.stringify(text.slice(0, 600))}`] : [];
	});
	const both = us.filter((v, i) => v.requests.length && node[i].requests.length).length;
	const stricter = us.filter((v, i) => v.requests.length < node[i].requests.length).length;
	t.diagnostic(`${cases.length} connections, ${both} with requests that both took, ` +
		`${stricter} where we are stricter, seed ${SEED}`);
	assert.ok(both > cases.length / 20, "too few cases are accepted for the test to mean much");
	assert.deepEqual(wrong.slice(0, 10), []);
});
