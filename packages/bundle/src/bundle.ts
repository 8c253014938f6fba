import type {
  ApiScope,
  ErrorOverride,
  MessageClass,
  NumberId,
  OptOutWords,
  TemplateDefinition,
  Tier,
} from '@alur/types';
import type { OnUnknown, ReadReceiptMode, RemovedFlows, TierCounts, TierScope } from './bundle-file.ts';
import type { Problem } from './problem.ts';
import type { MediaFile } from './read-media-files.ts';

/** A business phone number and what may be done with it. `throughput` is messages a second. */
export interface BusinessNumber {
  id: NumberId;
  tenant: string;
  team: string;
  accessToken: string;
  apiVersion: string;
  tier: Tier;
  tierCounts: TierCounts;
  /** Whether the tier is the number's own or shared by all numbers of its portfolio. */
  tierScope: TierScope;
  /** Meta's id of the business portfolio that the number belongs to. */
  portfolio?: string;
  /** The team's. */
  businessAccountId?: string;
  throughput: number;
}

/** How a tenant hears stop and start words, and what it answers; texts of 1 to 4096 characters. */
export interface OptOutSettings {
  words: OptOutWords;
  confirmation?: string;
  confirmationIn?: string;
}

/** Who is told what the flows of a team emit. */
export interface Subscriber {
  /** Its own in the team. */
  id: string;
  url: string;
  /** Types of events, each as it is or with `*` at its end. */
  events: readonly string[];
  /** What deliveries are signed with, the newest first: each text, or `whsec_` and base64. Never empty. */
  secrets: readonly string[];
}

/** What opens the HTTP API. The key itself need not be known here. */
export interface ApiKey {
  /** What logs and limits call it. */
  name: string;
  /** SHA-256 of the key, in lower-case hex. */
  sha256: string;
  scopes: readonly ApiScope[];
  /** Made up for the demo: Meta must never see what it opens. */
  isDemo: boolean;
}

/** What a team may ask of the machine; its tenant's. */
export interface TeamLimits {
  /** Calls of the HTTP API. */
  apiPerSecond: number;
  /** Messages that may wait to be sent. */
  waiting: number;
}

export interface Team {
  tenant: string;
  id: string;
  enabled: boolean;
  /** BCP 47, such as `id-ID`; the team's, or else its tenant's. Its region tells how local phone numbers are read. */
  locale?: string;
  limits: TeamLimits;
  /** Without a slash at its end. */
  publicBaseUrl: string;
  businessAccountId?: string;
  /** Those of its WABA, as `alur templates pull` wrote them; without it nothing is known of them. */
  templates?: readonly TemplateDefinition[];
  /** Absolute. What `readFlowSources` reads. */
  flowsDir: string;
  /** Any of them verifies a webhook. None: every webhook is refused. */
  appSecrets: string[];
  verifyToken: string;
  /** Any of them opens the HTTP API for this team: its own and its tenant's. None: it refuses every call. */
  apiKeys: ApiKey[];
  /** Values of `secrets.<name>` in the `http` nodes of its flows, by name. */
  flowSecrets: ReadonlyMap<string, string>;
  /** Entries of `http.allow`, each of which `parseAllowedHost` reads. */
  httpAllow: string[];
  subscribers: Subscriber[];
  /** `read`: contacts see that what they wrote was read; `typing`: also that an answer takes a moment. */
  readReceipts: ReadReceiptMode;
  /** Sent when a run fails; the team's, or else its tenant's. */
  fallbackMessage?: string;
  /** The tenant's, with the words of the team's language. */
  optOut: OptOutSettings;
  numbers: BusinessNumber[];
}

export interface Tenant {
  id: string;
  fallbackMessage?: string;
  optOut: OptOutSettings;
  teams: Team[];
}

/** A bundle as read, secrets included: never to be logged. */
export interface Bundle {
  dir: string;
  /** Made by `makeDemoBundle`: its secrets are made up, and Meta must never see them. */
  demo: boolean;
  graphBaseUrl?: string;
  /** Whether a missing target in a flow is an error (else a warning). */
  strict: boolean;
  /** What this bundle says of Graph's error codes in place of Alur's own table. */
  errors: ReadonlyMap<number, ErrorOverride>;
  /** What becomes of an outcome that stays unknown, by class. */
  onUnknown: Record<MessageClass, OnUnknown>;
  /** What becomes of runs that wait in a flow that is not there any more. */
  removedFlows: RemovedFlows;
  /** How long a message's record is kept after its end, in seconds. */
  recordKeepS: number;
  /** What messages can show, by path (`media/menu.pdf`). */
  mediaFiles: ReadonlyMap<string, MediaFile>;
  /** What is wrong with the other files under `media/`: only messages that show them fail. */
  mediaProblems: readonly Problem[];
  tenants: Tenant[];
}

interface Index {
  teams: Map<string, Team>;
  numbers: Map<string, BusinessNumber>;
}

// Asked for on every webhook, so each bundle is indexed once; a reloaded bundle is a new object.
const indexes = new WeakMap<Bundle, Index>();

/** The team that a webhook's address names; names come from outside and may be anything. */
export function findTeam(bundle: Bundle, tenant: string, team: string): Team | undefined {
  return indexOf(bundle).teams.get(`${tenant}/${team}`);
}

/** The number with this `phone_number_id`, whoever has it. */
export function findNumber(bundle: Bundle, id: string): BusinessNumber | undefined {
  return indexOf(bundle).numbers.get(id);
}

function indexOf(bundle: Bundle): Index {
  const known = indexes.get(bundle);
  if (known) return known;
  const teams = bundle.tenants.flatMap((tenant) => tenant.teams);
  const index: Index = {
    // No slug has a slash in it, so the joined key is unambiguous for every team there is.
    teams: new Map(teams.map((team) => [`${team.tenant}/${team.id}`, team])),
    numbers: new Map(teams.flatMap((team) => team.numbers).map((number) => [number.id, number])),
  };
  indexes.set(bundle, index);
  return index;
}
