# Sourced by scripts that try something on another kernel: packages of another Debian release, a memory disk, a machine in qemu.
# They set $root (the checkout), $work (a folder of their own) and $disk (what is on the memory disk).

# use_work: WORK=DIR keeps what was downloaded from one run to the next.
use_work() {
  install_packages qemu-system-x86 cpio xz-utils kmod debian-archive-keyring "$@"
  if [ -n "${WORK:-}" ]; then
    work=$WORK
  else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
  fi
  disk=$work/disk
  rm -rf "$disk" "$work/files"
  mkdir -p "$work"/{apt/lists,apt/cache/archives/partial,debs,files} \
    "$disk"/{usr/bin,usr/sbin,usr/lib,usr/lib64,opt,proc,sys,dev,tmp,run,etc,root}
  local link
  for link in bin sbin lib lib64; do ln -s usr/$link "$disk/$link"; done
}

# other_release SUITE COMMAND...: runs it with an apt that knows that release and nothing of this machine's.
other_release() {
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $1 main" >"$work/apt/sources.list"
  : >"$work/apt/status"
  cat >"$work/apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$work/apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/apt/lists";
Dir::State::status "$work/apt/status";
Dir::Cache "$work/apt/cache";
APT::Sandbox::User "root";
CONF
  shift
  (export APT_CONFIG=$work/apt/apt.conf && cd "$work/debs" && "$@")
}

# kernel_packages: of the release's newest kernel; newer releases have the image in two.
kernel_packages() {
  local image
  image=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: linux-image-//p')
  if apt-cache show "linux-binary-$image" >/dev/null 2>&1; then
    echo "linux-binary-$image linux-modules-$image"
  else
    echo "linux-image-$image"
  fi
}

# unpack PATTERN...: the kernel, its modules that match, and everything of the other packages.
unpack() {
  local deb pattern modules=()
  for pattern in "$@"; do modules+=("*/$pattern"); done
  for deb in "$work"/debs/*.deb; do
    case $deb in
      */linux-*) dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/files" --wildcards '*/vmlinuz*' "${modules[@]}" 2>/dev/null || true ;;
      *) dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$disk" --keep-directory-symlink --exclude './usr/share/*' ;;
    esac
  done
  find "$work/files" -name '*.ko.xz' -exec xz -d {} +
}

# boot INIT MEMORY SUCCESS: until the machine ends; fails unless it has said SUCCESS.
boot() {
  install -m 755 "$1" "$disk/init"
  (cd "$disk" && find . | cpio -o -H newc --quiet) >"$work/disk.cpio"
  echo "Booting"
  timeout "${TIMEOUT:-1200}" qemu-system-x86_64 -accel "${ACCEL:-tcg,thread=multi}" -cpu max -smp 2 -m "$2" -nographic -no-reboot -net none \
    -kernel "$(find "$work/files" -name 'vmlinuz*' | head -n 1)" -initrd "$work/disk.cpio" \
    -append "console=ttyS0 quiet panic=-1" </dev/null | tee "$work/log"
  grep -q "$3" "$work/log"
}
