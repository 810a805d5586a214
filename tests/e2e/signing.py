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


class Key:
    """An Ed25519 key from a seed, so that a test can have the same one again."""

    def __init__(self, seed=0):
        self.public, self._secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_seed_keypair(self.public, self._secret, hashlib.sha256(str(seed).encode()).digest())

    def sign(self, message):
        signature = ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_detached(signature, None, message, ctypes.c_ulonglong(len(message)), self._secret)
        return signature.raw

    def bundle(self, run, created_at="2026-11-30T10:00:00Z"):
        """The bytes of a bundle of `run`, the content of a run.json without raw files."""
        text = canonical(run)
        digest = hashlib.sha256(text).hexdigest()
        manifest = canonical({
            "schema": "edgebench.bundle/1", "created_at": created_at, "key": self.public.raw.hex(),
            "root": hashlib.sha256(f"{digest}  run.json\n".encode()).hexdigest(),
            "files": [{"path": "run.json", "bytes": len(text), "sha256": digest}]})
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in (("manifest.json", manifest), ("signature", self.sign(manifest).hex().encode()),
                                  ("run.json", text)):
                entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
                archive.writestr(entry, content)
        return out.getvalue()
