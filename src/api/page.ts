const endpoints: readonly (readonly [string, string])[] = [
  ['/api/v1/alerts', 'alerts, newest first'],
  ['/api/v1/incidents', 'incidents: alerts of one container and process tree, close in time'],
  ['/api/v1/workloads', 'workloads, and how well each is known'],
  ['/api/v1/nodes', 'agents: version, sensor, hooks missing, losses'],
  ['/api/v1/posture', 'practices: what runs breaks which'],
  ['/api/v1/vulnerabilities', 'known vulnerabilities of what runs, those in what is used first'],
  ['/metrics', 'Prometheus metrics'],
  ['/readyz', 'ready or not'],
  ['/docs/runbooks/README.md', 'what to do about each kind of alert'],
  ['/openapi.json', 'description of the API'],
];

/** The page at `/`: what the collector answers, as links. */
export const startPage: string = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Anchorwatch</title></head>
<body><h1>Anchorwatch collector</h1><ul>
${endpoints.map(([path, what]) => `<li><a href="${path}">${path}</a> &ndash; ${what}</li>`).join('\n')}
<li><code>ws /feed?severity&amp;workload&amp;node&amp;kind&amp;after</code> &ndash; alerts and incidents as they come</li>
</ul></body></html>
`;
