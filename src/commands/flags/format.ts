import type { Option } from 'commander';
import type { GlobalFlags } from './everywhere.js';
import { flag } from './flag.js';

/** `--format` of output other than events: text for people, JSON for scripts. */
const FORMATS = ['table', 'json'] as const;
export type DataFormat = (typeof FORMATS)[number];

export interface FormatFlags extends GlobalFlags {
  readonly format?: DataFormat;
}

export function formatFlag(does: string): Option {
  return flag('-f, --format <format>', does).choices(FORMATS);
}
