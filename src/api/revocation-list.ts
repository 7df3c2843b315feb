import { createSecureContext } from 'node:tls';
import { AnchorwatchError, errorText } from '../lib/errors.ts';

const block = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/gu;

/**
 * When the first of the lists in a file ends (RFC 5280, 5.1.2.5), milliseconds since the epoch; undefined: none says. From then on TLS refuses every
 * certificate of that authority. Throws AnchorwatchError `tls.files` where it is no list in PEM. @param file For the message.
 */
export function revocationEndsMs(pem: string, file: string): number | undefined {
  const lists = [...pem.matchAll(block)].map(([, text = '']) => Buffer.from(text, 'base64'));
  if (lists.length === 0) throw unfit(file, 'it holds no X509 CRL in PEM');
  try {
    createSecureContext({ crl: pem });
    const ends = lists.map(nextUpdateMs).filter((ms) => ms !== undefined);
    return ends.length === 0 ? undefined : Math.min(...ends);
  } catch (error) {
    throw unfit(file, errorText(error), error);
  }
}

function unfit(file: string, why: string, cause?: unknown): AnchorwatchError {
  return new AnchorwatchError('tls.files', `${file} is no list of revoked certificates: ${why}`, { cause });
}

interface Element {
  readonly tag: number;
  readonly from: number;
  readonly to: number;
}

/** The DER element at a place. OpenSSL has read the whole before: what is odd is none that it takes. */
function elementAt(der: Buffer, at: number): Element {
  const first = der.readUInt8(at + 1);
  const sizeBytes = first < 0x80 ? 0 : first & 0x7f;
  const length = sizeBytes === 0 ? first : der.readUIntBE(at + 2, Math.min(sizeBytes, 6));
  const from = at + 2 + sizeBytes;
  return { tag: der.readUInt8(at), from, to: from + length };
}

const utcTime = 0x17;
const generalizedTime = 0x18;

/** CertificateList: tbsCertList: version?, signature, issuer, thisUpdate, nextUpdate? */
function nextUpdateMs(der: Buffer): number | undefined {
  const list = elementAt(der, elementAt(der, 0).from);
  const times: number[] = [];
  for (let at = list.from; at < list.to && times.length < 2;) {
    const { tag, from, to } = elementAt(der, at);
    if (tag === utcTime || tag === generalizedTime) times.push(timeMs(tag, der.toString('latin1', from, to)));
    // What follows the times are the revoked certificates.
    else if (times.length > 0) break;
    at = to;
  }
  return times[1];
}

/** `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`. */
function timeMs(tag: number, text: string): number {
  const full = tag === generalizedTime ? text : `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}`;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/u.exec(full) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}
