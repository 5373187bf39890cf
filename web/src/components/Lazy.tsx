/* A page that is loaded when it is first shown. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { ApiError } from "../api/client";
import { ErrorNotice, Loading } from "./Notice";

export function lazy<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
	const found = signal<ComponentType<P> | null>(null);
	const failed = signal(false);
	let asked = false;
	const ask = () => {
		asked = true;
		failed.value = false;
		load().then(
			(module) => {
				found.value = module.default;
			},
			() => {
				asked = false;
				failed.value = true;
			},
		);
	};
	return (props: P) => {
		if (!asked && !failed.value) ask();
		const Page = found.value;
		if (Page !== null) return <Page {...props} />;
		return failed.value ? <ErrorNotice error={new ApiError(0, {})} retry={ask} /> : <Loading />;
	};
}
