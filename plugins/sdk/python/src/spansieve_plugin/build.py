"""Makes a component of a policy: `python -m spansieve_plugin.build MODULE`.

It imports the policy natively first, so that what is wrong with it is told at once and with its place; then it has componentize-py make the
component, which takes some ten seconds.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile

from .inspect_policy import BuildError, Found, find

COMPONENTIZE = "0.25.1"
"""The version of componentize-py that this SDK is made for."""

_PACKAGE = os.path.dirname(os.path.abspath(__file__))

# componentize-py may write to the folders that it imports from: without the first line it would leave caches there.
_GLUE = """\
import sys
sys.dont_write_bytecode = True
from spansieve_plugin import sandbox
sandbox.install()
from {module} import {policy} as policy
from spansieve_plugin.component import Plugin, serve
serve(policy, {version!r}, {schema!r})
"""


def build(found: Found, out: str, wit: str = "") -> None:
    """Makes the component of a policy that `find` found."""
    with tempfile.TemporaryDirectory(prefix="spansieve-") as folder:
        glue = _GLUE.format(module=found.module, policy=found.policy.__qualname__, version=found.version, schema=found.schema)
        with open(os.path.join(folder, "spansieve_component.py"), "w", encoding="utf-8") as file:
            file.write(glue)
        made = os.path.join(folder, "component.wasm")
        command = [_componentize(), "-d", wit or os.path.join(_PACKAGE, "wit"), "-w", "policy", "componentize", "--stub-wasi"]
        for path in [folder, *_paths()]:
            command += ["-p", path]
        done = subprocess.run([*command, "-o", made, "spansieve_component"], capture_output=True, text=True, check=False)
        if done.returncode:
            raise BuildError(f"componentize-py failed:\n{(done.stderr or done.stdout).strip()}")
        os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
        shutil.move(made, out)


def _paths() -> list[str]:
    """The folders that modules are imported from, Python's own library aside: componentize-py brings that."""
    library = os.path.dirname(os.path.abspath(os.__file__))
    out = [os.path.dirname(_PACKAGE)]
    for entry in sys.path:
        folder = os.path.abspath(entry or ".")
        own = folder == library or (folder.startswith(library + os.sep) and "-packages" not in folder)
        if os.path.isdir(folder) and not own and folder not in out:
            out.append(folder)
    return out


def _componentize() -> str:
    """Where componentize-py is: that of this Python, else the one on the path."""
    scripts = sysconfig.get_path("scripts")
    command = shutil.which("componentize-py", path=scripts) or shutil.which("componentize-py")
    if not command:
        raise BuildError(f"componentize-py is missing: {sys.executable} -m pip install componentize-py=={COMPONENTIZE}")
    version = subprocess.run([command, "--version"], capture_output=True, text=True, check=False).stdout.split()[-1:]
    if version and version[0].split(".")[:2] != COMPONENTIZE.split(".")[:2]:
        print(f"warning: componentize-py is {version[0]}, this SDK was made for {COMPONENTIZE}", file=sys.stderr)
    return command


def main(arguments: list[str] | None = None) -> int:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="python -m spansieve_plugin.build", description="Make a component of a spansieve policy.")
    parser.add_argument("policy", metavar="MODULE[:CLASS]", help="the module that defines the policy, such as owners or shop.policies:Owners")
    parser.add_argument("--out", metavar="FILE", help="where to write the component [default: NAME.wasm]")
    parser.add_argument("--path", metavar="DIR", action="append", default=[], help="a folder to import modules from, beside the current one")
    parser.add_argument("--wit", metavar="DIR", default="", help="the contract [default: that which comes with the SDK]")
    parser.add_argument("--version", metavar="VERSION", default="", help="the policy's version [default: from the class, else pyproject.toml]")
    parser.add_argument("--check", action="store_true", help="only look at the policy")
    options = parser.parse_args(arguments)
    sys.path[:0] = [os.path.abspath(path) for path in [os.curdir, *options.path]]
    sys.dont_write_bytecode = True
    try:
        found = find(options.policy)
        if options.version:
            found.version = options.version
        if not options.check:
            out = options.out or f"{found.policy.name}.wasm"
            build(found, out, options.wit)
            print(f"{out}: {found.policy.name} {found.version}, {os.path.getsize(out):,} bytes")
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
