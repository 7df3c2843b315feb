import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Made } from './certificates.ts';

/** An authority of openssl's, which can revoke what it issued. */
export class RevocationAuthority {
  readonly cert: string;
  readonly #directory: string;

  /** @param parent Its files are made below. */
  constructor(parent: string) {
    this.#directory = join(parent, 'authority');
    mkdirSync(this.#directory);
    this.#write('index.txt', '');
    this.#write('crlnumber', '01\n');
    this.#write(
      'openssl.cnf',
      [
        ...['[ca]', 'default_ca=own', '[own]', 'database=index.txt', 'crlnumber=crlnumber', 'default_md=sha256'],
        ...['certificate=ca.crt', 'private_key=ca.key', 'new_certs_dir=.', 'rand_serial=yes', 'policy=any'],
        ...['[any]', 'commonName=supplied'],
      ].join('\n'),
    );
    this.#openssl(
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=issuer',
    );
    this.cert = this.#read('ca.crt');
  }

  issue(name: string): Made {
    this.#openssl(
      `req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`,
    );
    this.#openssl(`ca -batch -config openssl.cnf -days 1 -in ${name}.csr -out ${name}.crt -notext`);
    return { cert: this.#read(`${name}.crt`), key: this.#read(`${name}.key`) };
  }

  revoke(name: string): void {
    this.#openssl(`ca -batch -config openssl.cnf -revoke ${name}.crt`);
  }

  /** The list of the moment. @param hours How long it counts; below 0: it has ended. */
  list(hours: number = 24): string {
    const [from, to] = [Math.min(hours - 1, 0), hours].map((one) =>
      new Date(Date.now() + one * 3_600_000).toISOString().replaceAll(/[-:T]|\.\d+/g, ''),
    );
    this.#openssl(`ca -batch -config openssl.cnf -gencrl -crl_lastupdate ${from} -crl_nextupdate ${to} -out list.crl`);
    return this.#read('list.crl');
  }

  #openssl(text: string): void {
    execFileSync('openssl', text.split(' '), { cwd: this.#directory, stdio: 'pipe' });
  }

  #read(name: string): string {
    return readFileSync(join(this.#directory, name), 'utf8');
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#directory, name), text);
  }
}
