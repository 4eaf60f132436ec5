/** What is saved on this machine: the one door to the files of `config/`. Keys are not here, see `keys/`. */
export { configDir, configFile } from './config/dir.js';
export { withCurrent, withoutProfile, withoutSetting, withSettings } from './config/edit.js';
export { type Config, readConfig } from './config/read.js';
export {
  checkProfileName,
  findSetting,
  meantOf,
  SETTINGS,
  type SettingName,
  type Settings,
} from './config/settings.js';
export { writeConfig } from './config/write.js';
