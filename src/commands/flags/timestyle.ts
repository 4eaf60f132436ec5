import type { Option } from 'commander';
import { TIME_STYLES } from '../../formats/table/when.js';
import { flag } from './flag.js';

/** The flag for the style of times in a table. */
export function timeFlag(): Option {
  return flag(
    '--time <style>',
    'times of a table: relative (3h ago), local (in the zone of this machine), or iso',
  ).choices(TIME_STYLES);
}
