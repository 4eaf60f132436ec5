import { usageError } from '../../errors.js';
import { suggest } from '../../suggest.js';
import { section } from '../help.js';
import { COMMANDS, isNamed } from '../index.js';
import { TOPICS } from './index.js';
import { topicText } from './topic.js';

/** The text of `help TOPIC` and `help topics`; undefined for any other line, such as the help of a command. Throws a usage error for an unknown topic. */
export function answerTopic([first, word]: readonly string[]): string | undefined {
  if (first !== 'help' || word === undefined || word.startsWith('-')) return undefined;
  if (word === 'topics') return topicList();
  const topic = TOPICS.find(({ name }) => name === word);
  if (topic !== undefined) return topicText(topic);
  if (COMMANDS.some((one) => isNamed(one, [word]))) return undefined;
  const near = suggest(word, [...TOPICS.map(({ name }) => name), ...COMMANDS.map(({ name }) => name)]);
  const see = 'See: auditlog help topics';
  throw usageError(`no help for "${word}"`, near === undefined ? see : `Did you mean: auditlog help ${near}\n${see}`);
}

function topicList(): string {
  const rows = TOPICS.map(({ name, about }) => [`auditlog help ${name}`, about] as const);
  return `${section('Topics', rows)}\nThe help of a command: auditlog help COMMAND\n`;
}
