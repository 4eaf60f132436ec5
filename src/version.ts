/** The version of package.json, which a test compares. Reading that file would cost start-up time. */
export const VERSION = '0.1.0';
