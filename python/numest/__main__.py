"""The command `numest`: `run` happens here, the other verbs in the program
that lies beside the package."""
import os
import pathlib
import sys

from numest import tensorflow_hook

PROGRAM = pathlib.Path(__file__).parent / "bin" / "numest"


def main(arguments=None):
  """The command line; returns the exit status."""
  words = sys.argv[1:] if arguments is None else list(arguments)
  if words[:1] == ["run"] and words[1:2] not in ([], ["-h"], ["--help"]):
    return run(words[1], words[2:])
  if not PROGRAM.exists():
    print(f"numest: {PROGRAM} is missing: install Numest again, with "
          "NUMEST_BUILD_CLI=ON", file=sys.stderr)
    return 1
  sys.stdout.flush()
  os.environ["NUMEST_PYTHON"] = sys.executable
  os.execv(PROGRAM, ["numest", *words])


def run(script, arguments):
  """Runs `script` as `python script` would, with Numest as tensorflow."""
  if not os.path.exists(script):
    print(f"numest run: there is no script {script}: check the path",
          file=sys.stderr)
    return 2
  try:
    tensorflow_hook.run_script(script, arguments)
  except KeyboardInterrupt as error:
    print(f"numest run: {error or 'interrupted'}", file=sys.stderr)
    return 130
  return 0


if __name__ == "__main__":
  sys.exit(main())
