"""nginx and Varnish as they are shipped in deploy/, and an nginx that serves one file."""

import http.client
import os
import subprocess
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks import programs
from benchmarks.programs import ROOT, MissingError, Server

DEPLOY = ROOT / "deploy"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
VARNISH_LIBRARY = "libvmod_xkey.so"  # of varnish-modules
SHARED = ("server", "date", "connection", "content-length", "content-encoding", "content-type")


def nginx(folder: Path, upstream: int) -> AbstractContextManager[Server]:
    """The shipped nginx, with TLS, before a site at a port."""
    port = programs.free_port()
    certificate(folder)
    text = rendered(
        "nginx.conf",
        {
            "server 127.0.0.1:8000 ": f"server 127.0.0.1:{upstream} ",
            "/var/cache/nginx/newsite": str(folder / "cache"),
            "listen 80": f"listen 127.0.0.1:{programs.free_port()}",
            "listen 443": f"listen 127.0.0.1:{port}",
            "/etc/letsencrypt/live/news.example.org": str(folder),
            "https://news.example.org": f"https://127.0.0.1:{port}",
            "news.example.org": "127.0.0.1",
            "/var/log/nginx/newsite.log": str(folder / "errors"),
        },
    )
    return _started(folder, "shipped", text, port)


def static(
    folder: Path, headers: http.client.HTTPMessage, packed: bytes
) -> tuple[AbstractContextManager[Server], int]:
    """An nginx with one file, packed beforehand, and the headers of the page; and its port without TLS."""
    port, plain = programs.free_port(), programs.free_port()
    certificate(folder)
    root = folder / "root"
    root.mkdir(exist_ok=True)
    (root / "page.html.gz").write_bytes(packed)
    (root / "page.html").write_bytes(b"")  # there it must be, and nobody takes it
    said = [(name, value) for name, value in headers.items() if name.lower() not in SHARED]
    added = "\n".join(f'add_header {name} "{_quoted(value)}";' for name, value in said)
    text = f"""server {{
    listen 127.0.0.1:{port} ssl;
    listen 127.0.0.1:{plain};
    ssl_certificate {folder}/fullchain.pem;
    ssl_certificate_key {folder}/privkey.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    access_log off;
    etag off;
    types {{ }}
    default_type "{headers["Content-Type"]}";
    gzip_static on;
    {added}
    location / {{ root {root}; try_files /page.html =404; }}
}}
"""
    return _started(folder, "static", text, port), plain


def varnish(folder: Path, port: int, upstream: int) -> AbstractContextManager[Server]:
    """The shipped Varnish before a site at a port."""
    binary = programs.need("varnishd")
    if not list(Path("/usr/lib").glob(f"**/varnish/vmods/{VARNISH_LIBRARY}")):
        raise MissingError("varnish-modules is not installed")
    ports = {f'.port = "{shipped}"': f'.port = "{upstream}"' for shipped in (8000, 8001)}
    (folder / "site.vcl").write_text(rendered("varnish.vcl", ports))
    command = [binary, "-F", "-n", str(folder / "varnish"), "-a", f"127.0.0.1:{port}"]
    command += ["-f", str(folder / "site.vcl"), "-s", "malloc,64m", "-j", "none"]
    return programs.running(command, port, os.environ, folder / "varnish.log")


def rendered(name: str, values: Mapping[str, str]) -> str:
    """A shipped configuration with other values in the place of the shipped ones."""
    text = (DEPLOY / name).read_text()
    for shipped, own in values.items():
        if shipped not in text:
            raise RuntimeError(f"deploy/{name} has no {shipped!r} any more")
        text = text.replace(shipped, own)
    return text


def certificate(folder: Path) -> None:
    """A certificate for 127.0.0.1, made once in a folder."""
    if (folder / "fullchain.pem").exists():
        return
    command = [programs.need("openssl"), "req", "-x509", "-newkey", "ec", "-nodes", "-days", "30"]
    command += ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=127.0.0.1"]
    command += ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(command, check=True, capture_output=True)


def _started(folder: Path, name: str, text: str, port: int) -> AbstractContextManager[Server]:
    (folder / f"{name}-site.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    paths = "\n".join(f"{kind}_temp_path {folder}/{name}-{kind};" for kind in TEMPORARY)
    (folder / f"{name}.conf").write_text(
        f"daemon off; pid {folder}/{name}.pid; worker_processes 1; {user}\n"
        "events { worker_connections 512; }\n"
        f"http {{\n{paths}\ninclude {folder}/{name}-site.conf;\n}}\n"
    )
    command = [programs.need("nginx"), "-c", str(folder / f"{name}.conf")]
    command += ["-e", str(folder / f"{name}-errors.log")]
    return programs.running(command, port, os.environ, folder / f"{name}.log")


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
