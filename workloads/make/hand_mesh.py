"""A hand whose joints are known: the generic hand of WebXR's input profiles (MIT, meshes/README.md), put into poses.

Lengths are metres. In each joint's own axes -z points along the bone to the next one, y out of the back of the hand.
"""

import dataclasses
import json
import pathlib
import struct

import numpy

FILE = pathlib.Path(__file__).resolve().parent / "meshes" / "hand.glb"
FINGERS = ("thumb", "index", "middle", "ring", "pinky")
# Joints of the file, from the palm to the tip; a thumb has one less.
CHAINS = ((1, 2, 3, 4), (5, 6, 7, 8, 9), (10, 11, 12, 13, 14), (15, 16, 17, 18, 19), (20, 21, 22, 23, 24))
# Joints of the file in the order of MediaPipe: wrist, then four of each finger. The inner ends of the palm's bones are no
# landmarks of it.
LANDMARKS = (0, *CHAINS[0], *(joint for chain in CHAINS[1:] for joint in chain[1:]))
_TYPES = {5121: numpy.uint8, 5123: numpy.uint16, 5126: numpy.float32}
_SIZES = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


@dataclasses.dataclass(frozen=True)
class Mesh:
    vertices: numpy.ndarray  # [V, 3]
    normals: numpy.ndarray  # [V, 3]
    triangles: numpy.ndarray  # [T, 3], counter-clockwise from outside
    holders: numpy.ndarray  # [V, 4], joints that move a vertex
    shares: numpy.ndarray  # [V, 4], of each of them
    joints: numpy.ndarray  # [25, 4, 4], where joints are at rest
    to_joints: numpy.ndarray  # [25, 4, 4], from the mesh's axes to those of a joint


@dataclasses.dataclass(frozen=True)
class Bend:
    """Of a finger, in radians: to the palm at its three joints, and sideways at the first."""

    bends: tuple[float, float, float]
    sideways: float = 0.0


def read(file: pathlib.Path = FILE) -> Mesh:
    content = file.read_bytes()
    if content[:4] != b"glTF":
        raise ValueError(f"{file}: is no binary glTF")
    length = struct.unpack_from("<I", content, 12)[0]
    scene, buffer = json.loads(content[20:20 + length]), content[28 + length:]
    primitive = scene["meshes"][0]["primitives"][0]
    parts = {name: _array(scene, buffer, index).astype(numpy.float64)
             for name, index in primitive["attributes"].items()}
    skin = scene["skins"][0]
    return Mesh(vertices=parts["POSITION"], normals=parts["NORMAL"],
                triangles=_array(scene, buffer, primitive["indices"]).reshape(-1, 3).astype(int),
                holders=parts["JOINTS_0"].astype(int), shares=parts["WEIGHTS_0"],
                joints=numpy.stack([_placed(scene["nodes"][index]) for index in skin["joints"]]),
                to_joints=_array(scene, buffer, skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
                .astype(numpy.float64))


def posed(mesh: Mesh, bends: tuple[Bend, ...]) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """Vertices, their normals, and the landmarks [21, 3], of a hand with each finger bent as said."""
    moves = numpy.tile(numpy.eye(4), (len(mesh.joints), 1, 1))
    for chain, bend in zip(CHAINS, bends):
        move = numpy.eye(4)
        for number, joint in enumerate(chain[-4:-1]):
            if number == 0:
                move = move @ _turn(mesh.joints[joint], 1, bend.sideways)
            move = move @ _turn(mesh.joints[joint], 0, -bend.bends[number])
            moves[joint] = move
        moves[chain[-1]] = move
    skin = numpy.einsum("jab,jbc,jcd->jad", moves, mesh.joints, mesh.to_joints)
    blend = (skin[mesh.holders] * mesh.shares[:, :, None, None]).sum(axis=1)
    vertices = numpy.einsum("vab,vb->va", blend[:, :3, :3], mesh.vertices) + blend[:, :3, 3]
    normals = numpy.einsum("vab,vb->va", blend[:, :3, :3], mesh.normals)
    landmarks = numpy.einsum("jab,jb->ja", moves, mesh.joints[:, :, 3])[list(LANDMARKS), :3]
    return vertices, normals, landmarks


def rotation(axis: numpy.ndarray, angle: float) -> numpy.ndarray:
    """[3, 3], about a unit vector."""
    x, y, z = axis
    cross = numpy.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return numpy.eye(3) + numpy.sin(angle) * cross + (1 - numpy.cos(angle)) * (cross @ cross)


def _turn(joint: numpy.ndarray, axis: int, angle: float) -> numpy.ndarray:
    """About one of the joint's own axes."""
    turn = numpy.eye(4)
    direction = joint[:3, axis] / numpy.sqrt((joint[:3, axis] ** 2).sum())
    turn[:3, :3] = rotation(direction, angle)
    turn[:3, 3] = joint[:3, 3] - turn[:3, :3] @ joint[:3, 3]
    return turn


def _array(scene: dict, buffer: bytes, index: int) -> numpy.ndarray:
    accessor = scene["accessors"][index]
    view = scene["bufferViews"][accessor["bufferView"]]
    size = _SIZES[accessor["type"]]
    numbers = numpy.frombuffer(buffer, _TYPES[accessor["componentType"]], accessor["count"] * size,
                               view.get("byteOffset", 0))
    return numbers.reshape(-1, size)


def _placed(node: dict) -> numpy.ndarray:
    x, y, z, w = node["rotation"]
    placed = numpy.eye(4)
    placed[:3, :3] = [[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                      [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                      [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]]
    placed[:3, 3] = node["translation"]
    return placed
