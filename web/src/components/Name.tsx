/*
 * A name as it was recorded. On an English page a Japanese one says so: readers pronounce it rightly,
 * and the browser takes Japanese forms of the characters, not Chinese ones.
 */
import { lang } from "../i18n/lang";

const JAPANESE = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/;

export const isJapanese = (text: string): boolean => JAPANESE.test(text);

/* Longer than any word: may be broken anywhere, so that no page or column gets as wide as it. */
const LONG = /([^\s\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]{28,})/;

function Breaking({ text }: { text: string }) {
	const parts = text.split(LONG);
	if (parts.length === 1) return <>{text}</>;
	return (
		<>
			{parts.map((part, i) =>
				i % 2 === 1 ? (
					<span class="breaks" key={i}>
						{part}
					</span>
				) : (
					part
				),
			)}
		</>
	);
}

export function Name({ text }: { text: string }) {
	if (lang.value === "ja" || !isJapanese(text)) return <Breaking text={text} />;
	return (
		<span lang="ja">
			<Breaking text={text} />
		</span>
	);
}
