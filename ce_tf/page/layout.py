"""How the page looks, and which action each part calls."""

from pathlib import Path
from typing import Any

import gradio as gr

from ce_tf.page import editor
from ce_tf.page.actions import Actions, fail, tell
from ce_tf.page.endpoint import add_endpoints
from ce_tf.page.samples import make_thumbnail

_HERE = Path(__file__).parent
_GUIDE = (
    "Open a photo (or drop or paste one), rub over a thing, press **Erase**. Or draw a "
    "box round it and press **Select**."
)
# Seconds: how often files of users are looked through, and how old ones go.
_CLEAN = (600, 3600)
# Presses the hidden button that has the file, once the page knows of it.
_DOWNLOAD = "() => setTimeout(() => document.querySelector('{}').click(), 150)"


def build_page(actions: Actions, folder: Path) -> gr.Blocks:
    """The page; `folder` is where files that are given to users lie."""
    with gr.Blocks(title="ce_tf: eraser", delete_cache=_CLEAN) as page:
        gr.Markdown(f"# Eraser\n{_GUIDE}")
        with gr.Row():
            with gr.Column(scale=3, min_width=340):
                with gr.Row(equal_height=True, elem_id="sources"):
                    photo = gr.UploadButton(
                        "Open a photo",
                        file_types=["image"],
                        elem_id="open-photo",
                        min_width=120,
                    )
                    samples = _make_samples(actions)
                canvas = _make_editor()
                with gr.Row(elem_id="actions"):
                    select = gr.Button("Select", elem_id="select", min_width=60)
                    erase = gr.Button(
                        "Erase", variant="primary", elem_id="erase", min_width=60
                    )
                    back = gr.Button(
                        "Back (0)",
                        interactive=False,
                        elem_id="back",
                        min_width=60,
                    )
                    save = gr.Button("Download", elem_id="save", min_width=60)
                status = gr.Markdown("No photo yet.", elem_id="status")
            with gr.Column(scale=2, min_width=340):
                pair = gr.ImageSlider(
                    label="Before and after",
                    interactive=False,
                    buttons=["fullscreen"],
                    elem_id="pair",
                )
                model = gr.Dropdown(
                    list(actions.models),
                    label="Model",
                    elem_id="model",
                    visible=len(actions.models) > 1,
                )
                options = _make_options()
                with gr.Row():
                    mask = gr.UploadButton(
                        "Open a mask",
                        file_types=["image"],
                        elem_id="open-mask",
                        min_width=120,
                    )
                    save_mask = gr.Button(
                        "Save the mask", elem_id="save-mask", min_width=120
                    )
        # Holds the file that a Download button has just had written.
        file = gr.DownloadButton(visible="hidden", elem_id="file")
        mask_file = gr.DownloadButton(visible="hidden", elem_id="mask-file")

        # First of all actions, so that their names are theirs.
        add_endpoints(actions.models, actions.limits, folder)
        shown = [canvas, pair, status, back]
        own: dict[str, Any] = {
            "api_visibility": "private",
            "show_progress_on": [status, pair],
        }
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        opened = [*shown, *options[:2]]
        photo.upload(tell(actions.open_file), photo, opened, **own)
        if samples:
            samples.select(tell(actions.open_sample), None, opened, **own)
        mask.upload(tell(actions.open_mask), mask, shown, **own)
        select.click(tell(actions.select), canvas, shown, **own)
        erase.click(tell(actions.erase), [canvas, model, *options], shown, **own)
        canvas.clear(tell(actions.clear), None, shown, **own)
        back.click(tell(actions.step_back), None, shown, **own)
        for button, action, inputs, target in (
            (save, actions.write_result, None, file),
            (save_mask, actions.write_mask, canvas, mask_file),
        ):
            written = button.click(fail(action), inputs, target, **quiet)
            script = _DOWNLOAD.format(f"#{target.elem_id}")
            written.success(None, js=script, api_visibility="private")
        page.unload(actions.close)
    return page


def read_script() -> str:
    """What the page's head holds: a photo can be dropped and pasted."""
    return f"<script>{(_HERE / 'opening.js').read_text()}</script>"


def read_style() -> str:
    """The page's CSS."""
    return (_HERE / "page.css").read_text()


def _make_editor() -> gr.ImageEditor:
    colors: list[str | tuple[str, float]] = [
        ("rgb({}, {}, {})".format(*editor.COLOR), editor.OPACITY)
    ]
    return gr.ImageEditor(
        show_label=False,
        placeholder="Open a photo, drop or paste one here, or take a sample.",
        sources=(),
        transforms=(),
        layers=False,
        buttons=[],
        brush=gr.Brush(default_size=24, colors=colors, color_mode="fixed"),
        eraser=gr.Eraser(default_size=24),
        format="png",
        height="min(58vh, 640px)",
        elem_id="editor",
    )


def _make_samples(actions: Actions) -> gr.Gallery | None:
    if not actions.samples:
        return None
    return gr.Gallery(
        [make_thumbnail(sample) for sample in actions.samples],
        label="Samples",
        show_label=False,
        columns=len(actions.samples),
        height=100,
        min_width=200,
        allow_preview=False,
        interactive=False,
        buttons=[],
        elem_id="samples",
    )


def _make_options() -> list[gr.Slider]:
    """Sliders of growth, feather and detail, in the order of `Actions.erase`."""
    return [
        gr.Slider(
            0,
            100,
            4,
            step=1,
            label="Grow, pixels",
            info="How far the hole reaches beyond what is painted.",
            elem_id="grow",
        ),
        gr.Slider(
            0,
            100,
            4,
            step=1,
            label="Feather, pixels",
            info="Over how many the photo goes over into the fill.",
            elem_id="feather",
        ),
        gr.Slider(
            0,
            1,
            1,
            step=0.05,
            label="Detail",
            info="How much texture of the surroundings the fill gets.",
            elem_id="detail",
        ),
    ]
