/* One import as a job of the server: sent, then asked about until it has ended. */
import { ApiError, get, problemOf, urlOf } from "../../api/client";
import { headers } from "../../api/session";

export interface RowError {
	line: number;
	column: number;
	field?: string;
	code: string;
	detail: string;
}

export interface Job {
	job: number;
	state: "queued" | "running" | "done" | "failed";
	format: string;
	kind: string;
	dry_run: boolean;
	rows: number;
	accepted: number;
	rejected: number;
	unchanged: number;
	created: number;
	changed: number;
	warnings: number;
	stubs: number;
	bytes_done: number;
	bytes_total: number;
	seconds_left: number | null;
	commands: number;
	revision: number;
	error: { code: string; title: string; detail: string; line?: number } | null;
	errors: RowError[];
}

export interface Options {
	kind: string;
	format: string;
	procurer: string;
	ignore_unknown: boolean;
	strict: boolean;
}

const ASK_MS = 250;

export async function run(
	file: File,
	options: Options,
	dryRun: boolean,
	progress: (job: Job) => void,
	stop: AbortSignal,
): Promise<Job> {
	const response = await fetch(urlOf("/v1/imports", { ...options, dry_run: dryRun }), {
		method: "POST",
		headers: { ...headers(), "Content-Type": "application/octet-stream" },
		body: file,
		signal: stop,
	}).catch((error: unknown) => {
		/* A file that was changed on disk since it was chosen cannot be read any more. */
		throw stop.aborted ? error : new ApiError(0, {});
	});
	if (!response.ok) throw await problemOf(response);
	let job = (await response.json()) as Job;
	while (job.state === "queued" || job.state === "running") {
		progress(job);
		await new Promise((done) => setTimeout(done, ASK_MS));
		job = await get<Job>(`/v1/imports/${job.job}`, {}, stop);
	}
	return job;
}
