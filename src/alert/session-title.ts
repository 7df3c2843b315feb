/** What somebody did who went into a container from outside, in words: `jane with kubectl executed sh`. Pure. */
export function sessionDeed(action: string, detail: string, by: string): string {
  switch (action) {
    case 'exec-create':
      return `${by} executed ${detail === '' ? 'a program' : detail}`;
    case 'attach':
      return `${by} attached to it`;
    case 'port-forward':
      return `${by} forwarded a port`;
    default:
      return `${by} added a debug container`;
  }
}
