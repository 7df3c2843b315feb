import { join } from 'node:path';
import { manifestText, type Renderer } from './render.ts';

/** Where the plain manifests are kept. */
export const plainManifestsFile: string = join(
  import.meta.dirname,
  '../../agents/kubernetes/manifests/anchorwatch.yaml',
);

const head = `# Anchorwatch for Kubernetes without helm. Made by "npm run manifests" from agents/kubernetes/chart: change it there.
#
# 1. Build the image (agents/docker/Dockerfile), push it to where the nodes can pull it, and put its name in place of "anchorwatch:0.1.0" below.
# 2. Make the secrets, which no file should have:
#
#      kubectl create namespace anchorwatch --dry-run=client -o yaml | kubectl apply -f -
#      id() { openssl rand -hex 6; }; secret() { openssl rand -hex 32 | cut -c1-43; }
#      kubectl -n anchorwatch create secret generic anchorwatch-tokens --from-literal=agent="$(openssl rand -hex 32)" \\
#        --from-literal=admin="aw_$(id)_$(secret)" --from-literal=metrics="aw_$(id)_$(secret)"
#      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=anchorwatch CA" -keyout ca.key -out ca.crt
#      openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=anchorwatch-collector -keyout tls.key -out tls.csr
#      echo "subjectAltName=DNS:anchorwatch-collector.anchorwatch.svc,DNS:localhost,IP:127.0.0.1" > san
#      openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 825 -extfile san -out tls.crt
#      kubectl -n anchorwatch create secret generic anchorwatch-tls --from-file=ca.crt --from-file=tls.crt --from-file=tls.key
#
# 3. kubectl apply -f anchorwatch.yaml
`;

const namespace = `apiVersion: v1
kind: Namespace
metadata:
  name: anchorwatch
  labels:
    # The agent sees every process of its node and loads programs into its kernel: no lower level lets it in. The collector keeps to "restricted".
    pod-security.kubernetes.io/enforce: privileged
`;

/** The chart with its defaults, as a file for kubectl: secrets are the reader's to make, and nothing says that helm looks after it. */
export function plainManifests(renderer: Renderer): string {
  const values = {
    tls: { mode: 'secret', secretName: 'anchorwatch-tls' },
    tokens: { existingSecret: 'anchorwatch-tokens' },
  };
  const text = manifestText(renderer.text(values))
    .replaceAll(/^ *(?:helm\.sh\/chart|app\.kubernetes\.io\/managed-by): .*\n/gm, '')
    .replaceAll(/^\s*\n/gm, '');
  return `${head}---\n${namespace}---\n${text}\n`;
}
