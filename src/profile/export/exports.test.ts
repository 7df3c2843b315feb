import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { capabilities } from '../../model/call.ts';
import { everyCall, judged, seen, sharedProfile } from '../../../test/support/shared-profiles.ts';
import { adviceOn } from './advice.ts';
import { appArmorProfile, pathGlob } from './apparmor.ts';
import { capabilityList } from './capabilities.ts';
import { factsOf } from './container-facts.ts';
import { dockerCapabilities } from './docker-seccomp.ts';
import { dockerFlags } from './engine-options.ts';
import { exportFormatNames } from '../../model/export-format.ts';
import { exportFormats } from './formats.ts';
import { networkPolicy } from './network-policy.ts';
import { rootFiles } from './root-files.ts';

const known = { byDefault: dockerCapabilities, all: capabilities };

describe('capabilities', () => {
  const features = [...seen('capability', 'chown', 'sys_admin', 'kill refused'), ...seen('privilege', 'setuid other')];

  test('those that were used are added, what the file system asks for and what was refused is not', () => {
    const list = capabilityList({ profile: sharedProfile(features) });
    expect(list).toMatchObject({ drop: ['ALL'], add: ['CHOWN', 'SETUID'] });
    expect(list.unused).toContain('NET_RAW');
    expect(list['x-anchorwatch'].unsure.join()).toContain('sys_admin');
  });

  test('those that the container does not have are not, whatever was seen; judged ones are never', () => {
    const facts = { capabilities: ['chown', 'sys_admin'] };
    expect(capabilityList({ profile: sharedProfile(features), facts }).add).toEqual(['CHOWN', 'SYS_ADMIN']);
    const denied = sharedProfile([...features, ...judged('capability', 'chown')]);
    expect(capabilityList({ profile: denied }).add).toEqual(['SETUID']);
  });
});

describe('root file system', () => {
  test('temporary directories become a tmpfs, data a volume, mounts are left alone', () => {
    const profile = sharedProfile(
      seen(
        'file.write',
        '/tmp/upload-<uuid>',
        '/var/lib/app/<n>/x.db',
        'unlink /var/run/app.pid',
        '/data/a',
        '/dev/null',
      ),
    );
    expect(rootFiles(profile, { writableMounts: ['/data'] })).toEqual({
      ...{ readOnly: true, tmpfs: ['/run', '/tmp'], volumes: ['/var/lib/app'], keepsWritable: [] },
    });
  });

  test('files of the image that are written keep it writable; what was judged or refused does not', () => {
    expect(rootFiles(sharedProfile(seen('file.write', '/etc/app.conf')), undefined)).toMatchObject({
      ...{ readOnly: false, keepsWritable: ['/etc'] },
    });
    const tried = [...judged('file.write', '/etc/passwd'), ...seen('file.write', 'unlink refused /usr/bin/x')];
    expect(rootFiles(sharedProfile(tried), undefined).readOnly).toBe(true);
  });
});

test('flags of docker run', () => {
  const profile = sharedProfile([...seen('file.write', '/var/log/app.log', '/tmp/x'), ...seen('capability', 'chown')]);
  const flags = dockerFlags({ profile, facts: { user: '1000:1000' } }).split('\n');
  expect(flags.filter((line) => line.startsWith('--'))).toEqual([
    ...['--user=1000:1000', '--cap-drop=ALL', '--security-opt=no-new-privileges'],
    ...['--security-opt=seccomp=shop-web.seccomp.json', '--read-only', '--tmpfs=/tmp', '--volume=/var/log'],
  ]);
});

describe('AppArmor', () => {
  test('rules for what was seen, deny for what was judged', () => {
    const text = appArmorProfile({
      profile: sharedProfile([
        ...seen('exec', '/usr/sbin/nginx', 'runtime > /usr/sbin/nginx', '/tmp/x (written)'),
        ...seen('file.read', '/etc/nginx/nginx.conf', '/srv/cache/*.json', 'open refused /etc/gshadow'),
        ...seen('file.write', '/var/log/nginx/access.log', 'unlink /var/run/nginx.pid'),
        ...judged('file.read', '/etc/shadow'),
        ...judged('exec', '/bin/sh'),
        ...seen('net.listen', '80/tcp'),
        ...seen('dns', 'db.example.com'),
      ]),
    });
    const rules = text.split('\n').map((line) => line.trim());
    expect(rules).toEqual(
      expect.arrayContaining([
        ...['"/usr/sbin/nginx" mrix,', '"/etc/nginx/nginx.conf" r,', '"/srv/cache/*.json" r,', '"/run/nginx.pid" rwk,'],
        ...['"/var/log/nginx/access.log" rwk,', 'deny "/etc/shadow" r,', 'network inet stream,', 'network inet dgram,'],
      ]),
    );
    expect(
      rules.some(
        (line) => line.startsWith('"/tmp/x') || line.startsWith('"/bin/sh') || line.startsWith('"/etc/gshadow'),
      ),
    ).toBe(false);
  });

  test.each([
    ['/tmp/a<n>.part', '"/tmp/a[0-9]*.part"'],
    ['/srv/<uuid>/*', '"/srv/[0-9a-fA-F]*-*-*-*-*/*"'],
    ['/srv/a<star>b', String.raw`"/srv/a\*b"`],
    ['/etc/a*b', String.raw`"/etc/a\*b"`],
    ['/srv/@{HOME}/"x"', String.raw`"/srv/\@\{HOME\}/\"x\""`],
    [String.raw`/srv/a\x0ab`, undefined],
    ['/srv/x<long 0123456789abcdef>', undefined],
  ])('%s', (path, glob) => {
    expect(pathGlob(path)).toBe(glob);
  });
});

describe('NetworkPolicy', () => {
  test('peers and ports that were seen', () => {
    const text = networkPolicy({
      profile: sharedProfile(
        [
          ...seen(
            'net.out',
            'payments/service/db:5432/tcp',
            '10.1.2.0/24:6379/tcp',
            '127.0.0.1:9/tcp',
            'api.example.com:443/tcp',
          ),
          ...judged('net.out', '10.1.2.9:6379/tcp', '8.8.8.8:53/udp'),
          ...seen('net.listen', '8080/tcp', '8080/tcp from private'),
          ...judged('net.listen', '4444/tcp'),
          ...seen('dns', 'db.payments'),
        ],
        { workload: { id: 'w', name: 'shop/deployment/web/nginx', kind: 'kubernetes' } },
      ),
    });
    expect(parse(text)).toMatchObject({
      ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { namespace: 'shop' } },
      spec: {
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ ports: [{ protocol: 'TCP', port: 8080 }] }],
        egress: [
          {
            ports: [
              { protocol: 'UDP', port: 53 },
              { protocol: 'TCP', port: 53 },
            ],
          },
          {
            to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'payments' } } }],
            ports: [{ protocol: 'TCP', port: 5432 }],
          },
          { to: [{ ipBlock: { cidr: '10.1.2.0/24', except: ['10.1.2.9/32'] } }], ports: [{ port: 6379 }] },
          { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 443 }] },
        ],
      },
    });
    expect(text).toContain('api.example.com is a name');
  });
});

describe('advice', () => {
  const facts = {
    ...{ user: '', capabilities: dockerCapabilities, readOnlyRoot: false, writableMounts: [] },
    ...{ ports: ['80/tcp', '443/tcp'], networkMode: 'bridge' },
    programs: [
      { path: '/usr/sbin/nginx', sizeBytes: 1 << 20, package: 'nginx' },
      { path: '/usr/bin/dash', sizeBytes: 1 << 17, package: 'dash' },
      { path: '/usr/bin/mine', sizeBytes: 1 << 21 },
    ],
    packages: [
      { name: 'dash', sizeBytes: 3 << 20 },
      { name: 'nginx', sizeBytes: 9 << 20 },
    ],
  };
  const outcomes = (...[profile, made]: Parameters<typeof adviceOn>): Record<string, string> =>
    Object.fromEntries(adviceOn(profile, made).map(({ subject, outcome }) => [subject, outcome]));
  const features = [
    ...seen('exec', '/usr/sbin/nginx'),
    ...seen('net.listen', '80/tcp'),
    ...seen('file.write', '/tmp/x'),
  ];

  test('what is granted and was never used', () => {
    const advice = adviceOn(sharedProfile(features), facts);
    expect(new Set(advice.map(({ outcome }) => outcome))).toEqual(new Set(['tighten']));
    expect(advice.find(({ subject }) => subject === 'ports')?.evidence).toEqual(['443/tcp', '80/tcp']);
    expect(advice.find(({ subject }) => subject === 'programs')?.note).toContain('2 of 3 programs (2.1 MiB)');
    expect(advice.find(({ subject }) => subject === 'programs')?.evidence).toEqual([
      'package dash (3.0 MiB)',
      '/usr/bin/mine (2.0 MiB)',
    ]);
  });

  test('too little seen, or nothing known of the container, is unknown and never advice', () => {
    const few = sharedProfile(features, { samples: { startup: 1, steady: 2 } });
    expect(new Set(Object.values(outcomes(few, facts)))).toEqual(new Set(['unknown']));
    expect(new Set(Object.values(outcomes(sharedProfile(features))))).toEqual(new Set(['unknown']));
  });

  test('what was used fits', () => {
    const used = [
      ...features,
      ...seen('net.listen', '80/tcp from 10.0.0.0/8'),
      ...seen('privilege', 'setuid other'),
      ...seen('file.write', '/usr/share/x'),
    ];
    expect(outcomes(sharedProfile(used), { ...facts, ports: ['80/tcp'], networkMode: 'none' })).toMatchObject({
      ...{ user: 'fits', 'read-only-root': 'fits', ports: 'fits', network: 'fits' },
    });
  });
});

test('facts of what the engine answers', () => {
  const answer = [
    {
      Name: '/web',
      Config: { User: 'www', ExposedPorts: { '80/tcp': {} } },
      HostConfig: { CapAdd: ['CAP_NET_ADMIN'], CapDrop: ['NET_RAW'], ReadonlyRootfs: true, Tmpfs: { '/tmp': '' } },
      Mounts: [
        { Destination: '/data', RW: true },
        { Destination: '/etc/app', RW: false },
      ],
    },
  ];
  const facts = factsOf(answer, known);
  expect(facts).toMatchObject({
    name: 'web',
    user: 'www',
    readOnlyRoot: true,
    writableMounts: ['/data', '/tmp'],
    ports: ['80/tcp'],
  });
  expect(facts?.capabilities).toContain('net_admin');
  expect(facts?.capabilities).not.toContain('net_raw');
  expect(factsOf([], known)).toBeUndefined();
});

test('whatever a workload names its files and peers: comments end where they should, YAML and JSON parse', () => {
  const nasty = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.array(nasty, { maxLength: 6 }), nasty, (texts, name) => {
      const profile = sharedProfile(
        [
          ...everyCall,
          ...texts.flatMap((text) => [
            ...[
              ...seen('file.write', `/srv/${text}`),
              ...seen('file.read', `/etc/${text}`),
              ...seen('exec', `/${text}`),
            ],
            ...[...seen('net.out', `${text}:80/tcp`), ...seen('syscall', text), ...judged('file.read', `/${text}`)],
            ...[...seen('capability', text), ...judged('net.listen', text), ...seen('net.listen', text)],
          ]),
        ],
        { workload: { id: 'w', name, kind: 'image' }, images: texts },
      );
      for (const format of exportFormatNames) {
        const text = exportFormats[format].write({ profile, force: true });
        if (format === 'seccomp' || format === 'capabilities') JSON.parse(text);
        else if (format === 'docker') {
          for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^(?:# |--)/u);
        } else if (format === 'apparmor') {
          for (const line of text.split('\n'))
            expect(line).toMatch(
              /^(?:#.*|profile anchorwatch-[\w.-]+ flags=\(attach_disconnected,mediate_deleted\) \{|\}| {2}(?:#.*|(?:deny )?"\/(?:[^"\\]|\\.)*" [mrwklix]+,|(?:signal|ptrace|unix|network|capability)[^"]*,))?$/u,
            );
        } else expect(typeof parse(text)).toBe('object');
      }
    }),
    { numRuns: 60 },
  );
});
