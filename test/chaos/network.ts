import { spawnSync } from 'node:child_process';

/** Two network namespaces with a wire between them, which can be cut and slowed. */
export class Network {
  /** Names of the namespaces, for `ip netns exec`. */
  readonly collector: string;
  readonly agent: string;
  /** Of the collector's side. */
  readonly address = '10.213.7.1';
  readonly #agentAddress = '10.213.7.2';

  /** Throws, saying why, where namespaces cannot be made. */
  constructor(name: string) {
    this.collector = `${name}c`;
    this.agent = `${name}a`;
    try {
      for (const namespace of [this.collector, this.agent]) {
        ip('netns', 'add', namespace);
        ip('-n', namespace, 'link', 'set', 'lo', 'up');
      }
      ip('-n', this.collector, 'link', 'add', 'wire', 'type', 'veth', 'peer', 'name', 'wire', 'netns', this.agent);
      ip('-n', this.collector, 'address', 'add', `${this.address}/30`, 'dev', 'wire');
      ip('-n', this.agent, 'address', 'add', `${this.#agentAddress}/30`, 'dev', 'wire');
      this.heal();
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Nothing passes, and nobody is told. */
  cut(): void {
    ip('-n', this.collector, 'link', 'set', 'wire', 'down');
  }

  /** A narrow wire that loses what does not fit; with delay and loss besides where the kernel can (sch_netem). Answers which of them. */
  slow(): 'netem' | 'tbf' {
    const netem = ['delay', '40ms', '30ms', 'loss', '5%', 'rate', '2mbit'];
    if (this.#shape('netem', ...netem)) return 'netem';
    this.#shape('tbf', 'rate', '400kbit', 'burst', '4kb', 'latency', '60ms');
    return 'tbf';
  }

  heal(): void {
    for (const namespace of [this.collector, this.agent]) {
      ip('-n', namespace, 'link', 'set', 'wire', 'up');
      spawnSync('tc', ['-n', namespace, 'qdisc', 'del', 'dev', 'wire', 'root'], { stdio: 'ignore' });
    }
  }

  remove(): void {
    for (const namespace of [this.collector, this.agent])
      spawnSync('ip', ['netns', 'del', namespace], { stdio: 'ignore' });
  }

  #shape(...discipline: readonly string[]): boolean {
    return [this.collector, this.agent].every(
      (namespace) =>
        spawnSync('tc', ['-n', namespace, 'qdisc', 'replace', 'dev', 'wire', 'root', ...discipline]).status === 0,
    );
  }
}

function ip(...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
