"""Pictures: drawn from a prompt, read from a file, described, and asked about."""

import struct
import subprocess
import sys
import zlib
from base64 import b64encode
from io import BytesIO
from random import Random

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from helpers.mock.pictures import draw
from helpers.mock.pictures.describe import describe, written
from helpers.mock.pictures.file import NotAPicture, description, with_description
from helpers.mock.pictures.questions import answer
from helpers.mock.pictures.scene import Scene
from helpers.mock.pictures.see import look


def png(image: Image.Image, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def told(data: bytes) -> str:
    return describe("data:image/png;base64," + b64encode(data).decode(), "url")


def landscape() -> bytes:
    image = Image.new("RGB", (480, 320), "#8fc7f0")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 240, 480, 320), fill="#4fae4f")
    pen.ellipse((380, 30, 440, 90), fill="#ffd21f")
    pen.rectangle((60, 160, 160, 230), fill="#d9702b")
    pen.polygon((50, 159, 110, 100, 170, 159), fill="#b02020")
    return png(image)


# --- drawn ---


@pytest.mark.parametrize(
    ("prompt", "shown"),
    [
        ("Two dogs under a tree at night", "two dogs under a tree and a moon"),
        ("a cat sleeping in a tree", "a cat in a tree"),
        ("3 red boats and a bird", "three red boats and a bird"),
        ("A house, two trees and the sun", "a house, two trees and a sun"),
        ("a boat at night under the moon", "a boat and a moon"),
        ("a house with a blue roof and a tree, but no sun", "a house and a tree"),
        ("freedom", ""),
    ],
)
def test_a_scene_has_as_many_things_as_the_prompt(prompt: str, shown: str) -> None:
    assert Scene.of(prompt).told == shown


@pytest.mark.parametrize(
    "prompt",
    [
        "Two dogs under a tree at night",
        "five cats on a house",
        "eight stars",
        "a boat and the moon",
    ],
)
@pytest.mark.parametrize(("width", "height"), [(1.0, 1.0), (1.75, 1.0), (1.0, 1.75)])
def test_nothing_is_cut_off(prompt: str, width: float, height: float) -> None:
    for seed in range(20):
        for figure in Scene.of(prompt).placed(width, height, Random(seed)):
            assert figure.left >= 0 and figure.left + figure.size <= width + 1e-9
            assert figure.top >= 0 and figure.top + figure.size <= height + 1e-9


def test_what_is_in_a_tree_is_drawn_in_the_tree() -> None:
    tree, cat = Scene.of("a cat in a tree").placed(1, 1, Random(1))
    assert (tree.name, cat.name) == ("tree", "cat")
    assert tree.left < cat.left and cat.left + cat.size < tree.left + tree.size
    assert tree.top < cat.top and cat.top + cat.size < tree.top + tree.size / 2


def test_a_drawing_is_a_function_of_its_prompt() -> None:
    one, other = (draw.of("two dogs", (64, 64)).png() for _ in range(2))
    assert one == other
    assert one != draw.of("two cats", (64, 64)).png()


# --- read ---


@pytest.mark.parametrize(
    "key", [{"zip": False}, {"zip": True}, {"international": True}], ids=["tEXt", "zTXt", "iTXt"]
)
def test_a_png_says_what_it_shows(key: dict[str, bool]) -> None:
    info = PngInfo()
    if key.pop("international", False):
        info.add_itxt("Description", "A café\nin Oslo")
    else:
        info.add_text("Description", "A café\nin Oslo", **key)
    data = png(Image.new("RGB", (8, 8), "red"), pnginfo=info)
    assert description(data) == "A café in Oslo"
    assert "described in the file as “A café in Oslo”" in told(data)


def test_a_description_is_put_in_and_replaced() -> None:
    plain = landscape()
    once = with_description(plain, "A garden")
    twice = with_description(once, "A red house")
    assert (description(plain), description(once), description(twice)) == (
        "",
        "A garden",
        "A red house",
    )
    assert Image.open(BytesIO(twice)).tobytes() == Image.open(BytesIO(plain)).tobytes()
    with pytest.raises(NotAPicture, match="not a PNG"):
        with_description(b"GIF89a", "A garden")


def test_a_small_text_that_grows_is_cut() -> None:
    data = landscape()
    bomb = b"Description\0\0" + zlib.compress(b"a" * 50_000_000)
    note = (
        struct.pack(">I", len(bomb))
        + b"zTXt"
        + bomb
        + struct.pack(">I", zlib.crc32(b"zTXt" + bomb))
    )
    assert len(description(data[:33] + note + data[33:])) == 1000


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", landscape()[:200]])
def test_what_is_no_picture_is_always_told_in_the_same_words(data: bytes) -> None:
    texts = set()
    for _ in range(2):
        with pytest.raises(NotAPicture) as caught:
            look(bytes(bytearray(data)))
        texts.add(str(caught.value))
    assert len(texts) == 1 and "0x" not in texts.pop()


def test_nothing_of_a_large_picture_is_kept_but_its_cells() -> None:
    sight = look(png(Image.new("RGB", (2000, 1000), "red")))
    assert sight.file is not None and len(sight.file.cells) == 96 * 48 * 3


def test_without_pillow_it_is_said_what_to_install() -> None:
    script = (
        "import sys; sys.modules['PIL'] = None\n"
        "from helpers.mock.pictures.describe import describe\n"
        "try: describe('data:image/png;base64,AAAA', 'url')\n"
        "except ValueError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "install the project with its extra `pictures`" in done.stdout, done.stderr


# --- described ---


def test_things_are_told_with_their_places() -> None:
    text = told(landscape())
    assert "a yellow sun at the top right" in text
    assert "an orange house on the left" in text


def test_equal_shapes_in_one_place_are_counted() -> None:
    image = Image.new("RGB", (300, 100), "white")
    for left in (10, 50):
        ImageDraw.Draw(image).rectangle((left, 40, left + 20, 60), fill="red")
    assert "two red squares on the left" in told(png(image))


@pytest.mark.parametrize(
    ("description", "lines"),
    [
        ("A ticket. It reads:\nOslo  to Bergen\n\nSeat 14", "Oslo to Bergen\nSeat 14"),
        ("A yellow sign\nthat says “Mind the gap”", "Mind the gap"),
        ("A dog, asleep: it dreams", ""),
    ],
)
def test_what_is_written_in_a_picture_is_told_line_by_line(description: str, lines: str) -> None:
    assert written(told(with_description(landscape(), description))) == lines


# --- asked ---

GARDEN = "PNG, 48 × 32 pixels, shows a yellow sun at the top right and an orange house on the left"
STATION = "PNG, 4 × 3 pixels, described in the file as “A red train and three people. Two dogs.”"


@pytest.mark.parametrize(
    ("question", "picture", "reply"),
    [
        ("Is there a house?", GARDEN, "Yes, I see an orange house on the left."),
        ("How many houses are there?", GARDEN, "I see one house."),
        ("What colour are the houses?", GARDEN, "The house is orange."),
        ("Where's the sun?", GARDEN, "The sun is at the top right."),
        ("What colour is the house in the picture?", GARDEN, "The house is orange."),
        ("How many dogs are there?", STATION, "I see two dogs."),
        ("How many people can you see?", STATION, "I see three people."),
        ("Do you see a train in this picture?", STATION, "Yes, I see a red train."),
    ],
)
def test_a_question_is_answered_from_what_is_seen(question: str, picture: str, reply: str) -> None:
    assert answer(question, [picture]) == reply


@pytest.mark.parametrize("question", ["Is there a blue house?", "Are there any cats?"])
def test_a_no_says_what_it_goes_by(question: str) -> None:
    reply = answer(question, [GARDEN])
    assert reply and reply.startswith("No, I see no ") and "orange house" in reply


@pytest.mark.parametrize(
    ("question", "picture"),
    [
        ("What do you see?", GARDEN),
        ("How many things are there and which colours?", GARDEN),
        ("Is there a house?", "PNG, 4 × 3 pixels, mostly red"),
        ("Is there a house?", "https://example.com/house.png, not fetched"),
    ],
)
def test_any_other_question_is_left_to_others(question: str, picture: str) -> None:
    assert answer(question, [picture]) is None
