/** The version in package.json; a test keeps the two the same. Here because reading a file costs start-up time. */
export const VERSION = '0.1.0';
