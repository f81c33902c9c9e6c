#!/bin/sh
# Make .venv, when it has to be made: `sh helpers/setup.sh BIN PYTHON GOAL`, as the Makefile calls it.
# BIN is where .venv has its programs, PYTHON the one asked for or nothing, GOAL what make was to do.
#
# Measured on 2 cores with nothing cached: fetching uv with pip 3 s and the packages with uv 5 s; pip
# alone 66 s.
set -eu
bin=$1
wanted=$2
goal=$3
venv_python=$bin/python

state() {
  pwd
  cat requirements.lock
}

find_python() {
  if [ -n "$wanted" ]; then
    set -- "$wanted"
  else
    set -- python3 python3.14 python3.13 python3.12 python3.11 python
  fi
  seen=
  for candidate in "$@"; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      python=$candidate
      return
    fi
    version=$("$candidate" -V 2>/dev/null) || version="not there"
    seen="$seen $candidate ($version),"
  done
  echo "Python 3.11 or newer is needed; tried${seen%,}." >&2
  echo "Install one, or say where it is: make PYTHON=/path/to/python3.12 $goal" >&2
  exit 1
}

pip_install() {
  if ! "$venv_python" -m ensurepip >/dev/null 2>&1 &&
    ! "$python" -m pip --python "$venv_python" install --quiet pip; then
    echo "$python cannot install pip. On Debian and Ubuntu: sudo apt install python3-venv" >&2
    exit 1
  fi
  "$venv_python" -m pip install --quiet "$@"
}

find_uv() {
  if uv=$(command -v uv); then return; fi
  uv=
  if "$python" -m pip install --quiet --target .venv/uv uv 2>/dev/null ||
    pip_install --target .venv/uv uv; then
    uv=.venv/uv/bin/uv
  fi
}

uv_install() {
  "$uv" pip install --quiet --python "$venv_python" "$@"
}

# What .venv was made of is written into it last, so one that was interrupted, moved or made of another
# lock is made again, and so is one of another Python than PYTHON.
is_wanted() {
  [ -z "$wanted" ] || [ "$("$wanted" -V 2>&1)" = "$("$venv_python" -V 2>&1)" ]
}

if [ -x "$venv_python" ] && is_wanted && state | cmp -s - .venv/made-of 2>/dev/null; then
  if ! cmp -s pyproject.toml .venv/pyproject.toml; then
    # Its entry points may have changed.
    "$venv_python" -m pip install --quiet --no-deps --no-build-isolation -e .
    cp pyproject.toml .venv/pyproject.toml
  fi
  exit 0
fi

find_python
echo "Making .venv with $("$python" -V), once: 10 to 60 seconds ..."
if ! rm -rf .venv 2>/dev/null; then
  echo ".venv cannot be made anew: a program uses it, or another user made it. Remove it; then: make $goal" >&2
  exit 1
fi
# --without-pip, because Debian and Ubuntu keep what brings pip (ensurepip) in a package of its own.
"$python" -m venv --without-pip .venv
find_uv
if [ -n "$uv" ] && uv_install --require-hashes -r requirements.lock; then
  uv_install --no-deps --no-build-isolation -e .
else
  echo "Without uv: a minute or so ..."
  # The lock is complete; older versions of pip would look for other versions nevertheless.
  if ! pip_install --no-deps --require-hashes -r requirements.lock; then
    echo "The packages cannot be fetched. Check the network; behind a proxy or a mirror, configure pip" >&2
    echo "for it (HTTPS_PROXY, PIP_INDEX_URL). Then: make $goal" >&2
    exit 1
  fi
  "$venv_python" -m pip install --quiet --no-deps --no-build-isolation -e .
fi
rm -rf .venv/uv
cp pyproject.toml .venv/pyproject.toml
state > .venv/made-of.part
mv .venv/made-of.part .venv/made-of
