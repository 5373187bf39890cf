/* What a resource has, or that it is being read, or why it could not be. */
import type { ComponentChildren } from "preact";
import type { Resource } from "../api/resource";
import { ErrorNotice, Loading } from "./Notice";

export function Show<T>({ of, children }: { of: Resource<T>; children: (data: T) => ComponentChildren }) {
	const data = of.data.value;
	const error = of.error.value;
	return (
		<>
			{error !== null && <ErrorNotice error={error} retry={of.refresh} />}
			{data !== null ? children(data) : error === null && <Loading />}
		</>
	);
}
