import type { Dimension, Feature } from '../model/feature.ts';

/** Name of a feature within its profile, as it is stored. */
export function featureId(feature: Feature): string {
  return `${feature.dimension} ${feature.key}`;
}

/** The feature of such a name. */
export function featureOfId(id: string): Feature {
  const space = id.indexOf(' ');
  return { dimension: id.slice(0, space) as Dimension, key: id.slice(space + 1) };
}
