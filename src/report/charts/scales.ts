/** The chart libraries, loaded when a report is made. */
export async function loadScales() {
  const [{ scaleBand, scaleLinear, scaleQuantize, scaleUtc }, { stack }] = await Promise.all([
    import('d3-scale'),
    import('d3-shape'),
  ]);
  return { scaleBand, scaleLinear, scaleQuantize, scaleUtc, stack };
}

export type Scales = Awaited<ReturnType<typeof loadScales>>;

/** A length in an SVG: at most two decimals, the same on every machine. */
export function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}
