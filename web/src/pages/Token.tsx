/* Asks for the token once. It is tried by the page that follows: a refusal leads back here. */
import { useRef, useState } from "preact/hooks";
import { tokenRefused, tokenSet } from "../api/session";
import { t } from "../i18n";

export function TokenPage() {
	const input = useRef<HTMLInputElement>(null);
	const [empty, setEmpty] = useState(false);
	const m = t.value.token;
	const submit = (event: Event) => {
		event.preventDefault();
		const value = input.current?.value.trim() ?? "";
		setEmpty(value === "");
		if (value === "") input.current?.focus();
		else tokenSet(value);
	};
	const wrong = empty ? m.empty : tokenRefused.value ? m.refused : null;
	return (
		<section class="panel token" aria-labelledby="token-title">
			<h1 id="token-title">{m.title}</h1>
			<p>{m.lead}</p>
			{wrong !== null && (
				<p class="notice bad" role="alert" id="token-wrong">
					{wrong}
				</p>
			)}
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
						aria-invalid={wrong !== null}
					/>
					<button type="submit" class="primary">
						{m.submit}
					</button>
				</div>
			</form>
			<div id="token-hint" class="muted">
				<p>{m.hint}</p>
				<p>
					<code>cat DIR/admin.token</code>
				</p>
				<p>{m.kept}</p>
			</div>
		</section>
	);
}
