// A thread that speaks as much of the Docker Engine API as the checks of practices ask for: answers of the length that a real engine's have.
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { socket, pid } = workerData as { readonly socket: string; readonly pid: number };
const layers = Array.from({ length: 12 }, (_, number) => `/var/lib/docker/overlay2/${'ab12'.repeat(16)}${number}/diff`);
const environment = Array.from({ length: 24 }, (_, number) => `SETTING_${number}=value-${number}-of-the-application`);
const labels = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`com.example.label.${n}`, `value ${n}`]));

/** Every tenth one publishes a port. */
const portsOf = (id: string): object =>
  id.endsWith('0') ? { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] } : {};
const container = (id: string): object => ({
  ...{ Id: id, Name: '/web', Image: 'sha256:aa', Created: '2026-11-01T00:00:00Z', Path: 'web', Args: ['--serve'] },
  AppArmorProfile: 'docker-default',
  State: { Running: true, Pid: pid, StartedAt: '2026-11-01T00:00:00Z' },
  Config: { Image: 'shop/web:7', User: '', Env: environment, Cmd: ['web', '--serve'], Labels: labels },
  HostConfig: {
    ...{
      Privileged: false,
      CapAdd: null,
      CapDrop: null,
      SecurityOpt: null,
      ReadonlyRootfs: false,
      NetworkMode: 'shop',
    },
    ...{
      PidMode: '',
      IpcMode: 'private',
      UTSMode: '',
      UsernsMode: '',
      CgroupnsMode: 'private',
      Memory: 0,
      NanoCpus: 0,
    },
    MaskedPaths: ['/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'],
    ReadonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
    LogConfig: { Type: 'json-file', Config: {} },
    RestartPolicy: { Name: 'always', MaximumRetryCount: 0 },
  },
  GraphDriver: { Name: 'overlay2', Data: { LowerDir: layers.join(':'), UpperDir: layers[0], MergedDir: layers[1] } },
  Mounts: [
    { Type: 'volume', Source: '/var/lib/docker/volumes/x/_data', Destination: '/data', RW: true, Propagation: '' },
  ],
  NetworkSettings: { Networks: { shop: {} }, Ports: portsOf(id) },
});
const history = Array.from({ length: 20 }, (_, n) => ({ CreatedBy: `RUN /bin/sh -c apt-get install -y package-${n}` }));

createServer((request, response) => {
  const path = request.url ?? '';
  const id = /^\/containers\/(\w+)\/json/.exec(path)?.[1];
  const answer =
    id !== undefined
      ? container(id)
      : path.endsWith('/history')
        ? history
        : path.startsWith('/images/')
          ? { Id: 'sha256:aa', Created: '2026-11-01T00:00:00Z', Config: { Env: environment } }
          : { ServerVersion: '28.1', SecurityOptions: ['name=seccomp,profile=builtin'], Driver: 'overlay2' };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
}).listen(socket, () => parentPort?.postMessage('listening'));
