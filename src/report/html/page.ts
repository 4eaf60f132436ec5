import { createHash } from 'node:crypto';
import type { Assets } from '../assets.js';
import { html, Markup } from './markup.js';

/** The parts of the page in order. */
export interface SectionParts {
  readonly title: string;
  readonly assets: Assets;
  readonly cover: Markup;
  readonly overview: Markup;
  readonly review: Markup;
  readonly access: Markup | undefined;
  readonly events: Markup;
}

/** The page up to its data. Only the script and the style whose hashes it names can run or apply; nothing can be loaded or sent. */
export function pageHead({ title, assets, cover, overview, review, access, events }: SectionParts): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(assets.script)}'`,
    `style-src '${hashOf(assets.style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  // Our own files: the only texts that are not escaped.
  const style = new Markup(`<style>${assets.style}</style>`);
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="auditlog">
<title>${title}</title>
${style}
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="bar"><p class="brand">${title}</p><nav aria-label="Sections"><a href="#cover">Cover</a><a href="#overview">Overview</a><a href="#review">Review</a>${access !== undefined && html`<a href="#access">Access</a>`}<a href="#events">All events</a></nav></header>
<main id="main">
${cover}
${overview}
${review}
${access}
${events}
</main>
`.text;
}

/** In the form of a content security policy. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
