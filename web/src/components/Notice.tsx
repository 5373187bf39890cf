/* What went wrong, in the reader's words, with the server's own reason beside it. */
import { ApiError } from "../api/client";
import { t } from "../i18n";

function textOf(error: unknown): string {
	const m = t.value.error;
	if (!(error instanceof ApiError)) return m.other(0);
	switch (error.status) {
		case 0:
			return m.unreachable;
		case 403:
			return m.forbidden;
		case 404:
			return m.notFound;
		case 429:
		case 503:
			return m.busy;
		default:
			return m.other(error.status);
	}
}

/* What one may not see stays so: the server's reason and another try add nothing. */
export const isForbidden = (error: unknown): boolean => error instanceof ApiError && error.status === 403;

export function ErrorNotice({ error, retry }: { error: unknown; retry?: () => void }) {
	const final = isForbidden(error);
	const detail = error instanceof ApiError && error.status > 0 && !final ? error.detail || error.message : "";
	return (
		<div class="notice bad" role="alert">
			<p>
				{textOf(error)}
				{detail !== "" && <span class="muted"> {detail}</span>}
			</p>
			{retry && !final && (
				<button type="button" onClick={retry}>
					{t.value.retry}
				</button>
			)}
		</div>
	);
}

export function Loading() {
	return (
		<p class="muted" role="status">
			{t.value.loading}
		</p>
	);
}
