"""Reading: every dialect becomes Python on the lines of the file; what is none gets one sentence."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path

import pytest

from annprobe.errors import UnusableModule
from annprobe.subject.reading.source import Source, read_source


def _read(folder: Path, text: str | bytes, name: str = "net.py") -> Source:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_source(file)


def _names(source: Source) -> dict[str, int]:
    """Every assigned name and the line of its first assignment."""
    found: dict[str, int] = {}
    for node in ast.walk(source.tree()):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.setdefault(node.id, node.lineno)
    return found


def test_plain_module_is_compiled_as_it_is(tmp_path: Path) -> None:
    text = "import numpy as np\nclass Net:\n    pass\n"
    source = _read(tmp_path, text)
    assert (source.text, source.original, source.notes, source.kind) == (text, text, (), "module")


@pytest.mark.parametrize("act", ["train()\n", "for i in range(3):\n    pass\n", "while True:\n    break\n"])
def test_code_that_acts_at_the_top_level_is_a_script(tmp_path: Path, act: str) -> None:
    assert _read(tmp_path, "def train():\n    pass\n" + act).kind == "script"


def test_syntax_error_names_the_line_and_shows_it(tmp_path: Path) -> None:
    with pytest.raises(UnusableModule) as error:
        _read(tmp_path, "x = 1\nfor i in range(3)\n    x += i\n")
    assert "net.py, line 2: not valid Python: expected ':'" in str(error.value)
    assert "for i in range(3)" in str(error.value)


def test_return_outside_a_function_is_found_before_the_run(tmp_path: Path) -> None:
    with pytest.raises(UnusableModule, match="line 2: not valid Python: 'return' outside function"):
        _read(tmp_path, "x = 1\nreturn x\n")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: p / "nett.py", r"no such file\. Did you mean net\.py\?"),
        (lambda p: p / "link.txt", r"link\.txt is a link to a file that does not exist"),
        (lambda p: p / "pipe.txt", r"pipe\.txt is no ordinary file"),
        (lambda p: p, r"is a folder, and one module is needed\. It holds net\.py: name one of them"),
    ],
)
def test_a_path_that_is_no_module(tmp_path: Path, make: object, message: str) -> None:
    (tmp_path / "net.py").write_text("x = 1\n")
    (tmp_path / "link.txt").symlink_to("nowhere.py")
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(UnusableModule, match=message):
        read_source(make(tmp_path))  # type: ignore[operator]


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(1, 32)) * 20 + b"\xff"])
def test_binary_files_are_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnusableModule, match="not a text file"):
        _read(tmp_path, data)


def test_a_file_without_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableModule, match="holds no code"):
        _read(tmp_path, "# to do\n")


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfname = '\xc3\xa9'\n",
        "# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1"),
        "name = 'é'\r\n".encode(),
        "name = 'é'\n".encode("utf-16"),
        "name = 'é'\n".encode("cp1252"),
    ],
)
def test_encodings_and_line_endings(tmp_path: Path, data: bytes) -> None:
    source = _read(tmp_path, data)
    scope: dict[str, str] = {}
    exec(compile(source.tree(), "net.py", "exec"), scope)
    assert scope["name"] == "é"


def test_python_2_keeps_the_lines_of_the_file(tmp_path: Path) -> None:
    text = (
        "class A:\n"
        "    __metaclass__ = type\n"
        "    def step(self, (x, y), rate):\n"
        "        print 'rate', rate\n"
        "        change = x * rate\n"
        "        return change\n"
        "\n"
        "for k in xrange(3):\n"
        "\tif k:\n"
        "            last = k\n"
        "ratio = 1/2\n"
    )
    source = _read(tmp_path, text)
    names = _names(source)
    assert {name: names[name] for name in ("change", "last", "ratio")} == {"change": 5, "last": 10, "ratio": 11}
    assert any("converted from Python 2" in note for note in source.notes)
    assert source.old_division
    assert any("whole numbers" in note for note in source.notes)
    assert source.original == text


def test_python_2_methods_of_dictionaries_are_converted(tmp_path: Path) -> None:
    source = _read(tmp_path, "total = 0\nfor k, v in {'a': 2}.iteritems():\n    total += v\n")
    scope: dict[str, int] = {}
    exec(compile(source.tree(), "net.py", "exec"), scope)
    assert scope["total"] == 2


def test_tabs_among_spaces(tmp_path: Path) -> None:
    source = _read(tmp_path, "if True:\n        x = 1\n\ty = 2\n")
    assert _names(source) == {"x": 2, "y": 3}
    assert any("tabs" in note for note in source.notes)


def test_notebook_commands_are_left_out(tmp_path: Path) -> None:
    source = _read(tmp_path, "%matplotlib inline\n!pip install numpy\nx = 1\nfor i in range(2):\n    !ls\n")
    assert _names(source) == {"x": 3, "i": 4}
    assert any("notebook commands" in note for note in source.notes)


def test_a_remainder_at_the_start_of_a_line_is_no_notebook_command(tmp_path: Path) -> None:
    text = "x = (7\n% 4)\n"
    assert _read(tmp_path, text).text == text


def test_typographic_characters_from_a_web_page(tmp_path: Path) -> None:
    source = _read(tmp_path, "name\u00a0= \u201cnet\u201d\n")
    assert _names(source) == {"name": 1}
    assert source.notes


def test_notebook_cells_are_joined_and_mapped(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# A network"]},
        {"cell_type": "code", "source": ["%%time\n", "import numpy as np\n", "x = np.ones(3)"]},
        {"cell_type": "code", "source": "%%bash\nls -l"},
        {"cell_type": "code", "source": ["y = x\n", "z = y"]},
    ]
    source = _read(tmp_path, json.dumps({"cells": cells}), "net.ipynb")
    assert source.kind == "notebook"
    assert source.where(_names(source)["z"]) == "net.ipynb, cell 4, line 2"


@pytest.mark.parametrize("text", ["not json", "[]", '{"cells": []}', '{"a": 1}', '{"cells": 3}',
                                  '{"cells": [3]}', '{"cells": null}', '{"cells": {"a": 1}}'])
def test_a_notebook_without_code_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnusableModule):
        _read(tmp_path, text, "net.ipynb")
