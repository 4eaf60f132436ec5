/** One of undici's own files, without the rest of it: see `openDispatcher`. */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  export = Pool;
}
