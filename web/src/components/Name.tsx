/*
 * A name as it was recorded. On an English page a Japanese one says so: readers pronounce it rightly,
 * and the browser takes Japanese forms of the characters, not Chinese ones.
 */
import { lang } from "../i18n/lang";

const JAPANESE = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/;

export const isJapanese = (text: string): boolean => JAPANESE.test(text);

export function Name({ text }: { text: string }) {
	return lang.value !== "ja" && isJapanese(text) ? <span lang="ja">{text}</span> : <>{text}</>;
}
