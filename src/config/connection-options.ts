import { asking } from './command-lists.ts';
import type { OptionDefinition, Settings } from './settings.ts';
import { parseText, urlOf } from './values.ts';

type ConnectionKey = 'collector' | 'tokenFile' | 'caFile' | 'clientCert' | 'clientKey';

/** How agents and commands reach a collector, and what they show to it. */
export const connectionOptions: { readonly [K in ConnectionKey]: OptionDefinition<Settings[K]> } = {
  collector: {
    name: 'collector',
    env: ['ANCHORWATCH_COLLECTOR'],
    placeholder: 'URL',
    fallback: undefined,
    help: 'Collector that an agent sends alerts to, wss://HOST:PORT or ws://HOST:PORT, or that a command asks, https://HOST:PORT or http://HOST:PORT.',
    commands: ['agent', ...asking],
    parse: urlOf(['ws:', 'wss:', 'http:', 'https:'], 'wss://HOST:PORT or https://HOST:PORT'),
  },
  tokenFile: {
    name: 'token-file',
    env: ['ANCHORWATCH_TOKEN_FILE'],
    placeholder: 'FILE',
    fallback: undefined,
    otherwise: 'DIR/agent-token, made at the first start; other commands have no default',
    help: 'File with a token, readable by its owner only. up, agent and collector: what agents show to the collector. Commands that ask a collector: what they show to the API; instead of a file, the token itself may be in the environment variable ANCHORWATCH_TOKEN.',
    commands: ['up', 'agent', 'collector', ...asking],
    parse: parseText,
  },
  caFile: {
    name: 'ca-file',
    env: ['ANCHORWATCH_CA_FILE'],
    placeholder: 'FILE',
    fallback: undefined,
    otherwise: 'whom the system trusts',
    help: 'Certificates in PEM of who vouches for the collector.',
    commands: ['agent', ...asking],
    parse: parseText,
  },
  clientCert: {
    name: 'client-cert',
    env: ['ANCHORWATCH_CLIENT_CERT'],
    placeholder: 'FILE',
    fallback: undefined,
    help: 'Certificate in PEM that the agent shows to a collector with --client-ca. Read again whenever it connects.',
    commands: ['agent'],
    parse: parseText,
  },
  clientKey: {
    name: 'client-key',
    env: ['ANCHORWATCH_CLIENT_KEY'],
    placeholder: 'FILE',
    fallback: undefined,
    help: 'Key of --client-cert in PEM, without a password.',
    commands: ['agent'],
    parse: parseText,
  },
};
