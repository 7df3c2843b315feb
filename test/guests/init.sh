#!/bin/busybox sh
# The first program of a guest, in its initramfs: makes a root of the host's (read only) with a layer of memory over it, and a
# pure cgroup v2 tree in it, then runs the examination there and powers off.
/bin/busybox mkdir -p /proc /sys /dev /bottom /layer /top
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
while read -r module; do
	insmod "/modules/$module.ko" || echo "anchorwatch guest: module $module cannot be loaded"
done < /modules/order
mount -t virtiofs -o ro host /bottom &&
	mount -t tmpfs -o size=75% layer /layer &&
	mkdir /layer/upper /layer/work &&
	mount -t overlay -o lowerdir=/bottom,upperdir=/layer/upper,workdir=/layer/work root /top ||
	{ echo 'anchorwatch guest: no root'; poweroff -f; }
mkdir -p /top/proc /top/sys /top/dev /top/run
mount -t proc proc /top/proc
mount -t sysfs sys /top/sys
mount -t devtmpfs dev /top/dev
mkdir -p /top/dev/pts /top/dev/shm
mount -t devpts pts /top/dev/pts
mount -t tmpfs shm /top/dev/shm
mount -t tmpfs run /top/run
mount -t cgroup2 cgroup2 /top/sys/fs/cgroup
mount -t tracefs tracefs /top/sys/kernel/tracing
mount -t bpf bpf /top/sys/fs/bpf
ip link set lo up
echo 'anchorwatch guest: up'
# Without the help of a processor everything takes some fifteen times as long.
export ANCHORWATCH_TEST_PATIENCE=$(cat /patience)
checkout=$(cat /checkout)
umount /proc /dev
# The root is moved, not only changed to: paths are told from the root of the mount namespace.
exec switch_root /top /bin/sh -c '
	export HOME=/root TERM=dumb CI=1 PATH="$0/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	cd "$0" && node test/guests/examination.ts
	echo "anchorwatch guest: done"
	busybox poweroff -f' "$checkout"
