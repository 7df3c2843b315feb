import type { FactNames } from './facts.ts';

/**
 * What each fact says that a condition may use; no other may be named. docs/reference/facts.md is made from it. The compiler knows when a
 * fact of facts.ts is missing here.
 */
export const factDescriptions: { readonly [V in keyof FactNames]: Readonly<Record<FactNames[V], string>> } = {
  event: {
    kind: 'What happened: `exec file connect listen accept dns call change lifecycle api`; `slice`: what the container did for some slices of time.',
    path: 'exec: the program; file and change: the file. Absolute, as the container sees it. api: the path of the request.',
    name: 'Last part of `path`, of a program without its version (`python`), the applet of busybox and its like; connect: the DNS name that the address was given for; dns: the name asked for; slice: its dimension (`rate.cpu`), of posture the check; api: name of the object.',
    access: 'file: `read` or `write`.',
    created: 'file: it was made by this open.',
    origin:
      'exec and file: where the file is from: `image written tmpfs mount memfd deleted unknown`; `written` is since the container started.',
    ofOther:
      'file: what `/proc` tells of another process than the one that opens it: `environ mem maps smaps auxv cmdline pagemap`.',
    fileType: 'file, and change by mknod: `regular directory character block fifo socket other`.',
    address:
      'connect, accept: the other end; listen: the own address; dns: the resolver; api: the client, as the API server saw it.',
    loopback: 'connect, listen, accept: the address is of the container itself.',
    port: 'connect: the port there; listen and accept: the port here.',
    protocol: 'connect, listen, accept: `tcp` or `udp`.',
    args: 'exec: the arguments, the first being the name that the program was called by.',
    commandLine: 'exec: `args` with spaces between them.',
    script: 'exec: the script that an interpreter was started for by its `#!` line.',
    parent: 'exec: path of the program that started it; empty when that is the container runtime.',
    parentName: 'exec: name of `parent`, as in `name`.',
    fromRuntime: 'exec: the container runtime started it: entry point, `docker exec`, health check of the engine.',
    action:
      'lifecycle: `exec-create attach archive privileged-start host-namespace-start engine-socket-mount host-path-mount isolation-weakened image-made exported restart-loop oom image-change`, of Kubernetes `port-forward debug-container probe-failed evicted weaker-security back-off pull-failed mount-failed start-failed hook-failed killed preempted create-failed schedule-failed`.',
    detail: 'call: what its argument means (`CLONE_NEWUSER`); lifecycle: namespace, mounted path or program.',
    call: 'call: name of a rare system call, such as `mount ptrace bpf setns`.',
    change: 'change: `rename unlink link symlink chmod chown truncate times mknod` and their like.',
    other: 'change: the old name of a rename, what a link points to.',
    writableByAll: 'change: chmod lets every user write, without the bit that keeps them to their own files (sticky).',
    special:
      'change: chmod lends the identity of the owner (set-user-id, set-group-id), or a time was set that is not the present.',
    mode: 'change: the mode of chmod and mknod in octal digits, without leading zeros (`644`, `2775`).',
    refused:
      'call, change: it failed. file: it was forbidden to be opened; the path is as it was asked for. api: answered with 401 or 403.',
    text: 'call: the path or text that it was given; kill: the program that the signal is for.',
    socketStdio: 'exec: standard input is a network socket.',
    compat: 'exec: a program of the 32-bit ABI on a 64-bit machine.',
    entered:
      "exec: from outside: the process is in the container's namespaces, but not in its cgroup (`nsenter` on the node, not `docker exec`).",
    peer: 'accept: who connects: `loopback private public`.',
    type: 'dns: what is asked for besides addresses (`TXT`, `MX`).',
    value:
      'slice: what was measured: cores, bytes, processes, or so many a second; of posture how grave the check is (0 notice, 1 warning, 2 critical).',
    usual: 'slice: what is usual for the workload at this hour, in the unit of `value`.',
    heldSeconds: 'slice: for how long it has been so.',
    burst: 'slice: it came within seconds; `usual` is then the highest that was seen before.',
    user: 'api: user or service account, as the API server authenticated it.',
    verb: 'api: `get list watch create update patch delete deletecollection`.',
    resource:
      'api: plural name of the resource with its group (`secrets`, `roles.rbac.authorization.k8s.io`); empty for other paths.',
    subresource: 'api: `exec log status token` and their like.',
    namespace: 'api: namespace of the object; empty for what belongs to the cluster, and where all were asked.',
    userAgent: 'api: what the client calls itself.',
    impersonated: 'api: the user on whose behalf it was asked.',
    code: 'api: HTTP status of the answer.',
    refusedLately: 'api: requests of the user that were refused within a minute.',
  },
  process: {
    exe: 'Path of the program that did it.',
    name: 'Its name without directory and version; the applet of busybox and its like.',
    args: 'Its arguments.',
    applet:
      'What the shell of a multi-call program (busybox) does without executing anything: the name that its process goes by, `cp`. Empty for all others.',
    commandLine: '`args` with spaces between them.',
    uid: 'Its user id, as the container calls it; of a user that has no name in the user namespace of the container, as the node does.',
    hostUid:
      'Its user id, as the node calls it: another than `uid` where the container has a user namespace of its own.',
    ancestors: 'Names of the programs above it, parent first.',
    session:
      'It came into the container from outside, or something above it did: `docker exec`, `kubectl exec`, a probe; nothing that the first process started.',
  },
  container: {
    name: 'Name of the container.',
    image: 'Image that it was started from, as it was named.',
    privileged: 'It runs privileged.',
    kind: 'What groups its workload: `kubernetes compose image`.',
    workload: 'Name of the workload, such as `shop/web`.',
    hostNamespaces: 'Namespaces that it shares with the node, of `net pid ipc uts user cgroup`.',
  },
  profile: {
    samples: "Completed samples of the container's present stratum (startup or steady).",
    ageSeconds: 'Since the workload was first seen.',
    startup: 'The container is in its startup phase.',
    coverage: "Coverage of the event's dimension, 0 to 1.",
    settled:
      'Past startup, watched for 45 s, the dimension does not keep showing new features, and the image is not a new one of a known workload.',
    listens: 'Any program of the workload listens on a port.',
    knowsPort: "The event's port occurs in the known `net.out` features.",
    listensOnPort: "The event's port occurs in the known `net.listen` features.",
    knowsProgram: 'exec: the program is known, whoever started it.',
    parentListens: 'exec: the program that started it is known to listen.',
    writtenHere: 'exec: the program or script was written in this container since it started.',
    ownFile: 'change: the process that does it made the file itself, or one below it.',
    news: "How much of the event's dimension (of files: of files or of directories) the container showed for the first time within ten seconds, this included; 64 at most.",
    healthcheck: "Done by the container's own health check, by a command line that is part of it.",
  },
};
