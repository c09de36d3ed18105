"""The page's work as an API: `/erase` and `/select`, for programs, one call each.

from gradio_client import Client, handle_file

client = Client("http://127.0.0.1:7860")
path = client.predict(handle_file("photo.jpg"), handle_file("mask.png"),
                      api_name="/erase")
"""

import tempfile
from pathlib import Path

import gradio as gr

from ce_tf.erasing.eraser import Eraser
from ce_tf.erasing.grabcut import parse_box, select_object
from ce_tf.errors import InputError
from ce_tf.page import files
from ce_tf.page.actions import fail

# An API needs a number for "as many as the hole grew by".
_AS_GROWN = -1


def add_endpoints(
    models: dict[str, Eraser], limits: files.Limits, folder: Path
) -> None:
    """Adds the endpoints to the `gradio.Blocks` that is being built."""
    names = list(models)

    @fail
    def erase(
        photo: str, mask: str, model: str, grow: int, feather: int, detail: float
    ) -> str:
        source = _open(photo, limits)
        hole = files.open_mask(_given(mask, "mask"), limits, source.pixels.shape[:2])
        eraser = models.get(model)
        if eraser is None:
            raise InputError(f"there is no model {model!r} here. One of: {names}.")
        completed = eraser.erase(
            source.image,
            hole,
            grow=int(grow),
            feather=None if feather == _AS_GROWN else int(feather),
            detail=detail,
        )
        place = Path(tempfile.mkdtemp(dir=folder))
        result = source.with_image(completed)
        return str(files.write_result(place, Path(photo).name, result))

    @fail
    def select(photo: str, box: str) -> str:
        source = _open(photo, limits)
        hole = select_object(source.image, parse_box(box))
        place = Path(tempfile.mkdtemp(dir=folder))
        return str(files.write_mask(place, Path(photo).name, hole))

    with gr.Column(visible=False):
        photo = gr.File(label="photo")
        mask = gr.File(label="mask: of the photo's size, white is the hole")
        model = gr.Textbox(names[0], label=f"model, one of: {', '.join(names)}")
        grow = gr.Number(0, precision=0, label="pixels by which the hole is dilated")
        feather = gr.Number(
            _AS_GROWN,
            precision=0,
            label="pixels over which the photo goes over into the fill; -1 is as many "
            "as the hole grew by",
        )
        detail = gr.Number(1.0, label="texture of the surroundings, 0 to 1")
        box = gr.Textbox(label="box: x,y,w,h in pixels")
        result = gr.File(label="result: in the photo's format, with its metadata")
        found = gr.File(label="mask: PNG of the photo's size, white is the object")
        gr.Button().click(
            erase,
            [photo, mask, model, grow, feather, detail],
            result,
            api_name="erase",
            api_description="Fills the hole; every other pixel stays to the bit.",
        )
        gr.Button().click(
            select,
            [photo, box],
            found,
            api_name="select",
            api_description="Finds the object in a box, by GrabCut.",
        )


def _open(photo: str, limits: files.Limits) -> files.Photo:
    return files.open_photo(_given(photo, "photo"), limits)


def _given(path: str | None, what: str) -> str:
    if path is None:
        raise InputError(f"the {what} is missing.")
    return path
