#!/usr/bin/env bash
# Makes the folder that the Dockerfile copies from: a root file system of Debian's packages and the published program.
# No registry is asked for a base image. Usage: scripts/build-image-context.sh [DIR]   (default artifacts/image)
set -euo pipefail
cd "$(dirname "$0")/.."
context=$(realpath -m "${1:-artifacts/image}")
. ./scripts/install-packages.sh
install_packages build-essential zlib1g-dev

rm -rf "$context"
mkdir -p "$context/rootfs/opt/routing" "$context/packages"

# What the .NET runtime loads: the C and C++ libraries, OpenSSL for TLS to the API server, its certificates, time zones.
# And the programs of the iptables back end, with their libraries.
packages=(base-files netbase libc6 libgcc-s1 libstdc++6 libssl3 zlib1g ca-certificates tzdata
  iptables libip4tc2 libip6tc2 libxtables12 libnetfilter-conntrack3 libnfnetlink0 libnftnl11 libmnl0 ipset libipset13)
echo "Downloading from Debian: ${packages[*]}"
(cd "$context/packages" && apt-get -o APT::Sandbox::User=root download -qq "${packages[@]}")
for package in "$context"/packages/*.deb; do
  dpkg-deb -x "$package" "$context/rootfs"
done
rm -rf "$context/packages" "$context"/rootfs/usr/share/{doc,man,locale,lintian,info}
# The package's own install step would do this.
cat "$context"/rootfs/usr/share/ca-certificates/mozilla/*.crt >"$context/rootfs/etc/ssl/certs/ca-certificates.crt"
mkdir -p "$context/rootfs"/{tmp,run,proc,sys,dev} && chmod 1777 "$context/rootfs/tmp"

# A build folder of its own: a publish for one runtime identifier would otherwise disturb the checkout's restore.
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
dotnet publish Routing.Agent -c Release -r linux-x64 --self-contained --artifacts-path "$build" \
  -p:DebugType=none -p:GenerateDocumentationFile=false -p:EnforceCodeStyleInBuild=false -p:RunAnalyzers=false \
  -p:BuildShim=false -o "$context/rootfs/opt/routing" -v quiet --nologo
dotnet publish Routing.Cni -c Release -r linux-x64 --artifacts-path "$build" -o "$build/shim" -v quiet --nologo
cp "$build/shim/routing-cni" "$context/rootfs/opt/routing/"
echo "Ready: docker build -t routing -f Dockerfile $context"
