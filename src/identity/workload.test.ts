import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupOf, repositoryOf, workloadOf } from './workload.ts';

const compose = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' };
const name = (container: string, image = 'nginx:1.27', labels: Readonly<Record<string, string>> = {}): string =>
  workloadOf({ name: container, image, labels }).name;

describe('workloadOf', () => {
  test('Compose names it by project and service, whatever the container is called', () => {
    expect(workloadOf({ name: 'shop-web-3', image: 'nginx', labels: compose })).toMatchObject({
      name: 'shop/web',
      kind: 'compose',
    });
    expect(name('anything', 'redis', compose)).toBe('shop/web');
  });

  test('Kubernetes names it by namespace, owner and container name', () => {
    const pod = (pod_: string): Readonly<Record<string, string>> => ({
      'io.kubernetes.pod.namespace': 'shop',
      'io.kubernetes.pod.name': pod_,
      'io.kubernetes.container.name': 'nginx',
    });
    expect(name('k8s_x', 'nginx', pod('web-7d4b9c6f5-x2vbn'))).toBe('shop/web/nginx');
    expect(name('k8s_x', 'nginx', pod('logs-x2vbn'))).toBe('shop/logs/nginx');
    expect(name('k8s_x', 'nginx', pod('db-0'))).toBe('shop/db/nginx');
    expect(name('k8s_x', 'nginx', pod('single'))).toBe('shop/single/nginx');
  });

  test('Kubernetes comes before Compose, and half of the labels are none', () => {
    const labels = {
      'io.kubernetes.pod.namespace': 'shop',
      'io.kubernetes.pod.name': 'db-0',
      'io.kubernetes.container.name': 'pg',
    };
    expect(workloadOf({ name: 'x', image: 'pg', labels: { ...compose, ...labels } }).kind).toBe('kubernetes');
    expect(workloadOf({ name: 'x', image: 'pg', labels: { 'com.docker.compose.project': 'shop' } }).kind).toBe('image');
    const { 'io.kubernetes.pod.name': _, ...half } = labels;
    expect(workloadOf({ name: 'x', image: 'pg', labels: half })).toMatchObject({ name: 'pg/x', kind: 'image' });
  });

  test('of the same name but of another kind is another workload', () => {
    const [one, other] = [
      workloadOf({ name: 'x', image: 'x', labels: compose }),
      workloadOf({ name: 'web', image: 'shop', labels: {} }),
    ];
    expect([one.name, other.name]).toEqual(['shop/web', 'shop/web']);
    expect(one.id).not.toBe(other.id);
  });

  test.each([
    ['web', 'web'],
    ['web-1', 'web'],
    ['web_1', 'web'],
    ['web.1', 'web'],
    ['web-1-2', 'web'],
    ['web1', 'web1'],
    ['web-v2', 'web-v2'],
    ['web-2-blue', 'web-2-blue'],
    ['/shop-web-12', 'shop-web'],
    ['-1', '-1'],
    ['42', '42'],
    ['', ''],
    ['focused_turing', ''],
    ['focused_turing_1', 'focused_turing'],
  ])('the container %s is of the group %s', (container, group) => {
    expect(groupOf(container)).toBe(group);
  });

  test('else image and container name, without replica number, tag and digest', () => {
    expect(name('web-1')).toBe('nginx/web');
    expect(name('/web_2')).toBe('nginx/web');
    expect(name('nginx-1')).toBe('nginx');
    expect(name('web-1', 'registry:5000/team/nginx:1.27@sha256:00')).toBe('registry:5000/team/nginx/web');
  });

  test('an invented name says nothing: each run of an image is the same workload', () => {
    expect(name('boring_wozniak')).toBe('nginx');
    expect(name('boring_wozniak7')).toBe('nginx');
    expect(name('boring_service_2')).toBe('nginx/boring_service');
  });

  test('replicas are one workload, other names are others, and ids follow names', () => {
    const id = (container: string): string => workloadOf({ name: container, image: 'nginx', labels: {} }).id;
    expect(id('web-1')).toBe(id('web-22'));
    expect(id('web-1')).not.toBe(id('api-1'));
    expect(id('web-1')).toMatch(/^[0-9a-f]{16}$/);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z-]{0,20}[a-z]$/), fc.nat(), fc.nat(), (group, one, two) => {
        expect(id(`${group}-${one}`)).toBe(id(`${group}-${two}`));
      }),
    );
  });

  test('never an empty name, whatever the engine says', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (container, image) => {
        expect(typeof groupOf(container)).toBe('string');
        expect(workloadOf({ name: container, image: `x${image}`, labels: {} }).name).not.toBe('');
      }),
    );
    const label = fc.constantFrom(...Object.keys(compose), 'io.kubernetes.pod.name', '__proto__', 'constructor');
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, fc.dictionary(label, text), (container, image, labels) => {
        const workload = workloadOf({ name: container, image, labels });
        expect(workload.id).toMatch(/^[0-9a-f]{16}$/);
        expect(workloadOf({ name: container, image, labels: { ...labels } })).toEqual(workload);
      }),
    );
  });
});

test('an image that is known by its id only goes by the beginning of it', () => {
  expect(repositoryOf(`sha256:${'ab'.repeat(32)}`)).toBe('abababababab');
  expect(repositoryOf('cd'.repeat(32))).toBe('cdcdcdcdcdcd');
  expect(repositoryOf('localhost:5000/x')).toBe('localhost:5000/x');
  expect(repositoryOf('localhost:5000/x:1.2')).toBe('localhost:5000/x');
  expect(repositoryOf('x@sha256:00')).toBe('x');
});
