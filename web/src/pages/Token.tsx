/* Logging in: with a company account where the server knows a provider, or with a token. */
import { useRef, useState } from "preact/hooks";
import { company, companyHref, logIn, notice } from "../api/session";
import { t } from "../i18n";

function CompanyLogin() {
	const m = t.value.token;
	return (
		<>
			<p>
				<a class="button primary" href={companyHref(location)}>
					{m.company}
				</a>
			</p>
			<p class="muted">{m.orToken}</p>
		</>
	);
}

export function TokenPage() {
	const input = useRef<HTMLInputElement>(null);
	const [empty, setEmpty] = useState(false);
	const [busy, setBusy] = useState(false);
	const m = t.value.token;
	const submit = async (event: Event) => {
		event.preventDefault();
		const value = input.current?.value.trim() ?? "";
		setEmpty(value === "");
		if (value === "") {
			input.current?.focus();
			return;
		}
		setBusy(true);
		await logIn(value);
		setBusy(false);
	};
	const wrong = empty ? m.empty : notice.value === null ? null : m.notices[notice.value];
	return (
		<section class="panel token" aria-labelledby="token-title">
			<h1 id="token-title">{m.title}</h1>
			<p>{m.lead}</p>
			{wrong !== null && (
				<p class="notice bad" role="alert" id="token-wrong">
					{wrong}
				</p>
			)}
			{company.value && <CompanyLogin />}
			<form onSubmit={submit} noValidate>
				<label for="token">{m.label}</label>
				<div class="row">
					<input
						id="token"
						ref={input}
						type="password"
						autocomplete="off"
						autocapitalize="off"
						spellcheck={false}
						aria-describedby="token-hint"
						aria-invalid={empty || notice.value === "refused"}
					/>
					<button type="submit" class="primary" disabled={busy}>
						{m.submit}
					</button>
				</div>
			</form>
			<div id="token-hint" class="muted">
				<p>{m.ask}</p>
				<p>{m.hint}</p>
				<p>
					<code>cat DIR/admin.token</code>
				</p>
				<p>{m.kept}</p>
			</div>
		</section>
	);
}
