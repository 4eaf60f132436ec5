/** The program and the device that a user-agent text names. Either may be unknown. */
export interface Agent {
  /** The browser or program with its major version, such as `Firefox 144`. */
  readonly program: string | undefined;
  /** Such as `macOS` or `iPhone`. */
  readonly device: string | undefined;
}

/** Reads a user-agent text, which its sender can choose freely. An unknown one gives the first product in it, if any. Neutralise the result before showing. */
export function readAgent(text: string): Agent {
  const agent = text.slice(0, LONGEST);
  return { program: programOf(agent), device: DEVICES.find(([, pattern]) => pattern.test(agent))?.[0] };
}

/** Both parts as one phrase, such as `Chrome 141 on macOS`; undefined when neither is known. */
export function describeAgent(text: string): string | undefined {
  const { program, device } = readAgent(text);
  if (program === undefined) return device;
  return device === undefined ? program : `${program} on ${device}`;
}

/** Characters that are searched; browsers send fewer. */
const LONGEST = 1000;

function programOf(agent: string): string | undefined {
  for (const [name, pattern] of PROGRAMS) {
    const match = pattern.exec(agent);
    if (match !== null) return match[1] === undefined ? name : `${name} ${match[1]}`;
  }
  const product = /^([A-Za-z][\w.+-]{0,40})\/(\d+(?:\.\d+)?)/.exec(agent);
  return product === null || product[1] === 'Mozilla' ? undefined : `${product[1]} ${product[2]}`;
}

/** The first match counts: browsers also name those that they are compatible with. */
const PROGRAMS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Headless Chrome', /HeadlessChrome\/(\d+)/],
  ['Googlebot', /Googlebot(?:\/(\d+))?/],
  ['Bingbot', /bingbot(?:\/(\d+))?/i],
  ['Electron app', /Electron\/(\d+)/],
  ['Edge', /(?:Edg|EdgA|EdgiOS|Edge)\/(\d+)/],
  ['Opera', /(?:OPR|OPiOS|OPT)\/(\d+)/],
  ['Samsung Internet', /SamsungBrowser\/(\d+)/],
  ['Vivaldi', /Vivaldi\/(\d+)/],
  ['Yandex Browser', /YaBrowser\/(\d+)/],
  ['DuckDuckGo', /DuckDuckGo\/(\d+)/],
  ['Firefox', /(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /(?:Chrome|CriOS|Chromium)\/(\d+)/],
  ['Android WebView', /; wv\).*Version\/(\d+)/],
  ['Safari', /Version\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari\//],
  ['Internet Explorer', /(?:MSIE |Trident\/.*rv:)(\d+)/],
  ['curl', /^curl\/(\d+)/],
  ['Wget', /^Wget\/(\d+)/i],
  ['Python requests', /^python-requests\/(\d+)/],
  ['Python httpx', /^python-httpx\/(\d+)/],
  ['Python aiohttp', /aiohttp\/(\d+)/],
  ['Python urllib', /^Python-urllib\/(\d+)/],
  ['Go program', /^Go-http-client\/(\d+)/],
  ['Node.js program', /^(?:node|undici|node-fetch|axios|got)\b(?:\/(\d+))?/],
  ['Java program', /^(?:Java|okhttp|Apache-HttpClient)\/(\d+)/],
  ['PowerShell', /PowerShell\/(\d+)/],
  ['Postman', /PostmanRuntime\/(\d+)/],
];

const DEVICES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android phone', /\bAndroid\b.*\bMobile\b/],
  ['Android', /\bAndroid\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac(?:intosh| ?OS X)\b/],
  ['Linux', /\bLinux\b|\bX11\b/],
];
