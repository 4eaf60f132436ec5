/** A number for people: `12,204`. */
export function count(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A duration in its two largest units: `42s`, `3m 20s`, `1h 5m`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes for people: `3.2 MB`. */
export function size(bytes: number): string {
  let [value, at] = [bytes, 0];
  for (; value >= 999.5 && at < UNITS.length - 1; at += 1) value /= 1000;
  return `${at === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[at]}`;
}
