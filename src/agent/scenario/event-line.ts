import { parseEndpoint } from '../../detect/examples.ts';
import type { FileChange } from '../../model/change.ts';
import type { Container } from '../../model/container.ts';
import type { Event, FileOrigin, KernelKey, PeerKind } from '../../model/event.ts';
import { countsArguments } from '../../model/program.ts';
import { foldDigits } from '../../profile/generalise.ts';
import type { NamedProcesses } from './named-processes.ts';
import { pairs } from './words.ts';

/** What an event line (`exec PATH …`) says happened in the container at that time. Throws on a word that it does not know. */
export function eventOf(
  words: readonly string[],
  {
    container,
    timeMs,
    processes,
  }: { readonly container: Container; readonly timeMs: number; readonly processes: NamedProcesses },
): Event {
  const [verb = '', what = '', ...rest] = words;
  const argsAt = rest.indexOf('args');
  const args = argsAt < 0 ? undefined : rest.slice(argsAt + 1);
  const options = pairs(argsAt < 0 ? rest : rest.slice(0, argsAt));
  const exe = verb === 'exec' ? what : (options.get('by') ?? '');
  const process = {
    ...processes.of(container.name, verb === 'exec', exe, options),
    startTimeNs: String(timeMs),
    comm: '',
    exe,
    args: args ?? [exe.slice(exe.lastIndexOf('/') + 1)],
    uid: 0,
    gid: 0,
    cwd: '/',
  };
  const base = {
    timeMs,
    cgroupId: container.cgroupId ?? '',
    source: 'kernel' as const,
    process,
  };
  const origin = (options.get('origin') ?? 'image') as FileOrigin;
  switch (verb) {
    case 'exec': {
      const parent = options.get('parent') ?? 'runtime';
      const parentExe = parent === 'runtime' ? '' : parent;
      const shape = countsArguments(what) ? foldDigits(process.args.join('\0')) : '';
      const kernelKey: KernelKey = { kind: 'exec', path: what, origin, parent: parentExe, shape };
      const script = options.get('script') ?? '';
      return {
        ...base,
        kind: 'exec',
        path: what,
        origin,
        script,
        parentExe,
        fromRuntime: parent === 'runtime',
        kernelKey,
      };
    }
    case 'read':
    case 'write':
    case 'create': {
      const access = verb === 'read' ? 'read' : 'write';
      const refused = options.get('refused') === 'yes';
      const ofOther = options.get('of') === 'other';
      const kernelKey: KernelKey = {
        ...{ kind: `file.${access}`, path: what },
        ...(refused ? { refused } : {}),
        ...(ofOther ? { reader: exe } : {}),
      };
      return {
        ...base,
        kind: 'file',
        access,
        created: verb === 'create',
        path: what,
        fileType: refused ? 'other' : 'regular',
        origin: refused ? 'unknown' : origin,
        ...(refused ? { error: 'EACCES' } : {}),
        ...(ofOther ? { ofOther } : {}),
        kernelKey,
      };
    }
    case 'connect': {
      const peer = parseEndpoint(what);
      return { ...base, kind: 'connect', ...peer, kernelKey: { kind: 'net.out', ...peer } };
    }
    case 'listen': {
      const { address, port, protocol } = parseEndpoint(what);
      return { ...base, kind: 'listen', address, port, protocol, kernelKey: { kind: 'net.listen', port, protocol } };
    }
    case 'accept': {
      const { port, address } = parseEndpoint(what);
      const peer = (options.get('from') ?? 'private') as PeerKind;
      const kernelKey: KernelKey = { kind: 'net.in', protocol: 'tcp', port, peer };
      return { ...base, kind: 'accept', protocol: 'tcp', address, port, peer, kernelKey };
    }
    case 'dns': {
      const type = options.get('type') ?? '';
      const kernelKey: KernelKey = { kind: 'dns', name: what, type };
      return { ...base, kind: 'dns', name: what, type, resolver: options.get('resolver') ?? '127.0.0.11', kernelKey };
    }
    case 'answer': {
      const { process: _, ...rest_ } = base;
      const addresses = (rest[0] ?? '').split(',');
      const resolver = pairs(rest.slice(1)).get('resolver') ?? '127.0.0.11';
      return { ...rest_, kind: 'dns-answer', name: what, addresses, resolver };
    }
    case 'change': {
      const [change, path = ''] = [what as FileChange, rest[0]];
      const options_ = pairs(rest.slice(1));
      const [special, refused] = [options_.get('special') === 'yes', options_.get('refused') === 'yes'];
      const kernelKey: KernelKey = { kind: 'change', change, special, refused, path };
      const error = refused ? 'EPERM' : '';
      const exe_ = options_.get('by') ?? '';
      const by = { ...process, exe: exe_, args: [exe_] };
      return { ...base, process: by, kind: 'change', change, path, other: '', mode: 0, special, error, kernelKey };
    }
    case 'call': {
      const detail = options.get('detail') ?? '';
      const refused = options.get('refused') === 'yes';
      const text = options.get('text') ?? '';
      const kernelKey: KernelKey = {
        ...{ kind: 'call', call: what, detail: codeOf(detail), refused },
        ...(what === 'kill' ? { sender: exe, target: text } : {}),
      };
      return { ...base, kind: 'call', call: what, detail, error: refused ? 'EPERM' : '', text, kernelKey };
    }
    case 'engine': {
      const [action = '', ...detail] = what.split(':');
      const { cgroupId } = base;
      return {
        ...{ timeMs, cgroupId, source: 'engine' as const, kind: 'lifecycle' as const, containerId: container.id },
        action: action as 'exec-create',
        detail: detail.join(':'),
      };
    }
    default:
      throw new Error(`unknown event "${verb}"`);
  }
}

/** A number that stands for a detail: the model's kernel tells details apart by nothing else. */
function codeOf(text: string): number {
  return Buffer.from(text).reduce((code, byte) => (code * 31 + byte) >>> 0, 0);
}
