import type { Option } from 'commander';
import type { GlobalFlags } from './everywhere.js';
import { flag } from './flag.js';

/** How commands write what is not events: for people, or for scripts. */
const FORMATS = ['table', 'json'] as const;
export type DataFormat = (typeof FORMATS)[number];

export interface FormatFlags extends GlobalFlags {
  readonly format?: DataFormat;
}

/** `does`: its line in the help. */
export function formatFlag(does: string): Option {
  return flag('-f, --format <format>', does).choices(FORMATS);
}
