/* What a buyer writes down of a link to a supplier: the names of its fields, and how a form asks for them. */
import { texts } from "../i18n/texts";
import type { FieldSpec } from "./record";

export const linkTexts = texts(
	{
		fields: {
			required_level: "要求段階",
			due: "対応期限",
			until: "例外の期限",
			reason: "規則と異なる理由",
			confidential: "Q1 機密情報の漏えい",
			continuity: "Q2 事業の停止",
			system_access: "Q3 不正侵入",
			decided_on: "Q1〜Q3の回答日",
			decided_by: "Q1〜Q3の回答者",
			relation: "取引の種類",
			criticality: "重要度",
			sole_source: "代替先がない",
			dependency: "依存度（0〜1）",
			annual_spend: "年間調達額（円）",
			scope_fit: "登録の適用範囲は取引内容に合うか",
			department: "担当部門",
			owner: "担当者",
			supplier_code: "取引先コード",
			planned_on: "取得予定日",
			disclosure: "開示範囲",
			start: "取引の開始日",
			end: "取引の終了日",
			source: "情報の出所",
			confirmed_on: "最終確認日",
			note: "備考",
		},
		questions: {
			confidential: "自社の重要な機密情報を取り扱い、漏えいのおそれがあるか",
			continuity: "停止した場合、自社の事業に許容できない支障が出るか",
			system_access: "自社の社内システムに接続でき、不正侵入の経路になりうるか",
		},
		help: {
			required_level: "空欄のときは、目標の規則が段階を決めます。",
			until: "規則より低い段階を認める場合に、いつまで認めるかを記入します。",
			reason: "規則より低い段階を認める場合に記入します。",
			dependency: "空欄のときは、重要度に応じた標準値を使います。",
			planned_on: "取引先自身が示した予定です。",
			end: "終わった取引は削除せず、終了日を記入してください。",
		},
		byRules: "規則に従う",
		askNothing: "段階を求めない",
		notSet: "未設定",
		relations: { business: "業務取引", "it-service": "ITサービス" },
		criticalities: { high: "高", medium: "中", low: "低" },
		fits: { yes: "合う", partly: "一部のみ合う", no: "合わない", unknown: "不明" },
		disclosures: {
			upstream: "上流の発注者に開示",
			anonymous: "匿名で開示（社名は伏せる）",
			private: "開示しない",
		},
	},
	{
		fields: {
			required_level: "Level asked",
			due: "Due",
			until: "Exception until",
			reason: "Why it differs from the rules",
			confidential: "Q1 Leak of confidential information",
			continuity: "Q2 Standstill of our business",
			system_access: "Q3 Intrusion into our systems",
			decided_on: "Q1–Q3 answered on",
			decided_by: "Q1–Q3 answered by",
			relation: "Relation",
			criticality: "Criticality",
			sole_source: "Sole source",
			dependency: "Dependency (0–1)",
			annual_spend: "Annual spend (yen)",
			scope_fit: "Does the registration cover what is bought",
			department: "Department",
			owner: "Owner",
			supplier_code: "Supplier code",
			planned_on: "Planned",
			disclosure: "Disclosure",
			start: "Start of the relation",
			end: "End of the relation",
			source: "Source",
			confirmed_on: "Last confirmed",
			note: "Note",
		},
		questions: {
			confidential: "Does it handle our important confidential information, so that it could leak?",
			continuity: "Would its standstill stop our business beyond what we can bear?",
			system_access: "Can our internal systems be reached from it, so that an intruder could come in?",
		},
		help: {
			required_level: "Left empty, the rules of the targets decide.",
			until: "Until when a level below the rules is accepted.",
			reason: "Wanted where a level below the rules is accepted.",
			dependency: "Left empty, a default that follows the criticality counts.",
			planned_on: "The supplier's own plan.",
			end: "A relation that is over is not deleted: give it an end.",
		},
		byRules: "As the rules say",
		askNothing: "Nothing is asked",
		notSet: "Not set",
		relations: { business: "Business", "it-service": "IT service" },
		criticalities: { high: "High", medium: "Medium", low: "Low" },
		fits: { yes: "Yes", partly: "Partly", no: "No", unknown: "Unknown" },
		disclosures: {
			upstream: "Buyers upstream see it",
			anonymous: "Buyers upstream see it without the name",
			private: "Nobody else sees it",
		},
	},
);

export type LinkField = keyof typeof linkTexts.value.fields;
export const QUESTIONS = ["confidential", "continuity", "system_access"] as const;

const pairs = <K extends string>(of: Record<K, string>): [string, string][] => Object.entries(of) as [string, string][];

/* How a form asks for one field. known: departments and owners that are there already. */
export function linkField(name: LinkField, known: Partial<Record<LinkField, readonly string[]>> = {}): FieldSpec {
	const m = linkTexts.value;
	const base = { name, label: m.fields[name], help: (m.help as Partial<Record<LinkField, string>>)[name] };
	switch (name) {
		case "required_level":
			return {
				...base,
				kind: "level",
				any: m.byRules,
				options: [["3", "★3"], ["4", "★4"], ["5", "★5"], ["1", "★1"], ["2", "★2"], ["0", m.askNothing]],
			};
		case "confidential":
		case "continuity":
		case "system_access":
			return { ...base, kind: "answer", help: m.questions[name] };
		case "sole_source":
			return { ...base, kind: "answer" };
		case "relation":
			return { ...base, kind: "choice", options: pairs(m.relations), any: m.notSet };
		case "criticality":
			return { ...base, kind: "choice", options: pairs(m.criticalities), any: m.notSet };
		case "scope_fit":
			return { ...base, kind: "choice", options: pairs(m.fits), any: m.notSet };
		case "disclosure":
			return { ...base, kind: "choice", options: pairs(m.disclosures) };
		case "due":
		case "until":
		case "decided_on":
		case "planned_on":
		case "start":
		case "end":
		case "confirmed_on":
			return { ...base, kind: "date" };
		case "annual_spend":
			return { ...base, kind: "int" };
		case "dependency":
			return { ...base, kind: "number" };
		case "note":
		case "reason":
			return { ...base, kind: "long" };
		default:
			return { ...base, kind: "text", options: (known[name] ?? []).map((text) => [text, text] as const) };
	}
}
