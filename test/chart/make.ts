// npm run manifests: agents/kubernetes/manifests/anchorwatch.yaml out of the chart.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { plainManifests, plainManifestsFile } from './plain.ts';
import { Renderer, rendererMissing } from './render.ts';

const missing = rendererMissing();
if (missing === undefined) {
  const renderer = new Renderer();
  try {
    mkdirSync(dirname(plainManifestsFile), { recursive: true });
    writeFileSync(plainManifestsFile, plainManifests(renderer));
    process.stdout.write(`${plainManifestsFile} is made\n`);
  } finally {
    renderer.close();
  }
} else {
  process.stderr.write(`${missing}\n`);
  process.exitCode = 1;
}
