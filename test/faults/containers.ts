import { spawnSync } from 'node:child_process';

/** Runs a program in a PID namespace of its own, as a container has it; most kernels let any user do that. */
export const CONTAINER = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--mount-proc'];

export const canContain = spawnSync(CONTAINER[0] as string, [...CONTAINER.slice(1), 'true']).status === 0;
