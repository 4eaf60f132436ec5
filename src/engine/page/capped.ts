import { isFirstPlace, type PagingStyle } from '../paging.js';
import type { FetchPart, Page, PageRequest } from '../request.js';

/**
 * Numbered pages of servers that return fewer entries a page than were asked for: a page's first entry has another position there. A short first
 * page may have other reasons, so it is asked for again with just that size before any part is counted by it.
 */
export class CappedPages {
  readonly #fetch: FetchPart;
  readonly #style: PagingStyle;
  readonly #firsts = new Map<number, number>();
  readonly #sizes = new Map<number, number>();

  constructor(fetch: FetchPart, style: PagingStyle) {
    this.#fetch = fetch;
    this.#style = style;
  }

  knownSize({ size }: PageRequest): number | undefined {
    return this.#sizes.get(size);
  }

  note({ place, size }: PageRequest, { entries }: Page): void {
    if (isFirstPlace(this.#style, place)) this.#firsts.set(size, Math.max(this.#firsts.get(size) ?? 0, entries.length));
  }

  /** Entries a page, in pages of `request.size`. */
  async findSize(request: PageRequest, failure: unknown): Promise<number> {
    const { size, place } = request;
    const rows = this.#firsts.get(size) ?? 0;
    if (this.#style.access === 'rows' || isFirstPlace(this.#style, place) || rows === 0 || rows >= size) return size;
    const page = await this.#fetch({ ...request, place: this.#style.first, size: rows, isPart: true }, false);
    if (page.entries.length !== rows) throw failure;
    this.#sizes.set(size, rows);
    return rows;
  }
}
