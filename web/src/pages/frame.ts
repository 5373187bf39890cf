/*
 * What every page of a buyer starts from: the buyer's record and the figures of its chain, read once and kept true.
 * A page gets it as `frame`, and reads the rest itself.
 */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { get, orgPath } from "../api/client";
import { chainOf, recordsOf } from "../api/live";
import { type Resource, useResource } from "../api/resource";
import { me } from "../api/session";
import type { Exposure, Org } from "../api/types";

export interface Frame {
	id: string;
	org: Resource<Org>;
	figures: Resource<Exposure>;
}

/* A page of a buyer: item is the organisation in its address, if any. */
export interface SectionProps {
	frame: Frame;
	item: string | null;
}

const FrameContext = createContext<Frame | null>(null);
export const FrameProvider = FrameContext.Provider;

export function useFrame(): Frame {
	const frame = useContext(FrameContext);
	if (frame === null) throw new Error("outside of a buyer's page");
	return frame;
}

export function useMakeFrame(id: string): Frame {
	const org = useResource<Org>((stop) => get(orgPath(id), {}, stop), recordsOf(id), [id]);
	const figures = useResource<Exposure>(
		(stop, atLeast) => get(orgPath(id, "/exposure"), { revision_at_least: atLeast }, stop),
		chainOf(id),
		[id],
	);
	return { id, org, figures };
}

/* Whether who is logged in may change records of this organisation; the server decides, this only hides buttons. */
export function mayWrite(id: string): boolean {
	const who = me.value;
	return who?.role === "admin" || (who?.role === "procurer" && who.orgs.some((org) => org.id === id));
}
