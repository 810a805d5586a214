#!/usr/bin/env python3
"""Makes the C++ tables of backends/gpu/kernel_source.h from kernels/*.krn.

usage: embed_kernels.py --kernels DIR [--kernels DIR]... [--preludes DIR] [--spirv OUT.cpp --glslang PATH] [--opencl OUT.cpp]
                        [--hash OUT.cpp] [--cache DIR] [--spirv-opt PATH] [--spirv-val PATH] [--keep-going]

--preludes DIR has the preludes, and files to include that are not in a kernel's own folder; else the first DIR of
kernels has. --spirv compiles every combination of the values in a kernel's line
`// variants NAME=v,v ...`, and of TEXEL=0,1 where the kernel has BUF_RO4 or reals.inc; what was compiled before is taken from the
cache. --opencl writes the texts. --hash writes kernels_hash(). --spirv-val checks every variant that is embedded.
Needs only the standard library.
"""

import argparse
import concurrent.futures
import dataclasses
import hashlib
import itertools
import os
import pathlib
import re
import struct
import subprocess
import sys

MAX_PARAMS = 30  # 128 bytes: the push constants that every Vulkan device has, less two words of the prelude's
FIRST_SPEC_ID = 3  # 0 to 2 are the group's size
MAX_OUTPUT = 2000  # characters of a tool's own words in a message
MAX_ERRORS = 8  # of one kernel: the rest mostly follows from the first
TARGET = "vulkan1.1"
KRN_STRING = 1  # the number under which glslang reports lines of the kernel; the prelude has its file's name

COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
SPEC = re.compile(r"\bSPEC\(\s*(\d+)\s*,\s*(\w+)\s*,\s*(-?\d+)\s*\)")
AXIS = re.compile(r"([A-Z][A-Z0-9_]*)=(-?\d+(?:,-?\d+)*)")


class KernelError(Exception):
    """One sentence that names the file and the line."""


@dataclasses.dataclass(frozen=True)
class Kernel:
    name: str
    path: pathlib.Path
    text: str  # comments blanked, lines kept
    axes: tuple[tuple[str, tuple[int, ...]], ...]
    specs: tuple[tuple[str, int, int], ...]  # name, id, default

    def variants(self) -> list[dict[str, int]]:
        """Every combination of the axes; TEXEL among them where vectors are read only."""
        axes = dict(self.axes)
        if re.search(r"\bBUF_(RO4|REAL)\(", self.text):
            axes["TEXEL"] = (0, 1)
        names = sorted(axes)
        return [dict(zip(names, values)) for values in itertools.product(*(axes[name] for name in names))]


def describe(defines: dict[str, int]) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(defines.items()))


def without_comments(text: str) -> str:
    def blank(match: re.Match) -> str:
        token = match[0]
        return token if token.startswith('"') else " " + "\n" * token.count("\n")

    return re.sub(r"[ \t]+$", "", COMMENT_OR_STRING.sub(blank, text), flags=re.MULTILINE)


def read_axes(path: pathlib.Path, text: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
    axes: dict[str, tuple[int, ...]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r"\s*//\s*variants\b(.*)", line)
        for word in match[1].split() if match else ():
            axis = AXIS.fullmatch(word)
            if not axis or axis[1] in axes or axis[1] == "TEXEL":
                raise KernelError(f"{path}:{number}: '{word}' is no new axis of variants: write NAME=value,value")
            axes[axis[1]] = tuple(sorted({int(value) for value in axis[2].split(",")}))
    return tuple(sorted(axes.items()))


def read_specs(path: pathlib.Path, text: str) -> tuple[tuple[str, int, int], ...]:
    found: dict[str, tuple[str, int, int]] = {}
    for match in SPEC.finditer(text):
        number, spec = text.count("\n", 0, match.start()) + 1, (match[2], int(match[1]), int(match[3]))
        clash = [other for other in found.values() if (other[0] == spec[0]) != (other[1] == spec[1])]
        if spec[1] < FIRST_SPEC_ID or clash:
            raise KernelError(f"{path}:{number}: SPEC {spec[0]} needs an id of its own, from {FIRST_SPEC_ID} on")
        found.setdefault(spec[0], spec)
    if len(re.findall(r"\bSPEC\(", text)) != len(SPEC.findall(text)):
        raise KernelError(f"{path}:1: a SPEC is not of the form SPEC(id, NAME, integer)")
    return tuple(found.values())


def with_includes(path: pathlib.Path, source: str, preludes: pathlib.Path) -> str:
    """Each line `#include "name"` becomes that file of the kernel's folder, or of the preludes'; the kernel's own lines
    keep their numbers."""
    lines = source.splitlines()
    for number, line in enumerate(lines, 1):
        match = re.fullmatch(r'#include "([\w.]+)"', line)
        if match:
            own = path.parent / match[1]
            text = (own if own.exists() else preludes / match[1]).read_text(encoding="utf-8").rstrip("\n")
            lines[number - 1] = f"{text}\n#line {number + 1}"
    return "\n".join(lines) + "\n"


def read_kernel(path: pathlib.Path, preludes: pathlib.Path) -> Kernel:
    source = path.read_text(encoding="utf-8")
    text = without_comments(with_includes(path, source, preludes))
    begin = re.search(r"\bKERNEL_BEGIN\((\w+)\)", text)
    if not begin or begin[1] != path.stem:
        raise KernelError(f"{path}:1: the kernel must be named as its file: KERNEL_BEGIN({path.stem})")
    return Kernel(path.stem, path, text, read_axes(path, source), read_specs(path, text))


def read_kernels(folders: list[pathlib.Path], preludes: pathlib.Path) -> list[Kernel]:
    kernels: dict[str, Kernel] = {}
    for path in sorted(path for folder in folders for path in folder.glob("*.krn")):
        if path.stem in kernels:
            raise KernelError(f"{path}:1: there is a kernel of this name in {kernels[path.stem].path}, too")
        kernels[path.stem] = read_kernel(path, preludes)
    return [kernels[name] for name in sorted(kernels)]


# --- SPIR-V -------------------------------------------------------------------------------------------------------

OP_SOURCE_CONTINUED, OP_SOURCE, OP_SOURCE_EXTENSION, OP_NAME, OP_MEMBER_NAME = 2, 3, 4, 5, 6
OP_TYPE_IMAGE, OP_TYPE_SAMPLED_IMAGE, OP_TYPE_POINTER, OP_VARIABLE, OP_DECORATE = 25, 27, 32, 59, 71
OP_STRING, OP_LINE, OP_NO_LINE, OP_MODULE_PROCESSED = 7, 8, 317, 330
DEBUG_OPS = {OP_SOURCE_CONTINUED, OP_SOURCE, OP_SOURCE_EXTENSION, OP_NAME, OP_MEMBER_NAME, OP_STRING, OP_LINE,
             OP_NO_LINE, OP_MODULE_PROCESSED}
DECORATION_BINDING = 33
MAGIC, HEADER_WORDS = 0x07230203, 5


def instructions(words: tuple[int, ...]):
    """Yields (opcode, operands, all words) of a module."""
    at = HEADER_WORDS
    while at < len(words):
        count = words[at] >> 16
        if count == 0 or at + count > len(words):
            raise ValueError("broken SPIR-V")
        yield words[at] & 0xFFFF, words[at + 1:at + count], words[at:at + count]
        at += count


def roles_of(words: tuple[int, ...]) -> str:
    """One letter a binding: uniform texel buffers of floats 't' and of halves 'h', 'b' storage buffer."""
    images, halves, pointers, variables, bindings = set(), set(), {}, {}, {}
    for opcode, operands, _ in instructions(words):
        if opcode in (OP_TYPE_IMAGE, OP_TYPE_SAMPLED_IMAGE):
            images.add(operands[0])
        elif opcode == OP_NAME and text_of(operands[1:]).endswith("_half"):
            halves.add(operands[0])
        elif opcode == OP_TYPE_POINTER:
            pointers[operands[0]] = operands[2]
        elif opcode == OP_VARIABLE:
            variables[operands[1]] = operands[0]
        elif opcode == OP_DECORATE and operands[1] == DECORATION_BINDING:
            bindings[operands[2]] = operands[0]
    if sorted(bindings) != list(range(len(bindings))):
        raise ValueError(f"buffers are numbered {sorted(bindings)}, not from 0 on without a gap")

    def role(variable: int) -> str:
        return "b" if pointers[variables[variable]] not in images else "h" if variable in halves else "t"

    return "".join(role(bindings[binding]) for binding in sorted(bindings))


def text_of(operands: tuple[int, ...]) -> str:
    return struct.pack(f"<{len(operands)}I", *operands).rstrip(b"\0").decode()


def without_debug_information(words: tuple[int, ...]) -> tuple[int, ...]:
    kept = list(words[:HEADER_WORDS])
    for opcode, _, whole in instructions(words):
        if opcode not in DEBUG_OPS:
            kept.extend(whole)
    return tuple(kept)


def to_words(data: bytes) -> tuple[int, ...]:
    if len(data) < 4 * HEADER_WORDS or len(data) % 4:
        raise ValueError("no SPIR-V")
    words = struct.unpack(f"<{len(data) // 4}I", data)
    if words[0] != MAGIC:
        raise ValueError("no SPIR-V")
    return words


class Compiler:
    """Compiles variants, in parallel, each once for the same text, defines and tools."""

    def __init__(self, options: argparse.Namespace, prelude: pathlib.Path):
        self.options = options
        self.prelude = prelude.read_text(encoding="utf-8")
        self.cache = pathlib.Path(options.cache)
        self.cache.mkdir(parents=True, exist_ok=True)
        self.salt = tool_version(options.glslang)
        if options.spirv_opt:
            self.salt += tool_version(options.spirv_opt)

    def compile_all(self, kernels: list[Kernel]) -> list[tuple[Kernel, str, str, tuple[int, ...]]]:
        """(kernel, defines, roles, words) of every variant, in a stable order."""
        jobs = [(kernel, defines) for kernel in kernels for defines in kernel.variants()]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(lambda job: self.attempt(*job), jobs))
        first_errors = {kernel.name: result for (kernel, _), result in reversed(list(zip(jobs, results)))
                        if isinstance(result, str)}
        if first_errors:
            message = "\n".join(first_errors[name] for name in sorted(first_errors))
            if not self.options.keep_going:
                raise KernelError(message)
            print(f"{message}\nleft out: {' '.join(sorted(first_errors))}", file=sys.stderr)
        return [(kernel, describe(defines), *result) for (kernel, defines), result in zip(jobs, results)
                if kernel.name not in first_errors]

    def attempt(self, kernel: Kernel, defines: dict[str, int]):
        """(roles, words), or why not."""
        try:
            return self.variant(kernel, defines)
        except (KernelError, ValueError) as error:
            message = str(error)
            return message if isinstance(error, KernelError) else f"{kernel.path}:1: {describe(defines)}: {message}"

    def variant(self, kernel: Kernel, defines: dict[str, int]) -> tuple[str, tuple[int, ...]]:
        text = f"{self.prelude}\n#line 1 {KRN_STRING}\n{kernel.text}"
        key = hashlib.sha256("\0".join((self.salt, describe(defines), text)).encode()).hexdigest()
        entry = self.cache / f"{kernel.name}-{key[:32]}.spv"
        try:
            data = entry.read_bytes()
            roles, words = data[32:].split(b"\n", 1)[0].decode(), to_words(data[32:].split(b"\n", 1)[1])
            if hashlib.sha256(data[32:]).digest() == data[:32]:
                return roles, words
        except (OSError, IndexError, UnicodeDecodeError, ValueError):
            pass  # not there or damaged: compile
        roles, words = self.compile(kernel, defines, text, entry)
        body = roles.encode() + b"\n" + struct.pack(f"<{len(words)}I", *words)
        write_if_changed(entry, hashlib.sha256(body).digest() + body)
        return roles, words

    def compile(self, kernel: Kernel, defines: dict[str, int], text: str, entry: pathlib.Path):
        module, source = (entry.with_suffix(f".{os.getpid()}.{suffix}") for suffix in ("spv", "comp"))
        try:
            source.write_text(text, encoding="utf-8")
            command = [self.options.glslang, "-V", "--target-env", TARGET, "-S", "comp",
                       *(f"-D{name}={value}" for name, value in defines.items()), "-o", module, source]
            run_tool(command, lambda output: located(kernel, defines, output))
            words = to_words(module.read_bytes())
            roles = roles_of(words)
            if self.options.spirv_opt:
                run_tool([self.options.spirv_opt, f"--target-env={TARGET}", "-O", module, "-o", module],
                         lambda output: f"{kernel.path}:1: {describe(defines)}: spirv-opt: {output}")
                words = to_words(module.read_bytes())
            words = without_debug_information(words)
            if self.options.spirv_val:
                module.write_bytes(struct.pack(f"<{len(words)}I", *words))
                run_tool([self.options.spirv_val, "--target-env", TARGET, module],
                         lambda output: f"{kernel.path}:1: {describe(defines)}: spirv-val: {output}")
            return roles, words
        finally:
            module.unlink(missing_ok=True)
            source.unlink(missing_ok=True)


def tool_version(program: str) -> str:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise KernelError(f"{program} does not run: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def run_tool(command: list, explain) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise KernelError(explain((done.stdout + done.stderr).strip()[:MAX_OUTPUT]))


def located(kernel: Kernel, defines: dict[str, int], output: str) -> str:
    """glslang's errors under the kernel's name and lines, as compilers write them."""
    lines = []
    for line in output.splitlines():
        match = re.match(r"ERROR: (\S+):(\d+): (.*)", line)
        if match:
            place = f"{kernel.path}:{match[2]}" if match[1] == str(KRN_STRING) else f"{kernel.path}: prelude:{match[2]}"
            lines.append(f"{place}: {match[3]} ({describe(defines) or 'no defines'})")
    return "\n".join(lines[:MAX_ERRORS]) or f"{kernel.path}:1: {describe(defines)}: {output}"


# --- C++ ----------------------------------------------------------------------------------------------------------

def write_if_changed(path: pathlib.Path, data: bytes) -> None:
    """Atomically; an output that stays the same keeps its time, so nothing is compiled again."""
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.write_bytes(data)
    beside.replace(path)


def raw_string(text: str) -> str:
    """Literals of at most 8000 characters each, glued by the compiler: some have a limit of 16 KiB."""
    pieces = [text[at:at + 8000] for at in range(0, len(text), 8000)] or [""]
    return "\n".join(f'R"~krn~({piece})~krn~"' for piece in pieces)


def cpp_file(body: str) -> bytes:
    return ("// Generated by scripts/cmake/embed_kernels.py.\n#include <array>\n\n"
            '#include "backends/gpu/kernel_source.h"\n\nnamespace eb::gpu {\nnamespace {\n\n'
            f"{body}\n}}  // namespace eb::gpu\n").encode()


def spirv_cpp(variants: list[tuple[Kernel, str, str, tuple[int, ...]]]) -> bytes:
    parts, rows, words_at = [], [], {}
    for kernel in {variant[0].name: variant[0] for variant in variants}.values():
        pairs = "".join(f'{{"{name}", {spec_id}}}, ' for name, spec_id, _ in kernel.specs)
        parts.append(f"constexpr std::array<std::pair<std::string_view, std::uint32_t>, {len(kernel.specs)}> "
                     f"kConstants_{kernel.name} = {{{{{pairs}}}}};\n")
    for kernel, defines, roles, words in variants:
        if words not in words_at:  # variants that compile to the same are kept once
            words_at[words] = f"kWords{len(words_at)}"
            parts.append(f"constexpr std::uint32_t {words_at[words]}[] = {{\n"
                         + "\n".join(",".join(map(str, words[at:at + 16])) + "," for at in range(0, len(words), 16))
                         + "};\n")
        rows.append(f'    {{"{kernel.name}", "{defines}", "{roles}", kConstants_{kernel.name}, {words_at[words]}}},\n')
    return cpp_file(f"{''.join(parts)}const std::array<SpirvVariant, {len(rows)}> kVariants = {{{{\n{''.join(rows)}}}}};\n\n"
                    "}  // namespace\n\nstd::span<const SpirvVariant> spirv_variants() { return kVariants; }\n")


def opencl_cpp(kernels: list[Kernel], prelude: str) -> bytes:
    parts, rows = [f"constexpr std::string_view kPrelude =\n{raw_string(prelude)};\n"], []
    for kernel in kernels:
        pairs = "".join(f'{{"{name}", {default}}}, ' for name, _, default in kernel.specs)
        parts.append(f"constexpr std::array<std::pair<std::string_view, int>, {len(kernel.specs)}> "
                     f"kConstants_{kernel.name} = {{{{{pairs}}}}};\n")
        axes = " ".join(f"{name}={','.join(map(str, values))}" for name, values in kernel.axes)
        rows.append(f'    {{"{kernel.name}", "{axes}", kConstants_{kernel.name},\n{raw_string(kernel.text)}}},\n')
    return cpp_file(f"{''.join(parts)}const std::array<OpenclKernel, {len(rows)}> kKernels = {{{{\n{''.join(rows)}}}}};\n\n"
                    "}  // namespace\n\nstd::string_view opencl_prelude() { return kPrelude; }\n"
                    "std::span<const OpenclKernel> opencl_kernels() { return kKernels; }\n")


def hash_cpp(kernels: list[Kernel], preludes: list[str]) -> bytes:
    parts = [*preludes, *(part for kernel in kernels for part in (kernel.name, kernel.text, repr(kernel.axes)))]
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
    return cpp_file(f"}}  // namespace\n\nstd::uint64_t kernels_hash() {{ return 0x{digest}; }}\n")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernels", action="append", required=True, type=pathlib.Path)
    parser.add_argument("--preludes", type=pathlib.Path)
    for output in ("--spirv", "--opencl", "--hash"):
        parser.add_argument(output, type=pathlib.Path)
    for tool in ("--glslang", "--spirv-opt", "--spirv-val", "--cache"):
        parser.add_argument(tool, default="")
    parser.add_argument("--keep-going", action="store_true", help="leave out kernels that do not compile")
    options = parser.parse_args()
    if options.spirv and not options.glslang:
        parser.error("--spirv needs --glslang")
    if options.spirv and not options.cache:
        options.cache = options.spirv.parent / "spirv_cache"
    return options


def embed(options: argparse.Namespace) -> None:
    folder = options.preludes or options.kernels[0]
    kernels = read_kernels(options.kernels, folder)
    for kernel in kernels:
        if len(re.findall(r"\bPARAM\(", kernel.text)) > MAX_PARAMS:
            raise KernelError(f"{kernel.path}:1: a kernel has at most {MAX_PARAMS} PARAMs")
    preludes = [folder / name for name in ("prelude.glsl", "prelude.cl")]
    texts = [without_comments(path.read_text(encoding="utf-8")) for path in preludes]
    if options.spirv:
        write_if_changed(options.spirv, spirv_cpp(Compiler(options, preludes[0]).compile_all(kernels)))
    if options.opencl:
        write_if_changed(options.opencl, opencl_cpp(kernels, texts[1]))
    if options.hash:
        write_if_changed(options.hash, hash_cpp(kernels, texts))


def main() -> int:
    try:
        embed(parse_arguments())
    except (KernelError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
