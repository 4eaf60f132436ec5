/** What commands of the docs print, at least, at any date. */
export const SHOWS: Readonly<Record<string, RegExp>> = {
  'auditlog list --demo --action "member.*_changed,member.removed,member.left,connection.created,integration.created" --from 30d --diff':
    /Member Removed .*Rowan Pike/,
  'auditlog list --demo --action "*role_changed" --from 90d --diff': /Member Role Changed .* role: \w+ → \w+/,
  'auditlog list --demo --action api_key.created --from 90d --not-user ingrid.solheim@lumenharbor.example,dana.whitfield@lumenharbor.example,priya.r@lumenharbor.example':
    /Rowan Pike .* API Key Created +backup/,
  'auditlog show --demo --latest --action api_key.created --search backup':
    /^API Key Created\n\n[\s\S]*Who +Rowan Pike <rowan\.pike@lumenharbor\.example>[\s\S]*From +MD 192\.0\.2\.203/,
  'auditlog list --demo --outside 08:00-18:00 --weekdays --tz Europe/Oslo --kind update,delete --from 14d --all':
    /Rowan Pike .* Deleted .* MD 192\.0\.2\.203/,
  'auditlog stats --demo --kind delete --by actor --every hour --over 20 --from 30d':
    /\n\d{4}-\d\d-\d\dT02:00Z +rowan\.pike@lumenharbor\.example +44 /,
  'auditlog list --demo --around 6d --window 4d --kind delete --all': /(?:Rowan Pike .* MD 192\.0\.2\.203.*\n){40}/,
  'auditlog stats --demo --by actor,country --from 30d --format csv': /\nrowan\.pike@lumenharbor\.example,MD,45,/,
  'auditlog list --demo --ip 192.0.2.203 --from 30d --all': /(?:Rowan Pike .* MD 192\.0\.2\.203.*\n){45}/,
  'auditlog tail --demo --kind delete --since 2d --diff': /^Actor +Event/,
  'auditlog show --demo --latest --action member.removed,member.left --target rowan.pike@lumenharbor.example':
    /^Member Removed\n[\s\S]*Who +Priya Raghunathan[\s\S]*Target +Rowan Pike/,
  'auditlog list --demo --action "member.*" --target grace.achieng@lumenharbor.example --from 90d':
    /Member Joined[\s\S]*Member Invited/,
  'auditlog list --demo --user rowan.pike@lumenharbor.example --from 30d --all': /(?:Rowan Pike .*\n){46}/,
  'auditlog stats --demo --by actor,kind --from 30d --top 15': /^Actor +Kind +Events +Share\n/,
  'auditlog stats --demo --by weekday,hour --from 90d --tz Europe/Oslo':
    /\nMon [·░▒▓█]{48} +\d+\n[\s\S]*Events in an hour of the week: /,
  'auditlog list --demo --category organization,sso --kind update --from 180d --diff': /Organization Updated/,
  'auditlog list --demo --kind update,delete --from yesterday --diff': /Updated/,
  'auditlog list --demo --resource connection --search "Stripe Payments" --from 180d':
    /Connection (?:Updated|Created|Deleted) +Stripe Payments/,
  'auditlog list --demo --provider chipp --action "subscription.*,billing.*" --from 30d': /Subscription Changed/,
  'auditlog list --demo --search INV-2207 --all': /Organization Enabled[\s\S]*Organization Disabled/,
  'auditlog list --demo --provider rpawatch --resource settings --kind update --from 30d': /Settings Updated/,
  'auditlog verify last-month.csv': /^Checked 1 manifest and 1 file: no difference\.\n/,
  'auditlog verify days/': /^Checked 7 manifests and 7 files: no difference\.\n/,
  'auditlog stats --demo --every month --from 52w --to last-month':
    /^Month +Events +Share\n\d{4}-\d\d [\s\S]*\n\d{4}-\d\d .*\ntotal /,
};
