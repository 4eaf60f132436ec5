import { generateKeyPairSync } from 'node:crypto';
import { isServiceAccount, joinParts, type KeyPart, partsOf } from '../providers/auth.js';
import type { Provider } from '../providers/provider.js';
import { MAIL_DOMAIN } from './people.js';

/** No secret: it opens invented data on this machine only. */
const DEMO_KEY = 'demo_Kq7vN2xT9cLw4RzYb8HsJm3F';

/** A key of the demo in the vendor's form: one text, several parts, or the file of a service account. */
export function demoKey({ auth }: Provider): string {
  if (isServiceAccount(auth)) return serviceAccount();
  const parts = Object.entries(partsOf(auth)).map(([name, part]) => [name, partValue(name, part)] as const);
  return parts.length === 0 ? DEMO_KEY : joinParts(auth, new Map(parts));
}

function partValue(name: string, { about, shown }: KeyPart): string {
  if (/mail|user/i.test(`${name} ${about}`) && shown === true) return `demo@${MAIL_DOMAIN}`;
  return shown === true ? `demo-${name}` : `demo_${name}_Kq7vN2xT9cLw4RzYb8Hs`;
}

function serviceAccount(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return JSON.stringify({
    type: 'service_account',
    project_id: 'demo',
    private_key_id: 'demo',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: `auditlog@demo.${MAIL_DOMAIN}`,
  });
}
