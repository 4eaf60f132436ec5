import type { Context } from '../../context.js';
import { EXIT } from '../../errors.js';
import type { Hearing } from '../../http/outbound.js';
import type { CheckFinding } from '../destination.js';
import { checkConnection, checkWay } from '../shared/check.js';
import { failed, ok, skipped, warning } from '../shared/finding.js';
import type { HttpTarget } from '../shared/url.js';
import { type ElasticCluster, type ElasticProduct, openCluster } from './cluster.js';
import { askIndex, askPrivileges, askVersion, type ElasticPrivileges, type IndexState } from './state.js';

/** Checks the connection, the sign-in, the index and the privileges. Creates no index and no document. */
export function checkElastic(
  ctx: Context,
  target: HttpTarget,
  product: ElasticProduct,
  hears?: Hearing,
): AsyncGenerator<CheckFinding, void> {
  return checkConnection({
    names: ['address', 'tls', 'sign-in', 'index', 'privileges'],
    way: () => checkWay(ctx, target.base, product.what),
    open: () => openCluster(ctx, target, product, hears),
    look: (cluster) => look(cluster, target.name, product),
  });
}

async function* look(
  cluster: ElasticCluster,
  name: string,
  { what }: ElasticProduct,
): AsyncGenerator<CheckFinding, void> {
  const version = (await askVersion(cluster)) ?? `${what}, which does not tell its version`;
  yield ok('sign-in', `accepted by ${version}`);
  const state = await askIndex(cluster, name);
  yield INDEX[state](name);
  yield privileges(state, await askPrivileges(cluster, name));
}

function privileges(state: IndexState, found: ElasticPrivileges | undefined): CheckFinding {
  const name = 'privileges';
  if (found === undefined) return skipped(name, 'whether documents may be created shows with the first event');
  if (!found.create) {
    const fix = 'Give the user or the key the privilege create_doc for the index';
    return failed(name, 'documents may not be created there', fix, EXIT.key);
  }
  if (state === 'missing' && !found.make) {
    const what = 'documents may be created there, but not the index, which is not there';
    return failed(name, what, 'Make the index first, or give the privilege auto_configure', EXIT.key);
  }
  return ok(name, 'documents may be created there');
}

const INDEX: Readonly<Record<IndexState, (name: string) => CheckFinding>> = {
  index: (name) => ok('index', `${name} is there; events that its mapping does not take are told`),
  missing: (name) => ok('index', `${name} is not there yet: it is made with the first delivery`),
  unseen: (name) =>
    skipped(
      'index',
      `${name} may not be looked at: if it is not there, it is made by its first document, as the server's templates say`,
      'The privilege view_index_metadata shows it',
    ),
  stream: (name) =>
    warning(
      'index',
      `${name} is a data stream: ids are known within its newest index alone`,
      'An event that is delivered again after a rollover is there twice. An index, or an alias of one, holds each once',
    ),
};
