"""The API in words that programs read: OpenAPI 3.1."""

from typing import Any

from ce_tf import __version__
from ce_tf.page.files import Limits

_FILE = {"type": "string", "format": "binary"}
_PICTURE = {"image/*": {"schema": _FILE}}
_ERROR = {
    "application/json": {
        "schema": {
            "type": "object",
            "required": ["error"],
            "properties": {"error": {"type": "string"}},
        }
    }
}
_REFUSALS = {
    "400": "Something is wrong in the request: the answer says what is, and why.",
    "403": "Another page than this server's own has asked, or by another name.",
    "413": "Too much was sent.",
    "503": "Too many requests wait: try again later.",
}


def describe(models: list[str], limits: Limits) -> dict[str, Any]:
    """The description that `/api/openapi.json` gives."""
    photo = _FILE | {
        "description": f"PNG, JPEG, TIFF, WebP, AVIF, BMP, HEIC or GIF; at most "
        f"{limits.megabytes} MB and {limits.megapixels} megapixels."
    }
    mask = _FILE | {
        "description": "Of the photo's size, upright. White is what goes (from 64 of "
        "255 on)."
    }
    erase = {
        "photo": photo,
        "mask": mask,
        "model": {"type": "string", "enum": models, "default": models[0]},
        "grow": {
            "type": "integer",
            "minimum": 0,
            "default": 0,
            "description": "Pixels by which the hole is dilated.",
        },
        "feather": {
            "type": "number",
            "minimum": 0,
            "description": "Pixels over which the photo goes over into the fill; as "
            "many as the hole grew by where it is not said.",
        },
        "detail": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "default": 1,
            "description": "How much texture of the surroundings the fill gets, and of "
            "edges that go on in it.",
        },
    }
    box = {"type": "string", "examples": ["120,80,200,150"]}
    place = {"type": "integer", "minimum": 0}
    patch = _FILE | {"description": "PNG; its opaque pixels are laid over the photo."}
    return {
        "openapi": "3.1.0",
        "info": {"title": "ce_tf: eraser", "version": __version__},
        "paths": {
            "/api/erase": _post(
                "Fills the hole; every other pixel stays to the bit. The answer has "
                "the photo's format and metadata (PNG where that cannot be written).",
                erase,
                ["photo", "mask"],
            ),
            "/api/select": _post(
                "Finds the object in a box (x,y,w,h in pixels): a PNG mask.",
                {"photo": photo, "box": box},
                ["photo", "box"],
            ),
            "/api/decode": _post(
                "The photo as an upright PNG of 8 bits, for browsers that cannot "
                "read its format.",
                {"photo": photo},
                ["photo"],
            ),
            "/api/save": _post(
                "Lays a patch over the photo; the answer is as that of /api/erase.",
                {"photo": photo, "patch": patch, "x": place, "y": place},
                ["photo", "patch", "x", "y"],
            ),
            "/api/models": _get("The models, the default first, and the limits."),
            "/api/openapi.json": _get("This description."),
        },
    }


def _post(summary: str, fields: dict[str, Any], required: list[str]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": False,
    }
    answers: dict[str, Any] = {
        "200": {"description": "A picture.", "content": _PICTURE}
    }
    for code, words in _REFUSALS.items():
        answers[code] = {"description": words, "content": _ERROR}
    body = {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    return {"post": {"summary": summary, "requestBody": body, "responses": answers}}


def _get(summary: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "object"}}}
    answers = {"200": {"description": summary, "content": content}}
    return {"get": {"summary": summary, "responses": answers}}
