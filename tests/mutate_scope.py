"""`python -m tests.mutate_scope`: take the scope out of each view; every time it must be caught.

Row-level security is off for this run (the tests connect as the owner), so that only the views'
own scopes stand; with `--rls` it is on, and then no mutant may show or change a foreign row,
whatever else fails. `--only WORD` limits the run; the last line is one JSON object.
"""

import argparse
import json
import os
import subprocess
import sys

from tests.security.mutants import ROOT, Mutant, all_mutants

MATRIX = ["tests/security/test_matrix.py", "-q", "-x", "--no-header", "-p", "no:cacheprovider"]
LEAKED = ("foreign rows", "and it wrote")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")  # the runs inherit it
    import django

    django.setup()
    options = _options()
    mutants = [m for m in all_mutants() if options.only in m.key]
    for module in sorted({m.module for m in mutants}) if options.only else [""]:
        sound = run(None, module=module, with_rls=options.rls)
        if sound.returncode:
            print(sound.stdout[-3000:])
            print("The matrix fails without any mutant, so it can prove nothing.")
            return 1
    missed = [m for m in mutants if not is_caught(m, with_rls=options.rls)]
    verdict = {"mutants": len(mutants), "caught": len(mutants) - len(missed)}
    print(json.dumps(verdict | {"missed": [m.key for m in missed], "rls": options.rls}))
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutate_scope")
    parser.add_argument("--rls", action="store_true", help="leave row-level security on")
    parser.add_argument("--only", default="", help="mutants whose place holds this word")
    return parser.parse_args()


def is_caught(mutant: Mutant, *, with_rls: bool) -> bool:
    """Without RLS: the matrix fails. With it: whatever fails, no foreign row was shown or hurt."""
    done = run(mutant, module=mutant.module, with_rls=with_rls)
    caught = done.returncode == 1
    if with_rls:
        caught = not any(word in done.stdout for word in LEAKED)
    print(f"{'caught' if caught else 'MISSED'} {mutant.key} -> {mutant.text[-60:]}", flush=True)
    return caught


def run(mutant: Mutant | None, *, module: str, with_rls: bool) -> subprocess.CompletedProcess[str]:
    """The matrix for the views of one module, or with "" for all."""
    env = {**os.environ, "MATRIX_ROLE": "ecom_app" if with_rls else "ecom_owner"}
    env |= {"MATRIX_MODULE": module} | ({"MUTANT": mutant.key} if mutant else {})
    command = [sys.executable, "-m", "pytest", "-p", "tests.security.mutants", *MATRIX]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
