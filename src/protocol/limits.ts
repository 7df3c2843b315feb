/**
 * Version that this program speaks. Raised when a message changes so that the other side could misread it, or is added where the other side
 * cannot be asked first; what a side takes besides is said by `accepts`.
 * 2: `clock` in both directions, `pace` from the collector.
 */
export const protocolVersion = 2;

/**
 * The version that two sides speak when one of them says that it speaks `theirs`: the lower one, as long as they differ by one at most;
 * undefined when they differ by more, and one of them has to be replaced first.
 */
export function commonVersion(theirs: number): number | undefined {
  if (!Number.isInteger(theirs) || theirs < 1 || Math.abs(theirs - protocolVersion) > 1) return undefined;
  return Math.min(theirs, protocolVersion);
}

/** Bounds of the protocol: both sides refuse what goes over them, and `fitAlert`, `fitReport`, `fitResponse` and `fitShared` keep under them. */
export const limits = {
  /** Bytes of one message in UTF-8. */
  messageBytes: 1_048_576,
  /** Bytes of one alert as JSON: a full batch of them stays under `messageBytes`. */
  alertBytes: 10_240,
  /** Alerts in one batch. */
  batchAlerts: 100,
  /** UTF-16 units of names: node, container, image, hook, detector. */
  nameLength: 512,
  /** UTF-16 units of one text: path, key, argument, title, note. */
  textLength: 4096,
  /** Elements of the lists in an alert. */
  listItems: 64,
  /** Hooks, loss rows, and kinds of events in a report. */
  reportRows: 256,
  /** Containers in a report. */
  reportContainers: 2000,
  /** Workloads in a report. */
  reportWorkloads: 1000,
  /** Features of one decision. */
  decisionFeatures: 256,
  /** Features in the answer to a profile request. */
  profileFeatures: 10_000,
  /** Features of a shared profile. */
  sharedFeatures: 4096,
  /** Bytes of a shared profile as JSON. */
  sharedBytes: 786_432,
  /** UTF-16 units of a feature's key in a shared profile. */
  sharedKeyLength: 1024,
  /** Samples that a shared profile may claim: a thousand containers in minutely slices make them in two years. */
  sharedSamples: 1_000_000_000,
  /** Nodes that one shared profile may be the sum of. */
  sharedNodes: 10_000,
  /** UTF-16 units of one part of an answer: three escaped ones of them stay under `messageBytes`. */
  partLength: 262_144,
  /** Parts of one answer that may be on the way. */
  partWindow: 16,
  /** How long a question may be worked on, milliseconds. */
  questionMs: 600_000,
  /** UTF-16 units of the compressed events of one piece of evidence, as base64. */
  evidenceLength: 524_288,
} as const;

/** Codes with which a WebSocket between agent and collector is closed (RFC 6455 section 7.4.2: 4000-4999 are private). */
export const closeCodes = {
  /** The collector or agent is stopping. */
  goingAway: 1001,
  /** A message was refused; a `refuse` message before it says why. */
  refused: 4000,
  /** Another agent said hello with the same node name. */
  replaced: 4001,
  /** No answer in time. */
  timeout: 4002,
} as const;
