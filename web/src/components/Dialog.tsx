/* A dialog over the page: the browser keeps the keyboard in it, Escape closes it, and focus goes back. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";

export function Dialog(props: { title: string; close: () => void; children: ComponentChildren; wide?: boolean }) {
	const box = useRef<HTMLDialogElement>(null);
	/* Escape is pressed in passing: what was typed goes only if the reader says so. */
	const typed = useRef(false);
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
			onInput={() => {
				typed.current = true;
			}}
			onCancel={(event) => {
				event.preventDefault();
				if (!typed.current || window.confirm(t.value.discard)) props.close();
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
