/** A set of system calls that a profile allows without having seen them, and why. */
export interface BaseCalls {
  readonly why: string;
  readonly names: readonly string[];
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/u);

/**
 * What is allowed whether it was seen or not. The sensor sees a call when it returns, and a container from its first program on: what never returns, what
 * waits until the end, and what the runtime does in the container before its program begins was not seen by anybody.
 */
export const baseCalls: readonly BaseCalls[] = [
  {
    why: 'runc and crun make these in the container, behind the filter, before its program begins: terminal, identity, capabilities, working directory',
    names: words(`
      capget capset prctl setgroups setgid setuid setresgid setresuid setsid umask getuid geteuid getgid getegid getgroups
      chdir fchdir getcwd fchown fchownat stat fstat lstat newfstatat statx statfs fstatfs open openat openat2 close close_range read write
      pread64 pwrite64 lseek getdents64 readlink readlinkat access faccessat faccessat2 fcntl ioctl dup dup2 dup3 pipe pipe2 eventfd2
      sendmsg recvmsg sendto recvfrom socketpair tgkill kill getpid getppid gettid sched_getaffinity sched_yield epoll_create1 epoll_ctl
      epoll_pwait epoll_wait nanosleep clock_gettime getrlimit setrlimit prlimit64 uname execve execveat`),
  },
  {
    why: 'the dynamic loader and the C library make these while a program or a thread begins',
    names: words(`
      arch_prctl set_tid_address set_robust_list get_robust_list rseq brk mmap mprotect munmap mremap madvise futex getrandom
      rt_sigaction rt_sigprocmask sigaltstack membarrier set_thread_area gettimeofday time clock_getres getcpu`),
  },
  {
    why: 'these never return, or are not seen to',
    names: words('exit exit_group rt_sigreturn sigreturn restart_syscall'),
  },
  {
    why: 'these wait, as long as the program lives where nothing comes: one that has not returned yet was not seen',
    names: words(`
      wait4 waitid pause rt_sigsuspend rt_sigtimedwait poll ppoll select pselect6 accept accept4 clock_nanosleep epoll_pwait2
      futex_waitv semtimedop msgrcv io_getevents flock`),
  },
];

/** Flags of `clone` that make namespaces (CLONE_NEW*): include/uapi/linux/sched.h. */
export const cloneNamespaces = 0x7e020000;
/** ENOSYS: callers of `clone3` and the like fall back to what a filter can look into. */
export const errnoNoSuchCall = 38;
/** EPERM */
export const errnoNotPermitted = 1;

/** Calls by which a machine is known to be x86: arm64 has none of them. */
export const x86Only: ReadonlySet<string> = new Set(
  words('open stat lstat access pipe poll select dup2 fork vfork arch_prctl readlink unlink rename mkdir epoll_wait'),
);
