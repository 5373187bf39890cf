import { t } from "../../i18n";

export default function Import() {
	return <h1>{t.value.nav.general.import}</h1>;
}
