import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ProviderFile, toProviderFile } from '../../../src/providers/file/parse.js';

/** Audit-log APIs of vendors, by the file that describes them. */
interface Described {
  readonly vendor: string;
  /** Of the catalogue. */
  readonly shipped?: string;
  /** Beside this module: written from what is known of the vendor's API, and not shipped. */
  readonly file?: string;
  /** Why there is none. */
  readonly why?: string;
}

const shipped = (vendor: string, name = vendor.toLowerCase().replaceAll(' ', '-')): Described => ({
  vendor,
  shipped: name,
});
const file = (vendor: string, name: string): Described => ({ vendor, file: name });
const beyond = (vendor: string, why: string): Described => ({ vendor, why });

/** The audit-log APIs that the format is measured by. */
export const VENDORS: readonly Described[] = [
  shipped('GitHub'),
  shipped('GitLab'),
  shipped('Okta'),
  shipped('Slack'),
  shipped('Google Workspace'),
  shipped('Microsoft Entra ID, audits', 'entra'),
  shipped('Microsoft Entra ID, sign-ins', 'entra'),
  beyond('Office 365 Management', 'an answer lists files, which have the entries'),
  shipped('Atlassian organization', 'atlassian'),
  shipped('Jira Cloud', 'jira'),
  file('Atlassian Data Center', 'atlassian-dc'),
  shipped('Auth0'),
  shipped('1Password'),
  shipped('Cloudflare, version 1', 'cloudflare'),
  shipped('Cloudflare, version 2', 'cloudflare-v2'),
  shipped('Zoom'),
  shipped('Zendesk'),
  shipped('PagerDuty'),
  shipped('Datadog'),
  shipped('Snyk'),
  shipped('Tailscale'),
  file('Vercel', 'vercel'),
  shipped('Figma'),
  shipped('Asana'),
  file('Box', 'box'),
  file('Dropbox', 'dropbox'),
  shipped('LaunchDarkly'),
  shipped('MongoDB Atlas'),
  shipped('HubSpot'),
  file('Salesforce setup audit trail', 'salesforce-setup'),
  beyond('Salesforce event log files', 'an answer lists files, which have the entries as CSV'),
  shipped('Twilio'),
  shipped('Stripe'),
  shipped('HCP Terraform'),
  shipped('Docker Hub'),
  beyond('Heroku', 'a month of entries is one compressed file, and another request returns its address'),
  shipped('Sentry'),
  shipped('Airtable'),
  file('Miro', 'miro'),
  shipped('monday.com', 'monday'),
  file('Intercom', 'intercom'),
  shipped('Doppler'),
  shipped('OpenAI'),
  shipped('Anthropic'),
  file('Linear', 'linear'),
  file('Buildkite', 'buildkite'),
  file('ServiceNow', 'servicenow'),
  file('Workday', 'workday'),
  shipped('Bitwarden'),
  file('JumpCloud', 'jumpcloud'),
  file('OneLogin', 'onelogin'),
  beyond('Duo', 'each request is signed on its own, with a hash of its parameters'),
  shipped('Tines'),
  file('Torq', 'torq'),
  file('Quay', 'quay'),
  file('Salesforce Marketing Cloud', 'marketing-cloud'),
  file('Oomnitza', 'oomnitza'),
  file('Zitadel', 'zitadel'),
  shipped('Netlify'),
  file('CockroachDB Cloud', 'cockroachdb'),
  beyond('Snowflake', 'queries are SQL, and rows are lists without names'),
  file('Smartsheet', 'smartsheet'),
  file('DocuSign Monitor', 'docusign-monitor'),
  beyond('Grafana Cloud logs', 'rows are pairs of a time and a text'),
];

/** The names of the files beside this module. */
export const FILES: readonly string[] = VENDORS.flatMap((one) => one.file ?? []);

export function pathOf(name: string): string {
  return fileURLToPath(new URL(`${name}.json`, import.meta.url));
}

export function readMatrixFile(name: string): ProviderFile {
  return toProviderFile(JSON.parse(readFileSync(pathOf(name), 'utf8')), `${name}.json`);
}

/** What docs/reference/provider-files.md says of them. */
export function matrixText(): string {
  const kept = VENDORS.filter(({ why }) => why === undefined);
  const ours = kept.filter((one) => one.shipped !== undefined);
  const others = kept.flatMap((one) => (one.file === undefined ? [] : [one.vendor])).sort((a, b) => a.localeCompare(b));
  return [
    `Of ${VENDORS.length} audit-log APIs, the format describes ${kept.length}: ${ours.length} with the files that come with the program, and ${others.length} with files`,
    `that are test data: tested against servers that they describe, as below, but less checked than those that are shipped. The latter are ${others.slice(0, -1).join(', ')} and ${others.at(-1)}.`,
    'It does not describe:',
    '',
    ...VENDORS.flatMap(({ vendor, why }) => (why === undefined ? [] : [`- ${vendor}: ${why}`])),
  ].join('\n');
}
