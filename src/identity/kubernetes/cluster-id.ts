import { z } from 'zod';

/** The Service that every cluster has; who may list services may ask for it. */
export const clusterService = 'default/service/kubernetes';

export const clusterIdPath: string = `/api/v1/services?${new URLSearchParams({
  fieldSelector: 'metadata.namespace=default,metadata.name=kubernetes',
  limit: '1',
}).toString()}`;

const schema = z.object({
  items: z.array(z.object({ metadata: z.object({ uid: z.string().min(1).max(64), name: z.literal('kubernetes') }) })),
});

/** What tells a cluster from others: the uid of that Service; undefined: the list has none. Pure. */
export function clusterIdOf(list: unknown): string | undefined {
  return schema.safeParse(list).data?.items[0]?.metadata.uid;
}
