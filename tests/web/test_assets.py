import gzip
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
import rcssmin
import tinycss2
from flask import Flask
from tinycss2.ast import Node
from werkzeug.test import TestResponse

from newsite import config
from newsite.web import assets

STYLE = "/* why */\na {\n  color : red;\n}\n" + "b { margin: 0 0 0 0 }\n" * 30


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "js").mkdir(parents=True)
    (folder / "site.css").write_text(STYLE)
    (folder / "js" / "editor.js").write_text("// a comment stays\nlet a = 1;\n")
    (folder / "ours.js").write_text("// why\nif (a) {\n  b(); // so\n\n}\n")
    (folder / "mark.png").write_bytes(b"\x89PNG" + bytes(500))
    return folder


@pytest.fixture
def served(source: Path, tmp_path: Path) -> Flask:
    app = Flask("served", static_folder=None)
    folder = tmp_path / "made"
    app.extensions[assets.KEY] = assets.build(source, folder)
    app.wsgi_app = assets.StaticFiles(app.wsgi_app, folder)
    app.add_url_rule("/<path:rest>", "rest", lambda rest: (f"no {rest}", 404))
    return app


def address(app: Flask, name: str) -> str:
    with app.app_context():
        return assets.asset(name)


def get(app: Flask, url: str, **headers: str) -> TestResponse:
    """The answer, its file read and closed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(url, headers=named, buffered=True)


def test_a_file_is_named_after_its_content(source, tmp_path):
    before = assets.build(source, tmp_path / "made")
    assert re.fullmatch(r"/static/site\.[0-9a-f]{12}\.css", before["site.css"])
    assert re.fullmatch(r"/static/js/editor\.[0-9a-f]{12}\.js", before["js/editor.js"])
    (source / "site.css").write_text(STYLE + "i { color: blue }")
    after = assets.build(source, tmp_path / "made")
    assert after["site.css"] != before["site.css"]
    assert after["mark.png"] == before["mark.png"]


def test_what_is_ours_is_made_small_and_others_scripts_are_left_alone(served):
    style = get(served, address(served, "site.css"))
    assert style.text.startswith("a{color:red}b{margin:0 0 0 0}")
    assert style.content_type == 'text/css; charset="utf-8"'
    assert get(served, address(served, "js/editor.js")).text.startswith("// a comment stays")
    assert get(served, address(served, "ours.js")).text == "if (a) {\nb(); // so\n}"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("gzip;q=1, br;q=0", "gzip"),
        ("br;q=0.000, gzip;q=0", None),
        ("identity", None),
        ("", None),
    ],
)
def test_a_browser_gets_the_smallest_form_that_it_takes(served, accepted, coding):
    url = address(served, "site.css")
    plain = get(served, url).data
    answer = get(served, url, Accept_Encoding=accepted)
    assert answer.headers.get("Content-Encoding") == coding
    undo = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    assert undo(answer.data) == plain
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.content_length == len(answer.data)


def test_a_browser_may_keep_it_forever_and_another_site_may_not_read_it(served):
    answer = get(served, address(served, "site.css"))
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_a_browser_that_has_it_is_not_sent_it_again(served):
    url = address(served, "site.css")
    tag = get(served, url).headers["ETag"]
    assert tag == f'"{Path(url).name}"'  # the same on every host
    again = get(served, url, If_None_Match=tag)
    assert again.status_code == 304
    assert again.data == b""


def test_part_of_a_file_is_not_served(served):
    answer = get(served, address(served, "mark.png"), Range="bytes=0-0")
    assert answer.status_code == 200
    assert len(answer.data) == 504


def test_what_is_compressed_already_is_not_compressed_again(served):
    answer = get(served, address(served, "mark.png"), Accept_Encoding="gzip, br")
    assert "Content-Encoding" not in answer.headers
    assert answer.content_type == "image/png"


@pytest.mark.parametrize(
    "path",
    [
        "/static/site.css",
        "/static/site.000000000000.css",
        "/static/",
        "/static/../secret_key",
        "/static/%2e%2e/secret_key",
        "/static//site.css",
    ],
)
def test_what_is_no_file_is_the_sites_own_404(pages, path):
    pages.get(path, 404)


def test_a_page_asks_for_a_stylesheet_that_is_there(pages):
    url = pages.get("/").one("link[rel=stylesheet][href^='/static/']")["href"]
    answer = pages.fetch(str(url), buffered=True)
    assert answer.status_code == 200
    assert answer.mimetype == "text/css"


def test_a_template_that_names_a_file_that_is_not_there_fails_loudly(served):
    with pytest.raises(KeyError):
        address(served, "no.css")


def test_what_was_made_before_is_left_alone_and_old_versions_stay(source, tmp_path):
    made = tmp_path / "made"
    first = assets.build(source, made)
    times = {path: path.stat().st_mtime_ns for path in made.rglob("*.*")}
    (source / "site.css").write_text("a{color:blue}")
    second = assets.build(source, made)
    assert first["site.css"] != second["site.css"]
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_two_processes_may_make_them_at_once(source, tmp_path):
    made, gate = tmp_path / "made", threading.Barrier(6)

    def start() -> None:
        gate.wait()
        assets.build(source, made)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    names = sorted(path.name for path in made.rglob("*") if path.is_file())
    assert len(names) == 10  # three texts in three forms, and the picture
    assert not [name for name in names if name.startswith(".")]
    for packed in made.rglob("*.br"):
        assert brotli.decompress(packed.read_bytes()) == packed.with_suffix("").read_bytes()


STYLESHEETS = sorted(config.folder("static").rglob("*.css"))


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_a_stylesheet_says_the_same_when_it_is_small(path):
    text = path.read_text()
    assert said(rcssmin.cssmin(text)) == said(text)


def test_a_lost_space_that_matters_would_be_seen():
    # rcssmin takes `p :first-child` inside of another rule for a declaration.
    nested = "a { & p :first-child { color: red } }"
    assert said(rcssmin.cssmin(nested)) != said(nested)
    assert said("a > b { margin: 0  calc( 1px + 2px ) ; }") == said("a>b{margin:0 calc(1px + 2px)}")
    assert said("a { margin: calc(1px + 2px) }") != said("a{margin:calc(1px+2px)}")


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_a_stylesheet_refers_to_no_other_file(path):
    # Its address would have to carry the other's hash.
    assert not re.search(r"url\(|@import", path.read_text())


# A space says nothing before and after these. `a :b` is not `a:b`, so before a colon it counts; and
# in calc(1px + 2px) it counts around signs.
OPEN_BEFORE, OPEN_AFTER, SIGNS = set("{};,)]!/"), set("{};,([!/:"), {">", "~", "+", "=", "<"}
SELECTING = {"is", "where", "not", "has"}


def said(text: str) -> list[str]:
    """The tokens of a stylesheet, with the spaces that say something."""
    found = list(flat(tinycss2.parse_component_value_list(text, skip_comments=True)))
    pairs = zip([("", False), *found], found, strict=False)
    tokens = [now for last, now in pairs if not (last[0].isspace() and now[0].isspace())]
    kept: list[str] = []
    for (before, _), (token, is_counted), (after, _) in zip(
        [("{", False), *tokens], tokens, [*tokens[1:], ("}", False)], strict=False
    ):
        signs = set() if is_counted else SIGNS
        if token.isspace():
            if before not in OPEN_AFTER | signs and after not in OPEN_BEFORE | signs:
                kept.append(" ")
            continue
        if token == "}" and kept and kept[-1] == ";":
            kept.pop()
        kept.append(token)
    return kept


def flat(nodes: list[Node], *, is_counted: bool = False) -> Iterator[tuple[str, bool]]:
    """Every token, and whether it is an argument of a function that reckons."""
    brackets = {"{} block": "{}", "[] block": "[]", "() block": "()"}
    for node in nodes:
        if node.type == "function":
            yield f"{node.name}(", is_counted
            yield "(", is_counted
            yield from flat(node.arguments, is_counted=node.lower_name not in SELECTING)
            yield ")", is_counted
        elif node.type in brackets:
            first, last = brackets[node.type]
            yield first, is_counted
            yield from flat(node.content, is_counted=is_counted)
            yield last, is_counted
        else:
            yield node.serialize(), is_counted
