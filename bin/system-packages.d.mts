/** A package of the system by its name in Debian, and what it is for. */
interface SystemPackage {
  readonly name: string;
  readonly why: string;
  readonly for: readonly string[];
  readonly present: () => boolean;
}

export declare const systemPackages: readonly SystemPackage[];
/** Whether a program of this name can be run, the folders of the administrator's programs included. */
export declare function hasProgram(name: string): boolean;
export declare function decide(at: {
  readonly missing: readonly string[];
  readonly distribution: 'debian' | 'other';
  readonly root: boolean;
  readonly forbidden: boolean;
}): { readonly act: 'nothing' | 'install' | 'tell'; readonly reason: string; readonly command: string };
