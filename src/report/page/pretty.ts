/** JSON on several lines, token for token: numbers and escapes stay as they are. */
export function pretty(json: string): string {
  let text = '';
  let depth = 0;
  let from = 0;
  const line = () => `\n${'  '.repeat(Math.min(depth, 40))}`;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') {
      at += 1;
      while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
    } else if (character === '{' || character === '[') {
      const isEmpty = json[at + 1] === '}' || json[at + 1] === ']';
      if (isEmpty) at += 1;
      else {
        depth += 1;
        text += json.slice(from, at + 1) + line();
        from = at + 1;
      }
    } else if (character === '}' || character === ']') {
      depth -= 1;
      text += json.slice(from, at) + line();
      from = at;
    } else if (character === ',') {
      text += json.slice(from, at + 1) + line();
      from = at + 1;
    } else if (character === ':') {
      text += `${json.slice(from, at + 1)} `;
      from = at + 1;
    }
  }
  return text + json.slice(from);
}
