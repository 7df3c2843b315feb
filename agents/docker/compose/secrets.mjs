// The first service of docker-compose.yml: makes what is secret, once, each in a volume of its own that only those get who need it.
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';

const random = (sizeBytes) => randomBytes(sizeBytes).toString('base64url');
/** The form of a token of the API: aw_ID_SECRET (docs/access.md). */
const token = () => `aw_${randomBytes(6).toString('hex')}_${random(32)}`;

const secrets = {
  '/secrets/agent/token': random(32),
  '/secrets/admin/token': token(),
  '/secrets/metrics/token': token(),
  '/secrets/grafana/password': random(18),
};
for (const [file, secret] of Object.entries(secrets)) {
  if (existsSync(file)) continue;
  // Who reads it is another user in another container: what keeps it is where its volume is mounted.
  writeFileSync(file, secret, { flag: 'wx', mode: 0o444, flush: true });
  process.stdout.write(`${file} is made\n`);
}
