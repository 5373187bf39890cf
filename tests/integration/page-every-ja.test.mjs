import { everyPage } from "./everypage.mjs";

everyPage("ja", "ja-JP");
