/**
 * What OCSF asks of the events that are written here, from schema.ocsf.io, in a shape of our own: `text`, `whole` and so on are kinds of
 * values, `!` stands after what must be there, `|` between members of which one must be there.
 */
const OBJECTS: Readonly<Record<string, string>> = {
  event:
    'time:whole! category_uid:whole! class_uid:whole! activity_id:whole! type_uid:whole! severity_id:whole! metadata:metadata! category_name:text class_name:text activity_name:text type_name:text severity:text message:text status_id:whole status:text actor:actor src_endpoint:endpoint http_request:request unmapped:anything raw_data:text',
  metadata: 'version:text! product:product! uid:text event_code:text log_name:text original_time:text tenant_uid:text',
  product: 'name|uid name:text uid:text vendor_name:text',
  actor: 'user|app_name user:user app_name:text',
  user: 'name|uid name:text uid:text email_addr:email org:org',
  org: 'name|uid name:text uid:text',
  group: 'name|uid name:text uid:text type:text',
  service: 'name|uid name:text uid:text',
  entity: 'name|uid|user|group|org name:text uid:text type:text type_id:whole user:user group:group org:org',
  endpoint: 'ip|name ip:ip name:text location:location',
  location: 'country country:text',
  request: 'user_agent:text',
};

/** By class: its number, the activities it has besides 99, and what its events have of their own. */
const CLASSES: Readonly<Record<number, readonly [activities: string, members: string]>> = {
  3001: ['1 2 3 4 5 6 7 8 9 10 11 12', 'user:user!'],
  3002: ['1 2 3 4 5 6', 'user:user! service:service!'],
  3004: ['1 2 3 4 5 6 7 8 9 10 11 12 13', 'entity:entity!'],
  3005: ['1 2', 'user:user! privileges:texts!'],
  3006: ['1 2 3 4 5 6', 'group:group! user:user privileges:texts'],
};

const VALUES: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  texts: (value) => Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string'),
  whole: Number.isSafeInteger,
  email: (value) => typeof value === 'string' && /^[\w!#$%&'*+/=?^`{|}~.-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+$/.test(value),
  ip: (value) => typeof value === 'string' && /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f:.]*:[\da-f:.]*)$/i.test(value),
  anything: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

type Fields = Readonly<Record<string, unknown>>;

/** Everything in which an event is not what OCSF asks for; nothing when it is. */
export function ocsfFaults(event: Fields): readonly string[] {
  const {
    class_uid: uid,
    activity_id: activity,
    type_uid: type,
    category_uid: category,
  } = event as Record<string, number>;
  const [activities, own] = CLASSES[uid!] ?? ['', ''];
  const known = [...activities.split(' '), '99'].includes(String(activity));
  return [
    ...objectFaults('event', `${OBJECTS.event} ${own}`, event),
    ...(known ? [] : [`class ${uid} has no activity ${activity}`]),
    ...(type === uid! * 100 + activity! ? [] : [`type_uid ${type}`]),
    ...(category === 3 ? [] : [`category_uid ${category}`]),
  ];
}

function objectFaults(path: string, rule: string, value: unknown): readonly string[] {
  if (!VALUES.anything!(value)) return [`${path} is no object`];
  const object = value as Fields;
  const members = new Map<string, string>();
  const faults: string[] = [];
  for (const word of rule.split(' ')) {
    const [name, kind] = word.split(':');
    if (kind === undefined) {
      if (!name!.split('|').some((one) => Object.hasOwn(object, one))) faults.push(`${path} has none of ${name}`);
      continue;
    }
    if (kind.endsWith('!') && !Object.hasOwn(object, name!)) faults.push(`${path}.${name} is not there`);
    members.set(name!, kind.replace('!', ''));
  }
  for (const [name, member] of Object.entries(object)) {
    const kind = members.get(name);
    const at = `${path}.${name}`;
    if (kind === undefined) faults.push(`${at} is unknown`);
    else if (Object.hasOwn(OBJECTS, kind)) faults.push(...objectFaults(at, OBJECTS[kind]!, member));
    else if (!VALUES[kind]!(member)) faults.push(`${at} is no ${kind}: ${JSON.stringify(member)}`);
  }
  return faults;
}
