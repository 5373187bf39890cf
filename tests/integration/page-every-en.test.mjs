import { everyPage } from "./everypage.mjs";

everyPage("en", "en-GB");
