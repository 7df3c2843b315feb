import { appletOf, baseName, isMultiCall } from './program.ts';

/** Applets of busybox 1.37 and toybox 0.8 (`busybox --list`, `toybox`). */
const applets: ReadonlySet<string> = new Set(
  [
    'acpid add-shell addgroup adduser adjtimex ar arch arp arping ascii awk base32 base64 basename bc beep blkdiscard blkid blockdev brctl bunzip2 bzcat',
    'bzip2 cal cat chat chattr chcon chgrp chmod chown chpasswd chpst chroot chrt chvt cksum clear cmp comm conspy count cp cpio crc32 crond crontab',
    'cryptpw cut date dc dd deallocvt delgroup deluser depmod devmem df dhcprelay diff dirname dmesg dnsd dnsdomainname dos2unix dpkg dpkg-deb du',
    'dumpkmap dumpleases echo ed egrep eject env envdir envuidgid ether-wake expand expr factor fakeidentd fallocate fatattr fbset fbsplash fdflush',
    'fdformat fdisk fgconsole fgrep file find findfs flock fold free freeramdisk fsck fsfreeze fstrim fsync ftpd ftpget ftpput fuser getenforce getfattr',
    'getopt getty grep groups gunzip gzip halt hd hdparm head hexdump hexedit hostid hostname httpd hwclock i2cdetect i2cdump i2cget i2cset i2ctransfer',
    'iconv id ifconfig ifdown ifenslave ifplugd ifup inetd init inotifyd insmod install ionice iostat iotop ip ipaddr ipcalc ipcrm ipcs iplink ipneigh',
    'iproute iprule iptunnel kbd_mode kill killall killall5 klogd last less link linux32 linux64 linuxrc ln loadfont loadkmap logger login logname logread',
    'losetup lpd lpq lpr ls lsattr lsmod lsof lspci lsscsi lsusb lzcat lzma lzop lzopcat makedevs makemime man md5sum mdev mesg microcom mim mkdir',
    'mkdosfs mke2fs mkfifo mkfs.ext2 mkfs.minix mkfs.vfat mknod mkpasswd mkswap mktemp modinfo modprobe more mount mountpoint mpstat mt mv nameif nanddump',
    'nandwrite nbd-client nc netcat netstat nice nl nmeter nohup nologin nproc nsenter nslookup ntpd nuke od openvt partprobe passwd paste patch pgrep pidof',
    'ping ping6 pipe_progress pivot_root pkill pmap popmaildir poweroff powertop printenv printf ps pscan pstree pwd pwdx raidautorun rdate rdev readahead',
    'readlink readprofile realpath reboot reformime remove-shell renice reset resize resume rev rfkill rm rmdir rmmod route rpm rpm2cpio rtcwake run-init',
    'run-parts runlevel runsv runsvdir rx script scriptreplay sed sendmail seq setarch setconsole setfattr setfont setkeycodes setlogcons setpriv setserial',
    'setsid setuidgid sha1sum sha224sum sha256sum sha384sum sha3sum sha512sum showkey shred shuf slattach sleep smemcap softlimit sort split ssl_client',
    'start-stop-daemon stat strings stty su sulogin sum sv svc svlogd svok swapoff swapon switch_root sync sysctl syslogd tac tail tar taskset tc tcpsvd',
    'tee telnet telnetd tftp tftpd time timeout top touch tr traceroute traceroute6 tree truncate ts tsort tty ttysize tunctl ubiattach ubidetach ubimkvol',
    'ubirename ubirmvol ubirsvol ubiupdatevol udhcpc udhcpc6 udhcpd udpsvd uevent umount uname uncompress unexpand uniq unix2dos unlink unlzma unshare unxz',
    'unzip uptime users usleep uudecode uuencode vconfig vi vlock volname w wall watch watchdog wc wget which who whoami whois xargs xxd xz xzcat yes zcat',
    'zcip',
  ].flatMap((line) => line.split(' ')),
);

/**
 * The applet that a process begins to be by naming itself so: shells of multi-call programs run many applets in a fork of their own, without executing
 * anything. Undefined for all other programs, for names that are no applet's, and where the process was executed as that applet.
 * @param name that the process gave itself
 */
export function appletBegun(exe: string, args: readonly string[], name: string): string | undefined {
  if (!isMultiCall(exe) && !['sh', 'ash'].includes(baseName(exe))) return undefined;
  return applets.has(name) && appletOf(exe, args) !== name ? name : undefined;
}
