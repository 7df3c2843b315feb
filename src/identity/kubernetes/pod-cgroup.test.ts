import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { podOfCgroupPath } from './pod-cgroup.ts';

const id = '0123456789abcdef'.repeat(4);
const node = 'fedcba9876543210'.repeat(4);
const uid = '8f1c0b6e-3d4a-4c7e-9b1f-0a2b3c4d5e6f';
const under = uid.replaceAll('-', '_');
const hash = '5f0f3c1d2e4b6a798877665544332211';
const both = { podUid: uid, containerId: id };

describe('the pod and container of a cgroup path', () => {
  test.each([
    ['cgroupfs, guaranteed', `/kubepods/pod${uid}/${id}`],
    ['cgroupfs, burstable', `/kubepods/burstable/pod${uid}/${id}`],
    ['cgroupfs, best effort', `/kubepods/besteffort/pod${uid}/${id}`],
    ['cgroupfs, CRI-O', `/kubepods/burstable/pod${uid}/crio-${id}`],
    ['systemd, containerd', slices('', 'burstable', `cri-containerd-${id}.scope`)],
    ['systemd, CRI-O', slices('', 'besteffort', `crio-${id}.scope`)],
    ['systemd, Docker', slices('', 'burstable', `docker-${id}.scope`)],
    ['systemd, guaranteed', `/kubepods.slice/kubepods-pod${under}.slice/cri-containerd-${id}.scope`],
    [
      'drivers that do not fit',
      `/system.slice/containerd.service/kubepods-burstable-pod${under}.slice:cri-containerd:${id}`,
    ],
    ['kind, cgroupfs', `/docker/${node}/kubelet/kubepods/burstable/pod${uid}/${id}`],
    ['kind, systemd', `/docker/${node}${slices('kubelet-', 'burstable', `cri-containerd-${id}.scope`)}`],
    [
      'kind below systemd',
      `/system.slice/docker-${node}.scope${slices('kubelet-', 'besteffort', `cri-containerd-${id}.scope`)}`,
    ],
    ['k3d', `/docker/${node}/kubepods/besteffort/pod${uid}/${id}`],
    ['k3s without root', `/user.slice/user-1000.slice/user@1000.service/k3s.service/kubepods/pod${uid}/${id}`],
    ['in a cgroup namespace', `/../../kubepods/burstable/pod${uid}/${id}`],
  ])('%s', (_, path) => {
    expect(podOfCgroupPath(path)).toEqual(both);
  });

  test('a static pod has the hash of its file', () => {
    expect(podOfCgroupPath(`/kubepods/burstable/pod${hash}/${id}`)).toEqual({ podUid: hash, containerId: id });
  });

  test.each([
    `/docker/${id}`,
    `/system.slice/docker-${id}.scope`,
    `/kubepods/burstable/pod${uid}`,
    `/kubepods.slice/kubepods-pod${under}.slice`,
    `/kubepods/burstable/pod${uid}/${id}/inner`,
    `/kubepods/burstable/pod${uid}/crio-conmon-${id}`,
    `/kubepods/burstable/pod${uid}/crio-${id}.scope/container`,
    `/kubepods/burstable/pod${uid}/${id.slice(1)}`,
    `/kubepods/burstable/pod${uid}/${id.toUpperCase()}`,
    `/kubepods/burstable/pod${uid}/x/${id}`,
    `/kubepods/burstable/podnone/${id}`,
    // Not the kubelet's.
    `/machine.slice/libpod_pod_${node}/libpod-${id}.scope`,
    `/somewhere/pod${uid}/${id}`,
    '/',
    '',
  ])('none in %s', (path) => {
    expect(podOfCgroupPath(path)).toBeUndefined();
  });

  const hex = (length: number): fc.Arbitrary<string> =>
    fc
      .array(fc.constantFrom(...id.slice(0, 16).split('')), { minLength: length, maxLength: length })
      .map((all) => all.join(''));

  test('whatever the ids, the driver, the runtime and the parent are', () => {
    const parent = fc
      .array(fc.stringMatching(/^[a-z0-9.@_-]{1,20}$/), { maxLength: 4 })
      .map((all) => all.map((one) => `/${one}`).join(''));
    const runtime = fc.constantFrom('', 'crio-', 'cri-containerd-', 'docker-');
    const quality = fc.constantFrom('burstable', 'besteffort', undefined);
    fc.assert(
      fc.property(
        parent,
        hex(64),
        fc.uuid(),
        runtime,
        quality,
        fc.boolean(),
        (above, containerId, podUid, prefix, qos, systemd) => {
          const slice = ['kubepods', ...(qos === undefined ? [] : [qos])];
          const path = systemd
            ? `${above}/kubepods.slice/${slice.join('-')}-pod${podUid.replaceAll('-', '_')}.slice/${prefix}${containerId}.scope`
            : `${above}/${slice.join('/')}/pod${podUid}/${prefix}${containerId}`;
          expect(podOfCgroupPath(path)).toEqual({ podUid, containerId });
        },
      ),
    );
  });

  test('only ever a uid and 64 hex digits, of any text', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom(id, `pod${uid}`, 'kubepods', `crio-${id}.scope`, '..', `pod${hash}`),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const found = podOfCgroupPath(parts.join('/')) ?? both;
        expect(found.containerId).toMatch(/^[0-9a-f]{64}$/);
        expect(found.podUid).toMatch(/^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/);
      }),
    );
  });
});

function slices(above: string, quality: string, last: string): string {
  const root = above === '' ? '' : '/kubelet.slice';
  return `${root}/${above}kubepods.slice/${above}kubepods-${quality}.slice/${above}kubepods-${quality}-pod${under}.slice/${last}`;
}
