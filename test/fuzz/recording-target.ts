import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Replay } from '../../src/agent/replay.ts';
import { effectiveRules } from '../../src/agent/rule-check.ts';
import { entryOf } from '../../src/history/recording-reader.ts';
import type { RecordingEntry, RecordingHeader } from '../../src/model/recording.ts';
import type { Target } from './target.ts';
import { jsonWords } from './text-targets.ts';

const rules = effectiveRules([]);
const recorded = gunzipSync(readFileSync(new URL('../recordings/redis.recording', import.meta.url)))
  .toString('utf8')
  .trimEnd()
  .split('\n');
const header = JSON.parse(recorded[0] ?? '') as RecordingHeader;
const containers = recorded.filter((line) => line.includes('"what":"container"'));

/** Lines of a recording after its header: entries or mistakes that are named, and whatever they are, the judgement stands them. */
export const recordingTarget: Target = {
  name: 'recording',
  covers: (path) => /^src\/(?:history\/recording-reader|protocol\/recording-schema|agent\/replay)\.ts$/.test(path),
  seeds: () => recorded.slice(1, 60).map((line) => new TextEncoder().encode(line)),
  dictionary: [
    ...jsonWords,
    '"what":"event"',
    '"what":"tick"',
    '"t":',
    '"event":',
    '"kernelKey":',
    '"starts":true',
    '\n',
  ],
  maxBytes: 4000,
  check: (bytes) => {
    const replay = new Replay(header, { rules, judging: {}, onAlert: () => undefined });
    const give = (line: Uint8Array): RecordingEntry | undefined => {
      const parsed = entryOf(line);
      if (parsed.ok) replay.entry(parsed.entry);
      else assert.ok(parsed.problem !== '' && parsed.problem.length <= 200, 'a mistake without a name');
      return parsed.ok ? parsed.entry : undefined;
    };
    for (const line of containers) assert.ok(give(new TextEncoder().encode(line)) !== undefined);
    const before = replay.failed;
    const entry = give(bytes);
    if (entry !== undefined) {
      const text = JSON.stringify(entry);
      const again = entryOf(new TextEncoder().encode(text));
      assert.ok(
        again.ok && JSON.stringify(again.entry) === text,
        'an entry that is another one when it is written again',
      );
    }
    give(new TextEncoder().encode(JSON.stringify({ what: 'tick', t: header.createdMs + 3_600_000 })));
    assert.ok(replay.failed <= before + 1);
    replay.finish();
  },
};
