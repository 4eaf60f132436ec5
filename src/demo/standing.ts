import { DAY_MS, weekdayOf } from '../time.js';
import { ACTIONS } from './actions.js';
import { type Diary, isWeekend } from './calendar.js';
import { bagOf, type DemoEvent, sourceOf } from './everyday.js';
import { hash, randomFrom } from './random.js';
import type { Scene } from './story.js';
import { newWorld } from './world.js';

/** The first numbers of things in scenes: of those that exist from the start, and of later ones. */
const FROM = 40;
export const FIRST_MADE = 60;

/** Occasional actions of admins. */
const OFFICE: readonly (readonly [action: string, weight: number])[] = [
  ['member.role_changed', 22],
  ['member.invited', 12],
  ['api_key.created', 9],
  ['api_key.deleted', 8],
  ['org.sub_org_member_joined', 7],
  ['org.sub_org_updated', 5],
  ['org.sub_org_member_role_changed', 5],
  ['org.updated', 4],
  ['email.identity.created', 3],
  ['domain.created', 2],
  ['email.identity.deleted', 2],
  ['sso.profile.updated', 1],
  ['sso.profile.sessions.revoked', 1],
];

/** Events that change the organization itself (members, roles, domains, keys, sub-organizations) and the scenes of the story, oldest first. */
export function standing(diary: Diary, orgId: string, scenes: readonly Scene[]): readonly DemoEvent[] {
  const { people, today, now, seed } = diary;
  const world = newWorld({ seed, orgId, everyone: people, from: FROM, next: FIRST_MADE, keeps: false });
  const random = randomFrom(seed + 7);
  const staged = [...scenes, ...officeHours(diary)]
    .flatMap((scene) => Array<Scene>(scene.times ?? 1).fill(scene))
    .map((scene) => ({ scene, time: timeOf(scene, today) }))
    .filter(({ time }) => time <= now && time >= (today - diary.activity.days) * DAY_MS)
    .sort((a, b) => a.time - b.time);
  const told: DemoEvent[] = [];
  for (const { scene, time } of staged) {
    const daysAgo = today - Math.floor(time / DAY_MS);
    world.present = people.filter(({ joined, left }) => daysAgo < joined && daysAgo > left);
    const by = people.find(({ email }) => scene.by !== undefined && email.startsWith(`${scene.by}@`));
    const facts = ACTIONS[scene.action]!({ world, random, by, on: scene.on });
    if (facts === undefined) continue;
    told.push({
      time,
      action: scene.action,
      by,
      source: scene.source ?? sourceOf(by, random),
      from: scene.from,
      facts,
    });
  }
  return told;
}

/** The time of a scene. A scene on a weekend moves to the Friday before, unless it is exact. */
function timeOf(scene: Scene, today: number): number {
  const day = today - scene.daysAgo;
  const shift = scene.exact ? 0 : Math.max(0, weekdayOf(day) - 4);
  return (day - shift) * DAY_MS + Math.round(scene.minute * 60_000) + (hash(scene.daysAgo, 11) % 1000);
}

function officeHours({ seed, activity, people, today }: Diary): readonly Scene[] {
  const bag = bagOf(OFFICE);
  const leads = people
    .filter(({ role }) => role === 'admin' || role === 'owner')
    .map(({ email }) => email.slice(0, email.indexOf('@')));
  const scenes: Scene[] = [];
  for (let daysAgo = activity.days; daysAgo >= 0 && leads.length > 0; daysAgo -= 1) {
    const draw = hash(seed + 8, today - daysAgo);
    if (isWeekend(today - daysAgo)) continue;
    for (let n = (draw % 1000) / 1000 < activity.working / 45 ? 1 + (draw % 2) : 0; n > 0; n -= 1) {
      const minute = 7 * 60 + ((draw >>> (3 * n)) % 600);
      scenes.push({
        daysAgo,
        minute,
        by: leads[(draw >>> n) % leads.length]!,
        action: bag[(draw >>> (2 * n)) % bag.length]!,
      });
    }
  }
  return scenes;
}
