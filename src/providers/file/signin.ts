import { choice, FLAG, map, may, must, record, text, variants, whole } from '../shape/shape.js';
import { ADDRESS, ENTRY_PATH, HEADER, TITLE } from './parts.js';

const TEMPLATE = text('a text such as Bearer {token}', /^[\x20-\x7e]+$/);
/** The names of parts and variables. */
const WORD = text('a name such as client-id', /^[a-z][a-z0-9_-]{0,31}$/);

/** Keys of every sign-in. */
const AUTH = {
  parts: may(
    map(
      record({
        about: must(TITLE, 'what auditlog auth login asks for'),
        shown: may(FLAG, 'whether it is no secret, such as an email address'),
      }),
      WORD,
    ),
    'the parts of the key, in the order in which they are asked for; absent: it is one text',
  ),
  headers: may(map(TEMPLATE, HEADER), 'more headers that carry the key: values with {part}'),
};

/** How a token is fetched. */
const TOKEN = {
  url: must(ADDRESS, 'where tokens are made: https'),
  at: may(ENTRY_PATH, 'where the token is in the answer (default: access_token)'),
  expiresAt: may(ENTRY_PATH, 'where its seconds of life are (default: expires_in)'),
  lasts: may(whole(60, 31_536_000), 'its seconds of life, where the answer does not have them'),
};
const OAUTH = {
  client: must(choice('header', 'body', 'json'), "how the client's id and secret are sent: Basic, a form, or JSON"),
  scope: may(TITLE, 'the scope that is asked for'),
  audience: may(TITLE, 'the audience that is asked for'),
  extra: may(map(text()), 'more fields of the body'),
  ...TOKEN,
};

export const SIGN_IN = variants(
  'type',
  {
    header: record({
      type: may(choice('header'), 'the key is sent as it is'),
      header: must(HEADER, 'the header that carries the key'),
      scheme: may(HEADER, 'the word before the key, such as Bearer'),
      value: may(TEMPLATE, 'the value of the header to the letter, such as Token token={key}'),
      ...AUTH,
    }),
    basic: record({
      type: must(choice('basic'), 'HTTP Basic'),
      user: must(TEMPLATE, 'the user, such as {email}/token'),
      password: must(text('a text such as {token}', /^[\x20-\x7e]*$/), 'the password, such as {token}'),
      ...AUTH,
    }),
    token: record({
      type: must(choice('token'), 'a token is fetched with the key, and renewed before it ends'),
      header: may(HEADER, 'the header that carries the token (default: authorization)'),
      scheme: may(HEADER, 'the word before the token (default: Bearer)'),
      token: must(
        variants('grant', {
          client_credentials: record({ grant: must(choice('client_credentials'), 'OAuth 2'), ...OAUTH }),
          refresh_token: record({ grant: must(choice('refresh_token'), 'OAuth 2'), ...OAUTH }),
          account_credentials: record({ grant: must(choice('account_credentials'), "Zoom's OAuth 2"), ...OAUTH }),
          jwt: record({
            grant: must(choice('jwt'), 'a JWT signed by a service account (RS256)'),
            scope: may(TITLE, 'the scope that is asked for'),
            audience: may(TITLE, 'the audience of the JWT (default: the url)'),
            subject: may(TITLE, 'in whose name, such as {admin}'),
            ...TOKEN,
          }),
          login: record({
            grant: must(choice('login'), 'a call with JSON that answers with a token'),
            body: must(map(text()), 'its members, values with {part}'),
            ...TOKEN,
          }),
        }),
        'how the token is fetched',
      ),
      ...AUTH,
    }),
  },
  'header',
);

export const VARIABLES = map(
  record({
    about: must(TITLE, 'what it is, for the question and for messages'),
    example: may(TITLE, 'such as acme'),
    default: may(TITLE, 'its value when none is given'),
  }),
  WORD,
);
