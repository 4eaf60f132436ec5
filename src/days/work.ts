import type { Folder } from '../manifest/folder.js';
import type { ManifestBody } from '../manifest/manifest.js';
import { windowRecord } from '../manifest/record.js';
import type { Ending } from './ending.js';
import type { DayFiles } from './file.js';
import type { Gathered } from './gathered.js';
import type { ReadTime } from './keep.js';
import type { DayLines } from './lines.js';
import type { DayClaim } from './sealing.js';

/** What settling needs: the directory as it was left, what was read, and how files are written. */
export interface Work {
  readonly folder: Folder;
  readonly gathered: Gathered;
  readonly files: DayFiles;
  /** Set for a collector: an open day's file keeps entries that the server removes, and a day is sealed after two observations, not one. */
  readonly collecting: Collecting | undefined;
}

export interface Collecting {
  readonly readTime: ReadTime;
  /** Whether days that were lost are brought again: until then a day may have no file, or one that differs from its manifest. */
  readonly repairs?: boolean;
}

/** What was read of one day, and what may be claimed of it. */
export interface DayRead {
  /** The day, or `undated`. */
  readonly day: string;
  readonly lines: DayLines;
  /** Undefined: the day was not asked for, or is `undated`. */
  readonly claim: DayClaim | undefined;
}

/** The part of a manifest that says what was asked and how it was read. */
export type Provenance = Omit<ManifestBody, 'kind' | 'day' | 'file' | 'columnar' | 'gone' | 'chain'>;

/** Without a claim for a day, says what may be claimed of the whole run. */
export function provenanceOf({ run, verdict, segments }: Ending, claim: DayClaim | undefined): Provenance {
  const { status, notes } = claim ?? verdict;
  return { ...run, read: { ...run.read, windows: (claim?.windows ?? segments).map(windowRecord) }, status, notes };
}
