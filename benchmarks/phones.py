"""The Kotlin code of docs/phones.md against `Eraser`, pixel by pixel, on a JVM.

    npm install kotlin-compiler
    python -m benchmarks.phones --kotlinc=node_modules/kotlin-compiler/bin/kotlinc

Needs Java and a Kotlin compiler. The code's `Network` is answered by this process, with
LiteRT's Python; the class for LiteRT on Android is compiled against the signatures
below, and not run.
"""

import dataclasses
import re
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from ce_tf.command_line import flag, run_command
from ce_tf.completion.runtimes import load_runtime
from ce_tf.erasing.eraser import Eraser
from ce_tf.images.photo import read_photo
from ce_tf.pretrained.files import find_model

_PHOTOGRAPHS = ("coffee.png", "chelsea.png", "rocket.jpg", "astronaut.png")
DOC = Path(__file__).parents[1] / "docs" / "phones.md"
# LiteRT 2.3's, as far as the page uses it.
_LITERT = """
package com.google.ai.edge.litert
enum class Accelerator { NONE, CPU, GPU, NPU }
class LiteRtException : Exception()
abstract class JniHandle : AutoCloseable { override fun close() = TODO() }
class TensorBuffer : JniHandle() {
    fun writeInt8(data: ByteArray): Unit = TODO()
    fun readInt8(): ByteArray = TODO()
}
class CompiledModel : JniHandle() {
    class Options(val accelerators: Set<Accelerator>) {
        constructor(vararg accelerators: Accelerator) : this(setOf(*accelerators))
    }
    fun createInputBuffer(name: String, signature: String = ""): TensorBuffer = TODO()
    fun createOutputBuffer(name: String, signature: String = ""): TensorBuffer = TODO()
    fun run(
        inputs: Map<String, TensorBuffer>,
        outputs: Map<String, TensorBuffer>,
        signature: String = "",
    ): Unit = TODO()
    companion object {
        fun create(filePath: String, options: Options): CompiledModel = TODO()
    }
}
"""
# Big-endian numbers of 32 bits, and bytes, by stdin and stdout.
_MAIN = """
import java.io.DataInputStream
import java.io.DataOutputStream
fun main() {
    val input = DataInputStream(System.`in`.buffered())
    val output = DataOutputStream(System.out.buffered())
    fun bytes(count: Int) = ByteArray(count).also { input.readFully(it) }
    val network = object : Network {
        override val size = input.readInt()
        override fun fill(image: ByteArray, mask: ByteArray): ByteArray {
            output.writeInt(1); output.write(image); output.write(mask); output.flush()
            return bytes(3 * size * size)
        }
    }
    while (true) {
        val width = input.readInt()
        if (width == 0) return
        val height = input.readInt()
        val photo = IntArray(width * height) { input.readInt() }
        val hole = BooleanArray(width * height) { input.readByte() != 0.toByte() }
        val result = erase(photo, hole, width, height, network)
        output.writeInt(0); result.forEach { output.writeInt(it) }; output.flush()
    }
}
"""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Flags of the benchmark."""

    kotlinc: str = flag(help="The Kotlin compiler's program.")
    model: str | None = flag(None, help="A .tflite file; by default what ships.")


def find_cases() -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Name, photo uint8 [H, W, 3], mask uint8 [H, W] of 0 and 255."""
    folder = Path(skimage.data.__file__).parent
    photos = [read_photo(folder / name).image for name in _PHOTOGRAPHS]
    for number, photo in enumerate(photos):
        yield f"photograph {number}", photo, _draw_ellipse(photo, 8)
    photo = photos[0]
    height, width = photo.shape[:2]
    corner, nearly = np.zeros((2, height, width), np.uint8)
    corner[: height // 2, : width // 3] = 255
    nearly[5:-5, 5:-5] = 255
    yield "a corner", photo, corner
    yield "all but the rim", photo, nearly
    small = cv2.resize(photo, (90, 60), interpolation=cv2.INTER_AREA)
    yield "a small photo", small, _draw_ellipse(small, 6)
    yield "most of a small photo", small, _draw_ellipse(small, 2)
    large = cv2.resize(photo, (3000, 2000), interpolation=cv2.INTER_CUBIC)
    # Larger ones the eraser works on as smaller pictures.
    yield "6 megapixels", large, _draw_ellipse(large, 12)


def _draw_ellipse(photo: np.ndarray, part: int) -> np.ndarray:
    height, width = photo.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    radii = (width // part, height // part)
    cv2.ellipse(mask, (width // 2, height // 2), radii, 20, 0, 360, 255, -1)
    return mask


def compile_kotlin(kotlinc: str, folder: Path) -> Path:
    """The page's code and what it needs here, as a jar."""
    code = re.findall(r"```kotlin\n(.*?)```", DOC.read_text(), re.S)[0]
    sources = {"Eraser.kt": code, "LiteRt.kt": _LITERT, "Main.kt": _MAIN}
    for name, source in sources.items():
        (folder / name).write_text(source)
    jar = folder / "eraser.jar"
    files = [str(folder / name) for name in sources]
    command = [kotlinc, *files, "-Werror", "-include-runtime", "-d", str(jar)]
    subprocess.run(command, check=True)
    return jar


def erase(
    process: subprocess.Popen, run, size: int, photo: np.ndarray, mask: np.ndarray
) -> np.ndarray:
    """The photo as Kotlin erases from it."""
    height, width = mask.shape
    opaque = np.full((height, width, 1), 255, np.uint8)
    process.stdin.write(struct.pack(">ii", width, height))
    process.stdin.write(np.concatenate([opaque, photo], -1).tobytes())
    process.stdin.write(mask.tobytes())
    process.stdin.flush()
    while struct.unpack(">i", process.stdout.read(4))[0]:
        image = _read(process, (size, size, 3))
        process.stdin.write(run(image, _read(process, (size, size, 1))).tobytes())
        process.stdin.flush()
    return _read(process, (height, width, 4))[..., 1:]


def _read(process: subprocess.Popen, shape: tuple[int, ...]) -> np.ndarray:
    data = process.stdout.read(int(np.prod(shape)))
    return np.frombuffer(data, np.uint8).reshape(shape)


def main(config: Config) -> None:
    """Prints one line for each case."""
    runtime = load_runtime(Path(config.model) if config.model else find_model())
    eraser = Eraser(runtime)
    with tempfile.TemporaryDirectory() as folder:
        jar = compile_kotlin(config.kotlinc, Path(folder))
        process = subprocess.Popen(
            ["java", "-cp", str(jar), "MainKt"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        process.stdin.write(struct.pack(">i", runtime.size))
        print("| | photo | largest difference | equal |")
        print("| --- | --- | ---: | ---: |")
        for name, photo, mask in find_cases():
            found = erase(process, runtime.run, runtime.size, photo, mask)
            expected = eraser.erase(photo, mask, detail=0)
            outside = mask == 0
            if (found[outside] != photo[outside]).any():
                raise SystemExit(f"{name}: pixels outside the hole changed")
            difference = np.abs(found[~outside].astype(int) - expected[~outside])
            print(
                f"| {name} | {photo.shape[1]}x{photo.shape[0]} "
                f"| {difference.max()} | {100 * np.mean(difference == 0):.2f} % |"
            )
        process.communicate(struct.pack(">i", 0))


def run(argv: Sequence[str] | None = None) -> None:
    """Compares with the flags of `argv`, or of the command line."""
    run_command(Config, main, __doc__, argv)


if __name__ == "__main__":
    run()
