import { expect, test } from 'vitest';
import { Harness } from './harness.ts';

const harness = new Harness();

const names = (kind: 'dns' | 'dns-answer'): readonly string[] =>
  harness.seen.flatMap(({ event }) =>
    event.kind === kind
      ? [`${event.name}${'addresses' in event ? ` ${event.addresses.join(' ')}` : ''} ${event.resolver}`]
      : [],
  );

/** Perl: a resolver R at port 53 of an address, `question(NAME)`, and `answer(NAME)` with an address of each family. */
const prelude = (family: string, address: string, socketAddress: string): string => `system("ip link set lo up");
socket(R,${family},SOCK_DGRAM,0); my $to = ${socketAddress}(53, Socket::inet_pton(${family},"${address}")); bind(R,$to) or die $!;
sub name { join("", map { chr(length) . $_ } split /\\./, shift) . "\\0" }
sub question { pack("nnnnnn",7,256,1,0,0,0) . name(shift) . pack("nn",1,1) }
sub answer { pack("nnnnnn",7,0x8180,1,2,0,0) . name(shift) . pack("nn",1,1) . "\\xc0\\x0c" . pack("nnNn",1,1,60,4) . "\\x0a\\1\\0\\1"
. "\\xc0\\x0c" . pack("nnNn",28,1,60,16) . Socket::inet_pton(AF_INET6,"fd00::7") }`;

const run = (script: string): Promise<string> => harness.container.run(`unshare -n perl -MSocket -e '${script}' 2>&1`);

test('a resolver that is reached by IPv6, whatever the call that reads its answer', async () => {
  const calls = ['recv(C,my $in,999,0)', 'sysread(C,my $in,999)', 'recv(C,my $in,999,MSG_PEEK);recv(C,$in,5,0)'];
  const each = calls.map(
    (
      call,
      i,
    ) => `socket(C,AF_INET6,SOCK_DGRAM,0); ${i === 1 ? 'connect(C,$to); syswrite(C,' : 'send(C,'}question("a${i}.example")${i === 1 ? '' : ',0,$to'});
my $from = recv(R,my $q,999,0); send(R,answer("a${i}.example"),0,$from); ${call};`,
  );
  await run(`${prelude('AF_INET6', '::1', 'sockaddr_in6')} ${each.join('\n')}`);
  await harness.settled();
  expect(names('dns')).toEqual(['a0.example ::1', 'a1.example ::1', 'a2.example ::1']);
  expect(names('dns-answer')).toEqual(['a0', 'a1', 'a2'].map((name) => `${name}.example 10.1.0.1 fd00::7 ::1`));
});

test('many questions and answers that one call sends as segments of one packet are told one by one', async () => {
  // SOL_UDP, UDP_SEGMENT: all of one size but the last.
  const output = await run(`${prelude('AF_INET', '127.0.0.53', 'sockaddr_in')}
sub segments { my ($s, @m) = @_; setsockopt($s,17,103,pack("i",length($m[0]))) or do { print "none"; exit }; join("", @m) }
my @names = map { "part$_.example" } qw(1 2 3); socket(C,AF_INET,SOCK_DGRAM,0); connect(C,$to);
syswrite(C, segments(C, map { question($_) } @names, "x.example")); my $from; for (1..4) { $from = recv(R,my $q,999,0) }
send(R, segments(R, map { answer($_) } @names), 0, $from); for (1..3) { sysread(C,my $in,999) }`);
  expect(output).toBe('');
  await harness.settled();
  expect(names('dns')).toEqual(['part1', 'part2', 'part3', 'x'].map((name) => `${name}.example 127.0.0.53`));
  expect(names('dns-answer')).toEqual(
    ['part1', 'part2', 'part3'].map((name) => `${name}.example 10.1.0.1 fd00::7 127.0.0.53`),
  );
});
