/** Whether the host is this machine by name or number: 127.0.0.0/8, ::1, localhost. */
export function isLoopback({ hostname }: URL): boolean {
  const host = hostname.toLowerCase();
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
