/* The tokens of the server: listed, issued, given a new text, revoked. */
import { useSignal } from "@preact/signals";
import { ApiError, getAll, send } from "../../api/client";
import { useResource } from "../../api/resource";
import { Dialog } from "../../components/Dialog";
import { say } from "../../components/Done";
import { Choice, TextField } from "../../components/Form";
import { ErrorNotice } from "../../components/Notice";
import { Show } from "../../components/Show";
import { Table } from "../../components/Table";
import { f, t } from "../../i18n";
import { m } from "./texts";

export interface Token {
	id: number;
	name: string;
	role: keyof typeof t.value.roles;
	orgs: string[];
	state: "active" | "expired" | "revoked";
	expires_at: string | null;
	last_used_at: string | null;
	token?: string;
}

const MOST = 2000;
const MARKS = { active: "●", expired: "◔", revoked: "–" };
const ROLES = ["procurer", "supplier", "auditor", "risk", "admin"] as const;

/* The text of a token, once. */
function Made({ token, close }: { token: Token; close: () => void }) {
	const copied = useSignal(false);
	const copy = () => {
		void navigator.clipboard?.writeText(token.token ?? "").then(() => {
			copied.value = true;
		});
	};
	return (
		<Dialog title={m.value.made} close={close}>
			<p>
				<strong>{token.name}</strong>
			</p>
			<pre>{token.token}</pre>
			<p class="notice">{m.value.once}</p>
			<div class="dialog-foot">
				<span role="status">{copied.value ? m.value.copied : ""}</span>
				{navigator.clipboard !== undefined && (
					<button type="button" class="primary" onClick={copy}>
						{m.value.copy}
					</button>
				)}
			</div>
		</Dialog>
	);
}

function Create({ made, close }: { made: (token: Token) => void; close: () => void }) {
	const name = useSignal("");
	const role = useSignal<string>("procurer");
	const orgs = useSignal("");
	const until = useSignal("");
	const error = useSignal<unknown>(null);
	const at = (pointer: string) =>
		error.value instanceof ApiError
			? error.value.errors.find((one) => one.pointer?.startsWith(pointer))?.detail
			: undefined;
	const bound = role.value !== "admin" && role.value !== "risk";
	const issue = async () => {
		try {
			const { data } = await send<Token>("POST", "/v1/tokens", {
				name: name.value.trim(),
				role: role.value,
				...(bound ? { orgs: orgs.value.split(/[\s,、]+/).filter((id) => id !== "") } : {}),
				...(until.value !== "" ? { expires_at: until.value } : {}),
			});
			made(data);
		} catch (failure) {
			error.value = failure;
		}
	};
	return (
		<Dialog title={m.value.creating} close={close}>
			<form
				class="settings-form"
				onSubmit={(event) => {
					event.preventDefault();
					void issue();
				}}
			>
				<TextField id="token-name" label={m.value.tokenName} value={name.value} required change={(v) => (name.value = v)} error={at("/name")} />
				<Choice
					id="token-role"
					label={m.value.role}
					value={role.value}
					options={ROLES.map((one) => [one, t.value.roles[one]] as const)}
					choose={(v) => (role.value = v)}
					error={at("/role")}
				/>
				{bound && (
					<TextField
						id="token-orgs"
						label={m.value.orgIds}
						help={m.value.orgIdsHelp}
						value={orgs.value}
						required
						change={(v) => (orgs.value = v)}
						error={at("/orgs")}
					/>
				)}
				<TextField id="token-until" type="date" label={m.value.until} value={until.value} change={(v) => (until.value = v)} error={at("/expires_at")} />
				{error.value !== null && <ErrorNotice error={error.value} />}
				<div class="dialog-foot">
					<button type="button" onClick={close}>
						{m.value.cancel}
					</button>
					<button type="submit" class="primary">
						{m.value.issue}
					</button>
				</div>
			</form>
		</Dialog>
	);
}

function Sure(props: { text: string; action: string; act: () => Promise<void>; close: () => void }) {
	const error = useSignal<unknown>(null);
	const act = () =>
		props.act().catch((failure) => {
			error.value = failure;
		});
	return (
		<Dialog title={props.action} close={props.close}>
			<p>{props.text}</p>
			{error.value !== null && <ErrorNotice error={error.value} />}
			<div class="dialog-foot">
				<button type="button" onClick={props.close}>
					{m.value.cancel}
				</button>
				<button type="button" class="primary" onClick={() => void act()}>
					{props.action}
				</button>
			</div>
		</Dialog>
	);
}

type Open = { what: "create" } | { what: "made" | "rotate" | "revoke"; token: Token } | null;

function List({ tokens, open }: { tokens: readonly Token[]; open: (what: Open) => void }) {
	const instant = (at: string | null, none: string) =>
		at === null ? <span class="muted">{none}</span> : <span class="date">{f.value.instant(at)}</span>;
	return (
		<Table
			labelledBy="tokens"
			rows={tokens}
			rowKey={(token) => String(token.id)}
			columns={[
				{ key: "name", head: m.value.token, names: true, cell: (token) => token.name },
				{ key: "role", head: m.value.role, cell: (token) => t.value.roles[token.role] },
				{
					key: "orgs",
					head: m.value.orgs,
					cell: (token) =>
						token.orgs.length === 0 ? <span class="muted">{m.value.allOrgs}</span> : token.orgs.map((id) => <code key={id}>{id}</code>),
				},
				{
					key: "state",
					head: m.value.state,
					cell: (token) => (
						<>
							<span aria-hidden="true">{MARKS[token.state]} </span>
							{m.value.states[token.state]}
						</>
					),
				},
				{ key: "expires", head: m.value.expires, cell: (token) => instant(token.expires_at, m.value.noExpiry) },
				{ key: "used", head: m.value.lastUsed, cell: (token) => instant(token.last_used_at, m.value.neverUsed) },
				{
					key: "actions",
					head: m.value.actions,
					cell: (token) =>
						token.state === "active" && (
							<span class="settings-actions">
								<button type="button" onClick={() => open({ what: "rotate", token })}>
									{m.value.rotate}
								</button>
								<button type="button" onClick={() => open({ what: "revoke", token })}>
									{m.value.revoke}
								</button>
							</span>
						),
				},
			]}
		/>
	);
}

export function Tokens() {
	const list = useResource((stop) => getAll<Token>("/v1/tokens", {}, MOST, stop));
	const open = useSignal<Open>(null);
	const close = () => {
		open.value = null;
		list.refresh();
	};
	const made = (token: Token) => {
		list.refresh();
		open.value = { what: "made", token };
	};
	const now = open.value;
	return (
		<section class="panel" aria-labelledby="tokens">
			<h2 id="tokens">{m.value.tokens}</h2>
			<p class="muted">{m.value.tokensLead}</p>
			<p>
				<button type="button" onClick={() => (open.value = { what: "create" })}>
					{m.value.create}
				</button>
			</p>
			<Show of={list}>{({ items }) => <List tokens={items} open={(what) => (open.value = what)} />}</Show>
			{now?.what === "create" && <Create made={made} close={close} />}
			{now?.what === "made" && <Made token={now.token} close={close} />}
			{now?.what === "rotate" && (
				<Sure
					action={m.value.rotate}
					text={m.value.rotateAsk(now.token.name)}
					close={close}
					act={async () => made((await send<Token>("POST", `/v1/tokens/${now.token.id}/rotate`, {})).data)}
				/>
			)}
			{now?.what === "revoke" && (
				<Sure
					action={m.value.revoke}
					text={m.value.revokeAsk(now.token.name)}
					close={close}
					act={async () => {
						await send("DELETE", `/v1/tokens/${now.token.id}`);
						say(m.value.revoked(now.token.name));
						close();
					}}
				/>
			)}
		</section>
	);
}
