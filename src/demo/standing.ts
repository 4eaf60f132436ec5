import { DAY, type Diary, weekday } from './calendar.js';
import { DOINGS } from './doings.js';
import { bagOf, type DemoEvent, sourceOf } from './everyday.js';
import { hash, randomFrom } from './random.js';
import type { Scene } from './story.js';
import { newWorld } from './world.js';

/** Numbers of the things that only scenes speak of: those that were always there, and those made in the story. */
const FROM = 40;
export const FIRST_MADE = 60;

/** What admins do now and then. */
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

/**
 * Everything that leaves a mark on the organization itself: its members and their roles, its domains, keys and sub-organizations, and the
 * scenes of the story. Few, so they are all told at once, oldest first.
 */
export function standing(diary: Diary, orgId: string, scenes: readonly Scene[]): readonly DemoEvent[] {
  const { people, today, now, seed } = diary;
  const world = newWorld({ seed, orgId, everyone: people, from: FROM, next: FIRST_MADE, keeps: false });
  const random = randomFrom(seed + 7);
  const staged = [...scenes, ...officeHours(diary)]
    .flatMap((scene) => Array<Scene>(scene.times ?? 1).fill(scene))
    .map((scene) => ({ scene, time: timeOf(scene, today) }))
    .filter(({ time }) => time <= now && time >= (today - diary.pace.days) * DAY)
    .sort((a, b) => a.time - b.time);
  const told: DemoEvent[] = [];
  for (const { scene, time } of staged) {
    const daysAgo = today - Math.floor(time / DAY);
    world.present = people.filter(({ joined, left }) => daysAgo <= joined && daysAgo > left);
    const by = people.find(({ email }) => scene.by !== undefined && email.startsWith(`${scene.by}@`));
    const fact = DOINGS[scene.action]!({ world, random, by, on: scene.on });
    if (fact === undefined) continue;
    told.push({ time, action: scene.action, by, source: scene.source ?? sourceOf(by, random), from: scene.from, fact });
  }
  return told;
}

/** The moment of a scene. Unless it is exact, it is on a working day. */
function timeOf(scene: Scene, today: number): number {
  const day = today - scene.daysAgo;
  const shift = scene.exact ? 0 : [2, 0, 0, 0, 0, 0, 1][weekday(day)]!;
  return (day - shift) * DAY + Math.round(scene.minute * 60_000) + (hash(scene.daysAgo, 11) % 1000);
}

function officeHours({ seed, pace, people, today }: Diary): readonly Scene[] {
  const bag = bagOf(OFFICE);
  const leads = people
    .filter(({ role }) => role === 'admin' || role === 'owner')
    .map(({ email }) => email.slice(0, email.indexOf('@')));
  const scenes: Scene[] = [];
  for (let daysAgo = pace.days; daysAgo >= 0 && leads.length > 0; daysAgo -= 1) {
    const draw = hash(seed + 8, today - daysAgo);
    if (weekday(today - daysAgo) % 6 === 0) continue;
    for (let n = (draw % 1000) / 1000 < pace.working / 45 ? 1 + (draw % 2) : 0; n > 0; n -= 1) {
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
