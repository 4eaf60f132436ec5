import { hash, idOf } from './random.js';

export type Role = 'owner' | 'admin' | 'developer' | 'member' | 'viewer';

/** A person of the demo organization. */
export interface DemoPerson {
  readonly id: string;
  readonly memberId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly country: string;
  /** The offset from UTC of their working day, in hours. */
  readonly offset: number;
  readonly ips: readonly string[];
  readonly agent: string;
  /** Their share of all events, relative to the others. */
  readonly weight: number;
  /** Days before today on which they joined and left; 600 is before the log begins. */
  readonly joined: number;
  readonly left: number;
}

export const MAIL_DOMAIN = 'lumenharbor.example';

type PersonRow = readonly [
  name: string,
  mail: string,
  role: Role,
  country: string,
  offset: number,
  weight: number,
  joined?: number,
  left?: number,
];

const ROWS: readonly PersonRow[] = [
  ['Ingrid Solheim', 'ingrid.solheim', 'owner', 'NO', 1, 5],
  ['Tomás Echeverría', 'tomas.echeverria', 'admin', 'ES', 1, 14],
  ['王小明', 'xiaoming.wang', 'admin', 'SG', 8, 12],
  ['Priya Raghunathan', 'priya.r', 'admin', 'IN', 5.5, 13],
  ['Siobhán Ní Dhomhnaill', 'siobhan', 'developer', 'IE', 0, 11],
  ['Jörg Müßiggang', 'joerg.muessiggang', 'developer', 'DE', 1, 11],
  ['محمد الشريف', 'm.alsharif', 'developer', 'AE', 4, 9],
  ['נועה בן־דוד', 'noa.bendavid', 'developer', 'IL', 2, 9],
  ['佐藤 美咲', 'misaki.sato', 'developer', 'JP', 9, 10],
  ['Olúwaṣeun Adébáyọ̀', 'seun.adebayo', 'member', 'NG', 1, 7],
  ['Zoë van der Meer', 'zoe.vandermeer', 'member', 'NL', 1, 8],
  ['김서연', 'seoyeon.kim', 'developer', 'KR', 9, 8],
  ['Camila Ferreira 🌻', 'camila.ferreira', 'member', 'BR', -3, 8],
  ['Łukasz Wiśniewski', 'lukasz.wisniewski', 'developer', 'PL', 1, 9],
  ['Dana Whitfield', 'dana.whitfield', 'admin', 'US', -5, 12],
  ["Aoife O'Connell", 'aoife.oconnell', 'member', 'IE', 0, 5],
  ['Björn Þórðarson', 'bjorn', 'viewer', 'IS', 0, 2],
  ['Έλενα Παπαδοπούλου', 'elena.papadopoulou', 'member', 'GR', 2, 6],
  ['Дмитро Коваленко', 'dmytro.kovalenko', 'developer', 'UA', 2, 8],
  ['Nguyễn Thị Hồng', 'hong.nguyen', 'member', 'VN', 7, 6],
  ['Marcus Bell', 'marcus.bell', 'developer', 'US', -8, 9],
  ['Renée Lefèvre', 'renee.lefevre', 'member', 'FR', 1, 6, 600, 233],
  ['Samir Haddad', 'samir.haddad', 'member', 'LB', 2, 5, 600, 118],
  ['Chloe Nakamura-Reyes', 'chloe.nakamura', 'member', 'US', -8, 7, 512],
  ['Ayşe Yıldız', 'ayse.yildiz', 'developer', 'TR', 3, 8, 471],
  ['Ștefan Țepeș', 'stefan.tepes', 'developer', 'RO', 2, 7, 438],
  ['ธนพล ศรีสุข', 'thanapon.s', 'member', 'TH', 7, 5, 402],
  ['Amélie Bouchard-Tremblay', 'amelie.bt', 'member', 'CA', -5, 7, 366],
  ['Kwame Mensah', 'kwame.mensah', 'developer', 'GH', 0, 7, 331, 27],
  ['李佳怡', 'jiayi.li', 'member', 'TW', 8, 6, 290],
  ['Rowan Pike', 'rowan.pike', 'developer', 'GB', 0, 8, 262, 10],
  ['ফারহানা আক্তার', 'farhana.akter', 'member', 'BD', 6, 5, 214],
  ['Sofía 👩‍💻 Delgado', 'sofia.delgado', 'developer', 'MX', -6, 8, 171],
  ['Henrik Åkesson', 'henrik.akesson', 'member', 'SE', 1, 5, 129],
  ['יוסף כהן', 'yosef.cohen', 'member', 'IL', 2, 5, 83],
  ['Grace Achieng', 'grace.achieng', 'developer', 'KE', 3, 6, 41],
  ['فاطمة الزهراء', 'fatima.z', 'viewer', 'MA', 1, 3, 12],
];

const AGENTS: readonly string[] = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
  'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
];

/** Everybody who ever was a member, in the order of joining. */
export function everybody(seed: number): readonly DemoPerson[] {
  return ROWS.map(([name, mail, role, country, offset, weight, joined = 600, left = -1], n) => ({
    id: idOf('usr', seed + 1, n),
    memberId: idOf('mem', seed + 2, n),
    name,
    email: `${mail}@${MAIL_DOMAIN}`,
    role,
    country,
    offset,
    ips: [
      `198.51.100.${10 + n}`,
      `203.0.113.${20 + 3 * n}`,
      `2001:db8:${(0x1a0 + n).toString(16)}::${hash(seed, n)
        .toString(16)
        .replace(/(?<=.)(?=.{4}$)/, ':')}`,
    ],
    agent: AGENTS[hash(seed + 3, n) % AGENTS.length]!,
    weight,
    joined,
    left,
  }));
}
