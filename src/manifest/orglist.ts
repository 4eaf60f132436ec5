import { join } from 'node:path';
import { writeWhole } from '../files/whole.js';
import { exactly, type Is, isText, listOf, oneOf, type TypeOf } from '../json/is.js';
import { canonicalJson, sha256 } from './canonical.js';
import { fileText } from './manifest.js';
import { isOrgFolder, ORGS_FILE } from './names.js';
import { parseOwn, type ReadResult, readOwn } from './read.js';
import { isHash } from './shape/file.js';

const FORMAT = 'auditlog-archive-1';

const isFolderName: Is<string> = (value): value is string => isText(value) && isOrgFolder(value);

const isOrgList = exactly({
  format: oneOf(FORMAT),
  /** The folders of the organizations, such as `org=org_1`, ascending. */
  organizations: listOf(isFolderName),
  /** SHA-256 over the line `auditlog-archive-1` and the canonical JSON of everything else here. */
  hash: isHash,
});
/** The organizations of an archive, in its root, so that a removed one is noticed. */
export type OrgList = TypeOf<typeof isOrgList>;

/** Undefined: there is no list, because an earlier version made the archive. */
export async function readOrgList(root: string): Promise<ReadResult<OrgList> | undefined> {
  const parsed = await readOwn(join(root, ORGS_FILE), isOrgList, WHAT);
  if ('fault' in parsed) return parsed.code === 'ENOENT' ? undefined : { fault: parsed.fault };
  return withHash(parsed.value);
}

/** Parses the list from the bytes of its file. */
export function parseOrgList(bytes: Buffer): ReadResult<OrgList> {
  const parsed = parseOwn(bytes, isOrgList, WHAT);
  return 'fault' in parsed ? parsed : withHash(parsed.value);
}

const WHAT = 'the list of the organizations of an archive';

function withHash(list: OrgList): ReadResult<OrgList> {
  const { hash, ...body } = list;
  return hash === hashOf(body) ? { value: list } : { fault: 'its hash is not that of what it says' };
}

/** Adds folders to the list. Rewrites a damaged list, which `verify` reports until then. Rejects with a local error if the disk fails. */
export async function addToOrgList(root: string, folders: readonly string[]): Promise<void> {
  const found = await readOrgList(root);
  const listed = found !== undefined && 'value' in found ? found.value.organizations : [];
  const organizations = [...new Set([...listed, ...folders])].sort();
  if (found !== undefined && 'value' in found && organizations.length === listed.length) return;
  const body = { format: FORMAT, organizations } as const;
  await writeWhole(join(root, ORGS_FILE), [Buffer.from(fileText({ ...body, hash: hashOf(body) }))]);
}

function hashOf(body: Omit<OrgList, 'hash'>): string {
  return sha256(`${FORMAT}\n${canonicalJson(body)}`);
}
