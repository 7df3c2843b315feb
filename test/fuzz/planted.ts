const letter = (bytes: Uint8Array, at: number): string => String.fromCharCode(bytes[at] ?? 0);

export function firstByteIs(bytes: Uint8Array, wanted: string): boolean {
  return letter(bytes, 0) === wanted;
}

/**
 * A mistake behind four bytes that have to be right one after the other: guessed at once they are one in four thousand million, step by step,
 * by what is reached, a few thousand inputs. `TRAP` throws, `LOOP` never ends, `MANY` takes memory without end.
 */
export function plantedCheck(bytes: Uint8Array): void {
  const first = letter(bytes, 0);
  if (first === 'T') {
    if (letter(bytes, 1) === 'R') {
      if (letter(bytes, 2) === 'A') {
        if (letter(bytes, 3) === 'P') throw new Error('the planted mistake');
      }
    }
  } else if (first === 'L') {
    if (letter(bytes, 1) === 'O') {
      if (letter(bytes, 2) === 'O') {
        // eslint-disable-next-line no-empty
        while (letter(bytes, 3) === 'P') {}
      }
    }
  } else if (first === 'M') {
    if (letter(bytes, 1) === 'A') {
      if (letter(bytes, 2) === 'N') {
        const all: string[] = [];
        while (letter(bytes, 3) === 'Y') all.push(`${all.length} is not enough`);
      }
    }
  }
}
