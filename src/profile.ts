import type { Secret } from './keys.js';
import type { Provider } from './providers/provider.js';

/** Everything needed to ask one vendor as one identity: what flags, environment, profile and defaults came to, in that order. */
export interface Connection {
  readonly provider: Provider;
  /** The API's base, without a trailing slash in its path. */
  readonly base: URL;
  /** At least one; as named by the user, or the provider's default. */
  readonly orgs: readonly string[];
  /** Read when first needed; rejects with a `keyError` that says where a key was looked for. */
  readonly key: () => Promise<Secret>;
  /** Requests a minute; undefined: no limit of ours (`--rate off`). */
  readonly rate: number | undefined;
  /** Longest single wait, ms (`--max-wait`). */
  readonly maxWait: number;
  /** IANA zone, `UTC` or `local`. */
  readonly zone: string;
  /** The profile's name, for messages; undefined when none is used. */
  readonly profile: string | undefined;
  /** Never through a proxy, whatever the environment says: the embedded demo server. */
  readonly direct?: boolean;
  /** Ends what was started for this connection alone, such as the embedded demo server. */
  readonly close: () => Promise<void>;
}
