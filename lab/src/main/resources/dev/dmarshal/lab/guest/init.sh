#!/bin/busybox sh
# First process of a machine of the lab: mounts, loads modules, changes to the root disk if there is one, starts the agent. /lab holds what the lab put here.
/bin/busybox mkdir -p /proc /sys /dev /run /tmp /root /etc /mnt
/bin/busybox mount -t devtmpfs dev /dev
exec </dev/console >/dev/console 2>&1
/bin/busybox --install -s /bin
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs -o mode=755 run /run
mount -t debugfs debug /sys/kernel/debug 2>/dev/null
mount -t tracefs trace /sys/kernel/tracing 2>/dev/null
mkdir -p /dev/shm /dev/pts /run/lab
mount -t devpts pts /dev/pts
[ -e /proc/self/fd ] && ln -sf /proc/self/fd /dev/fd
ifconfig lo 127.0.0.1 up 2>/dev/null
[ -e /etc/passwd ] || echo 'root:x:0:0:root:/root:/bin/sh' >/etc/passwd
[ -e /etc/group ] || echo 'root:x:0:' >/etc/group
# Parameters of modules stand on the kernel's command line as module.name=value; busybox's modprobe wants the module written with underlines there, people do not.
options_of() {
  options=
  for word in $(cat /proc/cmdline); do
    name=${word%%=*}
    case ${name//-/_} in "${1//-/_}".*) options="$options ${word#*.}" ;; esac
  done
}
while read -r module; do
  options_of "$module"
  # shellcheck disable=SC2086
  modprobe "$module" $options 2>/run/why || grep -q "No such device" /run/why || { cat /run/why; echo "lab: could not load $module"; }
done </lab/load
while read -r tag path; do
  mkdir -p "$path"
  mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,ro "$tag" "$path" || echo "lab: could not mount $tag on $path"
done </lab/shares
cp /bin/busybox /lab/agent.sh /run/lab/
if read -r root </lab/root; then
  tries=0
  while [ ! -b "$root" ] && [ $tries -lt 100 ]; do
    usleep 100000
    tries=$((tries + 1))
  done
  if mount -t ext4 "$root" /mnt; then
    while read -r _ path; do
      mkdir -p "/mnt$path"
      mount -o move "$path" "/mnt$path"
    done </lab/shares
    mkdir -p "/mnt/lib/modules/$(uname -r)"
    cp -r "/lib/modules/$(uname -r)" /mnt/lib/modules/
    [ -d /opt ] && cp -r /opt/. /mnt/opt/
    [ -d /second ] && cp -r /second /mnt/
    mount -t tmpfs tmp /mnt/tmp
    for folder in proc sys dev run; do
      mount -o move /$folder /mnt/$folder
    done
    exec switch_root /mnt /run/lab/busybox sh -c 'while :; do /run/lab/busybox sh /run/lab/agent.sh; /run/lab/busybox sleep 1; done'
  fi
  echo "lab: no root disk at $root"
fi
while :; do
  sh /run/lab/agent.sh
  sleep 1
done
