/** The review sections of a report, in order. The page's script uses the same numbers. */
export const SECTIONS = ['roles', 'members', 'keys', 'settings', 'bursts', 'outside', 'failed'] as const;
export type SectionName = (typeof SECTIONS)[number];

/** One bit for each section, so that one number holds all sections of an event. */
export function bitOf(section: SectionName): number {
  return 1 << SECTIONS.indexOf(section);
}

/** Selects the actions of a section. All patterns are tested on the lower-case words of the action and its label. */
export interface SectionRule {
  readonly section: SectionName;
  /** The subject of the action. */
  readonly about: RegExp;
  /** The verb; absent: any. */
  readonly does?: RegExp;
  /** Actions with these words are excluded. */
  readonly not?: RegExp;
  /** Only creations and deletions. */
  readonly lasting?: true;
}

/** Signing in, and ways to sign in of a person, are no roles; nor are lists of addresses. */
const NO_ROLE =
  /\b(?:log(?:in|ins|on|out|ged)|sign(?:ed|in|out|s)?|sessions?|viewed|accessed|requested|security info|access list)\b/;

const NO_SETTING =
  /\b(?:members?|users?|roles?|permissions?|log(?:in|on|out|ged)|sign(?:ed|in|out)|invit\w+|keys?|tokens?|evaluated|apps?|knowledge|collaborators?|(?:removed|added) (?:from|to) the org\w*)\b/;

/** The rules, for every vendor: by the words of actions, which vendors choose freely but from one vocabulary. */
export const RULES: readonly SectionRule[] = [
  {
    section: 'roles',
    about: /\b(?:roles?|permissions?|privileges?|(?:super ?)?admins?|owners?(?:hip)?|account type)\b/,
    does: /\b(?:chang|updat|assign|unassign|grant|revok|add|remov|set\b|edit|modif|creat|delet|transfer|promot|demot|enabl|disabl)/,
    not: NO_ROLE,
  },
  {
    section: 'members',
    about: /\b(?:members?|users?|invit\w+|collaborators?|guests?|people|persons?)\b/,
    does: /\b(?:join|invit|accept|add|creat|provision|reprovision|reactivat|activat|restor|remov|delet|left\b|leave|offboard|deactivat|suspend|unsuspend|deprovision|disabl|enabl|revok|cancel|kick)/,
    not: /\b(?:roles?|permissions?|privileges?|admins?|owners?|log(?:in|on|out|ged)|sign(?:ed|in|out)?|sessions?|passwords?|profiles?|mfa|factors?|tokens?|keys?|emails?|settings?|attributes?|licen[cs]es?|requested|lists?|apps?|applications?|security info)\b/,
  },
  {
    section: 'members',
    about: /\b(?:joined|left|removed from|invited to) (?:the |an? )?(?:org\w*|workspace|team|project|group|account)\b/,
  },
  {
    section: 'keys',
    about:
      /\b(?:(?:api|access|auth|deploy|ssh|signing) ?keys?|keys?|tokens?|secrets?|credentials?|oauth|connections?|integrations?|web ?hooks?|hooks?|service accounts?|certificates?|apps? install\w*|(?:un)?installed|connect)\b/,
    not: /\b(?:log(?:in|on|out|ged)|sign(?:ed|in|out)|sessions?|security key|reset token|knowledge)\b/,
    lasting: true,
  },
  {
    section: 'settings',
    about:
      /\b(?:sso|saml|scim|oidc|single sign on|identity providers?|idp|mfa|2fa|two factor|two step|multi ?factor|strong authentication|password (?:policy|policies|requirements?)|settings?|config\w*|polic(?:y|ies)|allow ?lists?|ip access|domains?|retention|whitelabel|account settings?)\b/,
    does: /\b(?:creat|updat|chang|delet|remov|add|set\b|edit|modif|enabl|disabl|verif|revok|restor|transfer|detach|configur|rotat|requir|rename|code|unset|activat|deactivat)/,
    not: NO_SETTING,
  },
  {
    // An organization itself, not what belongs to one, whose actions begin with it at some vendors.
    section: 'settings',
    about:
      /\b(?:org(?:ani[sz]ation)?|workspace) (?:creat|delet|remov|edit|modif|renam|restor|transfer|detach)|\b(?:creat|delet|edit|modif|renam|restor|transfer)\w* (?:the |an? )?(?:org(?:ani[sz]ation)?|workspace)\b/,
    not: NO_SETTING,
  },
  {
    section: 'settings',
    about: /\b(?:org(?:ani[sz]ation)?|workspace)\b/,
    does: /\b(?:updat|chang|enabl|disabl|requir|set\b|configur|rotat)/,
    not: NO_SETTING,
  },
  {
    section: 'failed',
    about:
      /\b(?:fail(?:ed|ure|ures|s)?|denied|deny|rejected|blocked|refused|invalid|suspicious|unauthori[sz]ed|forbidden|unsuccessful|incorrect|attack)\b/,
    not: /\b(?:un ?blocked|alert|notification|settings?)\b/,
  },
];

/** A path in an entry for the outcome, and the values that mean failure. */
export const OUTCOMES: readonly (readonly [path: string, failed: RegExp])[] = [
  ['outcome.result', /^(?:fail|deny|denied|reject|error)/i],
  ['outcome', /^(?:fail|deny|denied|reject|error|false$)/i],
  ['result', /^(?:fail|deny|denied|reject|error|timeout|false$)/i],
  ['action.result', /^(?:fail|deny|denied|error|false$)/i],
  ['status.errorCode', /^(?!0$)./],
  ['status', /^(?:fail|deny|denied|reject|error|forbidden|unauthorized)/i],
  ['success', /^false$/i],
];
