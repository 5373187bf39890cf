/* A dialog over the page: the browser keeps the keyboard in it, Escape closes it, and focus goes back. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";

export function Dialog(props: { title: string; close: () => void; children: ComponentChildren; wide?: boolean }) {
	const box = useRef<HTMLDialogElement>(null);
	useEffect(() => {
		const back = document.activeElement;
		box.current?.showModal();
		return () => {
			if (back instanceof HTMLElement) back.focus();
		};
	}, []);
	return (
		<dialog
			ref={box}
			class={props.wide ? "wide" : ""}
			aria-labelledby="dialog-title"
			onCancel={(event) => {
				event.preventDefault();
				props.close();
			}}
		>
			<div class="dialog-head">
				<h2 id="dialog-title">{props.title}</h2>
				<button type="button" class="plain" onClick={props.close}>
					{t.value.close}
				</button>
			</div>
			{props.children}
		</dialog>
	);
}
