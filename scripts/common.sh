# shellcheck shell=bash
# What the shell scripts in this folder share: where things are, how they talk, how they build.
# Source it; it changes into the root of the tree.

script_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$script_dir")
cd "$root" || exit 1

step() {
  printf '==> %s\n' "$*"
}

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Prints the comment block at the head of the calling script.
print_help() {
  sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$1"
}

# One compiler needs up to about 1 GiB: on a small board the memory, not the cores, sets the limit.
build_jobs() {
  local cores memory_gib
  cores=$(nproc)
  memory_gib=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo 2>/dev/null || true)
  if [[ -n $memory_gib ]] && ((memory_gib < cores)); then
    cores=$((memory_gib > 0 ? memory_gib : 1))
  fi
  printf '%s\n' "$cores"
}

# configure_and_build FOLDER TARGET [CMAKE_ARGUMENT...]
configure_and_build() {
  local folder=$1 target=$2
  shift 2
  local arguments=(-S "$root" -B "$root/$folder" -G Ninja --log-level=WARNING)
  if command -v ccache >/dev/null; then
    # Another clone of the same sources finds what this one has compiled; what is new is not preprocessed first.
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_DEPEND=1
    arguments+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  fi
  step "configuring $folder"
  cmake "${arguments[@]}" "$@" >/dev/null
  step "building $folder"
  cmake --build "$root/$folder" --target "$target" -j "$(build_jobs)"
}
