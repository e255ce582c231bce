"""The build command: what it says where something is wrong, and the component that it makes where componentize-py is there."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import unittest
from pathlib import Path

SDK = Path(__file__).parents[1]
WIT = Path(__file__).parents[4] / "wit"

POLICY = """\
from spansieve_plugin import Policy

class Nothing(Policy[None]):
    name = "nothing"
    about = "Does nothing"

    def process(self, batch, edits):
        pass
"""


def run(folder: str, *arguments: str, module: str = "spansieve_plugin.build") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SDK / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-m", module, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)


class Build(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.write("pyproject.toml", '[project]\nversion = "1.2.3"\n')

    def write(self, name: str, text: str) -> None:
        (Path(self.folder) / name).write_text(text)

    def said(self, text: str, *arguments: str) -> str:
        self.write("policy.py", text)
        done = run(self.folder, "policy", "--check", *arguments)
        self.assertEqual((done.returncode, done.stdout), (1 if done.stderr else 0, ""), done.stderr)
        return done.stderr

    def test_a_policy_that_is_all_right_passes(self) -> None:
        self.assertEqual(self.said(POLICY), "")

    def test_what_is_wrong_is_said_with_its_place(self) -> None:
        for text, said in {
            "x = ": "error: cannot import policy: ",
            "import absent": "policy.py:1: ModuleNotFoundError: No module named 'absent'",
            "\n1 / 0": "error: cannot import policy: policy.py:2: ZeroDivisionError: division by zero\n",
            "x = 1": "policy.py defines no policy: write a class that extends spansieve_plugin.Policy\n",
            POLICY + POLICY.replace("Nothing", "Other"): "defines several policies: say which, policy:Nothing or policy:Other\n",
            POLICY.replace("about", "abuot"): "error: policy.py:3: Nothing lacks 'about': about = ",
            POLICY.replace("process", "proces"): "error: policy.py:3: Nothing has no method `def process(",
            POLICY.replace("batch, edits", "batch"): "error: policy.py:7: process takes (self, batch, edits), not (self, batch)\n",
            POLICY.replace("[None]", "[bytes]"): "error: policy.py:3: the configuration cannot be of type bytes: use a dataclass",
        }.items():
            with self.subTest(said):
                self.assertIn(said, self.said(text))
        self.assertIn("error: there is no module 'absent'", run(self.folder, "absent").stderr)

    def test_a_policy_without_a_version_is_told_where_to_put_one(self) -> None:
        os.remove(Path(self.folder) / "pyproject.toml")
        self.assertIn("the policy has no version: give it one in pyproject.toml", self.said(POLICY))
        self.assertEqual(self.said(POLICY + '    version = "1.0.0"\n'), "")

    def test_a_missing_componentize_py_is_named_with_how_to_get_it(self) -> None:
        self.write("policy.py", POLICY)
        self.write(
            "hidden.py",
            "import shutil, sys\nshutil.which = lambda *a, **k: None\nfrom spansieve_plugin.build import main\nsys.exit(main(['policy']))\n",
        )
        done = run(self.folder, module="hidden")
        self.assertEqual(done.stderr, f"error: componentize-py is missing: {sys.executable} -m pip install componentize-py==0.25.1\n")

    @unittest.skipUnless(
        shutil.which("componentize-py", path=sysconfig.get_path("scripts")) or shutil.which("componentize-py"), "componentize-py is not installed"
    )
    def test_a_component_is_made_and_asks_for_nothing_but_the_host(self) -> None:
        self.write("policy.py", POLICY)
        done = run(self.folder, "policy", "--out", "out/nothing.wasm")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^out/nothing.wasm: nothing 1.2.3, [\d,]+ bytes\n$")
        component = (Path(self.folder) / "out" / "nothing.wasm").read_bytes()
        self.assertEqual(component[:8], b"\0asm\x0d\0\1\0")
        self.assertIn(b"spansieve:policy/host@0.1.1", component)


class Package(unittest.TestCase):
    def test_the_contract_that_comes_along_is_the_contract(self) -> None:
        for file in WIT.glob("*.wit"):
            self.assertEqual((SDK / "src" / "spansieve_plugin" / "wit" / file.name).read_text(), file.read_text(), file.name)

    def test_the_policy_of_the_readme_passes_its_unit_test(self) -> None:
        blocks = [block.partition("```")[0] for block in (SDK / "README.md").read_text().split("```python\n")[1:]]
        with tempfile.TemporaryDirectory() as folder:
            for name, text in zip(("owners.py", "test_owners.py"), blocks, strict=True):
                (Path(folder) / name).write_text(text)
            done = run(folder, module="unittest")
            self.assertIn("Ran 1 test", done.stderr)
            self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
