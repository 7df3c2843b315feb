import { join } from 'node:path';
import type { CollectorOptions } from '../collector/collector-options.ts';
import type { Settings } from '../config/settings.ts';
import { AnchorwatchError } from '../lib/errors.ts';
import { packageVersion } from './version.ts';

/** How a collector listens, and what it asks of those who come. Throws AnchorwatchError `bad-option` for options that do not go together. */
function listeningOf({
  listen,
  tlsCert,
  tlsKey,
  clientCa,
  clientCrlFile,
  allowUnauthenticated,
  metricsOpen,
}: Settings): Pick<CollectorOptions, 'listen' | 'tls' | 'allowUnauthenticated' | 'metricsOpen'> {
  const scheme = /^https?:/.exec(listen)?.[0];
  const common = { listen: listen.replace(/^https?:\/\//, ''), allowUnauthenticated, metricsOpen };
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new AnchorwatchError('bad-option', '--tls-cert and --tls-key go together: give both');
  if (clientCrlFile !== undefined && clientCa === undefined)
    throw new AnchorwatchError(
      'bad-option',
      '--client-crl-file needs --client-ca: it says which of its certificates are revoked',
    );
  if (tlsCert === undefined || tlsKey === undefined) {
    if (clientCa !== undefined)
      throw new AnchorwatchError('bad-option', '--client-ca needs TLS: give --tls-cert and --tls-key too');
    if (scheme === 'https:')
      throw new AnchorwatchError('bad-option', `--listen ${listen} needs a certificate: give --tls-cert and --tls-key`);
    return common;
  }
  if (scheme === 'http:')
    throw new AnchorwatchError('bad-option', `--listen ${listen} says http, and --tls-cert makes it https`);
  return {
    ...common,
    tls: { certFile: tlsCert, keyFile: tlsKey, clientCaFile: clientCa, clientCrlFile },
  };
}

/**
 * What the settings say about a collector whose files are in `stateDir`, unless they say where else; the token of agents is for the command to read.
 * Throws AnchorwatchError `bad-option` for options that do not go together.
 */
export function collectingOf(settings: Settings, stateDir: string): Omit<CollectorOptions, 'agentToken'> {
  const { postureExceptions } = settings;
  return {
    ...listeningOf(settings),
    stateDir,
    version: packageVersion(),
    storePath: settings.store ?? join(stateDir, 'collector.db'),
    retentionMs: settings.retention,
    retentionBytes: settings.retentionSize,
    auditRetentionMs: settings.auditRetention,
    incidentQuietMs: settings.incidentQuiet,
    snapshotBytesMax: settings.snapshotMaxSize,
    snapshotsMax: settings.snapshotMaxCount,
    nodeSilenceMs: settings.nodeSilence,
    nodeStopAlert: settings.nodeStopAlert,
    cluster: { kubeconfig: settings.kubeconfig, intervalMs: settings.clusterInterval },
    ...(postureExceptions === undefined ? {} : { postureExceptions }),
    routesFile: settings.routes,
    publicUrl: settings.publicUrl,
    rulePaths: settings.rules,
  };
}
