/* Settings: who one is, how things are shown, and for administrators tokens and the audit log. */
import { me } from "../../api/session";
import { Check, Choice } from "../../components/Form";
import { Name } from "../../components/Name";
import { t } from "../../i18n";
import { type Prefs, prefs } from "../../i18n/prefs";
import { Audit } from "./Audit";
import { Looks } from "./Looks";
import { m } from "./texts";
import { Tokens } from "./Tokens";
import "./settings.css";

function Account() {
	const who = me.value;
	if (who === null) return null;
	return (
		<section class="panel" aria-labelledby="account">
			<h2 id="account">{m.value.account}</h2>
			<dl class="facts-list">
				<div>
					<dt>{m.value.name}</dt>
					<dd>
						<Name text={who.name} />
					</dd>
				</div>
				<div>
					<dt>{m.value.role}</dt>
					<dd>{t.value.roles[who.role]}</dd>
				</div>
				<div>
					<dt>{m.value.orgs}</dt>
					<dd>
						{who.orgs.length === 0
							? m.value.allOrgs
							: who.orgs.map((org) => (
									<div key={org.id}>
										<Name text={org.name} /> <code>{org.id}</code>
									</div>
								))}
					</dd>
				</div>
				<div>
					<dt>{m.value.signedInBy}</dt>
					<dd>{m.value.by[who.by]}</dd>
				</div>
			</dl>
		</section>
	);
}

function Display() {
	const set = (change: Partial<Prefs>) => {
		prefs.value = { ...prefs.value, ...change };
	};
	return (
		<section class="panel" aria-labelledby="display">
			<h2 id="display">{m.value.display}</h2>
			<div class="settings-display">
				<Choice
					id="theme"
					label={m.value.theme}
					value={prefs.value.theme}
					options={Object.entries(m.value.themes)}
					choose={(value) => set({ theme: value as Prefs["theme"] })}
				/>
				<Check id="wareki" label={m.value.wareki} checked={prefs.value.wareki} change={(on) => set({ wareki: on })} />
				<Check id="man-oku" label={m.value.manOku} checked={prefs.value.manOku} change={(on) => set({ manOku: on })} />
				<p class="muted small">{m.value.kept}</p>
			</div>
		</section>
	);
}

function Roles() {
	return (
		<section class="panel" aria-labelledby="roles">
			<h2 id="roles">{m.value.roles}</h2>
			<dl class="settings-roles">
				{m.value.rolesText.map(([role, text]) => (
					<div key={role}>
						<dt>{t.value.roles[role as keyof typeof t.value.roles]}</dt>
						<dd>{text}</dd>
					</div>
				))}
			</dl>
		</section>
	);
}

export default function SettingsPage() {
	const who = me.value;
	document.title = `${m.value.title} — ${t.value.product}`;
	return (
		<>
			<h1>{m.value.title}</h1>
			<div class="settings-grid">
				<Account />
				<Display />
			</div>
			{who?.role === "admin" && <Tokens />}
			<Roles />
			{who !== null && who.orgs.map((org) => <Looks key={org.id} org={org} />)}
			{(who?.role === "admin" || who?.role === "risk") && <Audit />}
		</>
	);
}
