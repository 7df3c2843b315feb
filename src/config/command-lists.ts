import type { CommandName } from './settings.ts';

/** Commands that run, or ask a collector or its file. */
export const every: readonly CommandName[] = [
  'up',
  'agent',
  'collector',
  'doctor',
  'alerts',
  'incidents',
  'workloads',
  'posture',
  'history',
  'profile',
  'snapshot',
  'token',
  'verify',
  'backup',
  'silence',
  'routes',
  'notify',
  'notifications',
];
/** Commands that ask a collector. */
export const asking: readonly CommandName[] = [
  ...['alerts', 'incidents', 'workloads', 'posture', 'history', 'profile', 'snapshot', 'token'],
  ...['silence', 'routes', 'notify', 'notifications'],
] as const;
/** Commands that watch a node. */
export const watching: readonly CommandName[] = ['up', 'agent'];
