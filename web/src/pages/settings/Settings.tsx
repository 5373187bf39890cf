import { t } from "../../i18n";

export default function Settings() {
	return <h1>{t.value.nav.general.settings}</h1>;
}
