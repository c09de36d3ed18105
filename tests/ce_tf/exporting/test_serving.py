"""The SavedModel as servers load it, and the documented requests to them."""

import base64
import io
import itertools
import json
import re
import shlex
import subprocess
import sys
import threading
import urllib.request
from concurrent import futures
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import grpc
import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from ce_tf.completion.runtimes import load_runtime
from ce_tf.training.weights import load_generator
from tests.ce_tf.training.states import fixed_order
from tests.fakes import make_photo

DOC = Path(__file__).parents[3] / "docs" / "serving.md"
PHOTO = make_photo(3, 150, 200)
MASK = np.zeros((150, 200), np.uint8)
MASK[40:80, 60:120] = 255


@pytest.fixture(scope="module")
def folder(export_of):
    return export_of("saved_model")


@pytest.fixture(scope="module")
def model(folder):
    return tf.saved_model.load(str(folder))


@pytest.fixture
def files(tmp_path):
    Image.fromarray(PHOTO).save(tmp_path / "photo.jpg", quality=90)
    Image.fromarray(MASK).save(tmp_path / "mask.png")
    return tmp_path


def squares(count):
    images = np.stack([make_photo(seed, 128, 128) for seed in range(count)])
    masks = np.zeros((count, 128, 128, 1), np.uint8)
    for row, mask in enumerate(masks):
        mask[30 + row : 70, 50:90] = 255
    return images, masks


def test_weights_stand_once_in_the_file(trained_run, folder):
    generator = load_generator(trained_run).generator
    size = 4 * sum(int(np.prod(weight.shape)) for weight in generator.weights)
    data = sum(path.stat().st_size for path in (folder / "variables").glob("*.data*"))
    assert data <= 1.02 * size
    # Beside the weights, the graph of the three signatures.
    assert (folder / "saved_model.pb").stat().st_size < 1_500_000


def test_it_opens_without_our_code(folder, tmp_path):
    images, masks = squares(2)
    buffers = [io.BytesIO(), io.BytesIO()]
    for buffer, pixels in zip(buffers, (PHOTO, MASK), strict=True):
        Image.fromarray(pixels).save(buffer, "PNG")
    inputs = {
        "serving_default": {"image": images, "mask": masks},
        "erase": {"image": PHOTO, "mask": MASK[..., np.newaxis]},
        "erase_bytes": {
            name: np.array([buffer.getvalue()], object)
            for name, buffer in zip(("image_bytes", "mask_bytes"), buffers, strict=True)
        },
    }
    np.save(tmp_path / "in.npy", inputs, allow_pickle=True)
    code = """
import sys
sys.modules["keras"] = sys.modules["ce_tf"] = None  # importing them fails
import numpy as np, tensorflow as tf
folder, path = sys.argv[1:]
inputs = np.load(path, allow_pickle=True).item()
model = tf.saved_model.load(folder)
outputs = {}
with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    meta = tf.compat.v1.saved_model.load(session, ["serve"], folder)
    for name, values in inputs.items():
        signature = meta.signature_def[name]
        (output,) = signature.outputs
        feed = {signature.inputs[key].name: value for key, value in values.items()}
        outputs[name] = session.run(signature.outputs[output].name, feed)
    # Its checks run here too.
    signature = meta.signature_def["erase"]
    feed = {signature.inputs["image"].name: np.zeros((9, 9, 3), np.uint8),
            signature.inputs["mask"].name: np.zeros((9, 9, 1), np.uint8)}
    try:
        session.run(signature.outputs["image"].name, feed)
    except tf.errors.InvalidArgumentError as error:
        assert "mask is all black" in str(error)
    else:
        raise SystemExit("an empty mask was taken")
for name, values in inputs.items():
    tensors = {key: tf.constant(value) for key, value in values.items()}
    (new,) = model.signatures[name](**tensors).values()
    assert (new.numpy() == outputs[name]).all(), name
np.save(path + ".out.npy", outputs, allow_pickle=True)
"""
    command = [sys.executable, "-c", code, str(folder), str(tmp_path / "in.npy")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    outputs = np.load(tmp_path / "in.npy.out.npy", allow_pickle=True).item()
    run = load_runtime(folder).run
    for row in range(2):
        # Kernels may sum a batch in another order than one picture.
        found = outputs["serving_default"][row].astype(int)
        assert np.abs(found - run(images[row], masks[row])).max() <= 1
    decoded = np.asarray(Image.open(io.BytesIO(outputs["erase_bytes"][0])))
    assert (decoded == outputs["erase"]).all()


def test_saved_model_cli_shows_the_signatures(folder):
    command = [
        *(sys.executable, "-m", "tensorflow.python.tools.saved_model_cli", "show"),
        *("--dir", str(folder), "--tag_set", "serve", "--all"),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    shown = dict(re.findall(r"signature_def\['(.+)'\]:\n((?:.|\n)*?)\n\n", done.stdout))
    wanted = {
        "serving_default": {
            "inputs['image']": ("DT_UINT8", "(-1, 128, 128, 3)"),
            "inputs['mask']": ("DT_UINT8", "(-1, 128, 128, 1)"),
            "outputs['image']": ("DT_UINT8", "(-1, 128, 128, 3)"),
        },
        "erase": {
            "inputs['image']": ("DT_UINT8", "(-1, -1, 3)"),
            "inputs['mask']": ("DT_UINT8", "(-1, -1, 1)"),
            "outputs['image']": ("DT_UINT8", "(-1, -1, 3)"),
        },
        "erase_bytes": {
            "inputs['image_bytes']": ("DT_STRING", "(-1)"),
            "inputs['mask_bytes']": ("DT_STRING", "(-1)"),
            "outputs['image_bytes']": ("DT_STRING", "(-1)"),
        },
    }
    for name, tensors in wanted.items():
        for tensor, (dtype, shape) in tensors.items():
            text = (
                f"{tensor} tensor_info:\n        dtype: {dtype}\n        shape: {shape}"
            )
            assert text in shown[name], shown[name]


@pytest.mark.numeric
def test_eight_threads_get_what_one_gets(model):
    """To the bit, where TensorFlow promises it."""
    photos = [make_photo(seed, 100 + 9 * seed, 140) for seed in range(8)]
    masks = [np.zeros((*photo.shape[:2], 1), np.uint8) for photo in photos]
    for mask in masks:
        mask[20:60, 30:70] = 1
    images, holes = squares(8)

    def call(row):
        erased = model.signatures["erase"](
            image=tf.constant(photos[row]), mask=tf.constant(masks[row])
        )["image"]
        filled = model.signatures["serving_default"](
            image=tf.constant(images[row : row + 1]),
            mask=tf.constant(holes[row : row + 1]),
        )["image"]
        return erased.numpy(), filled.numpy()

    with fixed_order(), futures.ThreadPoolExecutor(8) as pool:
        alone = [call(row) for row in range(8)]
        for _ in range(3):
            for together, one in zip(pool.map(call, range(8)), alone, strict=True):
                for found, wanted in zip(together, one, strict=True):
                    assert (found == wanted).all()


def test_keras_calls_it_as_a_layer(folder, model):
    images, masks = squares(3)
    squared = {"image": images, "mask": masks}
    expected = model.signatures["serving_default"](
        image=tf.constant(images), mask=tf.constant(masks)
    )["image"].numpy()
    layer = keras.layers.TFSMLayer(str(folder))
    assert (layer(squared)["image"].numpy() == expected).all()
    inputs = {
        name: keras.Input(array.shape[1:], dtype="uint8", name=name)
        for name, array in squared.items()
    }
    outputs = keras.layers.Rescaling(2.0)(layer(inputs)["image"])
    found = keras.Model(inputs, outputs).predict(squared, verbose=0)
    assert (found == 2.0 * expected).all()
    assert (expected[masks[..., 0] == 0] == images[masks[..., 0] == 0]).all()
    assert (expected[masks[..., 0] > 0] != images[masks[..., 0] > 0]).any()


def snippet(language):
    """The code block of the page that is written in a language."""
    blocks = re.findall(rf"```{language}\n(.*?)```", DOC.read_text(), re.S)
    return blocks[0]


def check_result(files):
    result = np.asarray(Image.open(files / "result.png"))
    photo = np.asarray(Image.open(files / "photo.jpg"))
    assert (result[MASK == 0] == photo[MASK == 0]).all()
    assert (result[MASK > 0] != photo[MASK > 0]).any()


class Service(prediction_service_pb2_grpc.PredictionServiceServicer):
    """TensorFlow Serving's gRPC face before our model."""

    def __init__(self, model):
        self._model = model

    def Predict(self, request, context):
        assert request.model_spec.name == "eraser"
        signature = self._model.signatures[request.model_spec.signature_name]
        inputs = {
            name: tf.constant(tf.make_ndarray(proto))
            for name, proto in request.inputs.items()
        }
        response = predict_pb2.PredictResponse()
        for name, tensor in signature(**inputs).items():
            proto = tf.make_tensor_proto(tensor.numpy())
            response.outputs[name].CopyFrom(proto)
        return response


def test_the_documented_grpc_client_gets_its_photo(model, files):
    server = grpc.server(futures.ThreadPoolExecutor(1))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
        Service(model), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    names = ("photo.jpg", "mask.png", "result.png", f"127.0.0.1:{port}")
    command = [sys.executable, "-c", snippet("python"), *names]
    done = subprocess.run(command, capture_output=True, text=True, cwd=files)
    server.stop(None).wait()
    assert done.returncode == 0, done.stderr
    check_result(files)


def read_request(shell: str) -> tuple[str, list[str], str, str]:
    """What the documented command line says, read as a shell reads it.

    Returns:
        the body with `%s` for each file, the files, the address, and the program that
        takes the answer.
    """
    words = shlex.split(shell.replace("\\\n", ""))
    request, send, take = (
        list(part) for bar, part in itertools.groupby(words, "|".__ne__) if bar
    )
    command, body, *files = request
    assert command == "printf"
    inside = [re.fullmatch(r"\$\(base64 < (\S+) \| tr -d '\\n'\)", f) for f in files]
    assert send[:-1] == ["curl", "-sSf", "-d", "@-"]
    assert (take[:2], take[3:]) == (["python3", "-c"], [">", "result.png"])
    return body, [match[1] for match in inside], send[-1], take[2]


def test_the_documented_request_gets_its_photo(model, files):
    """The command's own words, without `curl` and a shell, which few machines lack."""

    class Handler(BaseHTTPRequestHandler):
        """TensorFlow Serving's REST face before our model, in its row form."""

        def do_POST(self):
            assert self.path == "/v1/models/eraser:predict"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = json.loads(body)
            rows = request["instances"]
            inputs = {
                name: tf.constant([base64.b64decode(row[name]["b64"]) for row in rows])
                for name in rows[0]
            }
            signature = model.signatures[request["signature_name"]]
            ((name, tensor),) = signature(**inputs).items()
            # What ends so is sent in base64.
            assert name.endswith("_bytes")
            found = [
                {"b64": base64.b64encode(value).decode()} for value in tensor.numpy()
            ]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"predictions": found}).encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    body, names, address, program = read_request(snippet("sh"))
    encoded = [base64.b64encode((files / name).read_bytes()).decode() for name in names]
    address = address.replace("localhost:8501", f"127.0.0.1:{server.server_port}")
    with urllib.request.urlopen(address, (body % tuple(encoded)).encode()) as answer:
        done = subprocess.run(
            [sys.executable, "-c", program], input=answer.read(), capture_output=True
        )
    server.shutdown()
    thread.join()
    server.server_close()
    assert done.returncode == 0, done.stderr
    (files / "result.png").write_bytes(done.stdout)
    check_result(files)
