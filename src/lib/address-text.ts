/** Textual address from network-order bytes; IPv6 as RFC 5952 has it. */
export function addressText(family: number, bytes: Uint8Array): string {
  if (family === 2) return bytes.subarray(0, 4).join('.');
  if (family !== 10) return '';
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(i * 2).toString(16));
  const text = groups.join(':');
  const zeros = [...text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)].toSorted(
    (a, b) => b[0].length - a[0].length || a.index - b.index,
  )[0];
  if (zeros === undefined) return text;
  const before = text.slice(0, zeros.index).replace(/:$/, '');
  const after = text.slice(zeros.index + zeros[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}
