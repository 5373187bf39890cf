/* The frame around every page: header, language, what the figures mean, and the page itself. */
import { Fragment } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { known, login, logOut, type Me, me, notice } from "./api/session";
import { DoneBar } from "./components/Done";
import { lazy } from "./components/Lazy";
import { Name } from "./components/Name";
import { t } from "./i18n";
import { lang, langSet } from "./i18n/lang";
import { AskedPage } from "./pages/Asked";
import { BuyerPage } from "./pages/Buyer";
import { BuyersPage } from "./pages/Buyers";
import { TokenPage } from "./pages/Token";
import { GENERAL, generalHref, type Route, route } from "./router";

function Caller({ who }: { who: Me }) {
	return (
		<>
			<p class="caller">
				<span class="hidden">{t.value.signedIn} </span>
				<strong>
					<Name text={who.name} />
				</strong>{" "}
				<span>{t.value.roles[who.role]}</span>
			</p>
			<button type="button" class="quiet" onClick={logOut}>
				{t.value.signOut}
			</button>
		</>
	);
}

const ImportPage = lazy(() => import("./pages/import/Import"));
const SettingsPage = lazy(() => import("./pages/settings/Settings"));

const mayImport = (): boolean => me.value?.role === "admin" || me.value?.role === "procurer";

/* What one may not do at all is not offered. */
function General() {
	const at = route.value;
	const shown = GENERAL.filter((section) => section !== "import" || mayImport());
	return (
		<nav class="general" aria-label={t.value.product}>
			{shown.map((section) => (
				<a
					key={section}
					href={generalHref(section)}
					aria-current={at.page === "general" && at.section === section ? "page" : undefined}
				>
					{t.value.nav.general[section]}
				</a>
			))}
		</nav>
	);
}

function Header() {
	const other = lang.value === "ja" ? "en" : "ja";
	return (
		<header class="top">
			<a class="brand" href="#/">
				<img src="/favicon.svg" alt="" width="26" height="26" />
				<span>{t.value.product}</span>
			</a>
			{me.value === null ? <p class="tagline">{t.value.tagline}</p> : <General />}
			<div class="top-actions">
				{me.value !== null && <Caller who={me.value} />}
				<button type="button" class="quiet" lang={other} onClick={() => langSet(other)}>
					{t.value.switchLang}
				</button>
			</div>
		</header>
	);
}

function NotFound() {
	document.title = `${t.value.notFound.title} — ${t.value.product}`;
	return (
		<>
			<h1>{t.value.notFound.title}</h1>
			<p>
				<a href="#/">{t.value.notFound.back}</a>
			</p>
		</>
	);
}

function Page({ at }: { at: Route }) {
	switch (at.page) {
		case "buyers":
			return me.value?.role === "supplier" ? <AskedPage /> : <BuyersPage />;
		case "buyer":
			return <BuyerPage key={at.id} id={at.id} section={at.section} item={at.item} />;
		case "general":
			if (at.section === "settings") return <SettingsPage />;
			return mayImport() ? <ImportPage /> : <NotFound />;
		default:
			return <NotFound />;
	}
}

function Inside({ at }: { at: Route }) {
	if (!known.value) return <p class="muted">{t.value.loading}</p>;
	if (me.value === null) return <TokenPage />;
	return (
		<Fragment key={login.value}>
			{notice.value !== null && (
				<p class="notice bad" role="alert">
					{t.value.token.notices[notice.value]}
				</p>
			)}
			<Page at={at} />
		</Fragment>
	);
}

function Purpose() {
	return (
		<footer class="purpose" aria-labelledby="purpose">
			<h2 id="purpose">{t.value.purpose.title}</h2>
			<p>{t.value.purpose.body}</p>
			<p>{t.value.purpose.registry}</p>
		</footer>
	);
}

export function App() {
	const main = useRef<HTMLElement>(null);
	const at = route.value;
	const first = useRef(true);
	/* A change of page takes the keyboard with it, as a loaded page would. */
	useEffect(() => {
		if (!first.current) {
			main.current?.focus();
			window.scrollTo(0, 0);
		}
		first.current = false;
	}, [at]);
	return (
		<>
			<a
				class="skip"
				href="#main"
				onClick={(event) => {
					event.preventDefault();
					main.current?.focus();
				}}
			>
				{t.value.skip}
			</a>
			<Header />
			<main id="main" ref={main} tabIndex={-1}>
				<Inside at={at} />
			</main>
			<DoneBar />
			<Purpose />
		</>
	);
}
