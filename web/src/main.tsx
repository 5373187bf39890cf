import { render } from "preact";
import { liveStart } from "./api/live";
import { sessionStart } from "./api/session";
import { App } from "./app";
import { langStart } from "./i18n/lang";
import { prefsStart } from "./i18n/prefs";
import { routerStart } from "./router";
import "./styles/app.css";

const root = document.getElementById("app");
if (root !== null) {
	langStart();
	prefsStart();
	void sessionStart();
	routerStart();
	liveStart();
	render(<App />, root);
}
