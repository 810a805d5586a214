"""Bundles that another program than edgebench writes, from the format's description in results/bundle/bundle.h."""

import ctypes
import ctypes.util
import hashlib
import io
import json
import zipfile

SODIUM = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
SODIUM.sodium_init()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def listing(files):
    """What a manifest says of {path: content}."""
    hashes = {path: hashlib.sha256(files[path]).hexdigest() for path in sorted(files)}
    lines = "".join(f"{digest}  {path}\n" for path, digest in hashes.items())
    return {"root": hashlib.sha256(lines.encode()).hexdigest(),
            "files": [{"path": path, "bytes": len(files[path]), "sha256": hashes[path]} for path in hashes]}


def plain_entry(name):
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
    return entry


def archive(manifest, signature, files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in {"manifest.json": manifest, "signature": signature, **files}.items():
            file.writestr(plain_entry(name), content)
    return out.getvalue()


def files_of(bundle):
    """{path: content} of what a bundle's manifest lists."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as file:
        return {name: file.read(name) for name in file.namelist() if name not in ("manifest.json", "signature")}


def mended(bundle, files):
    """The bundle with other files and their hashes, under the signature that it had."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as file:
        manifest, signature = json.loads(file.read("manifest.json")), file.read("signature")
    return archive(canonical(manifest | listing(files)), signature, files)


class Key:
    """An Ed25519 key from a seed, so that a test can have the same one again."""

    def __init__(self, seed=0):
        self.public, self._secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_seed_keypair(self.public, self._secret, hashlib.sha256(str(seed).encode()).digest())

    def sign(self, message):
        signature = ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_detached(signature, None, message, ctypes.c_ulonglong(len(message)), self._secret)
        return signature.raw

    def pack(self, files, created_at="2026-11-30T10:00:00Z"):
        """The bytes of a bundle of {path: content}."""
        manifest = canonical({"schema": "edgebench.bundle/1", "created_at": created_at, "key": self.public.raw.hex(),
                              **listing(files)})
        return archive(manifest, self.sign(manifest).hex().encode(), files)

    def bundle(self, run, created_at="2026-11-30T10:00:00Z"):
        """The same of `run`, the content of a run.json without raw files."""
        return self.pack({"run.json": canonical(run)}, created_at)
